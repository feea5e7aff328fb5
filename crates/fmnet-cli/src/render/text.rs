//! Answers as plain text, for a terminal or a pipe.
//!
//! In: answers and a [`View`]. Out: text that ends in a newline, wrapped at the view's
//! width with hanging indents.

mod page;
mod table;

use fmnet_core::diagnostic::{Diagnostic, Severity};
use fmnet_sim::answer::{Answer, Part, Verdict};
use fmnet_sim::explain;
use fmnet_sim::matrix::Matrix;
use fmnet_sim::verify::Proof;
use page::{Page, Paint, columns};

use super::evidence::{self, Aim, Evidence, Status};
use super::{Detail, MatrixTable, View, overview};

/// Columns of the words that begin an intent: `UNKNOWN` and two more.
const STATUS: usize = 9;
/// Columns of the words that begin a line of evidence: `no reply` and one more.
const LABEL: usize = 9;
/// Parts that a summary shows of one answer.
const MOST_PARTS: usize = 3;

/// Verdicts of the intents, warnings, what the internet reaches, assumptions, and a summary.
#[must_use]
pub fn simulate(view: &View<'_>, proofs: &[Proof], matrix: &Matrix, warnings: &[Diagnostic], detail: Detail) -> String {
    let mut page = Page::new(view.width, view.style);
    page.line(0, &overview::read(view, proofs.len()));
    page.gap();
    for proof in proofs {
        self::proof(&mut page, view, proof, detail);
    }
    if !warnings.is_empty() {
        page.heading("Warnings");
        warnings.iter().for_each(|warning| self::warning(&mut page, view, warning));
    }
    exposure(&mut page, "What the internet reaches", &overview::from_internet(view.model, matrix));
    exposure(&mut page, "What reaches the internet", &overview::to_internet(view.model, matrix));
    let assumptions: Vec<_> = proofs.iter().flat_map(|proof| proof.answer.assumptions.iter().copied()).collect();
    assumed(&mut page, view, &assumptions);
    page.gap();
    let (text, status) = overview::summary(proofs);
    let (word, rest) = text.split_once(' ').unwrap_or((&text, ""));
    page.entry(0, word, 0, paint(status), rest);
    page.finish()
}

/// What was asked, the verdict, and the evidence.
#[must_use]
pub fn answer(view: &View<'_>, answer: &Answer, detail: Detail) -> String {
    let mut page = Page::new(view.width, view.style);
    page.entry(0, "asked", LABEL, Paint::None, &explain::question(view.model, &answer.question));
    for line in explain::endpoints(view.model, &answer.question) {
        page.entry(0, "", LABEL, Paint::None, &line);
    }
    let colour = match answer.verdict {
        Verdict::Reachable => Paint::Good,
        Verdict::Blocked => Paint::Bad,
        Verdict::Partial | Verdict::Unknown => Paint::Doubt,
    };
    page.gap();
    page.entry(0, answer.verdict.as_str(), 0, colour, overview::verdict(answer));
    let aim = Aim::Open;
    let all: Vec<&Part> = answer.parts.iter().collect();
    parts(&mut page, view, &all, aim, detail, 0);
    remarks(&mut page, view, answer, 0);
    assumed(&mut page, view, &answer.assumptions);
    page.finish()
}

/// Who reaches whom: a table where it fits, else a list by row.
#[must_use]
pub fn matrix(view: &View<'_>, table: &MatrixTable) -> String {
    table::matrix(view, table)
}

fn paint(status: Status) -> Paint {
    match status {
        Status::Holds => Paint::Good,
        Status::Fails => Paint::Bad,
        Status::Unknown => Paint::Doubt,
    }
}

/// An intent: one line if it holds, else its evidence too.
fn proof(page: &mut Page, view: &View<'_>, proof: &Proof, detail: Detail) {
    let status = Status::of(proof);
    let is_open = status != Status::Holds || detail == Detail::Full;
    if is_open {
        page.gap();
    }
    page.entry(0, status.word(), STATUS, paint(status), &explain::plain(&proof.intent.text));
    if !is_open {
        return;
    }
    if let Some(place) = view.place(proof.intent.span) {
        page.entry(STATUS, "intent", LABEL, Paint::None, &place);
    }
    for (place, line) in explain::endpoints(view.model, &proof.intent.question).iter().enumerate() {
        page.entry(STATUS, if place == 0 { "means" } else { "" }, LABEL, Paint::None, line);
    }
    let (against, aim) = evidence::against(proof);
    let shown = if status == Status::Holds { proof.answer.parts.iter().collect() } else { against };
    parts(page, view, &shown, aim, detail, STATUS);
    remarks(page, view, &proof.answer, STATUS);
    page.gap();
}

fn parts(page: &mut Page, view: &View<'_>, parts: &[&Part], aim: Aim, detail: Detail, indent: usize) {
    let most = if detail == Detail::Full { parts.len() } else { MOST_PARTS };
    for part in parts.iter().take(most) {
        page.gap();
        self::part(page, &evidence::of(view, part, aim, detail), indent);
    }
    if parts.len() > most {
        page.gap();
        page.line(indent, &format!("and {} more such parts; --detail shows them all", parts.len() - most));
    }
}

fn part(page: &mut Page, evidence: &Evidence, indent: usize) {
    page.entry(indent, evidence::word(evidence.outcome), LABEL, Paint::None, &evidence.what);
    let mut before = "";
    for (label, text) in &evidence.lines {
        let shown = if *label == before { "" } else { label };
        page.entry(indent, shown, LABEL, Paint::None, text);
        before = label;
    }
}

fn remarks(page: &mut Page, view: &View<'_>, answer: &Answer, indent: usize) {
    let remarks = evidence::remarks(view, answer);
    if !remarks.is_empty() {
        page.gap();
    }
    for (place, remark) in remarks.iter().enumerate() {
        page.entry(indent, if place == 0 { "note" } else { "" }, LABEL, Paint::None, remark);
    }
}

fn warning(page: &mut Page, view: &View<'_>, warning: &Diagnostic) {
    let place = warning.labels.first().map(|label| label.span).unwrap_or_default();
    let word = match warning.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let text = view.placed(&format!("{} [{}]", explain::plain(&warning.message), warning.code), place);
    page.entry(2, word, LABEL, Paint::Doubt, &text);
    for help in &warning.help {
        page.entry(2, "", LABEL, Paint::None, &explain::plain(help));
    }
}

fn exposure(page: &mut Page, heading: &str, rows: &[(String, String)]) {
    page.heading(heading);
    if rows.is_empty() {
        page.line(2, "nothing");
    }
    let width = rows.iter().map(|(name, _)| columns(name) + 2).filter(|&width| width <= 32).max().unwrap_or(0);
    for (name, content) in rows {
        page.entry(2, name, width, Paint::None, content);
    }
}

fn assumed(page: &mut Page, view: &View<'_>, assumptions: &[fmnet_sim::answer::Assumption]) {
    let assumed = explain::assumptions(view.model, assumptions);
    if assumed.is_empty() {
        return;
    }
    page.heading("Assumed");
    for one in assumed {
        page.entry(2, one.rule, 6, Paint::None, &format!("{}; to decide: {}", one.text, one.decide));
    }
}
