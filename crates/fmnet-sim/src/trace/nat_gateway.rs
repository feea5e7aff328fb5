//! A NAT gateway, outward and back.
//!
//! In: a packet that a route sends to a NAT gateway, or that is for its own address.
//! Out: who received it, translated.
//!
//! AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>.

use std::net::IpAddr;

use fmnet_core::model::gateway::NatState;
use fmnet_core::model::route_table::Target;
use fmnet_core::model::{Model, NatGatewayId, PeeringConnectionId, SubnetId, VpcId};
use fmnet_core::traffic::Protocol;

use super::next_hop::{NextHop, Via};
use super::walk::{Crossed, Receiver, Walk};
use super::{address, interface, network_acl, subnet};
use crate::fate::{Code, Component, Direction, Leg, Unmodelled};

impl NextHop for NatGatewayId {
    fn is_usable(&self, model: &Model) -> bool {
        model.nat_gateways[*self].state != NatState::Deleted
    }

    fn subnet(&self, model: &Model) -> Option<SubnetId> {
        Some(model.nat_gateways[*self].subnet)
    }

    /// R122: its own subnet sends the packet to it again.
    fn is_loop(&self, walk: &Walk<'_>) -> bool {
        matches!(walk.crossed.last(), Some(Crossed::NatGateway { id, .. }) if id == self)
    }

    /// Takes a request from subnet `from`, translates it, and sends it on from its own
    /// subnet. It has no security group; the ACL of its subnet applies (R118).
    fn take(&self, walk: &mut Walk<'_>, from: SubnetId) -> Option<Receiver> {
        let (id, component) = (*self, Component::NatGateway(*self));
        let nat = &walk.model.nat_gateways[id];
        subnet::enter(walk, nat.subnet, Some(from));
        let is_available = nat.state == NatState::Available;
        if !is_available {
            // R7, R114: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
            walk.block(Code::BadState, component, None);
        }
        if walk.packet.source.is_ipv6() {
            // R123.
            walk.unknown(Unmodelled::Nat64(id));
            return None;
        }
        if let Some(Crossed::NatGateway { .. }) = walk.crossed.last() {
            walk.unknown(Unmodelled::SecondTranslation(id));
            return None;
        }
        let vpc = walk.model.vpc_of(nat.subnet);
        // R148: what a transit gateway brings is served, too.
        let is_served =
            is_from_afar(walk, vpc) || address::interface_with(walk.model, vpc, walk.packet.source).is_some();
        if !is_served {
            // R120.
            walk.block(Code::NgwRequiresSourceInVpc, component, None);
        }
        let is_carried = is_carried(walk.packet.protocol);
        if !is_carried {
            walk.block(Code::ProtocolRestriction, component, None);
        }
        if is_available && is_served && is_carried {
            walk.pass(component, None);
        }
        translate(walk, id);
        subnet::send_on(walk, nat.subnet)
    }
}

/// Whether the request last came into `vpc` by a transit gateway.
fn is_from_afar(walk: &Walk<'_>, vpc: VpcId) -> bool {
    matches!(walk.entered_by(vpc), Some(Via::Target(Target::TransitGateway(_))))
}

/// TCP, UDP and ICMP only (R117).
fn is_carried(protocol: Protocol) -> bool {
    [Protocol::TCP, Protocol::UDP, Protocol::ICMP].contains(&protocol)
}

/// Writes the private address of the NAT gateway as source, and a port of its own as
/// source port; the destination stays (R113). A public NAT gateway's address is mapped
/// to its Elastic IP by the internet gateway, later.
fn translate(walk: &mut Walk<'_>, id: NatGatewayId) {
    let client = (walk.packet.source, walk.packet.source_port);
    walk.crossed.push(Crossed::NatGateway { id, client });
    walk.packet.source = IpAddr::V4(walk.model.nat_gateways[id].address);
    if walk.packet.protocol.has_ports() {
        walk.packet.source_port = walk.packet.translated_port;
    }
}

/// Receives a packet for NAT gateway `id`'s own address: the reply to what it sent, and
/// no connections (R115).
pub(super) fn receive(walk: &mut Walk<'_>, id: NatGatewayId, from: Option<SubnetId>) -> Option<Receiver> {
    match (walk.leg, walk.crossed.last()) {
        (Leg::Return, Some(Crossed::NatGateway { id: asked, .. })) if *asked == id => give_back(walk, id, from),
        (Leg::Forward | Leg::Return, _) => {
            walk.block(Code::NoPossibleDestination, Component::NatGateway(id), None);
            None
        }
    }
}

/// Takes the reply from subnet `from`, or from outside the VPC, into the subnet of NAT
/// gateway `id`, the last that the request crossed; translates it back, and sends it
/// into the client's subnet (R69), whatever the tables say (R116).
pub(super) fn give_back(walk: &mut Walk<'_>, id: NatGatewayId, from: Option<SubnetId>) -> Option<Receiver> {
    let here = walk.model.nat_gateways[id].subnet;
    let Some(Crossed::NatGateway { client: (address, port), .. }) = walk.crossed.pop() else {
        return None;
    };
    subnet::enter(walk, here, from);
    walk.pass(Component::NatGateway(id), None);
    walk.packet.destination = address;
    if walk.packet.protocol.has_ports() {
        walk.packet.port = port;
    }
    if is_from_afar(walk, walk.model.vpc_of(here)) {
        // A client that a transit gateway brought: the table of the NAT gateway's subnet
        // has to lead back to it (R148).
        // AWS: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-nat-igw.html
        return subnet::send_on(walk, here);
    }
    // What nobody owns is a network behind the interface that asked.
    let owner = address::interface_with(walk.model, walk.model.vpc_of(here), address);
    let client = owner.or(walk.requester())?;
    let there = walk.model.interfaces[client].subnet;
    if there != here {
        network_acl::test(walk, here, Direction::Egress);
    }
    subnet::enter(walk, there, Some(here));
    interface::receive(walk, client)
}

/// The peering connection that a reply in `subnet` takes without asking the route
/// table: the one that a NAT gateway's request came by, for a reply to that NAT
/// gateway ("Return to Sender", R121).
pub(super) fn returns_to_sender(walk: &Walk<'_>, subnet: SubnetId) -> Option<PeeringConnectionId> {
    let (Leg::Return, Some(Crossed::NatGateway { id, .. })) = (walk.leg, walk.crossed.last()) else {
        return None;
    };
    let (nat, here) = (&walk.model.nat_gateways[*id], walk.model.vpc_of(subnet));
    let Some(Via::Target(Target::PeeringConnection(connection))) = walk.entered_by(here) else {
        return None;
    };
    let there = walk.model.peering_connections[*connection].other(here);
    let is_sender = walk.packet.destination == nat.address && there == Some(walk.model.vpc_of(nat.subnet));
    is_sender.then_some(*connection)
}

#[cfg(test)]
mod tests;
