//! One file a command: what it reads, what it asks, in which form it answers.

pub mod completions;
pub mod matrix;
pub mod query;
pub mod schema;
pub mod simulate;

use fmnet_core::design::Design;
use fmnet_core::diagnostic::Diagnostic;
use fmnet_sim::lint;

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

/// What somebody should look at, in a design and in the network that it makes, in file order.
#[must_use]
pub fn warnings(design: &Design) -> Vec<Diagnostic> {
    let mut warnings = design.warnings.clone();
    warnings.extend(lint::warnings(&design.model));
    warnings.sort_by_key(|warning| warning.labels.first().map(|label| label.span));
    warnings
}
