//! Rules that depend on an address which AWS has still to choose.
//!
//! In: a resolved model. Out: a warning for each rule that names some of a subnet's
//! addresses, where an interface of the subnet may get one of them or not.

use std::collections::BTreeMap;

use ipnet::IpNet;
use rustc_hash::FxHashMap;

use super::Resolver;
use super::subnet;
use crate::address::number;
use crate::diagnostic::Diagnostic;
use crate::model::security_group::Peer;
use crate::model::{InterfaceId, SubnetId};
use crate::source::Span;
use crate::words::echo;

/// Warns of rules whose meaning is not fixed yet.
pub(super) fn check(cx: &mut Resolver<'_>) {
    let mut unfixed: FxHashMap<(SubnetId, bool), InterfaceId> = FxHashMap::default();
    for (id, interface) in cx.model.interfaces.iter() {
        for address in interface
            .addresses
            .iter()
            .filter(|address| address.is_assumed)
        {
            unfixed
                .entry((interface.subnet, address.address.is_ipv6()))
                .or_insert(id);
        }
    }
    if unfixed.is_empty() || !cx.broken_subnets.is_empty() {
        return;
    }
    let mut homes: BTreeMap<u128, (IpNet, SubnetId)> = BTreeMap::new();
    for (id, subnet) in cx.model.subnets.iter() {
        for net in subnet::blocks(subnet) {
            homes.insert(number(net.addr()), (net, id));
        }
    }
    let mut warnings = Vec::new();
    for (net, span) in rules(cx) {
        let key = number(net.addr());
        let Some((_, &(home, subnet))) = homes.range(..=key).next_back() else {
            continue;
        };
        if !home.contains(&net) || home == net {
            continue;
        }
        let Some(&interface) = unfixed.get(&(subnet, is_v6(net))) else {
            continue;
        };
        // An address that somebody has for certain is nobody else's.
        let is_single = net.prefix_len() == net.max_prefix_len();
        if is_single && cx.private_holders.contains_key(&net.addr()) {
            continue;
        }
        let name = echo(&cx.model.interfaces[interface].name);
        let message = format!("whether `{net}` means {name} depends on the address that AWS picks");
        let diagnostic = Diagnostic::warning(
            "address-not-fixed",
            message,
            span,
            "some of a subnet's addresses",
        )
        .also(cx.model.interfaces[interface].span, "has no fixed address")
        .help("write its address, or name a security group in the rule");
        warnings.push(diagnostic);
    }
    cx.found.all.append(&mut warnings);
}

fn is_v6(net: IpNet) -> bool {
    matches!(net, IpNet::V6(_))
}

/// The blocks that rules name, and where.
fn rules(cx: &Resolver<'_>) -> Vec<(IpNet, Span)> {
    let groups = cx
        .model
        .security_groups
        .iter()
        .flat_map(|(_, group)| group.ingress.iter().chain(&group.egress));
    let of_groups = groups.filter_map(|rule| match rule.peer {
        Peer::Cidr(net) => Some((net, rule.span)),
        Peer::Group(_) | Peer::PrefixList(_) => None,
    });
    let acls = cx
        .model
        .network_acls
        .iter()
        .flat_map(|(_, acl)| acl.ingress.iter().chain(&acl.egress));
    let mut rules: Vec<(IpNet, Span)> = of_groups
        .chain(acls.map(|rule| (rule.peer, rule.span)))
        .collect();
    rules.sort_unstable_by_key(|&(net, span)| (span, net));
    rules.dedup();
    rules
}
