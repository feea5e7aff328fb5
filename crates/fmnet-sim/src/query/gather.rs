//! What `reach` found, put into the words of an answer.

use std::collections::BTreeMap;
use std::net::IpAddr;

use fmnet_core::address;
use fmnet_core::graph::{Graph, Owned};
use fmnet_core::intent::Question;
use fmnet_core::model::interface::Owner;
use fmnet_core::model::security_group::Peer;
use fmnet_core::model::{DatabaseId, InterfaceId, Model, OnPremisesId};
use fmnet_core::traffic::{PortRange, Protocol, Traffic};

use super::{Pair, empty, outward, pairs};
use crate::answer::{Answer, Assumption, End, Note, Part, Placement, Verdict};
use crate::fate::{Blocker, Code, Component, Direction, Hop, Leg, Origin, Outcome, RuleRef, Unmodelled};
use crate::packet::Packet;
use crate::question::Asked;
use crate::reach::{Evidence, Piece, Reach, Receiver};
use crate::set::describe::describe_traffic;
use crate::set::{Level, PacketSet, Sets};

/// More boxes than anybody reads.
const MOST_BOXES: usize = 64;

/// Partitions every pair's packets and gathers what came of them.
pub(super) fn answer(
    reach: &mut Reach<'_>,
    graph: &Graph<'_>,
    question: &Question,
    asked: &Asked,
    pairs: Vec<Pair>,
) -> Answer {
    let mut parts = Vec::new();
    let mut notes = Vec::new();
    for pair in pairs {
        notes.extend(pair.stand_in.map(Note::NoPublicAddress));
        let pieces = reach.reach(pair.origin, pair.packets);
        for piece in joined(reach, pieces) {
            parts.extend(part(reach, graph, &pair, piece));
        }
    }
    parts.sort_by(|left, right| {
        let key = |part: &Part| (part.outcome, familiarity(&part.witness));
        key(left).cmp(&key(right)).then_with(|| left.from.cmp(&right.from))
    });
    let (verdict, placements) = settle(graph.model, &parts, round_trip);
    let (one_way, _) = settle(graph.model, &parts, delivery);
    let mut assumptions: Vec<_> = parts.iter().flat_map(|part| assumptions(graph, part)).collect();
    assumptions.sort_unstable();
    assumptions.dedup();
    notes.extend(parts.iter().flat_map(|part| zone_crossed(graph.model, part)));
    notes.extend(parts.iter().flat_map(|part| &part.choices).map(|&point| Note::Undetermined(point)));
    if verdict == Verdict::Blocked && one_way != Verdict::Blocked {
        notes.push(Note::RequestsArrive);
    }
    if parts.is_empty() {
        notes.extend(empty::causes(graph, question).into_iter().map(Note::NothingAsked));
    }
    notes.sort_unstable();
    notes.dedup();
    Answer {
        question: question.clone(),
        source_ports: asked.source_ports,
        verdict,
        one_way,
        parts,
        placements,
        other_source_ports: None,
        assumptions,
        notes,
    }
}

/// How well people know the traffic of a packet, the best known first: TCP, UDP, a ping, the rest.
fn familiarity(packet: &Packet) -> u8 {
    match packet.protocol {
        Protocol::TCP => 0,
        Protocol::UDP => 1,
        Protocol::ICMP if packet.port >> 8 == 8 => 2,
        Protocol::ICMPV6 if packet.port >> 8 == 128 => 2,
        _ => 3,
    }
}

/// The word alone, for another set of source ports; none where no packet is asked about.
pub(super) fn verdict_of(graph: &Graph<'_>, question: &Question, asked: &Asked) -> Option<Verdict> {
    let mut reach = Reach::new(graph, Evidence::Outcome);
    let ported = question.traffic.iter().any(|traffic| match traffic {
        Traffic::Any => true,
        Traffic::Of { protocol, .. } => protocol.has_ports(),
    });
    if !ported {
        return None;
    }
    let ported = [Protocol::TCP, Protocol::UDP].map(|protocol| reach.sets.traffic(&Traffic::all_of(protocol)));
    let ported = reach.sets.union_all(ported);
    let mut seen = Seen::default();
    for pair in pairs(&mut reach, graph, question, asked) {
        let packets = reach.sets.intersect(pair.packets, ported);
        if packets.is_empty() {
            continue;
        }
        let mut left = packets;
        for piece in reach.reach(pair.origin, packets) {
            seen.note(piece.outcome());
            left = reach.sets.subtract(left, piece.packets);
        }
        seen.no |= !left.is_empty();
    }
    (seen.yes || seen.no || seen.open).then(|| seen.verdict())
}

