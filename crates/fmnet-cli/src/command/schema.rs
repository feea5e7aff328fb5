//! `fmnet schema`: the JSON Schema of a design, for editors.

use fmnet_core::schema;

use crate::output::Output;

/// Writes the schema.
#[must_use]
pub fn run() -> Output {
    Output::answer(schema::json_schema())
}
