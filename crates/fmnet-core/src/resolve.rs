//! From what someone typed to a network that AWS could build.
//!
//! In: a [`Spec`]. Out: a [`Model`], or every mistake that AWS would refuse, each with
//! AWS's own code where it has one, and warnings. Resolving goes on past a mistake
//! wherever it has a meaning, and does not tell of its consequences. Each kind of
//! component has its own file here, under its AWS name.

mod address;
mod block;
mod database;
mod gateway;
mod instance;
mod intent;
mod interface;
mod names;
mod network_acl;
mod place;
mod prefix_list;
mod quota;
mod route_table;
mod security_group;
mod subnet;
mod unfixed;
mod vpc;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::arena::Arena;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::database::Database;
use crate::model::gateway::{InternetGateway, NatGateway};
use crate::model::interface::Instance;
use crate::model::network_acl::NetworkAcl;
use crate::model::place::Place;
use crate::model::prefix_list::PrefixList;
use crate::model::route_table::RouteTable;
use crate::model::security_group::SecurityGroup;
use crate::model::vpc::{Subnet, Vpc};
use crate::model::{InterfaceId, Model, NatGatewayId, SecurityGroupId, SubnetId, VpcId};
use crate::source::{Source, Span};
use crate::spec::{Name, Spec};
use crate::traffic::PortRange;
use crate::words::suggest;
use names::{Kind, Names};

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

/// A model on its way.
struct Resolver<'a> {
    vpc: VpcId,
    spec: &'a Spec,
    source: &'a Source,
    is_misread: bool,
    found: Findings,
    model: Model,
    subnets: Names<'a, Subnet>,
    route_tables: Names<'a, RouteTable>,
    internet_gateways: Names<'a, InternetGateway>,
    nat_gateways: Names<'a, NatGateway>,
    network_acls: Names<'a, NetworkAcl>,
    security_groups: Names<'a, SecurityGroup>,
    prefix_lists: Names<'a, PrefixList>,
    instances: Names<'a, Instance>,
    databases: Names<'a, Database>,
    places: Names<'a, Place>,
    interfaces: BTreeMap<String, InterfaceId>,
    /// Blocks of the VPC, as stored, in file order.
    vpc_blocks: Vec<(IpNet, Span)>,
    /// Whether a block of the VPC was refused.
    vpc_is_broken: bool,
    /// Subnets of which a block was refused: nothing is said of addresses in them.
    broken_subnets: FxHashSet<SubnetId>,
    /// Subnets that give public addresses to what is launched in them.
    public_subnets: FxHashSet<SubnetId>,
    /// How many more rules of groups are read.
    rules_left: usize,
    /// Groups of other VPCs that are not associated, and where that is said.
    unusable_groups: FxHashMap<SecurityGroupId, Span>,
    /// Interfaces and NAT gateways whose subnet is unknown.
    homeless_interfaces: FxHashSet<InterfaceId>,
    homeless_nat_gateways: FxHashSet<NatGatewayId>,
    /// Where each address is used that the design names.
    private_holders: FxHashMap<IpAddr, Span>,
    public_holders: BTreeMap<Ipv4Addr, Span>,
}

