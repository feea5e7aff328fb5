//! The cases that the contract names, on fixture F0 and small changes to it.

use fmnet_core::model::gateway::{Attachment, Connectivity, NatState};
use fmnet_core::model::interface::InterfaceState;
use fmnet_core::model::route_table::Origin;
use fmnet_core::model::vpc::Ipv6Kind;
use fmnet_core::traffic::Protocol;

use super::testing::{Net, packet, tcp};
use crate::packet::Packet;

/// A host on the internet.
const INET: &str = "203.0.113.7";
/// The same, for IPv6.
const INET6: &str = "2001:db8:ffff::7";

/// Asserts the word, the blockers and the unknowns of a packet over F0 as `edit` left it.
#[track_caller]
fn check(edit: impl Fn(&mut Net), from: &str, packet: Packet, expected: &[&str]) {
    let mut net = Net::f0();
    edit(&mut net);
    assert_eq!(net.lines(from, &packet), expected, "{from}: {packet}");
}

/// Asserts the hops, the way back after `|`.
#[track_caller]
fn check_hops(edit: impl Fn(&mut Net), from: &str, packet: Packet, expected: &str) {
    let mut net = Net::f0();
    edit(&mut net);
    assert_eq!(net.hops(from, &packet), expected, "{from}: {packet}");
}

fn as_is(_: &mut Net) {}

/// F0 with app's default route to a NAT gateway.
fn with_nat(net: &mut Net) {
    net.nat();
    net.route("main", "0.0.0.0/0", "nat");
}

#[test]
fn internet_inward() {
    let web = tcp(INET, "198.51.100.10", 443);
    check(as_is, "internet", web, &["Answered"]);
    check_hops(
        as_is,
        "internet",
        web,
        "igw, default@pubA in [0], web in sg-web[0] | web out, default@pubA out [0], pub@pubA [0], igw",
    );
    // Every blocker of a workload without a public address, a route or a rule (R208).
    let db = [
        "Blocked",
        "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw",
        "forward ENI_SG_RULES_MISMATCH db in",
        "return NO_ROUTE_TO_DESTINATION main@privB",
    ];
    check(as_is, "internet", tcp(INET, "10.0.11.10", 5432), &db);
    let nobody = [
        "Blocked",
        "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw",
    ];
    check(as_is, "internet", tcp(INET, "198.51.100.99", 443), &nobody);
    // R107: a public address without a route back.
    let lost = ["ReplyLost", "return NO_ROUTE_TO_DESTINATION main@privA"];
    let open = |net: &mut Net| {
        net.public("app", "198.51.100.20");
        net.regroup("sg-app", &["tcp/8080 0.0.0.0/0"], &[]);
    };
    check(open, "internet", tcp(INET, "198.51.100.20", 8080), &lost);
    let nat = ["Blocked", "forward NO_POSSIBLE_DESTINATION nat"];
    check(with_nat, "internet", tcp(INET, "198.51.100.5", 22), &nat);
    // Refused sources, one code each.
    for (source, code) in [
        ("192.168.1.1", "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"),
        ("100.64.0.1", "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"),
    ] {
        let expected = format!("forward {code} igw");
        check(
            as_is,
            "internet",
            tcp(source, "198.51.100.10", 443),
            &["Blocked", &expected],
        );
    }
}

#[test]
fn internet_gateway_missing_or_detached() {
    let web = tcp(INET, "198.51.100.10", 443);
    let detach = |net: &mut Net| net.igw_mut().attachment = Attachment::Detached;
    let inward = [
        "Blocked",
        "forward BAD_STATE_ATTACHMENT igw",
        "return BAD_STATE_ROUTE pub@pubA [0]",
    ];
    check(detach, "internet", web, &inward);
    let outward = ["Blocked", "forward BAD_STATE_ROUTE pub@pubA [0]"];
    check(detach, "web", tcp("10.0.0.10", INET, 443), &outward);
    let remove = |net: &mut Net| {
        net.model.internet_gateways = Default::default();
        for table in net.model.route_tables.ids() {
            net.model.route_tables.get_mut(table).routes.clear();
        }
    };
    let none = [
        "Blocked",
        "forward NO_PATH vpc",
        "return NO_ROUTE_TO_DESTINATION pub@pubA",
    ];
    check(remove, "internet", web, &none);
}

