//! The parts that a design is made of: for each key, how it is read, printed and compared.
//!
//! In: a [`Part`] for each key, beside the parser of what it takes. Out: what the table
//! in [`super::design`] is made of, so that a kind of component is one file and one line.

use super::print::Page;
use super::read::Reader;
use super::shape::{Key, Need};
use super::{Spec, VpcSpec};
use crate::source::Span;
use crate::yaml::Node;

/// One key of a `T`, with everything that is to be known of it.
pub(super) struct Part<T> {
    /// Its name, what it means and what it takes.
    pub(super) key: Key,
    /// Reads its value into a `T`.
    pub(super) read: for<'s> fn(&mut Reader<'s>, At<'_, 's>, &mut T),
    /// Writes its lines, where there is something to write.
    pub(super) print: fn(&mut Page, &T),
    /// Forgets the places of what it holds.
    pub(super) forget: fn(&mut T),
}

/// Whose key it is.
pub(super) enum Of {
    /// A VPC's: written under `vpcs`, or at the top level where that describes one.
    Vpc(Part<VpcSpec>),
    /// The design's, at the top level alone.
    Design(Part<Spec>),
}

/// The value of a key.
#[derive(Clone, Copy)]
pub(super) struct At<'n, 's> {
    /// The key.
    pub(super) key: &'static str,
    /// Where the key stands.
    pub(super) span: Span,
    /// Its value.
    pub(super) node: &'n Node<'s>,
}

impl Of {
    /// The key.
    pub(super) const fn key(&self) -> Key {
        match self {
            Self::Vpc(part) => part.key,
            Self::Design(part) => part.key,
        }
    }

    /// Whether it is a VPC's.
    const fn is_of_vpc(&self) -> bool {
        matches!(self, Self::Vpc(_))
    }
}

/// How many of `parts` are a VPC's.
pub(super) const fn count_of_vpc(parts: &[Of]) -> usize {
    let (mut count, mut at) = (0, 0);
    while at < parts.len() {
        #[expect(clippy::indexing_slicing, reason = "at is less than the length")]
        if parts[at].is_of_vpc() {
            count += 1;
        }
        at += 1;
    }
    count
}

/// `head`, then the keys of the parts that are a VPC's; `N` is how many they are.
#[expect(clippy::indexing_slicing, reason = "evaluated while compiling, where a wrong index is an error")]
pub(super) const fn keys_of_vpc<const N: usize>(head: &[Key], parts: &[Of]) -> [Key; N] {
    let mut keys = [head[0]; N];
    let (mut to, mut at) = (0, 0);
    while to < head.len() {
        keys[to] = head[to];
        to += 1;
    }
    while at < parts.len() {
        if parts[at].is_of_vpc() {
            keys[to] = parts[at].key();
            to += 1;
        }
        at += 1;
    }
    keys
}

/// `head`, the keys of all parts, then `tail`, all of which may be left out: a design may
/// say the same under `vpcs`, or in another of its files.
#[expect(clippy::indexing_slicing, reason = "evaluated while compiling, where a wrong index is an error")]
pub(super) const fn keys_of_design<const N: usize>(head: &[Key], parts: &[Of], tail: &[Key]) -> [Key; N] {
    let mut keys = [head[0]; N];
    let mut to = 0;
    while to < N {
        keys[to] = if to < head.len() {
            head[to]
        } else if to < head.len() + parts.len() {
            parts[to - head.len()].key()
        } else {
            tail[to - head.len() - parts.len()]
        };
        keys[to].need = Need::Optional;
        to += 1;
    }
    keys
}
