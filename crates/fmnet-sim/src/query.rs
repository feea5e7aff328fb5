//! Questions to answers.
//!
//! In: a [`Graph`] and a [`Question`]. Out: an [`Answer`]. The packets asked about are
//! laid out as pairs of ends, each a class of interfaces or a set of addresses; `reach`
//! partitions each pair's packets; what came of them is put into the words of the answer.

mod empty;
pub mod gather;
pub(crate) mod outward;

use std::collections::BTreeSet;
use std::net::IpAddr;

use fmnet_core::address::{self, Ranges};
use fmnet_core::class::{Class, Point};
use fmnet_core::graph::Graph;
use fmnet_core::intent::Question;
use fmnet_core::model::InterfaceId;
use fmnet_core::model::interface::Owner;
use fmnet_core::traffic::PortRange;
use rustc_hash::FxHashMap;

use crate::answer::{Answer, End};
use crate::fate::Origin;
use crate::question::{Asked, Side, Sources, are_two, asked, from_outside, side};
use crate::reach::{Evidence, Reach};
use crate::set::address::{IPV4, IPV6};
use crate::set::{Level, PacketSet};

/// Answers `question` about ordinary clients (R1), or the source ports it names.
#[must_use]
pub fn answer(graph: &Graph<'_>, question: &Question) -> Answer {
    let asked = asked(graph.model, question, false);
    let mut answer = answer_asked(graph, question, &asked);
    // Where the word depends on a database's place, it does for these ports as well.
    if question.source_ports.is_none() && answer.placements.is_empty() {
        let differing = others(asked.source_ports).find_map(|others| {
            let verdict = gather::verdict_of(graph, question, &Asked { source_ports: others, ..asked.clone() })?;
            (verdict != answer.verdict).then_some((others, verdict))
        });
        answer.other_source_ports = differing;
    }
    answer
}

/// Answers `question` about every source port there is, unless it names some: what a `deny` is about.
#[must_use]
pub fn answer_every_port(graph: &Graph<'_>, question: &Question) -> Answer {
    answer_asked(graph, question, &asked(graph.model, question, true))
}

fn answer_asked(graph: &Graph<'_>, question: &Question, asked: &Asked) -> Answer {
    let mut reach = Reach::new(graph, Evidence::Full);
    let pairs = pairs(&mut reach, graph, question, asked);
    gather::answer(&mut reach, graph, question, asked, pairs)
}

/// The source ports below what was asked about, and above.
fn others(ports: PortRange) -> impl Iterator<Item = PortRange> {
    let below = ports.first.checked_sub(1).map(|last| PortRange { first: 0, last });
    let above = ports.last.checked_add(1).map(|first| PortRange { first, last: u16::MAX });
    below.into_iter().chain(above)
}

/// Packets between two ends.
struct Pair {
    origin: Origin,
    from: End,
    /// Who is meant; the wall may come before them.
    to: Option<End>,
    packets: PacketSet,
    /// The interface without a public address that a private one stands for.
    stand_in: Option<InterfaceId>,
}

/// Sources or destinations of one kind.
struct Unit {
    origin: Origin,
    end: Option<End>,
    /// Members by point, where the unit is a class.
    members: Vec<Point>,
    addresses: Ranges,
}

/// Points of a side by class, each class in the order of its first point.
fn classes(graph: &Graph<'_>, points: &BTreeSet<Point>) -> Vec<Vec<Point>> {
    let mut rows: Vec<Vec<Point>> = Vec::new();
    let mut known: FxHashMap<Option<Class>, usize> = FxHashMap::default();
    for &point in points {
        let row = *known.entry(graph.classes.class(point)).or_insert(rows.len());
        match rows.get_mut(row) {
            Some(members) => members.push(point),
            None => rows.push(vec![point]),
        }
    }
    rows
}

fn sources(graph: &Graph<'_>, side: &Side) -> Vec<Unit> {
    let Sources { points, behind, premises, internet } = side.as_sources(graph);
    let mut units = Vec::new();
    for family in [&[IPV4][..], &IPV6] {
        let addresses = address::intersect(&internet, family);
        if !addresses.is_empty() {
            units.push(Unit { origin: Origin::Internet, end: Some(End::Internet), members: Vec::new(), addresses });
        }
    }
    for members in classes(graph, &points) {
        let Some(first) = members.first() else { continue };
        units.push(Unit { origin: Origin::Interface(first.interface), end: None, members, addresses: Vec::new() });
    }
    for (network, addresses) in premises {
        let (origin, end) = (Origin::OnPremises(network), Some(End::OnPremises(network)));
        units.push(Unit { origin, end, members: Vec::new(), addresses });
    }
    for (interface, addresses) in behind {
        let end = Some(End::Behind(interface));
        units.push(Unit { origin: Origin::Interface(interface), end, members: Vec::new(), addresses });
    }
    units
}