#[test]
fn internet_outward() {
    check(as_is, "web", tcp("10.0.0.10", INET, 443), &["Answered"]);
    let no_route = ["Blocked", "forward NO_ROUTE_TO_DESTINATION main@privA"];
    check(as_is, "app", tcp("10.0.10.10", INET, 443), &no_route);
    // R104: no public address; the walk goes on.
    let unmapped = [
        "Blocked",
        "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw",
    ];
    check(as_is, "fw", tcp("10.0.1.5", INET, 443), &unmapped);
    let private = [
        "Blocked",
        "forward IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS igw",
    ];
    check(as_is, "web", tcp("10.0.0.10", "192.168.5.5", 443), &private);
    // R111.
    let hairpin = ["Unknown", "forward Hairpin(#0)"];
    check(
        |net| net.public("fw", "198.51.100.30"),
        "fw",
        tcp("10.0.1.5", "198.51.100.10", 443),
        &hairpin,
    );
}

#[test]
fn spoofing() {
    let foreign = tcp("10.77.0.5", INET, 443);
    let checked = [
        "Blocked",
        "forward ENI_SOURCE_DEST_CHECK_RESTRICTION web",
        "forward GATEWAY_REJECTS_SPOOFED_TRAFFIC igw",
    ];
    check(as_is, "web", foreign, &checked);
    let unchecked = ["Blocked", "forward GATEWAY_REJECTS_SPOOFED_TRAFFIC igw"];
    check(
        |net| net.appliance("web", &["10.77.0.0/24"]),
        "web",
        foreign,
        &unchecked,
    );
}

#[test]
fn security_groups() {
    check(
        as_is,
        "web",
        tcp("10.0.0.10", "10.0.10.10", 8080),
        &["Answered"],
    );
    check_hops(
        as_is,
        "web",
        tcp("10.0.0.10", "10.0.10.10", 8080),
        "web out sg-web[0], default@pubA out [0], pub@pubA local, default@privA in [0], app in sg-app[0] \
         | app out, default@privA out [0], main@privA local, default@pubA in [0], web in",
    );
    let mismatch = ["Blocked", "forward ENI_SG_RULES_MISMATCH db in"];
    check(
        as_is,
        "web",
        tcp("10.0.0.10", "10.0.11.10", 5432),
        &mismatch,
    );
    let silent = |net: &mut Net| net.regroup("sg-web", &[], &[]);
    let none = ["Blocked", "forward SG_HAS_NO_RULES web out"];
    check(silent, "web", tcp("10.0.0.10", "10.0.10.10", 8080), &none);
    // R50: no egress rule is needed for a reply.
    let mute = |net: &mut Net| net.regroup("sg-db", &["tcp/5432 sg-app"], &[]);
    check(
        mute,
        "app",
        tcp("10.0.10.10", "10.0.11.10", 5432),
        &["Answered"],
    );
    let list = |net: &mut Net| net.regroup("sg-web", &["tcp/443 partners"], &[]);
    check(
        list,
        "internet",
        tcp("198.18.3.4", "198.51.100.10", 443),
        &["Answered"],
    );
    // R48: a group of another VPC on a database.
    let foreign = |net: &mut Net| {
        net.database("db", 5432);
        net.group_mut("sg-db").foreign_vpc = Some("v2".to_owned());
    };
    let unknown = ["Unknown", "forward ForeignGroup(#2, #2)"];
    check(
        foreign,
        "app",
        tcp("10.0.10.10", "10.0.11.10", 5432),
        &unknown,
    );
}

