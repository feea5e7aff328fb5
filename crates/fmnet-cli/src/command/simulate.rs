//! `fmnet simulate`: every intent proved, what is exposed, what was assumed.

use fmnet_core::graph::Graph;
use fmnet_sim::matrix;
use fmnet_sim::verify::{self, Proof};

use crate::args::{ReportFormat, SimulateArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::json;
use crate::output::Output;
use crate::render::{diagnostic, junit, markdown, text};
use crate::terminal::Terminal;

/// Proves the intents of a design.
///
/// # Errors
///
/// As [`input::read`]; [`Failure::Said`] where the report cannot be written.
pub fn run(args: &SimulateArgs, terminal: &Terminal) -> Result<Output, Failure> {
    let design = match input::read(&args.input) {
        Ok(design) => design,
        Err(failure) => return rejected(args.format, &failure, terminal),
    };
    let view = super::view(&design, terminal);
    let graph = Graph::build(&design.model);
    let proofs = verify::prove(&graph);
    let warnings = super::warnings(&design);
    let detail = super::detail(args.detail);
    let report = match args.format {
        ReportFormat::Text => text::simulate(&view, &proofs, &matrix::matrix(&graph), &warnings, detail),
        ReportFormat::Markdown => markdown::simulate(&view, &proofs, &matrix::matrix(&graph), &warnings, detail),
        ReportFormat::Json => json::simulate::document(&view, &proofs, &matrix::matrix(&graph), &warnings)?,
        ReportFormat::Junit => junit::report(&view, &proofs, detail)?,
    };
    let exit = if proofs.iter().all(Proof::holds) { Exit::Holds } else { Exit::Refuted };
    // JUnit has no room for warnings.
    let stderr = match args.format {
        ReportFormat::Junit => diagnostic::list(&design.source, &warnings, terminal),
        ReportFormat::Text | ReportFormat::Markdown | ReportFormat::Json => String::new(),
    };
    Ok(Output { stdout: report, stderr, exit })
}

/// Why there is no report, for people and in the form that a program asked for.
fn rejected(format: ReportFormat, failure: &Failure, terminal: &Terminal) -> Result<Output, Failure> {
    let said = failure.render(terminal);
    let stdout = match (failure, format) {
        (Failure::Rejected { source, diagnostics }, ReportFormat::Json) => {
            json::rejected::document(source, diagnostics)?
        }
        (Failure::Rejected { source, .. }, ReportFormat::Junit) => junit::rejected(&source.name, &said.stderr)?,
        (Failure::Rejected { source, diagnostics }, ReportFormat::Markdown) => markdown::rejected(source, diagnostics),
        (Failure::Rejected { .. }, ReportFormat::Text) | (Failure::Said { .. }, _) => String::new(),
    };
    Ok(Output { stdout, ..said })
}
