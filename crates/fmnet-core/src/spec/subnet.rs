//! Subnets as typed.
//!
//! In: the nodes under `subnets`. Out: [`SubnetSpec`]s.

use super::address::{BlockOf, Family};
use super::read::Reader;
use super::shape::{CIDR4, CIDR6, Record, Shape, optional, required};
use super::{Name, SubnetSpec};
use crate::yaml::Node;

pub(super) static SUBNET: Record = Record {
    title: "a subnet",
    name: "subnet",
    keys: &[
        required("az", "Its Availability Zone, as `ap-northeast-2a`.", Shape::Name),
        optional("cidr", "Its IPv4 block, inside one of the VPC's. One of `cidr` and `ipv6` is required.", CIDR4),
        optional("ipv6", "Its IPv6 block, a /64 inside one of the VPC's.", CIDR6),
        optional("route_table", "Its route table. Left out, the main one.", Shape::Name),
        optional("network_acl", "Its network ACL. Left out, the default one.", Shape::Name),
        optional(
            "public_addresses",
            "Whether instances get a public IPv4 address unless they say otherwise. Default false.",
            Shape::Bool,
        ),
    ],
};

impl<'s> Reader<'s> {
    pub(super) fn subnet(&mut self, name: Name, node: &Node<'s>) -> SubnetSpec {
        let mut subnet = SubnetSpec {
            name,
            zone: None,
            cidr: None,
            ipv6: None,
            route_table: None,
            network_acl: None,
            public_addresses: false,
        };
        let Some(section) = self.open(node, &SUBNET, subnet.name.span) else { return subnet };
        if section.get("cidr").or(section.get("ipv6")).is_none() {
            self.missing_key(SUBNET.title, "cidr", subnet.name.span);
        }
        subnet.zone = section.get("az").and_then(|node| self.name(node, "an Availability Zone"));
        subnet.cidr = section.get("cidr").and_then(|node| self.block(node, Family::V4, BlockOf::Subnet));
        subnet.ipv6 = section.get("ipv6").and_then(|node| self.block6(node, BlockOf::Subnet));
        subnet.route_table = section.get("route_table").and_then(|node| self.name(node, "the name of a route table"));
        subnet.network_acl = section.get("network_acl").and_then(|node| self.name(node, "the name of a network ACL"));
        subnet.public_addresses = section.get("public_addresses").and_then(|node| self.boolean(node)).unwrap_or(false);
        subnet
    }
}
