//! Who has which address (R13, R20, R21).
//!
//! In: addresses as typed, and interfaces that lack one. Out: addresses that are each
//! used once; those that AWS would choose are stood for by the lowest free one of the
//! subnet, or by one of 198.18.0.0/15, in order of the interfaces' names.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Resolver;
use super::block::{self, Taken};
use crate::address::{address as address_of, number};
use crate::diagnostic::Diagnostic;
use crate::model::SubnetId;
use crate::model::gateway::Connectivity;
use crate::source::Span;
use crate::spec::{AddressSpec, DestinationSpec, EndpointSpec, PeerSpec, Spanned, VpcSpec};
use crate::words::echo;

/// Public addresses that stand for those nobody knows yet.
const STAND_INS: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(198, 18, 0, 0), 15);

/// Which family a key takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// IPv4 alone.
    V4,
    /// IPv6 alone.
    V6,
    /// Either.
    Both,
}

/// Takes a private address that the design names, or says why it cannot be had.
pub(super) fn claim_private(
    cx: &mut Resolver<'_>,
    subnet: SubnetId,
    typed: &Spanned<IpAddr>,
    family: Family,
) -> Option<IpAddr> {
    let (address, span) = (typed.value, typed.span);
    let wrong = match family {
        Family::V4 if address.is_ipv6() => Some(("IPv6", "an IPv4 address", "write it under `ipv6`")),
        Family::V6 if address.is_ipv4() => Some(("IPv4", "an IPv6 address", "write it under `address`")),
        Family::V4 | Family::V6 | Family::Both => None,
    };
    if let Some((is, takes, help)) = wrong {
        let message = format!("`{address}` is {is}, and {takes} goes here");
        cx.found.push(Diagnostic::error("wrong-family", message, span, format!("an {is} address")).help(help));
        return None;
    }
    if cx.broken_subnets.contains(&subnet) {
        return None;
    }
    let home = &cx.model.subnets[subnet];
    let vpc = home.vpc;
    let block = match address {
        IpAddr::V4(_) => home.ipv4.map(IpNet::V4),
        IpAddr::V6(_) => home.ipv6.map(IpNet::V6),
    };
    let Some(block) = block.filter(|block| block.contains(&address)) else {
        let message = format!("`{address}` lies outside subnet {}", echo(&home.name));
        let why = match block {
            Some(block) => format!("has `{block}`"),
            None => format!("has no {} block", if address.is_ipv4() { "IPv4" } else { "IPv6" }),
        };
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, span, "outside the subnet")
            .also(home.span, why)
            .help("take an address of the subnet, or leave it out and AWS picks one");
        cx.found.push(diagnostic);
        return None;
    };
    let (first, last) = usable(block);
    if !(first..=last).contains(&number(address)) {
        let message = format!("`{address}` is one of the five addresses that AWS reserves in `{block}`");
        let lowest = address_of(first);
        let highest = address_of(last);
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, span, "reserved")
            .also(home.span, "in this subnet")
            .help(format!("`{lowest}` to `{highest}` can be used"));
        cx.found.push(diagnostic);
        return None;
    }
    if let Some(&holder) = cx.private_holders.get(&(vpc, address)) {
        let message = format!("`{address}` is used twice");
        let diagnostic = Diagnostic::error("InvalidIPAddress.InUse", message, span, "used again here")
            .also(holder, "first used here")
            .help("take another address, or leave it out and AWS picks one");
        cx.found.push(diagnostic);
        return None;
    }
    cx.private_holders.insert((vpc, address), span);
    Some(address)
}

/// The first and the last address of a subnet that an interface may have (R13).
pub(super) fn usable(block: IpNet) -> (u128, u128) {
    let (first, last) = block::ends(block);
    (first.saturating_add(4), last.saturating_sub(1))
}

