//! Interfaces: where requests start and where they end (R2 to R4, R24, R25, R210).

use fmnet_core::address;
use fmnet_core::graph::Owned;
use fmnet_core::model::interface::{InterfaceState, Owner, SourceDestCheck};
use fmnet_core::model::{InterfaceId, SubnetId};
use fmnet_core::traffic::{PortRange, Protocol, Traffic};

use super::{At, Field, Flow, Leg, Reach, Receiver};
use crate::fate::{Code, Component, Direction, Unmodelled};
use crate::set::Level;

impl Reach<'_> {
    /// A request that starts at `interface`.
    pub(super) fn start_at_interface(&mut self, flow: Flow, interface: InterfaceId) {
        let record = &self.graph.model.interfaces[interface];
        let here = Component::Interface(interface);
        let mut flow = flow;
        if record.state != InterfaceState::InUse {
            let Some(blocked) = self.blocked(flow, At::new(Leg::Forward, here, None), Code::BadState, None) else {
                return;
            };
            flow = blocked;
        }
        let is_own = matches!(flow.source, Field::Fixed(one) if record.owns(one).is_some());
        if record.source_dest_check == SourceDestCheck::On && !is_own {
            let at = At::new(Leg::Forward, here, None);
            let Some(blocked) = self.blocked(flow, at, Code::EniSourceDestCheckRestriction, None) else { return };
            flow = blocked;
        }
        let Some(flow) = self.received_by_amazon(flow, interface) else { return };
        for flow in self.through_groups(flow, interface, Direction::Egress) {
            let (near, far) = self.parted_by_subnet(flow, record.subnet);
            if let Some(near) = near {
                self.deliver(near, record.subnet);
            }
            if let Some(far) = far {
                self.leave_subnet(far, record.subnet);
            }
        }
    }

    /// The parts of `flow` whose destination lies in `subnet`, and outside.
    pub(super) fn parted_by_subnet(&mut self, flow: Flow, subnet: SubnetId) -> (Option<Flow>, Option<Flow>) {
        let record = &self.graph.model.subnets[subnet];
        let destination = flow.destination;
        if let Field::Fixed(one) = destination {
            return if record.contains(one) { (Some(flow), None) } else { (None, Some(flow)) };
        }
        let nets = record.ipv4.map(Into::into).into_iter().chain(record.ipv6.map(Into::into));
        let ranges = address::union(nets.flat_map(address::ranges).collect());
        self.parted_by(flow, destination, Level::Destination, &ranges)
    }

    /// Takes a request to the owner of its destination, inside the VPC, from `subnet`.
    pub(super) fn deliver(&mut self, flow: Flow, subnet: SubnetId) {
        let owner = match flow.destination {
            Field::Fixed(one) => self.graph.owner(one),
            Field::Asked => None,
        };
        match owner {
            Some(Owned::Private(interface, _)) => {
                for flow in self.enter(flow, subnet, self.subnet_of(interface)) {
                    self.receive(flow, interface);
                }
            }
            Some(Owned::NatPrivate(nat)) => {
                let at = At::new(Leg::Forward, Component::NatGateway(nat), None);
                self.wall(flow, at, Code::NoPossibleDestination, None);
            }
            Some(Owned::Public(..) | Owned::NatPublic(_)) | None => {
                self.wall(
                    flow,
                    At::new(Leg::Forward, Component::Vpc(self.graph.model.the_vpc()), None),
                    Code::NoPossibleDestination,
                    None,
                );
            }
        }
    }

    /// A request from `from` into `to`: the inbound ACL, unless they are one (R3, R4).
    pub(super) fn enter(&mut self, flow: Flow, from: SubnetId, to: SubnetId) -> Vec<Flow> {
        if from == to { vec![flow] } else { self.through_acl(flow, to, Direction::Ingress) }
    }

    /// Receives a request that is addressed to `interface`.
    pub(super) fn receive(&mut self, flow: Flow, interface: InterfaceId) {
        let model = self.graph.model;
        let record = &model.interfaces[interface];
        let here = Component::Interface(interface);
        let mut flow = flow;
        if record.state != InterfaceState::InUse {
            let Some(blocked) = self.blocked(flow, At::new(Leg::Forward, here, None), Code::BadState, None) else {
                return;
            };
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
            if let Some(unheard) = unheard {
                let at = At::new(Leg::Forward, here, None);
                if let Some(unheard) = self.blocked(unheard, at, Code::NothingListens, None) {
                    self.reply(unheard);
                }
            }
        }
    }

    /// A request that a route sends to `interface`, from `subnet`.
    pub(super) fn via_interface(&mut self, flow: Flow, interface: InterfaceId, subnet: SubnetId) {
        let record = &self.graph.model.interfaces[interface];
        for flow in self.enter(flow, subnet, record.subnet) {
            if matches!(flow.destination, Field::Fixed(one) if record.owns(one).is_some()) {
                self.receive(flow, interface);
                continue;
            }
            for mut flow in self.through_groups(flow, interface, Direction::Ingress) {
                if record.source_dest_check == SourceDestCheck::On {
                    let at = At::new(Leg::Forward, Component::Interface(interface), None);
                    self.wall(flow, at, Code::EniSourceDestCheckRestriction, None);
                    continue;
                }
                let behind = address::union(record.behind.iter().copied().flat_map(address::ranges).collect());
                flow.receiver = None;
                let destination = flow.destination;
                let (behind, beyond) = self.parted_by(flow, destination, Level::Destination, &behind);
                if let Some(mut behind) = behind {
                    behind.receiver = Some(Receiver::Behind(interface));
                    self.reply(behind);
                }
                if let Some(beyond) = beyond {
                    self.unknown(beyond, Leg::Forward, Unmodelled::Appliance(interface));
                }
            }
        }
    }
}
