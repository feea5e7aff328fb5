//! Route tables and their routes (R18, R77, R78, R83, R86, R92).
//!
//! In: `route_tables`. Out: the model's tables, exactly one of them main.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use rustc_hash::FxHashMap;

use super::block;
use super::names::Names;
use super::{Findings, Resolver, subnet, vpc};
use crate::arena::Arena;
use crate::diagnostic::Diagnostic;
use crate::model::interface::{Owner, SourceDestCheck};
use crate::model::route_table::{Destination, Origin, Route, RouteTable, Target};
use crate::model::{InstanceId, PrefixListId, RouteTableId, VpcId};
use crate::source::Span;
use crate::spec::{DestinationSpec, RouteSpec, RouteTableSpec, Spanned, Spec, TargetSpec};
use crate::words::echo;

/// The name of the main table that AWS makes.
pub(super) const MAIN: &str = "main";

/// What no route may capture (R77).
const KEPT: [IpNet; 2] = [
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 168, 0), 22)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32)),
];

/// A table to be completed.
pub(super) fn empty(vpc: VpcId, name: &str, span: Span) -> RouteTable {
    RouteTable { name: name.to_owned(), vpc, is_main: false, routes: Vec::new(), span }
}

/// Whether AWS's own main table has to be made: no table is main, and none has its name.
pub(super) fn main_is_missing(tables: &[RouteTableSpec]) -> bool {
    !tables.iter().any(|table| table.main.is_some() || table.name.value == MAIN)
}

/// Says which table is main. A table called `main` is, where no other says so.
pub(super) fn main(
    spec: &Spec,
    vpc: VpcId,
    names: &Names<'_, RouteTable>,
    tables: &mut Arena<RouteTable>,
    found: &mut Findings,
) -> RouteTableId {
    let mut main: Option<(RouteTableId, Span)> = None;
    for (table, id) in spec.route_tables.iter().zip(names.in_file_order()) {
        match (table.main, main) {
            (Some(span), Some((_, first))) => {
                let message = format!("{} would be the VPC's second main route table", echo(&table.name.value));
                let diagnostic = Diagnostic::error("second-main-table", message, span, "main too");
                found.push(diagnostic.also(first, "main already").help("a VPC has one main table"));
            }
            (Some(span), None) => main = Some((id, span)),
            (None, _) => {}
        }
    }
    let id = main.map(|(id, _)| id).or_else(|| names.get(MAIN));
    let id = id.unwrap_or_else(|| tables.push(empty(vpc, MAIN, Span::NOWHERE)));
    tables.get_mut(id).is_main = true;
    id
}

/// Completes every table.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    let mut blocks: Vec<IpNet> = cx.model.subnets.iter().flat_map(|(_, home)| subnet::blocks(home)).collect();
    blocks.sort_by_key(|&block| subnet::block_order(block));
    for (table, id) in spec.route_tables.iter().zip(cx.route_tables.in_file_order()) {
        let mut routes = Vec::with_capacity(table.routes.len());
        let mut written: FxHashMap<(Option<IpNet>, Option<PrefixListId>), Span> = FxHashMap::default();
        for route in &table.routes {
            let target = target(cx, &route.target);
            let Some(destination) = destination(cx, &route.destination) else {
                continue;
            };
            let is_static = route.origin == Origin::Static;
            if is_static && let Some(&first) = written.get(&key(destination)) {
                already(cx, table, route, destination, first);
                continue;
            }
            if is_static {
                written.insert(key(destination), route.destination.span);
                check(cx, &blocks, route, destination, target.as_ref());
            }
            let Some(target) = target else { continue };
            let (origin, is_filtered, span) = (route.origin, route.filtered, route.span);
            routes.push(Route { destination, target, origin, is_filtered, span });
        }
        cx.model.route_tables.get_mut(id).routes = routes;
    }
}

fn destination(cx: &mut Resolver<'_>, typed: &Spanned<DestinationSpec>) -> Option<Destination> {
    match &typed.value {
        DestinationSpec::Cidr(net) => {
            let stored = block::stored(&Spanned { value: *net, span: typed.span }, &mut cx.found);
            Some(Destination::Cidr(stored))
        }
        DestinationSpec::PrefixList(name) => {
            let span = cx.within(typed.span, name);
            cx.prefix_lists.find(name, span, &mut cx.found).map(Destination::PrefixList)
        }
    }
}

