//! Egress-only internet gateways (R127, R128).
//!
//! In: `egress_only_internet_gateway`. Out: the model's egress-only internet gateways.

use ipnet::IpNet;

use super::names::{Kind, Scoped};
use super::{Findings, Home, Resolver};
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::egress_only_internet_gateway::EgressOnlyInternetGateway;
use crate::model::route_table::Destination;
use crate::spec::{RouteSpec, VpcSpec};

/// Declares the egress-only internet gateways; nothing is left to complete.
pub(super) fn declare<'a>(
    homes: &[Home<'a>],
    model: &mut Model,
    found: &mut Findings,
) -> Scoped<'a, EgressOnlyInternetGateway> {
    let names = |vpc: &'a VpcSpec| vpc.egress_only_internet_gateway.iter().map(super::bare);
    let make = |vpc, name, span| EgressOnlyInternetGateway { name, vpc, span };
    super::declare(
        Kind::EGRESS_ONLY_INTERNET_GATEWAY,
        homes,
        &mut model.egress_only_internet_gateways,
        found,
        names,
        make,
    )
}

/// Refuses an IPv4 route to one (R128).
pub(super) fn refuse_ipv4(cx: &mut Resolver<'_>, route: &RouteSpec, to: Destination) {
    let is_ipv4 = |net: &IpNet| matches!(net, IpNet::V4(_));
    let refused = match to {
        Destination::Cidr(net) => is_ipv4(&net),
        Destination::PrefixList(id) => cx.model.prefix_lists[id].entries.iter().any(is_ipv4),
    };
    if refused {
        let message = "no IPv4 route leads to an egress-only internet gateway";
        let diagnostic = Diagnostic::error("InvalidParameterCombination", message, route.destination.span, "IPv4")
            .also(route.target.span, "carries IPv6 alone");
        cx.found.push(diagnostic.help("a NAT gateway does the same for IPv4"));
    }
}
