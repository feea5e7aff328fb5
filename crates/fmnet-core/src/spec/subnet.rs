//! Subnets as typed.
//!
//! In: the nodes under `subnets`. Out: [`SubnetSpec`]s.

use super::address::{BlockOf, Family};
use super::part::Part;
use super::print::{Page, text};
use super::read::Reader;
use super::same::forget;
use super::shape::{CIDR4, CIDR6, Record, Shape, optional};
use super::{Name, SubnetSpec, VpcSpec};
use crate::yaml::Node;

pub(super) const SUBNETS: Part<VpcSpec> = Part {
    key: optional("subnets", "Subnets, by name.", Shape::Records(&SUBNET)),
    read: |reader, at, vpc| vpc.subnets = reader.each(at, Reader::subnet),
    print,
    forget: |vpc| {
        for subnet in &mut vpc.subnets {
            let names = [&mut subnet.name].into_iter().chain(&mut subnet.zone).chain(&mut subnet.zone_id);
            forget(names.chain(&mut subnet.route_table).chain(&mut subnet.network_acl));
            forget(&mut subnet.cidr);
            forget(&mut subnet.ipv6);
        }
    },
};

pub(super) static SUBNET: Record = Record {
    title: "a subnet",
    name: "subnet",
    keys: &[
        optional(
            "az",
            "Its Availability Zone, as `ap-northeast-2a`. One of `az` and `az_id` is required.",
            Shape::Name,
        ),
        optional(
            "az_id",
            "The zone's id, as `apne2-az1`, which means the same zone in every account (R225).",
            Shape::Name,
        ),
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

fn print(page: &mut Page, vpc: &VpcSpec) {
    if !vpc.subnets.is_empty() {
        page.key(0, "subnets");
    }
    for subnet in &vpc.subnets {
        page.named(1, &subnet.name, |page| {
            page.name(2, "az", subnet.zone.as_ref());
            page.name(2, "az_id", subnet.zone_id.as_ref());
            page.option(2, "cidr", subnet.cidr.as_ref().map(|block| block.value));
            page.option(2, "ipv6", subnet.ipv6.as_ref().map(|block| text(&block.value.to_string())));
            page.name(2, "route_table", subnet.route_table.as_ref());
            page.name(2, "network_acl", subnet.network_acl.as_ref());
            page.flag(2, "public_addresses", subnet.public_addresses, false);
        });
    }
}

impl<'s> Reader<'s> {
    fn subnet(&mut self, name: Name, node: &Node<'s>) -> SubnetSpec {
        let mut subnet = SubnetSpec {
            name,
            zone: None,
            zone_id: None,
            cidr: None,
            ipv6: None,
            route_table: None,
            network_acl: None,
            public_addresses: false,
        };
        let Some(section) = self.open(node, &SUBNET, subnet.name.span) else { return subnet };
        if section.get("az").or(section.get("az_id")).is_none() {
            self.missing_key(SUBNET.title, "az", subnet.name.span);
        }
        if section.get("cidr").or(section.get("ipv6")).is_none() {
            self.missing_key(SUBNET.title, "cidr", subnet.name.span);
        }
        subnet.zone = section.get("az").and_then(|node| self.name(node, "an Availability Zone"));
        subnet.zone_id = section.get("az_id").and_then(|node| self.name(node, "the id of an Availability Zone"));
        subnet.cidr = section.get("cidr").and_then(|node| self.block(node, Family::V4, BlockOf::Subnet));
        subnet.ipv6 = section.get("ipv6").and_then(|node| self.block6(node, BlockOf::Subnet));
        subnet.route_table = section.get("route_table").and_then(|node| self.name(node, "the name of a route table"));
        subnet.network_acl = section.get("network_acl").and_then(|node| self.name(node, "the name of a network ACL"));
        subnet.public_addresses = section.get("public_addresses").and_then(|node| self.boolean(node)).unwrap_or(false);
        subnet
    }
}
