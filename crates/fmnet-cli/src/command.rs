//! One file a command: what it reads, what it asks, in which form it answers.

pub mod completions;
pub mod matrix;
pub mod query;
pub mod schema;
pub mod simulate;

use fmnet_core::design::Design;
use fmnet_core::diagnostic::Diagnostic;
use fmnet_sim::lint;

use crate::args::Format;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::{Detail, View, markdown};
use crate::terminal::Terminal;

/// The view of a design for standard output.
fn view<'a>(design: &'a Design, terminal: &Terminal) -> View<'a> {
    View { model: &design.model, source: &design.source, width: terminal.width, style: terminal.stdout }
}

/// Why there is no answer, in Markdown too where that was asked for.
fn refused(format: Format, failure: Failure, terminal: &Terminal) -> Result<Output, Failure> {
    match (failure, format) {
        (Failure::Rejected { source, diagnostics }, Format::Markdown) => {
            let stdout = markdown::rejected(&source, &diagnostics);
            let said = Failure::Rejected { source, diagnostics }.render(terminal);
            Ok(Output { stdout, ..said })
        }
        (failure, _) => Err(failure),
    }
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
