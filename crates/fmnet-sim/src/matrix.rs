//! Everything to everything, by classes of interfaces that no rule tells apart.
//!
//! In: a [`Graph`]. Out: a [`Matrix`] with a row for each class and one for the internet.
//! Rows are worked out in parallel; the answer does not depend on how many threads do it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use fmnet_core::address;
use fmnet_core::graph::Graph;
use fmnet_core::model::{InterfaceId, Snapshot};
use fmnet_core::traffic::PortRange;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rustc_hash::FxHashMap;

use crate::fate::{Origin, Outcome};
use crate::question::{Asked, are_two, public_addresses};
use crate::reach::{Evidence, Piece, Reach};
use crate::set::address::{IPV4, IPV6};
use crate::set::cube::Cube;
use crate::set::describe::{describe_addresses, describe_traffic};
use crate::set::{Level, PacketSet, Sets};

/// Who reaches whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Rows, which are also the columns: the internet first, then the classes.
    pub ends: Vec<MatrixEnd>,
    /// What cells hold, each once.
    pub contents: Vec<Content>,
    /// Cells in which anything is answered or unknown, by row, then column.
    pub cells: Vec<Cell>,
}

/// A row or column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatrixEnd {
    /// The internet, both families.
    Internet,
    /// A class: its members behave alike, so they are one row. Never empty.
    Class(Vec<InterfaceId>),
}

/// What one end reaches at another. Between interfaces this is about ordinary client
/// ports; from the internet, traffic that any source port gets answered counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Content {
    /// Traffic that is answered whatever the addresses and client ports, in words; empty if none.
    pub answered: String,
    /// Traffic of which only some is answered; one entry for each set of sources.
    pub partly: Vec<Partly>,
    /// Traffic whose fate is not known, in words; empty if none.
    pub unknown: String,
    /// For the internet's row: traffic that arrives although no reply ever comes back, in words.
    pub unanswered: String,
}

/// Traffic of which some is answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Partly {
    /// The traffic, in words; its source ports are said where only some are answered.
    pub traffic: String,
    /// The source addresses for which it is, in words; empty where it is source ports or
    /// the receiver's addresses that matter.
    pub from: String,
    /// Whether all of it from there is, whatever the source port and the receiver's address.
    pub is_whole: bool,
    /// The destination addresses for which it is, in words; empty where all of them fare alike.
    pub to: String,
}

/// One pair of ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Row, by position in `ends`.
    pub from: u32,
    /// Column, by position in `ends`.
    pub to: u32,
    /// Position in `contents`.
    pub content: u32,
}

/// Everything to everything.
#[must_use]
pub fn matrix(graph: &Graph<'_>) -> Matrix {
    let rows = graph.classes.interfaces(graph.model);
    let ends: Vec<_> = std::iter::once(MatrixEnd::Internet).chain(rows.into_iter().map(MatrixEnd::Class)).collect();
    let next = AtomicUsize::new(0);
    let work = |_| {
        let mut worker = Worker::new(graph);
        let mut rows = Vec::new();
        loop {
            let row = next.fetch_add(1, Ordering::Relaxed);
            let Some(from) = ends.get(row) else { return Share { rows, contents: worker.contents } };
            let cells = (0u32..).zip(&ends).filter_map(|(column, to)| Some((column, worker.cell(from, to)?)));
            rows.push((row, cells.collect()));
        }
    };
    let threads = rayon::current_num_threads().min(ends.len());
    let shares: Vec<Share> = (0..threads).into_par_iter().with_max_len(1).map(work).collect();
    let (contents, cells) = together(&shares);
    Matrix { ends, contents, cells }
}

/// The rows that one thread worked out, and the contents it found.
struct Share {
    rows: Vec<(usize, Vec<(u32, u32)>)>,
    contents: Vec<Content>,
}

