//! V1 and V2 of F0, by way of the internet.

use super::super::testing::check::{check, check_hops};
use super::super::testing::{APP_BY_NAT, INET, V2, ipv6, tcp};

/// x2 has an Elastic IP, and a route to the internet.
const PUBLIC_X2: &str = "vpcs.v2.instances.x2.elastic_ip: 198.51.100.40
vpcs.v2.route_tables.r2: {main: true, routes: [0.0.0.0/0 -> igw2]}";

/// V3 has the addresses of V1, and nothing joins the two.
const V3: &str = "vpcs.v3.cidr: 10.0.0.0/16
vpcs.v3.internet_gateway: igw3
vpcs.v3.route_tables.r3: {main: true, routes: [0.0.0.0/0 -> igw3]}
vpcs.v3.subnets.s3: {az: ap-northeast-2a, cidr: 10.0.0.0/24}
vpcs.v3.security_groups.x3-sg: {ingress: [any from 0.0.0.0/0]}
vpcs.v3.instances.x3: {subnet: s3, groups: [x3-sg], address: 10.0.0.10, elastic_ip: 198.51.100.50}";

/// R111 between two VPCs.
#[test]
fn from_vpc_to_vpc() {
    let call = tcp("10.0.0.10", "198.51.100.40", 22);
    check(&[V2, PUBLIC_X2], "web", call, &["Answered"]);
    check_hops(
        &[V2, PUBLIC_X2],
        "web",
        call,
        "web out web-sg[0], v1/default@pubA out [0], pub@pubA [0], igw, igw2, v2/default@s2 in [0], x2 in x2-sg[0] \
         | x2 out, v2/default@s2 out [0], r2@s2 [0], igw2, igw, v1/default@pubA in [0], web in",
    );
    // Both see public addresses alone: on the request, on the reply, and in groups.
    let near =
        "network_acls.tight: {ingress: [1 allow any from 198.51.100.40/32], egress: [1 allow any to 198.51.100.40/32]}
subnets.pubA.network_acl: tight";
    let far = "vpcs.v2.network_acls.far: {ingress: [1 allow any from 198.51.100.10/32], egress: [1 allow any to 198.51.100.10/32]}
vpcs.v2.subnets.s2.network_acl: far";
    check(&[V2, PUBLIC_X2, near, far], "web", call, &["Answered"]);
    let group = "vpcs.v2.security_groups.x2-sg.ingress: [any from group web-sg]";
    check(&[V2, PUBLIC_X2, group], "web", call, &["Blocked", "forward ENI_SG_RULES_MISMATCH x2 in"]);
    // Without a public address on one side, or a route on the other.
    let unmapped = [
        "Blocked",
        "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw",
        "forward IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS igw2",
    ];
    check(&[V2, PUBLIC_X2], "fw", tcp("10.0.1.5", "198.51.100.40", 22), &unmapped);
    let lost = ["ReplyLost", "return NO_ROUTE_TO_DESTINATION r2@s2"];
    check(&[V2, "vpcs.v2.instances.x2.elastic_ip: 198.51.100.40"], "web", call, &lost);
    // The walk goes on all the way back.
    check_hops(
        &[V2, "vpcs.v2.instances.x2.elastic_ip: 198.51.100.40"],
        "web",
        call,
        "web out web-sg[0], v1/default@pubA out [0], pub@pubA [0], igw, igw2, v2/default@s2 in [0], x2 in x2-sg[0] \
         | x2 out, v2/default@s2 out [0], igw2, igw, v1/default@pubA in [0], web in",
    );
}

#[test]
fn by_nat_gateway() {
    let edits = [V2, PUBLIC_X2, APP_BY_NAT];
    let call = tcp("10.0.10.10", "198.51.100.40", 22);
    check(&edits, "app", call, &["Answered"]);
    check_hops(
        &edits,
        "app",
        call,
        "app out app-sg[0], v1/default@privA out [0], main@privA [0], v1/default@pubA in [0], nat, \
         v1/default@pubA out [0], pub@pubA [0], igw, igw2, v2/default@s2 in [0], x2 in x2-sg[0] \
         | x2 out, v2/default@s2 out [0], r2@s2 [0], igw2, igw, v1/default@pubA in [0], nat, \
         v1/default@pubA out [0], v1/default@privA in [0], app in",
    );
    // R115.
    let to_nat = ["Blocked", "forward NO_POSSIBLE_DESTINATION nat"];
    check(&edits, "x2", tcp("10.1.0.10", "198.51.100.5", 22), &to_nat);
    // R46: within one VPC as well, the address of the NAT gateway is seen.
    let own = "security_groups.web-sg.ingress: [tcp/443 from 198.51.100.5/32]";
    check(&[APP_BY_NAT, own], "app", tcp("10.0.10.10", "198.51.100.10", 443), &["Answered"]);
}

/// R110: IPv6 addresses stand for themselves.
#[test]
fn over_ipv6() {
    let public = ipv6("2001:db8:0:1");
    let there = "vpcs.v2.ipv6: 2001:db8:0:200::/56
vpcs.v2.subnets.s2.ipv6: 2001:db8:0:200::/64
vpcs.v2.instances.x2.ipv6: 2001:db8:0:200::10
vpcs.v2.security_groups.x2-sg.ingress: ['any from 2001:db8:0:100::10/128']
vpcs.v2.route_tables.r2: {main: true, routes: ['::/0 -> igw2']}";
    let call = tcp("2001:db8:0:100::10", "2001:db8:0:200::10", 22);
    check(&[V2, &public, there], "web", call, &["Answered"]);
    let group = "vpcs.v2.security_groups.x2-sg.ingress: [any from group web-sg]";
    check(&[V2, &public, there, group], "web", call, &["Blocked", "forward ENI_SG_RULES_MISMATCH x2 in"]);
}

/// Two VPCs of the same addresses, each of which knows its own alone.
#[test]
fn the_same_addresses() {
    check(&[V3], "web", tcp("10.0.0.10", "10.0.10.10", 8080), &["Answered"]);
    check(&[V3], "x3", tcp("10.0.0.10", "10.0.10.10", 8080), &["Blocked", "forward NO_POSSIBLE_DESTINATION v3"]);
    check(&[V3], "x3", tcp("10.0.0.10", INET, 443), &["Answered"]);
    check(&[V3], "internet", tcp(INET, "198.51.100.50", 22), &["Answered"]);
    check(&[V3], "x3", tcp("10.0.0.10", "198.51.100.10", 443), &["Answered"]);
}

/// A private address on the internet means the VPC that is asked about.
#[test]
fn toward_a_vpc() {
    let call = tcp(INET, "10.0.0.10", 443);
    check(&[V3], "internet", call, &["Blocked", "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS internet"]);
    check(&[V3], "toward v1", call, &["Blocked", "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw"]);
    check(&[V3], "toward v3", call, &["Blocked", "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw3"]);
    let hops = "v3/default@s3 in [0], x3 in x3-sg[0] | x3 out, v3/default@s3 out [0], r3@s3 [0], igw3";
    check_hops(&[V3], "toward v3", call, hops);
    check(&[V3], "toward v3", tcp(INET, "198.51.100.10", 443), &["Answered"]);
    let nobody = ["Blocked", "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS internet"];
    check(&[V3], "toward v3", tcp(INET, "198.51.100.99", 443), &nobody);
    // R105: in the IPv6 block of one of them, though nobody's.
    let public = ipv6("2001:db8:0:1");
    let unowned = ["Blocked", "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw"];
    check(&[V3, &public], "internet", tcp("2001:db8:ffff::7", "2001:db8:0:100::99", 443), &unowned);
}