#[test]
fn network_acls() {
    let call = tcp("10.0.10.10", "10.0.11.10", 5432);
    let all = "allow any 0.0.0.0/0";
    // R60: the reply is judged by itself.
    let silent = |net: &mut Net| net.restrict("privB", &[all], &["allow tcp/5432 0.0.0.0/0"]);
    check(
        silent,
        "app",
        call,
        &[
            "ReplyLost",
            "return SUBNET_ACL_RESTRICTION tight@privB out *",
        ],
    );
    let wide =
        |net: &mut Net| net.restrict("privB", &[all], &["allow tcp/32768-65535 10.0.10.0/24"]);
    check(wide, "app", call, &["Answered"]);
    // R58: the first rule that matches.
    let denied =
        |net: &mut Net| net.restrict("privB", &["deny tcp/5432 10.0.10.10/32", all], &[all]);
    check(
        denied,
        "app",
        call,
        &[
            "Blocked",
            "forward SUBNET_ACL_RESTRICTION tight@privB in [0]",
        ],
    );
    // R4: inside one subnet neither ACL nor route table.
    let neighbour = |net: &mut Net| {
        net.restrict("privA", &[], &[]);
        net.route("main", "10.0.10.0/24", "blackhole");
        net.interface("near", "privA", &["10.0.10.11"], "sg-web");
    };
    let near = tcp("10.0.10.11", "10.0.10.10", 8080);
    check(neighbour, "near", near, &["Answered"]);
    check_hops(
        neighbour,
        "near",
        near,
        "near out sg-web[0], app in sg-app[0] | app out, near in",
    );
    let nobody = ["Blocked", "forward NO_POSSIBLE_DESTINATION vpc"];
    check(
        neighbour,
        "near",
        tcp("10.0.10.11", "10.0.10.12", 8080),
        &nobody,
    );
    // The ACL is named before the route.
    let both = |net: &mut Net| net.restrict("privA", &[], &[]);
    let two = [
        "Blocked",
        "forward SUBNET_ACL_RESTRICTION tight@privA out *",
        "forward NO_ROUTE_TO_DESTINATION main@privA",
    ];
    check(both, "app", tcp("10.0.10.10", INET, 443), &two);
}

#[test]
fn nat_gateway() {
    let call = tcp("10.0.10.10", INET, 443);
    check(with_nat, "app", call, &["Answered"]);
    check_hops(
        with_nat,
        "app",
        call,
        "app out sg-app[0], default@privA out [0], main@privA [0], default@pubA in [0], nat, \
         default@pubA out [0], pub@pubA [0], igw \
         | igw, default@pubA in [0], nat, default@pubA out [0], default@privA in [0], app in",
    );
    // R69: the four crossings of its subnet's boundary, each with its own header.
    let all = "allow any 0.0.0.0/0";
    let exact = |net: &mut Net| {
        with_nat(net);
        let ingress = [
            "allow tcp/443 10.0.10.10/32",
            "allow tcp/2000 203.0.113.7/32",
        ];
        let egress = [
            "allow tcp/443 203.0.113.7/32",
            "allow tcp/40000 10.0.10.10/32",
        ];
        net.restrict("pubA", &ingress, &egress);
    };
    check(exact, "app", call, &["Answered"]);
    let inside = |net: &mut Net| {
        with_nat(net);
        net.restrict("pubA", &["allow any 10.0.0.0/16"], &[all]);
    };
    check(
        inside,
        "app",
        call,
        &["ReplyLost", "return SUBNET_ACL_RESTRICTION tight@pubA in *"],
    );
    let shut = |net: &mut Net| {
        with_nat(net);
        net.restrict("pubA", &[], &[]);
    };
    let four = [
        "Blocked",
        "forward SUBNET_ACL_RESTRICTION tight@pubA in *",
        "forward SUBNET_ACL_RESTRICTION tight@pubA out *",
        "return SUBNET_ACL_RESTRICTION tight@pubA in *",
        "return SUBNET_ACL_RESTRICTION tight@pubA out *",
    ];
    check(shut, "app", call, &four);
    let failed = |net: &mut Net| {
        with_nat(net);
        net.nat_mut().state = NatState::NotWorking;
    };
    check(failed, "app", call, &["Blocked", "forward BAD_STATE nat"]);
    let deleted = |net: &mut Net| {
        with_nat(net);
        net.nat_mut().state = NatState::Deleted;
    };
    check(
        deleted,
        "app",
        call,
        &["Blocked", "forward BAD_STATE_ROUTE main@privA [0]"],
    );
    // R119.
    let private = |net: &mut Net| {
        with_nat(net);
        net.nat_mut().connectivity = Connectivity::Private;
    };
    let unmapped = [
        "Blocked",
        "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw",
    ];
    check(private, "app", call, &unmapped);
    // R117.
    let esp = packet(Protocol(50), "10.0.10.10", INET, 0);
    check(
        with_nat,
        "app",
        esp,
        &["Blocked", "forward PROTOCOL_RESTRICTION nat"],
    );
    // R120.
    let behind = |net: &mut Net| {
        with_nat(net);
        net.appliance("app", &["172.16.0.0/16"]);
    };
    let outside = ["Blocked", "forward NGW_REQUIRES_SOURCE_IN_VPC nat"];
    check(behind, "app", tcp("172.16.3.4", INET, 443), &outside);
    // R115.
    let to_nat = ["Blocked", "forward NO_POSSIBLE_DESTINATION nat"];
    check(with_nat, "app", tcp("10.0.10.10", "10.0.0.5", 80), &to_nat);
    check(with_nat, "web", tcp("10.0.0.10", "10.0.0.5", 80), &to_nat);
}

