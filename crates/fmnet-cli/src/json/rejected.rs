//! `fmnet.simulate/1` of a design that is refused.

use fmnet_core::diagnostic::{Diagnostic, Severity};
use fmnet_core::source::Source;
use serde::Serialize;

use crate::failure::Failure;
use crate::render::diagnostic;

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    design: String,
    rejected: Vec<MistakeJson>,
}

#[derive(Serialize)]
struct MistakeJson {
    code: &'static str,
    severity: &'static str,
    message: String,
    line: Option<usize>,
    column: Option<usize>,
    help: Vec<String>,
}

/// The mistakes and warnings, each with its place.
///
/// # Errors
///
/// [`Failure::Said`] where it cannot be written.
pub fn document(source: &Source, diagnostics: &[Diagnostic]) -> Result<String, Failure> {
    super::pretty(&Document {
        schema: "fmnet.simulate/1",
        design: source.name.clone(),
        rejected: diagnostics.iter().map(|diagnostic| mistake(source, diagnostic)).collect(),
    })
}

fn mistake(source: &Source, diagnostic: &Diagnostic) -> MistakeJson {
    let label = diagnostic.labels.iter().find(|label| !label.span.is_nowhere());
    MistakeJson {
        code: diagnostic.code,
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: diagnostic.message.clone(),
        line: label.map(|label| source.line(label.span.start)),
        column: label.map(|label| diagnostic::column(source, label.span.start)),
        help: diagnostic.help.clone(),
    }
}
