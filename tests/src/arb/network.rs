//! Random blocks, subnets, gateways and routes.
//!
//! In: a draft. Out: the same with a network, and its lines.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::draft::{Draft, Family, Gateway, Subnet, everything};
use super::{internet, on_premises};
use crate::page::Page;

const REGION: &str = "eu-west-1";
const PLACES: [(&str, &[&str]); 4] = [
    ("vpn", &["203.0.113.7/32"]),
    ("office", &["203.0.113.0/28", "2001:db8:ffff::/48"]),
    ("abroad", &["198.51.100.128/25", "203.0.113.64/26"]),
    ("home6", &["2001:db8:ffff:7::/64"]),
];

/// Decides on blocks, subnets and gateways.
pub(super) fn draw(draft: &mut Draft) {
    blocks(draft);
    subnets(draft);
    draft.gateway = match draft.random.below(10) {
        0 => Gateway::Absent,
        1 => Gateway::Detached,
        _ => Gateway::Attached,
    };
    internet::draw(draft);
    let chosen = draft.random.some_of(&PLACES, 4);
    draft.places = chosen.into_iter().map(|&(name, nets)| (name, nets.to_vec())).collect();
    let nats = draft.count(0, 1, 3);
    for number in 0..nats {
        nat(draft, number);
    }
    let tables = draft.count(1, 2, 4);
    draft.tables = (0..tables).map(|number| format!("rt-{number}")).collect();
    let acls = draft.count(0, 1, 3);
    draft.acls = (0..acls).map(|number| format!("acl-{number}")).collect();
}

fn blocks(draft: &mut Draft) {
    let private = draft.random.chance(85);
    let primary = if private { ["10.8.0.0/24", "10.8.0.0/20"] } else { ["192.0.2.0/24", "100.64.8.0/24"] };
    draft.v4.extend(draft.random.pick(&primary).parse::<Ipv4Net>());
    for further in ["10.9.0.0/24", "100.64.0.0/24", "192.0.2.128/25"] {
        let joins = private || further == "100.64.0.0/24";
        if joins && draft.random.chance(15) {
            draft.v4.extend(further.parse::<Ipv4Net>());
        }
    }
    let v6 = [
        ("2001:db8:1200::/56", "amazon"),
        ("fd00:1::/56", "private"),
        ("2001:db8:3400::/56", "private"),
        ("2001:db8:5600::/48", "byoip"),
    ];
    if draft.random.chance(55) {
        for (block, kind) in v6 {
            if draft.random.chance(40) {
                draft.v6.extend(block.parse::<Ipv6Net>().map(|net| (net, kind)));
            }
        }
    }
}

fn subnets(draft: &mut Draft) {
    let count = draft.count(1, 2, 5);
    for number in 0..count {
        let zone = if number == 0 || (number > 1 && draft.random.chance(50)) { "a" } else { "b" };
        let v4 = draft.random.one_of(&draft.v4).copied();
        let v6 = draft.random.one_of(&draft.v6).copied();
        let (has_v4, has_v6) = match draft.random.below(10) {
            0 | 1 if v6.is_some() => (false, true),
            2..=5 => (true, false),
            _ => (true, v6.is_some()),
        };
        let v4 = v4.filter(|_| has_v4).and_then(|block| slot4(block, number, 27 + (number as u8 & 1)));
        let v6 = v6.filter(|_| has_v6).and_then(|(block, _)| slot6(block, number));
        draft.subnets.push(Subnet { name: format!("net-{number}"), zone, v4, v6, taken: Vec::new() });
    }
}

/// The `number`th piece of 32 addresses of a block.
fn slot4(block: Ipv4Net, number: usize, length: u8) -> Option<Ipv4Net> {
    // A /25 has room for four.
    let base = block.network().to_bits() + 32 * (number as u32 % 4) + u32::from(number > 3) * 16;
    let length = if number > 3 { 28 } else { length };
    let net = Ipv4Net::new(base.into(), if number == 0 { 28 } else { length }).ok()?;
    block.contains(&net).then_some(net)
}

fn slot6(block: Ipv6Net, number: usize) -> Option<Ipv6Net> {
    Ipv6Net::new((block.network().to_bits() + ((number as u128) << 64)).into(), 64).ok()
}

