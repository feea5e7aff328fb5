//! Random instances, loose interfaces and databases.
//!
//! In: a draft with subnets. Out: the same with workloads, and their lines.

use fmnet_core::model::Model;

use super::Size;
use super::draft::{Draft, Family, Gateway};
use crate::page::Page;

/// The tag of a database that says it carries a group of another VPC, which no design
/// can write and an account may have (R48).
const SHARES: &str = "shares-group";

/// Decides on groups and workloads.
pub(super) fn draw(draft: &mut Draft) {
    let groups = draft.count(1, 2, 4);
    draft.groups = (0..groups).map(|number| format!("group-{number}")).collect();
    draft.has_foreign_group = draft.random.chance(15);
    let instances = draft.count(1, 2, 4);
    for number in 0..instances {
        if draft.random.chance(if draft.size == Size::Small { 10 } else { 25 }) {
            appliance(draft, number);
        } else {
            instance(draft, number);
        }
    }
    if draft.random.chance(15)
        && let Some(keys) = interface(draft, None, Role::Loose)
    {
        draft.interfaces.push(format!("spare: {{{keys}}}"));
        draft.workloads.push("spare".to_owned());
        draft.targets.push("spare".to_owned());
    }
    if draft.random.chance(if draft.size == Size::Small { 25 } else { 50 }) {
        database(draft);
    }
}

/// What an interface is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Alone,
    First,
    Further,
    Loose,
}

fn instance(draft: &mut Draft, number: usize) {
    let name = format!("host-{number}");
    let Some(keys) = interface(draft, None, Role::Alone) else { return };
    let state =
        draft.random.pick(&["running", "running", "running", "running", "running", "running", "stopped", "pending"]);
    draft.instances.push((0, format!("{name}: {{{keys}, state: {state}, tags: {{role: r{}}}}}", number % 2)));
    draft.targets.push(name.clone());
    draft.workloads.push(name);
}

/// An instance with several interfaces, all in one zone.
fn appliance(draft: &mut Draft, number: usize) {
    let name = format!("host-{number}");
    let zone = draft.subnets.first().map_or("a", |subnet| subnet.zone);
    let count = draft.random.between(1, 3);
    let mut lines = Vec::new();
    for slot in 0..count {
        let role = if slot == 0 { Role::First } else { Role::Further };
        let Some(keys) = interface(draft, Some(zone), role) else { continue };
        lines.push(format!("eth{slot}: {{{keys}}}"));
        draft.targets.push(format!("{name}.eth{slot}"));
        draft.workloads.push(format!("{name}.eth{slot}"));
    }
    if lines.is_empty() {
        return;
    }
    let state = draft.random.pick(&["running", "running", "running", "stopped"]);
    draft.instances.push((0, format!("{name}:")));
    draft.instances.push((1, format!("state: {state}")));
    draft.instances.push((1, "interfaces:".to_owned()));
    draft.instances.extend(lines.into_iter().map(|line| (2, line)));
}

/// The keys of an interface, in a subnet of `zone` if that matters.
fn interface(draft: &mut Draft, zone: Option<&str>, role: Role) -> Option<String> {
    let subnets: Vec<usize> = (0..draft.subnets.len())
        .filter(|&at| draft.subnets.get(at).is_some_and(|subnet| zone.is_none_or(|zone| subnet.zone == zone)))
        .collect();
    let &home = draft.random.one_of(&subnets)?;
    let subnet = draft.subnets.get(home)?.clone();
    let mut keys = format!("subnet: {}", subnet.name);
    if !draft.random.chance(10) {
        let mut groups: Vec<String> = draft.random.some_of(&draft.groups, 3).into_iter().cloned().collect();
        if groups.is_empty() {
            groups.extend(draft.groups.first().cloned());
        }
        if draft.has_foreign_group && draft.random.chance(30) {
            groups.push("foreign".to_owned());
        }
        keys += &format!(", groups: [{}]", groups.join(", "));
    }
    let elastic = subnet.v4.is_some() && addresses(draft, home, role, &mut keys);
    let has_v6 = subnet.v6.is_some() && ipv6(draft, home, subnet.v4.is_none(), &mut keys);
    if has_v6 && !elastic && draft.random.chance(15) {
        keys += ", deny_internet_ipv6: true";
    }
    forwarding(draft, &mut keys);
    if role == Role::Further && draft.random.chance(15) {
        keys += ", state: detached";
    }
    Some(keys)
}

