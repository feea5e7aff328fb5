//! Transit gateways in words: their names, their routes, what stops at them and what mends it.

use fmnet_core::address;
use fmnet_core::model::route_table::Destination;
use fmnet_core::model::transit_gateway::{
    AttachmentKind, Switch, TransitGatewayOrigin, TransitGatewayRoute, TransitGatewayTarget,
};
use fmnet_core::model::{Model, SubnetId, TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayRouteTableId};

use super::cure::Cure;
use super::rule::{self, name};
use super::{addresses, listed, plain, subnet, workload};
use crate::answer::Part;
use crate::fate::{Blocker, Code, Component, Leg};

/// `attachment v1 of transit gateway hub`.
pub(super) fn attachment(model: &Model, id: TransitGatewayAttachmentId) -> String {
    let record = &model.transit_gateway_attachments[id];
    format!("attachment {} of {}", plain(&record.name), gateway(model, record.gateway))
}

/// `route table spokes of transit gateway hub`.
pub(super) fn table(model: &Model, id: TransitGatewayRouteTableId) -> String {
    let record = &model.transit_gateway_route_tables[id];
    format!("route table {} of {}", plain(&record.name), gateway(model, record.gateway))
}

fn gateway(model: &Model, id: TransitGatewayId) -> String {
    format!("transit gateway {}", plain(&model.transit_gateways[id].name))
}

/// The name of the transit gateway that has a table.
pub(super) fn gateway_of(model: &Model, id: TransitGatewayRouteTableId) -> String {
    plain(&model.transit_gateways[model.transit_gateway_route_tables[id].gateway].name)
}

/// `10.1.0.0/16 -> v2 propagated`.
pub(super) fn route_line(model: &Model, route: &TransitGatewayRoute) -> String {
    let destination = match route.destination {
        Destination::Cidr(net) => net.to_string(),
        Destination::PrefixList(list) => format!("list {}", name(&model.prefix_lists[list].name)),
    };
    let target = match route.target {
        TransitGatewayTarget::Attachment(id) => name(&model.transit_gateway_attachments[id].name),
        TransitGatewayTarget::Blackhole => "blackhole".to_owned(),
    };
    let origin = match route.origin {
        TransitGatewayOrigin::Static => "",
        TransitGatewayOrigin::Propagated | TransitGatewayOrigin::MaybePropagated => " propagated",
    };
    format!("{destination} -> {target}{origin}")
}

/// Why a table of a transit gateway takes a packet nowhere.
pub(super) fn route(model: &Model, blocker: &Blocker, part: &Part) -> String {
    let gate = super::blocker::name(model, blocker.component);
    let what = if blocker.leg == Leg::Return { "the reply" } else { "it" };
    match (blocker.code, blocker.rule) {
        (Code::TgwRtbBadStateRoute, Some(rule)) => {
            format!("{gate} sends {what} into a blackhole: `{}`", rule::rule(model, rule).text)
        }
        (_, Some(rule)) => {
            format!("{gate} sends {what} round in a circle: `{}`", rule::rule(model, rule).text)
        }
        (_, None) if blocker.leg == Leg::Forward => {
            format!("{gate} has no route to {}", addresses::destinations(model, part))
        }
        (_, None) => format!("{gate} has no route for the reply"),
    }
}

/// Why rules that name groups do not match here.
pub(super) fn referencing(model: &Model, blocker: &Blocker) -> String {
    let who = blocker.component.interface().map(|id| workload(model, id)).unwrap_or_default();
    format!(
        "a rule of {who} names a group that the sender carries, but security group referencing is off on the way: \
         at the transit gateway or at an attachment"
    )
}

/// What is not known of an attachment.
pub(super) fn unknown(model: &Model, id: TransitGatewayAttachmentId) -> String {
    let record = &model.transit_gateway_attachments[id];
    match &record.kind {
        AttachmentKind::Unmodelled(kind) => {
            format!("{} leads to something that is not modelled ({})", attachment(model, id), plain(kind))
        }
        AttachmentKind::Vpc(_) | AttachmentKind::Peering(_) => {
            format!("{} is being changed: AWS does not say whether it carries packets", attachment(model, id))
        }
    }
}

