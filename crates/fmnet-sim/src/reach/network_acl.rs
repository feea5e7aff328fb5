//! Network ACLs as gates (R57 to R67).

use fmnet_core::model::SubnetId;
use fmnet_core::model::network_acl::AclAction;
use fmnet_core::traffic::{PortRange, Protocol, Traffic};

use super::gate::{Key, Ruling};
use super::{At, Field, Flow, Reach};
use crate::fate::{Code, Component, Direction, RuleRef};
use crate::set::{Level, PacketSet};

/// ICMP requests with a reply, as protocol and type.
const ICMP_REQUESTS: [(Protocol, u8); 5] =
    [(Protocol::ICMP, 8), (Protocol::ICMP, 13), (Protocol::ICMP, 15), (Protocol::ICMP, 17), (Protocol::ICMPV6, 128)];

impl Reach<'_> {
    /// Packets into `subnet`, or out of it.
    pub(super) fn through_acl(&mut self, flow: Flow, subnet: SubnetId, direction: Direction) -> Vec<Flow> {
        let peer = match direction {
            Direction::Ingress => flow.header.source,
            Direction::Egress => flow.header.destination,
        };
        let port = flow.header.port;
        let acl = self.graph.model.subnets[subnet].network_acl;
        let key = Key::Acl { acl, direction, peer, port };
        let gate = self.gate(key, |reach| reach.acl_rulings(acl, direction, peer, port));
        self.through(flow, &gate, At::way(Component::NetworkAcl(acl, subnet), direction))
    }

    fn acl_rulings(
        &mut self,
        acl: fmnet_core::model::NetworkAclId,
        direction: Direction,
        peer: Field,
        port: Level,
    ) -> Vec<(PacketSet, Ruling)> {
        let record = &self.graph.model.network_acls[acl];
        let rules = match direction {
            Direction::Ingress => &record.ingress,
            Direction::Egress => &record.egress,
        };
        let mut rulings = Vec::new();
        let mut rest = PacketSet::FULL;
        for (index, rule) in (0u32..).zip(rules) {
            let matched = match peer {
                Field::Fixed(one) if !rule.peer.contains(&one) => continue,
                Field::Fixed(_) => self.acl_traffic(rule.traffic, port),
                Field::Asked(level) => {
                    let traffic = self.acl_traffic(rule.traffic, port);
                    let peers = self.sets.address_set(level, &[rule.peer]);
                    self.sets.intersect(traffic, peers)
                }
            };
            let part = self.sets.intersect(rest, matched);
            if part.is_empty() {
                continue;
            }
            rest = self.sets.subtract(rest, part);
            let rule_ref = Some(RuleRef::Acl { acl, direction, index });
            rulings.push((
                part,
                match rule.action {
                    AclAction::Allow => Ruling::Admit(rule_ref),
                    AclAction::Deny => Ruling::Drop(Code::SubnetAclRestriction, rule_ref),
                },
            ));
        }
        if !rest.is_empty() {
            rulings
                .push((rest, Ruling::Drop(Code::SubnetAclRestriction, Some(RuleRef::AclDefault { acl, direction }))));
        }
        rulings
    }

    /// Packets whose header, or the header of whose reply, has this traffic: `port` is
    /// the field of the request that is the destination port here.
    fn acl_traffic(&mut self, traffic: Traffic, port: Level) -> PacketSet {
        let Traffic::Of { protocol, ports } = traffic else { return PacketSet::FULL };
        if port == Level::Port || !(protocol.has_ports() || protocol.has_types()) {
            return self.sets.traffic(&traffic);
        }
        let of_protocol = self.sets.traffic(&Traffic::all_of(protocol));
        if protocol.has_ports() {
            let in_range = self.sets.range(port, u128::from(ports.first), u128::from(ports.last));
            return self.sets.intersect(of_protocol, in_range);
        }
        let answered = ICMP_REQUESTS.iter().filter(|&&(mine, kind)| {
            let reply = mine.icmp_reply_type(kind).map(|reply| PortRange::icmp(reply, 0));
            mine == protocol && reply.is_some_and(|reply| ports.contains(reply.first))
        });
        let requests: Vec<_> =
            answered.map(|&(protocol, kind)| Traffic::Of { protocol, ports: PortRange::icmp_type(kind) }).collect();
        let requests: Vec<_> = requests.iter().map(|traffic| self.sets.traffic(traffic)).collect();
        self.sets.union_all(requests)
    }

    /// Packets to which no reply is expected: ICMP other than requests.
    pub(super) fn without_reply(&mut self) -> PacketSet {
        if let Some(known) = self.without_reply {
            return known;
        }
        let requests =
            ICMP_REQUESTS.map(|(protocol, kind)| Traffic::Of { protocol, ports: PortRange::icmp_type(kind) });
        let requests: Vec<_> = requests.iter().map(|traffic| self.sets.traffic(traffic)).collect();
        let all: Vec<_> =
            [Protocol::ICMP, Protocol::ICMPV6].map(|protocol| self.sets.traffic(&Traffic::all_of(protocol))).into();
        let (all, requests) = (self.sets.union_all(all), self.sets.union_all(requests));
        let without = self.sets.subtract(all, requests);
        self.without_reply = Some(without);
        without
    }
}
