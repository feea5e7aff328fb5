//! The internet gateway, outward and inward.
//!
//! In: a packet for the internet, or from it. Out: who received it.
//!
//! AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>,
//! and for the codes <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>.

use std::net::IpAddr;

use fmnet_core::model::gateway::{Attachment, Connectivity};
use fmnet_core::model::interface::InterfaceState;
use fmnet_core::model::route_table::Target;
use fmnet_core::model::{InterfaceId, InternetGatewayId, Model, NatGatewayId, SubnetId, VpcId};

use super::next_hop::{NextHop, Via};
use super::walk::{Crossed, Exit, Receiver, Walk};
use super::{address, block_public_access, interface, internet, nat_gateway, subnet};
use crate::fate::{Code, Component, Leg, Unmodelled};

impl NextHop for InternetGatewayId {
    /// R109.
    fn is_usable(&self, model: &Model) -> bool {
        model.internet_gateways[*self].attachment == Attachment::Attached
    }

    fn take(&self, walk: &mut Walk<'_>, from: SubnetId) -> Option<Receiver> {
        match walk.leg {
            Leg::Forward => leave(walk, Exit::InternetGateway(*self), from),
            Leg::Return => {
                // What the gateway has against the packet was said on the request.
                walk.pass(Component::InternetGateway(*self), None);
                let vpc = walk.model.internet_gateways[*self].vpc;
                walk.packet.source = address::on_internet(walk.model, vpc, walk.packet.source);
                answer(walk)
            }
        }
    }
}

/// The way to the internet where a VPC has no internet gateway: a request from there
/// was lost long ago, but its reply is followed all the same (R10).
pub(super) struct NoGateway;

impl NextHop for NoGateway {
    fn is_usable(&self, _model: &Model) -> bool {
        false
    }

    fn take(&self, walk: &mut Walk<'_>, _from: SubnetId) -> Option<Receiver> {
        answer(walk)
    }
}

/// Takes a request that a route of subnet `from` sends to a gateway out of its VPC.
pub(super) fn leave(walk: &mut Walk<'_>, exit: Exit, from: SubnetId) -> Option<Receiver> {
    let (vpc, component) = (exit.vpc(walk.model), exit.component());
    let destination_code = refused_destination(walk.model, vpc, walk.packet.destination);
    let source_code = refused_source(walk, vpc, walk.packet.source);
    let codes = [destination_code, source_code, block_public_access::stops_outward(walk, exit, from)];
    for code in codes.into_iter().flatten() {
        walk.block(code, component, None);
    }
    if address::is_special(walk.packet.destination) {
        walk.unknown(Unmodelled::SpecialAddress);
        return None;
    }
    if codes == [None, None, None] {
        walk.pass(component, None);
    }
    walk.left_by = Some(exit);
    // R104: a private source is rewritten to the public address it is mapped to.
    walk.packet.source = address::on_internet(walk.model, vpc, walk.packet.source);
    internet::deliver(walk)
}

/// Takes a request from the internet into `vpc`, to an interface.
pub(super) fn come_in(walk: &mut Walk<'_>, vpc: VpcId) -> Option<Receiver> {
    let gateway = gateway_of(walk.model, vpc);
    let component = gateway.map_or(Component::Vpc(vpc), Component::InternetGateway);
    let attachment_code = refused_attachment(walk.model, gateway);
    if let Some(code) = attachment_code {
        walk.block(code, component, None);
    }
    if address::is_special(walk.packet.source) {
        walk.unknown(Unmodelled::SpecialAddress);
        return None;
    }
    let found = find_inside(walk.model, vpc, walk.packet.destination);
    let destination_code = match found {
        Inside::Interface { code, .. } => code,
        Inside::NatGateway(_) => None,
        Inside::Nothing => Some(Code::IgwPrivateIpAssociationForIngress),
    };
    let source_code = refused_source_inward(walk, vpc);
    let block_code = block_public_access::stops_inward(walk.model, vpc, found.subnet(walk.model));
    for code in [source_code, destination_code, block_code].into_iter().flatten() {
        walk.block(code, component, None);
    }
    if [attachment_code, source_code, destination_code, block_code] == [None, None, None, None] {
        walk.pass(component, None);
    }
    match found {
        Inside::Interface { id, address, .. } => {
            // R103: the public destination is rewritten before ACL and groups see it.
            walk.packet.destination = address;
            let by = gateway.map_or(Via::NoGateway, |id| Via::Target(Target::InternetGateway(id)));
            walk.enter(vpc, by);
            subnet::enter(walk, walk.model.interfaces[id].subnet, None);
            interface::receive(walk, id)
        }
        Inside::NatGateway(nat) => {
            // R115.
            walk.block(Code::NoPossibleDestination, Component::NatGateway(nat), None);
            None
        }
        Inside::Nothing => None,
    }
}

