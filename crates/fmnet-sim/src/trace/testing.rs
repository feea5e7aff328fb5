//! Fixture F0 and its words, for tests.
//!
//! In: edits to F0. Out: a model, packets over it, and fates as lines of text.

#![expect(clippy::unwrap_used, reason = "a fixture that does not build fails its test")]

pub(super) mod check;
mod page;

use std::net::IpAddr;

use fmnet_core::design;
use fmnet_core::model::Model;
use fmnet_core::traffic::Protocol;

use crate::packet::Packet;
use page::Page;

/// A host on the internet.
pub(super) const INET: &str = "203.0.113.7";
/// The same, for IPv6.
pub(super) const INET6: &str = "2001:db8:ffff::7";

/// Web with an Elastic IP in a public subnet, app and db in private ones; an appliance
/// `fw` without use so far in `pubB`, the prefix list `partners`.
const F0: &str = "vpc: v1
region: ap-northeast-2
cidr: 10.0.0.0/16
internet_gateway: igw
route_tables:
  pub: [0.0.0.0/0 -> igw]
  main: []
subnets:
  pubA:
    az: ap-northeast-2a
    cidr: 10.0.0.0/24
    route_table: pub
  pubB:
    az: ap-northeast-2b
    cidr: 10.0.1.0/24
    route_table: pub
  privA:
    az: ap-northeast-2a
    cidr: 10.0.10.0/24
  privB:
    az: ap-northeast-2b
    cidr: 10.0.11.0/24
prefix_lists:
  partners: [198.18.0.0/16]
security_groups:
  web-sg:
    ingress: [tcp/443 from 0.0.0.0/0]
    egress: [any to 0.0.0.0/0]
  app-sg:
    ingress: [tcp/8080 from group web-sg]
    egress: [any to 0.0.0.0/0]
  db-sg:
    ingress: [tcp/5432 from group app-sg]
    egress: [any to 0.0.0.0/0]
  fw-sg:
    ingress: [any from 0.0.0.0/0]
    egress: [any to 0.0.0.0/0]
instances:
  web:
    subnet: pubA
    groups: [web-sg]
    address: 10.0.0.10
    elastic_ip: 198.51.100.10
  app:
    subnet: privA
    groups: [app-sg]
    address: 10.0.10.10
  db:
    subnet: privB
    groups: [db-sg]
    address: 10.0.11.10
  fw:
    subnet: pubB
    groups: [fw-sg]
    address: 10.0.1.5";

/// A public NAT gateway `nat` in pubA.
pub(super) const NAT: &str = "nat_gateways.nat: {subnet: pubA, address: 10.0.0.5, elastic_ip: 198.51.100.5}";

/// That NAT gateway, and app's default route to it.
pub(super) const APP_BY_NAT: &str = "nat_gateways.nat: {subnet: pubA, address: 10.0.0.5, elastic_ip: 198.51.100.5}
route_tables.main: [0.0.0.0/0 -> nat]";

/// The other VPC of F0, `v2`: x2 in s2, an internet gateway that no route leads to, and
/// a peering connection with routes to it on both sides.
pub(super) const V2: &str = "vpcs.v2.cidr: 10.1.0.0/16
vpcs.v2.internet_gateway: igw2
vpcs.v2.route_tables.r2: {main: true, routes: [10.0.0.0/16 -> pcx]}
vpcs.v2.subnets.s2.az: ap-northeast-2a
vpcs.v2.subnets.s2.cidr: 10.1.0.0/24
vpcs.v2.security_groups.x2-sg.ingress: [any from 0.0.0.0/0]
vpcs.v2.security_groups.x2-sg.egress: [any to 0.0.0.0/0]
vpcs.v2.instances.x2.subnet: s2
vpcs.v2.instances.x2.groups: [x2-sg]
vpcs.v2.instances.x2.address: 10.1.0.10
peering_connections.pcx: {requester: v1, accepter: v2}
route_tables.pub: [0.0.0.0/0 -> igw, 10.1.0.0/16 -> pcx]";

/// Gives `subnet` an ACL of its own, `tight`, of rules as `allow tcp/80 from 10.0.0.0/8`.
pub(super) fn tight(subnet: &str, ingress: &[&str], egress: &[&str]) -> String {
    let numbered = |rules: &[&str]| -> String {
        let rules = (1..).zip(rules).map(|(number, rule)| format!("{number} {rule}"));
        rules.collect::<Vec<_>>().join(", ")
    };
    let (ingress, egress) = (numbered(ingress), numbered(egress));
    format!("network_acls.tight: {{ingress: [{ingress}], egress: [{egress}]}}\nsubnets.{subnet}.network_acl: tight")
}

/// Gives the VPC the IPv6 block `PREFIX00::/56`, pubA and privA one each, web and app an
/// address each, and the groups and the table of pubA rules for it.
pub(super) fn ipv6(prefix: &str) -> String {
    format!(
        "ipv6: {prefix}00::/56
subnets.pubA.ipv6: {prefix}00::/64
subnets.privA.ipv6: {prefix}10::/64
instances.web.ipv6: {prefix}00::10
instances.app.ipv6: {prefix}10::10
security_groups.web-sg.ingress: [tcp/443 from 0.0.0.0/0, 'tcp/443 from ::/0']
security_groups.web-sg.egress: ['any to ::/0']
route_tables.pub: [0.0.0.0/0 -> igw, '::/0 -> igw']"
    )
}

/// F0 with `edits`.
#[track_caller]
pub(super) fn f0(edits: &[&str]) -> Model {
    let mut page = Page::read(F0);
    edits.iter().for_each(|edit| page.edit(edit));
    let text = page.write();
    match design::read("f0.yaml", text.clone().into_bytes()) {
        Ok(design) => design.model,
        Err(rejected) => {
            let found = rejected.diagnostics.iter().map(|found| found.message.clone());
            assert_eq!(found.collect::<Vec<_>>(), [""; 0], "{text}");
            unreachable!("a design without mistakes is not rejected")
        }
    }
}

/// A TCP packet from port 40000, which a NAT gateway would make 2000.
pub(super) fn tcp(source: &str, destination: &str, port: u16) -> Packet {
    packet(Protocol::TCP, source, destination, port)
}

/// A packet; source ports as of [`tcp`] where the protocol has them.
pub(super) fn packet(protocol: Protocol, source: &str, destination: &str, port: u16) -> Packet {
    let parse = |text: &str| text.parse::<IpAddr>().unwrap();
    let source_port = if protocol.has_ports() { 40000 } else { 0 };
    let (source, destination) = (parse(source), parse(destination));
    Packet { source, destination, protocol, port, source_port, translated_port: 2000 }
}
