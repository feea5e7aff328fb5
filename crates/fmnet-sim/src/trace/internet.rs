//! The internet: who receives a packet that is on it.
//!
//! In: a packet from a host on the internet, or out of an internet gateway. Out: who
//! received it.

use std::net::IpAddr;

use fmnet_core::model::VpcId;

use super::walk::{Receiver, Walk};
use super::{address, internet_gateway};
use crate::fate::{Code, Component, Origin};

/// Sends the request of a host on the internet: into the VPC that its destination
/// belongs to.
pub(super) fn send(walk: &mut Walk<'_>) -> Option<Receiver> {
    let Some(vpc) = home(walk) else {
        // R105.
        walk.block(Code::IgwPrivateIpAssociationForIngress, Component::Internet, None);
        return None;
    };
    internet_gateway::come_in(walk, vpc)
}

/// Delivers a request that came out of an internet gateway. Where its destination is
/// the public address of an interface, it comes in from the internet there, and be it
/// in the VPC it just left (R111).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>.
pub(super) fn deliver(walk: &mut Walk<'_>) -> Option<Receiver> {
    let destination = walk.packet.destination;
    if let Some(nat) = address::nat_gateway_with_public(walk.model, destination) {
        // R115.
        walk.block(Code::NoPossibleDestination, Component::NatGateway(nat), None);
        return None;
    }
    if address::interface_on_internet(walk.model, destination).is_some() {
        return send(walk);
    }
    Some(Receiver::Internet)
}

/// The VPC that a destination on the internet belongs to. A private IPv4 address is no
/// address on the internet: it names the workload that is asked about, in the VPC that
/// the question is toward.
fn home(walk: &Walk<'_>) -> Option<VpcId> {
    let (model, destination) = (walk.model, walk.packet.destination);
    if let Some((id, _)) = address::interface_with_public(model, destination) {
        return Some(model.vpc_of_interface(id));
    }
    if let Some(id) = address::nat_gateway_with_public(model, destination) {
        return Some(model.vpc_of(model.nat_gateways[id].subnet));
    }
    let toward = match (destination, walk.origin) {
        (IpAddr::V4(_), Origin::InternetToward(vpc)) => Some(vpc),
        (IpAddr::V6(_), _) => model.vpcs.ids().find(|&vpc| address::is_in_vpc(model, vpc, destination)),
        (IpAddr::V4(_), Origin::Internet | Origin::Interface(_) | Origin::OnPremises(_)) => None,
    };
    let toward = toward.filter(|&vpc| address::is_in_vpc(model, vpc, destination));
    let mut all = model.vpcs.ids();
    toward.or(all.next().filter(|_| all.next().is_none()))
}

#[cfg(test)]
mod tests;