/// A destination as AWS compares it.
fn key(destination: Destination) -> (Option<IpNet>, Option<PrefixListId>) {
    match destination {
        Destination::Cidr(net) => (Some(net), None),
        Destination::PrefixList(id) => (None, Some(id)),
    }
}

fn already(cx: &mut Resolver<'_>, table: &RouteTableSpec, route: &RouteSpec, to: Destination, first: Span) {
    let to = match to {
        Destination::Cidr(net) => format!("`{net}`"),
        Destination::PrefixList(id) => format!("list {}", echo(&cx.model.prefix_lists[id].name)),
    };
    let message = format!("route table {} has two routes for {to}", echo(&table.name.value));
    let diagnostic = Diagnostic::error("RouteAlreadyExists", message, route.destination.span, "again here");
    cx.found.push(diagnostic.also(first, "first here").help("remove one of the two"));
}

/// Refuses destinations that AWS keeps to itself or to the VPC.
fn check(cx: &mut Resolver<'_>, blocks: &[IpNet], route: &RouteSpec, to: Destination, target: Option<&Target>) {
    let span = route.destination.span;
    let nets = match to {
        Destination::Cidr(net) => vec![net],
        Destination::PrefixList(id) => cx.model.prefix_lists[id].entries.clone(),
    };
    for net in nets {
        if let Some(kept) = KEPT.into_iter().find(|kept| kept.contains(&net)) {
            let message = format!("no route may lead `{net}` away");
            let diagnostic = Diagnostic::error("InvalidParameterValue", message, span, format!("inside `{kept}`"));
            cx.found.push(diagnostic.help("AWS serves instance metadata, DNS and time there"));
        }
    }
    if let Destination::Cidr(net) = to {
        inside_vpc(cx, blocks, net, span, route.target.span, target);
    }
}

/// A destination in the VPC: whole subnets alone, and to few targets (R83); nothing that
/// a later block swallows (R18).
fn inside_vpc(
    cx: &mut Resolver<'_>,
    blocks: &[IpNet],
    net: IpNet,
    span: Span,
    target_span: Span,
    target: Option<&Target>,
) {
    vpc::carries(cx, "a route", net, span);
    let Some(index) = cx.vpc_blocks.iter().position(|(block, _)| block.contains(&net)) else {
        return;
    };
    let Some(&(block, at)) = cx.vpc_blocks.get(index) else {
        return;
    };
    if net == block {
        let message = format!("`{net}` has its local route already");
        let diagnostic = Diagnostic::error("RouteAlreadyExists", message, span, "the VPC's own block");
        cx.found.push(diagnostic.also(at, "which every table routes locally").help("remove the route"));
        return;
    }
    let whole = blocks.binary_search_by_key(&subnet::block_order(net), |&block| subnet::block_order(block)).is_ok();
    let blocks_known = cx.broken_subnets.is_empty() && !cx.is_misread;
    if !whole && blocks_known {
        // The first block is the primary one, which was there before any route.
        let is_added = matches!(net, IpNet::V4(_)) && index > 0;
        let diagnostic = match is_added {
            true => swallowed(net, block, span),
            false => Diagnostic::error(
                "InvalidParameterValue",
                format!("`{net}` lies in the VPC, and is no subnet's whole block"),
                span,
                "inside the VPC",
            )
            .help("a route inside the VPC is for one whole subnet"),
        };
        cx.found.push(diagnostic.also(at, "this block"));
        return;
    }
    let refused = match target {
        Some(Target::InternetGateway(_) | Target::PeeringConnection(_) | Target::VirtualPrivateGateway(_)) => whole,
        Some(Target::NatGateway(_) | Target::Interface(_) | Target::Blackhole | Target::Unmodelled(_)) | None => false,
    };
    if refused {
        let message = format!("a route inside the VPC cannot lead there: `{net}`");
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, target_span, "not inside the VPC")
            .also(at, "the VPC's block")
            .help("it may lead to a NAT gateway or a network interface");
        cx.found.push(diagnostic);
    }
}