/// Every pair of ends that the question is about.
fn pairs(reach: &mut Reach<'_>, graph: &Graph<'_>, question: &Question, asked: &Asked) -> Vec<Pair> {
    let traffic = asked.packets(&mut reach.sets);
    let from = side(graph, &question.from);
    let to = side(graph, &question.to);
    let targets = classes(graph, &to.points);
    // What is both named and written is asked about once.
    let named = to.points.iter().filter_map(|&point| number(graph, point)).map(|one| (one, one)).collect();
    let addresses = to.every_address();
    let written = address::subtract(&addresses, &address::union(named));
    let mut pairs = Vec::new();
    for source in sources(graph, &from) {
        if !source.members.is_empty() {
            from_class(reach, graph, &source, &targets, &written, traffic, &mut pairs);
        } else if source.origin == Origin::Internet {
            let outside = address::intersect(&addresses, family_of(&source.addresses));
            from_internet(reach, graph, &source, &to.points, &outside, traffic, &mut pairs);
        } else if let Origin::OnPremises(_) = source.origin {
            from_premises(reach, graph, &source, &targets, &written, traffic, &mut pairs);
        } else {
            let to_points = targets.iter().filter_map(|members| members.first().copied());
            let numbers: Ranges = to_points.filter_map(|point| number(graph, point)).map(|one| (one, one)).collect();
            let all = address::union([addresses.as_slice(), &numbers].concat());
            for family in [&[IPV4][..], &IPV6] {
                let (source_addresses, all) =
                    (address::intersect(&source.addresses, family), address::intersect(&all, family));
                push(reach, &source, source.end.clone(), &source_addresses, None, &all, traffic, None, &mut pairs);
            }
        }
    }
    pairs
}

fn family_of(addresses: &[(u128, u128)]) -> &'static [(u128, u128)] {
    const V4: [(u128, u128); 1] = [IPV4];
    match addresses.first() {
        Some(range) if crate::set::address::is_ipv4(range.0) => &V4,
        _ => &IPV6,
    }
}

fn number(graph: &Graph<'_>, point: Point) -> Option<u128> {
    let mine = graph.model.interfaces[point.interface].addresses.get(point.position as usize)?;
    Some(address::number(mine.address))
}

fn interfaces(members: &[Point], first: Point) -> End {
    let rest = members.iter().map(|point| point.interface).filter(|&id| id != first.interface);
    let mut ids: Vec<_> = std::iter::once(first.interface).chain(rest).collect();
    ids.dedup();
    End::Interfaces(ids)
}

#[expect(clippy::too_many_arguments, reason = "a pair is two ends and the traffic between them")]
fn push(
    reach: &mut Reach<'_>,
    source: &Unit,
    from: Option<End>,
    from_addresses: &[(u128, u128)],
    to: Option<End>,
    to_addresses: &[(u128, u128)],
    traffic: PacketSet,
    stand_in: Option<InterfaceId>,
    pairs: &mut Vec<Pair>,
) {
    let Some(from) = from else { return };
    let origin = match &from {
        End::Internet => match stand_in {
            Some(id) => Origin::InternetToward(reach.vpc_of(id)),
            None => source.origin,
        },
        End::Interfaces(ids) => ids.first().map_or(source.origin, |&id| Origin::Interface(id)),
        End::Behind(_) | End::OnPremises(_) | End::AmazonService | End::Nobody => source.origin,
    };
    let sources = reach.sets.field_ranges(Level::Source, from_addresses);
    let destinations = reach.sets.field_ranges(Level::Destination, to_addresses);
    let between = reach.sets.intersect(sources, destinations);
    let packets = reach.sets.intersect(between, traffic);
    if !packets.is_empty() {
        pairs.push(Pair { origin, from, to, packets, stand_in });
    }
}