/// That it is open by which zone packets come in.
pub(super) fn entry_zone(model: &Model, id: TransitGatewayAttachmentId, from: Option<SubnetId>) -> String {
    let record = &model.transit_gateway_attachments[id];
    let zones = record.vpc().map(|vpc| vpc.subnets.iter().map(|&at| plain(&model.subnets[at].zone)).collect());
    let zones: Vec<String> = zones.unwrap_or_default();
    let from = from.map(|from| format!(" from subnet {}", subnet(model, from))).unwrap_or_default();
    format!("AWS chooses by which zone of {} packets{from} come in ({})", attachment(model, id), listed(&zones, "or"))
}

/// The edit that opens a gate of a transit gateway.
pub(super) fn cure(model: &Model, part: &Part, blocker: &Blocker) -> Option<Cure> {
    let at = |text, span| Some(Cure { text, span });
    match (blocker.code, blocker.component) {
        (Code::BadState, Component::TransitGatewayAttachment(id)) => {
            let text = format!("make {} work: `state: available`", attachment(model, id));
            at(text, model.transit_gateway_attachments[id].span)
        }
        (Code::ProtocolRestriction, Component::TransitGatewayAttachment(id)) => {
            at(format!("set `ipv6: true` at {}", attachment(model, id)), model.transit_gateway_attachments[id].span)
        }
        (Code::TgwRouteAzRestriction, Component::TransitGatewayAttachment(id)) => {
            let text = format!("add a subnet of the sender's zone to {}", attachment(model, id));
            at(text, model.transit_gateway_attachments[id].span)
        }
        (Code::TgwAttachMissingTgwRtbAssociation, Component::TransitGatewayAttachment(id)) => {
            let text = format!("associate {} with a route table", attachment(model, id));
            at(text, model.transit_gateway_attachments[id].span)
        }
        (Code::TgwRtbBadStateRoute | Code::TgwRtbNoRouteToTgwAttachment, Component::TransitGatewayRouteTable(_))
            if blocker.rule.is_some() =>
        {
            let route = rule::rule(model, blocker.rule?);
            at(format!("remove `{}` from {}, or give it another target", route.text, route.holder), route.span)
        }
        (Code::TgwRtbNoRouteToTgwAttachment, Component::TransitGatewayRouteTable(id)) => {
            let (record, text) = (&model.transit_gateway_route_tables[id], propagate(model, part, blocker, id)?);
            at(text, record.span)
        }
        (Code::SgReferencingSupport, Component::Interface(_)) => {
            let off = model.transit_gateways.iter().find(|(_, one)| one.security_group_referencing == Switch::Off);
            let span = off.map_or(fmnet_core::source::Span::NOWHERE, |(_, one)| one.span);
            let text = "set `security_group_referencing: true` at the transit gateway and at both attachments, \
                        or name addresses in the rule";
            at(text.to_owned(), span)
        }
        _ => None,
    }
}

/// That the attachment which has the address should propagate into the table.
fn propagate(model: &Model, part: &Part, blocker: &Blocker, id: TransitGatewayRouteTableId) -> Option<String> {
    let far = match blocker.leg {
        Leg::Forward => part.witness.destination,
        Leg::Return => part.seen_from.unwrap_or(part.witness.source),
    };
    let gateway = model.transit_gateway_route_tables[id].gateway;
    let has = |vpc| {
        let number = address::number(far);
        model.vpcs[vpc].blocks().flat_map(address::ranges).any(|range| range.0 <= number && number <= range.1)
    };
    let mut attachments = model.transit_gateway_attachments.iter().filter(|(_, one)| one.gateway == gateway);
    let owner = attachments.find(|(_, one)| one.vpc().is_some_and(|vpc| has(vpc.vpc)));
    Some(match owner {
        Some((_, owner)) => format!("propagate attachment {} into {}", plain(&owner.name), table(model, id)),
        None => format!("add a route for {far} to {}", table(model, id)),
    })
}
