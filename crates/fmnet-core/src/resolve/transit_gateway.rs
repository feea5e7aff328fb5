//! Transit gateways, their attachments and their peerings (R139 to R155).
//!
//! In: `transit_gateways` and `transit_gateway_peerings`. Out: the model's transit
//! gateways, attachments and peerings; their tables are completed in [`route_table`].

pub(super) mod route_table;

use std::collections::BTreeMap;

use super::names::{self, Kind, Names};
use super::{Findings, Resolver};
use crate::diagnostic::Diagnostic;
use crate::model::transit_gateway::{
    AttachmentKind, AttachmentState, Switch, TransitGateway, TransitGatewayAttachment, TransitGatewayPeering,
    TransitGatewayRouteTable, VpcAttachment,
};
use crate::model::{Model, SubnetId, TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayPeeringId, VpcId};
use crate::source::Span;
use crate::spec::transit_gateway::{TransitGatewayAttachmentSpec, TransitGatewayPeeringSpec, TransitGatewaySpec};
use crate::spec::{Name, Spec};
use crate::words::echo;

const STATES: [(&str, AttachmentState); 13] = [
    ("available", AttachmentState::Available),
    ("initiating", AttachmentState::NotWorking),
    ("initiatingRequest", AttachmentState::NotWorking),
    ("pendingAcceptance", AttachmentState::NotWorking),
    ("pending", AttachmentState::NotWorking),
    ("modifying", AttachmentState::Changing),
    ("rollingBack", AttachmentState::Changing),
    ("deleting", AttachmentState::NotWorking),
    ("deleted", AttachmentState::Deleted),
    ("failed", AttachmentState::NotWorking),
    ("failing", AttachmentState::NotWorking),
    ("rejected", AttachmentState::NotWorking),
    ("rejecting", AttachmentState::NotWorking),
];

/// The names of transit gateways, and of what belongs to each.
pub(super) struct TransitGateways<'a> {
    pub(super) names: Names<'a, TransitGateway>,
    peerings: Names<'a, TransitGatewayPeering>,
    /// By the transit gateway's id.
    of: Vec<Belongings<'a>>,
}

/// What belongs to a transit gateway.
struct Belongings<'a> {
    spec: &'a TransitGatewaySpec,
    attachments: Names<'a, TransitGatewayAttachment>,
    tables: Names<'a, TransitGatewayRouteTable>,
}

/// Declares them all.
pub(super) fn declare<'a>(spec: &'a Spec, model: &mut Model, found: &mut Findings) -> TransitGateways<'a> {
    let make = |name: &str, span| TransitGateway {
        name: name.to_owned(),
        account: String::new(),
        region: String::new(),
        security_group_referencing: Switch::Off,
        span,
    };
    let names = spec.transit_gateways.iter().map(|gateway| super::bare(&gateway.name));
    let names = Names::declare(Kind::TRANSIT_GATEWAY, names, &mut model.transit_gateways, make, found);
    let mut specs: Vec<_> = spec.transit_gateways.iter().zip(names.in_file_order()).collect();
    specs.sort_by_key(|&(_, id)| id);
    let belongings = |(spec, gateway)| belongings(spec, gateway, model, found);
    let of = specs.into_iter().map(belongings).collect();
    let peerings = spec.transit_gateway_peerings.iter().map(|peering| super::bare(&peering.name));
    let peerings = match model.transit_gateways.ids().next() {
        Some(first) => {
            let make = |name: &str, span| TransitGatewayPeering {
                name: name.to_owned(),
                requester: first,
                accepter: first,
                span,
            };
            let arena = &mut model.transit_gateway_peerings;
            Names::declare(Kind::TRANSIT_GATEWAY_PEERING, peerings, arena, make, found)
        }
        None => Names::unplaced(Kind::TRANSIT_GATEWAY_PEERING, peerings),
    };
    TransitGateways { names, peerings, of }
}

