//! Services of Amazon's own inside every VPC.
//!
//! In: the sender's subnet and a destination. Out: whether a service takes the packet
//! before any group, ACL or route is asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fmnet_core::model::{Model, SubnetId};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::address;
use super::walk::{Receiver, Walk};
use crate::fate::{Code, Component};

/// Services with a fixed address: instance metadata, time, licence activation (two),
/// container metadata; all but the last for IPv6 as well.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>
/// (what groups do not filter, R73).
const SERVICES: [IpAddr; 9] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 123)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 250)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 251)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x123)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x250)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x251)),
];

/// The resolver's fixed addresses (R73).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>.
const RESOLVERS: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253))];

/// Blocks that no route can capture (R77).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html>.
const RESERVED: [IpNet; 2] = [
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 168, 0), 22)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32)),
];

/// What is at an address that Amazon keeps for itself.
pub(super) enum Reserved {
    /// A service that answers.
    Service,
    /// The resolver, which answers where `enableDnsSupport` is on (R23).
    Resolver,
    /// Nothing, and no route leads there (R77).
    Nothing,
}

/// What Amazon keeps at `destination`, as seen from `subnet`; none where it is an
/// ordinary address.
pub(super) fn at(model: &Model, subnet: SubnetId, destination: IpAddr) -> Option<Reserved> {
    if RESOLVERS.contains(&destination) || is_resolver(model, subnet, destination) {
        Some(Reserved::Resolver)
    } else if SERVICES.contains(&destination) || is_router(model, subnet, destination) {
        Some(Reserved::Service)
    } else if RESERVED.iter().any(|block| block.contains(&destination)) {
        Some(Reserved::Nothing)
    } else {
        None
    }
}

/// Every address at which a service of Amazon's answers somewhere in some VPC.
pub(crate) fn amazon_services(model: &Model) -> Vec<IpAddr> {
    let mut all: Vec<IpAddr> = SERVICES.into_iter().chain(RESOLVERS).collect();
    let primary = model.vpcs.iter().filter_map(|(_, vpc)| vpc.ipv4.first().copied().map(IpNet::V4));
    let subnets = model.subnets.iter().filter_map(|(_, subnet)| subnet.ipv4.map(IpNet::V4));
    for block in primary.chain(subnets) {
        let base = fmnet_core::address::number(block.network());
        all.extend([base + 1, base + 2].map(fmnet_core::address::address));
    }
    all.sort_unstable();
    all.dedup();
    all.retain(|&address| {
        model
            .subnets
            .iter()
            .any(|(id, _)| matches!(at(model, id, address), Some(Reserved::Service | Reserved::Resolver)))
    });
    all
}

/// Takes the packet from `subnet`. Neither groups nor ACLs filter it (R73), so the reply
/// comes back.
pub(super) fn take(walk: &mut Walk<'_>, subnet: SubnetId, reserved: &Reserved) -> Option<Receiver> {
    let vpc = walk.model.vpc_of(subnet);
    match reserved {
        Reserved::Resolver if !walk.model.vpcs[vpc].dns_support => {
            // R23: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
            walk.block(Code::NoPossibleDestination, Component::AmazonService, None);
            None
        }
        Reserved::Resolver | Reserved::Service => Some(Receiver::AmazonService),
        Reserved::Nothing => {
            walk.block(Code::NoPossibleDestination, Component::Vpc(vpc), None);
            None
        }
    }
}

/// Base + 2 of the VPC's primary block, and the third address of the subnet (R74).
fn is_resolver(model: &Model, subnet: SubnetId, destination: IpAddr) -> bool {
    let vpc = &model.vpcs[model.vpc_of(subnet)];
    let blocks = vpc.ipv4.first().into_iter().chain(&model.subnets[subnet].ipv4);
    blocks.into_iter().any(|&block| address::nth(IpNet::V4(block), 2) == destination)
}

/// The default router: base + 1 of the subnet, in either family (R73).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>.
fn is_router(model: &Model, subnet: SubnetId, destination: IpAddr) -> bool {
    let subnet = &model.subnets[subnet];
    let blocks = subnet.ipv4.map(IpNet::V4).into_iter().chain(subnet.ipv6.map(IpNet::V6));
    blocks.into_iter().any(|block| address::nth(block, 1) == destination)
}

#[cfg(test)]
mod tests {
    use super::super::testing::check::{check, check_hops};
    use super::super::testing::{tcp, tight};

    #[test]
    fn before_every_gate() {
        // R73: no group, no ACL, no route.
        let shut = tight("privA", &[], &[]);
        let shut = [&shut, "security_groups.app-sg: {ingress: [], egress: []}"];
        for address in ["169.254.169.254", "169.254.169.253", "10.0.0.2", "10.0.10.1", "10.0.10.2"] {
            check(&shut, "app", tcp("10.0.10.10", address, 80), &["Answered"]);
            check_hops(&shut, "app", tcp("10.0.10.10", address, 80), " | ");
        }
        // R23.
        for (address, expected) in [
            ("169.254.169.254", None),
            ("169.254.169.253", Some("amazon")),
            ("10.0.0.2", Some("amazon")),
            ("10.0.10.2", Some("amazon")),
            ("169.254.168.9", Some("v1")),
        ] {
            let wall = expected.map(|at| format!("forward NO_POSSIBLE_DESTINATION {at}"));
            let word = if wall.is_some() { "Blocked" } else { "Answered" };
            let lines: Vec<&str> = std::iter::once(word).chain(wall.as_deref()).collect();
            check(&["dns_support: false"], "app", tcp("10.0.10.10", address, 53), &lines);
        }
    }
}