impl<'a> Resolver<'a> {
    /// Declares every name, with a component to be completed.
    fn new(spec: &'a Spec, source: &'a Source, reading: Reading) -> Self {
        let is_misread = reading == Reading::InPart;
        let mut found = Findings { all: Vec::new(), is_misread, patience: 40_000 };
        let mut model = empty_model(spec);
        let vpc = model.vpcs.push(vpc::empty());
        let f = &mut found;
        let prefix_lists = spec.prefix_lists.iter().map(|list| bare(&list.name));
        let prefix_lists =
            Names::declare(Kind::PREFIX_LIST, prefix_lists, &mut model.prefix_lists, prefix_list::empty, f);
        let places = spec.places.iter().map(|(name, _)| bare(name));
        let places = Names::declare(Kind::PLACE, places, &mut model.places, place::empty, f);
        let main = route_table::main_is_missing(&spec.route_tables).then_some((route_table::MAIN, Span::NOWHERE));
        let tables = spec.route_tables.iter().map(|table| bare(&table.name)).chain(main);
        let make = |name: &str, span| route_table::empty(vpc, name, span);
        let route_tables = Names::declare(Kind::ROUTE_TABLE, tables, &mut model.route_tables, make, f);
        let acls = or_default(spec.network_acls.iter().map(|acl| &acl.name), network_acl::DEFAULT);
        let make = |name: &str, span| network_acl::empty(vpc, name, span);
        let network_acls = Names::declare(Kind::NETWORK_ACL, acls, &mut model.network_acls, make, f);
        let groups = or_default(spec.security_groups.iter().map(|group| &group.name), security_group::DEFAULT);
        let arena = &mut model.security_groups;
        let security_groups =
            Names::declare(Kind::SECURITY_GROUP, groups, arena, |name, span| security_group::empty(vpc, name, span), f);
        let subnets = declare_subnets(spec, vpc, &mut model, &route_tables, &network_acls, f);
        let gateways = spec.internet_gateways.iter().map(|gateway| bare(&gateway.name));
        let arena = &mut model.internet_gateways;
        let make = |name: &str, span| gateway::empty_internet(vpc, name, span);
        let internet_gateways = Names::declare(Kind::INTERNET_GATEWAY, gateways, arena, make, f);
        let nat_gateways = declare_nat_gateways(spec, &mut model, &subnets, f);
        let instances = spec.instances.iter().map(|instance| bare(&instance.name));
        let instances = Names::declare(Kind::INSTANCE, instances, &mut model.instances, instance::empty, f);
        let databases = spec.databases.iter().map(|database| bare(&database.name));
        let databases = Names::declare(Kind::DATABASE, databases, &mut model.databases, database::empty, f);
        Self {
            vpc,
            spec,
            source,
            is_misread,
            found,
            model,
            subnets,
            route_tables,
            internet_gateways,
            nat_gateways,
            network_acls,
            security_groups,
            prefix_lists,
            instances,
            databases,
            places,
            interfaces: BTreeMap::new(),
            vpc_blocks: Vec::new(),
            vpc_is_broken: false,
            broken_subnets: FxHashSet::default(),
            public_subnets: FxHashSet::default(),
            rules_left: MAX_RULES,
            unusable_groups: FxHashMap::default(),
            homeless_interfaces: FxHashSet::default(),
            homeless_nat_gateways: FxHashSet::default(),
            private_holders: FxHashMap::default(),
            public_holders: BTreeMap::new(),
        }
    }

    fn vpc_mut(&mut self) -> &mut Vpc {
        self.model.vpcs.get_mut(self.vpc)
    }

    fn run(mut self) -> (Option<Model>, Vec<Diagnostic>) {
        instance::check_names(&mut self);
        vpc::resolve(&mut self);
        place::resolve(&mut self);
        prefix_list::resolve(&mut self);
        network_acl::resolve(&mut self);
        subnet::resolve(&mut self);
        security_group::resolve(&mut self);
        gateway::resolve(&mut self);
        let mut drafts = Vec::new();
        instance::resolve(&mut self, &mut drafts);
        database::resolve(&mut self, &mut drafts);
        interface::admit(&mut self, drafts);
        address::assign(&mut self);
        route_table::resolve(&mut self);
        gateway::check_attachment(&mut self);
        intent::resolve(&mut self);
        quota::check(&mut self);
        unfixed::check(&mut self);
        let mut found = self.found.all;
        let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.span);
        found.sort_by(|a, b| (a.severity, place(a), a.code).cmp(&(b.severity, place(b), b.code)));
        found.dedup();
        shorten(&mut found);
        let is_refused = self.is_misread || found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
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

/// Declares the subnets, each with the main table and the default ACL for the time being.
fn declare_subnets<'a>(
    spec: &'a Spec,
    vpc: VpcId,
    model: &mut Model,
    tables: &Names<'a, RouteTable>,
    acls: &Names<'a, NetworkAcl>,
    found: &mut Findings,
) -> Names<'a, Subnet> {
    let main = route_table::main(spec, vpc, tables, &mut model.route_tables, found);
    let default = acls.get(network_acl::DEFAULT);
    let default = default
        .unwrap_or_else(|| model.network_acls.push(network_acl::empty(vpc, network_acl::DEFAULT, Span::NOWHERE)));
    let make = |name: &str, span| subnet::empty(vpc, name, span, main, default);
    Names::declare(Kind::SUBNET, spec.subnets.iter().map(|subnet| bare(&subnet.name)), &mut model.subnets, make, found)
}

/// Declares the NAT gateways, each in the first subnet for the time being.
fn declare_nat_gateways<'a>(
    spec: &'a Spec,
    model: &mut Model,
    subnets: &Names<'a, Subnet>,
    found: &mut Findings,
) -> Names<'a, NatGateway> {
    let gateways = spec.nat_gateways.iter().map(|gateway| bare(&gateway.name));
    let Some(first) = subnets.first() else {
        return Names::unplaced(Kind::NAT_GATEWAY, gateways);
    };
    let make = |name: &str, span| gateway::empty_nat(name, span, first);
    Names::declare(Kind::NAT_GATEWAY, gateways, &mut model.nat_gateways, make, found)
}

#[cfg(test)]
mod tests;
