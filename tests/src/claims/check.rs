//! Claims against the network, by both engines.
//!
//! In: a design as read, and its claims. Out: what does not hold. `reach` gives the
//! answer; then `trace` walks the witness of every part, and must meet the same gates.

use std::collections::BTreeSet;

use fmnet_cli::command::warnings;
use fmnet_cli::json::answer::{is_translated, note_code};
use fmnet_cli::json::evidence::{leg, unmodelled_kind};
use fmnet_core::address;
use fmnet_core::design::{Design, Rejected};
use fmnet_core::endpoint;
use fmnet_core::graph::Graph;
use fmnet_core::model::Model;
use fmnet_sim::answer::{Answer, Part};
use fmnet_sim::fate::{Origin, Outcome};
use fmnet_sim::{query, trace};

use super::{Claim, Expected, Fact};

/// What does not hold, in words; empty where every claim does.
#[must_use]
pub fn check(design: &Result<Design, Box<Rejected>>, claims: &[Claim]) -> Vec<String> {
    let graph = design.as_ref().ok().map(|design| Graph::build(&design.model));
    let mut wrong = Vec::new();
    for claim in claims {
        let mistakes = match (&claim.fact, design, &graph) {
            (Fact::Rejected(code), Err(rejected), _) => is_among(code, rejected.diagnostics.iter().map(|one| one.code)),
            (Fact::Rejected(_), Ok(_), _) => vec!["the design is accepted".to_owned()],
            (Fact::Warns(code), Ok(design), _) => is_among(code, warnings(design).iter().map(|one| one.code)),
            (Fact::Answer(expected), Ok(design), Some(graph)) => answer(&design.model, graph, expected),
            (Fact::Warns(_), Err(rejected), _) | (Fact::Answer(_), Err(rejected), _) => {
                let messages: Vec<&str> = rejected.diagnostics.iter().map(|one| one.message.as_str()).collect();
                vec![format!("the design is rejected: {}", messages.join("; "))]
            }
            (Fact::Answer(_), Ok(_), None) => vec!["there is no graph".to_owned()],
        };
        wrong.extend(mistakes.into_iter().map(|mistake| format!("{}: {}\n    {mistake}", claim.rule, claim.text)));
    }
    wrong
}

fn is_among(code: &str, codes: impl Iterator<Item = &'static str>) -> Vec<String> {
    let codes: BTreeSet<&str> = codes.collect();
    if codes.contains(code) { Vec::new() } else { vec![format!("the codes are {codes:?}")] }
}

fn answer(model: &Model, graph: &Graph<'_>, expected: &Expected) -> Vec<String> {
    let intent = match endpoint::intent(model, &format!("allow {}", expected.question)) {
        Ok(intent) => intent,
        Err(mistake) => return vec![format!("the question cannot be read: {}", mistake.message)],
    };
    let answer = query::answer(graph, &intent.question);
    let mut wrong = verdicts(&answer, expected);
    wrong.extend(replay(model, &answer));
    wrong
}

fn verdicts(answer: &Answer, expected: &Expected) -> Vec<String> {
    let mut wrong = Vec::new();
    let verdict = if expected.is_one_way { answer.one_way } else { answer.verdict };
    if verdict.as_str() != expected.verdict {
        wrong.push(format!("it is {verdict}"));
    }
    let is_left_open = expected.blockers.is_empty() && (expected.is_one_way || expected.verdict == "unknown");
    let blockers = blockers(answer);
    if blockers != expected.blockers && !is_left_open {
        wrong.push(format!("it is stopped by {blockers:?}"));
    }
    if let Some(ports) = &expected.source_ports
        && *ports != source_ports(answer)
    {
        wrong.push(format!("the source ports are {:?}", source_ports(answer)));
    }
    let seen: BTreeSet<_> = answered(answer).map(|part| part.seen_from).collect();
    if expected.seen_as.is_some_and(|address| seen != BTreeSet::from([Some(address)])) {
        wrong.push(format!("it is seen as {seen:?}"));
    }
    let notes: BTreeSet<&str> = answer.notes.iter().map(note_code).collect();
    if expected.note.as_deref().is_some_and(|code| !notes.contains(code)) {
        wrong.push(format!("the notes are {notes:?}"));
    }
    let reasons = reasons(answer);
    if expected.because.as_deref().is_some_and(|word| reasons != BTreeSet::from([word])) {
        wrong.push(format!("it is because of {reasons:?}"));
    }
    wrong
}

fn answered(answer: &Answer) -> impl Iterator<Item = &Part> {
    answer.parts.iter().filter(|part| part.outcome == Outcome::Answered)
}

/// Every leg and code that stops anything.
fn blockers(answer: &Answer) -> BTreeSet<String> {
    let stopped = |part: &&Part| matches!(part.outcome, Outcome::Blocked | Outcome::ReplyLost);
    let parts = answer.parts.iter().filter(stopped);
    parts.flat_map(|part| &part.blockers).map(|blocker| format!("{} {}", leg(blocker.leg), blocker.code)).collect()
}

/// The source ports that are answered, as a NAT gateway on the way writes them.
fn source_ports(answer: &Answer) -> Vec<(u128, u128)> {
    let ports = answered(answer).flat_map(|part| {
        let is_translated = is_translated(part);
        part.packets.iter().flat_map(move |cube| if is_translated { &cube.translated_port } else { &cube.source_port })
    });
    address::union(ports.copied().collect())
}

/// Kinds of what is not known, or `placement` where a database may be in several places.
fn reasons(answer: &Answer) -> BTreeSet<&'static str> {
    let kinds =
        answer.parts.iter().flat_map(|part| &part.unmodelled).map(|(_, unmodelled)| unmodelled_kind(unmodelled));
    kinds.chain((!answer.placements.is_empty()).then_some("placement")).collect()
}

/// Walks every witness with the other engine.
fn replay(model: &Model, answer: &Answer) -> Vec<String> {
    let mut wrong = Vec::new();
    for part in &answer.parts {
        let fate = trace::trace(model, origin(part), &part.witness);
        let same = fate.outcome() == part.outcome
            && fate.blockers == part.blockers
            && fate.unmodelled == part.unmodelled
            && fate.hops == part.hops
            && fate.choices == part.choices;
        if !same {
            let Part { outcome, blockers, unmodelled, hops, witness, .. } = part;
            wrong.push(format!(
                "`{witness}` fares otherwise under trace:\n      reach {outcome:?} {blockers:?} {unmodelled:?} {hops:?}\n      trace {:?} {:?} {:?} {:?}",
                fate.outcome(),
                fate.blockers,
                fate.unmodelled,
                fate.hops
            ));
        }
    }
    wrong
}

/// Where a part's witness starts.
fn origin(part: &Part) -> Origin {
    part.origin
}
