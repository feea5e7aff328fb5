//! The packets of parts, in words.
//!
//! In: parts of an answer. Out: `tcp/443 from the internet to api-1`, exactly, in as
//! few phrases as that takes; and parts joined where a reader would not tell them apart.

use fmnet_core::address::{self, Ranges};
use fmnet_core::model::Model;
use fmnet_core::source::Span;
use fmnet_core::traffic::Protocol;

use super::addresses::{destinations, family, ranges, side, sources};
use super::path::{path, reply_path};
use super::rule;
use crate::answer::{End, Part};
use crate::fate::{Blocker, Code, Component, Hop, Leg, Outcome, RuleRef, Unmodelled};
use crate::set::address::{IPV4, IPV6};
use crate::set::cube::Cube;
use crate::set::describe::describe_traffic;
use crate::set::{Level, PacketSet, Sets};

/// More phrases than this are not read.
const MOST: usize = 3;

/// Packets that share their addresses.
struct Group {
    source: Ranges,
    destination: Ranges,
    traffic: PacketSet,
}

/// A part's packets: a phrase for each set of addresses with traffic of its own, as
/// `tcp/22 from vpn (203.0.113.7) to api-1`. Where those are many, one that says `some of`.
#[must_use]
pub fn packets(model: &Model, part: &Part) -> Vec<String> {
    match phrases(model, part) {
        Some(phrases) => {
            phrases.into_iter().map(|[traffic, from, to]| format!("{traffic} from {from} to {to}")).collect()
        }
        None => {
            vec![format!("some of {} from {} to {}", part.traffic, sources(model, part), destinations(model, part))]
        }
    }
}

/// The family of packets between names that could mean either.
fn over(model: &Model, part: &Part, sources: &[(u128, u128)]) -> &'static str {
    let is_either = |end: &End| {
        let End::Interfaces(ids) = end else {
            return false;
        };
        let addresses = ids.first().map(|&id| &model.interfaces[id].addresses);
        let has = |is_ipv4: bool| addresses.into_iter().flatten().any(|mine| mine.address.is_ipv4() == is_ipv4);
        has(true) && has(false)
    };
    if !(is_either(&part.from) && is_either(&part.to)) {
        return "";
    }
    match (family(sources, true).is_empty(), family(sources, false).is_empty()) {
        (false, true) => " over IPv4",
        (true, false) => " over IPv6",
        (true, true) | (false, false) => "",
    }
}

/// A part's traffic, sources and destinations, where one phrase says them exactly.
pub(super) fn phrase(model: &Model, part: &Part) -> Option<[String; 3]> {
    let mut phrases = phrases(model, part)?;
    if phrases.len() == 1 { phrases.pop() } else { None }
}

fn phrases(model: &Model, part: &Part) -> Option<Vec<[String; 3]>> {
    if part.is_cut {
        return None;
    }
    let mut sets = Sets::new();
    let mut groups: Vec<Group> = Vec::new();
    for cube in &part.packets {
        let traffic = traffic_of(&mut sets, part, cube);
        match groups.iter_mut().find(|group| group.source == cube.source && group.destination == cube.destination) {
            Some(group) => group.traffic = sets.union(group.traffic, traffic),
            None => groups.push(Group { source: cube.source.clone(), destination: cube.destination.clone(), traffic }),
        }
    }
    let mut joined: Vec<Group> = Vec::new();
    for group in groups {
        match joined.iter_mut().find(|other| other.traffic == group.traffic && other.destination == group.destination) {
            Some(other) => other.source = address::union([other.source.as_slice(), &group.source].concat()),
            None => joined.push(group),
        }
    }
    if joined.len() > MOST {
        return None;
    }
    let words = |group: &Group| {
        let from = side(model, &part.from, &group.source);
        let to = side(model, &part.to, &group.destination);
        [describe_traffic(&sets, group.traffic), from, to]
    };
    let mut phrases: Vec<([String; 3], &str)> = Vec::new();
    for group in &joined {
        let (words, over) = (words(group), over(model, part, &group.source));
        match phrases.iter_mut().find(|(other, _)| *other == words) {
            // Both families.
            Some((_, known)) => *known = "",
            None => phrases.push((words, over)),
        }
    }
    Some(phrases.into_iter().map(|([traffic, from, to], over)| [traffic, from, format!("{to}{over}")]).collect())
}

