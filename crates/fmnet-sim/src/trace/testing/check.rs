//! Fates as text, compared.
//!
//! In: an edit of F0, a packet, and what should become of it. Out: a failed test.

use crate::fate::{self, Blocker, Component, Direction, Fate, Hop, Leg, RuleRef};
use crate::packet::Packet;
use crate::trace::testing::Net;
use crate::trace::trace;

/// Asserts the word, the blockers and the unknowns of a packet over F0 as `edit` left it.
#[track_caller]
pub(in crate::trace) fn check(edit: impl Fn(&mut Net), from: &str, packet: Packet, expected: &[&str]) {
    let mut net = Net::f0();
    edit(&mut net);
    assert_eq!(net.lines(from, &packet), expected, "{from}: {packet}");
}

/// Asserts the hops, the way back after `|`.
#[track_caller]
pub(in crate::trace) fn check_hops(edit: impl Fn(&mut Net), from: &str, packet: Packet, expected: &str) {
    let mut net = Net::f0();
    edit(&mut net);
    assert_eq!(net.hops(from, &packet), expected, "{from}: {packet}");
}

impl Net {
    /// The fate of a packet from the interface `from`, or from `internet`: the word,
    /// then every blocker, then every unknown, a line each.
    fn lines(&self, from: &str, packet: &Packet) -> Vec<String> {
        let fate = self.trace(from, packet);
        let mut lines = vec![format!("{:?}", fate.outcome())];
        lines.extend(fate.blockers.iter().map(|blocker| {
            let Blocker { leg, code, component, direction, rule } = *blocker;
            format!("{leg} {code} {}", self.place(component, direction, rule))
        }));
        let unknown = fate.unmodelled.iter();
        lines.extend(unknown.map(|(leg, what)| format!("{leg} {what:?}")));
        lines
    }

    /// Every hop, as text, the way back after `|`.
    fn hops(&self, from: &str, packet: &Packet) -> String {
        let fate = self.trace(from, packet);
        let way = |wanted: Leg| {
            let hops = fate.hops.iter().filter(|hop| hop.leg == wanted);
            let texts = hops.map(|&Hop { component, direction, rule, .. }| self.place(component, direction, rule));
            texts.collect::<Vec<_>>().join(", ")
        };
        format!("{} | {}", way(Leg::Forward), way(Leg::Return))
    }

    fn trace(&self, from: &str, packet: &Packet) -> Fate {
        let origin = match from {
            "internet" => fate::Origin::Internet,
            name => fate::Origin::Interface(self.id(name)),
        };
        trace(&self.model, origin, packet)
    }

    fn place(&self, at: Component, way: Option<Direction>, rule: Option<RuleRef>) -> String {
        let model = &self.model;
        let at = match at {
            Component::Vpc(_) => "vpc".to_owned(),
            Component::Internet => "internet".to_owned(),
            Component::PeeringConnection(id) => model.peering_connections[id].name.clone(),
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
            Some(RuleRef::Acl { index, .. } | RuleRef::Route { index, .. }) => {
                format!(" [{index}]")
            }
            Some(RuleRef::AclDefault { .. }) => " *".to_owned(),
            Some(RuleRef::LocalRoute { .. }) => " local".to_owned(),
            None => String::new(),
        };
        format!("{at}{way}{rule}")
    }
}
