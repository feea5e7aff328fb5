//! The fleet's network: blocks, subnets, gateways, routes, ACLs.
//!
//! In: its scale. Out: everything of the design that is not a workload or a group.

use super::{Routing, Scale, Subnet, TIERS, ZONES};
use crate::page::Page;

const REGION: &str = "ap-northeast-2";

/// The second octet of the `index`th block.
fn block(index: usize) -> usize {
    32 + index
}

fn blocks(scale: Scale) -> Vec<String> {
    (0..scale.blocks).map(|index| format!("10.{}.0.0/16", block(index))).collect()
}

/// Every subnet, tier by tier and zone by zone, dealt out over the blocks.
pub(super) fn subnets(scale: Scale) -> Vec<Subnet> {
    let mut subnets = Vec::with_capacity(scale.subnets());
    for (tier_index, tier) in TIERS.iter().enumerate() {
        for (zone_index, zone) in ZONES.iter().enumerate() {
            for part in 0..scale.subnets_per_cell {
                let number = subnets.len();
                subnets.push(Subnet {
                    name: format!("{}-{zone}-{part:02}", tier.name),
                    tier: tier_index,
                    zone: zone_index,
                    prefix: format!("10.{}.{}", block(number % scale.blocks), number / scale.blocks),
                    next: 10,
                });
            }
        }
    }
    subnets
}

/// Whether the subnet has an IPv6 block as well.
pub(super) fn is_dual(subnet: &Subnet) -> bool {
    TIERS.get(subnet.tier).is_some_and(|tier| tier.route_table == Routing::Public)
}

/// The subnet's IPv6 block, without its length.
pub(super) fn ipv6(number: usize) -> String {
    format!("2001:db8:4400:{number:x}::")
}

/// Writes everything but workloads and groups.
pub(super) fn write(page: &mut Page, scale: Scale, subnets: &mut [Subnet]) {
    page.line(0, format_args!("vpc: fleet-{}", scale.interfaces));
    page.line(0, format_args!("region: {REGION}"));
    page.line(0, format_args!("cidr: [{}]", blocks(scale).join(", ")));
    page.line(0, "ipv6: {block: 2001:db8:4400::/48, kind: byoip}");
    page.block(
        0,
        "places",
        [
            "office: [203.0.113.0/28, 2001:db8:ffff::/48]",
            "vpn: 203.0.113.77/32",
            "payments: [192.0.2.0/26, 192.0.2.128/26]",
            "status-checks: [198.51.100.64/27, 198.51.100.160/27]",
        ],
    );
    page.block(
        0,
        "prefix_lists",
        [
            "offices: [203.0.113.0/28, 203.0.113.64/28, 203.0.113.77/32]",
            "partners: [192.0.2.0/25, 192.0.2.128/26, 198.51.100.0/26]",
            "on-premises: [172.16.0.0/13, 172.24.0.0/14, 192.168.0.0/17]",
        ],
    );
    page.line(0, "internet_gateway: fleet-igw");
    nat_gateways(page, subnets);
    route_tables(page);
    network_acls(page, scale);
    page.line(0, "subnets:");
    for (number, subnet) in subnets.iter().enumerate() {
        write_subnet(page, number, subnet);
    }
}

fn nat_gateways(page: &mut Page, subnets: &mut [Subnet]) {
    page.line(0, "nat_gateways:");
    for (zone_index, zone) in ZONES.iter().enumerate() {
        let Some(subnet) = subnets.iter_mut().find(|subnet| subnet.tier == 0 && subnet.zone == zone_index) else {
            continue;
        };
        let Some(address) = subnet.address() else { continue };
        let elastic = format!("198.51.100.{}", 10 + zone_index);
        page.line(
            1,
            format_args!("nat-{zone}: {{subnet: {}, address: {address}, elastic_ip: {elastic}}}", subnet.name),
        );
    }
}

fn route_tables(page: &mut Page) {
    page.line(0, "route_tables:");
    page.block(
        1,
        "public",
        ["- 0.0.0.0/0 -> fleet-igw", "- ::/0 -> fleet-igw", "- list on-premises -> unmodelled tgw-main"],
    );
    for zone in ZONES {
        page.line(1, format_args!("private-{zone}:"));
        page.line(2, format_args!("- 0.0.0.0/0 -> nat-{zone}"));
        page.line(2, "- list on-premises -> unmodelled tgw-main");
        page.line(2, format_args!("- 10.200.0.0/16 -> vpn-{zone}.inside"));
        page.line(2, "- 203.0.113.128/25 -> blackhole");
    }
    page.block(1, "isolated", ["- 172.16.0.0/13 -> unmodelled tgw-main", "- 192.168.0.0/16 -> blackhole"]);
}

