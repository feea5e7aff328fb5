//! What the names of a question were taken to mean.
//!
//! In: a [`Question`]. Out: the question on one line in the design's words, and each of
//! its endpoints with the addresses it stands for.

use fmnet_core::address;
use fmnet_core::intent::{Endpoint, EndpointSet, Question};
use fmnet_core::model::interface::Interface;
use fmnet_core::model::{InterfaceId, Model, SecurityGroupId};
use fmnet_core::traffic::Traffic;

use super::addresses::internet;
use super::{plain, rule, subnet, workload};
use crate::trace::amazon_services;

/// The question on one line: `internet except vpn -> api-1 tcp/22`.
#[must_use]
pub fn question(model: &Model, question: &Question) -> String {
    let words = |traffic: &[Traffic]| traffic.iter().map(|&one| rule::traffic(one)).collect::<Vec<_>>().join("+");
    let except = match question.traffic_except.as_slice() {
        [] => String::new(),
        except => format!(" except {}", words(except)),
    };
    let source = match question.source_ports {
        None => String::new(),
        Some(ports) if ports.first == ports.last => format!(" source-port {}", ports.first),
        Some(ports) => format!(" source-port {}-{}", ports.first, ports.last),
    };
    let (from, to) = (set(model, &question.from), set(model, &question.to));
    format!("{from} -> {to} {}{except}{source}", words(&question.traffic))
}

fn set(model: &Model, set: &EndpointSet) -> String {
    let names =
        |endpoints: &[Endpoint]| endpoints.iter().map(|&endpoint| name(model, endpoint)).collect::<Vec<_>>().join(", ");
    if set.except.is_empty() {
        names(&set.include)
    } else {
        format!("{} except {}", names(&set.include), names(&set.except))
    }
}

/// An endpoint as a design writes it.
fn name(model: &Model, endpoint: Endpoint) -> String {
    match endpoint {
        Endpoint::Internet => "internet".to_owned(),
        Endpoint::Internet4 => "internet4".to_owned(),
        Endpoint::Internet6 => "internet6".to_owned(),
        Endpoint::Place(id) => rule::name(&model.places[id].name),
        Endpoint::OnPremises(id) => rule::name(&model.on_premises[id].name),
        Endpoint::Net(net) if net.prefix_len() == net.max_prefix_len() => net.addr().to_string(),
        Endpoint::Net(net) => net.to_string(),
        Endpoint::Interface(id) => rule::name(&model.interfaces[id].name),
        Endpoint::Instance(id) => rule::name(&model.instances[id].name),
        Endpoint::Database(id) => rule::name(&model.databases[id].name),
        Endpoint::Group(id) => format!("group {}", rule::name(&model.security_groups[id].name)),
        Endpoint::Subnet(id) => format!("subnet {}", rule::name(&model.subnets[id].name)),
        Endpoint::Vpc(_) if model.vpcs.len() == 1 => "vpc".to_owned(),
        Endpoint::Vpc(id) => format!("vpc {}", rule::name(&model.vpcs[id].name)),
    }
}

