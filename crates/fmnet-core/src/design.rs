//! A design, read from its files.
//!
//! In: the names and bytes of one file or of several. Out: a [`Design`], which is a model
//! and warnings, or a [`Rejected`] with everything that is wrong in the files.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Model;
use crate::resolve;
use crate::source::Source;
use crate::spec;
use crate::yaml;

pub use crate::spec::design::top_level_keys;

/// A design that AWS could build.
#[derive(Clone, Debug)]
pub struct Design {
    /// The files.
    pub source: Source,
    /// What they describe.
    pub model: Model,
    /// What somebody should look at, in file order.
    pub warnings: Vec<Diagnostic>,
}

/// A design that is not to be read, or not to be built.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// The files.
    pub source: Source,
    /// What is wrong: errors in file order, then warnings.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a design that is one file.
///
/// # Errors
///
/// Every mistake in it at once: those of the text, and what AWS would refuse.
pub fn read(name: &str, bytes: Vec<u8>) -> Result<Design, Box<Rejected>> {
    read_files(name, vec![(name.to_owned(), bytes)])
}

/// Reads a design that is several files, in this order; `name` stands for all of them.
///
/// # Errors
///
/// As [`read`].
pub fn read_files(name: &str, files: Vec<(String, Vec<u8>)>) -> Result<Design, Box<Rejected>> {
    let source = yaml::decode(name.to_owned(), files).map_err(|(file, diagnostic)| {
        Box::new(Rejected { source: Source::new(file, String::new()), diagnostics: vec![diagnostic] })
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