/// All rows in order; contents in the order in which they first occur, whoever found them.
fn together(shares: &[Share]) -> (Vec<Content>, Vec<Cell>) {
    let mut rows: Vec<_> =
        shares.iter().flat_map(|share| share.rows.iter().map(move |(row, cells)| (*row, share, cells))).collect();
    rows.sort_unstable_by_key(|row| row.0);
    let mut contents = Vec::new();
    let mut known: FxHashMap<&Content, u32> = FxHashMap::default();
    let mut cells = Vec::with_capacity(rows.iter().map(|row| row.2.len()).sum());
    for (row, share, columns) in rows {
        for &(to, content) in columns {
            let Some(content) = share.contents.get(content as usize) else { continue };
            let content = *known.entry(content).or_insert_with(|| {
                contents.push(content.clone());
                contents.len() as u32 - 1
            });
            cells.push(Cell { from: row as u32, to, content });
        }
    }
    (contents, cells)
}

/// One thread's engine and what it has described so far.
struct Worker<'g> {
    graph: &'g Graph<'g>,
    reach: Reach<'g>,
    asked: PacketSet,
    /// Packets from the internet, from any source port, and to it; IPv4 and IPv6.
    from_internet: [PacketSet; 2],
    to_internet: [PacketSet; 2],
    contents: Vec<Content>,
    /// What has come of cells so far: most are like another.
    seen: FxHashMap<Vec<Found>, Option<u32>>,
    described: FxHashMap<([PacketSet; 4], Vec<Partly>), u32>,
}

/// How many ranges of source addresses are named.
const MOST_RANGES: usize = 4;

/// More boxes than sources can be told apart by.
const MOST_BOXES: usize = 256;

/// What came of one pair of addresses: of the packets asked about, which are answered,
/// which arrive unanswered, and which are unknown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Found {
    asked: PacketSet,
    answered: PacketSet,
    unanswered: PacketSet,
    unknown: PacketSet,
}

impl<'g> Worker<'g> {
    fn new(graph: &'g Graph<'g>) -> Self {
        let mut reach = Reach::new(graph, Evidence::Outcome);
        let clients = Asked::default_of(graph.model);
        let asked = clients.packets(&mut reach.sets);
        let every_port = Asked { source_ports: PortRange::ALL, ..clients }.packets(&mut reach.sets);
        let mut within = |packets, level, ranges: &[_; 2]| {
            let one = |ranges: &address::Ranges| {
                let set = reach.sets.field_ranges(level, ranges);
                reach.sets.intersect(packets, set)
            };
            ranges.each_ref().map(one)
        };
        let from_internet = within(every_port, Level::Source, &graph.internet);
        let to_internet = within(asked, Level::Destination, &graph.internet);
        Self {
            graph,
            reach,
            asked,
            from_internet,
            to_internet,
            contents: Vec::new(),
            seen: FxHashMap::default(),
            described: FxHashMap::default(),
        }
    }

    /// The position of what the cell holds among `contents`, if it holds anything.
    fn cell(&mut self, from: &MatrixEnd, to: &MatrixEnd) -> Option<u32> {
        let found = match (from, to) {
            (MatrixEnd::Internet, MatrixEnd::Internet) => return None,
            (MatrixEnd::Internet, MatrixEnd::Class(members)) => self.inward(*members.first()?),
            (MatrixEnd::Class(members), MatrixEnd::Internet) => self.outward(*members.first()?),
            (MatrixEnd::Class(from), MatrixEnd::Class(to)) => {
                let first = *from.first()?;
                let second = *to.iter().find(|&&id| are_two(self.graph.model, first, id))?;
                self.between(first, second)
            }
        };
        if let Some(&known) = self.seen.get(found.as_slice()) {
            return known;
        }
        let content = self.content(&found);
        self.seen.insert(found, content);
        content
    }

    fn between(&mut self, from: InterfaceId, to: InterfaceId) -> Vec<Found> {
        let model = self.graph.model;
        let mut found = Vec::new();
        for source in &model.interfaces[from].addresses {
            for destination in &model.interfaces[to].addresses {
                if source.address.is_ipv4() == destination.address.is_ipv4() {
                    let origin = Origin::Interface(from);
                    let pieces = self.reach.reach_pair(origin, source.address, destination.address, self.asked);
                    found.push((source.address, self.found(self.asked, pieces)));
                }
            }
        }
        // Cells are most alike where they name no address: families are named only where both occur.
        let has = |is_ipv4| found.iter().any(|(address, _)| address.is_ipv4() == is_ipv4);
        let is_mixed = has(true) && has(false);
        found.into_iter().map(|(address, one)| if is_mixed { self.of_its_family(address, one) } else { one }).collect()
    }

