//! Whose address it is.
//!
//! In: an address. Out: the interface or NAT gateway that has it, and what kind of
//! address it is for the internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fmnet_core::model::gateway::Connectivity;
use fmnet_core::model::vpc::Ipv6Kind;
use fmnet_core::model::{InterfaceId, Model, NatGatewayId};
use ipnet::IpNet;

/// The interface with the private (or IPv6) address `address`; no two have the same.
pub(super) fn interface_with(model: &Model, address: IpAddr) -> Option<InterfaceId> {
    let owner = model.interfaces.iter().find(|(_, interface)| interface.owns(address).is_some());
    owner.map(|(id, _)| id)
}

/// The interface to whose private address the public `address` is mapped, and that
/// private address (R20, R21).
pub(super) fn interface_with_public(model: &Model, address: IpAddr) -> Option<(InterfaceId, IpAddr)> {
    model.interfaces.iter().find_map(|(id, interface)| {
        let mapped = interface
            .addresses
            .iter()
            .find(|mine| mine.public.is_some_and(|public| IpAddr::V4(public.address) == address))?;
        Some((id, mapped.address))
    })
}

/// The NAT gateway whose private address is `address`.
pub(super) fn nat_gateway_with(model: &Model, address: IpAddr) -> Option<NatGatewayId> {
    let nat = model.nat_gateways.iter().find(|(_, nat)| IpAddr::V4(nat.address) == address);
    nat.map(|(id, _)| id)
}

/// The NAT gateway whose Elastic IP is `address`.
pub(super) fn nat_gateway_with_public(model: &Model, address: IpAddr) -> Option<NatGatewayId> {
    let nat = model.nat_gateways.iter().find(|(_, nat)| match nat.connectivity {
        Connectivity::Public { address: public, .. } => IpAddr::V4(public) == address,
        Connectivity::Private => false,
    });
    nat.map(|(id, _)| id)
}

/// Whether `address` lies in a block of the VPC.
pub(super) fn is_in_vpc(model: &Model, address: IpAddr) -> bool {
    model.vpc().blocks().any(|block| block.contains(&address))
}

/// Whether `address` lies in an IPv6 block of the VPC that the internet does not
/// carry (R129).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html>
/// (private IPv6 addresses).
pub(super) fn is_in_private_ipv6_block(model: &Model, address: Ipv6Addr) -> bool {
    let mut blocks = model.vpc().ipv6.iter();
    blocks.any(|block| block.kind == Ipv6Kind::Private && block.net.contains(&address))
}

/// Whether `address` is a unique local address, fc00::/7 (R129).
pub(super) fn is_unique_local(address: Ipv6Addr) -> bool {
    address.is_unique_local()
}

/// Whether `address` is in RFC 1918: 10/8, 172.16/12, 192.168/16 (R106).
pub(super) fn is_rfc1918(address: Ipv4Addr) -> bool {
    address.is_private()
}

/// Whether `address` is in RFC 6598: 100.64.0.0/10 (R106).
pub(super) fn is_rfc6598(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && second & 0b1100_0000 == 64
}

/// The `offset`th address of `net`.
pub(super) fn nth(net: IpNet, offset: u8) -> IpAddr {
    match net.network() {
        IpAddr::V4(base) => Ipv4Addr::from(u32::from(base).wrapping_add(offset.into())).into(),
        IpAddr::V6(base) => Ipv6Addr::from(u128::from(base).wrapping_add(offset.into())).into(),
    }
}
