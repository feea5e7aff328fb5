//! The addresses of one interface, private and public (R20, R21, R30).
//!
//! In: the addresses as typed. Out: [`PrivateAddress`]es, the primary first; those that
//! AWS chooses are filled in later, by [`super::super::address`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::super::Resolver;
use super::super::address::{self, Family};
use super::Holder;
use crate::diagnostic::Diagnostic;
use crate::model::SubnetId;
use crate::model::interface::{Owner, PrivateAddress, PublicAddress, PublicKind};
use crate::spec::{AddressSpec, InterfaceSpec, Spanned};
use crate::words::echo;

/// An address that AWS has still to choose.
pub(in super::super) fn unknown(is_v6: bool) -> PrivateAddress {
    let unspecified = if is_v6 { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
    PrivateAddress { address: unspecified, is_assumed: true, public: None }
}

/// A public address that AWS has still to choose.
pub(in super::super) fn unknown_public(kind: PublicKind) -> PublicAddress {
    PublicAddress { address: Ipv4Addr::UNSPECIFIED, is_assumed: true, kind }
}

pub(super) fn addresses(
    cx: &mut Resolver<'_>,
    spec: &InterfaceSpec,
    name: &str,
    home: SubnetId,
    holder: Holder,
) -> Vec<PrivateAddress> {
    let mut addresses = Vec::with_capacity(1 + spec.addresses.len());
    let has_v4 = cx.model.subnets[home].ipv4.is_some() || cx.broken_subnets.contains(&home);
    if let Some(typed) = &spec.address {
        let known = address::claim_private(cx, home, typed, Family::V4);
        addresses.push(PrivateAddress { address: known.unwrap_or(typed.value), is_assumed: false, public: None });
    } else if has_v4 {
        addresses.push(unknown(false));
    }
    let public = public(cx, spec, name, home, holder);
    match addresses.first_mut() {
        Some(primary) => primary.public = public,
        None => needs_v4(cx, spec, name, public, home),
    }
    addresses.extend(ipv6(cx, spec, home, addresses.is_empty()));
    for (typed, elastic) in &spec.addresses {
        let known = address::claim_private(cx, home, typed, Family::Both);
        let public = elastic.as_ref().and_then(|elastic| elastic_ip(cx, elastic));
        if let (IpAddr::V6(v6), Some(elastic), Some(_)) = (typed.value, elastic, public) {
            let message = format!("an Elastic IP cannot be mapped to `{v6}`");
            let diagnostic = Diagnostic::error("wrong-family", message, elastic.span, "mapped for IPv4 alone");
            cx.found.push(diagnostic.also(typed.span, "an IPv6 address"));
        }
        addresses.push(PrivateAddress { address: known.unwrap_or(typed.value), is_assumed: false, public });
    }
    addresses
}

/// A public address where there is no IPv4 address to map it to.
fn needs_v4(cx: &mut Resolver<'_>, spec: &InterfaceSpec, name: &str, public: Option<PublicAddress>, home: SubnetId) {
    let key = spec.elastic_ip.as_ref().or(spec.public_address.as_ref());
    if let (Some(key), Some(_)) = (key, public) {
        let message = format!("{} has no IPv4 address for a public one to be mapped to", echo(name));
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, key.span, "a public IPv4 address")
            .also(cx.model.subnets[home].span, "an IPv6-only subnet");
        cx.found.push(diagnostic.help("an IPv6 address is its own public address"));
    }
}

fn ipv6(cx: &mut Resolver<'_>, spec: &InterfaceSpec, home: SubnetId, is_alone: bool) -> Option<PrivateAddress> {
    let Some(typed) = &spec.ipv6 else {
        // In an IPv6-only subnet every interface has an IPv6 address.
        return is_alone.then(|| unknown(true));
    };
    match typed.value {
        AddressSpec::None => is_alone.then(|| unknown(true)),
        AddressSpec::Known(address) => {
            let spanned = Spanned { value: address, span: typed.span };
            let known = address::claim_private(cx, home, &spanned, Family::V6);
            Some(PrivateAddress { address: known.unwrap_or(address), is_assumed: false, public: None })
        }
        AddressSpec::Chosen => {
            let subnet = &cx.model.subnets[home];
            if subnet.ipv6.is_none() && !cx.broken_subnets.contains(&home) {
                let message = format!("subnet {} has no IPv6 block", echo(&subnet.name));
                let diagnostic = Diagnostic::error("InvalidParameterValue", message, typed.span, "an IPv6 address")
                    .also(subnet.span, "of an IPv4-only subnet");
                cx.found.push(diagnostic.help("give the subnet a block: `ipv6: …`"));
            }
            Some(unknown(true))
        }
    }
}