    /// What was found, of packets from addresses of the family of `source`.
    fn of_its_family(&mut self, source: IpAddr, found: Found) -> Found {
        let sets = &mut self.reach.sets;
        let family = sets.field_ranges(Level::Source, if source.is_ipv4() { &[IPV4][..] } else { &IPV6 });
        let [asked, answered, unanswered, unknown] = [found.asked, found.answered, found.unanswered, found.unknown]
            .map(|packets| sets.intersect(packets, family));
        Found { asked, answered, unanswered, unknown }
    }

    fn inward(&mut self, to: InterfaceId) -> Vec<Found> {
        let mut found = Vec::new();
        self.reach.set_evidence(Evidence::Full);
        let mut destinations = public_addresses(self.graph, to);
        // Of what was not read nothing is known, not even that it has no public address (R8).
        if destinations.is_empty() && self.graph.model.snapshot == Snapshot::Inconsistent {
            destinations.extend(self.graph.model.interfaces[to].addresses.first().map(|mine| mine.address));
        }
        for destination in destinations {
            let packets = of_family(self.from_internet, destination);
            let pieces = self.reach.reach_to(Origin::Internet, packets, destination);
            let asked = self.reach.sets.intersect(packets, self.asked);
            found.push(self.found(asked, pieces));
        }
        self.reach.set_evidence(Evidence::Outcome);
        found
    }

    fn outward(&mut self, from: InterfaceId) -> Vec<Found> {
        let mut found = Vec::new();
        for source in &self.graph.model.interfaces[from].addresses {
            let asked = of_family(self.to_internet, source.address);
            let pieces = self.reach.reach_from(Origin::Interface(from), source.address, asked);
            found.push(self.found(asked, pieces));
        }
        found
    }

    fn found(&mut self, asked: PacketSet, pieces: Vec<Piece>) -> Found {
        let of = |outcome| pieces.iter().filter(move |piece| piece.outcome() == outcome).map(|piece| piece.packets);
        let answered = self.reach.sets.union_all(of(Outcome::Answered));
        let unanswered = self.reach.sets.union_all(of(Outcome::ReplyLost));
        let unknown = self.reach.sets.union_all(of(Outcome::Unknown));
        Found { asked, answered, unanswered, unknown }
    }

    /// What all addresses of a cell have in common, and what only some have.
    fn content(&mut self, found: &[Found]) -> Option<u32> {
        let sets = &mut self.reach.sets;
        let [mut some, mut missing, mut lost, mut unknown] = [PacketSet::EMPTY; 4];
        for one in found {
            let left = sets.subtract(one.asked, one.answered);
            for (all, here) in [
                (&mut some, one.answered),
                (&mut missing, left),
                (&mut lost, one.unanswered),
                (&mut unknown, one.unknown),
            ] {
                let here = traffic(sets, here);
                *all = sets.union(*all, here);
            }
        }
        lost = sets.subtract(lost, some);
        if some.is_empty() && unknown.is_empty() && lost.is_empty() {
            return None;
        }
        let (all, partly) = (sets.subtract(some, missing), sets.intersect(some, missing));
        let partly = if partly.is_empty() { Vec::new() } else { by_sources(sets, found, partly) };
        let key = ([all, missing, lost, unknown], partly);
        if let Some(&known) = self.described.get(&key) {
            return Some(known);
        }
        let words = |set: PacketSet| if set.is_empty() { String::new() } else { describe_traffic(sets, set) };
        let (answered, unknown, unanswered) = (words(all), words(unknown), words(lost));
        self.contents.push(Content { answered, partly: key.1.clone(), unknown, unanswered });
        let content = self.contents.len() as u32 - 1;
        self.described.insert(key, content);
        Some(content)
    }
}

/// The protocols and ports of `packets`, whatever their addresses and source ports.
fn traffic(sets: &mut Sets, packets: PacketSet) -> PacketSet {
    let dropped = [Level::Source, Level::Destination, Level::SourcePort, Level::TranslatedPort];
    dropped.into_iter().fold(packets, |packets, level| sets.forget(packets, level))
}

