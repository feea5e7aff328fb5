//! What every answer holds, whether to a query or to an intent.

use std::net::IpAddr;

use fmnet_core::address;
use fmnet_core::endpoint;
use fmnet_core::traffic::PortRange;
use fmnet_sim::answer::{Answer, Empty, End, Note, Part};
use fmnet_sim::explain;
use fmnet_sim::fate::{ChoicePoint, Component, Leg, Outcome};
use serde::Serialize;

use super::evidence::{BlockerJson, HopJson, UnmodelledJson};
use super::packets::{self, BoxJson, PacketJson};
use crate::render::View;

/// What becomes of a question's packets.
#[derive(Serialize)]
pub struct AnswerJson {
    from: String,
    to: String,
    traffic: Vec<String>,
    traffic_except: Vec<String>,
    source_ports: [u16; 2],
    verdict: &'static str,
    one_way: &'static str,
    blockers: Vec<BlockerJson>,
    witness: Option<PacketJson>,
    paths: Vec<PathJson>,
    assumptions: Vec<AssumptionJson>,
    unmodelled: Vec<UnmodelledJson>,
    parts: Vec<PartJson>,
    placements: Vec<PlacementJson>,
    other_source_ports: Option<OtherPortsJson>,
    notes: Vec<NoteJson>,
}

/// The gates that packets of one part pass.
#[derive(Serialize)]
struct PathJson {
    part: usize,
    outcome: &'static str,
    from: EndJson,
    to: EndJson,
    hops: Vec<HopJson>,
}

#[derive(Serialize)]
struct AssumptionJson {
    rule: &'static str,
    text: String,
    decide: &'static str,
}

#[derive(Serialize)]
struct PartJson {
    outcome: &'static str,
    from: EndJson,
    to: EndJson,
    traffic: String,
    source_ports: Vec<[u128; 2]>,
    packets: Vec<BoxJson>,
    packets_cut: bool,
    blockers: Vec<BlockerJson>,
    unmodelled: Vec<UnmodelledJson>,
    seen_from: Option<IpAddr>,
    witness: PacketJson,
}

#[derive(Serialize)]
struct EndJson {
    kind: &'static str,
    interfaces: Vec<String>,
    text: String,
}

#[derive(Serialize)]
struct PlacementJson {
    database: String,
    subnet: String,
    verdict: &'static str,
}

#[derive(Serialize)]
struct OtherPortsJson {
    source_ports: [u16; 2],
    verdict: &'static str,
}

#[derive(Serialize)]
struct NoteJson {
    code: &'static str,
    text: String,
}

impl AnswerJson {
    /// An answer about the design of `view`.
    #[must_use]
    pub fn of(view: &View<'_>, answer: &Answer) -> Self {
        let model = view.model;
        let parts: Vec<PartJson> = answer.parts.iter().map(|part| part_json(view, part)).collect();
        Self {
            from: endpoint::describe(model, &answer.question.from),
            to: endpoint::describe(model, &answer.question.to),
            traffic: answer.question.traffic.iter().map(ToString::to_string).collect(),
            traffic_except: answer.question.traffic_except.iter().map(ToString::to_string).collect(),
            source_ports: pair(answer.source_ports),
            verdict: answer.verdict.as_str(),
            one_way: answer.one_way.as_str(),
            blockers: each_once(parts.iter().flat_map(|part| &part.blockers), BlockerJson::is_same_gate),
            witness: answer.parts.first().map(witness),
            paths: (0..).zip(&answer.parts).map(|(index, part)| path_json(view, index, part)).collect(),
            assumptions: assumptions(view, answer),
            unmodelled: each_once(parts.iter().flat_map(|part| &part.unmodelled), PartialEq::eq),
            parts,
            placements: placements(view, answer),
            other_source_ports: answer
                .other_source_ports
                .map(|(ports, verdict)| OtherPortsJson { source_ports: pair(ports), verdict: verdict.as_str() }),
            notes: answer.notes.iter().map(|note| note_json(view, note)).collect(),
        }
    }

    /// Adds a note that is not about the answer but about the question.
    pub fn add_note(&mut self, code: &'static str, text: &str) {
        self.notes.push(NoteJson { code, text: text.to_owned() });
    }
}

fn pair(ports: PortRange) -> [u16; 2] {
    [ports.first, ports.last]
}

/// Items in the order first met, the first of those that are the same.
fn each_once<'a, T: Clone + 'a>(items: impl Iterator<Item = &'a T>, is_same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut seen: Vec<T> = Vec::new();
    for item in items {
        if !seen.iter().any(|known| is_same(known, item)) {
            seen.push(item.clone());
        }
    }
    seen
}

