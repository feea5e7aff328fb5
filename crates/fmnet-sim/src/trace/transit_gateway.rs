//! A transit gateway: into it, its route tables, and out of it.
//!
//! In: a packet that a route sends to it. Out: who received it in whichever VPC it comes
//! into, through one transit gateway or several.
//!
//! AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>.

use std::net::IpAddr;

use fmnet_core::model::route_table::{Destination, Target};
use fmnet_core::model::transit_gateway::{
    AttachmentKind, AttachmentState, Switch, TransitGatewayOrigin, TransitGatewayRoute, TransitGatewayTarget,
    VpcAttachment,
};
use fmnet_core::model::{
    Model, SubnetId, TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayRouteTableId, VpcId,
};
use ipnet::IpNet;

use super::next_hop::{Detour, NextHop, Via};
use super::walk::{Receiver, Walk};
use super::{network_acl, subnet};
use crate::fate::{ChoicePoint, Code, Component, Direction, Leg, RuleRef, Unmodelled};

/// What a packet remembers of transit gateways.
#[derive(Default)]
pub(super) struct Memory {
    /// Which ones the request came into, by what, in order; less what the reply has gone back over.
    transits: Vec<(TransitGatewayId, TransitGatewayAttachmentId)>,
    /// What was looked up: where it goes round, it is looked up twice.
    looked_up: Vec<Lookup>,
    /// Flows that an attachment in appliance mode brought into its VPC, by which subnet.
    flows: Vec<(TransitGatewayAttachmentId, [IpAddr; 2], SubnetId)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Lookup {
    leg: Leg,
    by: TransitGatewayAttachmentId,
    from: Option<SubnetId>,
    addresses: [IpAddr; 2],
}

impl NextHop for TransitGatewayAttachmentId {
    /// R89: <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>.
    fn is_usable(&self, model: &Model) -> bool {
        model.transit_gateway_attachments[*self].state != AttachmentState::Deleted
    }

    /// It keeps no connections, so a reply may come by it that went another way.
    fn detour(&self, _walk: &Walk<'_>, wanted: &Via) -> Detour {
        match wanted {
            Via::Target(Target::PeeringConnection(_) | Target::TransitGateway(_)) => Detour::Taken,
            Via::Local | Via::Target(_) | Via::NoGateway => Detour::Lost,
        }
    }

    /// Takes the packet from subnet `from` of the attached VPC: through the attachment's
    /// subnet in the same zone, whose inbound ACL it meets (R70, R71), else not at all (R140).
    ///
    /// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html>,
    /// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>.
    fn take(&self, walk: &mut Walk<'_>, from: SubnetId) -> Option<Receiver> {
        let model = walk.model;
        let attachment = model.transit_gateway_attachments[*self].vpc()?;
        let near = subnet_in_zone(model, attachment, zone(model, from));
        match near {
            Some(near) => network_acl::test(walk, near, Direction::Ingress),
            None => walk.block(Code::TgwRouteAzRestriction, Component::TransitGatewayAttachment(*self), None),
        }
        cross(walk, *self, near.is_some())?;
        look_up(walk, *self, Some(from))
    }
}

/// Crosses attachment `id`, which `may_pass` for all that is known so far; none where it is
/// not known whether it carries packets.
fn cross(walk: &mut Walk<'_>, id: TransitGatewayAttachmentId, may_pass: bool) -> Option<()> {
    let attachment = &walk.model.transit_gateway_attachments[id];
    let component = Component::TransitGatewayAttachment(id);
    let works = match attachment.state {
        AttachmentState::Available => true,
        AttachmentState::NotWorking | AttachmentState::Deleted => false,
        AttachmentState::Changing => {
            walk.unknown(Unmodelled::TransitGatewayAttachment(id));
            return None;
        }
    };
    if !works {
        // R7: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html (lifecycle)
        walk.block(Code::BadState, component, None);
    }
    let without_ipv6 = attachment.vpc().is_some_and(|attachment| attachment.ipv6 == Switch::Off);
    let is_carried = !(without_ipv6 && walk.packet.destination.is_ipv6());
    if !is_carried {
        // R153.
        walk.block(Code::ProtocolRestriction, component, None);
    }
    if may_pass && works && is_carried {
        walk.pass(component, None);
    }
    Some(())
}

/// Looks the packet up in the table that attachment `by` is associated with (R142), and
/// sends it where its route leads. A reply that has no route goes on to where its request
/// came from (R10).
fn look_up(walk: &mut Walk<'_>, by: TransitGatewayAttachmentId, from: Option<SubnetId>) -> Option<Receiver> {
    let model = walk.model;
    let gateway = model.transit_gateway_attachments[by].gateway;
    let wanted = match walk.leg {
        Leg::Forward => {
            walk.memory.transits.push((gateway, by));
            None
        }
        Leg::Return => walk.memory.transits.iter().rev().find(|transit| transit.0 == gateway).map(|transit| transit.1),
    };
    let Some(table) = model.transit_gateway_attachments[by].association else {
        let component = Component::TransitGatewayAttachment(by);
        walk.block(Code::TgwAttachMissingTgwRtbAssociation, component, None);
        return leave(walk, wanted?, from);
    };
    let component = Component::TransitGatewayRouteTable(table);
    let Some(Chosen { route, rule, is_open, .. }) = choose(model, table, walk.packet.destination) else {
        // R143.
        walk.block(Code::TgwRtbNoRouteToTgwAttachment, component, None);
        return leave(walk, wanted?, from);
    };
    if is_open {
        walk.unknown(Unmodelled::RoutePriority(rule));
        return None;
    }
    let to = match route.target {
        TransitGatewayTarget::Attachment(to) if to.is_usable(model) => to,
        TransitGatewayTarget::Attachment(_) | TransitGatewayTarget::Blackhole => {
            // R145.
            walk.block(Code::TgwRtbBadStateRoute, component, Some(rule));
            return leave(walk, wanted?, from);
        }
    };
    let lookup = Lookup { leg: walk.leg, by, from, addresses: [walk.packet.source, walk.packet.destination] };
    if walk.memory.looked_up.contains(&lookup) {
        // R154: it has been here, and will be again.
        walk.block(Code::TgwRtbNoRouteToTgwAttachment, component, Some(rule));
        return None;
    }
    walk.memory.looked_up.push(lookup);
    walk.pass(component, Some(rule));
    leave(walk, to, from)
}

/// A route that matches.
struct Chosen<'m> {
    route: &'m TransitGatewayRoute,
    rule: RuleRef,
    length: u8,
    rank: Rank,
    /// Whether it is not known that it is this one.
    is_open: bool,
}