#[test]
fn nat_gateway_in_unusual_places() {
    let call = tcp("10.0.10.10", INET, 443);
    // R114: in a subnet without a way out; R122: whose table leads to it again.
    let inward = |net: &mut Net| {
        net.nat_in("nat", "privA", "10.0.10.5");
        net.route("main", "203.0.113.0/24", "nat");
    };
    check(
        inward,
        "app",
        call,
        &["Blocked", "forward NO_ROUTE_TO_DESTINATION main@privA [0]"],
    );
    check_hops(
        inward,
        "app",
        call,
        "app out sg-app[0], main@privA [0], nat | ",
    );
    let chained = |net: &mut Net| {
        with_nat(net);
        net.nat_in("second", "pubB", "10.0.1.6");
        net.route("pub", "203.0.113.0/24", "second");
    };
    check(
        chained,
        "app",
        call,
        &["Unknown", "forward SecondTranslation(#1)"],
    );
    // Inside the VPC by a route longer than the local one (R83): the replier sees the
    // NAT gateway, and answers it, whatever its own table says of the client.
    let private = |net: &mut Net| {
        with_nat(net);
        net.table("own");
        net.route("own", "10.0.11.0/24", "nat");
        let table = net.model.route_tables.ids().next_back();
        net.subnet_mut("privA").route_table = table
            .into_iter()
            .next()
            .unwrap_or(net.subnet_mut("privA").route_table);
        net.regroup("sg-db", &["tcp/5432 10.0.0.5/32"], &[]);
    };
    let db = tcp("10.0.10.10", "10.0.11.10", 5432);
    check(private, "app", db, &["Answered"]);
    check_hops(
        private,
        "app",
        db,
        "app out sg-app[0], default@privA out [0], own@privA [0], default@pubA in [0], nat, \
         default@pubA out [0], pub@pubA local, default@privB in [0], db in sg-db[0] \
         | db out, default@privB out [0], main@privB local, default@pubA in [0], nat, \
         default@pubA out [0], default@privA in [0], app in",
    );
}

#[test]
fn routes() {
    let call = tcp("10.0.10.10", INET, 443);
    let hole = |net: &mut Net| {
        net.route("main", "0.0.0.0/0", "blackhole");
    };
    check(
        hole,
        "app",
        call,
        &["Blocked", "forward BAD_STATE_ROUTE main@privA [0]"],
    );
    let vgw = |net: &mut Net| {
        net.route("main", "0.0.0.0/0", "vgw");
    };
    let unmodelled = ["Unknown", "forward Target(Route { table: #1, index: 0 })"];
    check(vgw, "app", call, &unmodelled);
    // R81: no fall back to a shorter prefix.
    let nobody = ["Blocked", "forward NO_POSSIBLE_DESTINATION vpc"];
    check(
        with_nat,
        "app",
        tcp("10.0.10.10", "10.0.200.1", 443),
        &nobody,
    );
    // On the reply (R79, R84).
    let web = tcp(INET, "198.51.100.10", 443);
    let longer = |net: &mut Net| {
        net.nat();
        net.route("pub", "203.0.113.0/24", "nat");
    };
    check(
        longer,
        "internet",
        web,
        &["ReplyLost", "return MORE_SPECIFIC_ROUTE pub@pubA [1]"],
    );
    let elsewhere = |net: &mut Net| {
        net.route("pub", "203.0.113.0/24", "tgw");
    };
    let unknown = ["Unknown", "return Target(Route { table: #0, index: 1 })"];
    check(elsewhere, "internet", web, &unknown);
    let partner = tcp("198.18.3.4", "198.51.100.10", 443);
    let beaten = |net: &mut Net| {
        net.nat();
        net.route("pub", "partners", "igw");
        net.route("pub", "198.18.0.0/16", "nat");
    };
    // The shorter default route is named first.
    check(
        beaten,
        "internet",
        partner,
        &["ReplyLost", "return MORE_SPECIFIC_ROUTE pub@pubA [2]"],
    );
    let equal = |net: &mut Net| {
        net.nat();
        net.route("main", "partners", "igw");
        net.route("main", "198.18.0.0/16", "nat");
        net.public("app", "198.51.100.20");
        net.regroup("sg-app", &["tcp/8080 partners"], &[]);
    };
    let higher = ["ReplyLost", "return HIGHER_PRIORITY_ROUTE main@privA [1]"];
    check(
        equal,
        "internet",
        tcp("198.18.3.4", "198.51.100.20", 8080),
        &higher,
    );
    let tie = |net: &mut Net| {
        net.route("pub", "203.0.113.0/24", "igw");
        net.route("pub", "203.0.113.0/24", "fw").origin = Origin::Advertised;
    };
    let open = [
        "Unknown",
        "return RoutePriority(Route { table: #0, index: 1 })",
    ];
    check(tie, "internet", web, &open);
    let filtered = |net: &mut Net| net.route("main", "0.0.0.0/0", "igw").is_filtered = true;
    let open = [
        "Unknown",
        "forward RoutePriority(Route { table: #1, index: 0 })",
    ];
    check(filtered, "app", call, &open);
}

