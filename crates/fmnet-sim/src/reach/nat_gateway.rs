//! NAT gateways (R113 to R122).

use std::net::IpAddr;

use fmnet_core::address;
use fmnet_core::graph::Owned;
use fmnet_core::model::gateway::NatState;
use fmnet_core::model::{NatGatewayId, SubnetId, VpcId};
use fmnet_core::traffic::{Protocol, Traffic};

use super::{At, Crossing, Field, Flow, Leg, Reach, Via};
use crate::fate::{Code, Component, Direction, Origin, Unmodelled};
use crate::set::Level;

impl Reach<'_> {
    /// A request that a route of `subnet` sends to `nat`.
    pub(super) fn through_nat(&mut self, flow: Flow, nat: NatGatewayId, subnet: SubnetId) {
        let home = self.graph.model.nat_gateways[nat].subnet;
        for flow in self.enter(flow, Some(subnet), home) {
            self.at_nat(flow, nat);
        }
    }

    fn at_nat(&mut self, flow: Flow, nat: NatGatewayId) {
        let record = &self.graph.model.nat_gateways[nat];
        let at = At::new(Component::NatGateway(nat));
        let mut flow = flow;
        if record.state != NatState::Available {
            let Some(blocked) = self.blocked(flow, at, Code::BadState, None) else { return };
            flow = blocked;
        }
        let destination = flow.header.destination;
        let (v4, v6) = self.parted_by(flow, destination, &[crate::set::address::IPV4]);
        if let Some(v6) = v6 {
            self.unknown(v6, Unmodelled::Nat64(nat));
        }
        let Some(mut flow) = v4 else { return };
        if flow.crossed.is_some() {
            return self.unknown(flow, Unmodelled::SecondTranslation(nat));
        }
        let vpc = self.graph.model.vpc_of(record.subnet);
        let owner = |one| self.graph.owner(vpc, one);
        // R120, R148: its own VPC's clients, and those that transit gateways bring.
        let is_inside = matches!(flow.header.source, Field::Fixed(one) if matches!(owner(one), Some(Owned::Private(..))))
            || matches!(flow.entry(vpc), Some(Via::TransitGateway(_)));
        if !is_inside {
            let Some(blocked) = self.blocked(flow, at, Code::NgwRequiresSourceInVpc, None) else { return };
            flow = blocked;
        }
        let carried = [Protocol::TCP, Protocol::UDP, Protocol::ICMP]
            .map(|protocol| self.sets.traffic(&Traffic::all_of(protocol)));
        let carried = self.sets.union_all(carried);
        let (carried, dropped) = self.parted(flow, carried);
        if let Some(mut flow) = carried {
            if is_inside && record.state == NatState::Available {
                flow.hop(at, None);
            }
            self.translated(flow, nat);
        }
        let dropped = dropped.and_then(|flow| self.blocked(flow, at, Code::ProtocolRestriction, None));
        if let Some(flow) = dropped {
            self.translated(flow, nat);
        }
    }

    fn translated(&mut self, mut flow: Flow, nat: NatGatewayId) {
        let record = &self.graph.model.nat_gateways[nat];
        flow.cross(Crossing::NatGateway { nat, client: flow.header.source, client_port: flow.header.source_port });
        flow.header.source = Field::Fixed(IpAddr::V4(record.address));
        flow.header.source_port = Level::TranslatedPort;
        self.send_on(flow, record.subnet);
    }

    /// Whether `flow` answers what `nat` sent.
    pub(super) fn is_reply_to(&self, flow: &Flow, nat: NatGatewayId) -> bool {
        let last = flow.crossed.as_deref().map(|crossed| crossed.by);
        flow.leg == Leg::Return && matches!(last, Some(Crossing::NatGateway { nat: crossed, .. }) if crossed == nat)
    }

    /// A reply into the subnet of the NAT gateway that the request crossed last, out of
    /// it, into the client's (R69, R116).
    pub(super) fn give_back(&mut self, flow: Flow, nat: NatGatewayId, from: Option<SubnetId>) {
        let model = self.graph.model;
        let subnet = model.nat_gateways[nat].subnet;
        for mut flow in self.enter(flow, from, subnet) {
            flow.hop(At::new(Component::NatGateway(nat)), None);
            let Some(crossed) = flow.crossed.take() else { continue };
            let Crossing::NatGateway { client, client_port, .. } = crossed.by;
            flow.crossed.clone_from(&crossed.before);
            flow.header.destination = client;
            flow.header.port = client_port;
            if matches!(flow.entry(model.vpc_of(subnet)), Some(Via::TransitGateway(_))) {
                // R148: by the table of its own subnet.
                self.send_on(flow, subnet);
                continue;
            }
            // What nobody owns is a network behind the interface that asked.
            let owner = match client {
                Field::Fixed(one) => self.graph.owner(model.vpc_of(subnet), one),
                Field::Asked(_) => None,
            };
            let client = match (owner, flow.origin) {
                (Some(Owned::Private(interface, _)), _) | (_, Origin::Interface(interface)) => interface,
                (_, Origin::Internet | Origin::InternetToward(_) | Origin::OnPremises(_)) => {
                    self.finish(flow);
                    continue;
                }
            };
            let home = self.subnet_of(client);
            let out = if home == subnet { vec![flow] } else { self.through_acl(flow, subnet, Direction::Egress) };
            for flow in out {
                for flow in self.enter(flow, Some(subnet), home) {
                    self.receive(flow, client);
                }
            }
        }
    }

    /// The public address that the internet gateway writes for `private` in `vpc`, if it maps one.
    pub(super) fn public_address(&self, vpc: VpcId, private: IpAddr) -> Option<IpAddr> {
        use fmnet_core::model::gateway::Connectivity;
        match self.graph.owner(vpc, private)? {
            Owned::Private(interface, position) => {
                let mine = self.graph.model.interfaces[interface].addresses.get(position as usize)?;
                mine.public.map(|public| IpAddr::V4(public.address))
            }
            Owned::NatPrivate(nat) => match self.graph.model.nat_gateways[nat].connectivity {
                Connectivity::Public { address, .. } => Some(IpAddr::V4(address)),
                Connectivity::Private => None,
            },
            Owned::Public(..) | Owned::NatPublic(_) => None,
        }
    }

    /// IPv6 addresses in a private block of `vpc`, or unique local (R129).
    pub(super) fn private_ipv6(&self, vpc: VpcId) -> address::Ranges {
        use fmnet_core::model::vpc::Ipv6Kind;
        let blocks = self.graph.model.vpcs[vpc].ipv6.iter().filter(|block| block.kind == Ipv6Kind::Private);
        let mut ranges: address::Ranges = blocks.flat_map(|block| address::ranges(block.net.into())).collect();
        // fc00::/7, unique local addresses.
        ranges.push((0xfc << 120, (0xfe << 120) - 1));
        address::union(ranges)
    }
}
