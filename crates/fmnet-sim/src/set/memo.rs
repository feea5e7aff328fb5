//! A bounded memory of operations already done.
//!
//! In: an operation and its two sets. Out: its result, if it is still remembered. A
//! newer result may displace an older one, which costs time and never changes an answer.

use super::PacketSet;

/// An operation of two sets whose results are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// In either.
    Union,
    /// In both.
    Intersect,
    /// In the first and not in the second.
    Subtract,
}

impl Op {
    /// The left set, and the right set, that decides the result whatever the other is.
    pub(super) fn deciders(self) -> (PacketSet, PacketSet) {
        match self {
            Self::Union => (PacketSet::FULL, PacketSet::FULL),
            Self::Intersect => (PacketSet::EMPTY, PacketSet::EMPTY),
            Self::Subtract => (PacketSet::EMPTY, PacketSet::FULL),
        }
    }
}

/// Remembered results, each in the one slot its operation hashes to.
pub(super) struct Memo {
    /// A power of two of slots.
    slots: Vec<Option<Entry>>,
    used: usize,
}

#[derive(Clone, Copy)]
struct Entry {
    op: Op,
    left: PacketSet,
    right: PacketSet,
    result: PacketSet,
}

impl Memo {
    /// Small enough that a short-lived arena costs nothing.
    const FEWEST: usize = 1 << 8;
    /// 16 MiB of slots.
    const MOST: usize = 1 << 20;

    /// A memory of nothing.
    pub(super) fn new() -> Self {
        Self { slots: vec![None; Self::FEWEST], used: 0 }
    }

    /// The result of `op` on these sets, if remembered.
    pub(super) fn get(&self, op: Op, left: PacketSet, right: PacketSet) -> Option<PacketSet> {
        let entry = (*self.slots.get(self.slot(op, left, right))?)?;
        let same = entry.op == op && entry.left == left && entry.right == right;
        same.then_some(entry.result)
    }

    /// Remembers `result`, in place of whatever had its slot.
    pub(super) fn put(&mut self, op: Op, left: PacketSet, right: PacketSet, result: PacketSet) {
        if self.used * 2 > self.slots.len() && self.slots.len() < Self::MOST {
            let slots = vec![None; self.slots.len() * 4];
            let old = std::mem::replace(&mut self.slots, slots);
            self.used = 0;
            for entry in old.into_iter().flatten() {
                self.place(entry);
            }
        }
        self.place(Entry { op, left, right, result });
    }

    fn place(&mut self, entry: Entry) {
        let slot = self.slot(entry.op, entry.left, entry.right);
        if let Some(slot) = self.slots.get_mut(slot) {
            self.used += usize::from(slot.is_none());
            *slot = Some(entry);
        }
    }

    fn slot(&self, op: Op, left: PacketSet, right: PacketSet) -> usize {
        let key = u64::from(left.0) << 32 | u64::from(right.0);
        let mixed = (key ^ (op as u64) << 61).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) as usize >> 20 & (self.slots.len() - 1)
    }
}
