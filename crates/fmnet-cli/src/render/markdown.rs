//! Answers as GitHub Markdown, for a pull request.
//!
//! In: answers and a [`View`]. Out: Markdown that ends in a newline, one block an idea,
//! with every name escaped.

use fmnet_core::diagnostic::Diagnostic;
use fmnet_sim::answer::Answer;
use fmnet_sim::matrix::Matrix;
use fmnet_sim::verify::Proof;

use super::{Detail, MatrixTable, View};

/// Verdicts of the intents, warnings, what the internet reaches, assumptions, and a summary.
#[must_use]
pub fn simulate(view: &View<'_>, proofs: &[Proof], matrix: &Matrix, warnings: &[Diagnostic], detail: Detail) -> String {
    let _ = (view, proofs, matrix, warnings, detail);
    String::new()
}

/// What was asked, the verdict, and the evidence.
#[must_use]
pub fn answer(view: &View<'_>, answer: &Answer, detail: Detail) -> String {
    let _ = (view, answer, detail);
    String::new()
}

/// Who reaches whom, as a table.
#[must_use]
pub fn matrix(view: &View<'_>, table: &MatrixTable) -> String {
    let _ = (view, table);
    String::new()
}
