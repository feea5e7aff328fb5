//! Security groups (R31 to R49).
//!
//! In: `security_groups`. Out: the model's groups, one AWS rule for each peer and port
//! range of a line; the group `default` is made where it is not written.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use rustc_hash::FxHashMap;

use super::{Resolver, block, vpc};
use crate::diagnostic::Diagnostic;
use crate::model::security_group::{GroupRule, Peer, SecurityGroup};
use crate::model::{PrefixListId, SecurityGroupId, VpcId};
use crate::source::Span;
use crate::spec::{GroupRuleSpec, Name, PeerSpec, SecurityGroupSpec, Spanned};
use crate::traffic::Traffic;
use crate::words::echo;

/// The name of the default group.
pub(super) const DEFAULT: &str = "default";

/// A group to be completed.
pub(super) fn empty(vpc: VpcId, name: &str, span: Span) -> SecurityGroup {
    SecurityGroup {
        name: name.to_owned(),
        vpc,
        is_default: name == DEFAULT,
        foreign_vpc: None,
        ingress: Vec::new(),
        egress: Vec::new(),
        span,
    }
}

/// Completes every group.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    let ids = cx.security_groups.in_file_order();
    for (group, &id) in spec.security_groups.iter().zip(&ids) {
        foreign(cx, group, id);
    }
    for (group, &id) in spec.security_groups.iter().zip(&ids) {
        check_name(cx, &group.name);
        let ingress = rules(cx, id, &group.ingress);
        let egress = match &group.egress {
            Some(written) => rules(cx, id, written),
            None => everything(cx),
        };
        let item = cx.model.security_groups.get_mut(id);
        item.ingress = ingress;
        item.egress = egress;
    }
    if let Some(id) = cx.security_groups.get(DEFAULT)
        && !spec.security_groups.iter().any(|group| group.name.value == DEFAULT)
    {
        let egress = everything(cx);
        let own = GroupRule { traffic: Traffic::Any, peer: Peer::Group(id), span: Span::NOWHERE };
        let item = cx.model.security_groups.get_mut(id);
        item.ingress = vec![own];
        item.egress = egress;
    }
}

/// The egress rules that AWS gives a new group: everything, to every family of the VPC (R32).
fn everything(cx: &Resolver<'_>) -> Vec<GroupRule> {
    let rule = |net| GroupRule { traffic: Traffic::Any, peer: Peer::Cidr(net), span: Span::NOWHERE };
    let v6 = (!cx.model.vpc().ipv6.is_empty()).then(|| rule(IpNet::V6(Ipv6Net::default())));
    std::iter::once(rule(IpNet::V4(Ipv4Net::default()))).chain(v6).collect()
}

/// Whose group it is, and whether it may be used here (R48).
fn foreign(cx: &mut Resolver<'_>, group: &SecurityGroupSpec, id: SecurityGroupId) {
    let owner = group.vpc.as_ref().filter(|vpc| vpc.value != cx.model.vpc().name);
    let Some(owner) = owner else {
        if let (Some(association), None) = (&group.association, &group.vpc) {
            let message = format!("security group {} belongs to this VPC", echo(&group.name.value));
            let diagnostic =
                Diagnostic::error("InvalidParameterCombination", message, association.span, "needs no association");
            cx.found.push(diagnostic.help("say whose group it is, `vpc: NAME`, or leave `association` out"));
        }
        return;
    };
    const STATES: [(&str, bool); 6] = [
        ("associated", true),
        ("associating", false),
        ("association-failed", false),
        ("disassociating", false),
        ("disassociated", false),
        ("disassociation-failed", false),
    ];
    let written = group.association.as_ref();
    let usable = super::names::word("association", written, &STATES, &mut cx.found);
    // A state that is no word has been told of, and is not held against its users.
    if usable == Some(false) || written.is_none() {
        cx.unusable_groups.insert(id, written.map_or(owner.span, |state| state.span));
    }
    cx.model.security_groups.get_mut(id).foreign_vpc = Some(owner.value.clone());
    if group.name.value == DEFAULT {
        let message = format!("the default group of {} cannot be used here", echo(&owner.value));
        let diagnostic = Diagnostic::error("InvalidGroup.NotFound", message, group.name.span, "a default group")
            .also(owner.span, "of another VPC")
            .help("default groups cannot be associated with another VPC: associate one of its other groups");
        cx.found.push(diagnostic);
    }
}

fn check_name(cx: &mut Resolver<'_>, name: &Name) {
    let allowed = |character: char| character.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(character);
    let wrong = if name.value.chars().count() > 255 {
        "a security group's name has at most 255 characters"
    } else if name.value.starts_with("sg-") {
        "a security group's name may not start with `sg-`, as ids do"
    } else if !name.value.chars().all(allowed) {
        "a security group's name has letters a-z, digits, spaces and ._-:/()#,@[]+=&;{}!$*"
    } else {
        return;
    };
    let message = format!("{} cannot be a security group's name", echo(&name.value));
    cx.found.push(Diagnostic::error("InvalidParameterValue", message, name.span, "refused by AWS").help(wrong));
}