/// Takes a public address that the design names, or says why it cannot be had.
pub(super) fn claim_public(cx: &mut Resolver<'_>, address: IpAddr, span: Span) -> Option<Ipv4Addr> {
    let IpAddr::V4(v4) = address else {
        let message = format!("`{address}` is IPv6, and public addresses are mapped for IPv4 alone");
        let diagnostic = Diagnostic::error("wrong-family", message, span, "an IPv6 address");
        cx.found.push(diagnostic.help("an IPv6 address needs no mapping: write it under `ipv6`"));
        return None;
    };
    const SHARED: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10);
    let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast();
    if special || v4.is_unspecified() || SHARED.contains(&v4) {
        let message = format!("`{v4}` is not a public address");
        let diagnostic = Diagnostic::error("InvalidAddress.NotFound", message, span, "not public");
        cx.found.push(diagnostic.help("write `new` for an Elastic IP that AWS has still to allocate"));
        return None;
    }
    if let Some(&holder) = cx.public_holders.get(&v4) {
        let message = format!("public address `{v4}` is mapped twice");
        let diagnostic = Diagnostic::error("Resource.AlreadyAssociated", message, span, "mapped again here")
            .also(holder, "first mapped here")
            .help("an Elastic IP belongs to one private address: allocate another");
        cx.found.push(diagnostic);
        return None;
    }
    cx.public_holders.insert(v4, span);
    Some(v4)
}

/// Gives an address to whom AWS would give one.
pub(super) fn assign(cx: &mut Resolver<'_>) {
    assign_private(cx);
    assign_public(cx);
}

fn assign_private(cx: &mut Resolver<'_>) {
    let mut pools: FxHashMap<(SubnetId, bool), Pool> = FxHashMap::default();
    for id in cx.model.interfaces.ids() {
        let (subnet, span) = (cx.model.interfaces[id].subnet, cx.model.interfaces[id].span);
        if cx.broken_subnets.contains(&subnet) || cx.homeless_interfaces.contains(&id) {
            continue;
        }
        for index in 0..cx.model.interfaces[id].addresses.len() {
            let wanted = cx.model.interfaces[id].addresses.get(index).filter(|address| address.is_assumed);
            let Some(is_v6) = wanted.map(|address| address.address.is_ipv6()) else {
                continue;
            };
            let chosen = next(cx, &mut pools, subnet, is_v6, span);
            if let (Some(chosen), Some(place)) = (chosen, cx.model.interfaces.get_mut(id).addresses.get_mut(index)) {
                place.address = chosen;
            }
        }
    }
    for id in cx.model.nat_gateways.ids() {
        let gateway = &cx.model.nat_gateways[id];
        let (subnet, span, given) = (gateway.subnet, gateway.span, !gateway.address_is_assumed);
        if given || cx.broken_subnets.contains(&subnet) || cx.homeless_nat_gateways.contains(&id) {
            continue;
        }
        if let Some(IpAddr::V4(chosen)) = next(cx, &mut pools, subnet, false, span) {
            cx.model.nat_gateways.get_mut(id).address = chosen;
        }
    }
}

/// What is left of one family of a subnet.
struct Pool {
    next: u128,
    last: u128,
    is_told: bool,
}

fn next(
    cx: &mut Resolver<'_>,
    pools: &mut FxHashMap<(SubnetId, bool), Pool>,
    subnet: SubnetId,
    is_v6: bool,
    span: Span,
) -> Option<IpAddr> {
    let home = &cx.model.subnets[subnet];
    let block = if is_v6 { home.ipv6.map(IpNet::V6) } else { home.ipv4.map(IpNet::V4) }?;
    let (first, last) = usable(block);
    let pool = pools.entry((subnet, is_v6)).or_insert(Pool { next: first, last, is_told: false });
    while pool.next <= pool.last {
        let candidate = address_of(pool.next);
        pool.next += 1;
        if !cx.private_holders.contains_key(&(home.vpc, candidate)) {
            return Some(candidate);
        }
    }
    if !std::mem::replace(&mut pool.is_told, true) {
        let count = last.saturating_sub(first).saturating_add(1);
        let message = format!("subnet {} has no address left", echo(&home.name));
        let diagnostic = Diagnostic::error("InsufficientFreeAddressesInSubnet", message, span, "needs an address")
            .also(home.span, format!("`{block}` has {count} addresses to give"))
            .help("use a larger block, or put some interfaces into another subnet");
        cx.found.push(diagnostic);
    }
    None
}

fn assign_public(cx: &mut Resolver<'_>) {
    let interfaces = cx.model.interfaces.iter().flat_map(|(_, interface)| &interface.addresses);
    let mapped = interfaces.filter(|address| address.public.is_some_and(|public| public.is_assumed)).count();
    let translators = cx.model.nat_gateways.iter();
    let translating = translators.filter(|(_, gateway)| is_stood_for(gateway.connectivity)).count();
    let wanted = mapped + translating;
    if wanted == 0 {
        return;
    }
    let mut stand_ins = stand_ins(cx, wanted).into_iter();
    for id in cx.model.interfaces.ids() {
        for address in &mut cx.model.interfaces.get_mut(id).addresses {
            if let Some(public) = address.public.as_mut().filter(|public| public.is_assumed) {
                public.address = stand_ins.next().unwrap_or(Ipv4Addr::UNSPECIFIED);
            }
        }
    }
    for id in cx.model.nat_gateways.ids() {
        let connectivity = &mut cx.model.nat_gateways.get_mut(id).connectivity;
        if is_stood_for(*connectivity) {
            let address = stand_ins.next().unwrap_or(Ipv4Addr::UNSPECIFIED);
            *connectivity = Connectivity::Public { address, is_assumed: true };
        }
    }
}