fn nat(draft: &mut Draft, number: usize) {
    let homes: Vec<usize> = (0..draft.subnets.len())
        .filter(|&at| draft.subnets.get(at).is_some_and(|subnet| subnet.v4.is_some()))
        .collect();
    let Some(&home) = draft.random.one_of(&homes) else { return };
    let name = format!("nat-{number}");
    let subnet = draft.subnets.get(home).map(|subnet| subnet.name.clone()).unwrap_or_default();
    let state = draft.random.pick(&["available", "available", "available", "pending", "failed", "deleted"]);
    let mut keys = format!("subnet: {subnet}, state: {state}");
    if draft.random.chance(70)
        && let Some(address) = draft.address(home, Family::V4)
    {
        keys += &format!(", address: {address}");
    }
    if draft.gateway != Gateway::Attached || draft.random.chance(25) {
        keys += ", connectivity: private";
    } else if draft.random.chance(60) {
        let elastic = draft.elastic();
        keys += &format!(", elastic_ip: {elastic}");
    }
    draft.nats.push((name, keys));
}

/// Writes blocks, gateways, tables and subnets.
pub(super) fn write(page: &mut Page, draft: &mut Draft) {
    page.line(0, "vpc: random");
    page.line(0, format_args!("region: {REGION}"));
    page.block(0, "cidr", draft.v4.iter().map(|net| format!("- {net}")));
    page.block(0, "ipv6", draft.v6.iter().map(|(net, kind)| format!("- {{block: \"{net}\", kind: {kind}}}")));
    if draft.random.chance(20) {
        page.line(0, "dns_support: false");
    }
    if draft.random.chance(20) {
        page.line(0, "source_ports: 1024-65535");
    }
    page.block(0, "places", draft.places.iter().map(|(name, nets)| format!("{name}: [{}]", quoted(nets))));
    match draft.gateway {
        Gateway::Absent => {}
        Gateway::Attached => page.line(0, "internet_gateway: igw"),
        Gateway::Detached => page.line(0, "internet_gateway: {name: igw, state: detached}"),
    }
    internet::write(page, draft);
    page.block(0, "nat_gateways", draft.nats.iter().map(|(name, keys)| format!("{name}: {{{keys}}}")));
    on_premises::write_gateways(page, draft);
    page.line(0, "route_tables:");
    for name in draft.tables.clone() {
        let routes = routes(draft);
        let is_main = name == "rt-0" && draft.random.chance(50);
        let propagates = !draft.premises.gateways.is_empty() && draft.random.chance(60);
        if is_main || propagates {
            page.line(1, format_args!("{name}:"));
            if is_main {
                page.line(2, "main: true");
            }
            if propagates {
                page.line(2, "propagating: vgw");
            }
            page.block(2, "routes", routes);
        } else if routes.is_empty() {
            page.line(1, format_args!("{name}: []"));
        } else {
            page.block(1, &name, routes);
        }
    }
    page.line(0, "subnets:");
    for subnet in draft.subnets.clone() {
        write_subnet(page, draft, &subnet);
    }
}

fn quoted(nets: &[&str]) -> String {
    nets.iter().map(|net| format!("\"{net}\"")).collect::<Vec<_>>().join(", ")
}

fn write_subnet(page: &mut Page, draft: &mut Draft, subnet: &Subnet) {
    let mut keys = format!("az: {REGION}{}", subnet.zone);
    if let Some(v4) = subnet.v4 {
        keys += &format!(", cidr: {v4}");
    }
    if let Some(v6) = subnet.v6 {
        keys += &format!(", ipv6: \"{v6}\"");
    }
    if let Some(table) = draft.random.one_of(&draft.tables).filter(|_| draft.random.clone().chance(85)) {
        keys += &format!(", route_table: {table}");
    }
    if let Some(acl) = draft.random.one_of(&draft.acls).filter(|_| draft.random.clone().chance(60)) {
        keys += &format!(", network_acl: {acl}");
    }
    if draft.random.chance(25) {
        keys += ", public_addresses: true";
    }
    page.line(1, format_args!("{}: {{{keys}}}", subnet.name));
}

