//! Lines that a design lacks.
//!
//! In: the packets of a part. Out: the traffic, peers and numbers of the group and ACL
//! rules that would admit them, in the design's words. Where exact lines would be many,
//! fewer wider ones.

use std::collections::BTreeMap;
use std::net::IpAddr;

use fmnet_core::address::{self, Ranges};
use fmnet_core::model::{InterfaceId, Model, SecurityGroupId};
use fmnet_core::traffic::{PortRange, Protocol, Traffic};
use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use super::Cure;
use super::proposed::Proposed;
use crate::answer::{End, Part};
use crate::explain::addresses::{addresses, family, internet, ranges};
use crate::explain::rule::{self, list_word, word};
use crate::explain::seen::{self, Far};
use crate::explain::{listed, plain};
use crate::fate::{Blocker, Component, Direction, Leg, RuleRef};
use crate::set::Level;

/// How many lines a cure may have before wider ones are better.
const MOST: usize = 4;

/// The ports of each protocol of a part; none where it is better said as `any`.
fn protocols(part: &Part, level: Level) -> Option<BTreeMap<u8, Ranges>> {
    let mut found: BTreeMap<u8, Ranges> = BTreeMap::new();
    for cube in &part.packets {
        for &(first, last) in &cube.protocol {
            if last - first >= MOST as u128 {
                return None;
            }
            for number in first..=last {
                found.entry(number as u8).or_default().extend(cube.at(level).iter().copied());
            }
        }
    }
    (found.len() <= MOST).then(|| found.into_iter().map(|(number, ports)| (number, address::union(ports))).collect())
}

fn port_range((first, last): (u128, u128)) -> PortRange {
    PortRange { first: first as u16, last: last as u16 }
}

/// Whether a rule can name a range of ICMP types and codes: one type, one code of it, or all.
fn is_icmp_word(&(first, last): &(u128, u128)) -> bool {
    first == last || (first, last) == (0, u128::from(u16::MAX)) || first % 256 == 0 && last == first + 255
}

/// A part's traffic as security group rules write it: `tcp/80,443`, `icmp/8`, `any`.
pub(super) fn traffic(part: &Part) -> Vec<String> {
    let Some(protocols) = protocols(part, Level::Port) else {
        return vec!["any".to_owned()];
    };
    let mut texts = Vec::new();
    for (number, ports) in protocols {
        let protocol = Protocol(number);
        let each = ports.iter().map(|&range| Traffic::Of { protocol, ports: port_range(range) });
        let words: Vec<String> = each.map(rule::traffic).collect();
        match words.split_first() {
            Some(_) if protocol.has_ports() && words.len() <= 2 * MOST => texts.push(rule::together(&words)),
            Some((_, [])) if !protocol.has_types() => texts.extend(words),
            Some(_) if protocol.has_types() && words.len() <= MOST && ports.iter().all(is_icmp_word) => {
                texts.extend(words)
            }
            _ => texts.push(rule::traffic(Traffic::all_of(protocol))),
        }
    }
    texts
}

/// The far end as peers of a security group rule.
pub(super) fn peers(model: &Model, part: &Part, far: Far) -> Option<Vec<String>> {
    let end = match far {
        Far::Translated(_) => return Some(vec![seen::witness(model, part, far).to_string()]),
        Far::Source => &part.from,
        Far::Destination => &part.to,
    };
    match end {
        End::Interfaces(ids) => {
            let name = &model.security_groups[narrowest(model, ids)?].name;
            Some(vec![format!("group {}", rule::name(name))])
        }
        End::Internet | End::Behind(_) | End::OnPremises(_) | End::Nobody => {
            Some(nets(model, &ranges(part, level(far))))
        }
        End::AmazonService => None,
    }
}

fn level(far: Far) -> Level {
    match far {
        Far::Source | Far::Translated(_) => Level::Source,
        Far::Destination => Level::Destination,
    }
}

/// The group of all of `ids` that fewest others carry, the default one last.
fn narrowest(model: &Model, ids: &[InterfaceId]) -> Option<SecurityGroupId> {
    let shared = model.interfaces[*ids.first()?].groups.iter().copied();
    let shared = shared.filter(|group| ids.iter().all(|&id| model.interfaces[id].groups.contains(group)));
    let carriers = |group: SecurityGroupId| {
        model.interfaces.iter().filter(|(_, interface)| interface.groups.contains(&group)).count()
    };
    shared.min_by_key(|group| (model.security_groups[*group].is_default, carriers(*group)))
}

