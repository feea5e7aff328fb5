//! Security groups (R31 to R49).
//!
//! In: `security_groups`. Out: the model's groups, one AWS rule for each peer and port
//! range of a line; the group `default` is made where it is not written.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use rustc_hash::FxHashMap;

use super::names::{Kind, Scoped};
use super::peering_connection::{self, Joined};
use super::{Findings, Home, Resolver, block, transit_gateway, vpc};
use crate::diagnostic::Diagnostic;
use crate::model::security_group::{GroupRule, Peer, SecurityGroup};
use crate::model::transit_gateway::Switch;
use crate::model::{Model, PrefixListId, SecurityGroupId, VpcId};
use crate::source::Span;
use crate::spec::{GroupRuleSpec, Name, PeerSpec, SecurityGroupSpec, Spanned, VpcSpec};
use crate::traffic::Traffic;
use crate::words::echo;

/// The name of the default group.
pub(super) const DEFAULT: &str = "default";

/// Declares the groups, the default ones included.
pub(super) fn declare<'a>(homes: &[Home<'a>], model: &mut Model, found: &mut Findings) -> Scoped<'a, SecurityGroup> {
    let names = |vpc: &'a VpcSpec| super::or_default(vpc.security_groups.iter().map(|group| &group.name), DEFAULT);
    let make = |vpc, name, span| SecurityGroup {
        name,
        vpc,
        is_default: false,
        foreign_vpc: None,
        associations: Vec::new(),
        ingress: Vec::new(),
        egress: Vec::new(),
        stale_ingress: Vec::new(),
        stale_egress: Vec::new(),
        span,
    };
    super::declare(Kind::SECURITY_GROUP, homes, &mut model.security_groups, found, names, make)
}

/// Says whose each group is, and where it may be used.
pub(super) fn associate(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    if let Some(default) = cx.security_groups.of(vpc).get(DEFAULT) {
        cx.model.security_groups.get_mut(default).is_default = true;
    }
    for (group, id) in spec.security_groups.iter().zip(cx.security_groups.of(vpc).in_file_order()) {
        foreign(cx, vpc, group, id);
        for (name, state) in &group.associations {
            association(cx, vpc, (group, id), name, state.as_ref());
        }
    }
}

/// Completes the groups of a VPC.
pub(super) fn resolve(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    for (group, id) in spec.security_groups.iter().zip(cx.security_groups.of(vpc).in_file_order()) {
        check_name(cx, &group.name);
        let ingress = rules(cx, vpc, id, Direction::Ingress, &group.ingress);
        let egress = match &group.egress {
            Some(written) => rules(cx, vpc, id, Direction::Egress, written),
            None => Rules { live: everything(cx, vpc), stale: Vec::new() },
        };
        let item = cx.model.security_groups.get_mut(id);
        (item.ingress, item.stale_ingress) = (ingress.live, ingress.stale);
        (item.egress, item.stale_egress) = (egress.live, egress.stale);
    }
    if let Some(id) = cx.security_groups.of(vpc).get(DEFAULT)
        && !spec.security_groups.iter().any(|group| group.name.value == DEFAULT)
    {
        let egress = everything(cx, vpc);
        let own = GroupRule { traffic: Traffic::Any, peer: Peer::Group(id), span: Span::NOWHERE };
        let item = cx.model.security_groups.get_mut(id);
        item.ingress = vec![own];
        item.egress = egress;
    }
}

/// The egress rules that AWS gives a new group: everything, to every family of the VPC (R32).
fn everything(cx: &Resolver<'_>, vpc: VpcId) -> Vec<GroupRule> {
    let rule = |net| GroupRule { traffic: Traffic::Any, peer: Peer::Cidr(net), span: Span::NOWHERE };
    let v6 = (!cx.model.vpcs[vpc].ipv6.is_empty()).then(|| rule(IpNet::V6(Ipv6Net::default())));
    std::iter::once(rule(IpNet::V4(Ipv4Net::default()))).chain(v6).collect()
}

const ASSOCIATIONS: [(&str, bool); 6] = [
    ("associated", true),
    ("associating", false),
    ("association-failed", false),
    ("disassociating", false),
    ("disassociated", false),
    ("disassociation-failed", false),
];