/// A block that joined the VPC around the destination of a route (R18).
fn swallowed(net: IpNet, block: IpNet, span: Span) -> Diagnostic {
    let message = format!("the VPC's block `{block}` swallows the route to `{net}`");
    let label = if net == block { "the same block" } else { "inside an added block of the VPC" };
    Diagnostic::error("InvalidVpcRange", message, span, label)
        .help("a block may join a VPC only if it is smaller than the destination of every route around it")
        .help("inside the VPC, a route is for one whole subnet")
}

fn target(cx: &mut Resolver<'_>, typed: &Spanned<TargetSpec>) -> Option<Target> {
    let name = match &typed.value {
        TargetSpec::Blackhole => return Some(Target::Blackhole),
        TargetSpec::Unmodelled(name) => return Some(Target::Unmodelled(name.clone())),
        TargetSpec::Name(name) => name,
    };
    if cx.nat_gateways.is_unplaced(name) {
        return None;
    }
    let span = cx.within(typed.span, name);
    let mut meant: Vec<(&str, Option<Target>)> = Vec::new();
    meant.extend(cx.internet_gateways.get(name).map(|id| ("an internet gateway", Some(Target::InternetGateway(id)))));
    meant.extend(cx.nat_gateways.get(name).map(|id| ("a NAT gateway", Some(Target::NatGateway(id)))));
    let interface = cx.interfaces.get(name.as_str()).copied();
    let of_database = interface.is_some_and(|id| match cx.model.interfaces[id].owner {
        Owner::Database(_) => true,
        Owner::Instance(_) | Owner::Nobody => false,
    });
    let several = cx.instances.get(name).filter(|&id| cx.model.instances[id].interfaces.len() > 1);
    if let Some(id) = several {
        meant.push(("an instance", only_interface(cx, id, span)));
    } else if let Some(instance) = cx.instances.get(name) {
        let only = cx.model.instances[instance].interfaces.first();
        meant.push(("an instance", only.map(|&id| Target::Interface(id))));
    } else if let Some(id) = interface.filter(|_| !of_database) {
        meant.push(("a network interface", Some(Target::Interface(id))));
    }
    match meant.as_slice() {
        [] => {
            unknown_target(cx, name, span, of_database);
            None
        }
        [(_, target)] => target.clone(),
        [(first, _), (second, _), ..] => {
            let message = format!("{} is both {first} and {second}", echo(name));
            let diagnostic = Diagnostic::error("ambiguous-name", message, span, "which of them?");
            cx.found.push(diagnostic.help("give one of them another name"));
            None
        }
    }
}

/// Says that a route to an instance wants one with one interface (R92).
fn only_interface(cx: &mut Resolver<'_>, instance: InstanceId, span: Span) -> Option<Target> {
    let item = &cx.model.instances[instance];
    let names = item.interfaces.iter().map(|&id| cx.model.interfaces[id].name.as_str());
    let names: Vec<String> = names.map(echo).collect();
    let message = format!("instance {} has several network interfaces", echo(&item.name));
    let mut diagnostic = Diagnostic::error("InvalidInstanceID", message, span, "which of them?")
        .also(item.span, format!("has {}", item.interfaces.len()))
        .help(format!("name the interface: {}", names.join(" or ")));
    // The one that may forward is the one that was meant.
    let forwards = item.interfaces.iter().map(|&id| &cx.model.interfaces[id]);
    let mut forwards = forwards.filter(|one| one.source_dest_check == SourceDestCheck::Off);
    if let (Some(one), None) = (forwards.next(), forwards.next()) {
        diagnostic = diagnostic.patch("name the interface that may forward", span, one.name.clone());
    }
    cx.found.push(diagnostic);
    None
}

fn unknown_target(cx: &mut Resolver<'_>, name: &str, span: Span, of_database: bool) {
    if of_database || cx.databases.get(name).is_some() {
        let message = format!("no route can lead to database {}", echo(name));
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, span, "RDS owns its interface");
        cx.found.push(diagnostic.help("a route leads to a gateway, an instance or a network interface"));
        return;
    }
    let message = format!("no gateway, instance or network interface is called {}", echo(name));
    let gateways = cx.internet_gateways.all().chain(cx.nat_gateways.all());
    let known = gateways.chain(cx.interfaces.keys().map(String::as_str));
    cx.found.unknown("unknown-name", message, name, span, known);
    cx.found.help_last("something real that fmnet does not model is written `unmodelled NAME`".to_owned());
}