/// Routes of one table, no static destination twice.
fn routes(draft: &mut Draft) -> Vec<String> {
    let mut routes: Vec<String> = Vec::new();
    let mut written: Vec<String> = Vec::new();
    let inside: Vec<IpNet> = draft
        .subnets
        .iter()
        .flat_map(|subnet| subnet.v4.map(IpNet::V4).into_iter().chain(subnet.v6.map(IpNet::V6)))
        .collect();
    for default in [Family::V4, Family::V6] {
        let is_wanted = default == Family::V4 || !draft.v6.is_empty();
        if is_wanted && draft.random.chance(75) {
            let target = target(draft, Some(default), false);
            written.push(everything(default).to_string());
            routes.push(format!("- {} -> {target}", everything(default)));
        }
    }
    let more = draft.count(0, 2, 5);
    for _ in 0..more {
        let (destination, is_inside, family) = destination(draft, &inside);
        let target = target(draft, family, is_inside);
        let origin = match draft.random.below(12) {
            0 | 1 => " propagated",
            2 => " advertised",
            _ => "",
        };
        let origin = if is_inside { "" } else { origin };
        if origin.is_empty() && written.contains(&destination) {
            continue;
        }
        let filtered = if draft.random.chance(6) { " filtered" } else { "" };
        if origin.is_empty() {
            written.push(destination.clone());
        }
        routes.push(format!("- {destination} -> {target}{origin}{filtered}"));
    }
    routes
}

fn destination(draft: &mut Draft, inside: &[IpNet]) -> (String, bool, Option<Family>) {
    if draft.random.chance(20)
        && let Some((list, family, entries)) = draft.random.one_of(&draft.lists).cloned()
    {
        let is_inside = entries.iter().any(|&net| is_of_vpc(draft, net));
        return (format!("list {list}"), is_inside, Some(family));
    }
    if draft.random.chance(25)
        && let Some(&net) = draft.random.one_of(inside)
        && !draft.v4.iter().any(|&block| IpNet::V4(block) == net)
    {
        return (net.to_string(), true, Some(family_of(net)));
    }
    let family = draft.family();
    let mut net = draft.net(family);
    if is_of_vpc(draft, net) {
        let outside = if family == Family::V4 { "203.0.113.0/24" } else { "2001:db8:ffff::/48" };
        net = outside.parse().unwrap_or(net);
    }
    (net.to_string(), false, Some(family))
}

fn family_of(net: IpNet) -> Family {
    match net {
        IpNet::V4(_) => Family::V4,
        IpNet::V6(_) => Family::V6,
    }
}

/// Whether the network lies in a block of the VPC.
pub(super) fn is_of_vpc(draft: &Draft, net: IpNet) -> bool {
    let v6 = draft.v6.iter().map(|&(block, _)| IpNet::V6(block));
    let mut blocks = draft.v4.iter().copied().map(IpNet::V4).chain(v6);
    blocks.any(|block| block.contains(&net))
}

fn target(draft: &mut Draft, family: Option<Family>, is_inside: bool) -> String {
    let nats: Vec<String> = draft.nats.iter().map(|(name, _)| name.clone()).collect();
    let nat = draft.random.one_of(&nats).cloned().filter(|_| family == Some(Family::V4) || draft.random.chance(30));
    let interface = draft.random.one_of(&draft.targets).cloned();
    let gateway = (draft.gateway != Gateway::Absent && !is_inside).then(|| "igw".to_owned());
    let private = draft.random.one_of(&draft.premises.gateways).map(|(name, _)| (*name).to_owned());
    let egress_only = draft.has_egress_only && family == Some(Family::V6) && !is_inside;
    if egress_only && draft.random.chance(45) {
        return "eigw".to_owned();
    }
    if let Some(private) = private.filter(|_| !is_inside)
        && draft.random.chance(25)
    {
        return private;
    }
    let drawn = match draft.random.below(12) {
        0..=5 if !is_inside => gateway,
        0..=7 => nat,
        8 | 9 => interface,
        10 => Some("unmodelled tgw".to_owned()),
        _ => None,
    };
    drawn.unwrap_or_else(|| "blackhole".to_owned())
}

/// The address after `net`'s last, if there is one; for lists that touch.
pub(super) fn beyond(net: IpNet) -> Option<IpAddr> {
    match net.broadcast() {
        IpAddr::V4(v4) => v4.to_bits().checked_add(1).map(|bits| IpAddr::V4(bits.into())),
        IpAddr::V6(v6) => v6.to_bits().checked_add(1).map(|bits| IpAddr::V6(bits.into())),
    }
}