/// Addresses as a place, as few blocks, or as everything of their families.
fn nets(model: &Model, ranges: &[(u128, u128)]) -> Vec<String> {
    if let Some((_, place)) = model.places.iter().find(|(_, place)| is_all_of(&place.nets, ranges)) {
        return vec![rule::name(&place.name)];
    }
    if let Some((_, network)) = model.on_premises.iter().find(|(_, network)| is_all_of(&network.nets, ranges)) {
        return vec![rule::name(&network.name)];
    }
    match blocks(ranges) {
        Some(blocks) => blocks.iter().map(ToString::to_string).collect(),
        None => match (family(ranges, true).is_empty(), family(ranges, false).is_empty()) {
            (false, true) => vec!["0.0.0.0/0".to_owned()],
            (true, _) => vec!["::/0".to_owned()],
            (false, false) => vec!["anywhere".to_owned()],
        },
    }
}

fn is_all_of(nets: &[IpNet], ranges: &[(u128, u128)]) -> bool {
    address::union(nets.iter().flat_map(|&net| address::ranges(net)).collect()) == ranges
}

/// What rules wider than the part admit besides, of what the question leaves out:
/// `; that admits vpn (203.0.113.7) as well`.
pub(super) fn besides(model: &Model, part: &Part, far: Far, proposed: &Proposed) -> String {
    let ranges = ranges(part, level(far));
    let Some(asked) = proposed.asked(far).filter(|_| blocks(&ranges).is_none()) else {
        return String::new();
    };
    let internet = internet(model);
    let families = [true, false].into_iter().filter(|&is_ipv4| !family(&ranges, is_ipv4).is_empty());
    let admitted: Ranges = families.flat_map(|is_ipv4| family(&internet, is_ipv4)).collect();
    let more = address::subtract(&address::union(admitted), asked);
    if more.is_empty() { String::new() } else { format!("; that admits {} as well", addresses(model, &more)) }
}

/// Ranges as prefixes, if they are few.
fn blocks(ranges: &[(u128, u128)]) -> Option<Vec<IpNet>> {
    let mut blocks = Vec::new();
    for &(first, last) in ranges {
        match (address::address(first), address::address(last)) {
            (IpAddr::V4(low), IpAddr::V4(high)) => {
                blocks.extend(Ipv4Subnets::new(low, high, 0).take(MOST + 1).map(IpNet::V4))
            }
            (IpAddr::V6(low), IpAddr::V6(high)) => {
                blocks.extend(Ipv6Subnets::new(low, high, 0).take(MOST + 1).map(IpNet::V6))
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return None,
        }
        if blocks.len() > MOST {
            return None;
        }
    }
    Some(blocks)
}

/// Where a route for the far end has to lead: its block if it is one, else everything of the witness's family.
pub(super) fn route_destination(part: &Part, far: Far) -> Option<IpNet> {
    let address = match far {
        Far::Destination => part.witness.destination,
        Far::Source | Far::Translated(_) => part.witness.source,
    };
    match blocks(&ranges(part, level(far))).as_deref() {
        Some([one]) => Some(*one),
        Some(_) | None => everything(address),
    }
}

fn everything(address: IpAddr) -> Option<IpNet> {
    let bare = match address {
        IpAddr::V4(_) => IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED),
    };
    IpNet::new(bare, 0).ok()
}

/// The ACL rules that let a part pass, numbered to come before the rule that drops it.
pub(super) fn allow(model: &Model, part: &Part, blocker: &Blocker, proposed: &mut Proposed) -> Option<Cure> {
    let Component::NetworkAcl(id, _) = blocker.component else {
        return None;
    };
    let direction = blocker.direction?;
    let acl = &model.network_acls[id];
    let rules = if direction == Direction::Ingress { &acl.ingress } else { &acl.egress };
    let missing = lines(model, part, blocker)?;
    let deciding = match blocker.rule {
        Some(RuleRef::Acl { index, .. }) => rules.get(index as usize),
        Some(
            RuleRef::AclDefault { .. }
            | RuleRef::Group { .. }
            | RuleRef::Route { .. }
            | RuleRef::LocalRoute { .. }
            | RuleRef::TransitGatewayRoute { .. },
        )
        | None => None,
    };
    let name = plain(&acl.name);
    let list = list_word(direction);
    let before = deciding.map(|rule| format!(", before rule {}", rule.number)).unwrap_or_default();
    let span = deciding.or(rules.last()).map(|rule| rule.span).filter(|span| !span.is_nowhere()).unwrap_or(acl.span);
    let far = seen::far(model, part, blocker.leg, blocker.component, direction);
    let besides = besides(model, part, far, proposed);
    let text = match proposed.number((id, direction), rules, deciding, &missing) {
        Some(numbered) => {
            let lines: Vec<String> = numbered.iter().map(|(number, line)| format!("`{number} {line}`")).collect();
            format!("add {} to the {list} of {name}{before}{besides}", listed(&lines, "and"))
        }
        None => {
            let lines: Vec<String> = missing.iter().map(|line| format!("`{line}`")).collect();
            format!("make room in the {list} of {name} and add {}{before}{besides}", listed(&lines, "and"))
        }
    };
    Some(Cure { text, span })
}

