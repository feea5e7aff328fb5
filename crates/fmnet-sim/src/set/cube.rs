//! Sets taken apart into cubes, for printing.
//!
//! In: a [`PacketSet`]. Out: disjoint [`Cube`]s that make it up, or the values of one
//! field that occur in it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::build::merged;
use super::{Level, PacketSet, Ranges, Sets};

/// The packets whose every field lies in one of that field's ranges.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cube {
    /// Source addresses.
    pub source: Ranges,
    /// Destination addresses.
    pub destination: Ranges,
    /// Protocol numbers.
    pub protocol: Ranges,
    /// Destination ports, or `type * 256 + code` for ICMP.
    pub port: Ranges,
    /// Source ports.
    pub source_port: Ranges,
    /// Source ports as a NAT gateway would write them.
    pub translated_port: Ranges,
}

impl Cube {
    /// The cube of every packet: start from it and narrow the fields that matter.
    #[must_use]
    pub fn full() -> Self {
        let whole = |level: Level| vec![(0, level.last())];
        Self {
            source: whole(Level::Source),
            destination: whole(Level::Destination),
            protocol: whole(Level::Protocol),
            port: whole(Level::Port),
            source_port: whole(Level::SourcePort),
            translated_port: whole(Level::TranslatedPort),
        }
    }

    /// The ranges of `level`.
    #[must_use]
    pub fn at(&self, level: Level) -> &Ranges {
        match level {
            Level::Source => &self.source,
            Level::Destination => &self.destination,
            Level::Protocol => &self.protocol,
            Level::Port => &self.port,
            Level::SourcePort => &self.source_port,
            Level::TranslatedPort => &self.translated_port,
        }
    }

    /// The ranges of `level`, to change.
    pub fn at_mut(&mut self, level: Level) -> &mut Ranges {
        match level {
            Level::Source => &mut self.source,
            Level::Destination => &mut self.destination,
            Level::Protocol => &mut self.protocol,
            Level::Port => &mut self.port,
            Level::SourcePort => &mut self.source_port,
            Level::TranslatedPort => &mut self.translated_port,
        }
    }
}

/// Disjoint cubes of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cubes {
    /// The cubes, in the order of their lowest packets field by field.
    pub cubes: Vec<Cube>,
    /// Whether the set has more than these.
    pub cut: bool,
}

impl Sets {
    /// Disjoint cubes that make up `set`, at most `most` of them.
    ///
    /// Values of a field that lead to the same remainder share one cube, so the
    /// number of cubes is the number of paths through the diagram.
    #[must_use]
    pub fn cubes(&self, set: PacketSet, most: usize) -> Cubes {
        let mut found = Cubes { cubes: Vec::new(), cut: false };
        self.collect_cubes(set, most, &mut Cube::full(), &mut found);
        found
    }

    fn collect_cubes(&self, set: PacketSet, most: usize, cube: &mut Cube, found: &mut Cubes) {
        let Some(level) = self.nodes.level(set) else {
            if set.is_full() && found.cubes.len() < most {
                found.cubes.push(cube.clone());
            } else if set.is_full() {
                found.cut = true;
            }
            return;
        };
        for (child, ranges) in self.branches(set) {
            *cube.at_mut(level) = ranges;
            self.collect_cubes(child, most, cube, found);
            if found.cut {
                break;
            }
        }
        *cube.at_mut(level) = vec![(0, level.last())];
    }

    /// The nonempty children of `set`, each with all the values that lead to it, in
    /// the order of their lowest values.
    pub(super) fn branches(&self, set: PacketSet) -> Vec<(PacketSet, Ranges)> {
        let mut branches: Vec<(PacketSet, Ranges)> = Vec::new();
        let mut places = FxHashMap::default();
        for (first, last, child) in self.nodes.edges(set).filter(|edge| !edge.2.is_empty()) {
            let place = *places.entry(child).or_insert(branches.len());
            match branches.get_mut(place) {
                Some((_, ranges)) => ranges.push((first, last)),
                None => branches.push((child, vec![(first, last)])),
            }
        }
        branches
    }

    /// The values of `level` that occur in `set`, ascending and joined where they touch.
    #[must_use]
    pub fn project(&self, set: PacketSet, level: Level) -> Ranges {
        let mut found = Ranges::new();
        let mut seen = FxHashSet::default();
        let mut waiting = vec![set];
        while let Some(set) = waiting.pop() {
            if set.is_empty() || !seen.insert(set) {
                continue;
            }
            let edges = self.nodes.edges(set).filter(|edge| !edge.2.is_empty());
            match self.nodes.level(set) {
                Some(top) if top < level => waiting.extend(edges.map(|edge| edge.2)),
                Some(top) if top == level => found.extend(edges.map(|edge| (edge.0, edge.1))),
                // The field decides nothing on this way, so every value occurs.
                _ => return vec![(0, level.last())],
            }
        }
        merged(level, &found)
    }
}