/// Which outcomes occur.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    yes: bool,
    no: bool,
    open: bool,
}

impl Seen {
    fn note(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Answered => self.yes = true,
            Outcome::ReplyLost | Outcome::Blocked => self.no = true,
            Outcome::Unknown => self.open = true,
        }
    }

    /// The word: unknown only where what is unknown could change it.
    fn verdict(self) -> Verdict {
        match self {
            Self { yes: true, no: true, .. } => Verdict::Partial,
            Self { open: true, .. } => Verdict::Unknown,
            Self { yes: true, .. } => Verdict::Reachable,
            Self { .. } => Verdict::Blocked,
        }
    }
}

fn round_trip(part: &Part) -> Outcome {
    part.outcome
}

/// Delivery alone: what is unknown of the reply does not matter.
fn delivery(part: &Part) -> Outcome {
    match part.outcome {
        Outcome::Answered | Outcome::ReplyLost => Outcome::Answered,
        Outcome::Blocked => Outcome::Blocked,
        Outcome::Unknown if part.unmodelled.iter().all(|(leg, _)| *leg == Leg::Return) => Outcome::Answered,
        Outcome::Unknown => Outcome::Unknown,
    }
}

fn verdict<'p>(parts: impl Iterator<Item = &'p Part>, outcome: fn(&Part) -> Outcome) -> Verdict {
    let mut seen = Seen::default();
    for part in parts {
        seen.note(outcome(part));
    }
    seen.verdict()
}

/// Pieces with the same fate are one.
fn joined(reach: &mut Reach<'_>, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let same = joined.iter_mut().find(|other| {
            other.receiver == piece.receiver
                && other.seen_from == piece.seen_from
                && other.blockers == piece.blockers
                && other.hops == piece.hops
                && other.unmodelled == piece.unmodelled
                && other.choices == piece.choices
        });
        match same {
            Some(other) => other.packets = reach.sets.union(other.packets, piece.packets),
            None => joined.push(piece),
        }
    }
    joined
}

fn part(reach: &mut Reach<'_>, graph: &Graph<'_>, pair: &Pair, piece: Piece) -> Option<Part> {
    let outcome = piece.outcome();
    let witness = witness(&mut reach.sets, piece.packets)?;
    let sets = &reach.sets;
    let cubes = sets.cubes(piece.packets, MOST_BOXES);
    let to = match (piece.receiver, &pair.to) {
        (_, Some(to)) => to.clone(),
        (Some(Receiver::Interface(id)), None) => End::Interfaces(vec![id]),
        (Some(Receiver::Behind(id)), None) => End::Behind(id),
        (Some(Receiver::Internet), None) => End::Internet,
        (Some(Receiver::OnPremises(id)), None) => End::OnPremises(id),
        (Some(Receiver::AmazonService), None) => End::AmazonService,
        (None, None) => intended(graph, witness.destination),
    };
    Some(Part {
        outcome,
        origin: pair.origin,
        from: pair.from.clone(),
        to,
        packets: cubes.cubes,
        is_cut: cubes.cut,
        traffic: traffic_words(reach, pair.packets, piece.packets),
        blockers: piece.blockers,
        unmodelled: piece.unmodelled,
        choices: piece.choices,
        hops: piece.hops,
        seen_from: piece.seen_from,
        witness,
    })
}

/// The part's traffic; its source ports are said only where they are not all that were asked about.
fn traffic_words(reach: &Reach<'_>, asked: PacketSet, packets: PacketSet) -> String {
    let sets = &reach.sets;
    let ports = |packets| sets.project(packets, Level::SourcePort);
    if ports(asked) == ports(packets) {
        let mut sets = Sets::new();
        let packets = sets.adopt(&reach.sets, packets);
        let packets = sets.forget(packets, Level::SourcePort);
        return describe_traffic(&sets, packets);
    }
    describe_traffic(sets, packets)
}

