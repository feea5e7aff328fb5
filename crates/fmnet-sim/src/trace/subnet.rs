//! A subnet: how a packet that is in it goes on.
//!
//! In: a packet in a subnet. Out: who received it.

use fmnet_core::model::SubnetId;
use fmnet_core::model::route_table::Target;

use super::route_table::{self, Choice, Match, Via};
use super::walk::{Receiver, Walk};
use super::{address, interface, internet_gateway, nat_gateway, network_acl};
use crate::fate::{Code, Component, Direction, Unmodelled};

/// Sends the packet on from `subnet`: straight to its owner where the destination lies
/// in the subnet itself, which neither ACL nor route table sees (R4); else by the
/// subnet's route table (R2).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>.
pub(super) fn send_on(walk: &mut Walk<'_>, subnet: SubnetId) -> Option<Receiver> {
    if walk.model.subnets[subnet].contains(walk.packet.destination) {
        return deliver(walk, subnet);
    }
    let choice = route_table::choose(walk.model, subnet, walk.packet.destination);
    if !route_table::stays_inside(walk.model, subnet, &choice) {
        network_acl::test(walk, subnet, Direction::Egress);
    }
    match choice {
        // R90: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
        Choice::None => {
            let table = route_table::component(walk.model, subnet);
            walk.block(Code::NoRouteToDestination, table, None);
            None
        }
        Choice::Unknown(rule) => {
            walk.unknown(Unmodelled::RoutePriority(rule));
            None
        }
        Choice::Route(chosen) => take_route(walk, subnet, chosen),
    }
}

/// Goes where the chosen route of `subnet` leads.
fn take_route(walk: &mut Walk<'_>, subnet: SubnetId, chosen: Match<'_>) -> Option<Receiver> {
    let table = route_table::component(walk.model, subnet);
    let Via::Target(target) = chosen.via else {
        walk.pass(table, Some(chosen.rule));
        return deliver(walk, subnet);
    };
    if route_table::is_blackhole(walk.model, target) {
        walk.block(Code::BadStateRoute, table, Some(chosen.rule));
        return None;
    }
    match *target {
        Target::InternetGateway(id) => {
            walk.pass(table, Some(chosen.rule));
            internet_gateway::leave(walk, id)
        }
        Target::NatGateway(id) if walk.translated_by == Some(id) => {
            // R122: the NAT gateway's own subnet sends the packet to it again.
            walk.block(Code::NoRouteToDestination, table, Some(chosen.rule));
            None
        }
        Target::NatGateway(id) => {
            walk.pass(table, Some(chosen.rule));
            nat_gateway::cross(walk, id, subnet)
        }
        Target::Interface(id) => {
            walk.pass(table, Some(chosen.rule));
            interface::take_routed(walk, id, subnet)
        }
        // `is_blackhole` took every blackhole; what is left leads out of the model.
        Target::PeeringConnection(_) | Target::Unmodelled(_) | Target::Blackhole => {
            walk.unknown(Unmodelled::Target(chosen.rule));
            None
        }
    }
}

/// Hands a packet that comes from subnet `from` to the owner of its destination in the
/// VPC. Without an owner it is dropped, and never falls through to another route (R81).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>
/// (`NO_POSSIBLE_DESTINATION`).
fn deliver(walk: &mut Walk<'_>, from: SubnetId) -> Option<Receiver> {
    let destination = walk.packet.destination;
    if let Some(id) = address::interface_with(walk.model, destination) {
        let subnet = walk.model.interfaces[id].subnet;
        if subnet != from {
            network_acl::test(walk, subnet, Direction::Ingress);
        }
        interface::receive(walk, id)
    } else if let Some(id) = address::nat_gateway_with(walk.model, destination) {
        // R115: a NAT gateway takes no connections.
        walk.block(Code::NoPossibleDestination, Component::NatGateway(id), None);
        None
    } else {
        walk.block(Code::NoPossibleDestination, Component::Vpc(walk.model.the_vpc()), None);
        None
    }
}
