//! Transit gateways (R139 to R155): into one, its route tables, and out of it.
//! `docs/semantics/transit-gateway.md` is the contract.

use std::rc::Rc;

use fmnet_core::graph::transit_gateway::TransitChoice;
use fmnet_core::model::transit_gateway::{
    AttachmentKind, AttachmentState, Switch, TransitGatewayTarget, VpcAttachment,
};
use fmnet_core::model::{SubnetId, TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayRouteTableId, VpcId};

use super::{At, Field, Flow, Leg, Reach, Via};
use crate::fate::{ChoicePoint, Code, Component, Direction, RuleRef, Unmodelled};
use crate::set::address::IPV6;

/// What a walk remembers of transit gateways.
#[derive(Clone, Debug, Default)]
pub(super) struct Transits {
    /// Each time the request came into one, the last first.
    into: Option<Rc<Transit>>,
    /// Everything that was looked up, the last first.
    looked_up: Option<Rc<LookedUp>>,
    /// The subnet by which an attachment in appliance mode brought a flow in, the last first.
    pinned: Option<Rc<Pinned>>,
}

#[derive(Debug)]
struct Transit {
    gateway: TransitGatewayId,
    by: TransitGatewayAttachmentId,
    before: Option<Rc<Transit>>,
}

#[derive(Debug)]
struct LookedUp {
    what: (Leg, TransitGatewayAttachmentId, Option<SubnetId>, Field, Field),
    before: Option<Rc<LookedUp>>,
}

#[derive(Debug)]
struct Pinned {
    attachment: TransitGatewayAttachmentId,
    addresses: (Field, Field),
    to: SubnetId,
    before: Option<Rc<Pinned>>,
}

/// A flow inside a transit gateway: where it came in, and the subnet it was sent from.
#[derive(Clone, Copy)]
struct Inside {
    by: TransitGatewayAttachmentId,
    from: Option<SubnetId>,
}