/// Rules of one direction, numbered in tens.
struct Rules {
    lines: Vec<String>,
    word: &'static str,
}

impl Rules {
    fn new(word: &'static str) -> Self {
        Self { lines: Vec::new(), word }
    }

    fn add(&mut self, action: &str, traffic: &str, net: &str) {
        let number = 10 * (self.lines.len() + 1);
        self.lines.push(format!("- {number} {action} {traffic} {} {net}", self.word));
    }
}

fn network_acls(page: &mut Page, scale: Scale) {
    page.line(0, "network_acls:");
    for tier in TIERS {
        let (mut ingress, mut egress) = (Rules::new("from"), Rules::new("to"));
        let blocks = blocks(scale);
        match tier.route_table {
            Routing::Public => public_rules(&mut ingress, &mut egress),
            Routing::Private => private_rules(&mut ingress, &mut egress),
            Routing::Isolated => ingress.add("deny", "tcp/22", "10.200.0.0/16"),
        }
        for block in &blocks {
            if tier.route_table == Routing::Isolated {
                ingress.add("allow", &format!("tcp/{}", tier.port), block);
                ingress.add("allow", "tcp/22", block);
                ingress.add("allow", "icmp/8", block);
                egress.add("allow", "tcp/1024-65535", block);
                egress.add("allow", "icmp/0", block);
            } else {
                ingress.add("allow", "any", block);
                egress.add("allow", "any", block);
            }
        }
        page.line(1, format_args!("{}-acl:", tier.name));
        page.block(2, "ingress", ingress.lines);
        page.block(2, "egress", egress.lines);
    }
}

fn public_rules(ingress: &mut Rules, egress: &mut Rules) {
    ingress.add("deny", "any", "203.0.113.192/26");
    ingress.add("deny", "tcp/3389", "0.0.0.0/0");
    for traffic in ["tcp/80", "tcp/443", "tcp/1024-65535", "udp/1024-65535", "icmp"] {
        ingress.add("allow", traffic, "0.0.0.0/0");
        ingress.add("allow", if traffic == "icmp" { "icmpv6" } else { traffic }, "::/0");
    }
    ingress.add("allow", "tcp/22", "203.0.113.0/25");
    egress.add("deny", "tcp/25", "0.0.0.0/0");
    egress.add("allow", "any", "0.0.0.0/0");
    egress.add("allow", "any", "::/0");
}

fn private_rules(ingress: &mut Rules, egress: &mut Rules) {
    ingress.add("deny", "tcp/3389", "0.0.0.0/0");
    ingress.add("allow", "tcp/1024-65535", "0.0.0.0/0");
    ingress.add("allow", "udp/1024-65535", "0.0.0.0/0");
    ingress.add("allow", "icmp/0", "0.0.0.0/0");
    egress.add("deny", "tcp/25", "0.0.0.0/0");
    for traffic in ["tcp/80", "tcp/443", "udp/53", "udp/123", "icmp/8"] {
        egress.add("allow", traffic, "0.0.0.0/0");
    }
    egress.add("allow", "tcp/1024-65535", "10.200.0.0/16");
}

fn write_subnet(page: &mut Page, number: usize, subnet: &Subnet) {
    let Some(tier) = TIERS.get(subnet.tier) else { return };
    let zone = ZONES.get(subnet.zone).copied().unwrap_or_default();
    let table = match tier.route_table {
        Routing::Public => "public".to_owned(),
        Routing::Private => format!("private-{zone}"),
        Routing::Isolated => "isolated".to_owned(),
    };
    let ipv6 = if is_dual(subnet) { format!("ipv6: {}/64, ", ipv6(number)) } else { String::new() };
    page.line(
        1,
        format_args!(
            "{}: {{az: {REGION}{zone}, cidr: {}.0/24, {ipv6}route_table: {table}, network_acl: {}-acl}}",
            subnet.name, subnet.prefix, tier.name,
        ),
    );
}
