//! From what someone typed to a network that AWS could build.
//!
//! In: a [`Spec`]. Out: a [`Model`], or every mistake that AWS would refuse, each with
//! AWS's own code where it has one, and warnings. Resolving goes on past a mistake
//! wherever it has a meaning, and does not tell of its consequences. Each kind of
//! component has its own file here, under its AWS name, and its line in `STEPS`.

mod address;
mod block;
mod block_public_access;
mod database;
mod direct_connect_gateway;
mod egress_only_internet_gateway;
mod gateway;
mod instance;
mod intent;
mod interface;
mod names;
mod network_acl;
mod on_premises;
mod peering_connection;
mod place;
mod prefix_list;
mod quota;
mod route_table;
mod security_group;
mod subnet;
mod transit_gateway;
mod unfixed;
mod virtual_private_gateway;
mod vpc;
mod vpn_connection;
mod zone;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::arena::Arena;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::database::Database;
use crate::model::direct_connect_gateway::DirectConnectGateway;
use crate::model::egress_only_internet_gateway::EgressOnlyInternetGateway;
use crate::model::gateway::{InternetGateway, NatGateway};
use crate::model::interface::{Instance, Interface};
use crate::model::network_acl::NetworkAcl;
use crate::model::on_premises::OnPremises;
use crate::model::peering_connection::PeeringConnection;
use crate::model::place::Place;
use crate::model::prefix_list::PrefixList;
use crate::model::route_table::RouteTable;
use crate::model::security_group::SecurityGroup;
use crate::model::virtual_private_gateway::VirtualPrivateGateway;
use crate::model::vpc::{Subnet, Vpc};
use crate::model::vpn_connection::{CustomerGateway, VpnConnection};
use crate::model::{InterfaceId, Model, NatGatewayId, SecurityGroupId, SubnetId, VpcId};
use crate::source::{Source, Span};
use crate::spec::{Name, Spec, VpcSpec};
use crate::traffic::PortRange;
use crate::words::suggest;
use interface::Draft;
use names::{Kind, Names, Scoped, Titles};
use transit_gateway::TransitGateways;

pub(crate) use intent::{assemble, default_traffic, ends, mistake};

/// Resolves a design that was read without a mistake: the model, unless there is an
/// error, and what was found, errors first, each kind in file order.
#[must_use]
pub fn resolve(spec: &Spec, source: &Source) -> (Option<Model>, Vec<Diagnostic>) {
    Resolver::new(spec, source, Reading::Whole).run()
}

/// Looks for further mistakes in a design of which a part could not be read; what is
/// missing may be in that part, and is not held against it.
#[must_use]
pub fn check_rest(spec: &Spec, source: &Source) -> Vec<Diagnostic> {
    Resolver::new(spec, source, Reading::InPart).run().1
}

/// How many rules of groups a design may come to: more than twice AWS's default quotas.
const MAX_RULES: usize = 1_000_000;
const MAX_DIAGNOSTICS: usize = 1000;

