//! Route tables of transit gateways: associations, propagations and routes (R142 to R146, R151, R152).
//!
//! In: `route_tables` of a transit gateway. Out: the model's tables, with what attachments
//! propagate into them.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::super::names::{Kind, Names};
use super::super::{Findings, Resolver, block};
use crate::diagnostic::Diagnostic;
use crate::model::route_table::Destination;
use crate::model::transit_gateway::{
    AttachmentKind, AttachmentState, TransitGatewayOrigin, TransitGatewayRoute, TransitGatewayRouteTable,
    TransitGatewayTarget,
};
use crate::model::{Model, TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayRouteTableId, VpcId};
use crate::source::Span;
use crate::spec::transit_gateway::{TransitGatewayRouteTableSpec, TransitGatewaySpec};
use crate::spec::{DestinationSpec, Name, RouteSpec, Spanned, TargetSpec};
use crate::words::echo;

/// The name of the table that AWS makes.
const DEFAULT: &str = "default";

/// Declares the tables, AWS's own included.
pub(super) fn declare<'a>(
    spec: &'a TransitGatewaySpec,
    gateway: TransitGatewayId,
    model: &mut Model,
    found: &mut Findings,
) -> Names<'a, TransitGatewayRouteTable> {
    let is_made = spec.default_association || spec.default_propagation;
    let is_written = spec.route_tables.iter().any(|table| table.name.value == DEFAULT);
    let made = (is_made && !is_written).then_some((DEFAULT, Span::NOWHERE));
    let names = spec.route_tables.iter().map(|table| super::super::bare(&table.name)).chain(made);
    let make = |name: &str, span| TransitGatewayRouteTable { name: name.to_owned(), gateway, routes: Vec::new(), span };
    let arena = &mut model.transit_gateway_route_tables;
    Names::declare(Kind::TRANSIT_GATEWAY_ROUTE_TABLE, names, arena, make, found)
}

/// Completes the tables of every transit gateway.
pub(in crate::resolve) fn resolve(cx: &mut Resolver<'_>) {
    for gateway in cx.model.transit_gateways.ids() {
        associate(cx, gateway);
        let tables = cx.transit_gateways.of(gateway).spec.route_tables.iter();
        let tables: Vec<_> = tables.zip(cx.transit_gateways.of(gateway).tables.in_file_order()).collect();
        for &(table, id) in &tables {
            let routes = written(cx, gateway, table);
            cx.model.transit_gateway_route_tables.get_mut(id).routes = routes;
        }
        propagate(cx, gateway, &tables);
    }
}

/// Which table each attachment is associated with (R142, R152).
fn associate(cx: &mut Resolver<'_>, gateway: TransitGatewayId) {
    let spec = cx.transit_gateways.of(gateway).spec;
    let ids = cx.transit_gateways.of(gateway).tables.in_file_order();
    let mut first: BTreeMap<TransitGatewayAttachmentId, Span> = BTreeMap::new();
    for (table, id) in spec.route_tables.iter().zip(ids) {
        for name in table.associations.iter().flatten() {
            let Some(attachment) = find(cx, gateway, &name.value, name.span) else { continue };
            if let Some(&first) = first.get(&attachment) {
                let message = format!("attachment {} is associated with two route tables", echo(&name.value));
                let diagnostic = Diagnostic::error("Resource.AlreadyAssociated", message, name.span, "again here");
                cx.found.push(diagnostic.also(first, "first here").help("packets of an attachment use one table"));
                continue;
            }
            first.insert(attachment, name.span);
            cx.model.transit_gateway_attachments.get_mut(attachment).association = Some(id);
        }
    }
    let default = cx.transit_gateways.of(gateway).tables.get(DEFAULT);
    let lists = spec.route_tables.iter().any(|table| table.name.value == DEFAULT && table.associations.is_some());
    if !spec.default_association || lists {
        return;
    }
    for attachment in of(&cx.model, gateway) {
        if !first.contains_key(&attachment) {
            cx.model.transit_gateway_attachments.get_mut(attachment).association = default;
        }
    }
}

/// The attachments of a transit gateway.
fn of(model: &Model, gateway: TransitGatewayId) -> Vec<TransitGatewayAttachmentId> {
    let all = model.transit_gateway_attachments.iter();
    all.filter(|(_, attachment)| attachment.gateway == gateway).map(|(id, _)| id).collect()
}

