//! What to take away so that a part is stopped.
//!
//! In: a part that passes and should not. Out: the group rules that admit it.

use fmnet_core::model::Model;
use fmnet_core::model::security_group::{GroupRule, Peer};
use fmnet_core::traffic::Traffic;
use ipnet::IpNet;

use super::Cure;
use crate::answer::{End, Part};
use crate::explain::plain;
use crate::explain::rule::{self, list_word};
use crate::explain::seen::{self, Far};
use crate::fate::{Component, Direction, Leg};
use crate::set::cube::Cube;

/// The rules that admit a part that should not pass: every one of the last groups on
/// its way whose rule matches some of it, so that taking all of them away stops it.
#[must_use]
pub fn close(model: &Model, part: &Part) -> Vec<Cure> {
    let (end, direction) = match (&part.to, &part.from) {
        (End::Interfaces(_) | End::Behind(_), _) => (&part.to, Direction::Ingress),
        (End::Internet | End::OnPremises(_) | End::Nobody, _) => (&part.from, Direction::Egress),
        (End::AmazonService, _) => return Vec::new(),
    };
    let ids = match end {
        End::Interfaces(ids) => ids.clone(),
        End::Behind(id) => vec![*id],
        End::Internet | End::OnPremises(_) | End::AmazonService | End::Nobody => Vec::new(),
    };
    let Some(&id) = ids.first() else {
        return Vec::new();
    };
    let far = seen::far(model, part, Leg::Forward, Component::Interface(id), direction);
    let mut cures = Vec::new();
    for &group in &model.interfaces[id].groups {
        let group = &model.security_groups[group];
        let rules = if direction == Direction::Ingress { &group.ingress } else { &group.egress };
        for rule in rules.iter().filter(|rule| admits(model, part, far, rule)) {
            let text = rule::group_line(model, rules, rule, direction);
            let name = plain(&group.name);
            if rule.span.is_nowhere() {
                let list = list_word(direction);
                let text =
                    format!("write `{list}: []`, or what it needs, in group {name}, in place of AWS's own `{text}`");
                cures.push(Cure { text, span: group.span });
                continue;
            }
            let cure = Cure { text: format!("remove or narrow `{text}` in group {name}"), span: rule.span };
            // A line may stand for several rules.
            if !cures.contains(&cure) {
                cures.push(cure);
            }
        }
    }
    cures
}

/// Whether a rule matches some packet of a part.
fn admits(model: &Model, part: &Part, far: Far, rule: &GroupRule) -> bool {
    let end = match far {
        Far::Source => &part.from,
        Far::Destination => &part.to,
        Far::Translated(_) => &End::Nobody,
    };
    part.packets.iter().any(|cube| {
        let addresses = match far {
            Far::Source => cube.source.clone(),
            Far::Destination => cube.destination.clone(),
            Far::Translated(_) => {
                let number = fmnet_core::address::number(seen::witness(model, part, far));
                vec![(number, number)]
            }
        };
        let meets = |net: IpNet| !fmnet_core::address::intersect(&addresses, &fmnet_core::address::ranges(net)).is_empty();
        let peer = match rule.peer {
            Peer::Cidr(net) => meets(net),
            Peer::PrefixList(list) => model.prefix_lists[list].entries.iter().any(|&net| meets(net)),
            Peer::Group(group) => matches!(end, End::Interfaces(ids) if ids.iter().any(|&id| model.interfaces[id].groups.contains(&group))),
        };
        peer && carries(cube, rule.traffic)
    })
}

/// Whether a cube has packets of some traffic.
fn carries(cube: &Cube, traffic: Traffic) -> bool {
    let Traffic::Of { protocol, ports } = traffic else {
        return true;
    };
    let within = |ranges: &[(u128, u128)], first: u128, last: u128| {
        ranges.iter().any(|&(low, high)| low <= last && first <= high)
    };
    let number = u128::from(protocol.0);
    let uses_ports = protocol.has_ports() || protocol.has_types();
    within(&cube.protocol, number, number) && (!uses_ports || within(&cube.port, ports.first.into(), ports.last.into()))
}
