//! Exact sets of packets, and their algebra.
//!
//! In: ranges of header fields, CIDR blocks, [`Traffic`](fmnet_core::traffic::Traffic).
//! Out: [`PacketSet`], an id that is equal exactly when the set is.
//!
//! A set is a decision diagram. Each node looks at one field, in the order of
//! [`Level`], and splits its values into intervals, each leading to the set that
//! remains. Neighbouring intervals that lead to the same set are merged, a field that
//! decides nothing has no node, and equal nodes are stored once; so the diagram of a
//! set is unique, and comparing two sets compares two numbers. Recursion is as deep as
//! there are levels, six.
//!
//! What you may change without asking: storage and memory (`nodes`, `memo`) and
//! wording ([`describe`]). The order of levels decides speed, never an answer.

pub mod address;
mod build;
pub mod cube;
pub mod describe;
#[cfg(test)]
mod laws;
mod memo;
mod nodes;
mod quantify;
mod witness;

use crate::packet::Packet;
use memo::{Memo, Op};
use nodes::Nodes;

/// Inclusive (first, last) ranges of the values of one level.
pub type Ranges = Vec<(u128, u128)>;

/// A header field, in the order in which sets look at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Source address, as a place on the line of [`address`].
    Source,
    /// Destination address, likewise.
    Destination,
    /// Protocol number.
    Protocol,
    /// Destination port, or `type * 256 + code` for ICMP.
    Port,
    /// Source port.
    SourcePort,
    /// The source port a NAT gateway on the way would write.
    TranslatedPort,
}

impl Level {
    /// Every level, in order.
    pub const ALL: [Self; 6] =
        [Self::Source, Self::Destination, Self::Protocol, Self::Port, Self::SourcePort, Self::TranslatedPort];

    /// The largest value of the field; the smallest is 0.
    #[must_use]
    pub fn last(self) -> u128 {
        match self {
            Self::Source | Self::Destination => u128::MAX,
            Self::Protocol => u128::from(u8::MAX),
            Self::Port | Self::SourcePort | Self::TranslatedPort => u128::from(u16::MAX),
        }
    }

    /// The field of `packet`.
    #[must_use]
    pub fn of(self, packet: &Packet) -> u128 {
        match self {
            Self::Source => address::to_u128(packet.source),
            Self::Destination => address::to_u128(packet.destination),
            Self::Protocol => packet.protocol.0.into(),
            Self::Port => packet.port.into(),
            Self::SourcePort => packet.source_port.into(),
            Self::TranslatedPort => packet.translated_port.into(),
        }
    }

    fn is_address(self) -> bool {
        matches!(self, Self::Source | Self::Destination)
    }
}

/// A set of packets, as known to the [`Sets`] that made it; equal ids are equal sets.
///
/// The order of ids is only good for sorting inside a program: it says nothing of the
/// sets, and nothing printed may depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketSet(u32);

impl PacketSet {
    /// No packet.
    pub const EMPTY: Self = Self(0);
    /// Every packet, those that mix address families included.
    pub const FULL: Self = Self(1);

    /// Whether the set has no packet.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    /// Whether the set has every packet.
    #[must_use]
    pub fn is_full(self) -> bool {
        self == Self::FULL
    }
}

/// The arena of sets. A [`PacketSet`] means something only to the arena that made it;
/// [`Sets::adopt`] carries one into another. Arenas only grow: drop one to free it.
pub struct Sets {
    nodes: Nodes,
    memo: Memo,
    /// A stack of edges under construction.
    edges: Vec<nodes::Edge>,
}

impl Default for Sets {
    fn default() -> Self {
        Self::new()
    }
}

impl Sets {
    /// An arena that knows only [`PacketSet::EMPTY`] and [`PacketSet::FULL`].
    #[must_use]
    pub fn new() -> Self {
        Self { nodes: Nodes::new(), memo: Memo::new(), edges: Vec::new() }
    }

    /// The packets in `left` or `right`.
    pub fn union(&mut self, left: PacketSet, right: PacketSet) -> PacketSet {
        self.apply(Op::Union, left, right)
    }

    /// The packets in both `left` and `right`.
    pub fn intersect(&mut self, left: PacketSet, right: PacketSet) -> PacketSet {
        self.apply(Op::Intersect, left, right)
    }

    /// The packets in `left` and not in `right`.
    pub fn subtract(&mut self, left: PacketSet, right: PacketSet) -> PacketSet {
        self.apply(Op::Subtract, left, right)
    }

    /// The packets not in `set`.
    pub fn complement(&mut self, set: PacketSet) -> PacketSet {
        self.apply(Op::Subtract, PacketSet::FULL, set)
    }

