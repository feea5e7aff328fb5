//! Typed ids and the arenas that mint them.
//!
//! In: values, in the order a model is resolved. Out: an [`Id`] that indexes only
//! the arena of its own type. Ids order as their values were pushed.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Index;

/// Position of a `T` in the arena that minted it; only [`Arena::push`] makes one.
pub struct Id<T> {
    index: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The position as a plain index, for tables kept beside the arena.
    #[must_use]
    pub fn index(self) -> usize {
        self.index as usize
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// Values of one type, indexed by the ids it minted.
#[derive(Clone, Debug)]
pub struct Arena<T> {
    items: Vec<T>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl<T> Arena<T> {
    /// Stores `item` and mints its id.
    ///
    /// # Panics
    ///
    /// Beyond 2³² − 1 items, which no input within the size budget can hold.
    pub fn push(&mut self, item: T) -> Id<T> {
        #[expect(clippy::expect_used, reason = "the input budget keeps every arena below 2^32")]
        let index = u32::try_from(self.items.len()).expect("an arena holds fewer than 2^32 items");
        self.items.push(item);
        Id { index, of: PhantomData }
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Items with their ids, in the order they were pushed.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Id<T>, &T)> + ExactSizeIterator {
        self.items.iter().enumerate().map(|(index, item)| (Id { index: index as u32, of: PhantomData }, item))
    }

    /// Every id, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = Id<T>> + ExactSizeIterator + use<T> {
        (0..self.items.len() as u32).map(|index| Id { index, of: PhantomData })
    }

    /// The item of `id`, to be completed while a model is being resolved.
    pub fn get_mut(&mut self, id: Id<T>) -> &mut T {
        #[expect(clippy::indexing_slicing, reason = "only this arena mints its ids")]
        &mut self.items[id.index()]
    }
}

impl<T> Index<Id<T>> for Arena<T> {
    type Output = T;
    fn index(&self, id: Id<T>) -> &T {
        #[expect(clippy::indexing_slicing, reason = "only this arena mints its ids")]
        &self.items[id.index()]
    }
}
