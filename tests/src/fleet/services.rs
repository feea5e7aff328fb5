//! The fleet's workloads and their groups.
//!
//! In: subnets with room. Out: security groups that refer to each other, instances,
//! databases and intents.

use super::network::{ipv6, is_dual};
use super::{Scale, Subnet, TIERS, Tier, ZONES};
use crate::page::Page;
use crate::random::Random;

/// Interfaces of a VPN appliance, of which every zone has one.
const VPN_INTERFACES: usize = 2;

/// Writes groups, workloads, quotas and intents.
pub(super) fn write(page: &mut Page, scale: Scale, subnets: &mut [Subnet], random: &mut Random) {
    groups(page, scale, random);
    instances(page, scale, subnets, random);
    databases(page, scale);
    page.block(
        0,
        "quotas",
        [
            "rules_per_network_acl: 40",
            "subnets_per_vpc: 2000",
            "network_interfaces_per_az: 200000",
            "elastic_ips_per_region: 5000",
        ],
    );
    page.line(0, "expect:");
    page.line(1, "- allow some internet -> group edge-00 tcp/443");
    page.line(1, "- deny internet except 203.0.113.0/25 -> group bastion tcp/22");
    page.line(1, "- deny internet -> group data-00 any");
    page.line(1, "- deny internet -> group cache-00 any");
    page.line(1, "- deny group web-00 -> group data-00 tcp/5432");
    page.line(1, "- allow some group web-00 -> group app-00 tcp/9000");
    page.line(1, "- allow some group app-00 -> internet tcp/443");
}

fn group_name(tier: &Tier, service: usize) -> String {
    format!("{}-{service:02}", tier.name)
}

fn write_group(page: &mut Page, name: &str, ingress: &[String], egress: &[&str]) {
    page.line(1, format_args!("{name}:"));
    page.block(2, "ingress", ingress.iter().map(|rule| format!("- {rule}")));
    page.block(2, "egress", egress.iter().map(|rule| format!("- {rule}")));
}

fn groups(page: &mut Page, scale: Scale, random: &mut Random) {
    page.line(0, "security_groups:");
    let owned = |rules: &[&str]| rules.iter().map(|&rule| rule.to_owned()).collect::<Vec<_>>();
    let base = ["tcp/22 from group bastion", "tcp/9100 from group monitoring", "icmp/8 from 10.0.0.0/8"];
    write_group(page, "base", &owned(&base), &[]);
    write_group(page, "bastion", &owned(&["tcp/22 from list offices", "tcp/22 from vpn"]), &["tcp/22 to 10.32.0.0/11"]);
    write_group(page, "monitoring", &owned(&["tcp/3000 from office", "tcp/443 from status-checks"]), &[]);
    write_group(
        page,
        "vpn",
        &owned(&["udp/1194 from anywhere", "any from 10.200.0.0/16", "any from 10.32.0.0/11"]),
        &[],
    );
    for extra in 0..4 {
        let net = format!("10.{}.{}.0/{}", 32 + random.below(3), 16 * random.below(16), random.between(20, 24));
        let rules =
            [format!("tcp/{} from {net}", 7000 + extra), format!("tcp/7000-{} from 10.32.0.0/13", 7100 + extra)];
        write_group(page, &format!("feature-{extra}"), &rules, &[]);
    }
    for tier in TIERS {
        for service in 0..scale.services_per_tier {
            let ingress = service_rules(scale, &tier, service, random);
            let egress: &[&str] = match tier.name {
                "data" | "cache" => &["tcp/1024-65535 to 10.32.0.0/11"],
                "worker" => &["tcp/443 to 0.0.0.0/0", "any to 10.32.0.0/11", "tcp/443 to list partners"],
                _ => &[],
            };
            write_group(page, &group_name(&tier, service), &ingress, egress);
        }
    }
}

/// Who may call a service: some services of the tiers before it, and a few networks
/// that overlap.
fn service_rules(scale: Scale, tier: &Tier, service: usize, random: &mut Random) -> Vec<String> {
    let mut rules = Vec::new();
    if tier.callers.is_empty() {
        rules.extend(["tcp/80 from anywhere".to_owned(), "tcp/443 from anywhere".to_owned()]);
    }
    for caller in TIERS.iter().filter(|caller| tier.callers.contains(&caller.name)) {
        rules.push(format!("tcp/{} from group {}", tier.port, group_name(caller, service)));
        let other = random.below(scale.services_per_tier);
        if other != service && random.chance(60) {
            rules.push(format!("tcp/{}-{} from group {}", tier.port, tier.port + 10, group_name(caller, other)));
        }
    }
    if random.chance(50) {
        rules.push("any from self".to_owned());
    }
    let calls_web = !matches!(tier.name, "data" | "cache");
    if calls_web && random.chance(50) {
        let net = format!("10.{}.{}.0/{}", 32 + random.below(3), 8 * random.below(32), random.between(21, 24));
        rules.push(format!("tcp/{}-{} from {net}", tier.port, tier.port + random.below(100) as u16));
        rules.push(format!("tcp/{} from 10.{}.0.0/16", tier.port + 1, 32 + random.below(3)));
    }
    if tier.name == "app" && random.chance(30) {
        rules.push(format!("tcp/{} from list partners", tier.port));
    }
    rules
}

/// The next free public address.
struct Elastic(usize);

