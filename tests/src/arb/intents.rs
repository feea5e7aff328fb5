//! Random intents.
//!
//! In: a draft with names. Out: lines of `expect`, which need not hold.

use super::draft::Draft;
use crate::page::Page;

/// Writes a few intents.
pub(super) fn write(page: &mut Page, draft: &mut Draft) {
    let count = draft.count(0, 2, 4);
    let mut lines = Vec::new();
    for _ in 0..count {
        let word = draft.random.pick(&["allow", "allow some", "deny"]);
        let (mut from, mut to) = (end(draft), end(draft));
        if is_outside(draft, &from) && is_outside(draft, &to) {
            let inside = if draft.random.chance(50) { &mut from } else { &mut to };
            *inside = "vpc".to_owned();
        }
        if draft.random.chance(25) && from == "internet" {
            from += " except 203.0.113.0/24";
        }
        let traffic = traffic(draft);
        lines.push(format!("- {word} {from} -> {to} {traffic}"));
    }
    page.block(0, "expect", lines);
}

fn end(draft: &mut Draft) -> String {
    let drawn = match draft.random.below(10) {
        0..=2 => Some("internet".to_owned()),
        3 if draft.random.chance(50) => draft.random.one_of(&draft.premises.networks).map(|it| it.0.to_owned()),
        3 => draft.random.one_of(&draft.places).map(|place| place.0.to_owned()),
        4 => draft.random.one_of(&draft.groups).map(|group| format!("group {group}")),
        5 => draft.random.one_of(&draft.subnets).map(|subnet| format!("subnet {}", subnet.name)),
        6 => Some("vpc".to_owned()),
        _ => draft.random.one_of(&draft.workloads).cloned(),
    };
    drawn.unwrap_or_else(|| "vpc".to_owned())
}

fn is_outside(draft: &Draft, end: &str) -> bool {
    let networks = draft.premises.networks.iter().map(|network| network.0);
    end == "internet" || draft.places.iter().map(|place| place.0).chain(networks).any(|name| name == end)
}

fn traffic(draft: &mut Draft) -> String {
    match draft.random.below(9) {
        0 => "any".to_owned(),
        1 => "icmp/8".to_owned(),
        2 => "tcp/53+udp/53".to_owned(),
        3 => format!("tcp/{} source-port 1024-4999", draft.ports()),
        4 => "protocol/50".to_owned(),
        5 => format!("any except tcp/{}+icmp", draft.ports()),
        _ => format!("tcp/{}", draft.ports()),
    }
}
