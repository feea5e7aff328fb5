//! Random prefix lists, security groups and network ACLs.
//!
//! In: a draft with addresses in use. Out: lists for routes to refer to, and lines of
//! rules that collide as often as they can.

use super::draft::{Draft, Family};
use super::network::{beyond, is_of_vpc};
use crate::page::Page;

/// Decides on prefix lists, which routes refer to as well.
pub(super) fn draw_names(draft: &mut Draft) {
    let lists = draft.count(0, 1, 3);
    for number in 0..lists {
        let family = draft.family();
        let count = draft.random.between(1, 3);
        let outside = draft.random.chance(60);
        let mut entries: Vec<ipnet::IpNet> = Vec::new();
        for _ in 0..count {
            let net = draft.net(family);
            let again = entries.contains(&net);
            let unwanted = again || outside && is_of_vpc(draft, net);
            if !unwanted {
                entries.push(net);
            }
        }
        if let Some(neighbour) = entries.first().copied().and_then(beyond).map(ipnet::IpNet::from)
            && draft.random.chance(20)
            && !entries.contains(&neighbour)
        {
            entries.push(neighbour);
        }
        if !entries.is_empty() {
            draft.lists.push((format!("list-{number}"), family, entries));
        }
    }
}

/// Writes prefix lists, groups and ACLs.
pub(super) fn write(page: &mut Page, draft: &mut Draft) {
    let lists = draft.lists.iter().map(|(name, _, entries)| {
        let entries: Vec<String> = entries.iter().map(|net| format!("\"{net}\"")).collect();
        format!("{name}: [{}]", entries.join(", "))
    });
    page.block(0, "prefix_lists", lists);
    page.line(0, "security_groups:");
    for name in draft.groups.clone() {
        write_group(page, draft, &name, None);
    }
    if draft.random.chance(20) {
        write_group(page, draft, "default", None);
    }
    if draft.has_foreign_group {
        write_group(page, draft, "foreign", Some("other"));
    }
    if !draft.acls.is_empty() {
        page.line(0, "network_acls:");
    }
    for name in draft.acls.clone() {
        write_acl(page, draft, &name);
    }
    if draft.random.chance(10) {
        if draft.acls.is_empty() {
            page.line(0, "network_acls:");
        }
        write_acl(page, draft, "default");
    }
}

fn write_group(page: &mut Page, draft: &mut Draft, name: &str, vpc: Option<&str>) {
    page.line(1, format_args!("{name}:"));
    page.line(2, format_args!("description: of {name}"));
    if let Some(vpc) = vpc {
        page.line(2, format_args!("vpc: {vpc}"));
        page.line(2, "association: associated");
    }
    page.block(2, "ingress", rules(draft, name, "from"));
    match draft.random.below(10) {
        0..=4 => {}
        5 => page.line(2, "egress: []"),
        _ => {
            let rules = rules(draft, name, "to");
            page.block(2, "egress", rules);
        }
    }
}

fn rules(draft: &mut Draft, group: &str, word: &str) -> Vec<String> {
    let mut written: Vec<(String, String)> = Vec::new();
    let mut lines = Vec::new();
    let count = draft.count(0, 3, 5);
    for _ in 0..count {
        let (traffic, atoms) = traffic(draft);
        let (peer, nets) = peer(draft, group);
        let pairs: Vec<_> = atoms.iter().flat_map(|atom| nets.iter().map(|net| (atom.clone(), net.clone()))).collect();
        if pairs.iter().any(|pair| written.contains(pair)) {
            continue;
        }
        written.extend(pairs);
        lines.push(format!("- {traffic} {word} {peer}"));
    }
    lines
}