#[test]
fn amazon_services() {
    // R73: no group, no ACL, no route.
    let shut = |net: &mut Net| {
        net.regroup("sg-app", &[], &[]);
        net.restrict("privA", &[], &[]);
    };
    for address in [
        "169.254.169.254",
        "169.254.169.253",
        "10.0.0.2",
        "10.0.10.1",
        "10.0.10.2",
    ] {
        check(shut, "app", tcp("10.0.10.10", address, 80), &["Answered"]);
        check_hops(shut, "app", tcp("10.0.10.10", address, 80), " | ");
    }
    // R23.
    let deaf = |net: &mut Net| net.model.vpc.dns_support = false;
    for (address, expected) in [
        ("169.254.169.254", None),
        ("169.254.169.253", Some("amazon")),
        ("10.0.0.2", Some("amazon")),
        ("10.0.10.2", Some("amazon")),
        ("169.254.168.9", Some("vpc")),
    ] {
        let wall = expected.map(|at| format!("forward NO_POSSIBLE_DESTINATION {at}"));
        let word = if wall.is_some() {
            "Blocked"
        } else {
            "Answered"
        };
        let lines: Vec<&str> = std::iter::once(word).chain(wall.as_deref()).collect();
        check(deaf, "app", tcp("10.0.10.10", address, 53), &lines);
    }
}

#[test]
fn states() {
    let stop = |net: &mut Net| net.interface_mut("app").state = InterfaceState::OwnerNotRunning;
    let bad = ["Blocked", "forward BAD_STATE app"];
    check(stop, "web", tcp("10.0.0.10", "10.0.10.10", 8080), &bad);
    check(stop, "app", tcp("10.0.10.10", "10.0.11.10", 5432), &bad);
    // R210.
    let database = |net: &mut Net| {
        net.database("db", 6000);
        net.regroup("sg-db", &["any sg-app"], &[]);
    };
    let deaf = ["Blocked", "forward NOTHING_LISTENS db"];
    check(
        database,
        "app",
        tcp("10.0.10.10", "10.0.11.10", 5432),
        &deaf,
    );
    check(
        database,
        "app",
        tcp("10.0.10.10", "10.0.11.10", 6000),
        &["Answered"],
    );
}

