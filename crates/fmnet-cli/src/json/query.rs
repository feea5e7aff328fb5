//! `fmnet.query/1`.

use fmnet_sim::answer::Answer;
use serde::Serialize;

use super::answer::AnswerJson;
use crate::failure::Failure;
use crate::render::View;

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    design: String,
    #[serde(flatten)]
    answer: AnswerJson,
}

fn make(view: &View<'_>, answer: &Answer) -> Document {
    Document { schema: "fmnet.query/1", design: view.source.name.clone(), answer: AnswerJson::of(view, answer) }
}

/// The answer as a document.
///
/// # Errors
///
/// [`Failure::Said`] where it cannot be written.
pub fn document(view: &View<'_>, answer: &Answer) -> Result<String, Failure> {
    super::pretty(&make(view, answer))
}

/// The answer as a line of a batch.
///
/// # Errors
///
/// [`Failure::Said`] where it cannot be written.
pub fn line(view: &View<'_>, answer: &Answer) -> Result<String, Failure> {
    super::compact(&make(view, answer))
}
