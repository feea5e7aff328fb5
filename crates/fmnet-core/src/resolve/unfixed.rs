//! Rules that depend on an address which AWS has still to choose.
//!
//! In: a resolved model. Out: a warning for each group or ACL with a rule that names some
//! of a subnet's addresses, where an interface of the subnet may get one of them or not.

use std::collections::BTreeMap;

use ipnet::IpNet;
use rustc_hash::FxHashMap;

use super::peering_connection::{Joined, joined};
use super::{Resolver, subnet, transit_gateway};
use crate::address::number;
use crate::diagnostic::Diagnostic;
use crate::model::security_group::Peer;
use crate::model::{InterfaceId, SubnetId, VpcId};
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
    let mut homes: Vec<BTreeMap<u128, (IpNet, SubnetId)>> = vec![BTreeMap::new(); cx.homes.len()];
    for (id, subnet) in cx.model.subnets.iter() {
        for net in subnet::blocks(subnet) {
            if let Some(homes) = homes.get_mut(subnet.vpc.index()) {
                homes.insert(number(net.addr()), (net, id));
            }
        }
    }
    let mut warnings: BTreeMap<Holder, (Diagnostic, usize)> = BTreeMap::new();
    let near: Vec<Vec<VpcId>> = cx.model.vpcs.ids().map(|vpc| near(cx, vpc)).collect();
    for (vpc, holder, net, span) in rules(cx) {
        let found = near.get(vpc.index()).into_iter().flatten().find_map(|&vpc| {
            let (_, &(home, subnet)) = homes.get(vpc.index())?.range(..=number(net.addr())).next_back()?;
            // An address that somebody has for certain is nobody else's.
            let is_single = net.prefix_len() == net.max_prefix_len();
            let is_taken = is_single && cx.private_holders.contains_key(&(vpc, net.addr()));
            let is_part = home.contains(&net) && home != net;
            unfixed.get(&(subnet, is_v6(net))).filter(|_| is_part && !is_taken).copied()
        });
        if let Some(interface) = found {
            let warning = warnings.entry(holder);
            warning.or_insert_with(|| (warn(cx, net, span, interface), 0)).1 += 1;
        }
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

/// The VPC itself, and those that its packets may come from.
fn near(cx: &Resolver<'_>, vpc: VpcId) -> Vec<VpcId> {
    let others = cx.model.vpcs.ids().filter(|&other| other != vpc);
    let joined = others.filter(|&other| matches!(joined(cx, vpc, other), Joined::Yes | Joined::AcrossRegions(_)));
    let mut near: Vec<VpcId> = std::iter::once(vpc).chain(joined).chain(transit_gateway::reached(cx, vpc)).collect();
    near.sort_unstable();
    near.dedup();
    near
}

/// Whose rule it is: a group's or, if true, an ACL's, by its place in the arena.
type Holder = (bool, usize);

fn is_v6(net: IpNet) -> bool {
    matches!(net, IpNet::V6(_))
}

/// The blocks that the rules of each VPC name, and where; those of a group or ACL one after another.
fn rules(cx: &Resolver<'_>) -> Vec<(VpcId, Holder, IpNet, Span)> {
    let mut rules = Vec::new();
    for (id, group) in cx.model.security_groups.iter() {
        for rule in group.ingress.iter().chain(&group.egress) {
            match rule.peer {
                Peer::Cidr(net) => rules.push((group.vpc, (false, id.index()), net, rule.span)),
                Peer::Group(_) | Peer::PrefixList(_) => {}
            }
        }
    }
    for (id, acl) in cx.model.network_acls.iter() {
        let all = acl.ingress.iter().chain(&acl.egress);
        rules.extend(all.map(|rule| (acl.vpc, (true, id.index()), rule.peer, rule.span)));
    }
    rules
}