fn from_class(
    reach: &mut Reach<'_>,
    graph: &Graph<'_>,
    source: &Unit,
    targets: &[Vec<Point>],
    addresses: &Ranges,
    traffic: PacketSet,
    pairs: &mut Vec<Pair>,
) {
    for members in targets {
        // Members of one class are told apart only here: nobody asks about itself.
        let two = source.members.iter().find_map(|&from| {
            let to = members.iter().find(|to| are_two(graph.model, from.interface, to.interface))?;
            Some((from, *to))
        });
        let Some((from, to)) = two else { continue };
        let (Some(one), Some(other)) = (number(graph, from), number(graph, to)) else { continue };
        if crate::set::address::is_ipv4(one) != crate::set::address::is_ipv4(other) {
            continue;
        }
        let (from_end, to_end) = (interfaces(&source.members, from), interfaces(members, to));
        push(reach, source, Some(from_end), &[(one, one)], Some(to_end), &[(other, other)], traffic, None, pairs);
    }
    let Some(&first) = source.members.first() else { return };
    let Some(one) = number(graph, first) else { return };
    // Of the places of a database only one exists, so none asks another (R206).
    let places = match graph.model.interfaces[first.interface].owner {
        Owner::Database(database) => graph.model.databases[database].candidates.as_slice(),
        Owner::Instance(_) | Owner::Nobody => std::slice::from_ref(&first.interface),
    };
    let own = places
        .iter()
        .flat_map(|&id| &graph.model.interfaces[id].addresses)
        .flat_map(|mine| [Some(mine.address), mine.public.map(|public| IpAddr::V4(public.address))])
        .flatten();
    let own = address::union(own.map(|one| (address::number(one), address::number(one))).collect());
    let others = address::subtract(&address::intersect(addresses, family_of(&[(one, one)])), &own);
    push(reach, source, Some(interfaces(&source.members, first)), &[(one, one)], None, &others, traffic, None, pairs);
}

/// From a network on premises, by private addresses.
fn from_premises(
    reach: &mut Reach<'_>,
    graph: &Graph<'_>,
    source: &Unit,
    targets: &[Vec<Point>],
    addresses: &[(u128, u128)],
    traffic: PacketSet,
    pairs: &mut Vec<Pair>,
) {
    for family in [&[IPV4][..], &IPV6] {
        let from = address::intersect(&source.addresses, family);
        for members in targets {
            let Some(&first) = members.first() else { continue };
            let Some(one) = number(graph, first).filter(|&one| family_of(&[(one, one)]) == family) else { continue };
            let to = Some(interfaces(members, first));
            push(reach, source, source.end.clone(), &from, to, &[(one, one)], traffic, None, pairs);
        }
        let to = address::intersect(addresses, family);
        push(reach, source, source.end.clone(), &from, None, &to, traffic, None, pairs);
    }
}

fn from_internet(
    reach: &mut Reach<'_>,
    graph: &Graph<'_>,
    source: &Unit,
    points: &BTreeSet<Point>,
    addresses: &[(u128, u128)],
    traffic: PacketSet,
    pairs: &mut Vec<Pair>,
) {
    let is_ipv4 = family_of(&source.addresses) == [IPV4];
    let found = from_outside(graph.model, points, is_ipv4, !is_ipv4);
    let named = found.iter().map(|(_, address, _)| address::number(*address)).map(|one| (one, one)).collect();
    let mut rows: Vec<(Vec<Point>, IpAddr, bool)> = Vec::new();
    let mut known: FxHashMap<(Option<Class>, bool), usize> = FxHashMap::default();
    for (point, address, stands_in) in found {
        let row = *known.entry((graph.classes.class(point), stands_in)).or_insert(rows.len());
        match rows.get_mut(row) {
            Some((members, ..)) => members.push(point),
            None => rows.push((vec![point], address, stands_in)),
        }
    }
    for (members, address, stands_in) in rows {
        let Some(&first) = members.first() else { continue };
        let one = address::number(address);
        let stand_in = stands_in.then_some(first.interface);
        let to = Some(interfaces(&members, first));
        push(reach, source, source.end.clone(), &source.addresses, to, &[(one, one)], traffic, stand_in, pairs);
    }
    let rest = address::subtract(addresses, &address::union(named));
    push(reach, source, source.end.clone(), &source.addresses, None, &rest, traffic, None, pairs);
}