/// IPv4 addresses of an interface; whether one of them is public.
fn addresses(draft: &mut Draft, home: usize, role: Role, keys: &mut String) -> bool {
    if draft.random.chance(80)
        && let Some(address) = draft.address(home, Family::V4)
    {
        *keys += &format!(", address: {address}");
    }
    let mut has_elastic = false;
    // AWS detaches no gateway while public addresses are mapped (R109), and maps none without.
    let may_be_public = draft.gateway == Gateway::Attached;
    let without_gateway = draft.gateway == Gateway::Absent && role == Role::Alone;
    if (may_be_public || without_gateway) && draft.random.chance(50) {
        if without_gateway || (role == Role::Alone && draft.random.chance(40)) {
            let public = draft.random.pick(&["true", "true", "false"]);
            *keys += &format!(", public_address: {public}");
        } else {
            has_elastic = true;
            let elastic = if draft.random.chance(80) { draft.elastic().to_string() } else { "new".to_owned() };
            *keys += &format!(", elastic_ip: {elastic}");
        }
    } else if role == Role::Alone {
        *keys += ", public_address: false";
    }
    if draft.random.chance(15)
        && let Some(address) = draft.address(home, Family::V4)
    {
        if may_be_public && draft.random.chance(50) {
            has_elastic = true;
            let elastic = draft.elastic();
            *keys += &format!(", addresses: [{{address: {address}, elastic_ip: {elastic}}}]");
        } else {
            *keys += &format!(", addresses: [{address}]");
        }
    }
    has_elastic
}

fn ipv6(draft: &mut Draft, home: usize, is_only: bool, keys: &mut String) -> bool {
    if !is_only && draft.random.chance(25) {
        return false;
    }
    let known = if draft.random.chance(80) { draft.address(home, Family::V6) } else { None };
    let address = known.map_or("auto".to_owned(), |address| format!("\"{address}\""));
    *keys += &format!(", ipv6: {address}");
    true
}

fn forwarding(draft: &mut Draft, keys: &mut String) {
    if !draft.random.chance(25) {
        return;
    }
    *keys += ", source_dest_check: false";
    match draft.random.below(4) {
        0 => *keys += ", behind: [10.77.0.0/16]",
        1 => *keys += ", behind: [10.77.0.0/17, \"fd77::/16\"]",
        2 => *keys += ", behind: [203.0.113.0/26, 10.77.128.0/17]",
        _ => {}
    }
}

fn database(draft: &mut Draft) {
    let homes: Vec<(String, &str)> = draft
        .subnets
        .iter()
        .filter(|subnet| subnet.v4.is_some())
        .map(|subnet| (subnet.name.clone(), subnet.zone))
        .collect();
    let zones: Vec<&str> = homes.iter().map(|home| home.1).collect();
    if !(zones.contains(&"a") && zones.contains(&"b")) {
        return;
    }
    let names: Vec<&str> = homes.iter().map(|home| home.0.as_str()).collect();
    let engine = draft.random.pick(&["postgres", "mysql", "sqlserver"]);
    let mut keys = format!("engine: {engine}, subnet_group: [{}]", names.join(", "));
    if draft.random.chance(80) {
        let groups: Vec<String> = draft.random.some_of(&draft.groups, 2).into_iter().cloned().collect();
        if !groups.is_empty() {
            keys += &format!(", groups: [{}]", groups.join(", "));
        }
    }
    if draft.random.chance(30) {
        keys += ", port: 49152";
    }
    if draft.gateway == Gateway::Attached && draft.random.chance(40) {
        keys += ", publicly_accessible: true";
    }
    if draft.random.chance(30) {
        keys += ", az: eu-west-1a";
    }
    if draft.has_foreign_group && draft.random.chance(40) {
        keys += &format!(", tags: {{{SHARES}: \"true\"}}");
    }
    draft.databases.push(format!("db: {{{keys}}}"));
    draft.workloads.push("db".to_owned());
}

/// Gives databases that say so a group of another VPC.
pub(super) fn share_groups(model: &mut Model) {
    let Some((foreign, _)) = model.security_groups.iter().find(|(_, group)| group.foreign_vpc.is_some()) else {
        return;
    };
    let shares = model.databases.iter().filter(|(_, database)| database.tags.iter().any(|(key, _)| key == SHARES));
    let candidates: Vec<_> = shares.flat_map(|(_, database)| database.candidates.clone()).collect();
    for interface in candidates {
        let groups = &mut model.interfaces.get_mut(interface).groups;
        groups.push(foreign);
        groups.sort_unstable();
        groups.dedup();
    }
}

/// Writes the workloads.
pub(super) fn write(page: &mut Page, draft: &Draft) {
    if !draft.instances.is_empty() {
        page.line(0, "instances:");
    }
    for (depth, line) in &draft.instances {
        page.line(depth + 1, line);
    }
    page.block(0, "interfaces", &draft.interfaces);
    page.block(0, "databases", &draft.databases);
}