/// A step of resolving.
#[derive(Clone, Copy)]
enum Step {
    /// Is taken for each VPC.
    Each(fn(&mut Resolver<'_>, VpcId)),
    /// Is taken once.
    Once(fn(&mut Resolver<'_>)),
}

/// What is resolved after what.
const STEPS: [Step; 27] = [
    Step::Each(instance::check_names),
    Step::Each(vpc::resolve),
    Step::Once(vpc::apart),
    Step::Once(peering_connection::resolve),
    Step::Once(place::resolve),
    Step::Once(prefix_list::resolve),
    Step::Once(on_premises::resolve),
    Step::Each(virtual_private_gateway::resolve),
    Step::Once(vpn_connection::resolve),
    Step::Once(direct_connect_gateway::resolve),
    Step::Each(network_acl::resolve),
    Step::Each(subnet::resolve),
    Step::Once(zone::resolve),
    Step::Once(transit_gateway::resolve),
    Step::Once(transit_gateway::route_table::resolve),
    Step::Once(block_public_access::resolve),
    Step::Each(security_group::associate),
    Step::Each(security_group::resolve),
    Step::Each(gateway::resolve),
    Step::Each(instance::resolve),
    Step::Each(database::resolve),
    Step::Once(interface::admit),
    Step::Once(address::assign),
    Step::Each(route_table::resolve),
    Step::Each(gateway::check_attachment),
    Step::Once(intent::resolve),
    Step::Once(check_limits),
];

fn check_limits(cx: &mut Resolver<'_>) {
    quota::check(cx);
    unfixed::check(cx);
}

/// Whether the whole of the design could be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Whole,
    InPart,
}

/// What was found so far.
struct Findings {
    all: Vec<Diagnostic>,
    is_misread: bool,
    /// Names that may still be compared with an unknown one: a design with thousands of
    /// unknown names needs no thousands of suggestions.
    patience: usize,
}

impl Findings {
    fn push(&mut self, diagnostic: Diagnostic) {
        self.all.push(diagnostic);
    }

    /// An unknown name, and the nearest known one.
    fn unknown<'n>(
        &mut self,
        code: &'static str,
        message: String,
        name: &str,
        span: Span,
        known: impl Iterator<Item = &'n str>,
    ) {
        let mut diagnostic = Diagnostic::error(code, message, span, "unknown");
        let patience = &mut self.patience;
        let known = known.take_while(|_| {
            *patience = patience.saturating_sub(1);
            *patience > 0
        });
        diagnostic = suggest(diagnostic, name, span, known);
        self.push(diagnostic);
    }

    /// Adds help to what was found last.
    fn help_last(&mut self, help: String) {
        if let Some(last) = self.all.last_mut() {
            last.help.push(help);
        }
    }
}

/// A VPC, and what is known of it beside the model.
struct Home<'a> {
    id: VpcId,
    spec: &'a VpcSpec,
    /// Its blocks, as stored, in file order.
    blocks: Vec<vpc::Placed>,
    /// Whether a block of it was refused.
    is_broken: bool,
}

impl<'a> Home<'a> {
    /// Its name; empty where that could not be read.
    fn name(&self) -> &'a str {
        self.spec.name.as_ref().map_or("", |name| &name.value)
    }
}

/// A model on its way.
struct Resolver<'a> {
    spec: &'a Spec,
    source: &'a Source,
    is_misread: bool,
    found: Findings,
    model: Model,
    /// Every VPC, by its id.
    homes: Vec<Home<'a>>,
    vpcs: Names<'a, Vpc>,
    subnets: Scoped<'a, Subnet>,
    route_tables: Scoped<'a, RouteTable>,
    internet_gateways: Scoped<'a, InternetGateway>,
    egress_only_internet_gateways: Scoped<'a, EgressOnlyInternetGateway>,
    nat_gateways: Scoped<'a, NatGateway>,
    network_acls: Scoped<'a, NetworkAcl>,
    security_groups: Scoped<'a, SecurityGroup>,
    instances: Scoped<'a, Instance>,
    databases: Scoped<'a, Database>,
    interfaces: Scoped<'a, Interface>,
    prefix_lists: Names<'a, PrefixList>,
    places: Names<'a, Place>,
    peering_connections: Names<'a, PeeringConnection>,
    virtual_private_gateways: Scoped<'a, VirtualPrivateGateway>,
    customer_gateways: Names<'a, CustomerGateway>,
    vpn_connections: Names<'a, VpnConnection>,
    direct_connect_gateways: Names<'a, DirectConnectGateway>,
    on_premises: Names<'a, OnPremises>,
    transit_gateways: TransitGateways<'a>,
    /// What workloads and their interfaces are called.
    workloads: Titles,
    drafts: Vec<Draft>,
    /// Subnets of which a block was refused: nothing is said of addresses in them.
    broken_subnets: FxHashSet<SubnetId>,
    /// Subnets that give public addresses to what is launched in them.
    public_subnets: FxHashSet<SubnetId>,
    /// How many more rules of groups are read.
    rules_left: usize,
    /// Groups of VPCs outside the design that are not associated, and where that is said.
    unusable_groups: FxHashMap<SecurityGroupId, Span>,
    /// Groups in further VPCs: where that is said, and whether they may be used there.
    associations: BTreeMap<(SecurityGroupId, VpcId), (Span, bool)>,
    /// Interfaces and NAT gateways whose subnet is unknown.
    homeless_interfaces: FxHashSet<InterfaceId>,
    homeless_nat_gateways: FxHashSet<NatGatewayId>,
    /// Where each address is used that the design names.
    private_holders: FxHashMap<(VpcId, IpAddr), Span>,
    public_holders: BTreeMap<Ipv4Addr, Span>,
}

