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

fn make(view: &View<'_>, answer: &Answer, outside: Option<&str>) -> Document {
    let mut answer = AnswerJson::of(view, answer);
    if let Some(text) = outside {
        answer.add_note("BOTH_ENDS_OUTSIDE", text);
    }
    Document { schema: "fmnet.query/1", design: view.source.name.clone(), answer }
}

/// The answer as a document; `outside` is what is said where both ends lie outside the VPC.
///
/// # Errors
///
/// [`Failure::Said`] where it cannot be written.
pub fn document(view: &View<'_>, answer: &Answer, outside: Option<&str>) -> Result<String, Failure> {
    super::pretty(&make(view, answer, outside))
}

/// The answer as a line of a batch; `outside` as of [`document`].
///
/// # Errors
///
/// [`Failure::Said`] where it cannot be written.
pub fn line(view: &View<'_>, answer: &Answer, outside: Option<&str>) -> Result<String, Failure> {
    super::compact(&make(view, answer, outside))
}