#[test]
fn ipv6() {
    let public = |net: &mut Net| net.ipv6("2001:db8:0:100::/56", Ipv6Kind::Public);
    let inward = tcp(INET6, "2001:db8:0:100::10", 443);
    let outward = tcp("2001:db8:0:100::10", INET6, 443);
    check(public, "internet", inward, &["Answered"]);
    check(public, "web", outward, &["Answered"]);
    // R30, R212.
    let denied = |net: &mut Net| {
        public(net);
        net.interface_mut("web").deny_internet_ipv6 = true;
    };
    let code = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw";
    check(
        denied,
        "internet",
        inward,
        &["Blocked", &format!("forward {code}")],
    );
    check(
        denied,
        "web",
        outward,
        &["ReplyLost", &format!("return {code}")],
    );
    // R129.
    let private = |net: &mut Net| net.ipv6("fd80:1:0:100::/56", Ipv6Kind::Private);
    let inward = tcp(INET6, "fd80:1:0:100::10", 443);
    check(
        private,
        "internet",
        inward,
        &["Blocked", &format!("forward {code}")],
    );
    let unmapped = [
        "Blocked",
        "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw",
    ];
    check(
        private,
        "web",
        tcp("fd80:1:0:100::10", INET6, 443),
        &unmapped,
    );
    // R36: a group reference covers both families.
    let call = tcp("2001:db8:0:100::10", "2001:db8:0:110::10", 8080);
    check(public, "web", call, &["Answered"]);
    // R123.
    let nat64 = |net: &mut Net| {
        public(net);
        net.nat();
        net.regroup("sg-app", &[], &["any ::/0"]);
        net.route("main", "64:ff9b::/96", "nat");
    };
    let unknown = ["Unknown", "forward Nat64(#0)"];
    check(
        nat64,
        "app",
        tcp("2001:db8:0:110::10", "64:ff9b::cb00:7107", 443),
        &unknown,
    );
}

#[test]
fn icmp() {
    let ping = |net: &mut Net| net.regroup("sg-app", &["icmp/8 sg-web", "icmp/3 sg-web"], &[]);
    let echo = packet(Protocol::ICMP, "10.0.0.10", "10.0.10.10", 8 << 8);
    check(ping, "web", echo, &["Answered"]);
    // R65: the reply is type 0.
    let (all, reply) = ("allow any 0.0.0.0/0", "allow icmp/0 0.0.0.0/0");
    let deaf = |net: &mut Net| {
        ping(net);
        net.restrict("privA", &[all], &["allow icmp/8 0.0.0.0/0"]);
    };
    check(
        deaf,
        "web",
        echo,
        &[
            "ReplyLost",
            "return SUBNET_ACL_RESTRICTION tight@privA out *",
        ],
    );
    let exact = |net: &mut Net| {
        ping(net);
        net.restrict("privA", &[all], &[reply]);
    };
    check(exact, "web", echo, &["Answered"]);
    // An error has no reply: the request is the whole.
    let error = packet(Protocol::ICMP, "10.0.0.10", "10.0.10.10", 3 << 8 | 4);
    check(deaf, "web", error, &["Answered"]);
}

#[test]
fn appliances() {
    // A workload behind `fw`, which a route of app's table leads to.
    let behind = |net: &mut Net| {
        net.appliance("fw", &["172.16.0.0/16"]);
        net.route("main", "172.16.0.0/12", "fw");
    };
    let outward = tcp("10.0.10.10", "172.16.3.4", 80);
    check(behind, "app", outward, &["Answered"]);
    check_hops(
        behind,
        "app",
        outward,
        "app out sg-app[0], default@privA out [0], main@privA [0], default@pubB in [0], fw in sg-fw[0] \
         | fw out, default@pubB out [0], pub@pubB local, default@privA in [0], app in",
    );
    let beyond = tcp("10.0.10.10", "172.17.3.4", 80);
    check(behind, "app", beyond, &["Unknown", "forward Appliance(#3)"]);
    // R24.
    let checked = |net: &mut Net| {
        net.route("main", "172.16.0.0/12", "fw");
    };
    let wall = ["Blocked", "forward ENI_SOURCE_DEST_CHECK_RESTRICTION fw"];
    check(checked, "app", outward, &wall);
    let stopped = |net: &mut Net| {
        behind(net);
        net.interface_mut("fw").state = InterfaceState::Detached;
    };
    check(
        stopped,
        "app",
        outward,
        &["Blocked", "forward BAD_STATE_ROUTE main@privA [0]"],
    );
    // And inward.
    let open = |net: &mut Net| {
        behind(net);
        net.regroup("sg-db", &["tcp/5432 172.16.0.0/16"], &[]);
    };
    let inward = tcp("172.16.3.4", "10.0.11.10", 5432);
    check(open, "fw", inward, &["Answered"]);
    let no_way_back = |net: &mut Net| {
        net.appliance("fw", &["172.16.0.0/16"]);
        net.regroup("sg-db", &["tcp/5432 172.16.0.0/16"], &[]);
    };
    let lost = ["ReplyLost", "return NO_ROUTE_TO_DESTINATION main@privB"];
    check(no_way_back, "fw", inward, &lost);
}
