//! The internet gateway, outward and inward.
//!
//! In: a packet for the internet, or from it. Out: who received it.
//!
//! AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>,
//! and for the codes <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>.

use std::net::IpAddr;

use fmnet_core::model::gateway::{Attachment, Connectivity};
use fmnet_core::model::{InterfaceId, InternetGatewayId, Model, NatGatewayId};

use super::walk::{Receiver, Walk};
use super::{address, interface, network_acl};
use crate::fate::{Code, Component, Direction, Unmodelled};

/// Takes a packet that a route sends to the attached gateway `id` out of the VPC.
pub(super) fn leave(walk: &mut Walk<'_>, id: InternetGatewayId) -> Option<Receiver> {
    walk.gateway = Some(id);
    let component = Component::InternetGateway(id);
    let destination_code = refused_destination(walk.model, walk.packet.destination);
    let source_code = refused_source(walk.model, walk.packet.source);
    let codes = [destination_code, source_code];
    for code in codes.into_iter().flatten() {
        walk.block(code, component, None);
    }
    if address::interface_with_public(walk.model, walk.packet.destination).is_some() {
        // R111: AWS's own analyzer refuses to model it.
        walk.unknown(Unmodelled::Hairpin(id));
        return None;
    }
    if codes == [None, None] {
        walk.pass(component, None);
    }
    if let Some(nat) = address::nat_gateway_with_public(walk.model, walk.packet.destination) {
        // R115.
        walk.block(
            Code::NoPossibleDestination,
            Component::NatGateway(nat),
            None,
        );
        return None;
    }
    Some(Receiver::Internet)
}

/// Takes a packet from the internet into the VPC, to an interface.
pub(super) fn enter(walk: &mut Walk<'_>) -> Option<Receiver> {
    walk.gateway = gateway_of(walk.model);
    let component = walk
        .gateway
        .map_or(Component::Vpc, Component::InternetGateway);
    let found = find_inside(walk.model, walk.packet.destination);
    let destination_code = match found {
        Inside::Interface { code, .. } => code,
        Inside::NatGateway(_) => None,
        Inside::Nothing => Some(Code::IgwPrivateIpAssociationForIngress),
    };
    let attachment_code = refused_attachment(walk.model, walk.gateway);
    let source_code = refused_source_inward(walk.model, walk.packet.source);
    let codes = [attachment_code, source_code, destination_code];
    for code in codes.into_iter().flatten() {
        walk.block(code, component, None);
    }
    if codes == [None, None, None] {
        walk.pass(component, None);
    }
    match found {
        Inside::Interface { id, address, .. } => {
            // R103: the public destination is rewritten before ACL and groups see it.
            walk.packet.destination = address;
            let subnet = walk.model.interfaces[id].subnet;
            network_acl::test(walk, subnet, Direction::Ingress);
            interface::receive(walk, id)
        }
        Inside::NatGateway(nat) => {
            // R115.
            walk.block(
                Code::NoPossibleDestination,
                Component::NatGateway(nat),
                None,
            );
            None
        }
        Inside::Nothing => None,
    }
}

/// The VPC's internet gateway: the attached one, else the first. At most one is
/// attached (R109).
fn gateway_of(model: &Model) -> Option<InternetGatewayId> {
    let mut gateways = model.internet_gateways.iter();
    let attached = gateways.find(|(_, gateway)| gateway.attachment == Attachment::Attached);
    attached
        .map(|(id, _)| id)
        .or(model.internet_gateways.ids().next())
}

fn refused_attachment(model: &Model, gateway: Option<InternetGatewayId>) -> Option<Code> {
    match gateway.map(|id| model.internet_gateways[id].attachment) {
        None => Some(Code::NoPath),
        Some(Attachment::Detached) => Some(Code::BadStateAttachment),
        Some(Attachment::Attached) => None,
    }
}

