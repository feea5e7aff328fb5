//! NAT gateways in F0.

use fmnet_core::traffic::Protocol;

use super::super::testing::check::{check, check_hops};
use super::super::testing::{APP_BY_NAT, INET, packet, tcp, tight};

#[test]
fn crossed_four_times() {
    let call = tcp("10.0.10.10", INET, 443);
    check(&[APP_BY_NAT], "app", call, &["Answered"]);
    check_hops(
        &[APP_BY_NAT],
        "app",
        call,
        "app out app-sg[0], default@privA out [0], main@privA [0], default@pubA in [0], nat, \
         default@pubA out [0], pub@pubA [0], igw \
         | igw, default@pubA in [0], nat, default@pubA out [0], default@privA in [0], app in",
    );
    // R69: the four crossings of its subnet's boundary, each with its own header.
    let ingress = ["allow tcp/443 from 10.0.10.10/32", "allow tcp/2000 from 203.0.113.7/32"];
    let egress = ["allow tcp/443 to 203.0.113.7/32", "allow tcp/40000 to 10.0.10.10/32"];
    check(&[APP_BY_NAT, &tight("pubA", &ingress, &egress)], "app", call, &["Answered"]);
    let inside = tight("pubA", &["allow any from 10.0.0.0/16"], &["allow any to 0.0.0.0/0"]);
    let lost = ["ReplyLost", "return SUBNET_ACL_RESTRICTION tight@pubA in *"];
    check(&[APP_BY_NAT, &inside], "app", call, &lost);
    let four = [
        "Blocked",
        "forward SUBNET_ACL_RESTRICTION tight@pubA in *",
        "forward SUBNET_ACL_RESTRICTION tight@pubA out *",
        "return SUBNET_ACL_RESTRICTION tight@pubA in *",
        "return SUBNET_ACL_RESTRICTION tight@pubA out *",
    ];
    check(&[APP_BY_NAT, &tight("pubA", &[], &[])], "app", call, &four);
}

#[test]
fn states_and_refusals() {
    let call = tcp("10.0.10.10", INET, 443);
    let nat = |keys: &str| format!("nat_gateways.nat: {{subnet: pubA, address: 10.0.0.5, {keys}}}");
    let failed = nat("elastic_ip: 198.51.100.5, state: failed");
    check(&[APP_BY_NAT, &failed], "app", call, &["Blocked", "forward BAD_STATE nat"]);
    let deleted = nat("elastic_ip: 198.51.100.5, state: deleted");
    check(&[APP_BY_NAT, &deleted], "app", call, &["Blocked", "forward BAD_STATE_ROUTE main@privA [0]"]);
    // R119.
    let unmapped = ["Blocked", "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"];
    check(&[APP_BY_NAT, &nat("connectivity: private")], "app", call, &unmapped);
    // R117.
    let esp = packet(Protocol(50), "10.0.10.10", INET, 0);
    check(&[APP_BY_NAT], "app", esp, &["Blocked", "forward PROTOCOL_RESTRICTION nat"]);
    // R120.
    let behind = "instances.app.source_dest_check: false\ninstances.app.behind: [172.16.0.0/16]";
    let outside = ["Blocked", "forward NGW_REQUIRES_SOURCE_IN_VPC nat"];
    check(&[APP_BY_NAT, behind], "app", tcp("172.16.3.4", INET, 443), &outside);
    // The reply goes to whose address it is, and nobody there asked.
    let as_db = ["ReplyLost", "return NO_POSSIBLE_DESTINATION db"];
    check(&[APP_BY_NAT, behind], "app", tcp("10.0.11.10", INET, 443), &as_db);
    // R115.
    let to_nat = ["Blocked", "forward NO_POSSIBLE_DESTINATION nat"];
    check(&[APP_BY_NAT], "app", tcp("10.0.10.10", "10.0.0.5", 80), &to_nat);
    check(&[APP_BY_NAT], "web", tcp("10.0.0.10", "10.0.0.5", 80), &to_nat);
}

#[test]
fn in_unusual_places() {
    let call = tcp("10.0.10.10", INET, 443);
    // R114: in a subnet without a way out; R122: whose table leads to it again.
    let inward = "nat_gateways.nat: {subnet: privA, address: 10.0.10.5, elastic_ip: 198.51.100.5}
route_tables.main: [203.0.113.0/24 -> nat]";
    check(&[inward], "app", call, &["Blocked", "forward NO_ROUTE_TO_DESTINATION main@privA [0]"]);
    check_hops(&[inward], "app", call, "app out app-sg[0], main@privA [0], nat | ");
    let chained = "nat_gateways.second: {subnet: pubB, address: 10.0.1.6, elastic_ip: 198.51.100.6}
route_tables.pub: [0.0.0.0/0 -> igw, 203.0.113.0/24 -> second]";
    check(&[APP_BY_NAT, chained], "app", call, &["Unknown", "forward SecondTranslation second"]);
}

/// Inside the VPC by a route longer than the local one (R83): the replier sees the NAT
/// gateway, and answers it, whatever its own table says of the client.
#[test]
fn between_subnets() {
    let private = [
        APP_BY_NAT,
        "route_tables.own: [10.0.11.0/24 -> nat]",
        "subnets.privA.route_table: own",
        "security_groups.db-sg.ingress: [tcp/5432 from 10.0.0.5/32]",
    ];
    let db = tcp("10.0.10.10", "10.0.11.10", 5432);
    check(&private, "app", db, &["Answered"]);
    check_hops(
        &private,
        "app",
        db,
        "app out app-sg[0], default@privA out [0], own@privA [0], default@pubA in [0], nat, \
         default@pubA out [0], pub@pubA local, default@privB in [0], db in db-sg[0] \
         | db out, default@privB out [0], main@privB local, default@pubA in [0], nat, \
         default@pubA out [0], default@privA in [0], app in",
    );
}