/// The reply is on the internet. A host there that asked has it; else it comes in
/// through the gateway that the request left by, to the NAT gateway that the request
/// crossed last, or to the interface that it started at.
pub(super) fn answer(walk: &mut Walk<'_>) -> Option<Receiver> {
    let Some(exit) = walk.left_by else {
        return Some(Receiver::Internet);
    };
    let (model, component) = (walk.model, exit.component());
    let is_here = |subnet: SubnetId| model.vpc_of(subnet) == exit.vpc(model);
    match (walk.crossed.last(), walk.requester()) {
        (Some(&Crossed::NatGateway { id: nat, .. }), _) if is_here(model.nat_gateways[nat].subnet) => {
            walk.pass(component, None);
            nat_gateway::give_back(walk, nat, None)
        }
        (None, Some(requester)) if is_here(model.interfaces[requester].subnet) => {
            let interface = &model.interfaces[requester];
            if interface.deny_internet_ipv6 && walk.packet.source.is_ipv6() {
                // R30, R212.
                walk.block(Code::IgwPrivateIpAssociationForIngress, component, None);
            } else {
                walk.pass(component, None);
            }
            subnet::enter(walk, interface.subnet, None);
            interface::receive(walk, requester)
        }
        (Some(Crossed::NatGateway { .. }) | None, _) => {
            walk.pass(component, None);
            None
        }
    }
}

/// The internet gateway of `vpc`: the attached one, else the first. At most one is
/// attached (R109).
fn gateway_of(model: &Model, vpc: VpcId) -> Option<InternetGatewayId> {
    let gateways = || model.internet_gateways.iter().filter(|(_, gateway)| gateway.vpc == vpc);
    let attached = gateways().find(|(_, gateway)| gateway.attachment == Attachment::Attached);
    attached.or(gateways().next()).map(|(id, _)| id)
}

fn refused_attachment(model: &Model, gateway: Option<InternetGatewayId>) -> Option<Code> {
    match gateway.map(|id| model.internet_gateways[id].attachment) {
        None => Some(Code::NoPath),
        Some(Attachment::Detached) => Some(Code::BadStateAttachment),
        Some(Attachment::Attached) => None,
    }
}

/// Why the gateway of `vpc` carries nothing outward to `destination` (R106, R129).
fn refused_destination(model: &Model, vpc: VpcId, destination: IpAddr) -> Option<Code> {
    match destination {
        IpAddr::V4(v4) if address::is_rfc1918(v4) => Some(Code::IgwDestinationAddressNotInRfc1918Egress),
        IpAddr::V4(v4) if address::is_rfc6598(v4) => Some(Code::IgwDestinationAddressNotInRfc6598Egress),
        IpAddr::V6(v6) if address::is_unique_local(v6) || address::is_in_private_ipv6_block(model, vpc, v6) => {
            Some(Code::IgwDestinationAddressNotInRfc1918Egress)
        }
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    }
}