impl Reach<'_> {
    /// Packets that a route of `subnet` sends to a transit gateway, by the attachment of its VPC.
    pub(super) fn into_transit_gateway(&mut self, flow: Flow, by: TransitGatewayAttachmentId, subnet: SubnetId) {
        let model = self.graph.model;
        let Some(attachment) = model.transit_gateway_attachments[by].vpc() else { return self.finish(flow) };
        let zone = |subnet: SubnetId| &model.subnets[subnet].zone_id;
        let inside = Inside { by, from: Some(subnet) };
        match attachment.subnets.iter().copied().find(|&near| zone(near) == zone(subnet)) {
            Some(near) => {
                for flow in self.through_acl(flow, near, Direction::Ingress) {
                    self.over_attachment(flow, by, true, |reach, flow| reach.look_up(flow, inside));
                }
            }
            None => {
                let at = At::new(Component::TransitGatewayAttachment(by));
                let Some(flow) = self.blocked(flow, at, Code::TgwRouteAzRestriction, None) else { return };
                self.over_attachment(flow, by, false, |reach, flow| reach.look_up(flow, inside));
            }
        }
    }

    /// State and options of an attachment; what is not unknown goes on, and the attachment is
    /// a hop of what it `passes` so far and stops not.
    fn over_attachment(
        &mut self,
        flow: Flow,
        id: TransitGatewayAttachmentId,
        passes: bool,
        mut on: impl FnMut(&mut Self, Flow),
    ) {
        let attachment = &self.graph.model.transit_gateway_attachments[id];
        let at = At::new(Component::TransitGatewayAttachment(id));
        let mut flow = flow;
        let mut passes = passes;
        match attachment.state {
            AttachmentState::Available => {}
            AttachmentState::Changing => return self.unknown(flow, Unmodelled::TransitGatewayAttachment(id)),
            AttachmentState::NotWorking | AttachmentState::Deleted => {
                let Some(blocked) = self.blocked(flow, at, Code::BadState, None) else { return };
                flow = blocked;
                passes = false;
            }
        }
        let refused: &[_] = match &attachment.kind {
            AttachmentKind::Vpc(attachment) if attachment.ipv6 == Switch::Off => &IPV6,
            AttachmentKind::Vpc(_) | AttachmentKind::Peering(_) | AttachmentKind::Unmodelled(_) => &[],
        };
        let destination = flow.header.destination;
        let (refused, carried) = self.parted_by(flow, destination, refused);
        if let Some(mut flow) = carried {
            if passes {
                flow.hop(at, None);
            }
            on(self, flow);
        }
        if let Some(flow) = refused.and_then(|flow| self.blocked(flow, at, Code::ProtocolRestriction, None)) {
            on(self, flow);
        }
    }

    /// Looks packets up in the table of the attachment that they came in by.
    fn look_up(&mut self, mut flow: Flow, inside: Inside) {
        let graph = self.graph;
        let attachment = &graph.model.transit_gateway_attachments[inside.by];
        let gateway = attachment.gateway;
        let wanted = flow.transits.wanted(flow.leg, gateway);
        if flow.leg == Leg::Forward {
            flow.transits.came_into(gateway, inside.by);
        }
        let Some(table) = attachment.association else {
            let at = At::new(Component::TransitGatewayAttachment(inside.by));
            return self.lost(flow, at, Code::TgwAttachMissingTgwRtbAssociation, None, wanted, inside);
        };
        let mut rest = Some(flow);
        for way in graph.transit_gateways.ways(table) {
            let Some(flow) = rest else { return };
            let destination = flow.header.destination;
            let (taken, left) = self.parted_by(flow, destination, &way.to);
            rest = left;
            if let Some(taken) = taken {
                self.along_transit(taken, table, way.choice, wanted, inside);
            }
        }
        if let Some(flow) = rest {
            let at = At::new(Component::TransitGatewayRouteTable(table));
            self.lost(flow, at, Code::TgwRtbNoRouteToTgwAttachment, None, wanted, inside);
        }
    }

    /// Notes why no route takes packets on; a reply goes on to the attachment it wants.
    fn lost(
        &mut self,
        flow: Flow,
        at: At,
        code: Code,
        rule: Option<RuleRef>,
        wanted: Option<TransitGatewayAttachmentId>,
        inside: Inside,
    ) {
        let Some(flow) = self.blocked(flow, at, code, rule) else { return };
        match wanted {
            Some(attachment) => self.out_of_transit(flow, attachment, inside),
            None => self.finish(flow),
        }
    }

    fn along_transit(
        &mut self,
        mut flow: Flow,
        table: TransitGatewayRouteTableId,
        choice: TransitChoice,
        wanted: Option<TransitGatewayAttachmentId>,
        inside: Inside,
    ) {
        let model = self.graph.model;
        let index = match choice {
            TransitChoice::Route(index) => index,
            TransitChoice::Undetermined(index) => {
                let rule = RuleRef::TransitGatewayRoute { table, index };
                return self.unknown(flow, Unmodelled::RoutePriority(rule));
            }
        };
        let at = At::new(Component::TransitGatewayRouteTable(table));
        let rule = Some(RuleRef::TransitGatewayRoute { table, index });
        let target = model.transit_gateway_route_tables[table].routes.get(index as usize).map(|route| route.target);
        let usable = match target {
            Some(TransitGatewayTarget::Attachment(id)) => {
                (model.transit_gateway_attachments[id].state != AttachmentState::Deleted).then_some(id)
            }
            Some(TransitGatewayTarget::Blackhole) | None => None,
        };
        let Some(attachment) = usable else {
            return self.lost(flow, at, Code::TgwRtbBadStateRoute, rule, wanted, inside);
        };
        if !flow.looks_up(inside) {
            return self.wall(flow, at, Code::TgwRtbNoRouteToTgwAttachment, rule);
        }
        flow.hop(at, rule);
        self.out_of_transit(flow, attachment, inside);
    }

    /// Out of the transit gateway by an attachment.
    fn out_of_transit(&mut self, flow: Flow, id: TransitGatewayAttachmentId, inside: Inside) {
        let model = self.graph.model;
        let attachment = &model.transit_gateway_attachments[id];
        if matches!(attachment.kind, AttachmentKind::Unmodelled(_)) {
            return self.unknown(flow, Unmodelled::TransitGatewayAttachment(id));
        }
        self.over_attachment(flow, id, true, |reach, mut flow| {
            if flow.leg == Leg::Return {
                flow.transits.go_back(attachment.gateway, id);
            }
            match &attachment.kind {
                AttachmentKind::Vpc(vpc) => reach.into_zone(flow, id, vpc, inside),
                AttachmentKind::Peering(_) => match model.other_end(id) {
                    Some(by) => reach.look_up(flow, Inside { by, ..inside }),
                    None => reach.finish(flow),
                },
                AttachmentKind::Unmodelled(_) => {}
            }
        });
    }

    /// Into an attached VPC, by the subnet of the zone that AWS takes.
    fn into_zone(&mut self, flow: Flow, id: TransitGatewayAttachmentId, attachment: &VpcAttachment, inside: Inside) {
        if attachment.appliance_mode == Switch::Off {
            let near = self.near(attachment, inside.from);
            return self.into_any(flow, id, attachment, near.as_slice(), inside);
        }
        if let Some(pinned) = flow.transits.pinned(id, flow.addresses()) {
            return self.into_vpc(flow, id, attachment.vpc, pinned);
        }
        let graph = self.graph;
        let gateway = graph.model.transit_gateway_attachments[id].gateway;
        let near = self.near(attachment, inside.from);
        let mut rest = Some(flow);
        for (zone, addresses) in graph.transit_gateways.zones(gateway) {
            let Some(flow) = rest else { return };
            let destination = flow.header.destination;
            let (here, left) = self.parted_by(flow, destination, addresses);
            rest = left;
            if let Some(here) = here {
                let far = attachment.subnets.iter().copied().find(|&one| graph.model.subnets[one].zone_id == *zone);
                let mut fitting: Vec<SubnetId> = near.into_iter().chain(far).collect();
                fitting.dedup();
                self.into_any(here, id, attachment, &fitting, inside);
            }
        }
        if let Some(flow) = rest {
            self.into_any(flow, id, attachment, near.as_slice(), inside);
        }
    }

    /// The attachment's subnet in the zone of origin.
    fn near(&self, attachment: &VpcAttachment, from: Option<SubnetId>) -> Option<SubnetId> {
        let zone = |subnet: SubnetId| &self.graph.model.subnets[subnet].zone_id;
        let from = from?;
        attachment.subnets.iter().copied().find(|&near| zone(near) == zone(from))
    }

    /// Into an attached VPC by one of the `fitting` subnets, or by any where none fits.
    fn into_any(
        &mut self,
        flow: Flow,
        id: TransitGatewayAttachmentId,
        attachment: &VpcAttachment,
        fitting: &[SubnetId],
        inside: Inside,
    ) {
        let fitting = if fitting.is_empty() { &attachment.subnets } else { fitting };
        let point = ChoicePoint::EntryZone { attachment: id, from: inside.from, leg: flow.leg };
        for (taken, mut flow) in self.alternatives(flow, point, fitting.len()) {
            let Some(&subnet) = fitting.get(taken) else { continue };
            if attachment.appliance_mode == Switch::On {
                flow.transits.pin(id, flow.addresses(), subnet);
            }
            self.into_vpc(flow, id, attachment.vpc, subnet);
        }
    }

    fn into_vpc(&mut self, mut flow: Flow, id: TransitGatewayAttachmentId, vpc: VpcId, subnet: SubnetId) {
        if flow.leg == Leg::Forward {
            flow.entered(vpc, Via::TransitGateway(id));
        }
        self.send_on(flow, subnet);
    }

    /// The VPC whose groups a rule in `own` may name for a request that came in by `id`, if
    /// it came straight from one, and whether both switches are on (R39).
    pub(super) fn referenced_over(&self, flow: &Flow, id: TransitGatewayAttachmentId) -> Option<(VpcId, Switch)> {
        let model = self.graph.model;
        let here = &model.transit_gateway_attachments[id];
        let transit = flow.transits.last(here.gateway)?;
        let (there, here) = (model.transit_gateway_attachments[transit.by].vpc()?, here.vpc()?);
        let gateway = model.transit_gateways[transit.gateway].security_group_referencing;
        let switches = [gateway, there.security_group_referencing, here.security_group_referencing];
        Some((there.vpc, if switches.contains(&Switch::Off) { Switch::Off } else { Switch::On }))
    }
}