fn belongings<'a>(
    spec: &'a TransitGatewaySpec,
    gateway: TransitGatewayId,
    model: &mut Model,
    found: &mut Findings,
) -> Belongings<'a> {
    let make = |name: &str, span| TransitGatewayAttachment {
        name: name.to_owned(),
        gateway,
        kind: AttachmentKind::Unmodelled(String::new()),
        state: AttachmentState::Available,
        association: None,
        span,
    };
    let attachments = spec.attachments.iter().map(|attachment| super::bare(&attachment.name));
    let arena = &mut model.transit_gateway_attachments;
    let attachments = Names::declare(Kind::TRANSIT_GATEWAY_ATTACHMENT, attachments, arena, make, found);
    let tables = route_table::declare(spec, gateway, model, found);
    Belongings { spec, attachments, tables }
}

impl<'a> TransitGateways<'a> {
    fn of(&self, gateway: TransitGatewayId) -> &Belongings<'a> {
        #[expect(clippy::indexing_slicing, reason = "there is an entry for each transit gateway")]
        &self.of[gateway.index()]
    }

    fn of_mut(&mut self, gateway: TransitGatewayId) -> &mut Belongings<'a> {
        #[expect(clippy::indexing_slicing, reason = "there is an entry for each transit gateway")]
        &mut self.of[gateway.index()]
    }
}

/// The attachment by which `vpc` reaches a transit gateway, a deleted one where there is no other.
pub(super) fn attachment_of(
    model: &Model,
    gateway: TransitGatewayId,
    vpc: VpcId,
) -> Option<TransitGatewayAttachmentId> {
    let mine = || {
        let all = model.transit_gateway_attachments.iter();
        all.filter(move |(_, one)| one.gateway == gateway && one.vpc().is_some_and(|attached| attached.vpc == vpc))
    };
    let alive = mine().find(|(_, one)| one.state != AttachmentState::Deleted);
    alive.or_else(|| mine().next()).map(|(id, _)| id)
}

/// Whether a transit gateway joins two VPCs, and whether rules of one may then name groups
/// of the other (R39).
pub(super) fn joined(model: &Model, one: VpcId, other: VpcId) -> Option<Switch> {
    let joins = model.transit_gateways.ids().filter_map(|gateway| {
        let ends = [one, other].map(|vpc| attachment_of(model, gateway, vpc));
        let ends = [ends[0]?, ends[1]?].map(|end| &model.transit_gateway_attachments[end]);
        let option = |end: &TransitGatewayAttachment| end.vpc().map(|vpc| vpc.security_group_referencing);
        let switches =
            [Some(model.transit_gateways[gateway].security_group_referencing), option(ends[0]), option(ends[1])];
        Some(if switches.iter().all(|&switch| switch == Some(Switch::On)) { Switch::On } else { Switch::Off })
    });
    joins.reduce(|best, next| if best == Switch::On { best } else { next })
}

/// Completes transit gateways, attachments and peerings.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    for gateway in cx.model.transit_gateways.ids() {
        head(cx, gateway);
        let spec = cx.transit_gateways.of(gateway).spec;
        let ids = cx.transit_gateways.of(gateway).attachments.in_file_order();
        let mut vpcs: BTreeMap<VpcId, Span> = BTreeMap::new();
        for (attachment, id) in spec.attachments.iter().zip(ids) {
            complete(cx, gateway, attachment, id, &mut vpcs);
        }
    }
    let spec = cx.spec;
    for (peering, id) in spec.transit_gateway_peerings.iter().zip(cx.transit_gateways.peerings.in_file_order()) {
        peer(cx, peering, id);
    }
}

/// Region, account and options of a transit gateway.
fn head(cx: &mut Resolver<'_>, id: TransitGatewayId) {
    let spec = cx.transit_gateways.of(id).spec;
    let written = |name: &Option<Name>| name.as_ref().map(|name| name.value.clone());
    let common = |of: fn(&crate::model::vpc::Vpc) -> &String| {
        let mut all = cx.model.vpcs.iter().map(|(_, vpc)| of(vpc));
        let first = all.next()?;
        all.all(|other| other == first).then(|| first.clone())
    };
    let region = written(&spec.region).or_else(|| common(|vpc| &vpc.region));
    let account = written(&spec.account).or_else(|| common(|vpc| &vpc.account));
    if region.is_none() && !cx.is_misread {
        let message = format!("transit gateway {} needs `region`", echo(&spec.name.value));
        let diagnostic = Diagnostic::error("missing-key", message, spec.name.span, "of which region?");
        cx.found.push(diagnostic.help("the VPCs of the design are in several regions"));
    }
    let gateway = cx.model.transit_gateways.get_mut(id);
    gateway.region = region.unwrap_or_default();
    gateway.account = account.unwrap_or_default();
    gateway.security_group_referencing = switch(spec.security_group_referencing);
}

