//! Route tables and their routes (R18, R77, R78, R83, R86, R92).
//!
//! In: `route_tables`. Out: the model's tables, exactly one of them main.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use rustc_hash::FxHashMap;

use super::block;
use super::names::{Kind, Meant, Names, Scoped};
use super::{
    Findings, Home, Resolver, egress_only_internet_gateway, subnet, transit_gateway, virtual_private_gateway, vpc,
};
use crate::arena::Arena;
use crate::diagnostic::Diagnostic;
use crate::model::interface::{Owner, SourceDestCheck};
use crate::model::route_table::{Destination, Origin, Route, RouteTable, Target};
use crate::model::{InstanceId, Model, PrefixListId, RouteTableId, VpcId};
use crate::source::Span;
use crate::spec::{DestinationSpec, RouteSpec, RouteTableSpec, Spanned, TargetSpec, VpcSpec};
use crate::words::echo;

/// The name of the main table that AWS makes.
pub(super) const MAIN: &str = "main";

/// What no route may capture (R77).
const KEPT: [IpNet; 2] = [
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 168, 0), 22)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32)),
];

/// Declares the tables, AWS's own main one included.
pub(super) fn declare<'a>(homes: &[Home<'a>], model: &mut Model, found: &mut Findings) -> Scoped<'a, RouteTable> {
    let names = |vpc: &'a VpcSpec| {
        let main = main_is_missing(&vpc.route_tables).then_some((MAIN, Span::NOWHERE));
        vpc.route_tables.iter().map(|table| super::bare(&table.name)).chain(main)
    };
    super::declare(Kind::ROUTE_TABLE, homes, &mut model.route_tables, found, names, empty)
}

/// A table to be completed.
fn empty(vpc: VpcId, name: String, span: Span) -> RouteTable {
    RouteTable { name, vpc, is_main: false, routes: Vec::new(), span }
}

/// Whether AWS's own main table has to be made: no table is main, and none has its name.
fn main_is_missing(tables: &[RouteTableSpec]) -> bool {
    !tables.iter().any(|table| table.main.is_some() || table.name.value == MAIN)
}

/// Says which table is main. A table called `main` is, where no other says so.
pub(super) fn main(
    home: &Home<'_>,
    names: &Names<'_, RouteTable>,
    tables: &mut Arena<RouteTable>,
    found: &mut Findings,
) -> RouteTableId {
    let spec = home.spec;
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
    let id = id.unwrap_or_else(|| tables.push(empty(home.id, MAIN.to_owned(), Span::NOWHERE)));
    tables.get_mut(id).is_main = true;
    id
}

/// Completes the tables of a VPC.
pub(super) fn resolve(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    let mut blocks: Vec<IpNet> = subnet::of_vpc(cx, vpc).flat_map(|(_, home)| subnet::blocks(home)).collect();
    blocks.sort_by_key(|&block| subnet::block_order(block));
    for (table, id) in spec.route_tables.iter().zip(cx.route_tables.of(vpc).in_file_order()) {
        let mut routes = Vec::with_capacity(table.routes.len());
        let mut written: FxHashMap<(Option<IpNet>, Option<PrefixListId>), Span> = FxHashMap::default();
        for route in &table.routes {
            let target = target(cx, vpc, &route.target);
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
                check(cx, vpc, &blocks, route, destination, target.as_ref());
            }
            if let Some(Target::EgressOnlyInternetGateway(_)) = target {
                egress_only_internet_gateway::refuse_ipv4(cx, route, destination);
            }
            let Some(target) = target else { continue };
            let (origin, is_filtered, span) = (route.origin, route.filtered, route.span);
            routes.push(Route { destination, target, origin, is_filtered, span });
        }
        routes.extend(virtual_private_gateway::propagated(cx, vpc, table, &routes));
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
fn check(
    cx: &mut Resolver<'_>,
    vpc: VpcId,
    blocks: &[IpNet],
    route: &RouteSpec,
    to: Destination,
    target: Option<&Target>,
) {
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
        inside_vpc(cx, vpc, blocks, net, (span, route.target.span), target);
    }
}

