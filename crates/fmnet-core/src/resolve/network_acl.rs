//! Network ACLs (R57 to R66).
//!
//! In: `network_acls`. Out: the model's ACLs with their rules by number; the ACL
//! `default` is made where it is not written.

use std::collections::BTreeMap;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::names::{Kind, Scoped};
use super::{Findings, Home, Resolver, block, vpc};
use crate::diagnostic::Diagnostic;
use crate::model::network_acl::{AclAction, AclRule, NetworkAcl};
use crate::model::{Model, VpcId};
use crate::source::Span;
use crate::spec::{AclRuleSpec, Name, PeerSpec, Spanned, VpcSpec};
use crate::traffic::{Protocol, Traffic};
use crate::words::echo;

/// The name of the default ACL.
pub(super) const DEFAULT: &str = "default";

/// Declares the ACLs, the default one included.
pub(super) fn declare<'a>(homes: &[Home<'a>], model: &mut Model, found: &mut Findings) -> Scoped<'a, NetworkAcl> {
    let names = |vpc: &'a VpcSpec| super::or_default(vpc.network_acls.iter().map(|acl| &acl.name), DEFAULT);
    super::declare(Kind::NETWORK_ACL, homes, &mut model.network_acls, found, names, empty)
}

/// An ACL to be completed.
pub(super) fn empty(vpc: VpcId, name: String, span: Span) -> NetworkAcl {
    NetworkAcl { name, vpc, is_default: false, ingress: Vec::new(), egress: Vec::new(), span }
}

/// Completes the ACLs of a VPC.
pub(super) fn resolve(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    for (acl, id) in spec.network_acls.iter().zip(cx.network_acls.of(vpc).in_file_order()) {
        let ingress = rules(cx, vpc, &acl.name, "inbound", &acl.ingress);
        let egress = rules(cx, vpc, &acl.name, "outbound", &acl.egress);
        let item = cx.model.network_acls.get_mut(id);
        item.ingress = ingress;
        item.egress = egress;
    }
    let Some(default) = cx.network_acls.of(vpc).get(DEFAULT) else { return };
    cx.model.network_acls.get_mut(default).is_default = true;
    if !spec.network_acls.iter().any(|acl| acl.name.value == DEFAULT) {
        let rules = everything(cx, vpc);
        let item = cx.model.network_acls.get_mut(default);
        item.ingress.clone_from(&rules);
        item.egress = rules;
    }
}

/// The rules of an untouched default ACL (R62).
fn everything(cx: &Resolver<'_>, vpc: VpcId) -> Vec<AclRule> {
    let allow =
        |number, peer| AclRule { number, action: AclAction::Allow, traffic: Traffic::Any, peer, span: Span::NOWHERE };
    let v6 = (!cx.model.vpcs[vpc].ipv6.is_empty()).then(|| allow(101, IpNet::V6(Ipv6Net::default())));
    std::iter::once(allow(100, IpNet::V4(Ipv4Net::default()))).chain(v6).collect()
}

fn rules(cx: &mut Resolver<'_>, vpc: VpcId, acl: &Name, direction: &str, lines: &[AclRuleSpec]) -> Vec<AclRule> {
    let mut by_number: BTreeMap<u16, AclRule> = BTreeMap::new();
    for line in lines {
        let Some(number) = number(cx, &line.number) else {
            continue;
        };
        let Some(peer) = peer(cx, vpc, &line.peer) else {
            continue;
        };
        let traffic = as_stored(line.traffic.value, peer);
        let rule = AclRule { number, action: line.action, traffic, peer, span: line.span };
        match by_number.get(&number) {
            None => {
                by_number.insert(number, rule);
            }
            Some(first) => {
                let message = format!("network ACL {} has {direction} rule {number} twice", echo(&acl.value));
                let mut diagnostic =
                    Diagnostic::error("NetworkAclEntryAlreadyExists", message, line.number.span, "number in use")
                        .also(first.span, "by this rule");
                let written = |number: u16| lines.iter().any(|line| line.number.value == u64::from(number));
                if let Some(free) = (number..=32766).find(|&number| !written(number)) {
                    diagnostic = diagnostic.patch("use the next free number", line.number.span, free.to_string());
                }
                cx.found.push(diagnostic);
            }
        }
    }
    by_number.into_values().collect()
}

fn number(cx: &mut Resolver<'_>, typed: &Spanned<u64>) -> Option<u16> {
    let number = u16::try_from(typed.value).ok().filter(|number| (1..=32766).contains(number));
    if number.is_none() {
        let message = format!("`{}` is not a network ACL rule's number", typed.value);
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, typed.span, "1 to 32766");
        cx.found.push(diagnostic.help("AWS keeps 32767 and above for the rule that denies the rest"));
    }
    number
}

/// `ICMPv6` of an IPv4 block matches whatever the type and code (R64).
fn as_stored(traffic: Traffic, peer: IpNet) -> Traffic {
    match (traffic, peer) {
        (Traffic::Of { protocol: Protocol::ICMPV6, .. }, IpNet::V4(_)) => Traffic::all_of(Protocol::ICMPV6),
        (Traffic::Any | Traffic::Of { .. }, IpNet::V4(_) | IpNet::V6(_)) => traffic,
    }
}

fn peer(cx: &mut Resolver<'_>, vpc: VpcId, typed: &Spanned<PeerSpec>) -> Option<IpNet> {
    let (what, help) = match &typed.value {
        PeerSpec::Cidr(net) => {
            let stored = block::stored(&Spanned { value: *net, span: typed.span }, &mut cx.found);
            vpc::carries(cx, vpc, "a rule", stored, typed.span);
            return Some(stored);
        }
        PeerSpec::Place(name) => {
            let span = cx.within(typed.span, name);
            let network = cx.on_premises.get(name).map(|id| &cx.model.on_premises[id].nets);
            let nets = match network {
                Some(nets) => nets,
                None => {
                    let id = cx.places.find(name, span, &mut cx.found)?;
                    &cx.model.places[id].nets
                }
            };
            if let [net] = nets.as_slice() {
                return Some(*net);
            }
            if nets.is_empty() {
                return None;
            }
            ("a place of several blocks", "write a rule for each block of the place")
        }
        PeerSpec::Anywhere => ("`anywhere`, which is two blocks", "write `0.0.0.0/0`, and a rule for `::/0` beside it"),
        PeerSpec::Group(_) | PeerSpec::Myself => ("a security group", "network ACLs know only blocks of addresses"),
        PeerSpec::PrefixList(_) => ("a prefix list", "network ACLs know only blocks of addresses"),
    };
    let message = format!("a network ACL rule has one CIDR, not {what}");
    let mut diagnostic = Diagnostic::error("InvalidParameterValue", message, typed.span, "not one CIDR").help(help);
    if typed.value == PeerSpec::Anywhere {
        diagnostic = diagnostic.patch("use every IPv4 address", typed.span, "0.0.0.0/0");
    }
    cx.found.push(diagnostic);
    None
}
