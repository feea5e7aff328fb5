//! A design file, read.
//!
//! In: the name and bytes of a file. Out: a [`Design`], which is a model and warnings, or
//! a [`Rejected`] with everything that is wrong in the file.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Model;
use crate::resolve;
use crate::source::Source;
use crate::spec;
use crate::yaml;

/// A design that AWS could build.
#[derive(Clone, Debug)]
pub struct Design {
    /// The file.
    pub source: Source,
    /// What it describes.
    pub model: Model,
    /// What somebody should look at, in file order.
    pub warnings: Vec<Diagnostic>,
}

/// A design that is not to be read, or not to be built.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// The file.
    pub source: Source,
    /// What is wrong: errors in file order, then warnings.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a design.
///
/// # Errors
///
/// Every mistake in it at once: those of the text, and what AWS would refuse.
pub fn read(name: &str, bytes: Vec<u8>) -> Result<Design, Box<Rejected>> {
    let source = yaml::decode(name.to_owned(), bytes).map_err(|diagnostic| {
        Box::new(Rejected { source: Source::new(name.to_owned(), String::new()), diagnostics: vec![diagnostic] })
    })?;
    let (spec, mut diagnostics) = spec::parse(&source);
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.span);
        for further in resolve::check_rest(&spec, &source) {
            // Two mistakes in one place are one mistake and its consequence.
            if !diagnostics.iter().any(|told| place(told) == place(&further)) {
                diagnostics.push(further);
            }
        }
        diagnostics.sort_by_key(|diagnostic| (diagnostic.severity, place(diagnostic)));
        return Err(Box::new(Rejected { source, diagnostics }));
    }
    let (model, found) = resolve::resolve(&spec, &source);
    diagnostics.extend(found);
    match model {
        Some(model) => Ok(Design { source, model, warnings: diagnostics }),
        None => Err(Box::new(Rejected { source, diagnostics })),
    }
}
