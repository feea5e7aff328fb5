//! A design file, read.
//!
//! In: the name and bytes of a file. Out: a [`Design`], which is a model and warnings, or
//! a [`Rejected`] with everything that is wrong in the file.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Model;
use crate::resolve;
use crate::source::{Source, Span};
use crate::spec;

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
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(broken) => return Err(Box::new(not_text(name, &broken))),
    };
    let source = Source::new(name.to_owned(), text);
    let (spec, mut diagnostics) = spec::parse(&source);
    if diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
    {
        let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.span);
        for further in resolve::check_rest(&spec, &source) {
            // Two mistakes in one place are one mistake and its consequence.
            if !diagnostics
                .iter()
                .any(|told| place(told) == place(&further))
            {
                diagnostics.push(further);
            }
        }
        diagnostics.sort_by_key(|diagnostic| (diagnostic.severity, place(diagnostic)));
        return Err(Box::new(Rejected {
            source,
            diagnostics,
        }));
    }
    let (model, found) = resolve::resolve(&spec, &source);
    diagnostics.extend(found);
    match model {
        Some(model) => Ok(Design {
            source,
            model,
            warnings: diagnostics,
        }),
        None => Err(Box::new(Rejected {
            source,
            diagnostics,
        })),
    }
}

fn not_text(name: &str, broken: &std::string::FromUtf8Error) -> Rejected {
    let valid = broken.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(broken.as_bytes()).into_owned();
    let at = Span {
        start: valid as u32,
        end: valid as u32,
    };
    let source = Source::new(name.to_owned(), text);
    let line = source.line(at.start);
    let message =
        format!("the file is not UTF-8 text: byte {valid}, on line {line}, is none of it");
    let diagnostic =
        Diagnostic::error("not-utf8", message, at, "not UTF-8").help("save it as UTF-8");
    Rejected {
        source,
        diagnostics: vec![diagnostic],
    }
}
