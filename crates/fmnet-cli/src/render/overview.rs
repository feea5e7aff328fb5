//! Answers in one line, and what is exposed.
//!
//! In: proofs, answers, a matrix. Out: sentences and rows that text and Markdown share.

use fmnet_core::model::{InterfaceId, Model};
use fmnet_sim::answer::{Answer, Verdict};
use fmnet_sim::explain;
use fmnet_sim::matrix::{Cell, Matrix, MatrixEnd};
use fmnet_sim::verify::Proof;

use super::View;
use super::evidence::Status;

/// What was read: the network, its file, and how much of everything it has.
#[must_use]
pub fn read(view: &View<'_>, intents: usize) -> String {
    let model = view.model;
    let count = |number: usize, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {many}")),
    };
    let counts: Vec<String> = [
        count(model.subnets.len(), "subnet", "subnets"),
        count(model.security_groups.len(), "security group", "security groups"),
        count(model.instances.len(), "instance", "instances"),
        count(model.databases.len(), "database", "databases"),
        count(intents, "intent", "intents"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (vpc, region) = (explain::plain(&model.vpc().name), explain::plain(&model.vpc().region));
    format!("{vpc} in {region}, from {}: {}", explain::plain(&view.source.name), counts.join(", "))
}

/// How many intents hold, and the worst that became of one.
#[must_use]
pub fn summary(proofs: &[Proof]) -> (String, Status) {
    let count = |status| proofs.iter().filter(|proof| Status::of(proof) == status).count();
    let (holds, fails, unknown) = (count(Status::Holds), count(Status::Fails), count(Status::Unknown));
    if proofs.is_empty() {
        return (
            "nothing was proved: the design has no intents; write them under `expect`".to_owned(),
            Status::Unknown,
        );
    }
    let total = proofs.len();
    let mut text = match total {
        1 => format!("{holds} of 1 intent holds"),
        _ => format!("{holds} of {total} intents hold"),
    };
    if fails > 0 {
        text.push_str(&format!("; {fails} {}", if fails == 1 { "fails" } else { "fail" }));
    }
    if unknown > 0 {
        text.push_str(&format!("; {unknown} unknown, which is not passed"));
    }
    let status = match (fails, unknown) {
        (0, 0) => Status::Holds,
        (0, _) => Status::Unknown,
        _ => Status::Fails,
    };
    (text, status)
}

/// What a verdict's word means.
#[must_use]
pub fn verdict(answer: &Answer) -> &'static str {
    match (answer.verdict, answer.one_way) {
        _ if answer.parts.is_empty() => "- no packet fits the question",
        (Verdict::Reachable, _) => "- every packet of it gets an answer",
        (Verdict::Partial, _) => "- some packets of it get an answer, others do not",
        (Verdict::Blocked, Verdict::Reachable | Verdict::Partial) => {
            "- no packet of it gets an answer, although requests arrive"
        }
        (Verdict::Blocked, Verdict::Blocked | Verdict::Unknown) => "- no packet of it gets an answer",
        (Verdict::Unknown, _) => "- what is not known could change the answer",
    }
}

/// Who is reached from the internet, and by what; those alike are one row.
#[must_use]
pub fn from_internet(model: &Model, matrix: &Matrix) -> Vec<(String, Vec<String>)> {
    exposed(model, matrix, |cell| (cell.from, cell.to))
}

/// Who reaches the internet, and by what, likewise.
#[must_use]
pub fn to_internet(model: &Model, matrix: &Matrix) -> Vec<(String, Vec<String>)> {
    exposed(model, matrix, |cell| (cell.to, cell.from))
}

fn exposed(model: &Model, matrix: &Matrix, sides: impl Fn(&Cell) -> (u32, u32)) -> Vec<(String, Vec<String>)> {
    let mut rows: Vec<(u32, &MatrixEnd, Vec<InterfaceId>)> = Vec::new();
    for cell in &matrix.cells {
        let (internet, other) = sides(cell);
        let is_internet = matches!(matrix.ends.get(internet as usize), Some(MatrixEnd::Internet));
        let Some(MatrixEnd::Class(ids)) = matrix.ends.get(other as usize).filter(|_| is_internet) else {
            continue;
        };
        let Some(from) = matrix.ends.get(cell.from as usize) else { continue };
        match rows.iter_mut().find(|(content, ..)| *content == cell.content) {
            Some((.., all)) => all.extend(ids),
            None => rows.push((cell.content, from, ids.clone())),
        }
    }
    let text = |content: u32, from: &MatrixEnd| {
        let content = matrix.contents.get(content as usize);
        content.map(|content| explain::content(model, from, content)).unwrap_or_default()
    };
    rows.into_iter().map(|(content, from, ids)| (explain::several(model, &ids), text(content, from))).collect()
}