impl<'a> Resolver<'a> {
    /// Declares every name, with a component to be completed.
    fn new(spec: &'a Spec, source: &'a Source, reading: Reading) -> Self {
        let is_misread = reading == Reading::InPart;
        let mut found = Findings { all: Vec::new(), is_misread, patience: 40_000 };
        let mut model = empty_model(spec);
        let f = &mut found;
        let (vpcs, homes) = vpc::declare(spec, &mut model, f);
        let prefix_lists = spec.prefix_lists.iter().map(|list| bare(&list.name));
        let prefix_lists =
            Names::declare(Kind::PREFIX_LIST, prefix_lists, &mut model.prefix_lists, prefix_list::empty, f);
        let places = spec.places.iter().map(|(name, _)| bare(name));
        let places = Names::declare(Kind::PLACE, places, &mut model.places, place::empty, f);
        let peering_connections = peering_connection::declare(spec, &homes, &mut model, f);
        let networks = spec.on_premises.iter().map(|(name, _)| bare(name));
        let on_premises = Names::declare(Kind::ON_PREMISES, networks, &mut model.on_premises, on_premises::empty, f);
        let virtual_private_gateways = virtual_private_gateway::declare(&homes, &mut model, f);
        let customer_gateways = vpn_connection::declare_customer(spec, on_premises.first(), &mut model, f);
        let private = model.virtual_private_gateways.ids().next();
        let vpn_connections = vpn_connection::declare(spec, customer_gateways.first().zip(private), &mut model, f);
        let direct_connect_gateways = direct_connect_gateway::declare(spec, &mut model, f);
        let transit_gateways = transit_gateway::declare(spec, &mut model, f);
        let route_tables = route_table::declare(&homes, &mut model, f);
        let network_acls = network_acl::declare(&homes, &mut model, f);
        let security_groups = security_group::declare(&homes, &mut model, f);
        let subnets = subnet::declare(&homes, &mut model, &route_tables, &network_acls, f);
        let internet_gateways = gateway::declare_internet(&homes, &mut model, f);
        let egress_only_internet_gateways = egress_only_internet_gateway::declare(&homes, &mut model, f);
        let nat_gateways = gateway::declare_nat(&homes, &mut model, &subnets, f);
        let workloads = interface::titles(&homes);
        let instances = instance::declare(&homes, &mut model, &workloads, f);
        let databases = database::declare(&homes, &mut model, &workloads, f);
        let interfaces = Scoped::declare(Kind::INTERFACE, &homes, |_| Names::empty(Kind::INTERFACE));
        Self {
            spec,
            source,
            is_misread,
            found,
            model,
            homes,
            vpcs,
            subnets,
            route_tables,
            internet_gateways,
            egress_only_internet_gateways,
            nat_gateways,
            network_acls,
            security_groups,
            instances,
            databases,
            interfaces,
            prefix_lists,
            places,
            peering_connections,
            customer_gateways,
            direct_connect_gateways,
            on_premises,
            transit_gateways,
            virtual_private_gateways,
            vpn_connections,
            workloads,
            drafts: Vec::new(),
            broken_subnets: FxHashSet::default(),
            public_subnets: FxHashSet::default(),
            rules_left: MAX_RULES,
            unusable_groups: FxHashMap::default(),
            associations: BTreeMap::new(),
            homeless_interfaces: FxHashSet::default(),
            homeless_nat_gateways: FxHashSet::default(),
            private_holders: FxHashMap::default(),
            public_holders: BTreeMap::new(),
        }
    }