impl Flow {
    fn addresses(&self) -> (Field, Field) {
        (self.header.source, self.header.destination)
    }

    /// Notes that it is looked up; false where it was before, just so.
    fn looks_up(&mut self, inside: Inside) -> bool {
        let (source, destination) = self.addresses();
        let what = (self.leg, inside.by, inside.from, source, destination);
        let mut before = self.transits.looked_up.as_deref();
        while let Some(one) = before {
            if one.what == what {
                return false;
            }
            before = one.before.as_deref();
        }
        self.transits.looked_up = Some(Rc::new(LookedUp { what, before: self.transits.looked_up.take() }));
        true
    }
}

impl Transits {
    fn came_into(&mut self, gateway: TransitGatewayId, by: TransitGatewayAttachmentId) {
        self.into = Some(Rc::new(Transit { gateway, by, before: self.into.take() }));
    }

    fn all(&self) -> impl Iterator<Item = &Transit> {
        std::iter::successors(self.into.as_deref(), |transit| transit.before.as_deref())
    }

    /// The last time it came into `gateway`.
    fn last(&self, gateway: TransitGatewayId) -> Option<&Transit> {
        self.all().find(|transit| transit.gateway == gateway)
    }

    /// By what a reply wants to leave `gateway`.
    fn wanted(&self, leg: Leg, gateway: TransitGatewayId) -> Option<TransitGatewayAttachmentId> {
        match leg {
            Leg::Forward => None,
            Leg::Return => self.last(gateway).map(|transit| transit.by),
        }
    }

    /// A reply leaves `gateway` by an attachment.
    fn go_back(&mut self, gateway: TransitGatewayId, by: TransitGatewayAttachmentId) {
        let found = self.all().find(|transit| transit.gateway == gateway && transit.by == by);
        if let Some(before) = found.map(|transit| transit.before.clone()) {
            self.into = before;
        }
    }

    fn pin(&mut self, attachment: TransitGatewayAttachmentId, addresses: (Field, Field), to: SubnetId) {
        self.pinned = Some(Rc::new(Pinned { attachment, addresses, to, before: self.pinned.take() }));
    }

    fn pinned(&self, attachment: TransitGatewayAttachmentId, (one, other): (Field, Field)) -> Option<SubnetId> {
        let mut all = std::iter::successors(self.pinned.as_deref(), |pinned| pinned.before.as_deref());
        let is_it = |pinned: &&Pinned| {
            pinned.attachment == attachment && (pinned.addresses == (one, other) || pinned.addresses == (other, one))
        };
        all.find(is_it).map(|pinned| pinned.to)
    }
}
