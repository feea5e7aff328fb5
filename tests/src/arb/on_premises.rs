//! Random networks on premises, and what joins them to the VPC.
//!
//! In: a draft with blocks and subnets. Out: virtual private gateways, connections of
//! both kinds, and their lines.

use ipnet::IpNet;

use super::draft::{Draft, Family, everything};
use crate::page::Page;

/// Blocks of networks: some nest, some hold the VPC's or lie in it, some are public.
const BLOCKS: [&str; 12] = [
    "192.168.0.0/16",
    "192.168.1.0/24",
    "192.168.1.64/26",
    "10.77.0.0/16",
    "10.0.0.0/8",
    "10.8.0.0/14",
    "172.16.0.0/12",
    "100.64.0.0/10",
    "203.0.113.0/24",
    "203.0.113.7/32",
    "fd77::/16",
    "2001:db8:ffff::/48",
];
const NETWORKS: [&str; 3] = ["hq", "branch", "partner"];

/// What has been decided of premises.
#[derive(Debug, Default)]
pub(super) struct Premises {
    /// Virtual private gateways, and whether each is attached.
    pub(super) gateways: Vec<(&'static str, bool)>,
    /// Networks, with their blocks.
    pub(super) networks: Vec<(&'static str, Vec<&'static str>)>,
    customers: Vec<String>,
    connections: Vec<String>,
    direct: Vec<(usize, String)>,
}

/// Decides on networks and connections; half of the designs have none.
pub(super) fn draw(draft: &mut Draft) {
    if draft.random.chance(50) {
        return;
    }
    let mut premises = Premises::default();
    premises.gateways.push(("vgw", draft.random.chance(90)));
    if draft.random.chance(20) {
        premises.gateways.push(("vgw-old", false));
    }
    let count = draft.count(1, 2, 3);
    let mut blocks = draft.random.some_of(&BLOCKS, 6).into_iter().copied().collect::<Vec<_>>();
    for &name in NETWORKS.iter().take(count) {
        let mut mine: Vec<&str> = blocks.pop().into_iter().collect();
        if draft.random.chance(50) {
            mine.extend(blocks.pop());
        }
        if !mine.is_empty() {
            premises.networks.push((name, mine));
        }
    }
    connections(draft, &mut premises);
    direct(draft, &mut premises);
    draft.premises = premises;
}

fn connections(draft: &mut Draft, premises: &mut Premises) {
    let count = draft.count(0, 2, 4);
    for number in 0..count {
        let Some(&(network, _)) = draft.random.one_of(&premises.networks) else { return };
        let Some(&(gateway, _)) = draft.random.one_of(&premises.gateways) else { return };
        let asn = draft.random.pick(&["65000", "65001"]);
        premises.customers.push(format!("cgw-{number}: {{on_premises: {network}, asn: {asn}}}"));
        let mut keys = format!("customer_gateway: cgw-{number}, virtual_private_gateway: {gateway}");
        let prefixes = prefixes(draft, Family::V4);
        match draft.random.below(3) {
            0 => keys += &format!(", static_routes: [{}]", prefixes.join(", ")),
            1 => {
                let learned = prefixes.iter().map(|net| {
                    let path = draft.random.pick(&["", " as-path 2", " med 10", " as-path 2 med 5"]);
                    format!("{net}{path}")
                });
                keys += &format!(", learned: [{}]", learned.collect::<Vec<_>>().join(", "));
            }
            _ => {}
        }
        keys += draft.random.pick(&["", "", ", tunnels: down", ", tunnels: [down, up]"]);
        premises.connections.push(format!("vpn-{number}: {{{keys}}}"));
    }
}

fn direct(draft: &mut Draft, premises: &mut Premises) {
    let attached = premises.gateways.iter().find(|(_, attached)| *attached);
    let is_drawn = draft.random.chance(50);
    let Some(&(gateway, _)) = attached.filter(|_| is_drawn) else { return };
    premises.direct.push((1, "dxgw:".to_owned()));
    premises.direct.push((2, "virtual_interfaces:".to_owned()));
    let count = draft.count(1, 1, 2);
    for number in 0..count {
        let Some(&(network, _)) = draft.random.one_of(&premises.networks) else { continue };
        let mut keys = format!("on_premises: {network}");
        if draft.random.chance(40) {
            let family = draft.family();
            let learned: Vec<String> = prefixes(draft, family).iter().map(|net| format!("\"{net}\"")).collect();
            keys += &format!(", learned: [{}]", learned.join(", "));
        }
        keys += draft.random.pick(&["", "", ", state: down"]);
        premises.direct.push((3, format!("vif-{number}: {{{keys}}}")));
    }
    premises.direct.push((2, "associations:".to_owned()));
    let allowed = draft.random.pick(&["default", "[10.8.0.0/16]", "[10.8.0.0/25]", "[0.0.0.0/0, \"::/0\"]", "[]"]);
    premises.direct.push((3, format!("{gateway}: {allowed}")));
}

fn prefixes(draft: &mut Draft, family: Family) -> Vec<String> {
    let count = draft.count(1, 2, 2);
    let own: Vec<&str> = BLOCKS.into_iter().filter(|block| block.contains(':') == (family == Family::V6)).collect();
    let mut nets: Vec<IpNet> = Vec::new();
    for _ in 0..count {
        let drawn = match draft.random.below(8) {
            0 => everything(family),
            1 => draft.net(family),
            _ => draft.random.one_of(&own).and_then(|net| net.parse().ok()).unwrap_or_else(|| everything(family)),
        };
        if !nets.contains(&drawn) {
            nets.push(drawn);
        }
    }
    nets.iter().map(ToString::to_string).collect()
}

/// Writes the virtual private gateways, which are a VPC's.
pub(super) fn write_gateways(page: &mut Page, draft: &Draft) {
    let lines = draft.premises.gateways.iter().map(|(name, attached)| {
        let state = if *attached { "attached" } else { "detached" };
        format!("- {{name: {name}, state: {state}}}")
    });
    page.block(0, "virtual_private_gateway", lines);
}

/// Writes networks and connections.
pub(super) fn write(page: &mut Page, draft: &Draft) {
    let premises = &draft.premises;
    let quoted = |nets: &[&str]| nets.iter().map(|net| format!("\"{net}\"")).collect::<Vec<_>>().join(", ");
    let networks = premises.networks.iter().map(|(name, nets)| format!("{name}: [{}]", quoted(nets)));
    page.block(0, "on_premises", networks);
    page.block(0, "customer_gateways", premises.customers.iter().cloned());
    page.block(0, "vpn_connections", premises.connections.iter().cloned());
    if !premises.direct.is_empty() {
        page.line(0, "direct_connect_gateways:");
    }
    for (depth, line) in &premises.direct {
        page.line(*depth, line);
    }
}
