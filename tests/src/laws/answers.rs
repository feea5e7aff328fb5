//! What answers must be true of: their witnesses, their parts, and narrower questions.
//!
//! In: the text of a design and randomness. Out: counts, or an answer that says of a
//! packet what `trace` does not, leaves one out, or has it twice.

use std::net::IpAddr;

use fmnet_core::class::Point;
use fmnet_core::graph::Graph;
use fmnet_core::intent::{Endpoint, EndpointSet, Question};
use fmnet_core::model::Model;
use fmnet_core::model::interface::Interface;
use fmnet_core::traffic::PortRange;
use fmnet_sim::answer::{Answer, End, Note, Part, Verdict};
use fmnet_sim::fate::{Blocker, Code, Fate, Leg, Origin, Outcome};
use fmnet_sim::packet::Packet;
use fmnet_sim::query;
use fmnet_sim::set::{PacketSet, Sets};
use fmnet_sim::trace::trace;
use ipnet::IpNet;

use super::{Checked, Contradiction, Counts, contradiction, describe, describe_parts, header, naive, origin_name};
use crate::arb::packets::Landmarks;
use crate::arb::{self, questions};
use crate::random::Random;

/// Asks `tries` questions of the design.
///
/// # Errors
///
/// The first answer that is wrong.
pub fn hold(text: &str, random: &mut Random, tries: usize) -> Checked {
    let Some(design) = arb::read(text) else { return Ok(Counts::REFUSED) };
    let model = &design.model;
    let landmarks = Landmarks::of(model);
    let graph = Graph::build(model);
    let mut counts = Counts { designs: 1, ..Counts::default() };
    for _ in 0..tries {
        let question = questions::question(model, &landmarks, random);
        let mut asked = Asked::about(text, &graph, &question);
        asked.parts_replay()?;
        asked.parts_are_apart()?;
        counts.packets += asked.packets_are_there(&landmarks, random)?;
        asked.narrower_is_the_same(random)?;
        counts.questions += 2;
    }
    Ok(counts)
}

/// A question with its answer.
struct Asked<'a> {
    text: &'a str,
    graph: &'a Graph<'a>,
    question: &'a Question,
    answer: Answer,
    sets: Sets,
    /// The packets of each part.
    packets: Vec<PacketSet>,
}

impl<'a> Asked<'a> {
    fn about(text: &'a str, graph: &'a Graph<'a>, question: &'a Question) -> Self {
        let answer = query::answer(graph, question);
        let mut sets = Sets::new();
        let packets = answer.parts.iter().map(|part| {
            let cubes: Vec<PacketSet> = part.packets.iter().map(|cube| sets.cube(cube)).collect();
            sets.union_all(cubes)
        });
        let packets = packets.collect();
        Self { text, graph, question, answer, sets, packets }
    }