/// Why the gateway of `vpc` carries nothing outward from `source`.
fn refused_source(walk: &Walk<'_>, vpc: VpcId, source: IpAddr) -> Option<Code> {
    let model = walk.model;
    let interface = address::interface_with(model, vpc, source);
    let nat = address::nat_gateway_with(model, vpc, source);
    let is_public = match (interface, nat, source) {
        // R26: an address of nobody in the VPC. What a transit gateway brought is not
        // looked upon as forged, but has no public address here either (R148).
        (None, None, _) => {
            let is_from_afar = matches!(walk.entered_by(vpc), Some(Via::Target(Target::TransitGateway(_))));
            let forged = Code::GatewayRejectsSpoofedTraffic;
            return Some(if is_from_afar { Code::IgwPublicIpAssociationForEgress } else { forged });
        }
        // R110, R129: IPv6 is not translated; private blocks do not cross.
        (_, _, IpAddr::V6(v6)) => !address::is_in_private_ipv6_block(model, vpc, v6),
        // R104: rewritten to the mapped public address, each private address by itself (R21).
        (Some(id), _, IpAddr::V4(_)) => model.interfaces[id].owns(source).is_some_and(|mine| mine.public.is_some()),
        // R114, R119: a private NAT gateway has none.
        (None, Some(id), IpAddr::V4(_)) => model.nat_gateways[id].connectivity != Connectivity::Private,
    };
    (!is_public).then_some(Code::IgwPublicIpAssociationForEgress)
}

/// Why the gateway of `vpc` carries nothing inward from the packet's source (R106,
/// R129, R26). With an address of the VPC itself a packet comes from outside only if it
/// went out before (R111).
fn refused_source_inward(walk: &Walk<'_>, vpc: VpcId) -> Option<Code> {
    match walk.packet.source {
        IpAddr::V4(v4) if address::is_rfc1918(v4) => Some(Code::IgwSourceAddressNotInRfc1918Ingress),
        IpAddr::V4(v4) if address::is_rfc6598(v4) => Some(Code::IgwSourceAddressNotInRfc6598Ingress),
        IpAddr::V6(v6) if address::is_unique_local(v6) => Some(Code::IgwSourceAddressNotInRfc1918Ingress),
        source @ (IpAddr::V4(_) | IpAddr::V6(_)) => {
            let is_spoofed = walk.left_by.is_none() && address::is_in_vpc(walk.model, vpc, source);
            is_spoofed.then_some(Code::GatewayRejectsSpoofedTraffic)
        }
    }
}

/// What a destination of the internet means inside a VPC.
#[derive(Clone, Copy)]
enum Inside {
    /// An interface, its address there, and why the gateway does not lead to it.
    Interface { id: InterfaceId, address: IpAddr, code: Option<Code> },
    /// A NAT gateway's Elastic IP.
    NatGateway(NatGatewayId),
    /// Nothing is mapped to it (R105).
    Nothing,
}

impl Inside {
    /// The subnet in which the packet meets the gateway.
    fn subnet(self, model: &Model) -> Option<SubnetId> {
        match self {
            Self::Interface { id, .. } => Some(model.interfaces[id].subnet),
            Self::NatGateway(id) => Some(model.nat_gateways[id].subnet),
            Self::Nothing => None,
        }
    }
}

/// Looks `destination` up in the mapping of public addresses (R103); an IPv6 address
/// stands for itself (R110). A private IPv4 address is no address on the internet, but
/// names the workload of `vpc` that is asked about.
fn find_inside(model: &Model, vpc: VpcId, destination: IpAddr) -> Inside {
    if let Some((id, address)) = address::interface_with_public(model, destination) {
        // R27: of an interface that is not attached, the gateway knows no address.
        let is_detached = model.interfaces[id].state == InterfaceState::Detached;
        let code = is_detached.then_some(Code::IgwPrivateIpAssociationForIngress);
        return Inside::Interface { id, address, code };
    }
    if let Some(nat) = address::nat_gateway_with_public(model, destination) {
        return Inside::NatGateway(nat);
    }
    let Some(id) = address::interface_with(model, vpc, destination) else {
        return Inside::Nothing;
    };
    let is_public = match destination {
        IpAddr::V4(_) => false,
        // R30, R129, R212.
        IpAddr::V6(v6) => {
            !address::is_in_private_ipv6_block(model, vpc, v6) && !model.interfaces[id].deny_internet_ipv6
        }
    };
    let code = (!is_public).then_some(Code::IgwPrivateIpAssociationForIngress);
    Inside::Interface { id, address: destination, code }
}

#[cfg(test)]
mod tests;