impl Elastic {
    fn next(&mut self) -> String {
        self.0 += 1;
        format!("52.79.{}.{}", self.0 / 250, 1 + self.0 % 250)
    }
}

fn instances(page: &mut Page, scale: Scale, subnets: &mut [Subnet], random: &mut Random) {
    let mut elastic = Elastic(0);
    page.line(0, "instances:");
    let mut left = scale.interfaces.saturating_sub(scale.databases * ZONES.len());
    for (zone_index, zone) in ZONES.iter().enumerate() {
        left -= vpn(page, subnets, (zone_index, zone), &mut elastic);
        left -= bastion(page, subnets, (zone_index, zone), &mut elastic);
    }
    let mut number = 0;
    while left > 0 {
        let Some(tier_index) = tier_of(number) else { break };
        if instance(page, scale, subnets, (tier_index, number), random, &mut elastic) {
            left -= 1;
        }
        number += 1;
    }
}

/// Tiers take turns; a few are larger than others.
fn tier_of(number: usize) -> Option<usize> {
    const TURNS: [usize; 20] = [0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 2, 1];
    TURNS.get(number % TURNS.len()).copied()
}

fn first_subnet<'s>(subnets: &'s mut [Subnet], tier: &str, zone: usize) -> Option<&'s mut Subnet> {
    let wanted = TIERS.iter().position(|other| other.name == tier)?;
    subnets.iter_mut().find(|subnet| subnet.tier == wanted && subnet.zone == zone && subnet.next < 255)
}

fn vpn(page: &mut Page, subnets: &mut [Subnet], (index, zone): (usize, &str), elastic: &mut Elastic) -> usize {
    let outside =
        first_subnet(subnets, "edge", index).and_then(|subnet| Some((subnet.name.clone(), subnet.address()?)));
    let inside = first_subnet(subnets, "ops", index).and_then(|subnet| Some((subnet.name.clone(), subnet.address()?)));
    let (Some((outside, outer)), Some((inside, inner))) = (outside, inside) else { return 0 };
    page.line(1, format_args!("vpn-{zone}:"));
    page.line(2, "interfaces:");
    let public = elastic.next();
    page.line(3, format_args!("outside: {{subnet: {outside}, address: {outer}, groups: [vpn], elastic_ip: {public}}}"));
    page.line(3, format_args!(
        "inside: {{subnet: {inside}, address: {inner}, groups: [vpn, base], source_dest_check: false, behind: [10.200.0.0/16]}}"
    ));
    VPN_INTERFACES
}

fn bastion(page: &mut Page, subnets: &mut [Subnet], (index, zone): (usize, &str), elastic: &mut Elastic) -> usize {
    let Some(subnet) = first_subnet(subnets, "edge", index) else { return 0 };
    let Some(address) = subnet.address() else { return 0 };
    let public = elastic.next();
    page.line(1, format_args!(
        "bastion-{zone}: {{subnet: {}, address: {address}, groups: [bastion], elastic_ip: {public}, tags: {{tier: ops}}}}",
        subnet.name
    ));
    1
}

/// One instance of a service; false where its subnet was full.
fn instance(
    page: &mut Page,
    scale: Scale,
    subnets: &mut [Subnet],
    (tier_index, number): (usize, usize),
    random: &mut Random,
    elastic: &mut Elastic,
) -> bool {
    let Some(tier) = TIERS.get(tier_index) else { return false };
    let service = random.below(scale.services_per_tier);
    // A service lives in one subnet of each zone, so that classes stay few, as in life.
    let zone = random.below(ZONES.len());
    let part = service % scale.subnets_per_cell;
    let cell = (tier_index * ZONES.len() + zone) * scale.subnets_per_cell;
    let Some(end) = subnets.get_mut(cell..cell + scale.subnets_per_cell) else { return false };
    end.rotate_left(part);
    let chosen = end.iter_mut().position(|subnet| subnet.next < 255);
    let place = chosen.and_then(|at| end.get_mut(at)).and_then(|subnet| {
        let host = subnet.next;
        Some((subnet.name.clone(), subnet.address()?, is_dual(subnet), host, (part + chosen?) % scale.subnets_per_cell))
    });
    end.rotate_right(part);
    let Some((subnet, address, dual, host, at)) = place else { return false };
    let mut groups = vec![group_name(tier, service), "base".to_owned()];
    if random.chance(12) {
        groups.push(format!("feature-{}", service % 4));
    }
    if tier.name == "ops" && service == 0 {
        groups.push("monitoring".to_owned());
    }
    let public = if dual {
        format!(", ipv6: \"{}{host:x}\", elastic_ip: {}", ipv6(cell + at), elastic.next())
    } else {
        String::new()
    };
    page.line(1, format_args!(
        "{}-{service:02}-{number:05}: {{subnet: {subnet}, address: {address}, groups: [{}]{public}, tags: {{tier: {}}}}}",
        tier.name,
        groups.join(", "),
        tier.name
    ));
    true
}

fn databases(page: &mut Page, scale: Scale) {
    page.block(
        0,
        "databases",
        (0..scale.databases).map(|number| {
            let part = number % scale.subnets_per_cell;
            let places: Vec<String> = ZONES.iter().map(|zone| format!("data-{zone}-{part:02}")).collect();
            let service = number % scale.services_per_tier;
            format!(
                "db-{number:03}: {{engine: postgres, subnet_group: [{}], groups: [data-{service:02}, base]}}",
                places.join(", ")
            )
        }),
    );
}
