//! The pool in which every node of every set lives, each distinct node once.
//!
//! In: a level and its edges. Out: the one [`PacketSet`] that stands for them.
//! Nothing else makes a node, so two equal sets are always the same id. Change the
//! storage freely; the rest of `set` sees only [`Nodes::intern`] and the readers.
#![expect(
    clippy::indexing_slicing,
    reason = "only `intern` makes a `PacketSet`, and it appends the node and its edges before \
              handing out the id; nothing is ever removed, so every id of this arena and every \
              edge of it stays inside"
)]

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::{FxHashMap, FxHasher};

use super::{Level, PacketSet};

/// The last value of an edge, and the set it leads to. The edge before it tells where it begins.
pub(super) type Edge = (u128, PacketSet);

/// An append-only pool of nodes.
pub(super) struct Nodes {
    nodes: Vec<Node>,
    /// Edge ends of address levels.
    wide: Vec<u128>,
    /// Edge ends of the other levels, an eighth of the size.
    narrow: Vec<u16>,
    children: Vec<PacketSet>,
    /// The newest node of each hash; [`Node::older`] leads to the others.
    newest: FxHashMap<u64, PacketSet>,
}

struct Node {
    level: Option<Level>,
    /// Number of edges; two or more, but none in a terminal.
    len: u32,
    /// Where the ends begin in `wide` or `narrow`.
    ends: usize,
    /// Where the children begin.
    children: usize,
    /// Another node of the same hash; `EMPTY` after the last.
    older: PacketSet,
}

/// A place among the edges of a set's top, looked up once.
#[derive(Clone, Copy)]
pub(super) struct Walk {
    is_wide: bool,
    /// Edges from here on; at least one.
    len: usize,
    /// The next end, in `wide` or `narrow`.
    ends: usize,
    /// The next child.
    children: usize,
    /// The one edge, where the set does not look at the level walked.
    whole: Option<Edge>,
}

impl Nodes {
    /// A pool of only the two terminals.
    pub(super) fn new() -> Self {
        let terminal = || Node { level: None, len: 0, ends: 0, children: 0, older: PacketSet::EMPTY };
        Self {
            nodes: vec![terminal(), terminal()],
            wide: Vec::new(),
            narrow: Vec::new(),
            children: Vec::new(),
            newest: FxHashMap::default(),
        }
    }

    /// The field the top of `set` looks at; none for [`PacketSet::EMPTY`] and [`PacketSet::FULL`].
    pub(super) fn level(&self, set: PacketSet) -> Option<Level> {
        self.node(set).level
    }

    /// The number of edges at the top of `set`.
    pub(super) fn len(&self, set: PacketSet) -> usize {
        self.node(set).len as usize
    }

    /// The edges of `set` at `level`, which is its top or before it.
    pub(super) fn walk(&self, set: PacketSet, level: Level) -> Walk {
        let node = self.node(set);
        let whole = (node.level != Some(level)).then_some((level.last(), set));
        let len = if whole.is_some() { 1 } else { node.len as usize };
        let is_wide = level.is_address();
        Walk { is_wide, len, ends: node.ends, children: node.children, whole }
    }

    /// The edge that `walk` has come to.
    pub(super) fn here(&self, walk: Walk) -> Edge {
        if let Some(whole) = walk.whole {
            return whole;
        }
        (self.end(walk, 0), self.children[walk.children])
    }

    /// `walk` at its first edge that ends after `value`, which is below the last end.
    pub(super) fn past(&self, walk: Walk, value: u128) -> Walk {
        if walk.whole.is_some() || self.end(walk, 0) > value {
            return walk;
        }
        // Mostly the next edge does; else double the step, then search inside it.
        let mut step = 1;
        while step < walk.len && self.end(walk, step) <= value {
            step *= 2;
        }
        let (low, high) = (step / 2, walk.len.min(step + 1));
        let skipped = low
            + if walk.is_wide {
                let ends = &self.wide[walk.ends + low..walk.ends + high];
                ends.partition_point(|&end| end <= value)
            } else {
                let ends = &self.narrow[walk.ends + low..walk.ends + high];
                ends.partition_point(|&end| u128::from(end) <= value)
            };
        let skipped = skipped.min(walk.len - 1);
        Walk { len: walk.len - skipped, ends: walk.ends + skipped, children: walk.children + skipped, ..walk }
    }

