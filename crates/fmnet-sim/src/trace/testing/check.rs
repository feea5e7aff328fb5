//! Fates as text, compared.
//!
//! In: edits of F0, a packet, and what should become of it. Out: a failed test.

use fmnet_core::model::Model;

use crate::fate::{self, Blocker, Component, Direction, Fate, Hop, Leg, RuleRef, Unmodelled};
use crate::packet::Packet;
use crate::trace::testing::f0;
use crate::trace::trace;

/// Asserts the word, the blockers and the unknowns of a packet over F0 with `edits`.
/// It starts at the interface `from`, or at the `internet`, or there `toward` a VPC.
#[track_caller]
pub(in crate::trace) fn check(edits: &[&str], from: &str, packet: Packet, expected: &[&str]) {
    check_model(&f0(edits), from, packet, expected);
}

/// Likewise, over a model that no design says.
#[track_caller]
pub(in crate::trace) fn check_model(model: &Model, from: &str, packet: Packet, expected: &[&str]) {
    assert_eq!(lines(model, &walk(model, from, &packet)), expected, "{from}: {packet}");
}

/// Asserts the hops, the way back after `|`.
#[track_caller]
pub(in crate::trace) fn check_hops(edits: &[&str], from: &str, packet: Packet, expected: &str) {
    let model = f0(edits);
    assert_eq!(hops(&model, &walk(&model, from, &packet)), expected, "{from}: {packet}");
}

fn walk(model: &Model, from: &str, packet: &Packet) -> Fate {
    let origin = match from.split_once(' ') {
        Some(("toward", name)) => {
            let vpc = model.vpcs.iter().find(|(_, vpc)| vpc.name == name);
            fate::Origin::InternetToward(vpc.unwrap().0)
        }
        _ if from == "internet" => fate::Origin::Internet,
        _ => {
            let interface = model.interfaces.iter().find(|(_, interface)| interface.name == from);
            fate::Origin::Interface(interface.unwrap().0)
        }
    };
    trace(model, origin, packet)
}

/// The word, then every blocker, then every unknown, a line each.
fn lines(model: &Model, fate: &Fate) -> Vec<String> {
    let mut lines = vec![format!("{:?}", fate.outcome())];
    lines.extend(fate.blockers.iter().map(|blocker| {
        let Blocker { leg, code, component, direction, rule } = *blocker;
        format!("{leg} {code} {}", place(model, component, direction, rule))
    }));
    lines.extend(fate.unmodelled.iter().map(|(leg, what)| format!("{leg} {}", unknown(model, what))));
    lines
}

/// Every hop, the way back after `|`.
fn hops(model: &Model, fate: &Fate) -> String {
    let way = |wanted: Leg| {
        let hops = fate.hops.iter().filter(|hop| hop.leg == wanted);
        let texts = hops.map(|&Hop { component, direction, rule, .. }| place(model, component, direction, rule));
        texts.collect::<Vec<_>>().join(", ")
    };
    format!("{} | {}", way(Leg::Forward), way(Leg::Return))
}

fn place(model: &Model, at: Component, way: Option<Direction>, rule: Option<RuleRef>) -> String {
    let at = match at {
        Component::Vpc(id) => model.vpcs[id].name.clone(),
        Component::Internet => "internet".to_owned(),
        Component::PeeringConnection(id) => model.peering_connections[id].name.clone(),
        Component::EgressOnlyInternetGateway(id) => model.egress_only_internet_gateways[id].name.clone(),
        Component::Interface(id) => model.interfaces[id].name.clone(),
        Component::NetworkAcl(acl, subnet) => {
            format!("{}@{}", model.network_acls[acl].name, model.subnets[subnet].name)
        }
        Component::RouteTable(table, subnet) => {
            format!("{}@{}", model.route_tables[table].name, model.subnets[subnet].name)
        }
        Component::InternetGateway(id) => model.internet_gateways[id].name.clone(),
        Component::NatGateway(id) => model.nat_gateways[id].name.clone(),
        Component::VirtualPrivateGateway(id) => model.virtual_private_gateways[id].name.clone(),
        Component::VpnConnection(id) => model.vpn_connections[id].name.clone(),
        Component::DirectConnectGateway(id) => model.direct_connect_gateways[id].name.clone(),
        Component::OnPremises(id) => model.on_premises[id].name.clone(),
        Component::TransitGatewayAttachment(id) => model.transit_gateway_attachments[id].name.clone(),
        Component::TransitGatewayRouteTable(id) => model.transit_gateway_route_tables[id].name.clone(),
        Component::AmazonService => "amazon".to_owned(),
    };
    let way = match way {
        Some(Direction::Ingress) => " in",
        Some(Direction::Egress) => " out",
        None => "",
    };
    let rule = match rule {
        Some(RuleRef::Group { group, index, .. }) => {
            format!(" {}[{index}]", model.security_groups[group].name)
        }
        Some(
            RuleRef::Acl { index, .. } | RuleRef::Route { index, .. } | RuleRef::TransitGatewayRoute { index, .. },
        ) => {
            format!(" [{index}]")
        }
        Some(RuleRef::AclDefault { .. }) => " *".to_owned(),
        Some(RuleRef::LocalRoute { .. }) => " local".to_owned(),
        None => String::new(),
    };
    format!("{at}{way}{rule}")
}

fn unknown(model: &Model, what: &Unmodelled) -> String {
    let route = |rule: &RuleRef| match *rule {
        RuleRef::Route { table, index } => format!("{}[{index}]", model.route_tables[table].name),
        RuleRef::Group { .. }
        | RuleRef::Acl { .. }
        | RuleRef::AclDefault { .. }
        | RuleRef::LocalRoute { .. }
        | RuleRef::TransitGatewayRoute { .. } => {
            format!("{rule:?}")
        }
    };
    match what {
        Unmodelled::Appliance(id) => format!("Appliance {}", model.interfaces[*id].name),
        Unmodelled::Target(rule) => format!("Target {}", route(rule)),
        Unmodelled::RoutePriority(rule) => format!("RoutePriority {}", route(rule)),
        Unmodelled::Nat64(id) => format!("Nat64 {}", model.nat_gateways[*id].name),
        Unmodelled::SecondTranslation(id) => format!("SecondTranslation {}", model.nat_gateways[*id].name),
        Unmodelled::ForeignGroup(group, id) => {
            format!("ForeignGroup {} {}", model.security_groups[*group].name, model.interfaces[*id].name)
        }
        Unmodelled::VpnRoutePriority(id) => format!("VpnRoutePriority {}", model.virtual_private_gateways[*id].name),
        Unmodelled::OnPremisesRouting(id) => format!("OnPremisesRouting {}", model.on_premises[*id].name),
        Unmodelled::BeyondOnPremises(id) => format!("BeyondOnPremises {}", model.on_premises[*id].name),
        Unmodelled::TransitGatewayAttachment(id) => {
            format!("TransitGatewayAttachment {}", model.transit_gateway_attachments[*id].name)
        }
        Unmodelled::InconsistentSnapshot | Unmodelled::SpecialAddress | Unmodelled::Undetermined(_) => {
            format!("{what:?}")
        }
    }
}