    /// The packets in any of `sets`, joined in pairs so that big unions are few.
    pub fn union_all(&mut self, sets: impl IntoIterator<Item = PacketSet>) -> PacketSet {
        let mut sets: Vec<PacketSet> = sets.into_iter().collect();
        while sets.len() > 1 {
            sets = sets
                .chunks(2)
                .map(|pair| pair.iter().fold(PacketSet::EMPTY, |all, &set| self.union(all, set)))
                .collect();
        }
        sets.first().copied().unwrap_or(PacketSet::EMPTY)
    }

    /// Whether every packet of `inner` is in `outer`.
    pub fn is_subset(&mut self, inner: PacketSet, outer: PacketSet) -> bool {
        self.subtract(inner, outer).is_empty()
    }

    /// Whether no packet is in both.
    pub fn is_disjoint(&mut self, left: PacketSet, right: PacketSet) -> bool {
        self.intersect(left, right).is_empty()
    }

    /// Whether `packet` is in `set`.
    #[must_use]
    pub fn contains(&self, set: PacketSet, packet: &Packet) -> bool {
        let mut set = set;
        while let Some(level) = self.nodes.level(set) {
            set = self.nodes.child(set, level, level.of(packet));
        }
        set.is_full()
    }

    /// The same set, which `other` made, in this arena.
    pub fn adopt(&mut self, other: &Self, set: PacketSet) -> PacketSet {
        self.adopt_with(other, set, &mut rustc_hash::FxHashMap::default())
    }

    fn adopt_with(
        &mut self,
        other: &Self,
        set: PacketSet,
        known: &mut rustc_hash::FxHashMap<PacketSet, PacketSet>,
    ) -> PacketSet {
        let Some(level) = other.nodes.level(set) else {
            return set;
        };
        if let Some(&mine) = known.get(&set) {
            return mine;
        }
        let start = self.edges.len();
        for (_, last, child) in other.nodes.edges(set) {
            let child = self.adopt_with(other, child, known);
            self.push(start, last, child);
        }
        let mine = self.close(level, start);
        known.insert(set, mine);
        mine
    }

    fn apply(&mut self, op: Op, left: PacketSet, right: PacketSet) -> PacketSet {
        if let Some(result) = trivial(op, left, right) {
            return result;
        }
        let (left, right) = if op != Op::Subtract && right < left { (right, left) } else { (left, right) };
        if let Some(result) = self.memo.get(op, left, right) {
            return result;
        }
        let (left_level, right_level) = (self.nodes.level(left), self.nodes.level(right));
        let Some(level) = left_level.into_iter().chain(right_level).min() else {
            return PacketSet::EMPTY; // Two terminals; `trivial` decided them all.
        };
        let start = self.edges.len();
        let mut lefts = self.nodes.walk(left, level);
        let mut rights = self.nodes.walk(right, level);
        let (left_decider, right_decider) = op.deciders();
        loop {
            let (left_last, left_child) = self.nodes.here(lefts);
            let (right_last, right_child) = self.nodes.here(rights);
            // Where one side decides alone, the other's edges up to its end do not matter.
            let last = if left_child == left_decider {
                left_last
            } else if right_child == right_decider {
                right_last
            } else {
                left_last.min(right_last)
            };
            let child = self.apply(op, left_child, right_child);
            self.push(start, last, child);
            if last == level.last() {
                break;
            }
            lefts = self.nodes.past(lefts, last);
            rights = self.nodes.past(rights, last);
        }
        let result = self.close(level, start);
        self.memo.put(op, left, right, result);
        result
    }

    /// Adds an edge to the node whose edges began at `start`, merging equal neighbours.
    fn push(&mut self, start: usize, last: u128, child: PacketSet) {
        let open = self.edges.len() > start;
        match self.edges.last_mut() {
            Some((end, neighbour)) if open && *neighbour == child => *end = last,
            _ => self.edges.push((last, child)),
        }
    }

    /// Makes the node whose edges began at `start`.
    fn close(&mut self, level: Level, start: usize) -> PacketSet {
        let set = self.nodes.intern(level, self.edges.get(start..).unwrap_or_default());
        self.edges.truncate(start);
        set
    }
}

/// The result of `op` where one of the two sets decides it alone, or they are one.
#[inline]
fn trivial(op: Op, left: PacketSet, right: PacketSet) -> Option<PacketSet> {
    let (left_decider, right_decider) = op.deciders();
    if left == left_decider || right == right_decider {
        return Some(if op == Op::Union { PacketSet::FULL } else { PacketSet::EMPTY });
    }
    match (op, left, right) {
        (Op::Union, set, PacketSet::EMPTY) | (Op::Union, PacketSet::EMPTY, set) => Some(set),
        (Op::Intersect, set, PacketSet::FULL) | (Op::Intersect, PacketSet::FULL, set) => Some(set),
        (Op::Subtract, set, PacketSet::EMPTY) => Some(set),
        _ if left != right => None,
        (Op::Union | Op::Intersect, ..) => Some(left),
        (Op::Subtract, ..) => Some(PacketSet::EMPTY),
    }
}
