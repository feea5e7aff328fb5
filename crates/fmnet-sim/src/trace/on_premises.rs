//! A network on premises: what it sends, and what it receives.
//!
//! In: a packet at a network. Out: who received it, or where the walk goes on.
//!
//! AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html>.

use std::net::IpAddr;

use fmnet_core::model::{Model, OnPremisesId, VirtualPrivateGatewayId};

use super::connection::Connection;
use super::walk::{Receiver, Walk};
use super::{address, virtual_private_gateway};
use crate::fate::{Code, Component, Leg, Origin, Unmodelled};

/// A connection of a network to a gateway that carries the packet's family.
#[derive(Clone, Copy)]
struct Way {
    gateway: VirtualPrivateGatewayId,
    connection: Connection,
    /// Whether the destination lies behind that gateway.
    leads: bool,
    /// Whether it also works, and the network is told so.
    is_clean: bool,
}

/// Sends a request or a reply from `network`, to the gateway that the destination lies
/// behind.
pub(super) fn send(walk: &mut Walk<'_>, network: OnPremisesId) -> Option<Receiver> {
    let ways = ways(walk.model, network, walk.packet.destination);
    let clean: Vec<Way> = ways.iter().copied().filter(|way| way.is_clean).collect();
    let leading: Vec<Way> = ways.iter().copied().filter(|way| way.leads).collect();
    let gateway = match (gateways(&clean).as_slice(), gateways(&leading).as_slice(), gateways(&ways).as_slice()) {
        ([only], _, _) | ([], [only], _) | ([], [], [only]) => *only,
        ([], [], _) => {
            walk.block(Code::NoRouteToDestination, Component::OnPremises(network), None);
            return None;
        }
        // The network's own routing is no part of the design.
        (_, _, _) => {
            walk.unknown(Unmodelled::OnPremisesRouting(network));
            return None;
        }
    };
    let connections = || ways.iter().filter(|way| way.gateway == gateway);
    let way = connections()
        .find(|way| way.is_clean)
        .or_else(|| connections().find(|way| way.leads))
        .or_else(|| connections().find(|way| way.connection.is_up(walk.model)))
        .or_else(|| connections().next())?;
    test_connection(walk, way);
    virtual_private_gateway::come_in(walk, gateway, way.connection)
}

/// Receives a packet over a connection: the network answers what is for itself.
pub(super) fn receive(walk: &mut Walk<'_>, network: OnPremisesId) -> Option<Receiver> {
    let is_own = address::network_with(walk.model, walk.packet.destination) == Some(network);
    let is_expected = match walk.leg {
        Leg::Forward => true,
        Leg::Return => walk.origin == Origin::OnPremises(network),
    };
    if is_own && is_expected {
        return Some(Receiver::OnPremises(network));
    }
    walk.unknown(Unmodelled::BeyondOnPremises(network));
    None
}

/// Every way from `network` that carries the family of `destination`.
fn ways(model: &Model, network: OnPremisesId, destination: IpAddr) -> Vec<Way> {
    let mut ways = Vec::new();
    for gateway in model.virtual_private_gateways.ids() {
        let vpc = model.virtual_private_gateways[gateway].vpc;
        let is_in_vpc = address::is_in_vpc(model, vpc, destination);
        for connection in Connection::all_to(model, gateway) {
            if connection.network() != network || !connection.carries(destination) {
                continue;
            }
            // CloudHub: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPN_CloudHub.html
            let is_beyond = virtual_private_gateway::others(model, gateway, connection)
                .into_iter()
                .any(|other| !other.prefixes_with(model, destination).is_empty());
            let leads = is_in_vpc || is_beyond;
            let is_told = !is_in_vpc || connection.advertises(model, gateway, destination);
            let is_clean = leads && is_told && connection.is_up(model);
            ways.push(Way { gateway, connection, leads, is_clean });
        }
    }
    ways
}

fn gateways(ways: &[Way]) -> Vec<VirtualPrivateGatewayId> {
    let mut gateways: Vec<_> = ways.iter().map(|way| way.gateway).collect();
    gateways.dedup();
    gateways
}

/// Tests that the connection works (R160), and that its network is told of the
/// destination (R163).
fn test_connection(walk: &mut Walk<'_>, way: &Way) {
    let (model, destination, connection) = (walk.model, walk.packet.destination, way.connection);
    let vpc = model.virtual_private_gateways[way.gateway].vpc;
    let is_up = connection.test_state(walk);
    let is_told =
        !address::is_in_vpc(model, vpc, destination) || connection.advertises(model, way.gateway, destination);
    if !is_told {
        walk.block(Code::NoRouteToDestination, connection.component(), None);
    }
    if is_up && is_told {
        walk.pass(connection.component(), None);
    }
}
