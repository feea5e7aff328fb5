//! Instances (R7, R20, R28).
//!
//! In: `instances`, `interfaces`. Out: the model's instances, and drafts of the
//! interfaces that they or nobody holds.

use std::collections::BTreeMap;

use super::interface::{self, Holder};
use super::names::{self, Kind, Names, Scoped, Titles};
use super::{Findings, Home, Resolver};
use crate::diagnostic::Diagnostic;
use crate::model::interface::{Instance, InterfaceState, Owner};
use crate::model::{InstanceId, Model, VpcId};
use crate::source::Span;
use crate::spec::InstanceSpec;
use crate::words::echo;

/// Declares the instances.
pub(super) fn declare<'a>(
    homes: &[Home<'a>],
    model: &mut Model,
    titles: &Titles,
    found: &mut Findings,
) -> Scoped<'a, Instance> {
    Scoped::declare(Kind::INSTANCE, homes, |home| {
        let names = home.spec.instances.iter().map(|instance| super::bare(&instance.name));
        let title = |name: &str| titles.title(home.id, name);
        let make = |name: &str, span| Instance { name: title(name), interfaces: Vec::new(), tags: Vec::new(), span };
        Names::declare(Kind::INSTANCE, names, &mut model.instances, make, found)
    })
}

/// What an instance's state does to its interfaces.
#[derive(Clone, Copy)]
enum Running {
    Yes,
    NotYet,
    NoMore,
}

/// Drafts the interfaces of instances and of nobody.
pub(super) fn resolve(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    for (instance, id) in spec.instances.iter().zip(cx.instances.of(vpc).in_file_order()) {
        one(cx, vpc, instance, id);
    }
    for spec in &spec.interfaces {
        let holder = Holder {
            owner: Owner::Nobody,
            state: InterfaceState::Detached,
            keeps_auto: false,
            is_alone: false,
            slot: 0,
        };
        let draft = interface::draft(cx, vpc, spec, spec.name.value.clone(), holder);
        cx.drafts.extend(draft);
    }
}

fn one(cx: &mut Resolver<'_>, vpc: VpcId, spec: &InstanceSpec, id: InstanceId) {
    const STATES: [(&str, Running); 6] = [
        ("running", Running::Yes),
        ("pending", Running::NotYet),
        ("stopping", Running::NoMore),
        ("stopped", Running::NoMore),
        ("shutting-down", Running::NoMore),
        ("terminated", Running::NoMore),
    ];
    let running = names::word("state", spec.state.as_ref(), &STATES, &mut cx.found).unwrap_or(Running::Yes);
    let (state, keeps_auto) = match running {
        Running::Yes => (InterfaceState::InUse, true),
        Running::NotYet => (InterfaceState::OwnerNotRunning, true),
        Running::NoMore => (InterfaceState::OwnerNotRunning, false),
    };
    let tags = tags(&spec.tags);
    cx.model.instances.get_mut(id).tags = tags;
    if spec.interfaces.is_empty() && !cx.is_misread {
        let message = format!("instance {} has no network interface", echo(&spec.name.value));
        let diagnostic = Diagnostic::error("MissingParameter", message, spec.name.span, "needs a `subnet`");
        cx.found.push(diagnostic);
    }
    for (slot, interface) in spec.interfaces.iter().enumerate() {
        let owner = Owner::Instance(id);
        let holder = Holder { owner, state, keeps_auto, is_alone: spec.interfaces.len() == 1, slot };
        let name = match spec.names_interfaces {
            true => interface::plain(&spec.name.value, interface),
            false => spec.name.value.clone(),
        };
        let draft = interface::draft(cx, vpc, interface, name, holder);
        cx.drafts.extend(draft);
    }
    one_zone(cx, vpc, spec);
}

/// Tags in the order written.
pub(super) fn tags(written: &[(crate::spec::Name, crate::spec::Name)]) -> Vec<(String, String)> {
    written.iter().map(|(key, value)| (key.value.clone(), value.value.clone())).collect()
}

