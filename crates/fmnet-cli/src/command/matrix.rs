//! `fmnet matrix`: who reaches whom.

pub mod merge;

use fmnet_core::graph::Graph;
use fmnet_sim::matrix;

use crate::args::{Format, MatrixArgs};
use crate::failure::Failure;
use crate::input;
use crate::json;
use crate::output::Output;
use crate::render::{markdown, text};
use crate::terminal::Terminal;

/// Prints the matrix of a design, its rows merged as `--by` asks.
///
/// # Errors
///
/// As [`input::read`]; [`Failure::Said`] where the matrix cannot be written.
pub fn run(args: &MatrixArgs, terminal: &Terminal) -> Result<Output, Failure> {
    let design = match input::read(&args.input) {
        Ok(design) => design,
        Err(failure) => return super::refused(args.format, failure, terminal),
    };
    let view = super::view(&design, terminal);
    let matrix = matrix::matrix(&Graph::build(&design.model));
    let merged = merge::merge(&design.model, &matrix, args.by);
    let detail = super::detail(args.detail);
    let report = match args.format {
        Format::Text => text::matrix(&view, &merged.table(view.model, detail), detail),
        Format::Markdown => markdown::matrix(&view, &merged.table(view.model, detail)),
        Format::Json => json::matrix::document(&view, &merged, args.by)?,
    };
    Ok(Output::answer(report))
}
