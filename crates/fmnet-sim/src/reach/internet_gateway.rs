//! Internet gateways, outward and inward (R26, R102 to R110, R129).

use std::net::{IpAddr, Ipv4Addr};

use fmnet_core::address::{self, Ranges};
use fmnet_core::graph::Owned;
use fmnet_core::model::gateway::Attachment;
use fmnet_core::model::interface::InterfaceState;
use fmnet_core::model::{InterfaceId, InternetGatewayId, SubnetId, VpcId};

use super::{At, Crossing, Exit, Field, Flow, Leg, Reach, Receiver, Via, within};
use crate::fate::{Code, Component, Direction, Origin, Unmodelled};
use crate::set::address::IPV6;

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

/// fc00::/7.
const UNIQUE_LOCAL: (u128, u128) = (0xfc << 120, (0xfe << 120) - 1);

/// What is nobody's address: unspecified, loopback, link-local, multicast, reserved.
fn special() -> Ranges {
    let v4 = [block([0, 0, 0, 0], 8), block([127, 0, 0, 0], 8), block([169, 254, 0, 0], 16), block([224, 0, 0, 0], 3)];
    let v6 = [(0, 1), (0xfe80 << 112, (0xfec0 << 112) - 1), (0xff << 120, u128::MAX)];
    address::union(v4.into_iter().chain(v6).collect())
}