fn rules(cx: &mut Resolver<'_>, group: SecurityGroupId, lines: &[GroupRuleSpec]) -> Vec<GroupRule> {
    let mut rules = Vec::with_capacity(lines.len());
    let mut seen: FxHashMap<(Traffic, PeerKey), Span> = FxHashMap::default();
    for line in lines {
        let peers = peers(cx, group, &line.peer);
        let mut told = false;
        for traffic in &line.traffic {
            for &peer in &peers {
                if cx.admit_rule(line.span).is_none() {
                    return rules;
                }
                let rule = GroupRule { traffic: traffic.value, peer, span: line.span };
                match seen.insert((rule.traffic, key(peer)), line.span) {
                    Some(first) if !told => {
                        told = true;
                        duplicate(cx, group, rule, first, traffic.span);
                    }
                    Some(_) => {}
                    None => rules.push(rule),
                }
            }
        }
    }
    rules
}

/// A peer as AWS compares it.
type PeerKey = (Option<IpNet>, Option<SecurityGroupId>, Option<PrefixListId>);

fn key(peer: Peer) -> PeerKey {
    match peer {
        Peer::Cidr(net) => (Some(net), None, None),
        Peer::Group(id) => (None, Some(id), None),
        Peer::PrefixList(id) => (None, None, Some(id)),
    }
}

/// AWS refuses a rule that is there already (R47).
fn duplicate(cx: &mut Resolver<'_>, group: SecurityGroupId, rule: GroupRule, first: Span, word: Span) {
    let peer = describe(cx, rule.peer);
    let name = echo(&cx.model.security_groups[group].name);
    let message = format!("security group {name} has the same rule twice: {} and {peer}", rule.traffic);
    let within_a_line = first == rule.span;
    let (span, label) = if within_a_line { (word, "repeats a part of this line") } else { (rule.span, "again here") };
    let mut diagnostic = Diagnostic::error("InvalidPermission.Duplicate", message, span, label);
    if !within_a_line {
        diagnostic = diagnostic.also(first, "first here");
    }
    cx.found.push(diagnostic.help("remove one of the two"));
}

fn describe(cx: &Resolver<'_>, peer: Peer) -> String {
    match peer {
        Peer::Cidr(net) => format!("`{net}`"),
        Peer::Group(id) => format!("group {}", echo(&cx.model.security_groups[id].name)),
        Peer::PrefixList(id) => format!("list {}", echo(&cx.model.prefix_lists[id].name)),
    }
}

/// The peers that a written one stands for (R35); none where it was a mistake.
fn peers(cx: &mut Resolver<'_>, group: SecurityGroupId, typed: &Spanned<PeerSpec>) -> Vec<Peer> {
    match &typed.value {
        PeerSpec::Cidr(net) => {
            let stored = block::stored(&Spanned { value: *net, span: typed.span }, &mut cx.found);
            vpc::carries(cx, "a rule", stored, typed.span);
            vec![Peer::Cidr(stored)]
        }
        PeerSpec::Anywhere => {
            vec![Peer::Cidr(IpNet::V4(Ipv4Net::default())), Peer::Cidr(IpNet::V6(Ipv6Net::default()))]
        }
        PeerSpec::Myself => vec![Peer::Group(group)],
        PeerSpec::Group(name) => {
            let span = cx.within(typed.span, name);
            let Some(id) = cx.security_groups.find(name, span, &mut cx.found) else {
                return Vec::new();
            };
            usable(cx, id, span);
            vec![Peer::Group(id)]
        }
        PeerSpec::PrefixList(name) => {
            let span = cx.within(typed.span, name);
            cx.prefix_lists.find(name, span, &mut cx.found).into_iter().map(Peer::PrefixList).collect()
        }
        PeerSpec::Place(name) => {
            let span = cx.within(typed.span, name);
            if let Some(id) = cx.places.get(name) {
                return cx.model.places[id].nets.iter().map(|&net| Peer::Cidr(net)).collect();
            }
            unknown_peer(cx, name, span);
            Vec::new()
        }
    }
}

/// A bare word that is no place: perhaps a group or a list was meant.
fn unknown_peer(cx: &mut Resolver<'_>, name: &str, span: Span) {
    let message = format!("no place is called {}", echo(name));
    let meant = if cx.security_groups.get(name).is_some() {
        Some("group")
    } else if cx.prefix_lists.get(name).is_some() {
        Some("list")
    } else {
        None
    };
    if let Some(word) = meant {
        let diagnostic = Diagnostic::error("unknown-name", message, span, "not a place");
        cx.found.push(diagnostic.patch(format!("write `{word}` before it"), span, format!("{word} {name}")));
    } else {
        cx.found.unknown("unknown-name", message, name, span, cx.places.all());
    }
}

/// Says so where a group of another VPC is used without being associated with this one (R48).
pub(super) fn usable(cx: &mut Resolver<'_>, group: SecurityGroupId, span: Span) {
    if let Some(&state) = cx.unusable_groups.get(&group) {
        let message = format!("security group {} belongs to another VPC", echo(&cx.model.security_groups[group].name));
        let diagnostic = Diagnostic::error("InvalidGroup.NotFound", message, span, "used here")
            .also(state, "and is not associated with this VPC")
            .help("once it is, write `association: associated`");
        cx.found.push(diagnostic);
    }
}
