//! Customer gateways and VPN connections (R156 to R162).
//!
//! In: `customer_gateways`, `vpn_connections`. Out: the model's.

use ipnet::IpNet;

use super::names::{Kind, Names};
use super::{Findings, Resolver, bare, block};
use crate::diagnostic::Diagnostic;
use crate::model::vpn_connection::{CustomerGateway, LearnedPrefix, TunnelState, VpnConnection, VpnRouting};
use crate::model::{CustomerGatewayId, Model, OnPremisesId, VirtualPrivateGatewayId};
use crate::source::Span;
use crate::spec::{Spanned, Spec, VpnConnectionSpec};
use crate::words::echo;

/// AWS's own number of a customer gateway that gives none.
///
/// AWS: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html>.
const DEFAULT_ASN: u32 = 65000;

/// Declares the customer gateways, in the first network for the time being.
pub(super) fn declare_customer<'a>(
    spec: &'a Spec,
    first: Option<OnPremisesId>,
    model: &mut Model,
    found: &mut Findings,
) -> Names<'a, CustomerGateway> {
    let names = spec.customer_gateways.iter().map(|gateway| bare(&gateway.name));
    let Some(network) = first else { return Names::unplaced(Kind::CUSTOMER_GATEWAY, names) };
    let make =
        |name: &str, span| CustomerGateway { name: name.to_owned(), network, asn: DEFAULT_ASN, address: None, span };
    Names::declare(Kind::CUSTOMER_GATEWAY, names, &mut model.customer_gateways, make, found)
}

/// Declares the VPN connections, between the first gateways for the time being.
pub(super) fn declare<'a>(
    spec: &'a Spec,
    first: Option<(CustomerGatewayId, VirtualPrivateGatewayId)>,
    model: &mut Model,
    found: &mut Findings,
) -> Names<'a, VpnConnection> {
    let names = spec.vpn_connections.iter().map(|vpn| bare(&vpn.name));
    let Some((customer_gateway, gateway)) = first else { return Names::unplaced(Kind::VPN_CONNECTION, names) };
    let make = |name: &str, span| VpnConnection {
        name: name.to_owned(),
        customer_gateway,
        gateway,
        routing: VpnRouting::Static(Vec::new()),
        tunnels: Vec::new(),
        span,
    };
    Names::declare(Kind::VPN_CONNECTION, names, &mut model.vpn_connections, make, found)
}

/// Completes both.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    if cx.on_premises.first().is_none() {
        for name in spec.customer_gateways.iter().filter_map(|gateway| gateway.network.as_ref()) {
            cx.on_premises.find(&name.value, name.span, &mut cx.found);
        }
    }
    for (gateway, id) in spec.customer_gateways.iter().zip(cx.customer_gateways.in_file_order()) {
        let network = gateway.network.as_ref();
        let network = network.and_then(|name| cx.on_premises.find(&name.value, name.span, &mut cx.found));
        let asn = gateway.asn.as_ref().and_then(|typed| asn(cx, typed));
        let item = cx.model.customer_gateways.get_mut(id);
        item.network = network.unwrap_or(item.network);
        item.asn = asn.unwrap_or(DEFAULT_ASN);
        item.address = gateway.address.as_ref().map(|address| address.value);
    }
    let ids = cx.vpn_connections.in_file_order();
    if ids.is_empty() {
        for vpn in &spec.vpn_connections {
            ends(cx, vpn);
        }
    }
    for (vpn, id) in spec.vpn_connections.iter().zip(ids) {
        let (customer, gateway) = ends(cx, vpn);
        let item = cx.model.vpn_connections.get_mut(id);
        item.customer_gateway = customer.unwrap_or(item.customer_gateway);
        item.gateway = gateway.unwrap_or(item.gateway);
        item.tunnels = tunnels(vpn);
        let network = cx.model.customer_gateways[cx.model.vpn_connections[id].customer_gateway].network;
        cx.model.vpn_connections.get_mut(id).routing = routing(cx, vpn, network);
    }
}

