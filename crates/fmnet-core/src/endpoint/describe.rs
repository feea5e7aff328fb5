//! What endpoints were taken to mean, in words.
//!
//! In: a resolved [`EndpointSet`]. Out: one line for people, who check by it that they
//! asked what they meant.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::intent::{Endpoint, EndpointSet};
use crate::model::interface::{Interface, Owner};
use crate::model::{InterfaceId, Model};
use crate::words::echo;

/// What endpoints were taken to mean, in words: `api-1 (interface api-1, 10.30.1.4, public 198.18.0.1)`.
#[must_use]
pub(super) fn describe(model: &Model, set: &EndpointSet) -> String {
    let half = |ends: &[Endpoint]| ends.iter().map(|&end| describe_one(model, end)).collect::<Vec<_>>().join(", ");
    match set.except.is_empty() {
        true => half(&set.include),
        false => format!("{} except {}", half(&set.include), half(&set.except)),
    }
}

fn describe_one(model: &Model, end: Endpoint) -> String {
    match end {
        Endpoint::Internet => "internet (all public IPv4 and IPv6)".to_owned(),
        Endpoint::Internet4 => "internet4 (all public IPv4)".to_owned(),
        Endpoint::Internet6 => "internet6 (all public IPv6)".to_owned(),
        Endpoint::Vpc(id) => {
            let members = interfaces(model, |interface| model.vpc_of(interface.subnet) == id);
            match model.vpcs.len() {
                1 => format!("vpc ({members})"),
                _ => format!("vpc {} ({members})", plain(&model.vpcs[id].name)),
            }
        }
        Endpoint::Place(id) => {
            let nets: Vec<String> = model.places[id].nets.iter().map(ToString::to_string).collect();
            format!("{} ({})", plain(&model.places[id].name), some(&nets))
        }
        Endpoint::OnPremises(id) => {
            let network = &model.on_premises[id];
            let nets: Vec<String> = network.nets.iter().map(ToString::to_string).collect();
            format!("{} (on premises, {})", plain(&network.name), some(&nets))
        }
        Endpoint::Net(net) => describe_net(model, net),
        Endpoint::Interface(id) => described(model, &model.interfaces[id].name, &[id]),
        Endpoint::Instance(id) => described(model, &model.instances[id].name, &model.instances[id].interfaces),
        Endpoint::Database(id) => {
            let database = &model.databases[id];
            let one = described(model, &database.name, &database.candidates);
            if database.candidates.len() > 1 { one.replacen(" (", " (in one of ", 1) } else { one }
        }
        Endpoint::Group(id) => {
            let members = interfaces(model, |interface| interface.groups.contains(&id));
            format!("group {} ({members})", plain(&model.security_groups[id].name))
        }
        Endpoint::Subnet(id) => {
            let members = interfaces(model, |interface| interface.subnet == id);
            format!("subnet {} ({members})", plain(&model.subnets[id].name))
        }
    }
}

/// `api-1 (interface api-1, 10.30.1.4, public 198.18.0.1)`, for one or several interfaces.
fn described(model: &Model, name: &str, interfaces: &[InterfaceId]) -> String {
    let one = |&id: &InterfaceId| {
        let interface = &model.interfaces[id];
        let addresses = interface.addresses.iter().map(|address| match address.public {
            Some(public) => format!("{}, public {}", address.address, public.address),
            None => address.address.to_string(),
        });
        let addresses: Vec<String> = addresses.collect();
        format!("interface {}, {}", plain(&interface.name), addresses.join(", "))
    };
    let all: Vec<String> = interfaces.iter().map(one).collect();
    format!("{} ({})", plain(name), all.join("; "))
}

/// An address: whose it is, or that it is nobody's.
fn describe_net(model: &Model, net: IpNet) -> String {
    let single = net.prefix_len() == net.max_prefix_len();
    let text = if single { net.addr().to_string() } else { net.to_string() };
    let owners = |interface: &Interface| {
        interface.addresses.iter().any(|mine| {
            net.contains(&mine.address) || mine.public.is_some_and(|public| net.contains(&IpAddr::V4(public.address)))
        })
    };
    let owned = model.interfaces.iter().any(|(_, interface)| owners(interface));
    let inside: Vec<&str> = model
        .vpcs
        .iter()
        .filter(|(_, vpc)| vpc.blocks().any(|block| block.contains(&net)))
        .map(|(_, vpc)| vpc.name.as_str())
        .collect();
    let several = model.vpcs.len() > 1;
    let outside = if several { "the VPCs" } else { "the VPC" };
    let network = model.on_premises.iter().find(|(_, it)| it.nets.iter().any(|mine| mine.contains(&net)));
    match (owned, inside.first()) {
        (false, None) if let Some((_, network)) = network => {
            format!("{text} (on premises, in {})", plain(&network.name))
        }
        (true, _) => format!("{text} ({})", interfaces(model, owners)),
        (false, Some(_)) if inside.len() > 1 => format!("{text} (in several VPCs, and nobody's)"),
        (false, Some(vpc)) if several => format!("{text} (in VPC {}, and nobody's)", plain(vpc)),
        (false, Some(_)) => format!("{text} (in the VPC, and nobody's)"),
        (false, None) if single => format!("{text} (a host outside {outside})"),
        (false, None) => format!("{text} (hosts outside {outside})"),
    }
}

/// `2 interfaces: a, b`.
fn interfaces(model: &Model, wanted: impl Fn(&Interface) -> bool) -> String {
    let members = model.interfaces.iter().filter(|(_, interface)| wanted(interface));
    let names: Vec<String> = members.map(|(_, interface)| member(model, interface)).collect();
    match names.len() {
        0 => "no interface".to_owned(),
        1 => format!("1 interface: {}", some(&names)),
        count => format!("{count} interfaces: {}", some(&names)),
    }
}

/// An interface's name; that of a stand-in for a database says so by its `@`.
fn member(model: &Model, interface: &Interface) -> String {
    match interface.owner {
        Owner::Database(id) if model.databases[id].candidates.len() == 1 => plain(&model.databases[id].name),
        Owner::Database(_) | Owner::Instance(_) | Owner::Nobody => plain(&interface.name),
    }
}

/// The first few, and how many more.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

/// A name that does not disturb a terminal.
fn plain(name: &str) -> String {
    echo(name).trim_matches('`').to_owned()
}