/// Why the gateway carries nothing outward to `destination` (R106, R129).
fn refused_destination(model: &Model, destination: IpAddr) -> Option<Code> {
    match destination {
        IpAddr::V4(v4) if address::is_rfc1918(v4) => {
            Some(Code::IgwDestinationAddressNotInRfc1918Egress)
        }
        IpAddr::V4(v4) if address::is_rfc6598(v4) => {
            Some(Code::IgwDestinationAddressNotInRfc6598Egress)
        }
        IpAddr::V6(v6)
            if address::is_unique_local(v6) || address::is_in_private_ipv6_block(model, v6) =>
        {
            Some(Code::IgwDestinationAddressNotInRfc1918Egress)
        }
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    }
}

/// Why the gateway carries nothing outward from `source`.
fn refused_source(model: &Model, source: IpAddr) -> Option<Code> {
    let interface = address::interface_with(model, source);
    let nat = address::nat_gateway_with(model, source);
    let is_public = match (interface, nat, source) {
        // R26: an address of nobody in the VPC.
        (None, None, _) => return Some(Code::GatewayRejectsSpoofedTraffic),
        // R110, R129: IPv6 is not translated; private blocks do not cross.
        (_, _, IpAddr::V6(v6)) => !address::is_in_private_ipv6_block(model, v6),
        // R104: rewritten to the mapped public address, each private address by itself (R21).
        (Some(id), _, IpAddr::V4(_)) => model.interfaces[id]
            .owns(source)
            .is_some_and(|mine| mine.public.is_some()),
        // R114, R119: a private NAT gateway has none.
        (None, Some(id), IpAddr::V4(_)) => {
            model.nat_gateways[id].connectivity != Connectivity::Private
        }
    };
    (!is_public).then_some(Code::IgwPublicIpAssociationForEgress)
}

/// Why the gateway carries nothing inward from `source` (R106, R129, R26).
fn refused_source_inward(model: &Model, source: IpAddr) -> Option<Code> {
    match source {
        IpAddr::V4(v4) if address::is_rfc1918(v4) => {
            Some(Code::IgwSourceAddressNotInRfc1918Ingress)
        }
        IpAddr::V4(v4) if address::is_rfc6598(v4) => {
            Some(Code::IgwSourceAddressNotInRfc6598Ingress)
        }
        IpAddr::V6(v6) if address::is_unique_local(v6) => {
            Some(Code::IgwSourceAddressNotInRfc1918Ingress)
        }
        IpAddr::V4(_) | IpAddr::V6(_) => {
            address::is_in_vpc(model, source).then_some(Code::GatewayRejectsSpoofedTraffic)
        }
    }
}

/// What a destination of the internet means inside the VPC.
#[derive(Clone, Copy)]
enum Inside {
    /// An interface, its address there, and why the gateway does not lead to it.
    Interface {
        id: InterfaceId,
        address: IpAddr,
        code: Option<Code>,
    },
    /// A NAT gateway's Elastic IP.
    NatGateway(NatGatewayId),
    /// Nothing is mapped to it (R105).
    Nothing,
}

/// Looks `destination` up in the mapping of public addresses (R103); an IPv6 address
/// stands for itself (R110). A private IPv4 address is no address on the internet, but
/// names the workload that is asked about.
fn find_inside(model: &Model, destination: IpAddr) -> Inside {
    if let Some((id, address)) = address::interface_with_public(model, destination) {
        return Inside::Interface {
            id,
            address,
            code: None,
        };
    }
    if let Some(nat) = address::nat_gateway_with_public(model, destination) {
        return Inside::NatGateway(nat);
    }
    let Some(id) = address::interface_with(model, destination) else {
        return Inside::Nothing;
    };
    let is_public = match destination {
        IpAddr::V4(_) => false,
        // R30, R129, R212.
        IpAddr::V6(v6) => {
            !address::is_in_private_ipv6_block(model, v6)
                && !model.interfaces[id].deny_internet_ipv6
        }
    };
    let code = (!is_public).then_some(Code::IgwPrivateIpAssociationForIngress);
    Inside::Interface {
        id,
        address: destination,
        code,
    }
}