/// Which of two routes with equal prefixes counts: the smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Static,
    PrefixList,
    Propagated,
}

/// Chooses a route of `table` for `destination`: the longest prefix, and among equals
/// static, then prefix list reference, then propagated (R144).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>
/// (route evaluation order).
fn choose(model: &Model, table: TransitGatewayRouteTableId, destination: IpAddr) -> Option<Chosen<'_>> {
    let routes = (0u32..).zip(&model.transit_gateway_route_tables[table].routes);
    let mut matches: Vec<_> = routes
        .flat_map(|(index, route)| {
            let holding = prefixes(model, route).iter().filter(|prefix| prefix.contains(&destination));
            holding.map(move |prefix| Chosen {
                route,
                rule: RuleRef::TransitGatewayRoute { table, index },
                length: prefix.prefix_len(),
                rank: rank(route),
                is_open: route.origin == TransitGatewayOrigin::MaybePropagated,
            })
        })
        .collect();
    let length = matches.iter().map(|found| found.length).max()?;
    matches.retain(|found| found.length == length);
    let best = matches.iter().map(|found| found.rank).min()?;
    matches.retain(|found| found.rank == best);
    let mut matches = matches.into_iter();
    let first = matches.next()?;
    let is_torn = best != Rank::Static && matches.any(|other| other.route.target != first.route.target);
    Some(Chosen { is_open: first.is_open || is_torn, ..first })
}

fn rank(route: &TransitGatewayRoute) -> Rank {
    match (route.origin, route.destination) {
        (TransitGatewayOrigin::Static, Destination::Cidr(_)) => Rank::Static,
        (TransitGatewayOrigin::Static, Destination::PrefixList(_)) => Rank::PrefixList,
        (TransitGatewayOrigin::Propagated | TransitGatewayOrigin::MaybePropagated, _) => Rank::Propagated,
    }
}

/// The prefixes of `route`; each entry of a prefix list is a route of its own.
fn prefixes<'m>(model: &'m Model, route: &'m TransitGatewayRoute) -> &'m [IpNet] {
    match &route.destination {
        Destination::Cidr(net) => std::slice::from_ref(net),
        Destination::PrefixList(list) => &model.prefix_lists[*list].entries,
    }
}