    fn model(&self) -> &'a Model {
        self.graph.model
    }

    fn wrong(&self, what: impl std::fmt::Display) -> Box<Contradiction> {
        contradiction(self.text, format!("{:?}\n{what}", self.question))
    }

    fn parts(&self) -> impl Iterator<Item = (&Part, PacketSet)> {
        self.answer.parts.iter().zip(self.packets.iter().copied())
    }

    /// Every witness is of its part, and fares under `trace` as the part says.
    fn parts_replay(&self) -> Result<(), Box<Contradiction>> {
        for (part, packets) in self.parts() {
            let Part { witness, blockers, hops, unmodelled, choices, .. } = part;
            if !part.is_cut && !self.sets.contains(packets, witness) {
                return Err(self.wrong(format_args!("the witness {} lies outside its part", header(witness))));
            }
            let fate = trace(self.model(), origin(part), witness);
            let same = fate.blockers == *blockers
                && fate.hops == *hops
                && fate.unmodelled == *unmodelled
                && fate.choices == *choices;
            if !same || fate.outcome() != part.outcome {
                let (mine, theirs) = (describe(&fate), describe_parts(blockers, hops, unmodelled));
                let from = origin_name(self.model(), origin(part));
                let what = format!("from {from}: {}\ntrace says\n{mine}\nthe answer says\n{theirs}", header(witness));
                return Err(self.wrong(what));
            }
        }
        Ok(())
    }

    /// No packet lies in two parts.
    fn parts_are_apart(&mut self) -> Result<(), Box<Contradiction>> {
        for (at, (part, packets)) in self.answer.parts.iter().zip(&self.packets).enumerate() {
            let others = self.answer.parts.iter().zip(&self.packets).skip(at + 1);
            for (other, theirs) in others.filter(|(other, _)| origin(other) == origin(part)) {
                let both = self.sets.intersect(*packets, *theirs);
                if let Some(packet) = self.sets.witness(both, &[]) {
                    let what =
                        format!("{} lies in two parts, {:?} and {:?}", header(&packet), part.outcome, other.outcome);
                    return Err(self.wrong(what));
                }
            }
        }
        Ok(())
    }

    /// Packets that the question is about lie in some part, and fare as it says.
    fn packets_are_there(&self, landmarks: &Landmarks, random: &mut Random) -> Result<u64, Box<Contradiction>> {
        let mut tried = 0;
        for _ in 0..30 {
            let Some((start, packet)) = naive::packet(self.model(), landmarks, self.question, random) else { continue };
            tried += 1;
            let fate = trace(self.model(), start, &packet);
            let from = origin_name(self.model(), start);
            match self.find(start, &packet) {
                Some(part) if codes(&part.blockers) == codes(&fate.blockers) && part.outcome == fate.outcome() => {}
                Some(part) => {
                    let theirs = describe_parts(&part.blockers, &part.hops, &part.unmodelled);
                    let mine = describe(&fate);
                    let what = format!("from {from}: {}\ntrace says\n{mine}\nits part says\n{theirs}", header(&packet));
                    return Err(self.wrong(what));
                }
                None if self.answer.parts.iter().any(|part| part.is_cut) => {}
                None => return Err(self.wrong(format_args!("from {from}: {} is in no part", header(&packet)))),
            }
            self.word_fits(&fate, &packet)?;
        }
        Ok(tried)
    }

    /// `reachable` and `blocked` are said of every packet.
    fn word_fits(&self, fate: &Fate, packet: &Packet) -> Result<(), Box<Contradiction>> {
        let fits = match self.answer.verdict {
            Verdict::Reachable => fate.outcome() == Outcome::Answered,
            Verdict::Blocked => matches!(fate.outcome(), Outcome::Blocked | Outcome::ReplyLost),
            Verdict::Partial | Verdict::Unknown => true,
        };
        if fits {
            return Ok(());
        }
        let what =
            format!("the word is {}, and of {} trace says\n{}", self.answer.verdict, header(packet), describe(fate));
        Err(self.wrong(what))
    }

    /// The part that speaks of a packet, directly or for one of the same classes.
    fn find(&self, start: Origin, packet: &Packet) -> Option<&Part> {
        let by_itself = self.find_among(start, packet, |_| vec![packet.destination]);
        by_itself.or_else(|| {
            // A route tells public addresses apart; the gateway, on the way in, does not.
            let from_outside = start == Origin::Internet;
            self.find_among(start, packet, |part| self.stands_for(&part.to, packet.destination, from_outside))
        })
    }

    fn find_among(&self, start: Origin, packet: &Packet, destinations: impl Fn(&Part) -> Vec<IpAddr>) -> Option<&Part> {
        let with = self.parts().find(|(part, packets)| {
            let starts = match (&part.from, start) {
                (End::Internet, Origin::Internet | Origin::InternetToward(_)) => true,
                (End::Interfaces(ids), Origin::Interface(id)) => ids.contains(&id),
                (End::Behind(behind), Origin::Interface(id)) => *behind == id,
                (End::OnPremises(network), Origin::OnPremises(id)) => *network == id,
                (_, Origin::Internet | Origin::InternetToward(_) | Origin::Interface(_) | Origin::OnPremises(_)) => {
                    false
                }
            };
            starts
                && self.stands_for(&part.from, packet.source, false).iter().any(|&source| {
                    destinations(part)
                        .iter()
                        .any(|&destination| self.sets.contains(*packets, &Packet { source, destination, ..*packet }))
                })
        });
        with.map(|(part, _)| part)
    }

    /// The address itself, and those of an end's first member that are of its class.
    fn stands_for(&self, end: &End, address: IpAddr, from_outside: bool) -> Vec<IpAddr> {
        let mut all = vec![address];
        let (End::Interfaces(ids), Some((point, is_public))) = (end, point_of(self.model(), address)) else {
            return all;
        };
        let (Some(&first), true) = (ids.first(), ids.contains(&point.interface)) else { return all };
        if is_public && !from_outside {
            return all;
        }
        let class = self.graph.classes.class(point);
        for (position, mine) in (0u32..).zip(&self.model().interfaces[first].addresses) {
            if self.graph.classes.class(Point { interface: first, position }) == class {
                let public = mine.public.map(|public| IpAddr::V4(public.address));
                all.extend(if is_public { public } else { Some(mine.address) });
            }
        }
        all
    }

    /// A narrower question has the same word where the wider one was sure, and the same
    /// fate for every packet of both.
    fn narrower_is_the_same(&self, random: &mut Random) -> Result<(), Box<Contradiction>> {
        let narrow = narrower(self.model(), self.question, random);
        let answer = query::answer(self.graph, &narrow);
        let sure = matches!(self.answer.verdict, Verdict::Reachable | Verdict::Blocked);
        if sure && !answer.parts.is_empty() && answer.verdict != self.answer.verdict {
            let what = format!("is {}, and the narrower {narrow:?} is {}", self.answer.verdict, answer.verdict);
            return Err(self.wrong(what));
        }
        for part in &answer.parts {
            let Some(wide) = self.find(origin(part), &part.witness) else {
                if part.is_cut || self.answer.parts.iter().any(|part| part.is_cut) || stands_in(&answer, part) {
                    continue;
                }
                let what = format!("{} is of {narrow:?}, and of no part of this", header(&part.witness));
                return Err(self.wrong(what));
            };
            if wide.outcome != part.outcome || codes(&wide.blockers) != codes(&part.blockers) {
                let what = format!(
                    "{:?} for {}, and {:?} when asked {narrow:?}",
                    wide.outcome,
                    header(&part.witness),
                    part.outcome
                );
                return Err(self.wrong(what));
            }
        }
        Ok(())
    }
}

