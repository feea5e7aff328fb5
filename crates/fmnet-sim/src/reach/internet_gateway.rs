//! Internet gateways, outward and inward (R26, R102 to R110, R129).

use std::net::{IpAddr, Ipv4Addr};

use fmnet_core::address::{self, Ranges};
use fmnet_core::graph::Owned;
use fmnet_core::model::InternetGatewayId;
use fmnet_core::model::gateway::Attachment;
use fmnet_core::model::interface::InterfaceState;

use super::{At, Field, Flow, Leg, Reach, Receiver, within};
use crate::fate::{Code, Component, Direction, Unmodelled};
use crate::set::Level;

fn block(address: [u8; 4], length: u32) -> (u128, u128) {
    let first = address::number(IpAddr::V4(Ipv4Addr::from(address)));
    (first, first + (1 << (32 - length)) - 1)
}

/// RFC 1918.
fn rfc1918() -> Ranges {
    vec![block([10, 0, 0, 0], 8), block([172, 16, 0, 0], 12), block([192, 168, 0, 0], 16)]
}

/// RFC 6598.
fn rfc6598() -> Ranges {
    vec![block([100, 64, 0, 0], 10)]
}

impl Reach<'_> {
    /// Splits off what lies in `ranges` and notes `code` for it; whether it is noted stands beside each part.
    fn refused(
        &mut self,
        flows: Vec<(Flow, bool)>,
        level: Level,
        ranges: &[(u128, u128)],
        at: At,
        code: Code,
    ) -> Vec<(Flow, bool)> {
        let mut parts = Vec::with_capacity(flows.len());
        for (flow, noted) in flows {
            let field = if level == Level::Source { flow.source } else { flow.destination };
            let (inside, outside) = self.parted_by(flow, field, level, ranges);
            parts.extend(outside.map(|flow| (flow, noted)));
            parts.extend(inside.and_then(|flow| self.blocked(flow, at, code, None)).map(|flow| (flow, true)));
        }
        parts
    }

    /// A request that a route sends to the internet gateway.
    pub(super) fn out_by_internet_gateway(&mut self, mut flow: Flow, gateway: InternetGatewayId) {
        let at = At::new(Leg::Forward, Component::InternetGateway(gateway), None);
        flow.gateway = Some(gateway);
        let mut flows = vec![(flow, false)];
        flows = self.refused(flows, Level::Destination, &rfc1918(), at, Code::IgwDestinationAddressNotInRfc1918Egress);
        flows = self.refused(flows, Level::Destination, &rfc6598(), at, Code::IgwDestinationAddressNotInRfc6598Egress);
        let private = self.private_ipv6();
        flows = self.refused(flows, Level::Destination, &private, at, Code::IgwDestinationAddressNotInRfc1918Egress);
        for (mut flow, noted) in flows {
            let code = self.source_refused(flow.source, &private);
            if let Some(code) = code {
                let Some(blocked) = self.blocked(flow, at, code, None) else { continue };
                flow = blocked;
            }
            self.deliver_outside(flow, gateway, !noted && code.is_none());
        }
    }

    /// Why the gateway does not let this source out, if it does not.
    fn source_refused(&self, source: Field, private: &[(u128, u128)]) -> Option<Code> {
        let Field::Fixed(one) = source else { return Some(Code::GatewayRejectsSpoofedTraffic) };
        match self.graph.owner(one) {
            Some(Owned::Private(..) | Owned::NatPrivate(_)) => {}
            Some(Owned::Public(..) | Owned::NatPublic(_)) | None => return Some(Code::GatewayRejectsSpoofedTraffic),
        }
        let mapped = match one {
            IpAddr::V4(_) => self.public_address(one).is_some(),
            IpAddr::V6(_) => !within(private, address::number(one)),
        };
        (!mapped).then_some(Code::IgwPublicIpAssociationForEgress)
    }

    fn deliver_outside(&mut self, mut flow: Flow, gateway: InternetGatewayId, passes: bool) {
        let owner = match flow.destination {
            Field::Fixed(one) => self.graph.owner(one),
            Field::Asked => None,
        };
        if matches!(owner, Some(Owned::Public(..))) {
            return self.unknown(flow, Leg::Forward, Unmodelled::Hairpin(gateway));
        }
        if passes {
            flow.hop(At::new(Leg::Forward, Component::InternetGateway(gateway), None), None);
        }
        match owner {
            Some(Owned::NatPublic(nat)) => {
                let at = At::new(Leg::Forward, Component::NatGateway(nat), None);
                self.wall(flow, at, Code::NoPossibleDestination, None);
            }
            Some(Owned::Private(..) | Owned::Public(..) | Owned::NatPrivate(_)) | None => {
                flow.receiver = Some(Receiver::Internet);
                self.reply(flow);
            }
        }
    }

    /// The VPC's internet gateway: the attached one, else the first.
    fn gateway(&self) -> Option<(InternetGatewayId, Attachment)> {
        let gateways = &self.graph.model.internet_gateways;
        let attached = gateways.iter().find(|(_, gateway)| gateway.attachment == Attachment::Attached);
        attached.or_else(|| gateways.iter().next()).map(|(id, gateway)| (id, gateway.attachment))
    }

    /// A request from a host on the internet.
    pub(super) fn start_on_internet(&mut self, mut flow: Flow) {
        let gateway = self.gateway();
        let component =
            gateway.map_or(Component::Vpc(self.graph.model.the_vpc()), |(id, _)| Component::InternetGateway(id));
        let at = At::new(Leg::Forward, component, None);
        flow.gateway = gateway.map(|(id, _)| id);
        let unattached = match gateway {
            None => Some(Code::NoPath),
            Some((_, Attachment::Detached)) => Some(Code::BadStateAttachment),
            Some((_, Attachment::Attached)) => None,
        };
        if let Some(code) = unattached {
            let Some(blocked) = self.blocked(flow, at, code, None) else { return };
            flow = blocked;
        }
        let blocks = self.graph.model.vpc().blocks();
        let blocks = address::union(blocks.flat_map(address::ranges).collect());
        let unique_local = [(0xfc << 120, (0xfe << 120) - 1)];
        let refusals = [
            (rfc1918(), Code::IgwSourceAddressNotInRfc1918Ingress),
            (rfc6598(), Code::IgwSourceAddressNotInRfc6598Ingress),
            (unique_local.to_vec(), Code::IgwSourceAddressNotInRfc1918Ingress),
            (blocks, Code::GatewayRejectsSpoofedTraffic),
        ];
        let source = flow.source;
        let mut clean = Some(flow);
        for (ranges, code) in refusals {
            let Some(flow) = clean else { return };
            let (refused, rest) = self.parted_by(flow, source, Level::Source, &ranges);
            clean = rest;
            if let Some(refused) = refused.and_then(|flow| self.blocked(flow, at, code, None)) {
                self.inward(refused, at, true);
            }
        }
        if let Some(flow) = clean {
            self.inward(flow, at, unattached.is_some());
        }
    }

    /// The destination of a request from the internet, by what owns it.
    fn inward(&mut self, mut flow: Flow, at: At, noted: bool) {
        let code = Code::IgwPrivateIpAssociationForIngress;
        let (one, owner) = match flow.destination {
            Field::Fixed(one) => (one, self.graph.owner(one)),
            Field::Asked => return self.wall(flow, at, code, None),
        };
        let (interface, mapped) = match owner {
            Some(Owned::Public(interface, position)) => {
                let private = self.graph.model.interfaces[interface].addresses.get(position as usize);
                flow.destination = private.map_or(flow.destination, |private| private.address.into());
                (interface, self.graph.model.interfaces[interface].state != InterfaceState::Detached)
            }
            Some(Owned::Private(interface, _)) => {
                let record = &self.graph.model.interfaces[interface];
                let carried =
                    one.is_ipv6() && !record.deny_internet_ipv6 && !within(&self.private_ipv6(), address::number(one));
                (interface, carried)
            }
            Some(Owned::NatPublic(nat)) => {
                if !noted {
                    flow.hop(at, None);
                }
                let at = At::new(Leg::Forward, Component::NatGateway(nat), None);
                return self.wall(flow, at, Code::NoPossibleDestination, None);
            }
            Some(Owned::NatPrivate(_)) | None => return self.wall(flow, at, code, None),
        };
        if !mapped {
            let Some(blocked) = self.blocked(flow, at, code, None) else { return };
            flow = blocked;
        } else if !noted {
            flow.hop(at, None);
        }
        for flow in self.through_acl(flow, self.subnet_of(interface), Direction::Ingress) {
            self.receive(flow, interface);
        }
    }
}