fn find(
    cx: &mut Resolver<'_>,
    gateway: TransitGatewayId,
    name: &str,
    span: Span,
) -> Option<TransitGatewayAttachmentId> {
    cx.transit_gateways.of(gateway).attachments.find(name, span, &mut cx.found)
}

/// The static routes of a table.
fn written(
    cx: &mut Resolver<'_>,
    gateway: TransitGatewayId,
    table: &TransitGatewayRouteTableSpec,
) -> Vec<TransitGatewayRoute> {
    let mut routes: Vec<TransitGatewayRoute> = Vec::with_capacity(table.routes.len());
    let mut first: FxHashMap<Destination, Span> = FxHashMap::default();
    for route in &table.routes {
        let target = target(cx, gateway, route);
        let Some(destination) = destination(cx, &route.destination) else { continue };
        let here = route.destination.span;
        if let Some(&first) = first.get(&destination) {
            let message = format!("route table {} has two routes for one destination", echo(&table.name.value));
            let diagnostic = Diagnostic::error("RouteAlreadyExists", message, here, "again here");
            cx.found.push(diagnostic.also(first, "first here").help("remove one of the two"));
            continue;
        }
        first.insert(destination, here);
        let Some(target) = target else { continue };
        routes.push(TransitGatewayRoute {
            destination,
            target,
            origin: TransitGatewayOrigin::Static,
            span: route.span,
        });
    }
    routes
}

fn target(cx: &mut Resolver<'_>, gateway: TransitGatewayId, route: &RouteSpec) -> Option<TransitGatewayTarget> {
    match &route.target.value {
        TargetSpec::Blackhole => Some(TransitGatewayTarget::Blackhole),
        TargetSpec::Name(name) => {
            let span = cx.within(route.target.span, name);
            find(cx, gateway, name, span).map(TransitGatewayTarget::Attachment)
        }
        // The language has none there.
        TargetSpec::Unmodelled(_) => None,
    }
}

fn destination(cx: &mut Resolver<'_>, typed: &Spanned<DestinationSpec>) -> Option<Destination> {
    match &typed.value {
        DestinationSpec::Cidr(net) => {
            Some(Destination::Cidr(block::stored(&Spanned { value: *net, span: typed.span }, &mut cx.found)))
        }
        DestinationSpec::PrefixList(name) => {
            let span = cx.within(typed.span, name);
            cx.prefix_lists.find(name, span, &mut cx.found).map(Destination::PrefixList)
        }
    }
}

/// What attachments propagate into the tables (R143).
fn propagate(
    cx: &mut Resolver<'_>,
    gateway: TransitGatewayId,
    tables: &[(&TransitGatewayRouteTableSpec, TransitGatewayRouteTableId)],
) {
    let spec = cx.transit_gateways.of(gateway).spec;
    let mut into: BTreeMap<TransitGatewayRouteTableId, BTreeMap<TransitGatewayAttachmentId, Span>> = BTreeMap::new();
    for (table, id) in tables {
        for name in table.propagations.iter().flatten() {
            let Some(attachment) = find(cx, gateway, &name.value, name.span) else { continue };
            check_kind(cx, name, attachment);
            if let Some(first) = into.entry(*id).or_default().insert(attachment, name.span) {
                let message = format!("attachment {} propagates into the table twice", echo(&name.value));
                let code = "TransitGatewayRouteTablePropagation.Duplicate";
                cx.found.push(Diagnostic::error(code, message, name.span, "again here").also(first, "first here"));
            }
        }
    }
    let default = cx.transit_gateways.of(gateway).tables.get(DEFAULT);
    let lists = spec.route_tables.iter().any(|table| table.name.value == DEFAULT && table.propagations.is_some());
    if let (true, false, Some(default)) = (spec.default_propagation, lists, default) {
        let all = of(&cx.model, gateway).into_iter().map(|id| (id, Span::NOWHERE)).collect();
        into.insert(default, all);
    }
    let standing = standing(cx, gateway);
    for (table, attachments) in into {
        let propagated: Vec<_> = attachments.keys().flat_map(|&id| propagated(&cx.model, id, &standing)).collect();
        cx.model.transit_gateway_route_tables.get_mut(table).routes.extend(propagated);
    }
}