fn is_stood_for(connectivity: Connectivity) -> bool {
    match connectivity {
        Connectivity::Public { is_assumed, .. } => is_assumed,
        Connectivity::Private => false,
    }
}

/// `wanted` addresses that the design does not speak of, or, where it speaks of nearly
/// all of 198.18.0.0/15, at least none that it names one by one.
fn stand_ins(cx: &mut Resolver<'_>, wanted: usize) -> Vec<Ipv4Addr> {
    let (mut blocks, mut singles) = (Taken::default(), FxHashSet::default());
    for net in mentioned(cx) {
        match net {
            IpNet::V4(v4) if STAND_INS.contains(&v4) => {
                blocks.insert(net);
                if v4.prefix_len() == 32 {
                    singles.insert(v4.addr());
                }
            }
            IpNet::V4(_) | IpNet::V6(_) => {}
        }
    }
    let free = |is_free: &dyn Fn(Ipv4Addr) -> bool| -> Vec<Ipv4Addr> {
        STAND_INS.hosts().filter(|&address| is_free(address)).take(wanted).collect()
    };
    let unspoken = free(&|address| !blocks.has(IpAddr::V4(address)));
    if unspoken.len() == wanted {
        return unspoken;
    }
    let unnamed = free(&|address| !singles.contains(&address));
    if unnamed.len() < wanted {
        let span = cx.model.vpcs.iter().next().map_or(Span::NOWHERE, |(_, vpc)| vpc.span);
        let message = "more public addresses are to be chosen than fmnet can stand for";
        let diagnostic = Diagnostic::error("too-many-public-addresses", message, span, format!("{wanted} are unknown"));
        cx.found.push(
            diagnostic.help(format!("write known addresses, or split the design: `{STAND_INS}` stands for them")),
        );
    }
    unnamed
}

/// Every block and address that the design writes.
fn mentioned(cx: &Resolver<'_>) -> Vec<IpNet> {
    let spec = cx.spec;
    let mut all: Vec<IpNet> = cx.public_holders.keys().map(|&address| IpNet::from(IpAddr::V4(address))).collect();
    all.extend(spec.places.iter().flat_map(|(_, nets)| nets).map(|net| net.value.trunc()));
    all.extend(spec.prefix_lists.iter().flat_map(|list| &list.entries).map(|net| net.value.trunc()));
    let ends = spec.intents.iter().flat_map(|intent| [&intent.from, &intent.to]);
    for end in ends.flat_map(|set| set.include.iter().chain(&set.except)) {
        if let EndpointSpec::Net(net) = &end.value {
            all.push(net.trunc());
        }
    }
    for home in &cx.homes {
        all.extend(home.blocks.iter().map(|&(net, _)| net));
        mentioned_by(home.spec, &mut all);
    }
    all
}

fn mentioned_by(spec: &VpcSpec, all: &mut Vec<IpNet>) {
    let groups = spec.security_groups.iter();
    let lines = groups.flat_map(|group| group.ingress.iter().chain(group.egress.iter().flatten()));
    let acls = spec.network_acls.iter().flat_map(|acl| acl.ingress.iter().chain(&acl.egress));
    for peer in lines.map(|line| &line.peer).chain(acls.map(|line| &line.peer)) {
        if let PeerSpec::Cidr(net) = &peer.value {
            all.push(net.trunc());
        }
    }
    for route in spec.route_tables.iter().flat_map(|table| &table.routes) {
        if let DestinationSpec::Cidr(net) = &route.destination.value {
            all.push(net.trunc());
        }
    }
    let interfaces = spec.instances.iter().flat_map(|instance| &instance.interfaces).chain(&spec.interfaces);
    for interface in interfaces {
        all.extend(interface.behind.iter().map(|net| net.value.trunc()));
        if let Some(AddressSpec::Known(known)) = interface.public_address.as_ref().map(|typed| typed.value) {
            all.push(IpNet::from(known));
        }
    }
}
