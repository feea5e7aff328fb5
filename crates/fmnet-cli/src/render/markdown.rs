//! Answers as GitHub Markdown, for a pull request.
//!
//! In: answers and a [`View`]. Out: Markdown that ends in a newline, one block an idea,
//! with every name escaped.

mod escape;
mod rejected;

use std::fmt::Write as _;

use escape::{block, cell, html};
use fmnet_core::diagnostic::Diagnostic;
use fmnet_core::intent::IntentKind;
use fmnet_sim::answer::{Answer, Assumption, Part};
use fmnet_sim::explain::{self, Proposed};
use fmnet_sim::matrix::Matrix;
use fmnet_sim::verify::Proof;
pub use rejected::rejected;

use super::evidence::{self, Aim, Evidence, Status};
use super::{Detail, MatrixTable, View, overview};

/// Parts that a summary shows of one answer.
const MOST_PARTS: usize = 4;
/// More columns than this are read better as a list of pairs.
const MOST_COLUMNS: usize = 8;

/// Verdicts of the intents, warnings, what the internet reaches, assumptions, and a summary.
#[must_use]
pub fn simulate(view: &View<'_>, proofs: &[Proof], matrix: &Matrix, warnings: &[Diagnostic], detail: Detail) -> String {
    let (text, _) = overview::summary(proofs);
    let mut out = format!("### fmnet: {}\n\n{}\n", block(&text), block(&overview::read(view, proofs.len())));
    if !proofs.is_empty() {
        out.push_str("\n| | intent | line |\n|---|---|---|\n");
    }
    for proof in proofs {
        let place = view.place(proof.intent.span).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            status(Status::of(proof)),
            cell(&format!("`{}`", proof.intent.text)),
            cell(&place)
        );
    }
    let mut proposed = Proposed::default();
    for proof in
        proofs.iter().filter(|proof| !proof.holds() || detail == Detail::Full || evidence::is_remarkable(proof))
    {
        self::proof(&mut out, view, proof, detail, &mut proposed);
    }
    if !warnings.is_empty() {
        out.push_str("\n#### Warnings\n\n");
    }
    for warning in warnings {
        let place = warning.labels.first().map(|label| label.span).unwrap_or_default();
        let text = view.placed(&format!("{} ({})", warning.message, warning.code), place);
        let help: String = warning.help.iter().map(|help| format!("; {}", block(help))).collect();
        let _ = writeln!(out, "- {}{help}", block(&text));
    }
    exposure(&mut out, "What the internet reaches", "to", &overview::from_internet(view.model, matrix));
    exposure(&mut out, "What reaches the internet", "from", &overview::to_internet(view.model, matrix));
    let assumptions: Vec<_> = proofs.iter().flat_map(|proof| proof.answer.assumptions.iter().copied()).collect();
    assumed(&mut out, view, &assumptions);
    out
}

/// What was asked, the verdict, and the evidence.
#[must_use]
pub fn answer(view: &View<'_>, answer: &Answer, detail: Detail) -> String {
    let mut out = format!(
        "### {}: {}\n\n{}\n",
        block(&explain::question(view.model, &answer.question)),
        answer.verdict,
        block(overview::verdict(answer).trim_start_matches("- "))
    );
    means(&mut out, &explain::endpoints(view.model, &answer.question));
    let all: Vec<&Part> = answer.parts.iter().collect();
    let mut proposed = Proposed::default();
    proposed.about(answer);
    parts(&mut out, &evidence::all(view, &all, Aim::Tell, detail, &mut proposed), detail);
    remarks(&mut out, view, answer, None);
    assumed(&mut out, view, &answer.assumptions);
    out
}

/// Who reaches whom: a table, or a list of pairs where it would be too wide.
#[must_use]
pub fn matrix(view: &View<'_>, table: &MatrixTable) -> String {
    let _ = view;
    let names: Vec<String> = (0..table.labels.len()).map(|row| label(table, row)).collect();
    let mut out = String::new();
    if names.len() > MOST_COLUMNS {
        out.push_str("| from | to | traffic |\n|---|---|---|\n");
        for (from, to, text) in &table.cells {
            let name = |at: usize| names.get(at).map(|name| cell(name)).unwrap_or_default();
            let _ = writeln!(out, "| {} | {} | {} |", name(*from), name(*to), lines(text));
        }
        members(&mut out, table);
        return out;
    }
    let header: Vec<String> = names.iter().map(|name| cell(name)).collect();
    let _ = writeln!(out, "| from \\ to | {} |", header.join(" | "));
    let _ = writeln!(out, "|---|{}", "---|".repeat(names.len()));
    for (row, name) in names.iter().enumerate() {
        let content = |column: usize| {
            let found = table.cells.iter().find(|&&(from, to, _)| (from, to) == (row, column));
            found.map(|(_, _, text)| lines(text)).unwrap_or_default()
        };
        let cells: Vec<String> = (0..names.len()).map(content).collect();
        let _ = writeln!(out, "| **{}** | {} |", cell(name), cells.join(" | "));
    }
    members(&mut out, table);
    out
}

