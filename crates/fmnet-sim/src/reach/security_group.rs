//! Security groups as gates (R31 to R36, R48).

use std::net::IpAddr;

use fmnet_core::graph::Owned;
use fmnet_core::model::interface::Owner;
use fmnet_core::model::security_group::{GroupRule, Peer};
use fmnet_core::model::transit_gateway::Switch;
use fmnet_core::model::{InterfaceId, SecurityGroupId, VpcId};

use super::gate::{self, Key, Ruling};
use super::{At, Field, Flow, Reach, Via};
use crate::fate::{Code, Component, Direction, RuleRef, Unmodelled};
use crate::set::PacketSet;

impl Reach<'_> {
    /// Passes a request through the groups of `interface`.
    pub(super) fn through_groups(&mut self, flow: Flow, interface: InterfaceId, direction: Direction) -> Vec<Flow> {
        let record = &self.graph.model.interfaces[interface];
        let own = self.graph.model.vpc_of(record.subnet);
        let peer = match direction {
            Direction::Ingress => self.came_from(&flow, own),
            Direction::Egress => gate::Peer { address: flow.header.destination, vpc: Some(own), unsupported: None },
        };
        let is_foreign = |&group| self.graph.model.security_groups[group].foreign_vpc.is_some();
        let is_doubtful = matches!(record.owner, Owner::Database(_)) && record.groups.iter().any(is_foreign);
        let combination = self.graph.classes.combination(interface);
        let key = Key::Groups { combination, direction, peer, doubtful: is_doubtful.then_some(interface) };
        let gate = self.gate(key, |reach| reach.group_rulings(interface, direction, peer));
        self.through(flow, &gate, At::way(Component::Interface(interface), direction))
    }

    /// The source of a request to an interface of `own`, and the VPC in which it was before,
    /// whose groups the rules there may name (R37, R39).
    fn came_from(&self, flow: &Flow, own: VpcId) -> gate::Peer {
        let peer = gate::Peer { address: flow.header.source, vpc: None, unsupported: None };
        match flow.entry(own) {
            None | Some(Via::Interface(_)) => gate::Peer { vpc: Some(own), ..peer },
            Some(Via::InternetGateway(_) | Via::VirtualPrivateGateway(_)) => peer,
            Some(Via::PeeringConnection(connection)) => {
                let other = self.graph.model.peering_connections[connection].other(own);
                gate::Peer { vpc: other.filter(|other| self.neighbours(own).contains(other)), ..peer }
            }
            Some(Via::TransitGateway(attachment)) => match self.referenced_over(flow, attachment) {
                Some((vpc, Switch::On)) => gate::Peer { vpc: Some(vpc), ..peer },
                Some((vpc, Switch::Off)) => gate::Peer { unsupported: Some(vpc), ..peer },
                None => peer,
            },
        }
    }

    fn neighbours(&self, vpc: VpcId) -> &[VpcId] {
        self.graph.neighbours.get(vpc.index()).map(Vec::as_slice).unwrap_or_default()
    }

    fn group_rulings(
        &mut self,
        interface: InterfaceId,
        direction: Direction,
        peer: gate::Peer,
    ) -> Vec<(PacketSet, Ruling)> {
        let model = self.graph.model;
        let record = &model.interfaces[interface];
        let is_database = matches!(record.owner, Owner::Database(_));
        let mut rulings = Vec::new();
        let mut rest = PacketSet::FULL;
        let mut has_rules = false;
        let mut foreign = None;
        let mut supported = PacketSet::EMPTY;
        for &id in &record.groups {
            let group = &model.security_groups[id];
            if is_database && group.foreign_vpc.is_some() {
                foreign = foreign.or(Some(id));
                continue;
            }
            // A stale rule is a rule that matches nothing (R38).
            let (rules, stale) = match direction {
                Direction::Ingress => (&group.ingress, &group.stale_ingress),
                Direction::Egress => (&group.egress, &group.stale_egress),
            };
            has_rules |= !rules.is_empty() || !stale.is_empty();
            for (index, rule) in (0u32..).zip(rules) {
                supported = self.with_support(supported, rule, peer);
                let Some(admitted) = self.rule_set(rule, direction, peer) else { continue };
                let part = self.sets.intersect(rest, admitted);
                if !part.is_empty() {
                    rulings.push((part, Ruling::Admit(Some(RuleRef::Group { group: id, direction, index }))));
                    rest = self.sets.subtract(rest, part);
                }
            }
        }
        let mismatch = if has_rules { Code::EniSgRulesMismatch } else { Code::SgHasNoRules };
        let unsupported = self.sets.intersect(rest, supported);
        let rest = self.sets.subtract(rest, supported);
        for (part, code) in [(unsupported, Code::SgReferencingSupport), (rest, mismatch)] {
            if !part.is_empty() {
                let what = foreign.map(|group| Ruling::Unknown(Unmodelled::ForeignGroup(group, interface)));
                rulings.push((part, what.unwrap_or(Ruling::Drop(code, None))));
            }
        }
        rulings
    }

    /// `supported`, and what `rule` would admit if a transit gateway supported references (R39).
    fn with_support(&mut self, supported: PacketSet, rule: &GroupRule, peer: gate::Peer) -> PacketSet {
        match (peer.unsupported, peer.address, rule.peer) {
            (Some(vpc), Field::Fixed(one), Peer::Group(group)) if self.carries(vpc, one, group) => {
                let traffic = self.sets.traffic(&rule.traffic);
                self.sets.union(supported, traffic)
            }
            _ => supported,
        }
    }

    /// The packets a rule admits, given its peer; none where the peer does not match.
    fn rule_set(&mut self, rule: &GroupRule, direction: Direction, peer: gate::Peer) -> Option<PacketSet> {
        let model = self.graph.model;
        let traffic = self.sets.traffic(&rule.traffic);
        match (peer.address, rule.peer) {
            (Field::Fixed(one), Peer::Cidr(net)) => net.contains(&one).then_some(traffic),
            (Field::Fixed(one), Peer::PrefixList(list)) => {
                model.prefix_lists[list].entries.iter().any(|net| net.contains(&one)).then_some(traffic)
            }
            (Field::Fixed(one), Peer::Group(group)) => self.is_of(one, group, direction, peer.vpc).then_some(traffic),
            (Field::Asked(level), Peer::Cidr(net)) => {
                let peers = self.sets.address_set(level, &[net]);
                Some(self.sets.intersect(traffic, peers))
            }
            (Field::Asked(level), Peer::PrefixList(list)) => {
                let peers = self.sets.address_set(level, &model.prefix_lists[list].entries);
                Some(self.sets.intersect(traffic, peers))
            }
            // An asked field is owned by nothing, so no interface's private address is in it.
            (Field::Asked(_), Peer::Group(_)) => None,
        }
    }

    /// Whether a group peer matches `address`: inward in the VPC it came from, outward in
    /// this one and its neighbours.
    fn is_of(&self, address: IpAddr, group: SecurityGroupId, direction: Direction, vpc: Option<VpcId>) -> bool {
        let Some(vpc) = vpc else { return false };
        let neighbours = match direction {
            Direction::Ingress => &[],
            Direction::Egress => self.neighbours(vpc),
        };
        std::iter::once(&vpc).chain(neighbours).any(|&vpc| self.carries(vpc, address, group))
    }

    /// Whether `address` is a private address of an interface in `vpc` that carries `group` (R36).
    fn carries(&self, vpc: VpcId, address: IpAddr, group: SecurityGroupId) -> bool {
        match self.graph.owner(vpc, address) {
            Some(Owned::Private(interface, _)) => self.graph.model.interfaces[interface].groups.contains(&group),
            Some(Owned::Public(..) | Owned::NatPrivate(_) | Owned::NatPublic(_)) | None => false,
        }
    }
}
