//! A NAT gateway, outward.
//!
//! In: a packet that a route sends to a NAT gateway. Out: who received it, translated.

use std::net::IpAddr;

use fmnet_core::model::gateway::NatState;
use fmnet_core::model::{NatGatewayId, SubnetId};
use fmnet_core::traffic::Protocol;

use super::walk::{Receiver, Walk};
use super::{address, network_acl, subnet};
use crate::fate::{Code, Component, Direction, Unmodelled};

/// Takes a packet from subnet `from` through NAT gateway `id`. It has no security
/// group; the ACL of its subnet applies (R118).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>.
pub(super) fn cross(walk: &mut Walk<'_>, id: NatGatewayId, from: SubnetId) -> Option<Receiver> {
    let nat = &walk.model.nat_gateways[id];
    if nat.subnet != from {
        network_acl::test(walk, nat.subnet, Direction::Ingress);
    }
    let is_available = nat.state == NatState::Available;
    if !is_available {
        // R7, R114: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
        walk.block(Code::BadState, Component::NatGateway(id), None);
    }
    if walk.packet.source.is_ipv6() {
        // R123.
        walk.unknown(Unmodelled::Nat64(id));
        return None;
    }
    if walk.translated_by.is_some() {
        walk.unknown(Unmodelled::SecondTranslation(id));
        return None;
    }
    let has_source_in_vpc = address::interface_with(walk.model, walk.packet.source).is_some();
    if !has_source_in_vpc {
        // R120.
        walk.block(
            Code::NgwRequiresSourceInVpc,
            Component::NatGateway(id),
            None,
        );
    }
    let is_carried = is_carried(walk.packet.protocol);
    if !is_carried {
        walk.block(Code::ProtocolRestriction, Component::NatGateway(id), None);
    }
    if is_available && has_source_in_vpc && is_carried {
        walk.pass(Component::NatGateway(id), None);
    }
    translate(walk, id);
    subnet::send_on(walk, nat.subnet)
}

/// TCP, UDP and ICMP only (R117).
fn is_carried(protocol: Protocol) -> bool {
    [Protocol::TCP, Protocol::UDP, Protocol::ICMP].contains(&protocol)
}

/// Writes the private address of the NAT gateway as source, and a port of its own as
/// source port; the destination stays (R113). A public NAT gateway's address is mapped
/// to its Elastic IP by the internet gateway, later.
fn translate(walk: &mut Walk<'_>, id: NatGatewayId) {
    walk.translated_by = Some(id);
    walk.packet.source = IpAddr::V4(walk.model.nat_gateways[id].address);
    if walk.packet.protocol.has_ports() {
        walk.packet.source_port = walk.packet.translated_port;
    }
}