impl Reach<'_> {
    /// Splits off what lies in `ranges` and notes `code` for it; whether it is noted stands beside each part.
    fn refused(&mut self, flows: Vec<(Flow, bool)>, ranges: &[(u128, u128)], at: At, code: Code) -> Vec<(Flow, bool)> {
        let mut parts = Vec::with_capacity(flows.len());
        for (flow, noted) in flows {
            let destination = flow.header.destination;
            let (inside, outside) = self.parted_by(flow, destination, ranges);
            parts.extend(outside.map(|flow| (flow, noted)));
            parts.extend(inside.and_then(|flow| self.blocked(flow, at, code, None)).map(|flow| (flow, true)));
        }
        parts
    }

    /// Packets that a route of `subnet` sends to the internet gateway.
    pub(super) fn out_by_internet_gateway(&mut self, mut flow: Flow, gateway: InternetGatewayId, subnet: SubnetId) {
        if flow.leg == Leg::Return {
            flow.hop(At::new(Component::InternetGateway(gateway)), None);
            self.make_public(&mut flow, self.graph.model.internet_gateways[gateway].vpc);
            return match flow.origin {
                Origin::Interface(_) => self.come_back_in(flow),
                Origin::Internet | Origin::InternetToward(_) | Origin::OnPremises(_) => self.finish(flow),
            };
        }
        self.out_by(flow, Exit::InternetGateway(gateway), subnet);
    }

    /// A request that a route of `subnet` sends to a gateway to the internet.
    pub(super) fn out_by(&mut self, mut flow: Flow, exit: Exit, subnet: SubnetId) {
        flow.left_by = Some(exit);
        let (vpc, at) = self.exit(exit);
        let mut flows = vec![(flow, false)];
        flows = self.refused(flows, &rfc1918(), at, Code::IgwDestinationAddressNotInRfc1918Egress);
        flows = self.refused(flows, &rfc6598(), at, Code::IgwDestinationAddressNotInRfc6598Egress);
        let private = self.private_ipv6(vpc);
        flows = self.refused(flows, &private, at, Code::IgwDestinationAddressNotInRfc1918Egress);
        for (mut flow, noted) in flows {
            let source = flow.header.source;
            let stopped = self.is_stopped_outward(vpc, exit, subnet, source);
            let codes =
                [self.source_refused(&flow, vpc, &private), stopped.then_some(Code::VpcBlockPublicAccessEnabled)];
            for code in codes.into_iter().flatten() {
                flow.block(at, code, None);
            }
            let passes = !noted && codes == [None, None];
            if !passes && !self.follows(&flow) {
                continue;
            }
            let destination = flow.header.destination;
            let Some(flow) = self.nobodys(flow, destination) else { continue };
            self.out_on_internet(flow, vpc, at, passes);
        }
    }

    /// A gateway to the internet: its VPC, and its place in a walk.
    fn exit(&self, exit: Exit) -> (VpcId, At) {
        let model = self.graph.model;
        match exit {
            Exit::InternetGateway(id) => (model.internet_gateways[id].vpc, At::new(Component::InternetGateway(id))),
            Exit::EgressOnly(id) => {
                (model.egress_only_internet_gateways[id].vpc, At::new(Component::EgressOnlyInternetGateway(id)))
            }
        }
    }

    /// Takes out what has an address that is nobody's, of which it is not known what becomes.
    fn nobodys(&mut self, flow: Flow, field: Field) -> Option<Flow> {
        let (special, flow) = self.parted_by(flow, field, &special());
        if let Some(special) = special {
            self.unknown(special, Unmodelled::SpecialAddress);
        }
        flow
    }

    /// Why the gateway does not let this source out, if it does not.
    fn source_refused(&self, flow: &Flow, vpc: VpcId, private: &[(u128, u128)]) -> Option<Code> {
        let nobodys = match flow.entry(vpc) {
            Some(Via::TransitGateway(_)) => Code::IgwPublicIpAssociationForEgress,
            Some(
                Via::InternetGateway(_) | Via::PeeringConnection(_) | Via::VirtualPrivateGateway(_) | Via::Interface(_),
            )
            | None => Code::GatewayRejectsSpoofedTraffic,
        };
        let Field::Fixed(one) = flow.header.source else { return Some(nobodys) };
        if self.graph.owner(vpc, one).is_none() {
            return Some(nobodys);
        }
        let mapped = match one {
            IpAddr::V4(_) => self.public_address(vpc, one).is_some(),
            IpAddr::V6(_) => !within(private, address::number(one)),
        };
        (!mapped).then_some(Code::IgwPublicIpAssociationForEgress)
    }

    fn out_on_internet(&mut self, mut flow: Flow, vpc: VpcId, at: At, passes: bool) {
        if passes {
            flow.hop(at, None);
        }
        self.make_public(&mut flow, vpc);
        let Field::Fixed(one) = flow.header.destination else { return self.reach_host(flow) };
        match self.graph.public_owner(one) {
            Some(Owned::NatPublic(nat)) => {
                self.wall(flow, At::new(Component::NatGateway(nat)), Code::NoPossibleDestination, None);
            }
            Some(_) => self.come_in(flow, None),
            None if one.is_ipv6() && self.graph.owners(one).next().is_some() => self.come_in(flow, None),
            None => self.reach_host(flow),
        }
    }

    /// Rewrites a private source in `vpc` to the public address it is mapped to.
    fn make_public(&self, flow: &mut Flow, vpc: VpcId) {
        if let Field::Fixed(one) = flow.header.source
            && let Some(public) = self.public_address(vpc, one)
        {
            flow.header.source = public.into();
        }
    }

    fn reach_host(&mut self, mut flow: Flow) {
        flow.receiver = Some(Receiver::Internet);
        self.reply(flow);
    }

    /// The VPC's internet gateway: the attached one, else the first.
    fn gateway(&self, vpc: VpcId) -> Option<(InternetGatewayId, Attachment)> {
        let gateways = || self.graph.model.internet_gateways.iter().filter(|(_, gateway)| gateway.vpc == vpc);
        let attached = gateways().find(|(_, gateway)| gateway.attachment == Attachment::Attached);
        attached.or_else(|| gateways().next()).map(|(id, gateway)| (id, gateway.attachment))
    }

    /// A request on the internet, of a host there or out of another gateway.
    pub(super) fn come_in(&mut self, flow: Flow, toward: Option<VpcId>) {
        let model = self.graph.model;
        let destination = flow.header.destination;
        let mapped = match destination {
            Field::Fixed(one) => self.graph.public_owner(one),
            Field::Asked(_) => None,
        };
        if let Some(Owned::Public(interface, _)) = mapped {
            return self.come_in_at(flow, model.vpc_of_interface(interface));
        }
        if let Some(Owned::NatPublic(nat)) = mapped {
            return self.come_in_at(flow, model.vpc_of(model.nat_gateways[nat].subnet));
        }
        let mut rest = Some(flow);
        let toward = toward.map(|vpc| (vpc, self.blocks(vpc)));
        let v6 = |vpc| address::intersect(&self.blocks(vpc), &crate::set::address::IPV6);
        let blocks: Vec<_> = toward.into_iter().chain(model.vpcs.ids().map(|vpc| (vpc, v6(vpc)))).collect();
        for (vpc, block) in blocks {
            let Some(flow) = rest else { return };
            let (inside, outside) = self.parted_by(flow, destination, &block);
            rest = outside;
            if let Some(inside) = inside {
                self.come_in_at(inside, vpc);
            }
        }
        let Some(flow) = rest else { return };
        let mut vpcs = model.vpcs.ids();
        match (vpcs.next(), vpcs.next()) {
            (Some(only), None) => self.come_in_at(flow, only),
            _ => self.wall(flow, At::new(Component::Internet), Code::IgwPrivateIpAssociationForIngress, None),
        }
    }

    /// A request on the internet for an address of `vpc`.
    fn come_in_at(&mut self, mut flow: Flow, vpc: VpcId) {
        let gateway = self.gateway(vpc);
        let component = gateway.map_or(Component::Vpc(vpc), |(id, _)| Component::InternetGateway(id));
        let at = At::new(component);
        flow.entered(vpc, Via::InternetGateway(gateway.map(|(id, _)| id)));
        let unattached = match gateway {
            None => Some(Code::NoPath),
            Some((_, Attachment::Detached)) => Some(Code::BadStateAttachment),
            Some((_, Attachment::Attached)) => None,
        };
        if let Some(code) = unattached {
            let Some(blocked) = self.blocked(flow, at, code, None) else { return };
            flow = blocked;
        }
        let source = flow.header.source;
        let Some(flow) = self.nobodys(flow, source) else { return };
        // What came out of a gateway of this VPC has its source from there.
        let spoofed = if flow.left_by.is_some() { Ranges::new() } else { self.blocks(vpc) };
        let refusals = [
            (rfc1918(), Code::IgwSourceAddressNotInRfc1918Ingress),
            (rfc6598(), Code::IgwSourceAddressNotInRfc6598Ingress),
            (vec![UNIQUE_LOCAL], Code::IgwSourceAddressNotInRfc1918Ingress),
            (spoofed, Code::GatewayRejectsSpoofedTraffic),
        ];
        let mut clean = Some(flow);
        for (ranges, code) in refusals {
            let Some(flow) = clean else { return };
            let (refused, rest) = self.parted_by(flow, source, &ranges);
            clean = rest;
            if let Some(refused) = refused.and_then(|flow| self.blocked(flow, at, code, None)) {
                self.inward(refused, vpc, at, true);
            }
        }
        if let Some(flow) = clean {
            self.inward(flow, vpc, at, unattached.is_some());
        }
    }

    /// The destination of a request from the internet, by what owns it.
    fn inward(&mut self, mut flow: Flow, vpc: VpcId, at: At, noted: bool) {
        let code = Code::IgwPrivateIpAssociationForIngress;
        let Field::Fixed(one) = flow.header.destination else { return self.wall(flow, at, code, None) };
        let model = self.graph.model;
        let (interface, mapped) = match self.graph.public_owner(one).or_else(|| self.graph.owner(vpc, one)) {
            Some(Owned::Public(interface, position)) => {
                let private = model.interfaces[interface].addresses.get(position as usize);
                flow.header.destination = private.map_or(flow.header.destination, |private| private.address.into());
                (interface, model.interfaces[interface].state != InterfaceState::Detached)
            }
            Some(Owned::Private(interface, _)) => {
                let denied = model.interfaces[interface].deny_internet_ipv6;
                let carried = one.is_ipv6() && !denied && !within(&self.private_ipv6(vpc), address::number(one));
                (interface, carried)
            }
            Some(Owned::NatPublic(nat)) => {
                let stopped = self.is_stopped_inward(vpc, model.nat_gateways[nat].subnet);
                let Some(flow) = self.let_in(flow, at, noted, stopped) else { return };
                return self.wall(flow, At::new(Component::NatGateway(nat)), Code::NoPossibleDestination, None);
            }
            Some(Owned::NatPrivate(_)) | None => return self.wall(flow, at, code, None),
        };
        if !mapped {
            let Some(blocked) = self.blocked(flow, at, code, None) else { return };
            flow = blocked;
        }
        let stopped = self.is_stopped_inward(vpc, self.subnet_of(interface));
        let Some(flow) = self.let_in(flow, at, noted || !mapped, stopped) else { return };
        for flow in self.through_acl(flow, self.subnet_of(interface), Direction::Ingress) {
            self.receive(flow, interface);
        }
    }

    /// The last of a gateway's gates inward; the gateway is a hop where none stopped the packets.
    fn let_in(&self, mut flow: Flow, at: At, noted: bool, stopped: bool) -> Option<Flow> {
        if stopped {
            return self.blocked(flow, at, Code::VpcBlockPublicAccessEnabled, None);
        }
        if !noted {
            flow.hop(at, None);
        }
        Some(flow)
    }

    /// A reply on the internet, back through the gateway that its request left by, to
    /// whatever sent it out there.
    pub(super) fn come_back_in(&mut self, mut flow: Flow) {
        let Some(exit) = flow.left_by else { return self.finish(flow) };
        let (home, at) = self.exit(exit);
        let model = self.graph.model;
        if let Some(Crossing::NatGateway { nat, .. }) = flow.crossed.as_deref().map(|crossed| crossed.by) {
            flow.hop(at, None);
            if model.vpc_of(model.nat_gateways[nat].subnet) != home {
                return self.finish(flow);
            }
            return self.give_back(flow, nat, None);
        }
        let at_home = |&origin: &InterfaceId| model.vpc_of_interface(origin) == home;
        let origin = match flow.origin {
            Origin::Interface(origin) => Some(origin),
            Origin::Internet | Origin::InternetToward(_) | Origin::OnPremises(_) => None,
        };
        let Some(origin) = origin.filter(at_home) else {
            flow.hop(at, None);
            return self.finish(flow);
        };
        let destination = flow.header.destination;
        let denied: &[_] = if model.interfaces[origin].deny_internet_ipv6 { &IPV6 } else { &[] };
        let (denied, flow) = self.parted_by(flow, destination, denied);
        let code = Code::IgwPrivateIpAssociationForIngress;
        let denied = denied.and_then(|flow| self.blocked(flow, at, code, None));
        let flow = flow.map(|mut flow| {
            flow.hop(at, None);
            flow
        });
        for flow in denied.into_iter().chain(flow) {
            for flow in self.through_acl(flow, self.subnet_of(origin), Direction::Ingress) {
                self.come_back(flow, origin);
            }
        }
    }
}