/// A destination in the VPC: whole subnets alone, and to few targets (R83); nothing that
/// a later block swallows (R18).
fn inside_vpc(
    cx: &mut Resolver<'_>,
    vpc: VpcId,
    blocks: &[IpNet],
    net: IpNet,
    (span, target_span): (Span, Span),
    target: Option<&Target>,
) {
    vpc::carries(cx, vpc, "a route", net, span);
    let Some(index) = cx.home(vpc).blocks.iter().position(|(block, _)| block.contains(&net)) else {
        return;
    };
    let Some(&(block, at)) = cx.home(vpc).blocks.get(index) else {
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
        Some(Target::InternetGateway(_)) => Some("an internet gateway"),
        Some(Target::EgressOnlyInternetGateway(_)) => Some("an egress-only internet gateway"),
        Some(Target::PeeringConnection(_)) => Some("a peering connection"),
        Some(Target::VirtualPrivateGateway(_)) => Some("a virtual private gateway"),
        Some(Target::TransitGateway(_)) => Some("a transit gateway"),
        Some(Target::NatGateway(_) | Target::Interface(_) | Target::Blackhole | Target::Unmodelled(_)) | None => None,
    };
    if let Some(what) = refused.filter(|_| whole) {
        let message = format!("a route inside the VPC cannot lead to {what}: `{net}`");
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, target_span, what)
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

fn target(cx: &mut Resolver<'_>, vpc: VpcId, typed: &Spanned<TargetSpec>) -> Option<Target> {
    let name = match &typed.value {
        TargetSpec::Blackhole => return Some(Target::Blackhole),
        TargetSpec::Unmodelled(name) => return Some(Target::Unmodelled(name.clone())),
        TargetSpec::Name(name) => name,
    };
    if cx.nat_gateways.is_unplaced(vpc, name) {
        return None;
    }
    let span = cx.within(typed.span, name);
    let all = candidates(cx, vpc, name);
    // A VPC's own things are meant first.
    let of_kin = |kin: Kin| all.iter().copied().filter(|one| one.kin == kin).collect::<Vec<_>>();
    let mut meant = of_kin(Kin::Own);
    if meant.is_empty() {
        meant = of_kin(Kin::Stranger);
    }
    match meant.as_slice() {
        [] => unknown_target(cx, vpc, name, span),
        [one] => return only_target(cx, vpc, name, span, *one),
        [first, second, ..] => {
            let message = format!("{} is both {} and {}", echo(name), first.word, second.word);
            let diagnostic = Diagnostic::error("ambiguous-name", message, span, "which of them?");
            cx.found.push(diagnostic.help("give one of them another name"));
        }
    }
    None
}

/// Whose something is, seen from a route table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kin {
    /// Its VPC's.
    Own,
    /// Another VPC's.
    Stranger,
}

/// What a target may mean.
#[derive(Clone, Copy)]
struct Candidate {
    word: &'static str,
    kin: Kin,
    /// The VPC that it is in; none where it joins several.
    vpc: Option<VpcId>,
    thing: Thing,
}

#[derive(Clone, Copy)]
enum Thing {
    InternetGateway(crate::model::InternetGatewayId),
    EgressOnlyInternetGateway(crate::model::EgressOnlyInternetGatewayId),
    NatGateway(crate::model::NatGatewayId),
    Instance(InstanceId),
    Interface(crate::model::InterfaceId),
    PeeringConnection(crate::model::PeeringConnectionId),
    VirtualPrivateGateway(crate::model::VirtualPrivateGatewayId),
    TransitGateway(crate::model::TransitGatewayId),
}

/// Everything of this name that a route may lead to. A kind of target is a line here.
fn candidates(cx: &Resolver<'_>, vpc: VpcId, name: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    found.extend(candidate("an internet gateway", vpc, cx.internet_gateways.meant(vpc, name), Thing::InternetGateway));
    let egress_only = cx.egress_only_internet_gateways.meant(vpc, name);
    let word = "an egress-only internet gateway";
    found.extend(candidate(word, vpc, egress_only, Thing::EgressOnlyInternetGateway));
    found.extend(candidate("a NAT gateway", vpc, cx.nat_gateways.meant(vpc, name), Thing::NatGateway));
    let instance = candidate("an instance", vpc, cx.instances.meant(vpc, name), Thing::Instance);
    let is_instance = instance.is_some();
    found.extend(instance);
    let interface = candidate("a network interface", vpc, cx.interfaces.meant(vpc, name), Thing::Interface);
    // An instance with one interface has the interface's name.
    found.extend(interface.filter(|_| !is_instance).filter(|one| !is_of_database(cx, one.thing)));
    let gateway = cx.virtual_private_gateways.meant(vpc, name);
    found.extend(candidate("a virtual private gateway", vpc, gateway, Thing::VirtualPrivateGateway));
    found.extend(cx.peering_connections.get(name).map(|id| {
        let joins = cx.model.peering_connections[id].other(vpc).is_some();
        let kin = if joins { Kin::Own } else { Kin::Stranger };
        Candidate { word: "a peering connection", kin, vpc: None, thing: Thing::PeeringConnection(id) }
    }));
    found.extend(cx.transit_gateways.names.get(name).map(|id| {
        let joins = transit_gateway::attachment_of(&cx.model, id, vpc).is_some();
        let kin = if joins { Kin::Own } else { Kin::Stranger };
        Candidate { word: "a transit gateway", kin, vpc: None, thing: Thing::TransitGateway(id) }
    }));
    found
}

