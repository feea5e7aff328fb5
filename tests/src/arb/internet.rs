//! Random gateways to the internet besides the internet gateway, and what blocks them.
//!
//! In: a draft with subnets. Out: the same with an egress-only internet gateway and a
//! setting of VPC Block Public Access, now and then, and their lines.

use super::draft::Draft;
use crate::page::Page;

/// Decides on both.
pub(super) fn draw(draft: &mut Draft) {
    draft.has_egress_only = !draft.v6.is_empty() && draft.random.chance(50);
    if draft.random.chance(25) {
        let mode = draft.random.pick(&["block-bidirectional", "block-ingress", "block-ingress", "\"off\""]);
        draft.blocking = Some((mode, exclusions(draft)));
    }
}

/// Exclusions, none of one thing twice.
fn exclusions(draft: &mut Draft) -> Vec<String> {
    let mut exclusions = Vec::new();
    let things: Vec<String> = draft.subnets.iter().map(|subnet| format!("subnet {}", subnet.name)).collect();
    let vpc = draft.random.chance(15).then(|| "vpc random".to_owned());
    for thing in things.into_iter().chain(vpc) {
        if draft.random.chance(45) {
            let mode = draft.random.pick(&["allow-bidirectional", "allow-egress", "allow-egress"]);
            let disabled = if draft.random.chance(10) { " disabled" } else { "" };
            exclusions.push(format!("- {mode} {thing}{disabled}"));
        }
    }
    exclusions
}

/// Writes both.
pub(super) fn write(page: &mut Page, draft: &mut Draft) {
    if draft.has_egress_only {
        page.line(0, "egress_only_internet_gateway: eigw");
    }
    let Some((mode, exclusions)) = draft.blocking.clone() else { return };
    page.line(0, "block_public_access:");
    page.line(1, format_args!("mode: {mode}"));
    if draft.random.chance(30) {
        page.line(1, "own_address_egress: passes");
    }
    if !exclusions.is_empty() {
        page.block(1, "exclusions", exclusions);
    }
}
