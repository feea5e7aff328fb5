//! The first law: the two engines agree about every packet.
//!
//! In: the text of a design. Out: counts, or a packet that fares one way under `trace`
//! and another under `reach`. [`at_random`] draws packets; [`of_every_class`] tries one
//! of every class that the design can tell apart, which is all of them.

use std::net::IpAddr;

use fmnet_core::graph::Graph;
use fmnet_core::model::Model;
use fmnet_sim::fate::{Fate, Origin, Outcome};
use fmnet_sim::packet::Packet;
use fmnet_sim::reach::{Evidence, Piece, Reach};
use fmnet_sim::set::address::{IPV4, IPV6, to_u128};
use fmnet_sim::set::{Level, PacketSet, Sets};
use fmnet_sim::trace::trace;

use super::{
    Checked, Contradiction, Counts, contradiction, describe, describe_parts, header, origin_name, origin_named, smaller,
};
use crate::arb;
use crate::arb::packets::{self, Cells, Landmarks};
use crate::random::Random;

/// Which packets `reach` is asked about at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// All of them.
    Everything,
    /// Those between the packet's two addresses.
    Pair,
    /// The packet alone.
    Point,
}

/// Tries about `tries` packets from some origins of the design.
///
/// # Errors
///
/// A packet about which the engines disagree, or a set that `reach` did not partition.
pub fn at_random(text: &str, random: &mut Random, tries: usize) -> Checked {
    let Some(design) = arb::read(text) else { return Ok(Counts::REFUSED) };
    let model = &design.model;
    let landmarks = Landmarks::of(model);
    let graph = Graph::build(model);
    let mut origins = packets::origins(model);
    random.shuffle(&mut origins);
    origins.truncate(4);
    let each = tries / origins.len().max(1);
    for &origin in &origins {
        let mut engine = Engine::asked(&graph, origin, Asked::Everything, None);
        engine.is_partition(text)?;
        engine.is_the_same_without_evidence(text)?;
        for number in 0..each {
            let packet = packets::packet(model, &landmarks, origin, random);
            let fate = trace(model, origin, &packet);
            engine.agrees(text, &packet, &fate)?;
            if number % 16 == 0 {
                let asked = if random.chance(50) { Asked::Pair } else { Asked::Point };
                let mut narrow = Engine::asked(&graph, origin, asked, Some(&packet));
                narrow.is_partition(text)?;
                narrow.agrees(text, &packet, &fate)?;
            }
        }
    }
    Ok(Counts { designs: 1, packets: (each * origins.len()) as u64, ..Counts::default() })
}

/// Tries one packet of every class, from every origin, unless there are more than `most`.
///
/// # Errors
///
/// As [`at_random`].
pub fn of_every_class(text: &str, most: usize) -> Checked {
    let Some(design) = arb::read(text) else { return Ok(Counts::REFUSED) };
    let model = &design.model;
    let cells = Cells::between(&Landmarks::of(model));
    let origins = packets::origins(model);
    if cells.count() * origins.len() > most {
        return Ok(Counts::default());
    }
    let graph = Graph::build(model);
    let mut counts = Counts { designs: 1, ..Counts::default() };
    for origin in origins {
        let mut engine = Engine::asked(&graph, origin, Asked::Everything, None);
        engine.is_partition(text)?;
        for pair in cells.pairs() {
            let near = engine.between(pair);
            for packet in cells.packets(pair) {
                let fate = trace(model, origin, &packet);
                engine.agrees_among(text, &near, &packet, &fate)?;
                counts.cells += 1;
            }
        }
    }
    Ok(counts)
}

/// What `reach` says of one origin.
struct Engine<'g> {
    graph: &'g Graph<'g>,
    reach: Reach<'g>,
    origin: Origin,
    how: Asked,
    asked: PacketSet,
    pieces: Vec<Piece>,
}

impl<'g> Engine<'g> {
    fn asked(graph: &'g Graph<'g>, origin: Origin, how: Asked, packet: Option<&Packet>) -> Self {
        let mut reach = Reach::new(graph, Evidence::Full);
        let asked = match (how, packet) {
            (Asked::Point, Some(packet)) => reach.sets.point(packet),
            (Asked::Pair, Some(packet)) => pair(&mut reach.sets, (packet.source, packet.destination)),
            (Asked::Everything | Asked::Pair | Asked::Point, _) => everything(&mut reach.sets),
        };
        let pieces = match (how, packet) {
            (Asked::Pair, Some(packet)) => reach.reach_pair(origin, packet.source, packet.destination, asked),
            (Asked::Everything | Asked::Pair | Asked::Point, _) => reach.reach(origin, asked),
        };
        Self { graph, reach, origin, how, asked, pieces }
    }

    /// Whether the pieces are a partition of what was asked.
    fn is_partition(&mut self, text: &str) -> Result<(), Box<Contradiction>> {
        let sets = &mut self.reach.sets;
        let mut seen = PacketSet::EMPTY;
        let mut wrong = None;
        for piece in &self.pieces {
            let both = sets.intersect(seen, piece.packets);
            let outside = sets.subtract(piece.packets, self.asked);
            if piece.packets.is_empty() || !both.is_empty() || !outside.is_empty() {
                let odd = sets.union(both, outside);
                wrong = Some(("lies in two pieces, or was not asked about", odd));
                break;
            }
            seen = sets.union(seen, piece.packets);
        }
        let missing = sets.subtract(self.asked, seen);
        if wrong.is_none() && !missing.is_empty() {
            wrong = Some(("lies in no piece", missing));
        }
        let Some((how, odd)) = wrong else { return Ok(()) };
        let witness = sets.witness(odd, &[]).map_or("a piece without packets".to_owned(), |packet| header(&packet));
        let origin = origin_name(self.graph.model, self.origin);
        Err(contradiction(text, format!("from {origin}, asked about {:?}: {witness} {how}", self.how)))
    }