/// Where the witness of a part starts.
fn origin(part: &Part) -> Origin {
    part.origin
}

/// Who has an address, and whether as its public one.
fn point_of(model: &Model, address: IpAddr) -> Option<(Point, bool)> {
    model.interfaces.iter().find_map(|(interface, it)| {
        (0u32..).zip(&it.addresses).find_map(|(position, mine)| {
            let is_public = mine.public.is_some_and(|public| IpAddr::V4(public.address) == address);
            (is_public || mine.address == address).then_some((Point { interface, position }, is_public))
        })
    })
}

fn codes(blockers: &[Blocker]) -> Vec<(Leg, Code)> {
    blockers.iter().map(|blocker| (blocker.leg, blocker.code)).collect()
}

/// Whether a part is about private addresses only because its end, asked about alone,
/// has no public one: with the rest of its workload it has.
fn stands_in(answer: &Answer, part: &Part) -> bool {
    let End::Interfaces(ids) = &part.to else { return false };
    ids.iter().any(|&id| answer.notes.contains(&Note::NoPublicAddress(id)))
}

fn with(model: &Model, keep: impl Fn(&Interface) -> bool) -> Vec<Endpoint> {
    model.interfaces.iter().filter(|(_, interface)| keep(interface)).map(|(id, _)| Endpoint::Interface(id)).collect()
}

/// Networks inside `net`: its halves, and its first address.
fn halves(net: IpNet) -> Vec<Endpoint> {
    let halves = net.subnets((net.prefix_len() + 1).min(net.max_prefix_len()));
    let first = IpNet::from(net.network());
    halves.into_iter().flatten().chain([first]).map(Endpoint::Net).collect()
}

/// A question about some of the same packets.
fn narrower(model: &Model, question: &Question, random: &mut Random) -> Question {
    let mut narrow = question.clone();
    let narrow_end = |ends: &mut EndpointSet, random: &mut Random| {
        if let Some(&end) = random.one_of(&ends.include) {
            let members: Vec<Endpoint> = match end {
                Endpoint::Vpc(vpc) => with(model, |interface| model.vpc_of(interface.subnet) == vpc),
                Endpoint::Instance(id) => {
                    model.instances[id].interfaces.iter().copied().map(Endpoint::Interface).collect()
                }
                Endpoint::Group(id) => with(model, |interface| interface.groups.contains(&id)),
                Endpoint::Subnet(id) => with(model, |interface| interface.subnet == id),
                Endpoint::Internet => vec![Endpoint::Internet4, Endpoint::Internet6],
                Endpoint::Place(id) => model.places[id].nets.iter().copied().map(Endpoint::Net).collect(),
                Endpoint::Net(net) => halves(net),
                // A database is in one place or another: a place of it is no smaller question.
                // A block of a network is also what a longer one, or an interface, takes away from it.
                Endpoint::Interface(_)
                | Endpoint::Database(_)
                | Endpoint::Internet4
                | Endpoint::Internet6
                | Endpoint::OnPremises(_) => Vec::new(),
            };
            let end = random.one_of(&members).copied().unwrap_or(end);
            ends.include = vec![end];
        }
    };
    narrow_end(&mut narrow.from, random);
    narrow_end(&mut narrow.to, random);
    narrow.traffic.truncate(1);
    let ports = question.source_ports.unwrap_or(model.source_ports);
    let (one, other) =
        (random.between(ports.first.into(), ports.last.into()), random.between(ports.first.into(), ports.last.into()));
    narrow.source_ports = Some(PortRange { first: one.min(other) as u16, last: one.max(other) as u16 });
    narrow
}
