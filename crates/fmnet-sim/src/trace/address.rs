//! Whose address it is.
//!
//! In: an address. Out: the interface or NAT gateway that has it, in a VPC or on the
//! internet, and what kind of address it is. Two VPCs may use the same addresses, so
//! whoever looks a private one up says in which.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fmnet_core::model::gateway::Connectivity;
use fmnet_core::model::vpc::Ipv6Kind;
use fmnet_core::model::{InterfaceId, Model, NatGatewayId, OnPremisesId, VpcId};
use ipnet::IpNet;

/// The interface in `vpc` with the private (or IPv6) address `address`; no two have the
/// same.
pub(super) fn interface_with(model: &Model, vpc: VpcId, address: IpAddr) -> Option<InterfaceId> {
    let mut interfaces = model.interfaces.iter();
    let owner =
        interfaces.find(|(_, interface)| model.vpc_of(interface.subnet) == vpc && interface.owns(address).is_some());
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

/// The interface, of any VPC, that `address` leads to from the internet: a public IPv4
/// address mapped to it, or its own public IPv6 address (R110).
pub(super) fn interface_on_internet(model: &Model, address: IpAddr) -> Option<InterfaceId> {
    match address {
        IpAddr::V4(_) => interface_with_public(model, address).map(|(id, _)| id),
        IpAddr::V6(v6) => {
            let mut carried = model.vpcs.ids().filter(|&vpc| !is_in_private_ipv6_block(model, vpc, v6));
            carried.find_map(|vpc| interface_with(model, vpc, address))
        }
    }
}

/// What the internet sees of the private `address` of `vpc`: the public one it is
/// mapped to, itself where there is none, as of IPv6 (R104, R110).
pub(super) fn on_internet(model: &Model, vpc: VpcId, address: IpAddr) -> IpAddr {
    let interface = interface_with(model, vpc, address).and_then(|id| model.interfaces[id].owns(address)?.public);
    let nat = nat_gateway_with(model, vpc, address).and_then(|id| match model.nat_gateways[id].connectivity {
        Connectivity::Public { address, .. } => Some(address),
        Connectivity::Private => None,
    });
    interface.map(|public| public.address).or(nat).map_or(address, IpAddr::V4)
}

/// The NAT gateway in `vpc` whose private address is `address`.
pub(super) fn nat_gateway_with(model: &Model, vpc: VpcId, address: IpAddr) -> Option<NatGatewayId> {
    let mut nats = model.nat_gateways.iter();
    let nat = nats.find(|(_, nat)| model.vpc_of(nat.subnet) == vpc && IpAddr::V4(nat.address) == address);
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

/// Whether `address` lies in a block of `vpc`.
pub(super) fn is_in_vpc(model: &Model, vpc: VpcId, address: IpAddr) -> bool {
    model.vpcs[vpc].blocks().any(|block| block.contains(&address))
}

/// Whether `address` lies in an IPv6 block of `vpc` that the internet does not
/// carry (R129).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html>
/// (private IPv6 addresses).
pub(super) fn is_in_private_ipv6_block(model: &Model, vpc: VpcId, address: Ipv6Addr) -> bool {
    let mut blocks = model.vpcs[vpc].ipv6.iter();
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

/// Whether `address` is no host's anywhere: unspecified, loopback, link-local, multicast
/// or reserved. Nobody says what a gateway does with it.
pub(super) fn is_special(address: IpAddr) -> bool {
    match address {
        // 0.0.0.0/8, and 224.0.0.0/3: multicast and what is reserved above it.
        IpAddr::V4(v4) => {
            let [first, ..] = v4.octets();
            first == 0 || first >= 224 || v4.is_loopback() || v4.is_link_local()
        }
        IpAddr::V6(v6) => v6.is_unspecified() || v6.is_loopback() || v6.is_unicast_link_local() || v6.is_multicast(),
    }
}

/// The `offset`th address of `net`.
pub(super) fn nth(net: IpNet, offset: u8) -> IpAddr {
    match net.network() {
        IpAddr::V4(base) => Ipv4Addr::from(u32::from(base).wrapping_add(offset.into())).into(),
        IpAddr::V6(base) => Ipv6Addr::from(u128::from(base).wrapping_add(offset.into())).into(),
    }
}

/// The network on premises that `address` belongs to: of those with a prefix that
/// contains it, the one with the longest; unless a longer block of a VPC does.
pub(super) fn network_with(model: &Model, address: IpAddr) -> Option<OnPremisesId> {
    let with = model.on_premises.iter().flat_map(|(id, network)| {
        let nets = network.nets.iter().filter(move |net| net.contains(&address));
        nets.map(move |net| (net.prefix_len(), id))
    });
    let (length, id) = with.max_by_key(|(length, _)| *length)?;
    let mut blocks = model.vpcs.iter().flat_map(|(_, vpc)| vpc.blocks());
    let is_of_vpc = blocks.any(|block| block.contains(&address) && block.prefix_len() > length);
    (!is_of_vpc).then_some(id)
}