/// Peerings take static routes only (R151).
fn check_kind(cx: &mut Resolver<'_>, name: &Name, attachment: TransitGatewayAttachmentId) {
    match cx.model.transit_gateway_attachments[attachment].kind {
        AttachmentKind::Vpc(_) | AttachmentKind::Unmodelled(_) => {}
        AttachmentKind::Peering(_) => {
            let message = format!("peering {} propagates no routes", echo(&name.value));
            let diagnostic = Diagnostic::error("InvalidParameterValue", message, name.span, "a peering");
            cx.found.push(diagnostic.help("write static routes to it, on both sides (R151)"));
        }
    }
}

/// The routes that an attachment propagates: all blocks of its VPC.
fn propagated(
    model: &Model,
    id: TransitGatewayAttachmentId,
    standing: &BTreeMap<VpcId, TransitGatewayOrigin>,
) -> Vec<TransitGatewayRoute> {
    let attachment = &model.transit_gateway_attachments[id];
    let Some(vpc) = attachment.vpc().filter(|_| attachment.state != AttachmentState::Deleted) else {
        return Vec::new();
    };
    let Some(&origin) = standing.get(&vpc.vpc) else { return Vec::new() };
    let route = |net| TransitGatewayRoute {
        destination: Destination::Cidr(net),
        target: TransitGatewayTarget::Attachment(id),
        origin,
        span: attachment.span,
    };
    model.vpcs[vpc.vpc].blocks().map(route).collect()
}

/// Which attached VPCs have their routes propagated. One that shares an address with a VPC
/// attached before has none of them propagated (R146); where the design does not say which
/// was there before, that is not known of either.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html> (limits).
fn standing(cx: &mut Resolver<'_>, gateway: TransitGatewayId) -> BTreeMap<VpcId, TransitGatewayOrigin> {
    let spec = cx.transit_gateways.of(gateway).spec;
    let ids = cx.transit_gateways.of(gateway).attachments.in_file_order();
    let attached: Vec<(VpcId, Option<&Name>, Span)> = spec
        .attachments
        .iter()
        .zip(ids)
        .filter_map(|(attachment, id)| {
            let item = &cx.model.transit_gateway_attachments[id];
            let vpc = item.vpc().filter(|_| item.state != AttachmentState::Deleted)?;
            Some((vpc.vpc, attachment.created.as_ref(), attachment.name.span))
        })
        .collect();
    let mut standing: BTreeMap<VpcId, TransitGatewayOrigin> = BTreeMap::new();
    let mut is_told = false;
    for &(vpc, created, span) in &attached {
        let mut origin = Some(TransitGatewayOrigin::Propagated);
        for &(other, theirs, there) in attached.iter().filter(|other| other.0 != vpc) {
            if !share(&cx.model, vpc, other) {
                continue;
            }
            match (created, theirs) {
                (Some(mine), Some(theirs)) if mine.value < theirs.value => {}
                (Some(mine), Some(theirs)) if mine.value > theirs.value => origin = None,
                (Some(_) | None, _) => {
                    origin = origin.map(|_| TransitGatewayOrigin::MaybePropagated);
                    if !is_told {
                        overlap(cx, (vpc, span), (other, there));
                        is_told = true;
                    }
                }
            }
        }
        if let Some(origin) = origin {
            standing.insert(vpc, origin);
        }
    }
    standing
}

fn share(model: &Model, one: VpcId, other: VpcId) -> bool {
    let (one, other) = (&model.vpcs[one], &model.vpcs[other]);
    one.blocks().any(|mine| other.blocks().any(|theirs| block::overlap(mine, theirs)))
}

fn overlap(cx: &mut Resolver<'_>, (one, here): (VpcId, Span), (other, there): (VpcId, Span)) {
    let (one, other) = (echo(cx.home(one).name()), echo(cx.home(other).name()));
    let message =
        format!("VPCs {one} and {other} share addresses, and only the first one attached propagates its routes");
    let diagnostic = Diagnostic::warning("overlapping-attachments", message, here, "attached before or after?");
    let diagnostic = diagnostic.also(there, "shares addresses with it");
    cx.found.push(diagnostic.help("say when each was attached: `created: 2026-01-31T09:00:00Z` (R146)"));
}