/// Who the rows of several are.
fn members(out: &mut String, table: &MatrixTable) {
    let of = table.members.iter().enumerate().filter(|(_, members)| !members.is_empty());
    for (place, (row, members)) in of.enumerate() {
        let gap = if place == 0 { "\n" } else { "" };
        let _ = writeln!(out, "{gap}- {}: {}", block(&label(table, row)), block(members));
    }
}

fn label(table: &MatrixTable, row: usize) -> String {
    let name = table.labels.get(row).map(String::as_str).unwrap_or_default();
    match table.counts.get(row) {
        Some(&count) if count > 1 => format!("{name} ({count})"),
        Some(_) | None => name.to_owned(),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Holds => "ok",
        Status::Fails => "**FAIL**",
        Status::Unknown => "**UNKNOWN**",
    }
}

fn proof(out: &mut String, view: &View<'_>, proof: &Proof, detail: Detail, proposed: &mut Proposed) {
    let (against, aim) = evidence::against(proof);
    let state = Status::of(proof);
    let shown = if state == Status::Holds { proof.answer.parts.iter().collect() } else { against };
    let open = if state == Status::Holds { "" } else { " open" };
    let _ = writeln!(out, "\n<details{open}><summary>{} {}</summary>", state.word(), html(&proof.intent.text));
    means(out, &explain::endpoints(view.model, &proof.intent.question));
    // What would open what is rightly closed is no edit to be made beside the others.
    let proposed = if state == Status::Holds { &mut Proposed::default() } else { proposed };
    proposed.about(&proof.answer);
    parts(out, &evidence::all(view, &shown, aim, detail, proposed), detail);
    remarks(out, view, &proof.answer, Some(proof.intent.kind));
    out.push_str("\n</details>\n");
}

fn means(out: &mut String, endpoints: &[String]) {
    if !endpoints.is_empty() {
        out.push('\n');
    }
    for line in endpoints {
        let _ = writeln!(out, "- means {}", block(line));
    }
}

fn parts(out: &mut String, all: &[Evidence], detail: Detail) {
    let most = if detail == Detail::Full { all.len() } else { MOST_PARTS };
    all.iter().take(most).for_each(|evidence| self::evidence(out, evidence));
    if all.len() > most {
        let _ = writeln!(out, "\nand {} more; `--detail` shows them all", all.len() - most);
    }
}

fn evidence(out: &mut String, evidence: &Evidence) {
    let what: Vec<String> = evidence.what.iter().map(|text| block(text)).collect();
    let _ = writeln!(out, "\n**{}**: {}\n", evidence::word(evidence.outcome), what.join("; and "));
    for (label, text) in &evidence.lines {
        let _ = writeln!(out, "- {label}: {}", block(text));
    }
    for text in &evidence.likewise {
        let _ = writeln!(out, "- likewise: {}", block(text));
    }
}

fn remarks(out: &mut String, view: &View<'_>, answer: &Answer, kind: Option<IntentKind>) {
    let remarks = evidence::remarks(view, answer, kind);
    if !remarks.is_empty() {
        out.push('\n');
    }
    for remark in remarks {
        let _ = writeln!(out, "- note: {}", block(&remark));
    }
}

fn exposure(out: &mut String, heading: &str, side: &str, rows: &[(String, Vec<String>)]) {
    let _ = writeln!(out, "\n#### {heading}\n");
    if rows.is_empty() {
        out.push_str("nothing\n");
        return;
    }
    let _ = writeln!(out, "| {side} | traffic |\n|---|---|");
    for (name, content) in rows {
        let _ = writeln!(out, "| {} | {} |", cell(name), lines(content));
    }
}

/// Lines of one cell.
fn lines(content: &[String]) -> String {
    content.iter().map(|line| cell(line)).collect::<Vec<_>>().join("<br>")
}

fn assumed(out: &mut String, view: &View<'_>, assumptions: &[Assumption]) {
    let assumed = explain::assumptions(view.model, assumptions);
    if assumed.is_empty() {
        return;
    }
    out.push_str("\n#### Assumed\n\n");
    for one in assumed {
        let _ = writeln!(out, "- {}: {}; to decide: {}", one.rule, block(&one.text), block(one.decide));
    }
}
