//! Why a question is about no packet.
//!
//! In: a question that no packet is of. Out: the causes; never none.

use std::collections::BTreeSet;

use fmnet_core::address::{self, Ranges};
use fmnet_core::class::Point;
use fmnet_core::graph::Graph;
use fmnet_core::intent::{Endpoint, EndpointSet, Question};

use super::number;
use crate::answer::Empty;
use crate::question::{self, Side, are_two, side};
use crate::set::address::IPV4;

/// Why no packet is of `question`: what one side lacks, else what both do not have together.
pub(super) fn causes(graph: &Graph<'_>, question: &Question) -> Vec<Empty> {
    let (from, to) = (side(graph, &question.from), side(graph, &question.to));
    let sources = Sources::of(graph, &from);
    let mut causes = Vec::new();
    if sources.is_empty() {
        causes.extend(of_side(graph, &question.from, |side| Sources::of(graph, side).is_empty()));
    }
    if to.is_empty() {
        causes.extend(of_side(graph, &question.to, Side::is_empty));
    }
    if causes.is_empty() {
        causes.push(between(graph, &sources, &to));
    }
    causes
}

/// Who and what a side is as sources.
struct Sources {
    points: BTreeSet<Point>,
    addresses: Ranges,
}

impl Sources {
    fn of(graph: &Graph<'_>, side: &Side) -> Self {
        let question::Sources { points, behind, premises, internet } = side.as_sources(graph);
        let behind = behind.into_iter().flat_map(|(_, ranges)| ranges).chain(premises.into_values().flatten());
        Self { points, addresses: address::union(behind.chain(internet).collect()) }
    }

    fn is_empty(&self) -> bool {
        self.points.is_empty() && self.addresses.is_empty()
    }
}

/// What one side lacks.
fn of_side(graph: &Graph<'_>, set: &EndpointSet, is_empty: impl Fn(&Side) -> bool) -> Vec<Empty> {
    let whole = side(graph, &EndpointSet { include: set.include.clone(), except: Vec::new() });
    if !is_empty(&whole) {
        return vec![Empty::EverythingExcepted];
    }
    let mut causes = Vec::new();
    for &endpoint in &set.include {
        match endpoint {
            Endpoint::Net(net) => causes.push(Empty::NobodyOwns(net)),
            Endpoint::Place(id) => {
                causes.extend(graph.model.places[id].nets.iter().copied().map(Empty::NobodyOwns));
            }
            Endpoint::Group(id) => causes.push(Empty::NobodyCarries(id)),
            Endpoint::Subnet(id) => causes.push(Empty::NobodyIn(id)),
            Endpoint::Vpc(_) => causes.push(Empty::NobodyAtAll),
            // Each of these has addresses of its own.
            Endpoint::Internet
            | Endpoint::Internet4
            | Endpoint::Internet6
            | Endpoint::OnPremises(_)
            | Endpoint::Interface(_)
            | Endpoint::Instance(_)
            | Endpoint::Database(_) => causes.push(Empty::NoPacketFits),
        }
    }
    causes
}

/// What two sides that are somebody do not have together.
fn between(graph: &Graph<'_>, from: &Sources, to: &Side) -> Empty {
    let has = |points: &BTreeSet<Point>, addresses: &Ranges, is_ipv4: bool| {
        let numbers = points.iter().filter_map(|&point| number(graph, point)).map(|one| (one, one));
        let all = address::union(numbers.chain(addresses.iter().copied()).collect());
        let v4 = address::intersect(&all, &[IPV4]);
        if is_ipv4 { !v4.is_empty() } else { !address::subtract(&all, &[IPV4]).is_empty() }
    };
    let to_addresses = to.every_address();
    let meets = |is_ipv4| has(&from.points, &from.addresses, is_ipv4) && has(&to.points, &to_addresses, is_ipv4);
    if !meets(true) && !meets(false) {
        return Empty::NoSharedFamily;
    }
    let mut two = from.points.iter().flat_map(|one| to.points.iter().map(move |other| (one, other)));
    let is_alone = from.addresses.is_empty() && !from.points.is_empty();
    if is_alone && !two.any(|(one, other)| are_two(graph.model, one.interface, other.interface)) {
        return Empty::SameEnds;
    }
    Empty::NoPacketFits
}
