//! V1 and V2 of F0, peered.

use super::super::testing::check::{check, check_hops, check_model};
use super::super::testing::{INET, NAT, V2, f0, tcp};

/// app's packets for V2 go by the NAT gateway, and by the peering connection from there;
/// V2 has no route back.
const APP_BY_NAT_TO_V2: &str = "route_tables.main: [10.1.0.0/16 -> nat]
vpcs.v2.route_tables.r2: {main: true, routes: []}";

/// R130.
#[test]
fn both_sides_need_a_route() {
    let call = tcp("10.0.0.10", "10.1.0.10", 22);
    check(&[V2], "web", call, &["Answered"]);
    check_hops(
        &[V2],
        "web",
        call,
        "web out web-sg[0], v1/default@pubA out [0], pub@pubA [1], pcx, v2/default@s2 in [0], x2 in x2-sg[0] \
         | x2 out, v2/default@s2 out [0], r2@s2 [0], pcx, v1/default@pubA in [0], web in",
    );
    check(&[V2], "x2", tcp("10.1.0.10", "10.0.0.10", 443), &["Answered"]);
    let there = "route_tables.pub: [0.0.0.0/0 -> igw]";
    let out = ["Blocked", "forward IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS igw"];
    check(&[V2, there], "web", call, &out);
    let back = "vpcs.v2.route_tables.r2: {main: true, routes: []}";
    check(&[V2, back], "web", call, &["ReplyLost", "return NO_ROUTE_TO_DESTINATION r2@s2"]);
    // The walk goes on by the peering connection.
    check_hops(
        &[V2, back],
        "web",
        call,
        "web out web-sg[0], v1/default@pubA out [0], pub@pubA [1], pcx, v2/default@s2 in [0], x2 in x2-sg[0] \
         | x2 out, v2/default@s2 out [0], pcx, v1/default@pubA in [0], web in",
    );
    // R89.
    let pending = "peering_connections.pcx: {requester: v1, accepter: v2, state: pending-acceptance}";
    check(&[V2, pending], "web", call, &["Blocked", "forward BAD_STATE_ROUTE pub@pubA [1]"]);
    // R134: a route for one host; R79 on the way back.
    let host = "route_tables.main: [10.1.0.10/32 -> pcx]";
    check(&[V2, host], "app", tcp("10.0.10.10", "10.1.0.10", 22), &["Answered"]);
    let none = ["Blocked", "forward NO_ROUTE_TO_DESTINATION main@privA"];
    check(&[V2, host], "app", tcp("10.0.10.10", "10.1.0.11", 22), &none);
    let longer = "vpcs.v2.route_tables.r2: {main: true, routes: [10.0.0.0/16 -> pcx, 10.0.0.0/24 -> igw2]}";
    check(&[V2, longer], "web", call, &["ReplyLost", "return MORE_SPECIFIC_ROUTE r2@s2 [1]"]);
}

/// R81, R75: what is nobody's address in the other VPC.
#[test]
fn nobody_there() {
    let nobody = ["Blocked", "forward NO_POSSIBLE_DESTINATION v2"];
    for address in ["10.1.0.11", "10.1.9.9", "10.1.0.1", "10.1.0.2"] {
        check(&[V2], "web", tcp("10.0.0.10", address, 53), &nobody);
    }
    let nat = ["Blocked", "forward NO_POSSIBLE_DESTINATION nat"];
    check(&[V2, NAT], "x2", tcp("10.1.0.10", "10.0.0.5", 80), &nat);
}

/// R131, R132.
#[test]
fn nothing_beyond() {
    let out = "vpcs.v2.route_tables.r2: {main: true, routes: [0.0.0.0/0 -> pcx]}";
    let beyond = ["Blocked", "forward PCX_REQUIRES_ADDRESS_IN_VPC_CIDR pcx"];
    check(&[V2, out], "x2", tcp("10.1.0.10", INET, 443), &beyond);
    check_hops(&[V2, out], "x2", tcp("10.1.0.10", INET, 443), "x2 out x2-sg[0], v2/default@s2 out [0], r2@s2 [0] | ");
    // A source outside is walked on with. The reply has no route to it, nor would the
    // peering connection carry it.
    let appliance = "instances.fw.source_dest_check: false\ninstances.fw.behind: [172.16.0.0/16]";
    let behind = [
        "Blocked",
        "forward PCX_REQUIRES_ADDRESS_IN_VPC_CIDR pcx",
        "return NO_ROUTE_TO_DESTINATION r2@s2",
        "return PCX_REQUIRES_ADDRESS_IN_VPC_CIDR pcx",
    ];
    check(&[V2, appliance], "fw", tcp("172.16.3.4", "10.1.0.10", 22), &behind);
}