/// Who is meant by an address at which nothing was received.
fn intended(graph: &Graph<'_>, destination: IpAddr) -> End {
    match graph.owners(destination).next() {
        Some(Owned::Private(id, _) | Owned::Public(id, _)) => End::Interfaces(vec![id]),
        Some(Owned::NatPrivate(_) | Owned::NatPublic(_)) => End::Nobody,
        None => {
            let number = address::number(destination);
            let point = [(number, number)];
            let is_there = |id: &OnPremisesId| !address::intersect(&point, graph.on_premises.net(*id)).is_empty();
            if let Some(id) = graph.model.on_premises.ids().find(is_there) {
                return End::OnPremises(id);
            }
            let outside = graph.internet.iter().any(|all| !address::intersect(&[(number, number)], all).is_empty());
            if outside { End::Internet } else { End::Nobody }
        }
    }
}

/// The packet of a set that people know best, never one that nobody sends where there is another.
fn witness(sets: &mut Sets, packets: PacketSet) -> Option<Packet> {
    let foreign = sets.foreign();
    let native = sets.subtract(packets, foreign);
    let packets = if native.is_empty() { packets } else { native };
    let ping = |protocol, kind| Traffic::Of { protocol, ports: PortRange::icmp_type(kind) };
    let known = [
        Traffic::all_of(Protocol::TCP),
        Traffic::all_of(Protocol::UDP),
        ping(Protocol::ICMP, 8),
        ping(Protocol::ICMPV6, 128),
    ];
    let best = known.iter().find_map(|traffic| {
        let traffic = sets.traffic(traffic);
        Some(sets.intersect(packets, traffic)).filter(|known| !known.is_empty())
    });
    sets.witness(best.unwrap_or(packets), &preferred())
}

/// Values that read well in a witness, the best first.
fn preferred() -> Vec<Packet> {
    let sources = ["203.0.113.77", "198.51.100.77", "192.0.2.77", "2001:db8:ffff::77"];
    let packet = |text: &str| {
        let address = text.parse().ok()?;
        Some(Packet {
            source: address,
            destination: address,
            protocol: Protocol::TCP,
            port: 443,
            source_port: 49152,
            translated_port: 49152,
        })
    };
    sources.iter().filter_map(|text| packet(text)).collect()
}

