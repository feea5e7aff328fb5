//! Interfaces: where packets start and where they end (R2 to R4, R24, R25, R210).

use fmnet_core::address;
use fmnet_core::graph::Owned;
use fmnet_core::model::interface::{InterfaceState, Owner, SourceDestCheck};
use fmnet_core::model::{InterfaceId, SubnetId, VpcId};
use fmnet_core::traffic::{PortRange, Protocol, Traffic};

use super::{At, Field, Flow, Leg, Reach, Receiver, Via};
use crate::fate::{Code, Component, Direction, Origin, Unmodelled};

impl Reach<'_> {
    /// A request that starts at `interface`.
    pub(super) fn start_at_interface(&mut self, flow: Flow, interface: InterfaceId) {
        let record = &self.graph.model.interfaces[interface];
        let here = At::new(Component::Interface(interface));
        let mut flow = flow;
        if record.state != InterfaceState::InUse {
            let Some(blocked) = self.blocked(flow, here, Code::BadState, None) else { return };
            flow = blocked;
        }
        let is_own = matches!(flow.header.source, Field::Fixed(one) if record.owns(one).is_some());
        if !is_own {
            flow.entered(self.graph.model.vpc_of(record.subnet), Via::Interface(interface));
        }
        if record.source_dest_check == SourceDestCheck::On && !is_own {
            let Some(blocked) = self.blocked(flow, here, Code::EniSourceDestCheckRestriction, None) else { return };
            flow = blocked;
        }
        let Some(flow) = self.received_by_amazon(flow, interface) else { return };
        for flow in self.through_groups(flow, interface, Direction::Egress) {
            self.send_on(flow, record.subnet);
        }
    }

    /// Packets in `subnet`: straight to their owner there, or by its route table.
    pub(super) fn send_on(&mut self, flow: Flow, subnet: SubnetId) {
        let (near, far) = self.parted_by_subnet(flow, subnet);
        if let Some(near) = near {
            self.deliver(near, self.graph.model.vpc_of(subnet), Some(subnet));
        }
        if let Some(far) = far {
            self.leave_subnet(far, subnet);
        }
    }

    /// The parts of `flow` whose destination lies in `subnet`, and outside.
    fn parted_by_subnet(&mut self, flow: Flow, subnet: SubnetId) -> (Option<Flow>, Option<Flow>) {
        let record = &self.graph.model.subnets[subnet];
        let destination = flow.header.destination;
        if let Field::Fixed(one) = destination {
            return if record.contains(one) { (Some(flow), None) } else { (None, Some(flow)) };
        }
        let nets = record.ipv4.map(Into::into).into_iter().chain(record.ipv6.map(Into::into));
        let ranges = address::union(nets.flat_map(address::ranges).collect());
        self.parted_by(flow, destination, &ranges)
    }

    /// Takes packets to the owner of their destination in `vpc`: from a subnet there, or
    /// from outside.
    pub(super) fn deliver(&mut self, flow: Flow, vpc: VpcId, from: Option<SubnetId>) {
        let owner = match flow.header.destination {
            Field::Fixed(one) => self.graph.owner(vpc, one),
            Field::Asked(_) => None,
        };
        match owner {
            Some(Owned::Private(interface, _)) => {
                for flow in self.enter(flow, from, self.subnet_of(interface)) {
                    self.receive(flow, interface);
                }
            }
            Some(Owned::NatPrivate(nat)) if self.is_reply_to(&flow, nat) => self.give_back(flow, nat, from),
            Some(Owned::NatPrivate(nat)) => {
                self.wall(flow, At::new(Component::NatGateway(nat)), Code::NoPossibleDestination, None);
            }
            Some(Owned::Public(..) | Owned::NatPublic(_)) | None => {
                self.wall(flow, At::new(Component::Vpc(vpc)), Code::NoPossibleDestination, None);
            }
        }
    }

    /// Into subnet `to`: the inbound ACL, unless the packets come from there (R3, R4).
    pub(super) fn enter(&mut self, flow: Flow, from: Option<SubnetId>, to: SubnetId) -> Vec<Flow> {
        if from == Some(to) { vec![flow] } else { self.through_acl(flow, to, Direction::Ingress) }
    }

    /// Receives what is addressed to `interface`.
    pub(super) fn receive(&mut self, flow: Flow, interface: InterfaceId) {
        match flow.leg {
            Leg::Forward => self.receive_request(flow, interface),
            Leg::Return if flow.origin == Origin::Interface(interface) && flow.crossed.is_none() => {
                self.come_back(flow, interface);
            }
            Leg::Return => {
                self.wall(flow, At::new(Component::Interface(interface)), Code::NoPossibleDestination, None);
            }
        }
    }

    /// A reply is at the interface that asked.
    pub(super) fn come_back(&mut self, mut flow: Flow, interface: InterfaceId) {
        flow.hop(At::way(Component::Interface(interface), Direction::Ingress), None);
        self.finish(flow);
    }

    fn receive_request(&mut self, flow: Flow, interface: InterfaceId) {
        let model = self.graph.model;
        let record = &model.interfaces[interface];
        let here = At::new(Component::Interface(interface));
        let mut flow = flow;
        if record.state != InterfaceState::InUse {
            let Some(blocked) = self.blocked(flow, here, Code::BadState, None) else { return };
            flow = blocked;
        }
        flow.receiver = Some(Receiver::Interface(interface));
        for flow in self.through_groups(flow, interface, Direction::Ingress) {
            let Owner::Database(database) = record.owner else {
                self.reply(flow);
                continue;
            };
            let ports = PortRange::one(model.databases[database].port);
            let listens = self.sets.traffic(&Traffic::Of { protocol: Protocol::TCP, ports });
            let (heard, unheard) = self.parted(flow, listens);
            if let Some(heard) = heard {
                self.reply(heard);
            }
            if let Some(unheard) = unheard.and_then(|flow| self.blocked(flow, here, Code::NothingListens, None)) {
                self.reply(unheard);
            }
        }
    }

    /// Packets that a route sends to `interface`, from `subnet`.
    pub(super) fn via_interface(&mut self, flow: Flow, interface: InterfaceId, subnet: SubnetId) {
        let record = &self.graph.model.interfaces[interface];
        for flow in self.enter(flow, Some(subnet), record.subnet) {
            let owns = matches!(flow.header.destination, Field::Fixed(one) if record.owns(one).is_some());
            if flow.leg == Leg::Return && !owns {
                // The network behind the interface asked.
                self.come_back(flow, interface);
                continue;
            }
            if owns {
                self.receive(flow, interface);
                continue;
            }
            for flow in self.through_groups(flow, interface, Direction::Ingress) {
                if record.source_dest_check == SourceDestCheck::On {
                    let at = At::new(Component::Interface(interface));
                    self.wall(flow, at, Code::EniSourceDestCheckRestriction, None);
                    continue;
                }
                let behind = address::union(record.behind.iter().copied().flat_map(address::ranges).collect());
                let destination = flow.header.destination;
                let (behind, beyond) = self.parted_by(flow, destination, &behind);
                if let Some(mut behind) = behind {
                    behind.receiver = Some(Receiver::Behind(interface));
                    self.reply(behind);
                }
                if let Some(beyond) = beyond {
                    self.unknown(beyond, Unmodelled::Appliance(interface));
                }
            }
        }
    }
}