fn asn(cx: &mut Resolver<'_>, typed: &Spanned<u64>) -> Option<u32> {
    let number = u32::try_from(typed.value).ok().filter(|&number| number > 0);
    if number.is_none() {
        let message = format!("{} is no autonomous system number", typed.value);
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, typed.span, "1 to 4294967295");
        cx.found.push(diagnostic);
    }
    number
}

fn ends(
    cx: &mut Resolver<'_>,
    vpn: &VpnConnectionSpec,
) -> (Option<CustomerGatewayId>, Option<VirtualPrivateGatewayId>) {
    let customer = vpn.customer_gateway.as_ref();
    let customer = customer.filter(|name| !cx.customer_gateways.is_unplaced(&name.value));
    let customer = customer.and_then(|name| cx.customer_gateways.find(&name.value, name.span, &mut cx.found));
    let gateway = vpn.gateway.as_ref().and_then(|name| private_gateway(cx, &name.value, name.span));
    (customer, gateway)
}

/// The virtual private gateway of a name, of whichever VPC.
pub(super) fn private_gateway(cx: &mut Resolver<'_>, name: &str, span: Span) -> Option<VirtualPrivateGatewayId> {
    let first = cx.homes.first().map(|home| home.id)?;
    cx.virtual_private_gateways.find_anywhere(first, name, span, &mut cx.found)
}

/// Two tunnels, or as many as are written; one word is for both.
fn tunnels(vpn: &VpnConnectionSpec) -> Vec<TunnelState> {
    let state = |word: &str| if word == "down" { TunnelState::Down } else { TunnelState::Up };
    match vpn.tunnels.as_slice() {
        [] => vec![TunnelState::Up; 2],
        [both] => vec![state(&both.value); 2],
        each => each.iter().map(|one| state(&one.value)).collect(),
    }
}

fn routing(cx: &mut Resolver<'_>, vpn: &VpnConnectionSpec, network: OnPremisesId) -> VpnRouting {
    if let (Some(_), Some(learned)) = (&vpn.static_routes, &vpn.learned) {
        let message = format!("VPN connection {} has static routes and BGP", echo(&vpn.name.value));
        let span = learned.first().map_or(vpn.name.span, |learned| learned.span);
        let diagnostic = Diagnostic::error("InvalidParameterCombination", message, span, "BGP learns it");
        cx.found.push(diagnostic.help("a connection has static routes or BGP: write `static_routes` or `learned`"));
    }
    if let Some(routes) = &vpn.static_routes {
        return VpnRouting::Static(routes.iter().filter_map(|typed| carried(cx, vpn, typed)).collect());
    }
    let Some(learned) = &vpn.learned else {
        // The device announces what lies behind it, as far as the connection carries it.
        let nets = cx.model.on_premises[network].nets.iter().filter(|net| matches!(net, IpNet::V4(_)));
        return VpnRouting::Dynamic(nets.map(|&net| LearnedPrefix { net, as_path: 1, med: 0 }).collect());
    };
    let mut prefixes = Vec::with_capacity(learned.len());
    for one in learned {
        if let Some(net) = carried(cx, vpn, &one.net) {
            prefixes.push(LearnedPrefix { net, as_path: one.as_path.unwrap_or(1), med: one.med.unwrap_or(0) });
        }
    }
    VpnRouting::Dynamic(prefixes)
}

/// A prefix of a VPN connection of a virtual private gateway, which is for IPv4 alone (R161).
fn carried(cx: &mut Resolver<'_>, vpn: &VpnConnectionSpec, typed: &Spanned<IpNet>) -> Option<IpNet> {
    let net = block::stored(typed, &mut cx.found);
    if matches!(net, IpNet::V4(_)) {
        return Some(net);
    }
    let message = format!("VPN connection {} carries IPv4 alone", echo(&vpn.name.value));
    let diagnostic = Diagnostic::error("InvalidParameterValue", message, typed.span, "IPv6");
    cx.found.push(diagnostic.help("IPv6 over a VPN needs a transit gateway (R161)"));
    None
}