fn candidate<T>(
    word: &'static str,
    here: VpcId,
    meant: Meant<T>,
    thing: impl Fn(crate::arena::Id<T>) -> Thing,
) -> Option<Candidate> {
    match meant {
        Meant::Own(id) => Some(Candidate { word, kin: Kin::Own, vpc: Some(here), thing: thing(id) }),
        Meant::Elsewhere(vpc, id) => Some(Candidate { word, kin: Kin::Stranger, vpc: Some(vpc), thing: thing(id) }),
        Meant::Several(_) | Meant::Nobody => None,
    }
}

fn is_of_database(cx: &Resolver<'_>, thing: Thing) -> bool {
    match thing {
        Thing::Interface(id) => match cx.model.interfaces[id].owner {
            Owner::Database(_) => true,
            Owner::Instance(_) | Owner::Nobody => false,
        },
        Thing::InternetGateway(_)
        | Thing::NatGateway(_)
        | Thing::Instance(_)
        | Thing::PeeringConnection(_)
        | Thing::EgressOnlyInternetGateway(_)
        | Thing::VirtualPrivateGateway(_)
        | Thing::TransitGateway(_) => false,
    }
}

/// The target that is meant, if a table of `vpc` may lead there.
fn only_target(cx: &mut Resolver<'_>, vpc: VpcId, name: &str, span: Span, meant: Candidate) -> Option<Target> {
    let (target, home) = match meant.thing {
        Thing::InternetGateway(id) => (Target::InternetGateway(id), meant.vpc),
        Thing::EgressOnlyInternetGateway(id) => (Target::EgressOnlyInternetGateway(id), meant.vpc),
        Thing::NatGateway(id) => (Target::NatGateway(id), meant.vpc),
        Thing::VirtualPrivateGateway(id) => (Target::VirtualPrivateGateway(id), meant.vpc),
        Thing::PeeringConnection(id) => {
            let joins = cx.model.peering_connections[id].other(vpc).is_some();
            (Target::PeeringConnection(id), joins.then_some(vpc))
        }
        Thing::TransitGateway(id) => match transit_gateway::attachment_of(&cx.model, id, vpc) {
            Some(attachment) => (Target::TransitGateway(attachment), Some(vpc)),
            None => return not_attached(cx, vpc, name, span),
        },
        Thing::Instance(id) if cx.model.instances[id].interfaces.len() > 1 => return only_interface(cx, id, span),
        Thing::Instance(id) => {
            let &only = cx.model.instances[id].interfaces.first()?;
            (Target::Interface(only), Some(cx.model.vpc_of_interface(only)))
        }
        // An interface of one VPC's instance may lie in another VPC.
        Thing::Interface(id) => (Target::Interface(id), Some(cx.model.vpc_of_interface(id))),
    };
    if home == Some(vpc) {
        return Some(target);
    }
    let of = match home {
        Some(home) => format!("belongs to VPC {}", echo(cx.home(home).name())),
        None => "joins other VPCs".to_owned(),
    };
    let message = format!("{} is {}, and {of}", echo(name), meant.word);
    let label = format!("not of VPC {}", echo(cx.home(vpc).name()));
    let diagnostic = Diagnostic::error("InvalidParameterValue", message, span, label);
    cx.found
        .push(diagnostic.help("a route leads to a gateway, an interface or a peering connection of its table's VPC"));
    None
}

/// AWS knows a transit gateway only in the VPCs that are attached to it.
fn not_attached(cx: &mut Resolver<'_>, vpc: VpcId, name: &str, span: Span) -> Option<Target> {
    let vpc = echo(cx.home(vpc).name());
    let message = format!("VPC {vpc} is not attached to transit gateway {}", echo(name));
    let diagnostic = Diagnostic::error("InvalidTransitGatewayID.NotFound", message, span, "not attached");
    cx.found.push(diagnostic.help("give the transit gateway an attachment of the VPC first"));
    None
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

fn unknown_target(cx: &mut Resolver<'_>, vpc: VpcId, name: &str, span: Span) {
    let of_database = cx.interfaces.get(vpc, name).is_some();
    if of_database || cx.databases.get(vpc, name).is_some() {
        let message = format!("no route can lead to database {}", echo(name));
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, span, "RDS owns its interface");
        cx.found.push(diagnostic.help("a route leads to a gateway, an instance or a network interface"));
        return;
    }
    let message = format!("no gateway, instance or network interface is called {}", echo(name));
    let gateways = cx.internet_gateways.of(vpc).all().chain(cx.nat_gateways.of(vpc).all());
    let gateways = gateways.chain(cx.virtual_private_gateways.of(vpc).all());
    let gateways = gateways.chain(cx.egress_only_internet_gateways.of(vpc).all());
    let known = gateways
        .chain(cx.peering_connections.all())
        .chain(cx.transit_gateways.names.all())
        .chain(cx.interfaces.of(vpc).all());
    cx.found.unknown("unknown-name", message, name, span, known);
    cx.found.help_last("something real that fmnet does not model is written `unmodelled NAME`".to_owned());
}