/// What of `partly` is answered, for each set of source addresses that fares alike.
fn by_sources(sets: &mut Sets, found: &[Found], partly: PacketSet) -> Vec<Partly> {
    let mut asked = address::Ranges::new();
    let mut answered = PacketSet::EMPTY;
    for one in found {
        asked.extend(sets.project(one.asked, Level::Source));
        let here = sets.intersect(one.answered, partly);
        let here = [Level::Destination, Level::SourcePort, Level::TranslatedPort]
            .into_iter()
            .fold(here, |packets, level| sets.forget(packets, level));
        answered = sets.union(answered, here);
    }
    let asked = address::union(asked);
    let boxes = sets.cubes(answered, MOST_BOXES);
    if boxes.cut || sets.project(answered, Level::Source) == asked && boxes.cubes.iter().all(|one| one.source == asked)
    {
        let (traffic, to) = limits(sets, found, partly);
        return vec![Partly { traffic, from: String::new(), is_whole: false, to }];
    }
    let mut rows: Vec<(address::Ranges, PacketSet)> = Vec::new();
    for one in boxes.cubes {
        let packets = sets.cube(&Cube { source: Cube::full().source, ..one.clone() });
        match rows.iter_mut().find(|row| row.0 == one.source) {
            Some(row) => row.1 = sets.union(row.1, packets),
            None => rows.push((one.source, packets)),
        }
    }
    let named = |(sources, packets): (address::Ranges, PacketSet)| {
        let here = sets.cube(&Cube { source: sources.clone(), ..Cube::full() });
        let here = sets.intersect(here, packets);
        let is_whole = found.iter().all(|one| {
            let asked = sets.intersect(one.asked, here);
            sets.subtract(asked, one.answered).is_empty()
        });
        let (traffic, to) =
            if is_whole { (describe_traffic(sets, packets), String::new()) } else { limits(sets, found, here) };
        let from = if sources == asked { String::new() } else { fewest_words(&sources, &asked) };
        Partly { traffic, from, is_whole, to }
    };
    rows.into_iter().map(named).collect()
}

/// The traffic of `among`, with the source ports where only some of those asked about are
/// answered, and the destinations where only some are.
fn limits(sets: &mut Sets, found: &[Found], among: PacketSet) -> (String, String) {
    let [mut asked, mut answered] = [PacketSet::EMPTY; 2];
    for one in found {
        let wanted = sets.intersect(one.asked, among);
        asked = sets.union(asked, wanted);
        let here = sets.intersect(one.answered, among);
        answered = sets.union(answered, here);
    }
    let (to, whole) = (sets.project(answered, Level::Destination), sets.project(asked, Level::Destination));
    let to = if to == whole || to.is_empty() { String::new() } else { fewest_words(&to, &whole) };
    let mut ported = |packets| {
        [Level::Source, Level::Destination, Level::TranslatedPort]
            .into_iter()
            .fold(packets, |packets, level| sets.forget(packets, level))
    };
    let (asked, answered) = (ported(asked), ported(answered));
    // Traffic of which some source port gets no answer is said with those that do.
    let missing = sets.subtract(asked, answered);
    let missing = sets.forget(missing, Level::SourcePort);
    let traffic = sets.forget(answered, Level::SourcePort);
    let every_port = sets.subtract(traffic, missing);
    let limited = sets.union(answered, every_port);
    (describe_traffic(sets, limited), to)
}

/// Addresses of the internet in as few words as they take: whole families by name, and
/// what is left out where that is shorter than what is in.
fn fewest_words(answered: &[(u128, u128)], asked: &[(u128, u128)]) -> String {
    let mut words = Vec::new();
    for (name, family) in [("IPv4", &[IPV4][..]), ("IPv6", &IPV6[..])] {
        let (here, all) = (address::intersect(answered, family), address::intersect(asked, family));
        let missing = address::subtract(&all, &here);
        if here.is_empty() {
            continue;
        }
        words.push(match missing.len() {
            0 => format!("any {name} address"),
            less if less < here.len() => {
                format!("any {name} address except {}", describe_addresses(&missing, MOST_RANGES))
            }
            _ => describe_addresses(&here, MOST_RANGES),
        });
    }
    words.join(" and ")
}

fn of_family([v4, v6]: [PacketSet; 2], address: IpAddr) -> PacketSet {
    if address.is_ipv4() { v4 } else { v6 }
}
