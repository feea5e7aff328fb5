//! Virtual private gateways, the connections beyond them, and networks on premises
//! (R26, R75, R89, R156 to R163). `docs/semantics/virtual-private-gateway.md` is the contract.

use fmnet_core::address::Ranges;
use fmnet_core::graph::Owned;
use fmnet_core::graph::on_premises::{Connection, Inward, Onward, advertised};
use fmnet_core::model::gateway::Attachment;
use fmnet_core::model::interface::InterfaceState;
use fmnet_core::model::{OnPremisesId, VirtualPrivateGatewayId, VpcId};

use super::{At, Field, Flow, Leg, Reach, Receiver, Via};
use crate::fate::{Code, Component, Origin, Unmodelled};

/// The component of a connection, and what is said of it when it is down.
fn component(connection: Connection) -> (Component, Code) {
    match connection {
        Connection::DirectConnect(id, _) => (Component::DirectConnectGateway(id), Code::BadState),
        Connection::Vpn(id) => (Component::VpnConnection(id), Code::BadStateVpn),
    }
}

impl Reach<'_> {
    /// Packets that a route sends to a virtual private gateway.
    pub(super) fn out_by_private_gateway(&mut self, flow: Flow, gateway: VirtualPrivateGatewayId) {
        let vpc = self.graph.model.virtual_private_gateways[gateway].vpc;
        let at = At::new(Component::VirtualPrivateGateway(gateway));
        let is_spoofed = flow.leg == Leg::Forward && self.private_owner(vpc, flow.header.source).is_none();
        let flow = match is_spoofed {
            true => self.blocked(flow, at, Code::VgwPrivateIpAssociationForEgress, None),
            false => Some(flow),
        };
        let Some(flow) = flow else { return };
        let ways = self.graph.on_premises.outward(gateway);
        let rest = self.onward(flow, gateway, is_spoofed, ways);
        if let Some(rest) = rest {
            self.wall(rest, at, Code::NoPossibleDestination, None);
        }
    }

    /// Sends packets at a gateway on over its connections; what no connection takes is left.
    fn onward(
        &mut self,
        flow: Flow,
        gateway: VirtualPrivateGatewayId,
        noted: bool,
        ways: &[(Ranges, Onward)],
    ) -> Option<Flow> {
        let mut rest = Some(flow);
        for (to, onward) in ways {
            let flow = rest?;
            let destination = flow.header.destination;
            let (taken, left) = self.parted_by(flow, destination, to);
            rest = left;
            let Some(mut taken) = taken else { continue };
            let Onward::Over(connection) = *onward else {
                self.unknown(taken, Unmodelled::VpnRoutePriority(gateway));
                continue;
            };
            if !noted {
                taken.hop(At::new(Component::VirtualPrivateGateway(gateway)), None);
            }
            self.enter_premises(taken, connection);
        }
        rest
    }

    /// Packets that leave AWS over `connection`.
    fn enter_premises(&mut self, flow: Flow, connection: Connection) {
        let model = self.graph.model;
        let Some(network) = connection.network(model) else { return };
        let (component, down) = component(connection);
        let mut flow = flow;
        if connection.is_up(model) {
            flow.hop(At::new(component), None);
        } else {
            let Some(blocked) = self.blocked(flow, At::new(component), down, None) else { return };
            flow = blocked;
        }
        let destination = flow.header.destination;
        let (mine, beyond) = self.parted_by(flow, destination, self.graph.on_premises.net(network));
        if let Some(beyond) = beyond {
            self.unknown(beyond, Unmodelled::BeyondOnPremises(network));
        }
        let Some(mut flow) = mine else { return };
        match flow.leg {
            Leg::Forward => {
                flow.receiver = Some(Receiver::OnPremises(network));
                self.reply(flow);
            }
            Leg::Return if flow.origin == Origin::OnPremises(network) => self.finish(flow),
            Leg::Return => self.unknown(flow, Unmodelled::BeyondOnPremises(network)),
        }
    }

    /// Packets that a network on premises sends.
    pub(super) fn leave_premises(&mut self, flow: Flow, network: OnPremisesId) {
        let graph = self.graph;
        let mut rest = Some(flow);
        for (to, inward) in graph.on_premises.inward(network) {
            let Some(flow) = rest else { return };
            let destination = flow.header.destination;
            let (taken, left) = self.parted_by(flow, destination, to);
            rest = left;
            let Some(taken) = taken else { continue };
            match *inward {
                Inward::Over(connection, gateway) => self.over_connection(taken, network, connection, gateway),
                Inward::Open => self.unknown(taken, Unmodelled::OnPremisesRouting(network)),
            }
        }
        if let Some(flow) = rest {
            self.wall(flow, At::new(Component::OnPremises(network)), Code::NoRouteToDestination, None);
        }
    }

    fn over_connection(
        &mut self,
        flow: Flow,
        network: OnPremisesId,
        connection: Connection,
        gateway: VirtualPrivateGatewayId,
    ) {
        let model = self.graph.model;
        let (component, down) = component(connection);
        let at = At::new(component);
        let is_up = connection.is_up(model);
        let flow = if is_up { Some(flow) } else { self.blocked(flow, at, down, None) };
        let Some(flow) = flow else { return };
        let filtered = self.filtered(connection, gateway);
        let destination = flow.header.destination;
        let (filtered, flow) = self.parted_by(flow, destination, &filtered);
        let filtered = filtered.and_then(|flow| self.blocked(flow, at, Code::NoRouteToDestination, None));
        let flow = flow.map(|mut flow| {
            if is_up {
                flow.hop(at, None);
            }
            flow
        });
        for flow in filtered.into_iter().chain(flow) {
            self.in_by_private_gateway(flow, network, connection, gateway);
        }
    }

    /// The addresses of the gateway's VPC that `connection` does not advertise (R163).
    fn filtered(&self, connection: Connection, gateway: VirtualPrivateGatewayId) -> Ranges {
        let model = self.graph.model;
        let Connection::DirectConnect(id, _) = connection else { return Ranges::new() };
        let blocks = self.blocks(model.virtual_private_gateways[gateway].vpc);
        let association = model.direct_connect_gateways[id].associations.iter().find(|one| one.gateway == gateway);
        let advertised = association.map(|association| advertised(model, association)).unwrap_or_default();
        fmnet_core::address::subtract(&blocks, &advertised)
    }

    fn in_by_private_gateway(
        &mut self,
        flow: Flow,
        network: OnPremisesId,
        connection: Connection,
        gateway: VirtualPrivateGatewayId,
    ) {
        let record = &self.graph.model.virtual_private_gateways[gateway];
        let at = At::new(Component::VirtualPrivateGateway(gateway));
        let is_detached = record.attachment == Attachment::Detached;
        let flow = if is_detached { self.blocked(flow, at, Code::BadStateAttachment, None) } else { Some(flow) };
        let Some(flow) = flow else { return };
        let inside = if flow.leg == Leg::Forward { self.blocks(record.vpc) } else { Ranges::new() };
        let source = flow.header.source;
        let (spoofed, flow) = self.parted_by(flow, source, &inside);
        if let Some(spoofed) = spoofed.and_then(|flow| self.blocked(flow, at, Code::GatewayRejectsSpoofedTraffic, None))
        {
            self.reach_owner(spoofed, network, connection, gateway, true);
        }
        if let Some(flow) = flow {
            self.reach_owner(flow, network, connection, gateway, is_detached);
        }
    }

    /// Takes packets on to their owner in the gateway's VPC, or to another network.
    fn reach_owner(
        &mut self,
        flow: Flow,
        network: OnPremisesId,
        connection: Connection,
        gateway: VirtualPrivateGatewayId,
        noted: bool,
    ) {
        let model = self.graph.model;
        let vpc = model.virtual_private_gateways[gateway].vpc;
        let at = At::new(Component::VirtualPrivateGateway(gateway));
        let code = Code::VgwPrivateIpAssociationForIngress;
        let mut flow = flow;
        match self.private_owner(vpc, flow.header.destination) {
            Some(Owned::Private(interface, _)) if model.interfaces[interface].state == InterfaceState::Detached => {
                let Some(blocked) = self.blocked(flow, at, code, None) else { return };
                flow = blocked;
            }
            Some(_) if noted => {}
            Some(_) => flow.hop(at, None),
            None => {
                let blocks = self.blocks(vpc);
                let destination = flow.header.destination;
                let (inside, outside) = self.parted_by(flow, destination, &blocks);
                if let Some(inside) = inside {
                    self.wall(inside, at, code, None);
                }
                let Some(outside) = outside else { return };
                let ways: &[_] = match connection {
                    Connection::Vpn(_) => self.graph.on_premises.hub(gateway, network),
                    Connection::DirectConnect(..) => &[],
                };
                if let Some(rest) = self.onward(outside, gateway, noted, ways) {
                    self.wall(rest, at, code, None);
                }
                return;
            }
        }
        if flow.leg == Leg::Forward {
            flow.entered(vpc, Via::VirtualPrivateGateway(gateway));
        }
        self.deliver(flow, vpc, None);
    }

    /// Whose private address in `vpc` a field is.
    fn private_owner(&self, vpc: VpcId, field: Field) -> Option<Owned> {
        match field {
            Field::Fixed(one) => self.graph.owner(vpc, one),
            Field::Asked(_) => None,
        }
    }
}
