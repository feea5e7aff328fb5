//! Questions whose packets need not come near the VPC.
//!
//! In: a question. Out: what is to be said of it.

use fmnet_core::address;
use fmnet_core::graph::Graph;
use fmnet_core::intent::{Endpoint, EndpointSet, Question};
use fmnet_sim::question::{self, Sources};

/// What is said of them.
const NOTE: &str = "both ends lie outside the VPC: what passes between them does not pass through it";

/// That both ends lie outside the VPC, if they do.
pub(super) fn note(graph: &Graph<'_>, question: &Question) -> Option<&'static str> {
    let ends = [&question.from, &question.to];
    let premises = |end| !question::side(graph, end).as_sources(graph).premises.is_empty();
    // Networks on premises may be joined by AWS.
    let is_about_addresses = ends.into_iter().all(has_addresses_alone) && !ends.into_iter().all(premises);
    (is_about_addresses && ends.into_iter().all(|end| is_outside(graph, end))).then_some(NOTE)
}

/// Whether a set names nothing of the VPC by name: what does is not worth working out.
fn has_addresses_alone(set: &EndpointSet) -> bool {
    let is_address = |endpoint: &Endpoint| match endpoint {
        Endpoint::Internet
        | Endpoint::Internet4
        | Endpoint::Internet6
        | Endpoint::Place(_)
        | Endpoint::OnPremises(_)
        | Endpoint::Net(_) => true,
        Endpoint::Interface(_)
        | Endpoint::Instance(_)
        | Endpoint::Database(_)
        | Endpoint::Group(_)
        | Endpoint::Subnet(_)
        | Endpoint::Vpc(_) => false,
    };
    set.include.iter().all(is_address)
}

fn is_outside(graph: &Graph<'_>, set: &EndpointSet) -> bool {
    let Sources { points, behind, premises, internet } = question::side(graph, set).as_sources(graph);
    let hosts = address::union(premises.into_values().flatten().chain(internet).collect());
    let blocks = address::union(graph.model.vpc().blocks().flat_map(address::ranges).collect());
    points.is_empty() && behind.is_empty() && !hosts.is_empty() && address::intersect(&hosts, &blocks).is_empty()
}