fn elastic_ip(cx: &mut Resolver<'_>, typed: &Spanned<AddressSpec>) -> Option<PublicAddress> {
    match typed.value {
        AddressSpec::None => None,
        AddressSpec::Chosen => Some(unknown_public(PublicKind::Elastic)),
        AddressSpec::Known(address) => {
            let address = address::claim_public(cx, address, typed.span)?;
            Some(PublicAddress { address, is_assumed: false, kind: PublicKind::Elastic })
        }
    }
}

/// The public address of the primary private one: an Elastic IP takes the place of one
/// that was auto-assigned.
fn public(
    cx: &mut Resolver<'_>,
    spec: &InterfaceSpec,
    name: &str,
    home: SubnetId,
    holder: Holder,
) -> Option<PublicAddress> {
    let elastic = spec.elastic_ip.as_ref().filter(|elastic| elastic.value != AddressSpec::None);
    let wanted = spec.public_address.as_ref().filter(|wanted| wanted.value != AddressSpec::None);
    if let Some(wanted) = wanted
        && (holder.owner == Owner::Nobody || holder.slot > 0)
    {
        let message = format!("{} cannot be given a public address by itself", echo(name));
        let why = "AWS assigns one only to the primary interface of an instance that it launches";
        let diagnostic =
            Diagnostic::error("InvalidParameterCombination", message, wanted.span, "not auto-assigned here");
        cx.found.push(diagnostic.help(why).help("write `elastic_ip: new`"));
        return None;
    }
    if let (Some(elastic), Some(AddressSpec::Known(_))) = (elastic, wanted.map(|wanted| wanted.value)) {
        let at = spec.public_address.as_ref().map_or(elastic.span, |wanted| wanted.span);
        let message = format!("{} has two public addresses for one private one", echo(name));
        let diagnostic = Diagnostic::error("Resource.AlreadyAssociated", message, elastic.span, "an Elastic IP");
        cx.found.push(diagnostic.also(at, "and an auto-assigned one").help("an Elastic IP takes the other's place"));
    }
    if let Some(elastic) = elastic {
        return elastic_ip(cx, elastic);
    }
    let auto = match spec.public_address.as_ref().map(|typed| (typed.value, typed.span)) {
        Some((AddressSpec::None, _)) => None,
        Some((AddressSpec::Chosen, _)) => Some(unknown_public(PublicKind::Auto)),
        Some((AddressSpec::Known(address), span)) => {
            let address = address::claim_public(cx, address, span)?;
            Some(PublicAddress { address, is_assumed: false, kind: PublicKind::Auto })
        }
        None => {
            let given = holder.is_alone && cx.public_subnets.contains(&home) && cx.model.subnets[home].ipv4.is_some();
            given.then(|| unknown_public(PublicKind::Auto))
        }
    };
    auto.filter(|_| holder.keeps_auto)
}

/// No Elastic IP where internet gateway traffic is denied (R30).
pub(super) fn denies_elastic(cx: &mut Resolver<'_>, spec: &InterfaceSpec, addresses: &[PrivateAddress]) {
    let has_v6 = addresses.iter().any(|address| address.address.is_ipv6());
    let elastic = spec.elastic_ip.as_ref().filter(|elastic| elastic.value != AddressSpec::None);
    let further = spec.addresses.iter().find_map(|(_, elastic)| elastic.as_ref());
    if let (true, true, Some(elastic)) = (spec.deny_internet_ipv6, has_v6, elastic.or(further)) {
        let message = "an interface that denies internet gateway traffic takes no Elastic IP";
        let diagnostic =
            Diagnostic::error("OperationNotPermitted", message, elastic.span, "not with `deny_internet_ipv6`");
        let diagnostic = diagnostic.also(spec.name.span, "this interface denies it");
        cx.found.push(diagnostic.help("remove one of the two"));
    }
}