/// Whose group it is, where a VPC outside the design owns it, and whether it may be used
/// here (R48).
fn foreign(cx: &mut Resolver<'_>, vpc: VpcId, group: &SecurityGroupSpec, id: SecurityGroupId) {
    let owner = group.vpc.as_ref().filter(|owner| owner.value != cx.home(vpc).name());
    let Some(owner) = owner else {
        if let (Some(association), None) = (&group.association, &group.vpc) {
            let message = format!("security group {} belongs to this VPC", echo(&group.name.value));
            let diagnostic =
                Diagnostic::error("InvalidParameterCombination", message, association.span, "needs no association");
            cx.found.push(diagnostic.help("say whose group it is, `vpc: NAME`, or leave `association` out"));
        }
        return;
    };
    if cx.vpcs.get(&owner.value).is_some() {
        let message = format!("security group {} belongs to VPC {}", echo(&group.name.value), echo(&owner.value));
        let here = echo(cx.home(vpc).name());
        let diagnostic = Diagnostic::error("name-taken", message, owner.span, "a VPC of this design");
        cx.found
            .push(diagnostic.help(format!("write the group there, with `associations: [{}]`", here.trim_matches('`'))));
        return;
    }
    let written = group.association.as_ref();
    let usable = super::names::word("association", written, &ASSOCIATIONS, &mut cx.found);
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

/// A further VPC that the group may be used in (R48).
fn association(
    cx: &mut Resolver<'_>,
    vpc: VpcId,
    (group, id): (&SecurityGroupSpec, SecurityGroupId),
    name: &Name,
    state: Option<&Name>,
) {
    let usable = super::names::word("associations", state, &ASSOCIATIONS, &mut cx.found).unwrap_or(true);
    let Some(other) = cx.vpcs.find(&name.value, name.span, &mut cx.found) else { return };
    let (here, there) = (&cx.model.vpcs[vpc], &cx.model.vpcs[other]);
    let title = echo(&cx.model.security_groups[id].name);
    let refused = if other == vpc {
        Some(("InvalidParameterValue", format!("security group {title} belongs to this VPC"), "needs no association"))
    } else if group.name.value == DEFAULT {
        let message = format!("the default group of {} cannot be associated", echo(&here.name));
        Some(("InvalidParameterValue", message, "default groups stay in their VPC"))
    } else if here.region != there.region {
        let message = format!("security group {title} cannot be associated with a VPC of another region");
        Some(("InvalidParameterValue", message, "of another region"))
    } else {
        None
    };
    if let Some((code, message, label)) = refused {
        let diagnostic = Diagnostic::error(code, message, name.span, label);
        cx.found.push(diagnostic.help("a group may be used in other VPCs of its region; default groups may not (R48)"));
        return;
    }
    let span = state.map_or(name.span, |state| state.span);
    if cx.associations.insert((id, other), (span, usable)).is_some() {
        let message = format!("security group {title} is associated with {} twice", echo(&name.value));
        cx.found.push(Diagnostic::error("InvalidParameterValue", message, name.span, "again here"));
    }
    if usable {
        cx.model.security_groups.get_mut(id).associations.push(other);
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

/// Of which list a rule is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

/// The rules of one direction.
struct Rules {
    live: Vec<GroupRule>,
    /// Those that match nothing (R38).
    stale: Vec<GroupRule>,
}

fn rules(
    cx: &mut Resolver<'_>,
    vpc: VpcId,
    group: SecurityGroupId,
    direction: Direction,
    lines: &[GroupRuleSpec],
) -> Rules {
    let mut rules = Rules { live: Vec::with_capacity(lines.len()), stale: Vec::new() };
    let mut seen: FxHashMap<(Traffic, PeerKey), Span> = FxHashMap::default();
    for line in lines {
        let peers = peers(cx, vpc, group, &line.peer);
        let is_stale = stale(cx, vpc, group, (&line.peer, direction), &peers);
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
                    None if is_stale => rules.stale.push(rule),
                    None => rules.live.push(rule),
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
fn peers(cx: &mut Resolver<'_>, vpc: VpcId, group: SecurityGroupId, typed: &Spanned<PeerSpec>) -> Vec<Peer> {
    match &typed.value {
        PeerSpec::Cidr(net) => {
            let stored = block::stored(&Spanned { value: *net, span: typed.span }, &mut cx.found);
            vpc::carries(cx, vpc, "a rule", stored, typed.span);
            vec![Peer::Cidr(stored)]
        }
        PeerSpec::Anywhere => {
            vec![Peer::Cidr(IpNet::V4(Ipv4Net::default())), Peer::Cidr(IpNet::V6(Ipv6Net::default()))]
        }
        PeerSpec::Myself => vec![Peer::Group(group)],
        PeerSpec::Group(name) => {
            let span = cx.within(typed.span, name);
            let Some(id) = cx.security_groups.find_anywhere(vpc, name, span, &mut cx.found) else {
                return Vec::new();
            };
            if cx.model.security_groups[id].vpc == vpc {
                usable(cx, vpc, id, span);
            }
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
            if let Some(id) = cx.on_premises.get(name) {
                return cx.model.on_premises[id].nets.iter().map(|&net| Peer::Cidr(net)).collect();
            }
            unknown_peer(cx, vpc, name, span);
            Vec::new()
        }
    }
}

/// A bare word that is no place: perhaps a group or a list was meant.
fn unknown_peer(cx: &mut Resolver<'_>, vpc: VpcId, name: &str, span: Span) {
    let message = format!("no place is called {}", echo(name));
    let meant = if cx.security_groups.get(vpc, name).is_some() {
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
        let known = cx.places.all().chain(cx.on_premises.all());
        cx.found.unknown("unknown-name", message, name, span, known);
    }
}

/// Whether a rule names a group of another VPC that nothing joins with this one: such a
/// rule stays, and matches nothing (R38). Between Regions AWS takes none (R137).
fn stale(
    cx: &mut Resolver<'_>,
    vpc: VpcId,
    group: SecurityGroupId,
    (typed, direction): (&Spanned<PeerSpec>, Direction),
    peers: &[Peer],
) -> bool {
    let &[Peer::Group(other)] = peers else { return false };
    let owner = cx.model.security_groups[other].vpc;
    if owner == vpc || other == group || cx.model.security_groups[other].associations.contains(&vpc) {
        return false;
    }
    let (name, there) = (echo(&cx.model.security_groups[other].name), echo(cx.home(owner).name()));
    // Across a transit gateway only ingress rules name groups (R39).
    let across = match direction {
        Direction::Ingress => transit_gateway::joined(&cx.model, vpc, owner),
        Direction::Egress => None,
    };
    let (why, place) = match peering_connection::joined(cx, vpc, owner) {
        Joined::Yes => return false,
        Joined::AcrossRegions(id) => {
            let message = format!("security group {name} is of another region, and no rule here can name it");
            let diagnostic = Diagnostic::error("InvalidGroup.NotFound", message, typed.span, "of another region")
                .also(cx.model.peering_connections[id].span, "joins two regions");
            cx.found.push(diagnostic.help("across regions, name its addresses (R137)"));
            return false;
        }
        Joined::NotActive(_) | Joined::No if across == Some(Switch::On) => return false,
        Joined::No if across == Some(Switch::Off) => {
            unsupported(cx, typed.span, &name);
            return false;
        }
        Joined::NotActive(id) => ("is not active", Some(cx.model.peering_connections[id].span)),
        Joined::No => ("does not exist", None),
    };
    let message = format!("this rule names a group of VPC {there}, and the peering connection with it {why}");
    let mut diagnostic = Diagnostic::warning("stale-rule", message, typed.span, "matches nothing");
    if let Some(place) = place {
        diagnostic = diagnostic.also(place, "is not active");
    }
    cx.found.push(diagnostic.help("such a rule stays, and works only while an active connection joins the VPCs (R38)"));
    true
}

/// A rule that names a group across a transit gateway which does not support it.
fn unsupported(cx: &mut Resolver<'_>, span: Span, name: &str) {
    let message = format!("this rule names security group {name} across a transit gateway, which does not support it");
    let diagnostic = Diagnostic::warning("unsupported-reference", message, span, "matches nothing");
    cx.found.push(diagnostic.help(
        "turn `security_group_referencing` on, at the transit gateway and at both attachments, or name addresses (R39)",
    ));
}

/// Says so where a group of another VPC is used without being associated with this one (R48).
pub(super) fn usable(cx: &mut Resolver<'_>, vpc: VpcId, group: SecurityGroupId, span: Span) {
    let owner = cx.model.security_groups[group].vpc;
    if owner != vpc {
        let association = cx.associations.get(&(group, vpc)).copied();
        if association.is_some_and(|(_, usable)| usable) {
            return;
        }
        let (name, there) = (echo(&cx.model.security_groups[group].name), echo(cx.home(owner).name()));
        let here = cx.home(vpc).name();
        let message = format!("security group {name} belongs to VPC {there}");
        let diagnostic = Diagnostic::error("InvalidGroup.NotFound", message, span, "used here");
        cx.found.push(match association {
            Some((state, _)) => diagnostic.also(state, format!("and is not associated with {}", echo(here))),
            None => diagnostic
                .also(cx.model.security_groups[group].span, format!("is not associated with {}", echo(here)))
                .help(format!("write `associations: [{here}]` there, or take a group of this VPC")),
        });
        return;
    }
    if let Some(&state) = cx.unusable_groups.get(&group) {
        let message = format!("security group {} belongs to another VPC", echo(&cx.model.security_groups[group].name));
        let diagnostic = Diagnostic::error("InvalidGroup.NotFound", message, span, "used here")
            .also(state, "and is not associated with this VPC")
            .help("once it is, write `association: associated`");
        cx.found.push(diagnostic);
    }
}
