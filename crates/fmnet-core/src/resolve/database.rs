//! RDS databases (R205 to R212).
//!
//! In: `databases`. Out: the model's databases, and a draft of an interface for each
//! subnet where the primary may be.

use super::interface::{self, Draft};
use super::names::{self, Kind, Names, Scoped, Titles};
use super::{Findings, Home, Resolver, instance, subnet};
use crate::diagnostic::Diagnostic;
use crate::model::database::Database;
use crate::model::interface::{Interface, InterfaceState, Owner, PublicKind, SourceDestCheck};
use crate::model::{DatabaseId, Model, SecurityGroupId, SubnetId, VpcId};
use crate::source::Span;
use crate::spec::{DatabaseSpec, Name};
use crate::words::echo;

/// Engines and the ports they listen on by default (R210).
const ENGINES: [(&str, u16); 15] = [
    ("postgres", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("sqlserver", 1433),
    ("oracle", 1521),
    ("redshift", 5439),
    ("aurora-postgresql", 5432),
    ("aurora-mysql", 3306),
    ("sqlserver-ee", 1433),
    ("sqlserver-se", 1433),
    ("sqlserver-ex", 1433),
    ("sqlserver-web", 1433),
    ("oracle-ee", 1521),
    ("oracle-se2", 1521),
    ("db2-se", 50000),
];

/// Declares the databases.
pub(super) fn declare<'a>(
    homes: &[Home<'a>],
    model: &mut Model,
    titles: &Titles,
    found: &mut Findings,
) -> Scoped<'a, Database> {
    Scoped::declare(Kind::DATABASE, homes, |home| {
        let names = home.spec.databases.iter().map(|database| super::bare(&database.name));
        let make = |name: &str, span| empty(titles.title(home.id, name), span);
        Names::declare(Kind::DATABASE, names, &mut model.databases, make, found)
    })
}

/// A database to be completed.
fn empty(name: String, span: Span) -> Database {
    Database {
        name,
        engine: String::new(),
        port: 0,
        subnet_group: Vec::new(),
        publicly_accessible: false,
        candidates: Vec::new(),
        tags: Vec::new(),
        span,
    }
}

/// Completes the databases of a VPC, and drafts their interfaces.
pub(super) fn resolve(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    for (database, id) in spec.databases.iter().zip(cx.databases.of(vpc).in_file_order()) {
        let port = port(cx, database);
        let subnets = subnet_group(cx, vpc, database);
        let groups = interface::groups(cx, vpc, database.groups.as_deref(), database.name.span);
        let item = cx.model.databases.get_mut(id);
        item.engine = database.engine.as_ref().map(|engine| engine.value.clone()).unwrap_or_default();
        item.port = port.unwrap_or_default();
        item.publicly_accessible = database.publicly_accessible;
        item.tags = instance::tags(&database.tags);
        item.subnet_group = subnets.iter().map(|&(subnet, _)| subnet).collect();
        candidates(cx, vpc, (database, id), &subnets, &groups);
    }
}

fn port(cx: &mut Resolver<'_>, spec: &DatabaseSpec) -> Option<u16> {
    let default = names::word("engine", spec.engine.as_ref(), &ENGINES, &mut cx.found);
    let Some(typed) = &spec.port else {
        if spec.engine.is_none() && !cx.is_misread {
            let message = format!("database {} has no port", echo(&spec.name.value));
            let diagnostic = Diagnostic::error("missing-key", message, spec.name.span, "needs `engine` or `port`");
            cx.found.push(diagnostic.help("write for example `engine: postgres`, which listens on 5432"));
        }
        return default;
    };
    let port = u16::try_from(typed.value).ok().filter(|&port| port >= 1150);
    if port.is_none() {
        let message = format!("database {} cannot listen on port {}", echo(&spec.name.value), typed.value);
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, typed.span, "not such a port")
            .help("RDS takes a port from 1150 to 65535");
        cx.found.push(match default {
            Some(default) => diagnostic.patch("use the engine's own port", typed.span, default.to_string()),
            None => diagnostic,
        });
    }
    port
}

/// The subnets of the group, each once, and where they stand.
fn subnet_group(cx: &mut Resolver<'_>, vpc: VpcId, spec: &DatabaseSpec) -> Vec<(SubnetId, Span)> {
    let mut subnets: Vec<(SubnetId, Span)> = Vec::new();
    let mut all_known = true;
    for name in &spec.subnet_group {
        let Some(id) = cx.subnets.find_as("InvalidSubnet", vpc, &name.value, name.span, &mut cx.found) else {
            all_known = false;
            continue;
        };
        if let Some(&(_, first)) = subnets.iter().find(|&&(subnet, _)| subnet == id) {
            let message = format!("the subnet group names {} twice", echo(&name.value));
            let diagnostic = Diagnostic::error("InvalidParameterValue", message, name.span, "named again here");
            cx.found.push(diagnostic.also(first, "first named here").help("remove one of the two"));
            continue;
        }
        if cx.model.subnets[id].ipv4.is_none() && !cx.broken_subnets.contains(&id) {
            let message = format!("subnet {} has no IPv4 block, which RDS needs", echo(&name.value));
            let diagnostic = Diagnostic::error("InvalidSubnet", message, name.span, "an IPv6-only subnet");
            cx.found.push(diagnostic.also(cx.model.subnets[id].span, "has no `cidr`"));
        }
        subnets.push((id, name.span));
    }
    if all_known && !(spec.subnet_group.is_empty() && cx.is_misread) {
        covers_zones(cx, vpc, spec, &subnets);
    }
    subnets
}