/// The rules without their numbers.
fn lines(model: &Model, part: &Part, blocker: &Blocker) -> Option<Vec<String>> {
    let direction = blocker.direction?;
    let far = seen::far(model, part, blocker.leg, blocker.component, direction);
    let peers = acl_peers(model, part, far)?;
    let mut lines = Vec::new();
    for traffic in acl_traffic(model, part, blocker) {
        for peer in peers.iter().filter(|peer| fits(traffic, peer)) {
            lines.push(format!("allow {} {} {peer}", rule::traffic(traffic), word(direction)));
        }
    }
    Some(lines)
}

/// Whether packets of a family can be of some traffic: ICMP is IPv4's, ICMPv6 is IPv6's.
fn fits(traffic: Traffic, peer: &IpNet) -> bool {
    match (traffic, peer) {
        (Traffic::Of { protocol: Protocol::ICMP, .. }, IpNet::V6(_))
        | (Traffic::Of { protocol: Protocol::ICMPV6, .. }, IpNet::V4(_)) => false,
        (Traffic::Of { .. } | Traffic::Any, IpNet::V4(_) | IpNet::V6(_)) => true,
    }
}

/// The far end as prefixes: an interface's by its subnet.
fn acl_peers(model: &Model, part: &Part, far: Far) -> Option<Vec<IpNet>> {
    let end = match far {
        Far::Translated(_) => return Some(vec![IpNet::from(seen::witness(model, part, far))]),
        Far::Source => &part.from,
        Far::Destination => &part.to,
    };
    match end {
        End::Interfaces(ids) => {
            let ranges = ranges(part, level(far));
            let mut nets: Vec<IpNet> = Vec::new();
            for &id in ids {
                let subnet = &model.subnets[model.interfaces[id].subnet];
                let v4 = subnet.ipv4.map(IpNet::V4).filter(|_| !family(&ranges, true).is_empty());
                let v6 = subnet.ipv6.map(IpNet::V6).filter(|_| !family(&ranges, false).is_empty());
                for net in v4.into_iter().chain(v6) {
                    if !nets.contains(&net) {
                        nets.push(net);
                    }
                }
            }
            Some(nets)
        }
        End::Internet | End::Behind(_) | End::OnPremises(_) | End::Nobody => {
            let ranges = ranges(part, level(far));
            let wide =
                |is_ipv4: bool, text: &str| if family(&ranges, is_ipv4).is_empty() { None } else { text.parse().ok() };
            Some(
                blocks(&ranges)
                    .unwrap_or_else(|| [wide(true, "0.0.0.0/0"), wide(false, "::/0")].into_iter().flatten().collect()),
            )
        }
        End::AmazonService => None,
    }
}

/// A part's traffic at an ACL, one protocol and one range a rule.
fn acl_traffic(model: &Model, part: &Part, blocker: &Blocker) -> Vec<Traffic> {
    let level = if blocker.leg == Leg::Return { Level::SourcePort } else { Level::Port };
    let Some(protocols) = protocols(part, level) else {
        return vec![Traffic::Any];
    };
    let is_translated = blocker.leg == Leg::Return && is_before_nat(model, part, blocker);
    let mut all = Vec::new();
    for (number, ports) in protocols {
        let protocol = Protocol(number);
        if !(protocol.has_ports() || protocol.has_types()) {
            all.push(Traffic::all_of(protocol));
        } else if is_translated && protocol.has_ports() {
            all.push(Traffic::Of { protocol, ports: PortRange::NAT });
        } else if blocker.leg == Leg::Return && protocol.has_types() {
            all.push(replies(part, protocol));
        } else if protocol.has_types() && !ports.iter().all(is_icmp_word) {
            all.push(Traffic::all_of(protocol));
        } else {
            all.extend(ports.iter().map(|&range| Traffic::Of { protocol, ports: port_range(range) }));
        }
    }
    if all.len() > MOST { vec![Traffic::Any] } else { all }
}

/// The replies to a part's ICMP requests: their one type, or the whole protocol.
fn replies(part: &Part, protocol: Protocol) -> Traffic {
    let reply = match ranges(part, Level::Port).as_slice() {
        &[(first, last)] if first >> 8 == last >> 8 => protocol.icmp_reply_type((first >> 8) as u8),
        _ => None,
    };
    reply.map_or(Traffic::all_of(protocol), |kind| Traffic::Of { protocol, ports: PortRange::icmp_type(kind) })
}

/// Whether the reply still carries the port that the NAT gateway wrote.
fn is_before_nat(model: &Model, part: &Part, blocker: &Blocker) -> bool {
    let Some(id) = seen::nat_gateway(part) else {
        return false;
    };
    let nat = model.nat_gateways[id].subnet;
    match (blocker.component, blocker.direction) {
        (Component::NetworkAcl(_, at), Some(Direction::Ingress)) => at == nat,
        (component, _) => matches!(component, Component::NetworkAcl(..)) && component.subnet() != Some(nat),
    }
}
