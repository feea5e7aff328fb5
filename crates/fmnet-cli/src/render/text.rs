//! Answers as plain text, for a terminal or a pipe.
//!
//! In: answers and a [`View`]. Out: text that ends in a newline, wrapped at the view's
//! width with hanging indents.

mod page;
mod table;

use fmnet_core::diagnostic::{Diagnostic, Severity};
use fmnet_core::intent::IntentKind;
use fmnet_sim::answer::{Answer, Part, Verdict};
use fmnet_sim::explain::{self, Proposed};
use fmnet_sim::matrix::Matrix;
use fmnet_sim::verify::Proof;
use page::{Page, Paint, columns};

use super::evidence::{self, Aim, Evidence, Status};
use super::{Detail, MatrixTable, View, overview};

/// Columns of the words that begin an intent: `UNKNOWN` and two more.
const STATUS: usize = 9;
/// Columns of the words that begin a line of evidence: `no reply` and two more.
const LABEL: usize = 10;
/// Parts that a summary shows of one answer.
const MOST_PARTS: usize = 4;

/// Verdicts of the intents, warnings, what the internet reaches, assumptions, and a summary.
#[must_use]
pub fn simulate(view: &View<'_>, proofs: &[Proof], matrix: &Matrix, warnings: &[Diagnostic], detail: Detail) -> String {
    let mut page = Page::new(view.width, view.style);
    page.line(0, &overview::read(view, proofs.len()));
    page.gap();
    let mut proposed = Proposed::default();
    for proof in proofs {
        self::proof(&mut page, view, proof, detail, &mut proposed);
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

/// What [`simulate`] says of one intent, given what the edits of those before it said.
#[must_use]
pub fn intent(view: &View<'_>, proof: &Proof, detail: Detail, proposed: &mut Proposed) -> String {
    let mut page = Page::new(view.width, view.style);
    self::proof(&mut page, view, proof, detail, proposed);
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
    let all: Vec<&Part> = answer.parts.iter().collect();
    let mut proposed = Proposed::default();
    proposed.about(answer);
    parts(&mut page, &evidence::all(view, &all, Aim::Tell, detail, &mut proposed), detail, 0);
    page.gap();
    remarks(&mut page, view, answer, None, 0);
    assumed(&mut page, view, &answer.assumptions);
    page.finish()
}

/// Who reaches whom: a table where it fits, a grid of letters, else a list by row; in
/// full always the list.
#[must_use]
pub fn matrix(view: &View<'_>, table: &MatrixTable, detail: Detail) -> String {
    table::matrix(view, table, detail)
}

fn paint(status: Status) -> Paint {
    match status {
        Status::Holds => Paint::Good,
        Status::Fails => Paint::Bad,
        Status::Unknown => Paint::Doubt,
    }
}

/// An intent: one line if it holds, else its evidence too.
fn proof(page: &mut Page, view: &View<'_>, proof: &Proof, detail: Detail, proposed: &mut Proposed) {
    let status = Status::of(proof);
    let text = explain::plain(&proof.intent.text);
    if status == Status::Holds && detail == Detail::Summary {
        page.entry(0, status.word(), STATUS, paint(status), &text);
        if evidence::is_remarkable(proof) {
            remarks(page, view, &proof.answer, Some(proof.intent.kind), STATUS);
        }
        return;
    }
    page.gap();
    page.entry(0, status.word(), STATUS, paint(status), &view.placed(&text, proof.intent.span));
    for (place, line) in explain::endpoints(view.model, &proof.intent.question).iter().enumerate() {
        page.entry(STATUS, if place == 0 { "means" } else { "" }, LABEL, Paint::None, line);
    }
    let (against, aim) = evidence::against(proof);
    let shown = if status == Status::Holds { proof.answer.parts.iter().collect() } else { against };
    // What would open what is rightly closed is no edit to be made beside the others.
    let proposed = if status == Status::Holds { &mut Proposed::default() } else { proposed };
    proposed.about(&proof.answer);
    let all = evidence::all(view, &shown, aim, detail, proposed);
    parts(page, &all, detail, STATUS);
    page.gap();
    remarks(page, view, &proof.answer, Some(proof.intent.kind), STATUS);
    page.gap();
}

fn parts(page: &mut Page, all: &[Evidence], detail: Detail, indent: usize) {
    let most = if detail == Detail::Full { all.len() } else { MOST_PARTS };
    for evidence in all.iter().take(most) {
        page.gap();
        self::evidence(page, evidence, indent);
    }
    if all.len() > most {
        page.gap();
        page.line(indent, &format!("and {} more; --detail shows them all", all.len() - most));
    }
}

fn evidence(page: &mut Page, evidence: &Evidence, indent: usize) {
    let head = evidence.what.iter().map(|text| (evidence::word(evidence.outcome), text));
    let likewise = evidence.likewise.iter().map(|text| ("likewise", text));
    let lines = evidence.lines.iter().map(|(label, text)| (*label, text));
    let mut before = "";
    for (label, text) in head.chain(lines).chain(likewise) {
        page.entry(indent, if label == before { "" } else { label }, LABEL, Paint::None, text);
        before = label;
    }
}

fn remarks(page: &mut Page, view: &View<'_>, answer: &Answer, kind: Option<IntentKind>, indent: usize) {
    for (place, remark) in evidence::remarks(view, answer, kind).iter().enumerate() {
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

fn exposure(page: &mut Page, heading: &str, rows: &[(String, Vec<String>)]) {
    page.heading(heading);
    if rows.is_empty() {
        page.line(2, "nothing");
    }
    let width = rows.iter().map(|(name, _)| columns(name) + 2).filter(|&width| width <= 32).max().unwrap_or(0);
    for (name, lines) in rows {
        for (place, line) in lines.iter().enumerate() {
            page.entry(2, if place == 0 { name } else { "" }, width, Paint::None, line);
        }
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
