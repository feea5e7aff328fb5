//! One file a command: what it reads, what it asks, in which form it answers.

pub mod completions;
pub mod matrix;
pub mod query;
pub mod schema;
pub mod simulate;

use fmnet_core::design::Design;

use crate::render::{Detail, View};
use crate::terminal::Terminal;

/// The view of a design for standard output.
fn view<'a>(design: &'a Design, terminal: &Terminal) -> View<'a> {
    View { model: &design.model, source: &design.source, width: terminal.width, style: terminal.stdout }
}

/// How much evidence `--detail` asks for.
fn detail(flag: bool) -> Detail {
    if flag { Detail::Full } else { Detail::Summary }
}