/// Takes the packet, which subnet `from` of a VPC sent to a transit gateway, out of it by
/// attachment `id`: into the VPC there, or into another transit gateway (R151).
fn leave(walk: &mut Walk<'_>, id: TransitGatewayAttachmentId, from: Option<SubnetId>) -> Option<Receiver> {
    let model = walk.model;
    let attachment = &model.transit_gateway_attachments[id];
    if let AttachmentKind::Unmodelled(_) = attachment.kind {
        // R155.
        walk.unknown(Unmodelled::TransitGatewayAttachment(id));
        return None;
    }
    cross(walk, id, true)?;
    if walk.leg == Leg::Return
        && let Some(back) = walk.memory.transits.iter().rposition(|transit| *transit == (attachment.gateway, id))
    {
        walk.memory.transits.truncate(back);
    }
    match &attachment.kind {
        AttachmentKind::Vpc(vpc) => {
            let entry = entry(walk, id, vpc, from)?;
            walk.enter(vpc.vpc, Via::Target(Target::TransitGateway(id)));
            // R148: the table of the attachment's subnet, not of the receiver's.
            subnet::send_on(walk, entry)
        }
        AttachmentKind::Peering(_) => look_up(walk, model.other_end(id)?, from),
        AttachmentKind::Unmodelled(_) => None,
    }
}

/// The subnet of the attachment by which the packet comes into the VPC: the zone that it
/// was sent from (R141), or the one zone of the whole flow (R149); of any, where that says
/// nothing. None where the run ends.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>
/// (availability zones),
/// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html>.
fn entry(
    walk: &mut Walk<'_>,
    id: TransitGatewayAttachmentId,
    attachment: &VpcAttachment,
    from: Option<SubnetId>,
) -> Option<SubnetId> {
    let model = walk.model;
    let (source, destination) = (walk.packet.source, walk.packet.destination);
    let gateway = model.transit_gateway_attachments[id].gateway;
    let is_appliance = attachment.appliance_mode == Switch::On;
    let known = walk.memory.flows.iter().find(|(by, ends, _)| {
        is_appliance && *by == id && (*ends == [source, destination] || *ends == [destination, source])
    });
    if let Some((_, _, subnet)) = known {
        return Some(*subnet);
    }
    let mut zones: Vec<_> = from.map(|subnet| zone(model, subnet)).into_iter().collect();
    zones.extend(is_appliance.then(|| zone_of(model, gateway, destination)).flatten());
    zones.dedup();
    let fitting: Vec<_> = zones.into_iter().filter_map(|zone| subnet_in_zone(model, attachment, zone)).collect();
    let fitting = if fitting.is_empty() { attachment.subnets.clone() } else { fitting };
    let point = ChoicePoint::EntryZone { attachment: id, from, leg: walk.leg };
    let subnet = *fitting.get(walk.choose(point, fitting.len())?)?;
    if is_appliance {
        walk.memory.flows.push((id, [source, destination], subnet));
    }
    Some(subnet)
}

/// The zone in which `address` lies behind `gateway`; none where it is in no subnet of an
/// attached VPC, or in such subnets of two zones.
fn zone_of(model: &Model, gateway: TransitGatewayId, address: IpAddr) -> Option<&str> {
    let is_attached = |vpc: VpcId| {
        let mut attachments = model.transit_gateway_attachments.iter();
        attachments.any(|(_, one)| one.gateway == gateway && one.vpc().is_some_and(|attached| attached.vpc == vpc))
    };
    let holding = model.subnets.iter().filter(|(_, subnet)| subnet.contains(address) && is_attached(subnet.vpc));
    let mut zones = holding.map(|(id, _)| zone(model, id));
    let first = zones.next()?;
    zones.all(|other| other == first).then_some(first)
}

fn zone(model: &Model, subnet: SubnetId) -> &str {
    &model.subnets[subnet].zone_id
}

fn subnet_in_zone(model: &Model, attachment: &VpcAttachment, wanted: &str) -> Option<SubnetId> {
    attachment.subnets.iter().copied().find(|&subnet| zone(model, subnet) == wanted)
}

/// The VPC that a request was in before it came into its own by attachment `id`, straight
/// through one transit gateway (not through two, R151), and whether rules there may name
/// groups of that VPC: the transit gateway and both attachments have to support it (R39).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>
/// (security group referencing).
pub(super) fn came_from(walk: &Walk<'_>, id: TransitGatewayAttachmentId) -> Option<(VpcId, Switch)> {
    let model = walk.model;
    let here = &model.transit_gateway_attachments[id];
    let (_, by) = walk.memory.transits.iter().rev().find(|transit| transit.0 == here.gateway)?;
    let there = model.transit_gateway_attachments[*by].vpc()?;
    let supported = [
        model.transit_gateways[here.gateway].security_group_referencing,
        there.security_group_referencing,
        here.vpc()?.security_group_referencing,
    ];
    let both = if supported.iter().all(|switch| *switch == Switch::On) { Switch::On } else { Switch::Off };
    Some((there.vpc, both))
}