fn covers_zones(cx: &mut Resolver<'_>, vpc: VpcId, spec: &DatabaseSpec, subnets: &[(SubnetId, Span)]) {
    let mut zones: Vec<&str> = subnets.iter().map(|&(id, _)| cx.model.subnets[id].zone_id.as_str()).collect();
    zones.sort_unstable();
    zones.dedup();
    let name = subnets.first().map(|&(id, _)| cx.model.subnets[id].zone.as_str());
    // A Local Zone, called `us-east-1-bos-1a`, may be alone (R205).
    let is_local =
        |zone: &str| zone.strip_prefix(cx.model.vpcs[vpc].region.as_str()).is_some_and(|rest| rest.starts_with('-'));
    if zones.len() >= 2 || name.is_some_and(|zone| zone.is_empty() || is_local(zone)) {
        return;
    }
    let message =
        format!("the subnet group of {} covers one availability zone, and RDS wants two", echo(&spec.name.value));
    let span = if spec.subnet_group_span.is_nowhere() { spec.name.span } else { spec.subnet_group_span };
    let label = name.map_or("no subnet is named".to_owned(), |zone| format!("all in `{zone}`"));
    let mut diagnostic = Diagnostic::error("DBSubnetGroupDoesNotCoverEnoughAZs", message, span, label);
    let elsewhere =
        subnet::of_vpc(cx, vpc).find(|(_, subnet)| !zones.contains(&subnet.zone_id.as_str()) && !zones.is_empty());
    diagnostic = diagnostic.help(match elsewhere {
        Some((_, subnet)) => {
            format!("add a subnet of another zone, such as {} in `{}`", echo(&subnet.name), subnet.zone)
        }
        None => "add a subnet of another zone".to_owned(),
    });
    cx.found.push(diagnostic);
}

fn candidates(
    cx: &mut Resolver<'_>,
    vpc: VpcId,
    (spec, id): (&DatabaseSpec, DatabaseId),
    subnets: &[(SubnetId, Span)],
    groups: &[SecurityGroupId],
) {
    let in_zone = |subnet: SubnetId, zone: &Name| {
        let subnet = &cx.model.subnets[subnet];
        subnet.zone == zone.value || subnet.zone_id == zone.value
    };
    let chosen: Vec<SubnetId> = subnets
        .iter()
        .map(|&(subnet, _)| subnet)
        .filter(|&subnet| spec.zone.as_ref().is_none_or(|zone| in_zone(subnet, zone)))
        .collect();
    if let (Some(zone), true, false) = (&spec.zone, chosen.is_empty(), subnets.is_empty()) {
        let message = format!("the subnet group of {} has no subnet in {}", echo(&spec.name.value), echo(&zone.value));
        let mut diagnostic = Diagnostic::error("InvalidVPCNetworkStateFault", message, zone.span, "no subnet here");
        for &(subnet, span) in subnets {
            diagnostic = diagnostic.also(span, format!("in `{}`", cx.model.subnets[subnet].zone));
        }
        cx.found.push(diagnostic.help("name a zone of the subnet group, or leave `az` out"));
    }
    for (slot, &subnet) in chosen.iter().enumerate() {
        let home = &cx.model.subnets[subnet];
        let mut first = interface::unknown(false);
        first.public = spec.publicly_accessible.then(|| interface::unknown_public(PublicKind::Service));
        let second = home.ipv6.map(|_| interface::unknown(true));
        let plain = format!("{}@{}", spec.name.value, cx.subnets.plain(vpc, subnet).unwrap_or(&home.name));
        let interface = Interface {
            name: cx.workloads.title(vpc, &plain),
            owner: Owner::Database(id),
            subnet,
            addresses: std::iter::once(first).chain(second).collect(),
            groups: groups.to_vec(),
            source_dest_check: SourceDestCheck::On,
            behind: Vec::new(),
            deny_internet_ipv6: !spec.publicly_accessible,
            state: InterfaceState::InUse,
            span: spec.name.span,
        };
        cx.drafts.push(Draft { vpc, plain, interface, slot, has_home: true });
    }
}
