//! Answers as plain text, for a terminal or a pipe.
//!
//! In: answers and a [`View`]. Out: text that ends in a newline, wrapped at the view's
//! width with hanging indents.

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

/// Who reaches whom: a table where it fits, else a list by row.
#[must_use]
pub fn matrix(view: &View<'_>, table: &MatrixTable) -> String {
    let _ = (view, table);
    String::new()
}
