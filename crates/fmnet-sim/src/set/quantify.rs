//! Sets with a field removed.
//!
//! In: a set and one of its fields. Out: the set of the other fields for which some,
//! every or one given value of that field is in the set. The result accepts every
//! value of the removed field.

use rustc_hash::FxHashMap;

use super::{Level, PacketSet, Sets};

impl Sets {
    /// The packets that some change of `level` would bring into `set`.
    pub fn forget(&mut self, set: PacketSet, level: Level) -> PacketSet {
        self.replace(set, level, &mut FxHashMap::default(), &|sets, node| {
            let children: Vec<PacketSet> = sets.nodes.edges(node).map(|edge| edge.2).collect();
            sets.union_all(children)
        })
    }

    /// The packets that are in `set` whichever value in `within` their `level` takes.
    /// With no such value, every packet.
    pub fn always(&mut self, set: PacketSet, level: Level, within: (u128, u128)) -> PacketSet {
        let (low, high) = (within.0, within.1.min(level.last()));
        if low > high {
            return PacketSet::FULL;
        }
        self.replace(set, level, &mut FxHashMap::default(), &|sets, node| {
            let edges = sets.nodes.edges(node);
            let children: Vec<PacketSet> =
                edges.filter(|&(first, last, _)| first <= high && low <= last).map(|edge| edge.2).collect();
            children.into_iter().fold(PacketSet::FULL, |all, child| sets.intersect(all, child))
        })
    }

    /// The packets that are in `set` once their `level` is `value`; a value above
    /// [`Level::last`] counts as that.
    pub fn restrict(&mut self, set: PacketSet, level: Level, value: u128) -> PacketSet {
        let value = value.min(level.last());
        self.always(set, level, (value, value))
    }

    /// `set` with each node at `level` replaced by what `by` makes of it.
    fn replace(
        &mut self,
        set: PacketSet,
        level: Level,
        known: &mut FxHashMap<PacketSet, PacketSet>,
        by: &impl Fn(&mut Self, PacketSet) -> PacketSet,
    ) -> PacketSet {
        let Some(top) = self.nodes.level(set).filter(|&top| top <= level) else {
            return set;
        };
        if let Some(&result) = known.get(&set) {
            return result;
        }
        let result = if top == level {
            by(self, set)
        } else {
            let start = self.edges.len();
            for index in 0..self.nodes.len(set) {
                let (last, child) = self.nodes.edge(set, index);
                let child = self.replace(child, level, known, by);
                self.push(start, last, child);
            }
            self.close(top, start)
        };
        known.insert(set, result);
        result
    }
}