/// Traffic of a group's rule, and the AWS rules it stands for.
fn traffic(draft: &mut Draft) -> (String, Vec<String>) {
    let one = |text: &str| (text.to_owned(), vec![text.to_owned()]);
    match draft.random.below(16) {
        0..=2 => one("any"),
        3 => one("tcp"),
        4 => one("udp"),
        5..=8 => {
            let ports = draft.ports();
            one(&format!("tcp/{ports}"))
        }
        9 => {
            let ports = draft.ports();
            one(&format!("udp/{ports}"))
        }
        10 => {
            let (first, second) = (draft.port(), draft.ports());
            let mut atoms = vec![format!("tcp/{first}"), format!("tcp/{second}")];
            atoms.dedup();
            let ports = if atoms.len() == 1 { first.to_string() } else { format!("{first},{second}") };
            (format!("tcp/{ports}"), atoms)
        }
        11 => one("icmp"),
        12 => {
            let text = draft.random.pick(&["icmp/8", "icmp/8/0", "icmp/3/4", "icmp/0", "icmp/13/1"]);
            one(text)
        }
        13 => {
            let text = draft.random.pick(&["icmpv6", "icmpv6/128", "icmpv6/129/0", "icmpv6/128/0"]);
            one(text)
        }
        _ => {
            let text = draft.random.pick(&["protocol/50", "protocol/47", "protocol/0", "protocol/255"]);
            one(text)
        }
    }
}

/// The peer of a group's rule, and the networks or names it stands for.
fn peer(draft: &mut Draft, group: &str) -> (String, Vec<String>) {
    let one = |text: String| (text.clone(), vec![text]);
    match draft.random.below(12) {
        0 => ("anywhere".to_owned(), vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()]),
        1 => ("self".to_owned(), vec![format!("group {group}")]),
        2 | 3 => {
            let other = draft.random.one_of(&draft.groups).cloned().unwrap_or_else(|| "default".to_owned());
            one(format!("group {other}"))
        }
        4 => one("group default".to_owned()),
        5 => match draft.random.one_of(&draft.lists) {
            Some((list, ..)) => one(format!("list {list}")),
            None => one("0.0.0.0/0".to_owned()),
        },
        6 => match draft.random.one_of(&draft.places) {
            Some((place, nets)) => ((*place).to_owned(), nets.iter().map(|&net| net.to_owned()).collect()),
            None => one("203.0.113.0/24".to_owned()),
        },
        7 if draft.has_foreign_group => one("group foreign".to_owned()),
        _ => {
            let family = draft.family();
            one(draft.net(family).to_string())
        }
    }
}

fn write_acl(page: &mut Page, draft: &mut Draft, name: &str) {
    page.line(1, format_args!("{name}:"));
    for (key, word) in [("ingress", "from"), ("egress", "to")] {
        let mut lines = acl_rules(draft, word);
        // Most ACLs let most through, or nothing else would ever be seen.
        if draft.random.chance(60) {
            lines.push(format!("- 32000 allow any {word} 0.0.0.0/0"));
            lines.push(format!("- 32766 allow any {word} ::/0"));
        }
        if lines.is_empty() {
            page.line(2, format_args!("{key}: []"));
        } else {
            page.block(2, key, lines);
        }
    }
}

fn acl_rules(draft: &mut Draft, word: &str) -> Vec<String> {
    let count = draft.count(0, 3, 5);
    let mut numbers: Vec<usize> = (0..count).map(|at| 100 + 10 * at).collect();
    draft.random.shuffle(&mut numbers);
    let mut lines = Vec::new();
    for number in numbers {
        let action = draft.random.pick(&["allow", "allow", "deny"]);
        let family = draft.family();
        let peer = acl_peer(draft, family);
        let line = match draft.random.below(14) {
            0..=3 => format!("{number} {action} any {word} {peer}"),
            4..=7 => format!("{number} {action} tcp/{} {word} {peer}", draft.ports()),
            8 => format!("{number} {action} udp/{} {word} {peer}", draft.ports()),
            9 => format!("{number} {action} tcp {word} {peer}"),
            10 => format!("{number} {action} {} {word} {peer}", if family == Family::V4 { "icmp" } else { "icmpv6" }),
            11 => format!(
                "{number} {action} {} {word} {peer}",
                draft.random.pick(&["icmp/8", "icmp/0", "icmpv6/129", "icmpv6/128/0"])
            ),
            12 => format!("{number} {action} protocol/50 {word} {peer}"),
            _ => format!("{{number: {number}, action: {action}, protocol: \"-1\", ports: 80-80, cidr: \"{peer}\"}}"),
        };
        lines.push(format!("- {line}"));
    }
    lines
}

fn acl_peer(draft: &mut Draft, family: Family) -> String {
    let single: Vec<&str> = draft.places.iter().filter(|place| place.1.len() == 1).map(|place| place.0).collect();
    match draft.random.one_of(&single) {
        Some(&place) if draft.random.chance(10) => place.to_owned(),
        _ => draft.net(family).to_string(),
    }
}