/// An instance and all of its interfaces are in one zone (R15).
fn one_zone(cx: &mut Resolver<'_>, vpc: VpcId, spec: &InstanceSpec) {
    let mut first: Option<(&str, &str, Span)> = None;
    for interface in &spec.interfaces {
        let Some(name) = &interface.subnet else {
            continue;
        };
        let subnet = match cx.subnets.meant(vpc, &name.value) {
            names::Meant::Own(subnet) | names::Meant::Elsewhere(_, subnet) => subnet,
            names::Meant::Several(_) | names::Meant::Nobody => continue,
        };
        let subnet = &cx.model.subnets[subnet];
        let (zone, id) = (subnet.zone.as_str(), subnet.zone_id.as_str());
        match first {
            _ if zone.is_empty() => {}
            None => first = Some((zone, id, name.span)),
            Some((other, other_id, at)) if other_id != id => {
                let message = format!("instance {} would be in two availability zones", echo(&spec.name.value));
                let diagnostic =
                    Diagnostic::error("InvalidParameterCombination", message, name.span, format!("in `{zone}`"))
                        .also(at, format!("in `{other}`"))
                        .help("take subnets of one zone for all of its interfaces");
                cx.found.push(diagnostic);
                return;
            }
            Some(_) => {}
        }
    }
}

/// Workloads and places share their names, and leave the words of the language alone.
pub(super) fn check_names(cx: &mut Resolver<'_>, vpc: VpcId) {
    let (spec, places, networks) = (cx.home(vpc).spec, &cx.spec.places, &cx.spec.on_premises);
    let instances = spec.instances.iter().map(|instance| ("an instance", &instance.name));
    let databases = spec.databases.iter().map(|database| ("a database", &database.name));
    let places = places.iter().map(|(name, _)| ("a place", name));
    let networks = networks.iter().map(|(name, _)| ("a network on premises", name));
    let loose = spec.interfaces.iter().map(|interface| ("a network interface", &interface.name));
    let mut seen: BTreeMap<&str, (&str, Span)> = BTreeMap::new();
    for (kind, name) in instances.chain(databases).chain(places).chain(networks).chain(loose) {
        reserved(cx, kind, &name.value, name.span);
        let (first_kind, first) = *seen.entry(&name.value).or_insert((kind, name.span));
        // Two of a kind have been told of, and so have two interfaces.
        let is_told = first_kind == kind || (kind == "a network interface" && first_kind == "an instance");
        if !is_told {
            let message = format!("the name {} is used for {first_kind} and {kind}", echo(&name.value));
            let diagnostic = Diagnostic::error("name-taken", message, name.span, kind);
            let help =
                "instances, databases, places and networks on premises share their names, as intents call all of them";
            cx.found.push(diagnostic.also(first, first_kind).help(help));
        }
    }
    let gateways = spec.internet_gateways.iter().map(|gateway| ("an internet gateway", &gateway.name));
    for (kind, name) in gateways.chain(spec.nat_gateways.iter().map(|gateway| ("a NAT gateway", &gateway.name))) {
        reserved(cx, kind, &name.value, name.span);
    }
}

fn reserved(cx: &mut Resolver<'_>, kind: &str, name: &str, span: Span) {
    const WORDS: [&str; 8] = ["internet", "internet4", "internet6", "vpc", "anywhere", "self", "blackhole", "local"];
    let is_address = name.parse::<std::net::IpAddr>().is_ok() || name.parse::<ipnet::IpNet>().is_ok();
    if !WORDS.contains(&name) && !is_address {
        return;
    }
    let message = format!("{} cannot be the name of {kind}", echo(name));
    let label = if is_address { "reads as an address" } else { "a word of the design language" };
    cx.found.push(Diagnostic::error("reserved-name", message, span, label).help("give it another name"));
}
