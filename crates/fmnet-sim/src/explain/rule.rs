//! Rules in the words of the design.
//!
//! In: a [`RuleRef`]. Out: the rule as a design writes it, and where the design says so.

use fmnet_core::model::Model;
use fmnet_core::model::network_acl::{AclAction, AclRule};
use fmnet_core::model::route_table::{Destination, Origin, Route, Target};
use fmnet_core::model::security_group::{GroupRule, Peer};
use fmnet_core::source::Span;
use fmnet_core::spec::print::line_name;
use fmnet_core::traffic::Traffic;
use ipnet::IpNet;

use super::{plain, transit_gateway};
use crate::fate::{Direction, RuleRef};

/// A rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// The rule, as `tcp/22 from group jenkins`.
    pub text: String,
    /// What it is a rule of, as `security group api`.
    pub holder: String,
    /// Where the design says so; [`Span::NOWHERE`] for AWS's own.
    pub span: Span,
}

/// The rule in the language of the design, and its place.
#[must_use]
pub fn rule(model: &Model, rule: RuleRef) -> RuleText {
    let make = |text, holder, span| RuleText { text, holder, span };
    match rule {
        RuleRef::Group { group, direction, index } => {
            let group = &model.security_groups[group];
            let rules = if direction == Direction::Ingress { &group.ingress } else { &group.egress };
            let holder = format!("group {}", plain(&group.name));
            match rules.get(index as usize) {
                Some(rule) => make(group_rule(model, rule, direction), holder, rule.span),
                None => make(format!("a rule of {holder}"), holder, group.span),
            }
        }
        RuleRef::Acl { acl, direction, index } => {
            let acl = &model.network_acls[acl];
            let rules = if direction == Direction::Ingress { &acl.ingress } else { &acl.egress };
            let holder = format!("network ACL {}", plain(&acl.name));
            match rules.get(index as usize) {
                Some(rule) => make(acl_rule(rule, direction), holder, rule.span),
                None => make(format!("a rule of {holder}"), holder, acl.span),
            }
        }
        RuleRef::AclDefault { acl, .. } => {
            let name = plain(&model.network_acls[acl].name);
            make(format!("the final deny of {name}"), format!("network ACL {name}"), Span::NOWHERE)
        }
        RuleRef::Route { table, index } => {
            let table = &model.route_tables[table];
            let holder = format!("route table {}", plain(&table.name));
            match table.routes.get(index as usize) {
                Some(route) => make(route_line(model, route), holder, route.span),
                None => make(format!("a route of {holder}"), holder, table.span),
            }
        }
        RuleRef::LocalRoute { table } => {
            let blocks: Vec<String> = model.vpc().blocks().map(|block| block.to_string()).collect();
            let holder = format!("route table {}", plain(&model.route_tables[table].name));
            make(format!("{} -> local", blocks.join(", ")), holder, Span::NOWHERE)
        }
        RuleRef::TransitGatewayRoute { table, index } => {
            let holder = transit_gateway::table(model, table);
            let table = &model.transit_gateway_route_tables[table];
            match table.routes.get(index as usize) {
                Some(route) => make(transit_gateway::route_line(model, route), holder, route.span),
                None => make(format!("a route of {holder}"), holder, table.span),
            }
        }
    }
}

/// `tcp/22 from group jenkins`.
pub(super) fn group_rule(model: &Model, rule: &GroupRule, direction: Direction) -> String {
    format!("{} {} {}", traffic(rule.traffic), word(direction), peer(model, rule.peer))
}

