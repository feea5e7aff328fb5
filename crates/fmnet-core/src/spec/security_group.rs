//! Security groups and their rules as typed.
//!
//! In: the nodes under `security_groups`. Out: [`SecurityGroupSpec`]s.
//!
//! AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>.

use super::part::Part;
use super::peer::{self, BareAddress};
use super::print::{Page, print_traffic, text};
use super::raw;
use super::read::Reader;
use super::same::forget;
use super::shape::{Grammar, Record, Shape, optional, required};
use super::traffic::{self, Joining};
use super::{GroupRuleSpec, Name, PeerSpec, SecurityGroupSpec, Spanned, VpcSpec};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::words::{Words, with_form};
use crate::yaml::{Kind, Node};

const ASSOCIATIONS: &[&str] =
    &["associating", "associated", "association-failed", "disassociating", "disassociated", "disassociation-failed"];

pub(super) const SECURITY_GROUPS: Part<VpcSpec> = Part {
    key: optional(
        "security_groups",
        "Security groups, by name. The group `default` exists always.",
        Shape::Records(&SECURITY_GROUP),
    ),
    read: |reader, at, vpc| vpc.security_groups = reader.each(at, Reader::security_group),
    print,
    forget: |vpc| {
        for group in &mut vpc.security_groups {
            forget([&mut group.name].into_iter().chain(&mut group.vpc).chain(&mut group.association));
            for (vpc, state) in &mut group.associations {
                forget([vpc].into_iter().chain(state));
            }
            let egress: &mut [GroupRuleSpec] = group.egress.as_deref_mut().unwrap_or_default();
            for rule in group.ingress.iter_mut().chain(egress) {
                forget(&mut rule.traffic);
                forget([&mut rule.peer]);
                rule.span = Span::NOWHERE;
            }
        }
    },
};

static SECURITY_GROUP: Record = Record {
    title: "a security group",
    name: "security_group",
    keys: &[
        optional("description", "What the group is for.", Shape::Text),
        optional("vpc", "The VPC that owns the group, where it is another one (R48).", Shape::Name),
        optional(
            "association",
            "The state of the group's association with this VPC, where another VPC owns it (R48).",
            Shape::Word(ASSOCIATIONS),
        ),
        optional(
            "associations",
            "Other VPCs of the design that it may be used in (R48): a list, or each with the state of the association.",
            Shape::Either(&[Shape::List(&Shape::Name), Shape::Named(&Shape::Word(ASSOCIATIONS))]),
        ),
        optional(
            "ingress",
            "What may come in. Left out, nothing.",
            Shape::List(&Shape::Either(&[INGRESS_LINE, Shape::Record(&RAW_INGRESS)])),
        ),
        optional(
            "egress",
            "What may go out. Left out, everything, as AWS has it; an empty list is nothing.",
            Shape::List(&Shape::Either(&[EGRESS_LINE, Shape::Record(&RAW_EGRESS)])),
        ),
    ],
};

const INGRESS_LINE: Shape = Shape::Line(&Grammar {
    name: "ingress_rule",
    about: "`TRAFFIC from PEER`, as `tcp/80,443 from 0.0.0.0/0` or `tcp/22 from group jenkins`",
    pattern: r"^\s*TRAFFIC\s+from\s+\S.*$",
});

const EGRESS_LINE: Shape = Shape::Line(&Grammar {
    name: "egress_rule",
    about: "`TRAFFIC to PEER`, as `any to 0.0.0.0/0` or `tcp/5432 to group db`",
    pattern: r"^\s*TRAFFIC\s+to\s+\S.*$",
});

const FROM_PORT: &str = "The first port, or the ICMP type (-1: any).";
const TO_PORT: &str = "The last port, or the ICMP code (-1: any).";
const PEER: Shape = Shape::Line(&Grammar {
    name: "peer",
    about: "an address or a block, a place, `group NAME`, `self`, `list NAME` or `anywhere`",
    pattern: r"^\s*\S.*$",
});