/// What the two sides were taken to mean: a line for each endpoint, as `internet: every
/// public address, IPv4 and IPv6` and `api-1: 10.30.1.4 (public 198.18.0.1)`.
#[must_use]
pub fn endpoints(model: &Model, question: &Question) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for side in [&question.from, &question.to] {
        for &endpoint in side.include.iter().chain(&side.except) {
            if let Some(meaning) = meaning(model, endpoint) {
                let line = format!("{}: {meaning}", name(model, endpoint));
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
    }
    lines
}

/// What an endpoint stands for; none where its name says it all.
fn meaning(model: &Model, endpoint: Endpoint) -> Option<String> {
    match endpoint {
        Endpoint::Internet => Some("every public address outside the VPC, IPv4 and IPv6".to_owned()),
        Endpoint::Internet4 => Some("every public IPv4 address outside the VPC".to_owned()),
        Endpoint::Internet6 => Some("every public IPv6 address outside the VPC".to_owned()),
        Endpoint::Place(id) => {
            let nets: Vec<String> = model.places[id].nets.iter().map(ToString::to_string).collect();
            Some(nets.join(", "))
        }
        Endpoint::OnPremises(id) => {
            let nets: Vec<String> = model.on_premises[id].nets.iter().map(ToString::to_string).collect();
            Some(format!("on premises, {}", nets.join(", ")))
        }
        Endpoint::Net(net) => net_meaning(model, net),
        Endpoint::Interface(id) => Some(members(model, &[id])),
        Endpoint::Instance(id) => Some(members(model, &model.instances[id].interfaces)),
        Endpoint::Database(id) => Some(candidates(model, &model.databases[id].candidates)),
        Endpoint::Group(id) => Some(count(model, &carriers(model, id), "carries it")),
        Endpoint::Subnet(id) => {
            let inside: Vec<InterfaceId> = filter(model, |interface| interface.subnet == id);
            Some(count(model, &inside, "lies in it"))
        }
        Endpoint::Vpc(id) => {
            let all: Vec<InterfaceId> = filter(model, |interface| model.vpc_of(interface.subnet) == id);
            Some(count(model, &all, "is there"))
        }
    }
}

fn carriers(model: &Model, group: SecurityGroupId) -> Vec<InterfaceId> {
    filter(model, |interface| interface.groups.contains(&group))
}

fn filter(model: &Model, keep: impl Fn(&Interface) -> bool) -> Vec<InterfaceId> {
    model.interfaces.iter().filter(|(_, interface)| keep(interface)).map(|(id, _)| id).collect()
}

/// Whose addresses a prefix covers.
fn net_meaning(model: &Model, net: ipnet::IpNet) -> Option<String> {
    let owns = |interface: &Interface| {
        interface.addresses.iter().any(|mine| {
            net.contains(&mine.address)
                || mine.public.is_some_and(|public| net.contains(&std::net::IpAddr::V4(public.address)))
        })
    };
    let owners = filter(model, owns);
    let mut parts = Vec::new();
    if !owners.is_empty() {
        parts.push(count(model, &owners, "owns one of them"));
    }
    let asked = address::ranges(net);
    let services = amazon_services(model).into_iter().filter(|&service| net.contains(&service)).count();
    if services > 0 {
        let word = if services == 1 { "a service" } else { "services" };
        parts.push(format!("{word} of Amazon's, for who asks from inside the VPC"));
    }
    let networks = model.on_premises.iter().filter(|(_, network)| {
        network.nets.iter().any(|&mine| !address::intersect(&asked, &address::ranges(mine)).is_empty())
    });
    let networks: Vec<String> = networks.map(|(_, network)| plain(&network.name)).collect();
    if !networks.is_empty() {
        parts.push(format!("on premises, in {}", super::listed(&networks, "and")));
    } else if !address::intersect(&asked, &internet(model)).is_empty() {
        parts.push("hosts on the internet".to_owned());
    }
    let inside = model.vpc().blocks().flat_map(|block| address::intersect(&asked, &address::ranges(block)));
    let all: u128 = inside.map(|(first, last)| last - first + 1).sum();
    let addresses = model.interfaces.iter().flat_map(|(_, interface)| &interface.addresses);
    let owned = addresses.filter(|mine| net.contains(&mine.address)).count();
    if all > (owned + services) as u128 {
        parts.push(
            if parts.is_empty() { "in the VPC, owned by nothing" } else { "addresses owned by nothing" }.to_owned(),
        );
    }
    if parts.is_empty() {
        parts.push("outside the VPC".to_owned());
    }
    Some(super::listed(&parts, "and"))
}

/// `api-1 and 39 more`, with what they have in common.
fn count(model: &Model, ids: &[InterfaceId], no: &str) -> String {
    match ids {
        [] => format!("no interface {no}"),
        [_, _, _, _, ..] => {
            let names: Vec<String> = ids.iter().take(3).map(|&id| workload(model, id)).collect();
            format!("{} interfaces: {} and {} more", ids.len(), names.join(", "), ids.len() - names.len())
        }
        few => {
            let names: Vec<String> = few
                .iter()
                .map(|&id| format!("{}: {}", super::interfaces(model, &[id]), addresses(&model.interfaces[id])))
                .collect();
            names.join(", ")
        }
    }
}

/// The addresses of an instance's interfaces.
fn members(model: &Model, ids: &[InterfaceId]) -> String {
    match ids {
        [one] => addresses(&model.interfaces[*one]),
        several => several
            .iter()
            .map(|&id| format!("{}: {}", plain(&model.interfaces[id].name), addresses(&model.interfaces[id])))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Where the primary of a database may be.
fn candidates(model: &Model, ids: &[InterfaceId]) -> String {
    let place = |&id: &InterfaceId| {
        let interface = &model.interfaces[id];
        format!("{} in {}", addresses(interface), subnet(model, interface.subnet))
    };
    ids.iter().map(place).collect::<Vec<_>>().join(", or ")
}

/// `10.30.1.4 (public 198.18.0.1)`.
fn addresses(interface: &Interface) -> String {
    let one = |mine: &fmnet_core::model::interface::PrivateAddress| match mine.public {
        Some(public) => format!("{} (public {})", mine.address, public.address),
        None => mine.address.to_string(),
    };
    interface.addresses.iter().map(one).collect::<Vec<_>>().join(", ")
}
