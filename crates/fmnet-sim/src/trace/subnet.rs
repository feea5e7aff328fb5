//! A subnet: how a packet comes into it, and how it goes on.
//!
//! In: a packet at a subnet. Out: who received it.

use fmnet_core::model::SubnetId;

use super::next_hop::{self, Leads, NextHop};
use super::route_table::{self, Choice, Match};
use super::walk::{Receiver, Walk};
use super::{nat_gateway, network_acl, reply, vpc};
use crate::fate::{Code, Direction, Leg, Unmodelled};

/// Lets the packet into `subnet`, unless it comes from that very subnet (R3, R4).
pub(super) fn enter(walk: &mut Walk<'_>, subnet: SubnetId, from: Option<SubnetId>) {
    if from != Some(subnet) {
        network_acl::test(walk, subnet, Direction::Ingress);
    }
}

/// Sends the packet on from `subnet`: straight to its owner where the destination lies
/// in the subnet itself, which neither ACL nor route table sees (R4); else by the
/// subnet's route table (R2).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>.
pub(super) fn send_on(walk: &mut Walk<'_>, subnet: SubnetId) -> Option<Receiver> {
    let destination = walk.packet.destination;
    if walk.model.subnets[subnet].contains(destination) {
        return vpc::deliver(walk, walk.model.vpc_of(subnet), Some(subnet));
    }
    if let Some(connection) = nat_gateway::returns_to_sender(walk, subnet) {
        network_acl::test(walk, subnet, Direction::Egress);
        return connection.take(walk, subnet);
    }
    let choice = route_table::choose(walk.model, subnet, destination);
    if !stays_inside(walk, subnet, &choice) {
        network_acl::test(walk, subnet, Direction::Egress);
    }
    match walk.leg {
        Leg::Forward => route(walk, subnet, &choice),
        Leg::Return => reply::route(walk, subnet, &choice),
    }
}

/// Whether the next hop is inside `subnet` itself, so that the packet does not cross
/// the subnet's boundary. Where it is not known which route is taken, neither is that,
/// and the ACL is not asked.
fn stays_inside(walk: &Walk<'_>, subnet: SubnetId, choice: &Choice) -> bool {
    match choice {
        Choice::None => false,
        Choice::Unknown(_) => true,
        Choice::Route(chosen) => match next_hop::of(&chosen.via) {
            Leads::To(hop) => hop.subnet(walk.model) == Some(subnet),
            Leads::Nowhere | Leads::Unmodelled => false,
        },
    }
}

/// Sends a request where the chosen route of `subnet` leads.
fn route(walk: &mut Walk<'_>, subnet: SubnetId, choice: &Choice) -> Option<Receiver> {
    match choice {
        Choice::None => {
            // R90: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
            walk.block(Code::NoRouteToDestination, route_table::component(walk.model, subnet), None);
            None
        }
        Choice::Unknown(rule) => {
            walk.unknown(Unmodelled::RoutePriority(*rule));
            None
        }
        Choice::Route(chosen) => take(walk, subnet, chosen),
    }
}

fn take(walk: &mut Walk<'_>, subnet: SubnetId, chosen: &Match) -> Option<Receiver> {
    let table = route_table::component(walk.model, subnet);
    match next_hop::of(&chosen.via) {
        Leads::To(hop) if hop.is_usable(walk.model) && hop.is_loop(walk) => {
            walk.block(Code::NoRouteToDestination, table, Some(chosen.rule));
            None
        }
        Leads::To(hop) if hop.is_usable(walk.model) => {
            walk.pass(table, Some(chosen.rule));
            hop.take(walk, subnet)
        }
        Leads::To(_) | Leads::Nowhere => {
            walk.block(Code::BadStateRoute, table, Some(chosen.rule));
            None
        }
        Leads::Unmodelled => {
            walk.unknown(Unmodelled::Target(chosen.rule));
            None
        }
    }
}
