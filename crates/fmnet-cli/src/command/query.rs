//! `fmnet query`: one question, or a file of them.

mod batch;
mod outside;

use std::io::{Read, Write};

use fmnet_core::endpoint;
use fmnet_core::graph::Graph;
use fmnet_sim::answer::Verdict;
use fmnet_sim::query;

use crate::args::{Expectation, Format, QueryArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::json;
use crate::output::Output;
use crate::render::{diagnostic, markdown, text};
use crate::terminal::Terminal;
use crate::traffic::{self, Words};

/// Answers the question; the questions of `--batch` one by one on `stdout`.
///
/// # Errors
///
/// As [`input::read`]; [`Failure::Said`] where the question cannot be understood.
pub fn run(
    args: &QueryArgs,
    stdin: &mut (dyn Read + Send),
    stdout: &mut (dyn Write + Send),
    terminal: &Terminal,
) -> Result<Output, Failure> {
    if let Some(file) = &args.batch {
        let questions = batch::open(file, stdin)?;
        let design = input::read(&args.input)?;
        batch::answer(&super::view(&design, terminal), questions, stdout)?;
        return Ok(Output::answer(String::new()));
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
    let design = match input::read(&args.input) {
        Ok(design) => design,
        Err(failure) => return super::refused(args.format, failure, terminal),
    };
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
    let note = outside::note(&graph, &question);
    let report = match args.format {
        Format::Text => text::answer(&view, &answer, detail),
        Format::Markdown => markdown::answer(&view, &answer, detail),
        Format::Json => json::query::document(&view, &answer, note)?,
    };
    // JSON has it among its notes.
    let remark = match (args.format, note) {
        (Format::Text | Format::Markdown, Some(note)) => format!("note: {note}\n"),
        (Format::Json, _) | (_, None) => String::new(),
    };
    Ok(match args.expect.filter(|&expected| !is_met(expected, answer.verdict)) {
        None => Output { stderr: remark, ..Output::answer(report) },
        Some(expected) => {
            let stderr =
                diagnostic::paragraph(&format!("expected {}, but it is {}", word(expected), answer.verdict), terminal);
            Output { stdout: report, stderr: remark + &stderr, exit: Exit::Refuted }
        }
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