    /// Whether asking for the outcome alone gives the same outcomes.
    fn is_the_same_without_evidence(&mut self, text: &str) -> Result<(), Box<Contradiction>> {
        let mut other = Reach::new(self.graph, Evidence::Outcome);
        let asked = everything(&mut other.sets);
        let pieces = other.reach(self.origin, asked);
        for outcome in [Outcome::Answered, Outcome::Unknown] {
            let of = |pieces: &[Piece]| -> Vec<PacketSet> {
                pieces.iter().filter(|piece| piece.outcome() == outcome).map(|piece| piece.packets).collect()
            };
            let (mine, theirs) = (of(&self.pieces), of(&pieces));
            let sets = &mut self.reach.sets;
            let mine = sets.union_all(mine);
            let theirs = other.sets.union_all(theirs);
            let theirs = sets.adopt(&other.sets, theirs);
            if mine != theirs {
                let (more, less) = (sets.subtract(mine, theirs), sets.subtract(theirs, mine));
                let odd = sets.union(more, less);
                let witness = sets.witness(odd, &[]).map(|packet| header(&packet)).unwrap_or_default();
                let origin = origin_name(self.graph.model, self.origin);
                let what = format!("from {origin}: {witness} is {outcome:?} with evidence or without, but not both");
                return Err(contradiction(text, what));
            }
        }
        Ok(())
    }

    /// The pieces with packets between two addresses.
    fn between(&mut self, ends: (IpAddr, IpAddr)) -> Vec<usize> {
        let here = pair(&mut self.reach.sets, ends);
        let sets = &mut self.reach.sets;
        let pieces = self.pieces.iter().enumerate();
        pieces.filter(|(_, piece)| !sets.intersect(piece.packets, here).is_empty()).map(|(at, _)| at).collect()
    }

    fn agrees(&self, text: &str, packet: &Packet, fate: &Fate) -> Result<(), Box<Contradiction>> {
        let piece = self.pieces.iter().find(|piece| self.reach.sets.contains(piece.packets, packet));
        self.compare(text, piece, packet, fate)
    }

    fn agrees_among(&self, text: &str, near: &[usize], packet: &Packet, fate: &Fate) -> Result<(), Box<Contradiction>> {
        let mut near = near.iter().filter_map(|&at| self.pieces.get(at));
        let piece = near.find(|piece| self.reach.sets.contains(piece.packets, packet));
        self.compare(text, piece, packet, fate)
    }

    fn compare(
        &self,
        text: &str,
        piece: Option<&Piece>,
        packet: &Packet,
        fate: &Fate,
    ) -> Result<(), Box<Contradiction>> {
        let same = piece.is_some_and(|piece| is_same(piece, fate));
        if same {
            return Ok(());
        }
        let origin = origin_name(self.graph.model, self.origin).to_owned();
        let text = smaller::smallest(text, |text| disagreement(text, &origin, self.how, packet).is_some());
        let what = disagreement(&text, &origin, self.how, packet).unwrap_or_else(|| header(packet));
        Err(contradiction(&text, what))
    }
}

/// How the engines disagree about `packet` in the design `text`, if they do.
fn disagreement(text: &str, origin: &str, how: Asked, packet: &Packet) -> Option<String> {
    let design = arb::read(text)?;
    let model: &Model = &design.model;
    let start = origin_named(model, origin)?;
    let graph = Graph::build(model);
    let engine = Engine::asked(&graph, start, how, Some(packet));
    let piece = engine.pieces.iter().find(|piece| engine.reach.sets.contains(piece.packets, packet));
    let fate = trace(model, start, packet);
    let theirs = match piece {
        Some(piece) if is_same(piece, &fate) => {
            return None;
        }
        Some(piece) => describe_parts(&piece.blockers, &piece.hops, &piece.unmodelled),
        None => "  in no piece".to_owned(),
    };
    let mine = describe(&fate);
    Some(format!("from {origin}, asked about {how:?}: {}\ntrace says\n{mine}\nreach says\n{theirs}", header(packet)))
}

/// Whether a piece says of its packets what `trace` says.
fn is_same(piece: &Piece, fate: &Fate) -> bool {
    piece.blockers == fate.blockers
        && piece.hops == fate.hops
        && piece.unmodelled == fate.unmodelled
        && piece.choices == fate.choices
}

/// Every packet whose addresses are of one family.
pub(crate) fn everything(sets: &mut Sets) -> PacketSet {
    let families: [&[(u128, u128)]; 2] = [&[IPV4], &IPV6];
    let families = families.map(|ranges| {
        let sources = sets.field_ranges(Level::Source, ranges);
        let destinations = sets.field_ranges(Level::Destination, ranges);
        sets.intersect(sources, destinations)
    });
    sets.union_all(families)
}

fn pair(sets: &mut Sets, (source, destination): (IpAddr, IpAddr)) -> PacketSet {
    let (source, destination) = (to_u128(source), to_u128(destination));
    let source = sets.range(Level::Source, source, source);
    let destination = sets.range(Level::Destination, destination, destination);
    sets.intersect(source, destination)
}