/// R37.
#[test]
fn groups_of_the_other_vpc() {
    let call = tcp("10.0.0.10", "10.1.0.10", 22);
    let groups = "vpcs.v2.security_groups.x2-sg.ingress: [any from group web-sg]
security_groups.web-sg.egress: [any to group x2-sg]";
    check(&[V2, groups], "web", call, &["Answered"]);
    let mismatch = ["Blocked", "forward ENI_SG_RULES_MISMATCH x2 in"];
    check(&[V2, groups], "fw", tcp("10.0.1.5", "10.1.0.10", 22), &mismatch);
    // R38: without the peering connection the rules stay, and match nothing.
    let parted = "peering_connections:\nroute_tables.pub: [0.0.0.0/0 -> igw]
vpcs.v2.route_tables.r2: {main: true, routes: []}";
    let stale = [
        "Blocked",
        "forward ENI_SG_RULES_MISMATCH web out",
        "forward IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS igw",
    ];
    check(&[V2, groups, parted], "web", call, &stale);
    // In another Region no rule may name it (R137), and none that did matches.
    let mut model = f0(&[V2, groups]);
    for v2 in model.vpcs.ids().skip(1).collect::<Vec<_>>() {
        model.vpcs.get_mut(v2).region = "us-east-1".to_owned();
    }
    let apart = ["Blocked", "forward ENI_SG_RULES_MISMATCH web out", "forward ENI_SG_RULES_MISMATCH x2 in"];
    check_model(&model, "web", call, &apart);
}

/// R121: to the NAT gateway, whatever the table of the other VPC says.
#[test]
fn return_to_sender() {
    let call = tcp("10.0.10.10", "10.1.0.10", 22);
    check(&[V2, NAT, APP_BY_NAT_TO_V2], "app", call, &["Answered"]);
    check_hops(
        &[V2, NAT, APP_BY_NAT_TO_V2],
        "app",
        call,
        "app out app-sg[0], v1/default@privA out [0], main@privA [0], v1/default@pubA in [0], nat, \
         v1/default@pubA out [0], pub@pubA [1], pcx, v2/default@s2 in [0], x2 in x2-sg[0] \
         | x2 out, v2/default@s2 out [0], pcx, v1/default@pubA in [0], nat, \
         v1/default@pubA out [0], v1/default@privA in [0], app in",
    );
    let direct = ["ReplyLost", "return NO_ROUTE_TO_DESTINATION r2@s2"];
    check(&[V2, NAT, APP_BY_NAT_TO_V2], "web", tcp("10.0.0.10", "10.1.0.10", 22), &direct);
    let acl = "vpcs.v2.network_acls.tight: {ingress: [1 allow any from 0.0.0.0/0], egress: [1 deny any to 10.0.0.0/16]}
vpcs.v2.subnets.s2.network_acl: tight";
    let denied = ["ReplyLost", "return SUBNET_ACL_RESTRICTION tight@s2 out [0]"];
    check(&[V2, NAT, APP_BY_NAT_TO_V2, acl], "app", call, &denied);
}

/// R135: V4 has the addresses of V1, and V2's replies go there.
#[test]
fn no_reverse_path_check() {
    let v4 = "vpcs.v4.cidr: 10.0.0.0/16
vpcs.v4.route_tables.r4: {main: true, routes: [10.1.0.0/16 -> pcx4]}
vpcs.v4.subnets.s4: {az: ap-northeast-2a, cidr: 10.0.0.0/24}
peering_connections.pcx4: {requester: v4, accepter: v2}
vpcs.v2.route_tables.r2: {main: true, routes: [10.0.0.0/16 -> pcx4]}";
    let call = tcp("10.0.0.10", "10.1.0.10", 22);
    check(&[V2, v4], "web", call, &["ReplyLost", "return NO_POSSIBLE_DESTINATION v4"]);
    let twin = "vpcs.v4.security_groups.x4-sg: {ingress: [any from 0.0.0.0/0]}
vpcs.v4.instances.x4: {subnet: s4, groups: [x4-sg], address: 10.0.0.10}";
    check(&[V2, v4, twin], "web", call, &["ReplyLost", "return NO_POSSIBLE_DESTINATION x4"]);
    check_hops(
        &[V2, v4, twin],
        "web",
        call,
        "web out web-sg[0], v1/default@pubA out [0], pub@pubA [1], pcx, v2/default@s2 in [0], x2 in x2-sg[0] \
         | x2 out, v2/default@s2 out [0], r2@s2 [0], pcx4, v4/default@s4 in [0]",
    );
}