static RAW_INGRESS: Record = Record {
    title: "an ingress rule",
    name: "raw_ingress_rule",
    keys: &[
        required("protocol", raw::PROTOCOL, Shape::NumberOrName),
        optional("from_port", FROM_PORT, raw::PORT),
        optional("to_port", TO_PORT, raw::PORT),
        optional("from", "Where the traffic comes from.", PEER),
    ],
};

static RAW_EGRESS: Record = Record {
    title: "an egress rule",
    name: "raw_egress_rule",
    keys: &[
        required("protocol", raw::PROTOCOL, Shape::NumberOrName),
        optional("from_port", FROM_PORT, raw::PORT),
        optional("to_port", TO_PORT, raw::PORT),
        optional("to", "Where the traffic goes to.", PEER),
    ],
};

/// Which list a rule stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    /// The word before the peer.
    fn keyword(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }

    fn record(self) -> &'static Record {
        match self {
            Self::Ingress => &RAW_INGRESS,
            Self::Egress => &RAW_EGRESS,
        }
    }
}

fn print(page: &mut Page, vpc: &VpcSpec) {
    if !vpc.security_groups.is_empty() {
        page.key(0, "security_groups");
    }
    for group in &vpc.security_groups {
        page.named(1, &group.name, |page| {
            page.name(2, "vpc", group.vpc.as_ref());
            page.name(2, "association", group.association.as_ref());
            print_associations(page, group);
            page.items(2, "ingress", group.ingress.iter().map(|rule| print_rule(rule, Direction::Ingress)));
            if let Some(egress) = &group.egress {
                page.list(2, "egress", egress.iter().map(|rule| print_rule(rule, Direction::Egress)));
            }
        });
    }
}

fn print_associations(page: &mut Page, group: &SecurityGroupSpec) {
    if group.associations.iter().all(|(_, state)| state.is_none()) {
        page.items(2, "associations", group.associations.iter().map(|(vpc, _)| vpc.value.clone()));
        return;
    }
    page.key(2, "associations");
    for (vpc, state) in &group.associations {
        page.pair(3, &vpc.value, text(state.as_ref().map_or("associated", |state| &state.value)));
    }
}

fn print_rule(rule: &GroupRuleSpec, direction: Direction) -> String {
    format!("{} {} {}", print_traffic(&rule.traffic), direction.keyword(), peer::print(&rule.peer.value))
}

impl<'s> Reader<'s> {
    fn security_group(&mut self, name: Name, node: &Node<'s>) -> SecurityGroupSpec {
        let mut group = SecurityGroupSpec {
            name,
            vpc: None,
            association: None,
            associations: Vec::new(),
            ingress: Vec::new(),
            egress: None,
        };
        let Some(section) = self.open(node, &SECURITY_GROUP, group.name.span) else { return group };
        if let Some(node) = section.get("description") {
            self.text(node, "text");
        }
        group.vpc = section.get("vpc").and_then(|node| self.name(node, "the name of a VPC"));
        group.association = section.get("association").and_then(|node| self.word(node, ASSOCIATIONS));
        group.associations = section.get("associations").map(|node| self.associations(node)).unwrap_or_default();
        if let Some(node) = section.get("ingress") {
            group.ingress = self.group_rules(node, Direction::Ingress);
        }
        if let Some(node) = section.get("egress") {
            if matches!(node.kind, Kind::Null) {
                // Nothing after `egress:` may mean AWS's default, everything, as well as nothing.
                let message = "`egress` has no value: it is not clear whether nothing or everything may go out";
                self.report(
                    Diagnostic::error("wrong-kind", message, node.span, "expected a list of rules")
                        .help("write `egress: []` for nothing; leave the key out for everything"),
                );
            }
            group.egress = Some(self.group_rules(node, Direction::Egress));
        }
        group
    }

