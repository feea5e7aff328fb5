//! Virtual private gateways, and the routes they propagate (R85, R89, R157, R162, R226).
//!
//! In: `virtual_private_gateway`, and `propagating` of route tables. Out: the model's
//! gateways, and the routes that a table has from them.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::names::{Kind, Scoped};
use super::{Findings, Home, Resolver};
use crate::diagnostic::Diagnostic;
use crate::model::direct_connect_gateway::VirtualInterfaceState;
use crate::model::gateway::Attachment;
use crate::model::route_table::{Destination, Origin, Route, Target};
use crate::model::virtual_private_gateway::VirtualPrivateGateway;
use crate::model::vpn_connection::VpnRouting;
use crate::model::{Model, VirtualPrivateGatewayId, VpcId};
use crate::source::Span;
use crate::spec::{RouteTableSpec, VpcSpec};
use crate::words::echo;

/// How many propagated routes a table takes (R226).
const MOST_PROPAGATED: usize = 100;

/// Declares the virtual private gateways.
pub(super) fn declare<'a>(
    homes: &[Home<'a>],
    model: &mut Model,
    found: &mut Findings,
) -> Scoped<'a, VirtualPrivateGateway> {
    let names = |vpc: &'a VpcSpec| vpc.virtual_private_gateways.iter().map(|gateway| super::bare(&gateway.name));
    let make = |vpc, name, span| VirtualPrivateGateway { name, vpc, attachment: Attachment::Attached, span };
    super::declare(Kind::VIRTUAL_PRIVATE_GATEWAY, homes, &mut model.virtual_private_gateways, found, names, make)
}

/// Completes the virtual private gateways of a VPC.
pub(super) fn resolve(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    let mut attached: Option<Span> = None;
    let ids = cx.virtual_private_gateways.of(vpc).in_file_order();
    for (gateway, id) in spec.virtual_private_gateways.iter().zip(ids) {
        let (name, span) = super::bare(&gateway.name);
        if gateway.detached {
            cx.model.virtual_private_gateways.get_mut(id).attachment = Attachment::Detached;
        } else if let Some(first) = attached {
            let message = format!("{} would be the VPC's second virtual private gateway", echo(name));
            let diagnostic =
                Diagnostic::error("InvalidVpcState", message, span, "attached too").also(first, "attached already");
            let help = "a VPC has at most one virtual private gateway attached: remove one, or write `state: detached`";
            cx.found.push(diagnostic.help(help));
        } else {
            attached = Some(span);
        }
    }
}

/// The routes that a table has from the gateways that propagate to it: of every
/// connection that is up, what lies beyond it.
///
/// AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/SetUpVPNConnections.html>
/// (*Enable route propagation*).
pub(super) fn propagated(cx: &mut Resolver<'_>, vpc: VpcId, table: &RouteTableSpec, written: &[Route]) -> Vec<Route> {
    let mut routes = Vec::new();
    let mut done: BTreeSet<VirtualPrivateGatewayId> = BTreeSet::new();
    for name in &table.propagating {
        let gateways = &cx.virtual_private_gateways;
        let Some(id) = gateways.find(vpc, &name.value, name.span, &mut cx.found) else { continue };
        if !done.insert(id) || cx.model.virtual_private_gateways[id].attachment == Attachment::Detached {
            continue;
        }
        let target = Target::VirtualPrivateGateway(id);
        let is_written = |net: IpNet| {
            let same = |route: &Route| {
                route.origin == Origin::Propagated
                    && route.destination == Destination::Cidr(net)
                    && route.target == target
            };
            written.iter().any(same)
        };
        let nets = learned(&cx.model, id).into_iter().filter(|&net| !is_written(net));
        routes.extend(nets.map(|net| Route {
            destination: Destination::Cidr(net),
            target: target.clone(),
            origin: Origin::Propagated,
            is_filtered: false,
            span: name.span,
        }));
    }
    if routes.len() > MOST_PROPAGATED {
        let message = format!(
            "{} routes would propagate to route table {}, which takes {MOST_PROPAGATED}",
            routes.len(),
            echo(&table.name.value)
        );
        let span = table.propagating.first().map_or(table.name.span, |name| name.span);
        let diagnostic = Diagnostic::warning("propagated-routes", message, span, "more than the table takes");
        let help = "AWS installs no more, and does not say which: what matches one of them answers `unknown` (R226)";
        cx.found.push(diagnostic.help(help));
        for route in &mut routes {
            route.is_filtered = true;
        }
    }
    routes
}

/// What lies beyond the connections of a gateway that are up.
fn learned(model: &Model, gateway: VirtualPrivateGatewayId) -> BTreeSet<IpNet> {
    let mut nets = BTreeSet::new();
    for (_, direct) in model.direct_connect_gateways.iter() {
        if direct.associations.iter().any(|association| association.gateway == gateway) {
            let up = direct.interfaces.iter().filter(|one| one.state == VirtualInterfaceState::Available);
            nets.extend(up.flat_map(|interface| &interface.learned));
        }
    }
    for (_, vpn) in model.vpn_connections.iter().filter(|(_, vpn)| vpn.gateway == gateway && vpn.is_up()) {
        match &vpn.routing {
            VpnRouting::Static(routes) => nets.extend(routes),
            VpnRouting::Dynamic(learned) => nets.extend(learned.iter().map(|one| one.net)),
        }
    }
    nets
}
