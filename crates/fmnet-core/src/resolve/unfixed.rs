//! Rules that depend on an address which AWS has still to choose.
//!
//! In: a resolved model. Out: a warning for each group or ACL with a rule that names some
//! of a subnet's addresses, where an interface of the subnet may get one of them or not.

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
        for address in interface.addresses.iter().filter(|address| address.is_assumed) {
            unfixed.entry((interface.subnet, address.address.is_ipv6())).or_insert(id);
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
    let mut warnings: BTreeMap<Holder, (Diagnostic, usize)> = BTreeMap::new();
    for (holder, net, span) in rules(cx) {
        let Some((_, &(home, subnet))) = homes.range(..=number(net.addr())).next_back() else {
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
        let warning = warnings.entry(holder);
        warning.or_insert_with(|| (warn(cx, net, span, interface), 0)).1 += 1;
    }
    cx.found.all.extend(warnings.into_values().map(|(warning, count)| match count {
        1 => warning,
        count => warning.help(format!("the same is true of {} more of its rules", count - 1)),
    }));
}

fn warn(cx: &Resolver<'_>, net: IpNet, span: Span, interface: InterfaceId) -> Diagnostic {
    let interface = &cx.model.interfaces[interface];
    let name = echo(&interface.name);
    let single = net.prefix_len() == net.max_prefix_len();
    let shown = if single { net.addr().to_string() } else { net.to_string() };
    let message = format!("whether `{shown}` means {name} depends on the address that AWS picks");
    let label = "some of a subnet's addresses";
    Diagnostic::warning("address-not-fixed", message, span, label)
        .also(interface.span, "has no fixed address")
        .help("write its address, or name a security group in the rule")
}

/// Whose rule it is: a group's or, if true, an ACL's, by its place in the arena.
type Holder = (bool, usize);

fn is_v6(net: IpNet) -> bool {
    matches!(net, IpNet::V6(_))
}

/// The blocks that rules name, and where; those of a group or ACL one after another.
fn rules(cx: &Resolver<'_>) -> Vec<(Holder, IpNet, Span)> {
    let mut rules = Vec::new();
    for (id, group) in cx.model.security_groups.iter() {
        for rule in group.ingress.iter().chain(&group.egress) {
            match rule.peer {
                Peer::Cidr(net) => rules.push(((false, id.index()), net, rule.span)),
                Peer::Group(_) | Peer::PrefixList(_) => {}
            }
        }
    }
    for (id, acl) in cx.model.network_acls.iter() {
        let all = acl.ingress.iter().chain(&acl.egress);
        rules.extend(all.map(|rule| ((true, id.index()), rule.peer, rule.span)));
    }
    rules
}