    /// `[V2]`, or `{V2: associating}`.
    fn associations(&mut self, node: &Node<'s>) -> Vec<(Name, Option<Name>)> {
        if !matches!(node.kind, Kind::Map(_)) {
            return self.names(node, "VPCs").into_iter().map(|name| (name, None)).collect();
        }
        let named = self.named(node, "names of VPCs to states");
        named.into_iter().map(|(name, node)| (name, self.word(node, ASSOCIATIONS))).collect()
    }

    fn group_rules(&mut self, node: &Node<'s>, direction: Direction) -> Vec<GroupRuleSpec> {
        let items = self.list(node, "a list of rules");
        items.iter().filter_map(|item| self.group_rule(item, direction)).collect()
    }

    fn group_rule(&mut self, node: &Node<'s>, direction: Direction) -> Option<GroupRuleSpec> {
        if matches!(node.kind, Kind::Map(_)) {
            return self.raw_group_rule(node, direction);
        }
        let keyword = direction.keyword();
        let words = self.words(node, &format!("a rule, `TRAFFIC {keyword} PEER`"))?;
        let rule = line(words, direction).map_err(|diagnostic| {
            let example = format!("`tcp/443 {keyword} 0.0.0.0/0` or `tcp/22 {keyword} group NAME`");
            with_form(diagnostic, &format!("a rule is `TRAFFIC {keyword} PEER`, as {example}"))
        });
        self.keep(rule)
    }

    fn raw_group_rule(&mut self, node: &Node<'s>, direction: Direction) -> Option<GroupRuleSpec> {
        let Kind::Map(entries) = &node.kind else { return None };
        let (mine, other) = if direction == Direction::Ingress { ("from", "to") } else { ("to", "from") };
        let place = |name: &str| entries.iter().find(|(key, _)| key.text == name).map(|(key, _)| key.span);
        if let (Some(first), Some(second)) = (place(mine), place(other)) {
            self.report(peer::two(first, second));
            return None;
        }
        let section = self.open(node, direction.record(), node.span)?;
        let protocol = section.get("protocol").and_then(|node| self.raw_protocol(node));
        let ports = [section.get("from_port"), section.get("to_port")].map(|node| node.map(|node| self.integer(node)));
        let traffic = match (protocol, ports) {
            (None, _) | (_, [Some(None), _] | [_, Some(None)]) => None,
            (Some(protocol), [first, last]) => {
                let traffic = raw::group_traffic(&protocol, first.flatten(), last.flatten());
                self.keep(traffic).map(|value| Spanned { value, span: protocol.span })
            }
        };
        let peer = match section.get(mine) {
            Some(node) => self.raw_peer(node),
            None if place(other).is_some() => None,
            None => {
                self.report(peer::none(node.span));
                None
            }
        };
        Some(GroupRuleSpec { traffic: vec![traffic?], peer: peer?, span: node.span })
    }

    fn raw_peer(&mut self, node: &Node<'s>) -> Option<Spanned<PeerSpec>> {
        if let Kind::List(items) = &node.kind {
            match items.as_slice() {
                [] => self.report(peer::none(node.span)),
                [_] => self.wrong_kind(node, "one peer"),
                [first, second, ..] => self.report(peer::two(first.span, second.span)),
            }
            return None;
        }
        if matches!(node.kind, Kind::Null) {
            self.report(peer::none(node.span));
            return None;
        }
        let mut words = self.words(node, "a peer")?;
        let peer = peer::take(&mut words, BareAddress::Allowed).and_then(|peer| words.end().map(|()| peer));
        self.keep(peer)
    }
}

/// Reads `TRAFFIC from PEER`.
fn line(mut words: Words<'_>, direction: Direction) -> Result<GroupRuleSpec, Diagnostic> {
    let span: Span = words.line();
    let traffic = traffic::take(&mut words, Joining::Ports)?;
    peer::direction(&mut words, direction.keyword())?;
    let peer = peer::take(&mut words, BareAddress::Allowed)?;
    words.end()?;
    Ok(GroupRuleSpec { traffic, peer, span })
}
