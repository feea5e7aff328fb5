//! The internet gateway of F0.

use super::super::testing::check::{check, check_hops};
use super::super::testing::{INET, INET6, NAT, ipv6, tcp};

#[test]
fn inward() {
    let web = tcp(INET, "198.51.100.10", 443);
    check(&[], "internet", web, &["Answered"]);
    check_hops(
        &[],
        "internet",
        web,
        "igw, default@pubA in [0], web in web-sg[0] | web out, default@pubA out [0], pub@pubA [0], igw",
    );
    // Every blocker of a workload without a public address, a route or a rule (R208).
    let db = [
        "Blocked",
        "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw",
        "forward ENI_SG_RULES_MISMATCH db in",
        "return NO_ROUTE_TO_DESTINATION main@privB",
    ];
    for from in ["internet", "toward v1"] {
        check(&[], from, tcp(INET, "10.0.11.10", 5432), &db);
    }
    let nobody = ["Blocked", "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw"];
    check(&[], "internet", tcp(INET, "198.51.100.99", 443), &nobody);
    // R107: a public address without a route back.
    let lost = ["ReplyLost", "return NO_ROUTE_TO_DESTINATION main@privA"];
    let open = "instances.app.elastic_ip: 198.51.100.20
security_groups.app-sg.ingress: [tcp/8080 from 0.0.0.0/0]";
    check(&[open], "internet", tcp(INET, "198.51.100.20", 8080), &lost);
    let nat = ["Blocked", "forward NO_POSSIBLE_DESTINATION nat"];
    check(&[NAT], "internet", tcp(INET, "198.51.100.5", 22), &nat);
}

#[test]
fn refused_sources() {
    // One code each.
    for (source, code) in [
        ("192.168.1.1", "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"),
        ("100.64.0.1", "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"),
    ] {
        let expected = format!("forward {code} igw");
        check(&[], "internet", tcp(source, "198.51.100.10", 443), &["Blocked", &expected]);
    }
    // With an address of the VPC's own. Its owner has the reply, and did not ask.
    let own =
        ["Blocked", "forward IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS igw", "return NO_POSSIBLE_DESTINATION app"];
    check(&[], "internet", tcp("10.0.10.10", "198.51.100.10", 443), &own);
}

#[test]
fn missing_or_detached() {
    let web = tcp(INET, "10.0.0.10", 443);
    let detached = ["instances.web.elastic_ip:", "internet_gateway: {name: igw, state: detached}"];
    let inward = [
        "Blocked",
        "forward BAD_STATE_ATTACHMENT igw",
        "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw",
        "return BAD_STATE_ROUTE pub@pubA [0]",
    ];
    check(&detached, "internet", web, &inward);
    check_hops(
        &detached,
        "internet",
        web,
        "default@pubA in [0], web in web-sg[0] | web out, default@pubA out [0], igw",
    );
    let outward = ["Blocked", "forward BAD_STATE_ROUTE pub@pubA [0]"];
    check(&detached, "web", tcp("10.0.0.10", INET, 443), &outward);
    let removed = ["instances.web.elastic_ip:", "internet_gateway:", "route_tables.pub: []"];
    let none = [
        "Blocked",
        "forward NO_PATH v1",
        "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS v1",
        "return NO_ROUTE_TO_DESTINATION pub@pubA",
    ];
    check(&removed, "internet", web, &none);
}

#[test]
fn outward() {
    check(&[], "web", tcp("10.0.0.10", INET, 443), &["Answered"]);
    let no_route = ["Blocked", "forward NO_ROUTE_TO_DESTINATION main@privA"];
    check(&[], "app", tcp("10.0.10.10", INET, 443), &no_route);
    // R104: no public address; the walk goes on.
    let unmapped = ["Blocked", "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"];
    check(&[], "fw", tcp("10.0.1.5", INET, 443), &unmapped);
    let private = ["Blocked", "forward IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS igw"];
    check(&[], "web", tcp("10.0.0.10", "192.168.5.5", 443), &private);
}

