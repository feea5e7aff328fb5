//! A third account of the core, for a solver: which packets are answered.
//!
//! In: a design. Out: nothing, or a packet that `reach` says is answered and this
//! account says is not, or the other way round. The account covers interfaces, groups,
//! ACLs, route tables, internet and NAT gateways and peering connections, both legs;
//! it is one formula over one header, written from the documentation, and shares no
//! code with the engines. The solver looks for a header on which the formula and the set
//! of `reach` differ, so that equality is of whole sets, not of samples.

pub mod encode;
pub mod formula;
pub mod solver;

use std::path::Path;

use anyhow::{Result, anyhow};
use fmnet_core::graph::Graph;
use fmnet_core::model::Model;
use fmnet_sim::fate::{Origin, Outcome};
use fmnet_sim::packet::Packet;
use fmnet_sim::reach::{Evidence, Reach};
use fmnet_sim::set::Level;

use crate::arb;
use crate::arb::packets::origins;
use encode::Encoding;
use formula::{Address, Formula, Port, Variable};
use solver::Solver;

/// How much was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Designs.
    pub designs: u64,
    /// Origins, each with every packet it could send.
    pub origins: u64,
}

/// Compares `reach` with the formula for every origin of the design `text`.
///
/// # Errors
///
/// When the solver fails, or they differ: with the packet.
pub fn compare(z3: &Path, text: &str) -> Result<Compared> {
    let Some(design) = arb::read(text) else { return Ok(Compared::default()) };
    let model = &design.model;
    if !encode::covers(model) {
        return Ok(Compared::default());
    }
    let graph = Graph::build(model);
    let mut compared = Compared { designs: 1, origins: 0 };
    for origin in origins(model) {
        if let Some(packet) = difference(z3, &graph, origin)? {
            return Err(anyhow!("from {origin:?}: {packet} is answered according to one of the two only\n{text}"));
        }
        compared.origins += 1;
    }
    Ok(compared)
}

/// A packet about which the two differ, if there is one.
fn difference(z3: &Path, graph: &Graph<'_>, origin: Origin) -> Result<Option<Packet>> {
    let model: &Model = graph.model;
    let expected = Encoding::of(model).answered(origin);
    let said = Formula::and([one_family(), answered(graph, origin)]);
    let expected = Formula::and([one_family(), expected]);
    Solver::start(z3)?.satisfy(&Formula::differ(said, expected))
}

/// Addresses of one family, as the universe of `reach` has them.
fn one_family() -> Formula {
    let v4 = fmnet_sim::set::address::IPV4;
    let of = |address| Formula::within(Address::Variable(address), v4);
    Formula::not(Formula::differ(of(Variable::Source), of(Variable::Destination)))
}

/// What `reach` says is answered, as a formula.
fn answered(graph: &Graph<'_>, origin: Origin) -> Formula {
    let mut reach = Reach::new(graph, Evidence::Outcome);
    let everything = crate::laws::agreement::everything(&mut reach.sets);
    let pieces = reach.reach(origin, everything);
    let answered: Vec<_> =
        pieces.iter().filter(|piece| piece.outcome() == Outcome::Answered).map(|piece| piece.packets).collect();
    let set = reach.sets.union_all(answered);
    let field = |level, range| match level {
        Level::Source => Formula::within(Address::Variable(Variable::Source), range),
        Level::Destination => Formula::within(Address::Variable(Variable::Destination), range),
        Level::Protocol => Formula::protocol_within(range),
        Level::Port => Formula::port_within(Port::Asked, range),
        Level::SourcePort => Formula::port_within(Port::AskedSource, range),
        Level::TranslatedPort => Formula::port_within(Port::Translated, range),
    };
    let cubes = reach.sets.cubes(set, usize::MAX).cubes;
    Formula::or(cubes.iter().map(|cube| {
        let fields = Level::ALL.map(|level| Formula::or(cube.at(level).iter().map(|&range| field(level, range))));
        Formula::and(fields)
    }))
}