/// The word for an outcome.
#[must_use]
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::ReplyLost => "reply_lost",
        Outcome::Blocked => "blocked",
        Outcome::Unknown => "unknown",
    }
}

fn witness(part: &Part) -> PacketJson {
    PacketJson::of(&part.witness, is_translated(part))
}

/// Whether a NAT gateway translates the part's packets on their way.
#[must_use]
pub fn is_translated(part: &Part) -> bool {
    let is_nat = |component| matches!(component, Component::NatGateway(_));
    part.hops.iter().any(|hop| hop.leg == Leg::Forward && is_nat(hop.component))
}

fn path_json(view: &View<'_>, part_index: usize, part: &Part) -> PathJson {
    PathJson {
        part: part_index,
        outcome: outcome(part.outcome),
        from: end_json(view, &part.from),
        to: end_json(view, &part.to),
        hops: part.hops.iter().map(|hop| HopJson::of(view, part, hop)).collect(),
    }
}

fn part_json(view: &View<'_>, part: &Part) -> PartJson {
    let ports = part.packets.iter().flat_map(|cube| cube.source_port.iter().copied()).collect();
    PartJson {
        outcome: outcome(part.outcome),
        from: end_json(view, &part.from),
        to: end_json(view, &part.to),
        traffic: part.traffic.clone(),
        source_ports: packets::numbers(&address::union(ports)),
        packets: part.packets.iter().map(BoxJson::of).collect(),
        packets_cut: part.is_cut,
        blockers: part.blockers.iter().map(|blocker| BlockerJson::of(view, part, blocker)).collect(),
        unmodelled: part
            .unmodelled
            .iter()
            .map(|(leg, unmodelled)| UnmodelledJson::of(view, *leg, unmodelled))
            .collect(),
        seen_from: part.seen_from,
        witness: witness(part),
    }
}

fn end_json(view: &View<'_>, end: &End) -> EndJson {
    let name = |id| view.model.interfaces[id].name.clone();
    let (kind, interfaces) = match end {
        End::Internet => ("internet", Vec::new()),
        End::Interfaces(ids) => ("interfaces", ids.iter().map(|&id| name(id)).collect()),
        End::Behind(id) => ("behind", vec![name(*id)]),
        End::OnPremises(_) => ("on_premises", Vec::new()),
        End::AmazonService => ("amazon_service", Vec::new()),
        End::Nobody => ("nobody", Vec::new()),
    };
    EndJson { kind, interfaces, text: explain::end(view.model, end) }
}

fn assumptions(view: &View<'_>, answer: &Answer) -> Vec<AssumptionJson> {
    let assumed = explain::assumptions(view.model, &answer.assumptions);
    let json = |one: explain::Assumed| AssumptionJson { rule: one.rule, text: one.text, decide: one.decide };
    assumed.into_iter().map(json).collect()
}

fn placements(view: &View<'_>, answer: &Answer) -> Vec<PlacementJson> {
    let model = view.model;
    let json = |placement: &fmnet_sim::answer::Placement| PlacementJson {
        database: model.databases[placement.database].name.clone(),
        subnet: model.subnets[model.interfaces[placement.interface].subnet].name.clone(),
        verdict: placement.verdict.as_str(),
    };
    answer.placements.iter().map(json).collect()
}

fn note_json(view: &View<'_>, note: &Note) -> NoteJson {
    NoteJson { code: note_code(note), text: explain::note(view.model, note) }
}

/// The code of a note; the first is Reachability Analyzer's.
#[must_use]
pub fn note_code(note: &Note) -> &'static str {
    match note {
        Note::AvailabilityZoneCrossed(_) => "AVAILABILITY_ZONE_CROSSED",
        Note::NoPublicAddress(_) => "NO_PUBLIC_ADDRESS",
        Note::RequestsArrive => "REQUESTS_ARRIVE",
        Note::Undetermined(ChoicePoint::EntryZone { .. }) => "ENTRY_ZONE_UNDETERMINED",
        Note::NothingAsked(Empty::NobodyOwns(_)) => "NOBODY_OWNS_ADDRESS",
        Note::NothingAsked(Empty::NobodyCarries(_)) => "NOBODY_CARRIES_GROUP",
        Note::NothingAsked(Empty::NobodyIn(_)) => "NOBODY_IN_SUBNET",
        Note::NothingAsked(Empty::NobodyAtAll) => "NO_INTERFACES",
        Note::NothingAsked(Empty::EverythingExcepted) => "EVERYTHING_EXCEPTED",
        Note::NothingAsked(Empty::NoSharedFamily) => "NO_SHARED_FAMILY",
        Note::NothingAsked(Empty::SameEnds) => "SAME_ENDS",
        Note::NothingAsked(Empty::NoPacketFits) => "NO_PACKET_FITS",
    }
}