/// Nobody says what becomes of an address that is no host's.
#[test]
fn special_addresses() {
    let unknown = ["Unknown", "forward SpecialAddress"];
    for address in ["0.1.2.3", "127.0.0.1", "169.254.1.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"] {
        check(&[], "web", tcp("10.0.0.10", address, 443), &unknown);
        check(&[], "internet", tcp(address, "198.51.100.10", 443), &unknown);
    }
    check_hops(&[], "internet", tcp("127.0.0.1", "198.51.100.10", 443), " | ");
    check_hops(
        &[],
        "web",
        tcp("10.0.0.10", "224.0.0.1", 443),
        "web out web-sg[0], default@pubA out [0], pub@pubA [0] | ",
    );
    let public = ipv6("2001:db8:0:1");
    for address in ["::", "::1", "fe80::1", "febf::1", "ff02::1"] {
        check(&[&public], "web", tcp("2001:db8:0:100::10", address, 443), &unknown);
        check(&[&public], "internet", tcp(address, "2001:db8:0:100::10", 443), &unknown);
    }
    // A blocker before it decides the word.
    let unmapped = ["Blocked", "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw", "forward SpecialAddress"];
    check(&[], "fw", tcp("10.0.1.5", "127.0.0.1", 443), &unmapped);
    // Just beside them.
    check(&[], "web", tcp("10.0.0.10", "223.255.255.255", 443), &["Answered"]);
    check(&[&public], "web", tcp("2001:db8:0:100::10", "fec0::1", 443), &["Answered"]);
}

#[test]
fn over_ipv6() {
    let public = ipv6("2001:db8:0:1");
    let inward = tcp(INET6, "2001:db8:0:100::10", 443);
    let outward = tcp("2001:db8:0:100::10", INET6, 443);
    check(&[&public], "internet", inward, &["Answered"]);
    check(&[&public], "web", outward, &["Answered"]);
    // R30, R212.
    let denied = [&public, "instances.web.deny_internet_ipv6: true", "instances.web.elastic_ip:"];
    let code = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw";
    check(&denied, "internet", inward, &["Blocked", &format!("forward {code}")]);
    check(&denied, "web", outward, &["ReplyLost", &format!("return {code}")]);
    // R129.
    let private = ipv6("fd80:1:0:1");
    let inward = tcp(INET6, "fd80:1:0:100::10", 443);
    check(&[&private], "internet", inward, &["Blocked", &format!("forward {code}")]);
    let unmapped = ["Blocked", "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"];
    check(&[&private], "web", tcp("fd80:1:0:100::10", INET6, 443), &unmapped);
    // R36: a group reference covers both families.
    let call = tcp("2001:db8:0:100::10", "2001:db8:0:110::10", 8080);
    check(&[&public], "web", call, &["Answered"]);
    // R123.
    let nat64 =
        [&public, NAT, "security_groups.app-sg.egress: ['any to ::/0']", "route_tables.main: ['64:ff9b::/96 -> nat']"];
    let unknown = ["Unknown", "forward Nat64 nat"];
    check(&nat64, "app", tcp("2001:db8:0:110::10", "64:ff9b::cb00:7107", 443), &unknown);
}

/// Two hosts of one VPC by public address (R111).
#[test]
fn the_way_round() {
    let near = "instances.fw.elastic_ip: 198.51.100.30";
    let call = tcp("10.0.1.5", "198.51.100.10", 443);
    check(&[near], "fw", call, &["Answered"]);
    check_hops(
        &[near],
        "fw",
        call,
        "fw out fw-sg[0], default@pubB out [0], pub@pubB [0], igw, igw, default@pubA in [0], web in web-sg[0] \
         | web out, default@pubA out [0], pub@pubA [0], igw, igw, default@pubB in [0], fw in",
    );
}