/// The traffic of a cube and its family, its source ports only where the part's words name them.
fn traffic_of(sets: &mut Sets, part: &Part, cube: &Cube) -> PacketSet {
    let mut bare = Cube::full();
    // Which ICMP there is depends on the family.
    let families = [&[IPV4][..], &IPV6].into_iter();
    let families = families.filter(|family| !address::intersect(&cube.source, family).is_empty());
    bare.source = address::union(families.flatten().copied().collect());
    bare.protocol.clone_from(&cube.protocol);
    bare.port.clone_from(&cube.port);
    if part.traffic.contains("source port") {
        bare.source_port.clone_from(&cube.source_port);
    }
    sets.cube(&bare)
}

/// Parts joined where only their traffic, or addresses of the same end, differ: the
/// first of each stands for its gates, and holds the packets of all.
#[must_use]
pub fn joined(model: &Model, parts: &[&Part]) -> Vec<Part> {
    let mut joined: Vec<(Part, Look)> = Vec::new();
    for part in parts {
        let look = Look::of(model, part);
        match joined.iter_mut().find(|(_, other)| *other == look) {
            Some((whole, _)) => {
                whole.packets.extend(part.packets.iter().cloned());
                whole.is_cut |= part.is_cut;
                whole.traffic = traffic(whole, part);
                if familiarity(part) < familiarity(whole) {
                    whole.witness = part.witness;
                    whole.hops.clone_from(&part.hops);
                }
            }
            None => joined.push(((*part).clone(), look)),
        }
    }
    joined.into_iter().map(|(part, _)| part).collect()
}

/// How well a part's witness is known to readers, the best first.
fn familiarity(part: &Part) -> u8 {
    match part.witness.protocol {
        Protocol::TCP => 0,
        Protocol::UDP => 1,
        Protocol::ICMP | Protocol::ICMPV6 => 2,
        Protocol(_) => 3,
    }
}

/// The traffic of two parts together.
fn traffic(whole: &Part, part: &Part) -> String {
    if whole.traffic == part.traffic {
        return whole.traffic.clone();
    }
    if whole.is_cut || [whole, part].iter().any(|part| part.traffic.contains("source port")) {
        return format!("{}; {}", whole.traffic, part.traffic);
    }
    let mut sets = Sets::new();
    let each: Vec<PacketSet> = whole.packets.iter().map(|cube| traffic_of(&mut sets, whole, cube)).collect();
    let all = sets.union_all(each);
    describe_traffic(&sets, all)
}

/// What a reader sees of a part besides its packets.
#[derive(PartialEq, Eq)]
struct Look {
    outcome: Outcome,
    ends: [End; 2],
    way: [Option<String>; 2],
    blockers: Vec<Blocker>,
    unmodelled: Vec<(Leg, Unmodelled)>,
    source_ports: Ranges,
    /// Whether it is IPv4, where what mends it differs by that.
    is_ipv4: Option<bool>,
    admitted: Vec<(Component, Admitted)>,
}

/// By what a part was admitted: a line of the design may stand for several rules.
#[derive(PartialEq, Eq)]
enum Admitted {
    Line(Span),
    Rule(Option<RuleRef>),
}

/// Whether a gate is opened for one family at a time.
fn is_of_family(code: Code) -> bool {
    matches!(
        code,
        Code::NoRouteToDestination | Code::IgwPrivateIpAssociationForIngress | Code::IgwPublicIpAssociationForEgress
    )
}

impl Look {
    fn of(model: &Model, part: &Part) -> Self {
        // What admitted a part is evidence only if it was not stopped after all.
        let is_evidence = |hop: &&Hop| hop.leg == Leg::Forward && part.outcome == Outcome::Answered;
        let admitted = |hop: &Hop| match hop.rule.map(|by| rule::rule(model, by).span) {
            Some(span) if !span.is_nowhere() => (hop.component, Admitted::Line(span)),
            Some(_) | None => (hop.component, Admitted::Rule(hop.rule)),
        };
        Self {
            outcome: part.outcome,
            ends: [part.from.clone(), part.to.clone()],
            way: [Some(path(model, part)), reply_path(model, part)],
            blockers: part.blockers.clone(),
            unmodelled: part.unmodelled.clone(),
            source_ports: ranges(part, Level::SourcePort),
            is_ipv4: part.blockers.iter().any(|gate| is_of_family(gate.code)).then(|| part.witness.source.is_ipv4()),
            admitted: part.hops.iter().filter(is_evidence).map(admitted).collect(),
        }
    }
}