/// The word for the whole, and, where it depends on where a database lands, the word for each place (R206).
fn settle(model: &Model, parts: &[Part], outcome: fn(&Part) -> Outcome) -> (Verdict, Vec<Placement>) {
    let mut places: BTreeMap<DatabaseId, Vec<InterfaceId>> = BTreeMap::new();
    for part in parts {
        for (database, id) in [&part.from, &part.to].into_iter().filter_map(|end| placed(model, end)) {
            let ids = places.entry(database).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    places.retain(|_, ids| ids.len() > 1);
    let whole = verdict(parts.iter(), outcome);
    let mut placements = Vec::new();
    let mut differs = false;
    for (&database, ids) in &places {
        let words: Vec<_> = ids
            .iter()
            .map(|&id| {
                let here = parts.iter().filter(|part| {
                    let elsewhere = |end| placed(model, end).is_some_and(|(other, at)| other == database && at != id);
                    !elsewhere(&part.from) && !elsewhere(&part.to)
                });
                Placement { database, interface: id, verdict: verdict(here, outcome) }
            })
            .collect();
        let same = words.windows(2).all(|two| matches!(two, [one, other] if one.verdict == other.verdict));
        if !same {
            differs = true;
            placements.extend(words);
        }
    }
    if differs { (Verdict::Unknown, placements) } else { (whole, Vec::new()) }
}

fn placed(model: &Model, end: &End) -> Option<(DatabaseId, InterfaceId)> {
    let End::Interfaces(ids) = end else { return None };
    let &id = ids.first()?;
    match model.interfaces[id].owner {
        Owner::Database(database) => Some((database, id)),
        Owner::Instance(_) | Owner::Nobody => None,
    }
}

fn ends(part: &Part) -> impl Iterator<Item = InterfaceId> {
    [&part.from, &part.to].into_iter().filter_map(|end| match end {
        End::Interfaces(ids) => ids.first().copied(),
        End::Behind(id) => Some(*id),
        End::Internet | End::OnPremises(_) | End::AmazonService | End::Nobody => None,
    })
}

fn assumptions(graph: &Graph<'_>, part: &Part) -> Vec<Assumption> {
    let model = graph.model;
    let mut found = Vec::new();
    if part.hops.iter().any(|hop| covers_every_address(graph, hop, &part.witness)) {
        found.push(Assumption::GroupCoversEveryAddress);
    }
    if let End::Interfaces(ids) = &part.to
        && matches!(part.outcome, Outcome::Answered | Outcome::ReplyLost)
        && let Some(&id) = ids.first()
        && let Owner::Instance(instance) = model.interfaces[id].owner
        && model.instances[instance].interfaces.len() > 1
    {
        found.push(Assumption::ReplyLeavesTheSameInterface(id));
    }
    let unowned = |blocker: &Blocker| {
        blocker.code == Code::NoPossibleDestination && matches!(blocker.component, Component::Vpc(_))
    };
    if part.blockers.iter().any(unowned) && model.vpc().blocks().any(|block| block.contains(&part.witness.destination))
    {
        found.push(Assumption::UnownedAddressIsDropped);
    }
    if turns_round(graph, part) {
        found.push(Assumption::Hairpin);
    }
    found.extend(outward::rests_on_own_address(model, part).map(Assumption::EgressExclusion));
    for id in ends(part) {
        let interface = &model.interfaces[id];
        for mine in &interface.addresses {
            if mine.is_assumed && is_split(graph, id, mine.address) {
                found.push(Assumption::PrivateAddressNotFixed(id));
            }
            let shown = |one: IpAddr| {
                [part.witness.source, part.witness.destination].contains(&one) || part.seen_from == Some(one)
            };
            if mine.public.is_some_and(|public| public.is_assumed && shown(IpAddr::V4(public.address))) {
                found.push(Assumption::PublicAddressNotFixed(id));
            }
        }
    }
    let is_loop = |blocker: &Blocker| blocker.code == Code::TgwRtbNoRouteToTgwAttachment && blocker.rule.is_some();
    if part.blockers.iter().any(is_loop) {
        found.push(Assumption::LoopIsDropped);
    }
    if is_icmp_code_bound(model, part) {
        found.push(Assumption::IcmpReplyCodeZero);
    }
    found
}

/// Whether a packet to the public address of an interface of the VPC it starts in leaves
/// by that VPC's internet gateway (R111).
fn turns_round(graph: &Graph<'_>, part: &Part) -> bool {
    let home = |id| graph.model.vpc_of_interface(id);
    let Origin::Interface(from) = part.origin else { return false };
    let Some(Owned::Public(to, _)) = graph.public_owner(part.witness.destination) else { return false };
    let leaves = part.hops.iter().any(|hop| matches!(hop.component, Component::InternetGateway(_)));
    leaves && home(from) == home(to)
}

/// Whether a group reference matched a secondary or IPv6 address (R36).
fn covers_every_address(graph: &Graph<'_>, hop: &Hop, witness: &Packet) -> bool {
    let Some(RuleRef::Group { group, direction, index }) = hop.rule else { return false };
    let group = &graph.model.security_groups[group];
    let (rules, peer) = match direction {
        Direction::Ingress => (&group.ingress, witness.source),
        Direction::Egress => (&group.egress, witness.destination),
    };
    let by_group = rules.get(index as usize).is_some_and(|rule| matches!(rule.peer, Peer::Group(_)));
    by_group
        && graph
            .owners(peer)
            .any(|owner| matches!(owner, Owned::Private(_, position) if position > 0 || peer.is_ipv6()))
}

/// Whether some rule tells apart the addresses that AWS could choose here.
fn is_split(graph: &Graph<'_>, id: InterfaceId, address: IpAddr) -> bool {
    let subnet = &graph.model.subnets[graph.model.interfaces[id].subnet];
    let net = match address {
        IpAddr::V4(_) => subnet.ipv4.map(Into::into),
        IpAddr::V6(_) => subnet.ipv6.map(Into::into),
    };
    net.is_some_and(|net| address::ranges(net).into_iter().any(|range| graph.classes.splits(range)))
}

/// Whether an ACL judged the reply to an ICMP request by more than its protocol.
fn is_icmp_code_bound(model: &Model, part: &Part) -> bool {
    let rules =
        part.hops.iter().map(|hop| (hop.leg, hop.rule)).chain(part.blockers.iter().map(|one| (one.leg, one.rule)));
    part.witness.protocol.has_types()
        && rules.filter(|(leg, _)| *leg == Leg::Return).any(|(_, rule)| {
            let Some(RuleRef::Acl { acl, direction, index }) = rule else { return false };
            let acl = &model.network_acls[acl];
            let rules = match direction {
                Direction::Ingress => &acl.ingress,
                Direction::Egress => &acl.egress,
            };
            let traffic = rules.get(index as usize).map(|rule| rule.traffic);
            matches!(traffic, Some(Traffic::Of { protocol, ports }) if protocol.has_types() && ports != PortRange::ALL)
        })
}

/// A NAT gateway in another zone than its client (R93).
fn zone_crossed(model: &Model, part: &Part) -> Option<Note> {
    let End::Interfaces(ids) = &part.from else { return None };
    let &id = ids.first()?;
    let zone = |subnet| &model.subnets[subnet].zone;
    let home = zone(model.interfaces[id].subnet);
    let crosses = part
        .hops
        .iter()
        .filter_map(|hop| hop.component.nat_gateway())
        .any(|nat| zone(model.nat_gateways[nat].subnet) != home);
    crosses.then_some(Note::AvailabilityZoneCrossed(id))
}

/// The fate of a part, to be compared with what `trace` makes of its witness.
#[must_use]
pub fn replay(graph: &Graph<'_>, part: &Part) -> bool {
    let fate = crate::trace::trace(graph.model, part.origin, &part.witness);
    let unmodelled: &[(Leg, Unmodelled)] = &part.unmodelled;
    fate.outcome() == part.outcome
        && fate.blockers == part.blockers
        && fate.unmodelled == unmodelled
        && fate.hops == part.hops
        && fate.choices == part.choices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::set::address::{IPV4, IPV6};

    /// What is shown of everything, then of what is left without it, and so on.
    fn check(family: &[(u128, u128)], expected: [(Protocol, u16); 5]) {
        let mut sets = Sets::new();
        let [sources, destinations] = [Level::Source, Level::Destination].map(|level| sets.field_ranges(level, family));
        let mut left = sets.intersect(sources, destinations);
        for (rank, (protocol, kind)) in expected.into_iter().enumerate() {
            let shown = witness(&mut sets, left);
            let found = shown.map(|packet| (packet.protocol, packet.port >> 8, familiarity(&packet)));
            assert_eq!(found, Some((protocol, kind, rank.min(3) as u8)));
            let ports = if protocol.has_types() { PortRange::icmp_type(kind as u8) } else { PortRange::ALL };
            let known = sets.traffic(&Traffic::Of { protocol, ports });
            left = sets.subtract(left, known);
        }
    }

    #[test]
    fn tcp_then_udp_then_pings_then_the_rest() {
        let other = Protocol(0);
        check(&[IPV4], [(Protocol::TCP, 1), (Protocol::UDP, 1), (Protocol::ICMP, 8), (other, 0), (Protocol::ICMP, 1)]);
        let ping = (Protocol::ICMPV6, 128);
        check(&IPV6, [(Protocol::TCP, 1), (Protocol::UDP, 1), ping, (other, 0), (Protocol(2), 0)]);
    }

    /// Only where there is nothing else.
    #[test]
    fn what_nobody_sends_is_not_shown() {
        for (family, foreign) in [(&[IPV4][..], Protocol::ICMPV6), (&IPV6, Protocol::ICMP)] {
            let mut sets = Sets::new();
            let sources = sets.field_ranges(Level::Source, family);
            let [foreign_only, gre] = [foreign, Protocol(47)].map(|protocol| sets.traffic(&Traffic::all_of(protocol)));
            let (all, foreign_only) = (sets.union(foreign_only, gre), foreign_only);
            let shown = [all, foreign_only].map(|set| {
                let set = sets.intersect(set, sources);
                witness(&mut sets, set).map(|packet| packet.protocol)
            });
            assert_eq!(shown, [Some(Protocol(47)), Some(foreign)]);
        }
    }
}
