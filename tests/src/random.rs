//! A small generator of numbers that look random, so that a seed names a design.
//!
//! In: a seed. Out: the same numbers on every machine and in every version of every
//! dependency, which no library promises (splitmix64, by Steele, Lea and Flood).

/// The generator.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Starts at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; zero if that is zero.
    pub fn below(&mut self, bound: usize) -> usize {
        self.bits().checked_rem(bound as u64).map_or(0, |rest| rest as usize)
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `items`.
    ///
    /// # Panics
    ///
    /// If there is none: the pools of this crate are written out and not empty.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        #[expect(clippy::indexing_slicing, reason = "a pool is not empty, so the number is below its length")]
        items[self.below(items.len())]
    }

    /// One of `items`, if there is any.
    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// Some of `items`, at most `most`, in their order, none of them twice.
    pub fn some_of<'a, T>(&mut self, items: &'a [T], most: usize) -> Vec<&'a T> {
        let mut left = self.below(most.min(items.len()) + 1);
        let mut chosen = Vec::with_capacity(left);
        for (position, item) in items.iter().enumerate() {
            if self.below(items.len() - position) < left {
                chosen.push(item);
                left -= 1;
            }
        }
        chosen
    }

    /// Puts `items` into another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