fn switch(on: bool) -> Switch {
    if on { Switch::On } else { Switch::Off }
}

fn complete(
    cx: &mut Resolver<'_>,
    gateway: TransitGatewayId,
    spec: &TransitGatewayAttachmentSpec,
    id: TransitGatewayAttachmentId,
    vpcs: &mut BTreeMap<VpcId, Span>,
) {
    let state = names::word("state", spec.state.as_ref(), &STATES, &mut cx.found);
    let state = state.unwrap_or(AttachmentState::Available);
    cx.model.transit_gateway_attachments.get_mut(id).state = state;
    let Some(name) = &spec.vpc else {
        let kind = spec.unmodelled.as_ref().map(|kind| kind.value.clone()).unwrap_or_default();
        cx.model.transit_gateway_attachments.get_mut(id).kind = AttachmentKind::Unmodelled(kind);
        return;
    };
    let Some(vpc) = cx.vpcs.find(&name.value, name.span, &mut cx.found) else { return };
    if state != AttachmentState::Deleted {
        match vpcs.get(&vpc) {
            Some(&first) => second(cx, gateway, name, first),
            None => {
                vpcs.insert(vpc, name.span);
            }
        }
    }
    let (here, there) = (&cx.model.transit_gateways[gateway].region, &cx.model.vpcs[vpc].region);
    if !here.is_empty() && here != there {
        let message =
            format!("VPC {} is in {}, and the transit gateway in {}", echo(&name.value), echo(there), echo(here));
        let diagnostic = Diagnostic::error("InvalidVpcID.NotFound", message, name.span, "in another region");
        cx.found.push(diagnostic.help("attach it to a transit gateway of its region, and peer the two"));
    }
    let subnets = subnets(cx, vpc, spec);
    check_ipv6(cx, vpc, spec);
    if subnets.is_empty() {
        if spec.subnets.0.is_empty() && !cx.is_misread {
            let message = format!("attachment {} has no subnet", echo(&spec.name.value));
            let diagnostic = Diagnostic::error("missing-key", message, spec.subnets.1, "no subnet");
            cx.found.push(diagnostic.help("name a subnet in each zone that shall reach the transit gateway (R140)"));
        }
        return;
    }
    cx.model.transit_gateway_attachments.get_mut(id).kind = AttachmentKind::Vpc(VpcAttachment {
        vpc,
        subnets,
        appliance_mode: switch(spec.appliance_mode),
        ipv6: switch(spec.ipv6.is_some()),
        security_group_referencing: switch(spec.security_group_referencing),
    });
}

/// AWS attaches a VPC to a transit gateway once.
fn second(cx: &mut Resolver<'_>, gateway: TransitGatewayId, name: &Name, first: Span) {
    let gateway = echo(&cx.model.transit_gateways[gateway].name);
    let message = format!("VPC {} is attached to transit gateway {gateway} twice", echo(&name.value));
    let diagnostic = Diagnostic::error("DuplicateTransitGatewayAttachment", message, name.span, "again here");
    cx.found.push(diagnostic.also(first, "first here").help("one attachment has a subnet in each zone"));
}

