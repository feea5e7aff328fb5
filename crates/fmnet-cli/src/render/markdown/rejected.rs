//! A design that is refused, as GitHub Markdown.
//!
//! In: a file and its diagnostics. Out: a list of them, each with its place, its help and
//! its edit.

use std::fmt::Write as _;

use fmnet_core::diagnostic::{Diagnostic, Severity};
use fmnet_core::source::Source;

use super::escape::block;
use crate::render::diagnostic::{self, MOST_SHOWN};

/// The mistakes and warnings, as many as standard error has too.
#[must_use]
pub fn rejected(source: &Source, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::from("### fmnet: not a valid network\n\n");
    let _ = writeln!(out, "{}: {}\n", block(&source.name), diagnostic::tally(diagnostics));
    let edit = diagnostic::edits(source);
    for diagnostic in diagnostics.iter().take(MOST_SHOWN) {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = diagnostic.labels.iter().map(|label| label.span).find(|span| !span.is_nowhere());
        let place = place.map(|span| {
            let (line, column) = (source.line(span.start), diagnostic::column(source, span.start));
            format!(" ({}:{line}:{column})", source.name)
        });
        let message = format!("{}{}", diagnostic.message, place.unwrap_or_default());
        let _ = writeln!(out, "- **{severity}** \\[{}\\] {}", block(diagnostic.code), block(&message));
        for help in &diagnostic.help {
            let _ = writeln!(out, "  - help: {}", block(help));
        }
        if let Some(patch) = &diagnostic.patch {
            let edit = edit(patch).map(|new| format!(": `{}`", new.replace('`', "'")));
            let _ = writeln!(out, "  - help: {}", block(&format!("{}{}", patch.title, edit.unwrap_or_default())));
        }
    }
    if let Some(more) = diagnostics.len().checked_sub(MOST_SHOWN).filter(|&more| more > 0) {
        let _ = writeln!(out, "\n{more} more are not shown");
    }
    out
}
