//! VPC peering connections (R37, R38, R130 to R138).
//!
//! In: `peering_connections`. Out: the model's peering connections, and what joins two
//! VPCs so that a group of one may be named in the other.

use std::collections::BTreeMap;

use super::names::{self, Kind, Names};
use super::{Findings, Home, Resolver, block};
use crate::diagnostic::Diagnostic;
use crate::model::peering_connection::{PeeringConnection, PeeringState};
use crate::model::{Model, PeeringConnectionId, VpcId};
use crate::source::Span;
use crate::spec::{Name, PeeringConnectionSpec, Spec};
use crate::words::echo;

/// What a state means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It carries packets.
    Active,
    /// It may still become active.
    Underway,
    /// It is gone, or will never be.
    Over,
}

const STATES: [(&str, Phase); 10] = [
    ("active", Phase::Active),
    ("initiating-request", Phase::Underway),
    ("pending-acceptance", Phase::Underway),
    ("provisioning", Phase::Underway),
    ("inactive", Phase::Underway),
    ("failed", Phase::Over),
    ("expired", Phase::Over),
    ("rejected", Phase::Over),
    ("deleting", Phase::Over),
    ("deleted", Phase::Over),
];

/// Declares the peering connections, between the first VPC and itself for the time being.
pub(super) fn declare<'a>(
    spec: &'a Spec,
    homes: &[Home<'a>],
    model: &mut Model,
    found: &mut Findings,
) -> Names<'a, PeeringConnection> {
    let names = spec.peering_connections.iter().map(|peering| super::bare(&peering.name));
    let Some(first) = homes.first().map(|home| home.id) else {
        return Names::unplaced(Kind::PEERING_CONNECTION, names);
    };
    let make = |name: &str, span| PeeringConnection {
        name: name.to_owned(),
        requester: first,
        accepter: first,
        state: PeeringState::NotActive,
        span,
    };
    Names::declare(Kind::PEERING_CONNECTION, names, &mut model.peering_connections, make, found)
}

/// Completes every peering connection.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    let mut pairs: BTreeMap<(VpcId, VpcId), Span> = BTreeMap::new();
    for (peering, id) in spec.peering_connections.iter().zip(cx.peering_connections.in_file_order()) {
        let mut end =
            |name: &Option<Name>| name.as_ref().and_then(|name| cx.vpcs.find(&name.value, name.span, &mut cx.found));
        let (requester, accepter) = (end(&peering.requester), end(&peering.accepter));
        let phase = names::word("state", peering.state.as_ref(), &STATES, &mut cx.found).unwrap_or(Phase::Active);
        let (Some(requester), Some(accepter)) = (requester, accepter) else { continue };
        let item = cx.model.peering_connections.get_mut(id);
        item.requester = requester;
        item.accepter = accepter;
        item.state = if phase == Phase::Active { PeeringState::Active } else { PeeringState::NotActive };
        if requester == accepter {
            with_itself(cx, peering);
            continue;
        }
        if phase == Phase::Over {
            continue;
        }
        overlap(cx, peering, phase, requester, accepter);
        let pair = (requester.min(accepter), requester.max(accepter));
        match pairs.get(&pair) {
            Some(&first) => second(cx, peering, requester, accepter, first),
            None => {
                pairs.insert(pair, peering.name.span);
            }
        }
    }
}

fn with_itself(cx: &mut Resolver<'_>, peering: &PeeringConnectionSpec) {
    let message = format!("peering connection {} joins a VPC with itself", echo(&peering.name.value));
    let span = peering.accepter.as_ref().map_or(peering.name.span, |name| name.span);
    let mut diagnostic = Diagnostic::error("InvalidParameterValue", message, span, "the same VPC");
    if let Some(requester) = &peering.requester {
        diagnostic = diagnostic.also(requester.span, "as here");
    }
    cx.found.push(diagnostic.help("a peering connection joins two VPCs; inside one, local routes do"));
}

/// A request between VPCs that share an address ends `failed` (R133), and an active
/// connection keeps them from ever sharing one (R138).
fn overlap(cx: &mut Resolver<'_>, peering: &PeeringConnectionSpec, phase: Phase, one: VpcId, two: VpcId) {
    let clashes = cx.home(one).blocks.iter().flat_map(|&(mine, at)| {
        let theirs = cx.home(two).blocks.iter().filter(move |&&(theirs, _)| block::overlap(mine, theirs));
        theirs.map(move |&(theirs, there)| (mine, at, theirs, there))
    });
    let Some((mine, at, theirs, there)) = clashes.into_iter().next() else { return };
    let (one, two) = (echo(cx.home(one).name()), echo(cx.home(two).name()));
    let message = format!("VPCs {one} and {two} share addresses, so no peering connection joins them");
    let span = peering.state.as_ref().map_or(peering.name.span, |state| state.span);
    let label = if phase == Phase::Active { "would be active" } else { "would fail" };
    let diagnostic = Diagnostic::error("peering-overlap", message, span, label)
        .also(at, format!("{one} has `{mine}`"))
        .also(there, format!("{two} has `{theirs}`"))
        .help("a request between VPCs with a common address ends `failed`, though it be unused (R133)");
    cx.found.push(diagnostic.help("write `state: failed`, or give one of the two another block"));
}

fn second(cx: &mut Resolver<'_>, peering: &PeeringConnectionSpec, one: VpcId, two: VpcId, first: Span) {
    let (one, two) = (echo(cx.home(one).name()), echo(cx.home(two).name()));
    let message = format!("VPCs {one} and {two} have two peering connections");
    let diagnostic = Diagnostic::error("VpcPeeringConnectionAlreadyExists", message, peering.name.span, "another one")
        .also(first, "joined already");
    cx.found.push(diagnostic.help("at most one joins a pair of VPCs, whichever of the two asked for it"));
}

/// What lets a group of one VPC be named in the rules of another (R37, R38).
pub(super) enum Joined {
    /// A connection that carries packets and group references.
    Yes,
    /// One between Regions, which carries no group references (R137).
    AcrossRegions(PeeringConnectionId),
    /// One that is not active.
    NotActive(PeeringConnectionId),
    /// Nothing.
    No,
}

/// Whether a group of one VPC may be named in the rules of the other. What else joins
/// VPCs so, a transit gateway with group references (R155), is to be asked for here.
pub(super) fn joined(cx: &Resolver<'_>, one: VpcId, two: VpcId) -> Joined {
    let region = |vpc: VpcId| &cx.model.vpcs[vpc].region;
    let between = cx.model.peering_connections.iter().filter(|(_, peering)| peering.other(one) == Some(two));
    let mut inactive = None;
    for (id, peering) in between {
        match peering.state {
            PeeringState::Active if region(one) == region(two) => return Joined::Yes,
            PeeringState::Active => return Joined::AcrossRegions(id),
            PeeringState::NotActive => inactive = Some(id),
        }
    }
    inactive.map_or(Joined::No, Joined::NotActive)
}