    fn home(&self, vpc: VpcId) -> &Home<'a> {
        #[expect(clippy::indexing_slicing, reason = "there is a home for each VPC")]
        &self.homes[vpc.index()]
    }

    fn home_mut(&mut self, vpc: VpcId) -> &mut Home<'a> {
        #[expect(clippy::indexing_slicing, reason = "there is a home for each VPC")]
        &mut self.homes[vpc.index()]
    }

    fn vpc_mut(&mut self, vpc: VpcId) -> &mut Vpc {
        self.model.vpcs.get_mut(vpc)
    }

    fn run(mut self) -> (Option<Model>, Vec<Diagnostic>) {
        for step in STEPS {
            match step {
                Step::Each(step) => self.model.vpcs.ids().for_each(|vpc| step(&mut self, vpc)),
                Step::Once(step) => step(&mut self),
            }
        }
        let mut found = self.found.all;
        let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.span);
        found.sort_by(|a, b| (a.severity, place(a), a.code).cmp(&(b.severity, place(b), b.code)));
        found.dedup();
        shorten(&mut found);
        let is_refused = self.is_misread
            || self.model.vpcs.is_empty()
            || found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        ((!is_refused).then_some(self.model), found)
    }

    /// Counts a rule; nothing where there are more than anybody has, and that has been told.
    fn admit_rule(&mut self, span: Span) -> Option<()> {
        self.rules_left = self.rules_left.checked_sub(1)?;
        if self.rules_left == 0 {
            let message = format!("the design comes to more than {MAX_RULES} rules");
            let label = "this line goes beyond it";
            let diagnostic = Diagnostic::error("too-many-rules", message, span, label);
            self.found.push(diagnostic.help("a line counts once for each port range and block"));
        }
        (self.rules_left > 0).then_some(())
    }

    /// The place of `name` at the end of `span`, which may hold a keyword before it.
    fn within(&self, span: Span, name: &str) -> Span {
        let typed = self.source.slice(span);
        let quoted = typed.ends_with('"') && !name.ends_with('"');
        let length = name.len() + if quoted { 2 } else { 0 };
        let keyword = typed
            .len()
            .checked_sub(length)
            .filter(|&keyword| typed.get(keyword..).is_some_and(|end| end.trim_matches('"') == name) && keyword > 0);
        keyword.map_or(span, |keyword| Span { start: span.start + keyword as u32, end: span.end })
    }
}

/// Nobody reads more than a thousand mistakes, and a hostile file has millions.
fn shorten(found: &mut Vec<Diagnostic>) {
    if found.len() <= MAX_DIAGNOSTICS {
        return;
    }
    let message = format!("more than {MAX_DIAGNOSTICS} mistakes; the rest is not shown");
    let severity = found.iter().map(|diagnostic| diagnostic.severity).min();
    let mut rest = Diagnostic::error("too-many-mistakes", message, Span::NOWHERE, "");
    rest.severity = severity.unwrap_or(Severity::Error);
    rest.labels.clear();
    found.truncate(MAX_DIAGNOSTICS);
    found.push(rest);
}

fn empty_model(spec: &Spec) -> Model {
    Model {
        vpcs: Arena::default(),
        subnets: Arena::default(),
        route_tables: Arena::default(),
        internet_gateways: Arena::default(),
        egress_only_internet_gateways: Arena::default(),
        nat_gateways: Arena::default(),
        network_acls: Arena::default(),
        security_groups: Arena::default(),
        prefix_lists: Arena::default(),
        interfaces: Arena::default(),
        instances: Arena::default(),
        databases: Arena::default(),
        peering_connections: Arena::default(),
        virtual_private_gateways: Arena::default(),
        customer_gateways: Arena::default(),
        vpn_connections: Arena::default(),
        direct_connect_gateways: Arena::default(),
        on_premises: Arena::default(),
        transit_gateways: Arena::default(),
        transit_gateway_attachments: Arena::default(),
        transit_gateway_peerings: Arena::default(),
        transit_gateway_route_tables: Arena::default(),
        block_public_access: Vec::new(),
        places: Arena::default(),
        intents: Vec::new(),
        source_ports: spec.source_ports.as_ref().map_or(PortRange::CLIENTS, |ports| ports.value),
        snapshot: spec.snapshot.unwrap_or_default(),
    }
}

fn bare(name: &Name) -> (&str, Span) {
    (name.value.as_str(), name.span)
}

/// The names, and that of what AWS makes where nobody writes it.
fn or_default<'a>(
    names: impl Iterator<Item = &'a Name> + Clone,
    default: &'static str,
) -> impl Iterator<Item = (&'a str, Span)> {
    let missing = !names.clone().any(|name| name.value == default);
    names.map(bare).chain(missing.then_some((default, Span::NOWHERE)))
}

/// Declares things of one kind, of which each VPC has its own.
fn declare<'a, T, N: Iterator<Item = (&'a str, Span)>>(
    kind: Kind,
    homes: &[Home<'a>],
    arena: &mut Arena<T>,
    found: &mut Findings,
    names: impl Fn(&'a VpcSpec) -> N,
    mut make: impl FnMut(VpcId, String, Span) -> T,
) -> Scoped<'a, T> {
    let titles = Titles::of(homes, |spec| names(spec).map(|(name, _)| name.into()).collect());
    Scoped::declare(kind, homes, |home| {
        let make = |name: &'a str, span| make(home.id, titles.title(home.id, name), span);
        Names::declare(kind, names(home.spec), arena, make, found)
    })
}

#[cfg(test)]
mod tests;
