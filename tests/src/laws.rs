//! What must be true of every network, as functions that either count or contradict.
//!
//! In: the text of a design and a source of randomness. Out: [`Counts`] of what was
//! tried, or a [`Contradiction`] with the smallest design that shows it. The tests run
//! each law for a while, `cargo xtask soak` for as long as one likes.

pub mod agreement;
pub mod answers;
pub mod changes;
pub mod matrix;
mod naive;
pub mod smaller;
pub mod text;

use std::fmt;

use fmnet_core::model::Model;
use fmnet_sim::fate::{Blocker, Fate, Hop, Leg, Origin, Unmodelled};
use fmnet_sim::packet::Packet;

use crate::arb::{self, Size};
use crate::random::Random;

/// How much was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Designs that were accepted.
    pub designs: u64,
    /// Designs that were refused, and so say nothing.
    pub refused: u64,
    /// Packets at random.
    pub packets: u64,
    /// Packets that stand for a class of their own, on designs of which every class was tried.
    pub cells: u64,
    /// Questions and other comparisons.
    pub questions: u64,
}

impl Counts {
    /// One design that was refused.
    pub const REFUSED: Self = Self { designs: 0, refused: 1, packets: 0, cells: 0, questions: 0 };

    /// Adds what was tried elsewhere.
    pub fn add(&mut self, other: Self) {
        self.designs += other.designs;
        self.refused += other.refused;
        self.packets += other.packets;
        self.cells += other.cells;
        self.questions += other.questions;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { designs, refused, packets, cells, questions } = self;
        write!(f, "{designs} designs ({refused} refused), {packets} packets, {cells} cells, {questions} questions")
    }
}

/// A law that does not hold.
#[derive(Clone, Debug)]
pub struct Contradiction {
    /// What contradicts what.
    pub what: String,
    /// The design.
    pub text: String,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n{}", self.what, self.text)
    }
}

/// What a law came to.
pub type Checked = Result<Counts, Box<Contradiction>>;

/// Every law on the designs of `seed`.
///
/// # Errors
///
/// The first contradiction.
pub fn all(seed: u64) -> Checked {
    let mut counts = agreement::of_every_class(&arb::text(seed, Size::Small), MOST_CELLS)?;
    counts.add(on(&arb::text(seed, Size::Medium), seed)?);
    Ok(counts)
}

/// Every law on one design, at random: the first of them always, the others less often.
///
/// # Errors
///
/// The first contradiction.
pub fn on(text: &str, seed: u64) -> Checked {
    let mut random = Random::new(seed);
    let mut counts = agreement::at_random(text, &mut random, 400)?;
    let mut also = answers::hold(text, &mut random, 4)?;
    if seed.is_multiple_of(4) {
        also.add(text::round_trips(text, &mut random)?);
        also.add(text::order_says_nothing(text, &mut random)?);
        also.add(changes::a_rule_takes_nothing_away(text, &mut random)?);
        also.add(matrix::agrees_with_questions(text, &mut random)?);
        also.add(matrix::threads_change_nothing(text)?);
    }
    counts.add(Counts { designs: 0, refused: 0, ..also });
    Ok(counts)
}

/// Designs with more classes of packets than this are left to chance.
const MOST_CELLS: usize = 2_000_000;

/// A contradiction in the design `text`.
fn contradiction(text: &str, what: impl Into<String>) -> Box<Contradiction> {
    Box::new(Contradiction { what: what.into(), text: text.to_owned() })
}

/// The name of an origin.
fn origin_name(model: &Model, origin: Origin) -> &str {
    match origin {
        Origin::Internet | Origin::InternetToward(_) => "internet",
        Origin::Interface(id) => &model.interfaces[id].name,
        Origin::OnPremises(id) => &model.on_premises[id].name,
    }
}

/// The origin of that name.
fn origin_named(model: &Model, name: &str) -> Option<Origin> {
    if name == "internet" {
        return Some(Origin::Internet);
    }
    if let Some((id, _)) = model.on_premises.iter().find(|(_, network)| network.name == name) {
        return Some(Origin::OnPremises(id));
    }
    let (id, _) = model.interfaces.iter().find(|(_, interface)| interface.name == name)?;
    Some(Origin::Interface(id))
}

/// A packet with all of its fields.
fn header(packet: &Packet) -> String {
    let Packet { port, source_port, translated_port, .. } = packet;
    format!("{packet} (port {port}, source port {source_port}, translated port {translated_port})")
}

/// A fate line by line, for reading.
fn describe(fate: &Fate) -> String {
    let Fate { blockers, hops, unmodelled, choices: _ } = fate;
    describe_parts(blockers, hops, unmodelled)
}

fn describe_parts(blockers: &[Blocker], hops: &[Hop], unmodelled: &[(Leg, Unmodelled)]) -> String {
    let mut lines = vec![format!("  {:?}", fmnet_sim::fate::outcome(blockers, unmodelled))];
    lines.extend(
        hops.iter().map(|hop| format!("  passes {} {:?} {:?} {:?}", hop.leg, hop.component, hop.direction, hop.rule)),
    );
    lines.extend(
        blockers
            .iter()
            .map(|it| format!("  fails {} {} {:?} {:?} {:?}", it.leg, it.code, it.component, it.direction, it.rule)),
    );
    lines.extend(unmodelled.iter().map(|(leg, what)| format!("  unknown {leg} {what:?}")));
    lines.join("\n")
}
