//! Answers for programs. `docs/json.md` is the contract; these structs are its shape.
//!
//! In: proofs, answers and matrices. Out: JSON, pretty for a document, compact for a
//! line of a batch. Keys are never renamed or removed within one `schema`; new ones may
//! be added. No type of core or sim is serialised itself, so that they are free to change.

pub mod answer;
pub mod error;
pub mod evidence;
pub mod matrix;
pub mod packets;
pub mod query;
pub mod rejected;
pub mod simulate;

use serde::Serialize;

use crate::failure::Failure;
use crate::render::escape;

/// Indented, with a newline at its end.
fn pretty(value: &impl Serialize) -> Result<String, Failure> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Failure::failed(format!("cannot write JSON: {error}")))?;
    Ok(escape::json(text) + "\n")
}

/// On one line, without a newline.
fn compact(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::failed(format!("cannot write JSON: {error}")))?;
    Ok(escape::json(text))
}