/// The subnets of an attachment, one a zone, in order of zones.
fn subnets(cx: &mut Resolver<'_>, vpc: VpcId, spec: &TransitGatewayAttachmentSpec) -> Vec<SubnetId> {
    let mut zones: BTreeMap<String, (SubnetId, Span)> = BTreeMap::new();
    for name in &spec.subnets.0 {
        let Some(id) = cx.subnets.find(vpc, &name.value, name.span, &mut cx.found) else { continue };
        let subnet = &cx.model.subnets[id];
        if subnet.ipv4.is_none() && !cx.broken_subnets.contains(&id) {
            let message = format!("subnet {} has no IPv4 block, so nothing can be attached in it", echo(&name.value));
            let diagnostic = Diagnostic::error("InvalidParameterValue", message, name.span, "IPv6 alone");
            cx.found.push(diagnostic.help("an attachment's subnets have IPv4 addresses too"));
        }
        let zone = subnet.zone_id.clone();
        match zones.get(&zone) {
            Some(&(_, first)) => {
                let message = format!("attachment {} has two subnets in zone {}", echo(&spec.name.value), echo(&zone));
                let diagnostic = Diagnostic::error("DuplicateSubnetsInSameZone", message, name.span, "the same zone");
                let diagnostic = diagnostic.also(first, "as this one");
                cx.found.push(diagnostic.help("one subnet of a zone serves all of the zone's subnets"));
            }
            None => {
                zones.insert(zone, (id, name.span));
            }
        }
    }
    zones.into_values().map(|(id, _)| id).collect()
}

/// The IPv6 option wants a VPC with IPv6.
fn check_ipv6(cx: &mut Resolver<'_>, vpc: VpcId, spec: &TransitGatewayAttachmentSpec) {
    let Some(span) = spec.ipv6 else { return };
    if cx.model.vpcs[vpc].ipv6.is_empty() && !cx.home(vpc).is_broken {
        let name = echo(cx.home(vpc).name());
        let message = format!("VPC {name} has no IPv6 block for its attachment to carry");
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, span, "no IPv6 there");
        cx.found.push(diagnostic.help("leave out `ipv6`, or give the VPC and the subnets an IPv6 block"));
    }
}

/// Both ends of a peering: an attachment of each transit gateway, of the peering's name.
fn peer(cx: &mut Resolver<'_>, spec: &TransitGatewayPeeringSpec, id: TransitGatewayPeeringId) {
    let mut end = |name: &Option<Name>| {
        let name = name.as_ref()?;
        cx.transit_gateways.names.find(&name.value, name.span, &mut cx.found)
    };
    let (requester, accepter) = (end(&spec.requester), end(&spec.accepter));
    let state = names::word("state", spec.state.as_ref(), &STATES, &mut cx.found);
    let state = state.unwrap_or(AttachmentState::Available);
    let (Some(requester), Some(accepter)) = (requester, accepter) else { return };
    if requester == accepter {
        let message = format!("peering {} joins a transit gateway with itself", echo(&spec.name.value));
        let span = spec.accepter.as_ref().map_or(spec.name.span, |name| name.span);
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, span, "the same transit gateway");
        cx.found.push(diagnostic.help("inside one transit gateway, its route tables do"));
        return;
    }
    let peering = cx.model.transit_gateway_peerings.get_mut(id);
    (peering.requester, peering.accepter) = (requester, accepter);
    for gateway in [requester, accepter] {
        let end = cx.model.transit_gateway_attachments.push(TransitGatewayAttachment {
            name: spec.name.value.clone(),
            gateway,
            kind: AttachmentKind::Peering(id),
            state,
            association: None,
            span: spec.name.span,
        });
        let first = cx.transit_gateways.of_mut(gateway).attachments.insert(spec.name.value.clone(), end);
        if let Some(first) = first {
            let (name, first) = (&spec.name, cx.model.transit_gateway_attachments[first].span);
            cx.found.push(names::taken("name-taken", "transit gateway attachment", &name.value, name.span, first));
        }
    }
}

/// Which VPCs a transit gateway can bring packets of `vpc` to: those attached to one that it is attached to.
pub(super) fn reached(cx: &Resolver<'_>, vpc: VpcId) -> Vec<VpcId> {
    let model = &cx.model;
    let gateways = model.transit_gateways.ids().filter(|&gateway| attachment_of(model, gateway, vpc).is_some());
    let peered = |gateway: TransitGatewayId| {
        let peerings = model.transit_gateway_peerings.iter().filter_map(move |(_, peering)| peering.other(gateway));
        std::iter::once(gateway).chain(peerings)
    };
    let gateways: Vec<_> = gateways.flat_map(peered).collect();
    let is_there = |other: &VpcId| gateways.iter().any(|&gateway| attachment_of(model, gateway, *other).is_some());
    model.vpcs.ids().filter(|&other| other != vpc).filter(is_there).collect()
}
