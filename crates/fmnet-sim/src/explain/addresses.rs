//! Sets of addresses as people call them.
//!
//! In: ranges of addresses, or the packets of a part. Out: `the internet`, `vpn
//! (203.0.113.7)`, `the internet except vpn (203.0.113.7)`, `10.30.1.4`.

use fmnet_core::address::{self, Ranges};
use fmnet_core::model::Model;
use fmnet_core::model::gateway::Connectivity;

use super::plain;
use crate::answer::{End, Part};
use crate::set::Level;
use crate::set::address::IPV4;
use crate::set::describe::describe_addresses;

/// The source addresses of a part: names where it starts inside, else addresses.
#[must_use]
pub fn sources(model: &Model, part: &Part) -> String {
    side(model, &part.from, &ranges(part, Level::Source))
}

/// The destination addresses of a part, likewise.
#[must_use]
pub fn destinations(model: &Model, part: &Part) -> String {
    side(model, &part.to, &ranges(part, Level::Destination))
}

/// One side of some packets: names where it is inside, else addresses.
pub(super) fn side(model: &Model, end: &End, ranges: &[(u128, u128)]) -> String {
    match end {
        End::Interfaces(_) => super::end(model, end),
        End::Internet | End::Nobody | End::AmazonService => addresses(model, ranges),
        End::OnPremises(_) if place(model, ranges).is_some() => addresses(model, ranges),
        End::Behind(_) | End::OnPremises(_) => format!("{} ({})", super::end(model, end), addresses(model, ranges)),
    }
}

/// Every address that occurs in a part's packets on one side.
pub(super) fn ranges(part: &Part, level: Level) -> Ranges {
    address::union(part.packets.iter().flat_map(|cube| cube.at(level).iter().copied()).collect())
}

/// Addresses by the name of a place, as the internet or most of it, or as ranges.
#[must_use]
pub fn addresses(model: &Model, ranges: &[(u128, u128)]) -> String {
    if let Some(name) = place(model, ranges) {
        return name;
    }
    if ranges.is_empty() || !address::subtract(ranges, &public()).is_empty() {
        return describe_addresses(ranges, 3);
    }
    let whole = internet(model);
    let holes = |is_ipv4| holes(&family(ranges, is_ipv4), &family(&whole, is_ipv4));
    let has = |is_ipv4| !family(ranges, is_ipv4).is_empty();
    let (name, holes) = match (has(true), has(false)) {
        (true, true) => ("the internet", holes(true).zip(holes(false)).map(|(v4, v6)| [v4, v6].concat())),
        (true, false) if model.vpc().ipv6.is_empty() => ("the internet", holes(true)),
        (true, false) => ("the internet (IPv4)", holes(true)),
        (false, _) => ("the internet (IPv6)", holes(false)),
    };
    match holes {
        None => describe_addresses(ranges, 3),
        Some(holes) if holes.is_empty() => name.to_owned(),
        Some(holes) => {
            let except = place(model, &address::union(holes.clone())).unwrap_or_else(|| describe_addresses(&holes, 3));
            format!("{name} except {except}")
        }
    }
}

/// What `ranges` lack of `whole`, if saying that is shorter than saying what they have.
fn holes(ranges: &[(u128, u128)], whole: &[(u128, u128)]) -> Option<Ranges> {
    let missing = address::subtract(whole, ranges);
    (missing.is_empty() || missing.len() <= 3 && missing.len() < ranges.len()).then_some(missing)
}

/// `vpn (203.0.113.7)`, where `ranges` are exactly a place's.
fn place(model: &Model, ranges: &[(u128, u128)]) -> Option<String> {
    let same =
        |nets: &[ipnet::IpNet]| address::union(nets.iter().flat_map(|&net| address::ranges(net)).collect()) == ranges;
    let place = model.places.iter().find(|(_, place)| same(&place.nets)).map(|(_, place)| &place.name);
    let network = || model.on_premises.iter().find(|(_, network)| same(&network.nets)).map(|(_, it)| &it.name);
    Some(format!("{} ({})", plain(place.or_else(network)?), describe_addresses(ranges, 3)))
}

/// Addresses that were put into words without a model, with the names of the places that
/// they are or leave out: `any IPv4 address except partners (203.0.113.192/26)`.
pub(super) fn named(model: &Model, words: &str) -> String {
    let families = words.split(" and ").map(|family| match family.split_once(" except ") {
        Some((whole, holes)) => format!("{whole} except {}", named_alone(model, holes)),
        None => named_alone(model, family),
    });
    families.collect::<Vec<_>>().join(" and ")
}

fn named_alone(model: &Model, words: &str) -> String {
    let ranges = |nets: &[ipnet::IpNet]| address::union(nets.iter().flat_map(|&net| address::ranges(net)).collect());
    let place = model.places.iter().find(|(_, place)| describe_addresses(&ranges(&place.nets), usize::MAX) == words);
    place.map_or_else(|| words.to_owned(), |(_, place)| format!("{} ({words})", plain(&place.name)))
}

/// Public addresses that are nobody's in this VPC.
pub(super) fn internet(model: &Model) -> Ranges {
    address::subtract(&public(), &own(model))
}

fn public() -> Ranges {
    address::union([address::internet4(), address::internet6()].concat())
}

/// The VPC's blocks and every public address in it.
fn own(model: &Model) -> Ranges {
    let mut own: Ranges = model.vpc().blocks().flat_map(address::ranges).collect();
    let mut add =
        |public: std::net::Ipv4Addr| own.push((address::number(public.into()), address::number(public.into())));
    let addresses = model.interfaces.iter().flat_map(|(_, interface)| &interface.addresses);
    addresses.filter_map(|address| address.public).for_each(|public| add(public.address));
    for (_, gateway) in model.nat_gateways.iter() {
        if let Connectivity::Public { address, .. } = gateway.connectivity {
            add(address);
        }
    }
    address::union(own)
}

/// What of `ranges` is of one family.
pub(super) fn family(ranges: &[(u128, u128)], is_ipv4: bool) -> Ranges {
    if is_ipv4 { address::intersect(ranges, &[IPV4]) } else { address::subtract(ranges, &[IPV4]) }
}