    /// The edges at the top of `set` as (first value, last value, child), ascending.
    pub(super) fn edges(&self, set: PacketSet) -> impl Iterator<Item = (u128, u128, PacketSet)> {
        let mut first = 0;
        (0..self.len(set)).map(move |index| {
            let (last, child) = self.edge(set, index);
            let edge = (first, last, child);
            first = last.wrapping_add(1);
            edge
        })
    }

    /// Edge number `index` of the top of `set`, below [`Nodes::len`].
    pub(super) fn edge(&self, set: PacketSet, index: usize) -> Edge {
        let node = self.node(set);
        let end = if node.level.is_some_and(Level::is_address) {
            self.wide[node.ends + index]
        } else {
            self.narrow[node.ends + index].into()
        };
        (end, self.children[node.children + index])
    }

    /// The child of `set` for `value` of `level`, the field at its top.
    pub(super) fn child(&self, set: PacketSet, level: Level, value: u128) -> PacketSet {
        let walk = self.walk(set, level);
        let walk = value.checked_sub(1).map_or(walk, |below| self.past(walk, below));
        self.here(walk).1
    }

    /// The set whose top looks at `level` and has `edges`: ascending ends, the last one
    /// [`Level::last`], neighbours of different children.
    pub(super) fn intern(&mut self, level: Level, edges: &[Edge]) -> PacketSet {
        if let [(_, only)] = edges {
            return *only;
        }
        let hash = hash(level, edges);
        let newest = self.newest.get(&hash).copied().unwrap_or(PacketSet::EMPTY);
        let mut candidate = newest;
        while candidate != PacketSet::EMPTY {
            if self.is(candidate, level, edges) {
                return candidate;
            }
            candidate = self.node(candidate).older;
        }
        // INVARIANT: a node takes over forty bytes, so memory ends long before 2^32 of them.
        let set = PacketSet(self.nodes.len() as u32);
        let ends = if level.is_address() { self.wide.len() } else { self.narrow.len() };
        self.nodes.push(Node {
            level: Some(level),
            len: edges.len() as u32,
            ends,
            children: self.children.len(),
            older: newest,
        });
        self.children.extend(edges.iter().map(|&(_, child)| child));
        if level.is_address() {
            self.wide.extend(edges.iter().map(|&(end, _)| end));
        } else {
            // INVARIANT: the last value of these levels is at most `u16::MAX`.
            self.narrow.extend(edges.iter().map(|&(end, _)| end as u16));
        }
        self.newest.insert(hash, set);
        set
    }

    fn end(&self, walk: Walk, ahead: usize) -> u128 {
        let place = walk.ends + ahead;
        if walk.is_wide { self.wide[place] } else { self.narrow[place].into() }
    }

    fn node(&self, set: PacketSet) -> &Node {
        &self.nodes[set.0 as usize]
    }

    fn is(&self, set: PacketSet, level: Level, edges: &[Edge]) -> bool {
        self.level(set) == Some(level)
            && self.len(set) == edges.len()
            && edges.iter().enumerate().all(|(index, &edge)| self.edge(set, index) == edge)
    }
}

fn hash(level: Level, edges: &[Edge]) -> u64 {
    let mut hasher = FxHasher::default();
    level.hash(&mut hasher);
    for &(end, child) in edges {
        if level.is_address() {
            hasher.write_u128(end);
        } else {
            hasher.write_u16(end as u16);
        }
        hasher.write_u32(child.0);
    }
    hasher.finish()
}
