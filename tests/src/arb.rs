//! Random designs, and packets and questions to ask about them.
//!
//! In: a seed. Out: the text of a design that uses whatever the language has, with
//! addresses and ports from pools so small that rules collide; and packets at the
//! places where something changes. The text goes through the parser and the resolver,
//! so those are tried as well. The same seed gives the same design.

mod draft;
mod intents;
mod internet;
mod network;
mod on_premises;
pub mod packets;
pub mod questions;
mod rules;
mod workloads;

use fmnet_core::design::{self, Design};
use proptest::strategy::Strategy;

use crate::random::Random;
use draft::Draft;

/// How large a design to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// One or two subnets and interfaces: every class of its packets can be tried.
    Small,
    /// Up to five subnets and a dozen interfaces.
    Medium,
}

/// The text of a random design. AWS would accept most of them.
#[must_use]
pub fn text(seed: u64, size: Size) -> String {
    let mut draft = Draft::new(Random::new(seed), size);
    network::draw(&mut draft);
    on_premises::draw(&mut draft);
    workloads::draw(&mut draft);
    rules::draw_names(&mut draft);
    draft.write()
}

/// The design that `text` describes, or none where it is refused.
#[must_use]
pub fn read(text: &str) -> Option<Design> {
    let mut design = design::read("random.yaml", text.as_bytes().to_vec()).ok()?;
    workloads::share_groups(&mut design.model);
    Some(design)
}

/// Seeds, with the design's text beside each for whoever reads a failure.
pub fn seeds(size: Size) -> impl Strategy<Value = (u64, String)> {
    proptest::num::u64::ANY.prop_map(move |seed| (seed, text(seed, size))).no_shrink()
}
