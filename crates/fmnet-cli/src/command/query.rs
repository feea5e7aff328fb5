//! `fmnet query`: one question, or a file of them.

mod batch;

use std::io::Read;

use fmnet_core::address;
use fmnet_core::endpoint;
use fmnet_core::graph::Graph;
use fmnet_core::intent::Question;
use fmnet_sim::answer::Verdict;
use fmnet_sim::query;
use fmnet_sim::question;

use crate::args::{Expectation, Format, QueryArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::json;
use crate::output::Output;
use crate::render::{diagnostic, markdown, text};
use crate::terminal::Terminal;
use crate::traffic::{self, Words};

/// What is said of a question whose packets need not come near the VPC.
const OUTSIDE: &str = "note: both ends lie outside the VPC: what passes between them does not pass through it\n";

/// Answers the question, or the questions of `--batch`.
///
/// # Errors
///
/// As [`input::read`]; [`Failure::Said`] where the question cannot be understood.
pub fn run(args: &QueryArgs, stdin: &mut (dyn Read + Send), terminal: &Terminal) -> Result<Output, Failure> {
    if let Some(file) = &args.batch {
        let questions = batch::read(file, stdin)?;
        let design = input::read(&args.input)?;
        return Ok(Output::answer(batch::answer(&super::view(&design, terminal), &questions)));
    }
    let words = Words {
        proto: args.proto.as_deref(),
        port: args.port.as_deref(),
        source_port: args.source_port.as_deref(),
        icmp_code: args.icmp_code.as_deref(),
    };
    let wanted = traffic::read(&words).map_err(Failure::usage)?;
    let (Some(from), Some(to)) = (&args.from, &args.to) else {
        return Err(Failure::usage("a question needs --from and --to"));
    };
    let design = input::read(&args.input)?;
    let view = super::view(&design, terminal);
    let question = endpoint::question(
        &design.model,
        from,
        to,
        wanted.traffic.as_ref().map(std::slice::from_ref),
        wanted.source_ports,
    )
    .map_err(|error| Failure::usage(error.to_string()))?;
    let graph = Graph::build(&design.model);
    let answer = query::answer(&graph, &question);
    let detail = super::detail(args.detail);
    let report = match args.format {
        Format::Text => text::answer(&view, &answer, detail),
        Format::Markdown => markdown::answer(&view, &answer, detail),
        Format::Json => json::query::document(&view, &answer)?,
    };
    let remark = if is_outside(&graph, &question) { OUTSIDE } else { "" };
    Ok(match args.expect.filter(|&expected| !is_met(expected, answer.verdict)) {
        None => Output { stderr: remark.to_owned(), ..Output::answer(report) },
        Some(expected) => {
            let stderr =
                diagnostic::paragraph(&format!("expected {}, but it is {}", word(expected), answer.verdict), terminal);
            Output { stdout: report, stderr: remark.to_owned() + &stderr, exit: Exit::Refuted }
        }
    })
}

/// Whether both ends lie outside the VPC.
fn is_outside(graph: &Graph<'_>, question: &Question) -> bool {
    let blocks = address::union(graph.model.vpc().blocks().flat_map(address::ranges).collect());
    [&question.from, &question.to].into_iter().all(|set| {
        let (points, behind, hosts) = question::side(graph, set).as_sources(graph);
        points.is_empty() && behind.is_empty() && !hosts.is_empty() && address::intersect(&hosts, &blocks).is_empty()
    })
}

fn is_met(expected: Expectation, verdict: Verdict) -> bool {
    match expected {
        Expectation::Reachable => verdict == Verdict::Reachable,
        Expectation::Blocked => verdict == Verdict::Blocked,
    }
}

fn word(expected: Expectation) -> &'static str {
    match expected {
        Expectation::Reachable => "reachable",
        Expectation::Blocked => "blocked",
    }
}