/// The line of a design that `rule` comes from, which may stand for several rules of
/// its list: `tcp/80,443 from office`.
pub(super) fn group_line(model: &Model, rules: &[GroupRule], rule: &GroupRule, direction: Direction) -> String {
    let line = || rules.iter().filter(|other| other.span == rule.span);
    if rule.span.is_nowhere() || line().count() < 2 {
        return group_rule(model, rule, direction);
    }
    let mut peers: Vec<Peer> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    for rule in line() {
        if !peers.contains(&rule.peer) {
            peers.push(rule.peer);
        }
        let word = traffic(rule.traffic);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    format!("{} {} {}", together(&words), self::word(direction), all_peers(model, &peers))
}

/// `tcp/80`, `tcp/443` as `tcp/80,443`.
pub(super) fn together(words: &[String]) -> String {
    let split = |word: &str| word.split_once('/').map(|(protocol, ports)| (protocol.to_owned(), ports.to_owned()));
    let parts: Option<Vec<_>> = words.iter().map(|word| split(word)).collect();
    match parts.as_deref() {
        Some([(protocol, _), rest @ ..]) if rest.iter().all(|(other, _)| other == protocol) => {
            let ports: Vec<&str> = parts.iter().flatten().map(|(_, ports)| ports.as_str()).collect();
            format!("{protocol}/{}", ports.join(","))
        }
        Some(_) | None => words.join("+"),
    }
}

/// Several peers by the one name that stands for them, if one does.
fn all_peers(model: &Model, peers: &[Peer]) -> String {
    let nets: Vec<IpNet> =
        peers.iter().filter_map(|peer| if let Peer::Cidr(net) = peer { Some(*net) } else { None }).collect();
    let same = |others: &[IpNet]| {
        nets.len() == peers.len() && others.len() == nets.len() && others.iter().all(|net| nets.contains(net))
    };
    if let Some((_, place)) = model.places.iter().find(|(_, place)| same(&place.nets)) {
        return name(&place.name);
    }
    if peers.len() == 2 && nets.len() == 2 && nets.iter().all(|net| net.prefix_len() == 0) {
        return "anywhere".to_owned();
    }
    peers.iter().map(|&one| peer(model, one)).collect::<Vec<_>>().join(", ")
}

/// `110 deny tcp/1024-32767 to 0.0.0.0/0`.
pub(super) fn acl_rule(rule: &AclRule, direction: Direction) -> String {
    let action = match rule.action {
        AclAction::Allow => "allow",
        AclAction::Deny => "deny",
    };
    format!("{} {action} {} {} {}", rule.number, traffic(rule.traffic), word(direction), rule.peer)
}

/// `0.0.0.0/0 -> FM_igw`.
pub(super) fn route_line(model: &Model, route: &Route) -> String {
    let destination = match route.destination {
        Destination::Cidr(net) => net.to_string(),
        Destination::PrefixList(list) => format!("list {}", name(&model.prefix_lists[list].name)),
    };
    let origin = match route.origin {
        Origin::Static => "",
        Origin::Propagated => " propagated",
        Origin::Advertised => " advertised",
    };
    let filtered = if route.is_filtered { " filtered" } else { "" };
    format!("{destination} -> {}{origin}{filtered}", target(model, &route.target))
}

/// The target of a route, as a design names it.
pub(super) fn target(model: &Model, target: &Target) -> String {
    match target {
        Target::InternetGateway(id) => name(&model.internet_gateways[*id].name),
        Target::EgressOnlyInternetGateway(id) => name(&model.egress_only_internet_gateways[*id].name),
        Target::NatGateway(id) => name(&model.nat_gateways[*id].name),
        Target::Interface(id) => name(&model.interfaces[*id].name),
        Target::PeeringConnection(id) => name(&model.peering_connections[*id].name),
        Target::VirtualPrivateGateway(id) => name(&model.virtual_private_gateways[*id].name),
        Target::TransitGateway(id) => {
            name(&model.transit_gateways[model.transit_gateway_attachments[*id].gateway].name)
        }
        Target::Blackhole => "blackhole".to_owned(),
        Target::Unmodelled(what) => format!("unmodelled {}", name(what)),
    }
}

/// A name as a line of a design has it: `"web servers"`.
pub(super) fn name(name: &str) -> String {
    plain(&line_name(name))
}

/// Traffic as a rule of a design writes it: `protocol/50`, where elsewhere it is `protocol 50`.
pub(super) fn traffic(traffic: Traffic) -> String {
    traffic.to_string().replace("protocol ", "protocol/")
}

/// `0.0.0.0/0`, `group jenkins`, `list partners`; a place by its name, a single address without its length.
fn peer(model: &Model, peer: Peer) -> String {
    match peer {
        Peer::Cidr(net) => {
            let place = model.places.iter().find(|(_, place)| place.nets.as_slice() == [net]);
            place.map_or_else(|| net.to_string(), |(_, place)| name(&place.name))
        }
        Peer::Group(group) => format!("group {}", name(&model.security_groups[group].name)),
        Peer::PrefixList(list) => format!("list {}", name(&model.prefix_lists[list].name)),
    }
}

/// `from` or `to`.
pub(super) fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    }
}

/// `ingress` or `egress`.
pub(super) fn list_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}
