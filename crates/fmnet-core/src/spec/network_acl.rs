//! Network ACLs as typed.
//!
//! In: the nodes under `network_acls`. Out: [`NetworkAclSpec`]s, their rules in the order
//! of the file.
//!
//! AWS: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html>.

use ipnet::IpNet;

use super::part::Part;
use super::peer::{self, BareAddress};
use super::print::{Page, print_traffic};
use super::raw;
use super::read::{Reader, Section};
use super::same::forget;
use super::shape::{Grammar, Record, Shape, optional, required};
use super::traffic::{self, Joining};
use super::{AclRuleSpec, Name, NetworkAclSpec, PeerSpec, Spanned, VpcSpec};
use crate::diagnostic::Diagnostic;
use crate::model::network_acl::AclAction;
use crate::source::Span;
use crate::traffic::{PortRange, Protocol, Traffic};
use crate::words::{Words, echo, with_form};
use crate::yaml::{Kind, Node};

pub(super) const NETWORK_ACLS: Part<VpcSpec> = Part {
    key: optional(
        "network_acls",
        "Network ACLs, by name. The default one is named `default`.",
        Shape::Records(&NETWORK_ACL),
    ),
    read: |reader, at, vpc| vpc.network_acls = reader.each(at, Reader::network_acl),
    print,
    forget: |vpc| {
        for acl in &mut vpc.network_acls {
            forget([&mut acl.name]);
            for rule in acl.ingress.iter_mut().chain(&mut acl.egress) {
                forget([&mut rule.number]);
                forget([&mut rule.traffic]);
                forget([&mut rule.peer]);
                rule.span = Span::NOWHERE;
            }
        }
    },
};

static NETWORK_ACL: Record = Record {
    title: "a network ACL",
    name: "network_acl",
    keys: &[
        optional(
            "ingress",
            "What may enter the subnets. The first entry that fits decides, by number.",
            Shape::List(&Shape::Either(&[INGRESS_LINE, Shape::Record(&RAW)])),
        ),
        optional("egress", "What may leave them.", Shape::List(&Shape::Either(&[EGRESS_LINE, Shape::Record(&RAW)]))),
    ],
};

const INGRESS_LINE: Shape = Shape::Line(&Grammar {
    name: "acl_ingress_rule",
    about: "`NUMBER allow|deny TRAFFIC from CIDR`, as `100 allow tcp/443 from 0.0.0.0/0`",
    pattern: r"^\s*[0-9]{1,5}\s+(allow|deny)\s+TRAFFIC\s+from\s+\S.*$",
});

const EGRESS_LINE: Shape = Shape::Line(&Grammar {
    name: "acl_egress_rule",
    about: "`NUMBER allow|deny TRAFFIC to CIDR`, as `100 allow tcp/1024-65535 to 0.0.0.0/0`",
    pattern: r"^\s*[0-9]{1,5}\s+(allow|deny)\s+TRAFFIC\s+to\s+\S.*$",
});

const ACTIONS: &[&str] = &["allow", "deny"];

static RAW: Record = Record {
    title: "a network ACL entry",
    name: "raw_acl_rule",
    keys: &[
        required("number", "Its place in the order, 1 to 32766 (R59).", Shape::Number(1, 32766)),
        required("action", "What happens to traffic that fits.", Shape::Word(ACTIONS)),
        required("protocol", raw::PROTOCOL, Shape::NumberOrName),
        optional("ports", "The ports of tcp or udp, as `80-80` (R65).", super::shape::PORTS),
        optional("icmp", "ICMP type and code, as `8/-1`, -1 for any (R64, R65).", ICMP),
        required("cidr", "The block on the other side, or a place of one block.", Shape::Name),
    ],
};

const ICMP: Shape = Shape::Line(&Grammar {
    name: "icmp",
    about: "an ICMP type and code, as `8/-1`",
    pattern: "^-?[0-9]{1,3}/-?[0-9]{1,3}$",
});

fn print(page: &mut Page, vpc: &VpcSpec) {
    if !vpc.network_acls.is_empty() {
        page.key(0, "network_acls");
    }
    for acl in &vpc.network_acls {
        page.named(1, &acl.name, |page| {
            page.items(2, "ingress", acl.ingress.iter().map(|rule| print_rule(rule, "from")));
            page.items(2, "egress", acl.egress.iter().map(|rule| print_rule(rule, "to")));
        });
    }
}

fn print_rule(rule: &AclRuleSpec, keyword: &str) -> String {
    let action = match rule.action {
        AclAction::Allow => "allow",
        AclAction::Deny => "deny",
    };
    let traffic = print_traffic(std::slice::from_ref(&rule.traffic));
    format!("{} {action} {traffic} {keyword} {}", rule.number.value, peer::print(&rule.peer.value))
}

impl<'s> Reader<'s> {
    fn network_acl(&mut self, name: Name, node: &Node<'s>) -> NetworkAclSpec {
        let mut acl = NetworkAclSpec { name, ingress: Vec::new(), egress: Vec::new() };
        let Some(section) = self.open(node, &NETWORK_ACL, acl.name.span) else { return acl };
        if let Some(node) = section.get("ingress") {
            acl.ingress = self.acl_rules(node, "from");
        }
        if let Some(node) = section.get("egress") {
            acl.egress = self.acl_rules(node, "to");
        }
        acl
    }

    fn acl_rules(&mut self, node: &Node<'s>, keyword: &str) -> Vec<AclRuleSpec> {
        let items = self.list(node, "a list of rules");
        items.iter().filter_map(|item| self.acl_rule(item, keyword)).collect()
    }

    fn acl_rule(&mut self, node: &Node<'s>, keyword: &str) -> Option<AclRuleSpec> {
        if matches!(node.kind, Kind::Map(_)) {
            let section = self.open(node, &RAW, node.span)?;
            return self.raw_acl_rule(node, section);
        }
        let words = self.words(node, &format!("a rule, `NUMBER allow|deny TRAFFIC {keyword} CIDR`"))?;
        let rule = line(words, keyword).map_err(|diagnostic| {
            let example = format!("`100 allow tcp/443 {keyword} 0.0.0.0/0`");
            with_form(diagnostic, &format!("an entry is `NUMBER allow|deny TRAFFIC {keyword} CIDR`, as {example}"))
        });
        self.keep(rule)
    }

    fn raw_acl_rule(&mut self, node: &Node<'s>, section: Section<'_, 's>) -> Option<AclRuleSpec> {
        let number = section.get("number").and_then(|node| self.number(node, "the number of an entry"));
        let number = number.and_then(|number| self.keep(checked(number)));
        let action = section.get("action").and_then(|node| self.word(node, ACTIONS));
        let action = action.map(|word| if word.value == "allow" { AclAction::Allow } else { AclAction::Deny });
        let peer = section.get("cidr").and_then(|node| {
            let words = self.words(node, "a block")?;
            let peer = only_block(words);
            self.keep(peer)
        });
        let protocol = section.get("protocol").and_then(|node| self.raw_protocol(node))?;
        let traffic = self.raw_acl_traffic(section, protocol, peer.as_ref())?;
        Some(AclRuleSpec { number: number?, action: action?, traffic, peer: peer?, span: node.span })
    }

    /// The traffic of an entry (R63, R64, R65).
    fn raw_acl_traffic(
        &mut self,
        section: Section<'_, 's>,
        protocol: Spanned<Option<Protocol>>,
        peer: Option<&Spanned<PeerSpec>>,
    ) -> Option<Spanned<Traffic>> {
        let span = protocol.span;
        let Some(protocol) = protocol.value else { return Some(Spanned { value: Traffic::Any, span }) };
        let is_v6 = matches!(peer, Some(Spanned { value: PeerSpec::Cidr(IpNet::V6(_)), .. }));
        let value = if protocol.has_ports() {
            match section.get("ports").filter(|node| Self::is_written(node)) {
                Some(node) => Traffic::Of { protocol, ports: self.raw_range(node)?.value },
                None => return self.lacks(protocol, span, "ports", "write `ports: 0-65535` for all ports (R65)"),
            }
        } else if protocol == Protocol::ICMP || (protocol == Protocol::ICMPV6 && is_v6) {
            match section.get("icmp").filter(|node| Self::is_written(node)) {
                Some(node) => Traffic::Of { protocol, ports: self.raw_icmp(node)?.value },
                None => {
                    return self.lacks(
                        protocol,
                        span,
                        "icmp",
                        "write `icmp: -1/-1` for every type and code (R64, R65)",
                    );
                }
            }
        } else if protocol == Protocol::ICMPV6
            && !matches!(peer, Some(Spanned { value: PeerSpec::Cidr(IpNet::V4(_)), .. }))
        {
            // A place: only its addresses say whether AWS would ignore type and code.
            match section.get("icmp").filter(|node| Self::is_written(node)) {
                Some(node) => Traffic::Of { protocol, ports: self.raw_icmp(node)?.value },
                None => Traffic::all_of(protocol),
            }
        } else {
            Traffic::all_of(protocol)
        };
        Some(Spanned { value, span })
    }

    fn lacks<T>(&mut self, protocol: Protocol, span: Span, key: &str, help: &str) -> Option<T> {
        let message = format!("a network ACL entry for {protocol} needs `{key}`");
        self.report(
            Diagnostic::error("InvalidParameterValue", message, span, format!("`{key}` is missing")).help(help),
        );
        None
    }
}

/// Reads `NUMBER allow|deny TRAFFIC from CIDR`.
fn line(mut words: Words<'_>, keyword: &str) -> Result<AclRuleSpec, Diagnostic> {
    let span = words.line();
    let number = words.take("the number of the entry")?;
    let digits = number.text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(value) = number.text.parse().ok().filter(|_| digits && !number.quoted) else {
        let message = format!("expected the number of the entry, found {}", echo(&number.text));
        return Err(Diagnostic::error("not-a-number", message, number.span, "expected 1 to 32766"));
    };
    let number = checked(Spanned { value, span: number.span })?;
    let action = words.take("`allow` or `deny`")?;
    let action = if action.is("allow") {
        AclAction::Allow
    } else if action.is("deny") {
        AclAction::Deny
    } else {
        return Err(action.unexpected_of("`allow` or `deny`", ACTIONS));
    };
    let mut traffic = traffic::take(&mut words, Joining::Nothing)?;
    peer::direction(&mut words, keyword)?;
    let peer = only_block(words)?;
    let Some(mut traffic) = traffic.pop() else {
        return Err(Diagnostic::error("bad-word", "the entry has no traffic", span, "expected traffic"));
    };
    if let (PeerSpec::Cidr(IpNet::V4(_)), Traffic::Of { protocol: Protocol::ICMPV6, ports }) =
        (&peer.value, &mut traffic.value)
    {
        // R64: AWS ignores the type and code of protocol 58 beside an IPv4 block.
        *ports = PortRange::ALL;
    }
    Ok(AclRuleSpec { number, action, traffic, peer, span })
}

/// Refuses numbers that AWS keeps for itself (R59).
fn checked(number: Spanned<u64>) -> Result<Spanned<u64>, Diagnostic> {
    if (1..=32766).contains(&number.value) {
        return Ok(number);
    }
    let message = format!("a network ACL entry cannot have the number `{}`", number.value);
    Err(Diagnostic::error("InvalidParameterValue", message, number.span, "expected 1 to 32766")
        .help("AWS keeps 32767 and above for the final deny (R59)"))
}

/// Reads a block or a place to the end of the line; a network ACL knows no other peers (R66).
fn only_block(mut words: Words<'_>) -> Result<Spanned<PeerSpec>, Diagnostic> {
    let peer = peer::take(&mut words, BareAddress::Refused)?;
    words.end()?;
    let refused = match &peer.value {
        PeerSpec::Cidr(_) | PeerSpec::Place(_) => return Ok(peer),
        PeerSpec::Anywhere => {
            return Err(Diagnostic::error(
                "bad-word",
                "`anywhere` is two entries, one for each family",
                peer.span,
                "expected one block",
            )
            .help("write one entry with `0.0.0.0/0`, and one with `::/0` if the VPC has IPv6"));
        }
        PeerSpec::Group(_) => "a security group",
        PeerSpec::Myself => "`self`",
        PeerSpec::PrefixList(_) => "a prefix list",
    };
    let message = format!("a network ACL entry names a block, not {refused}");
    Err(Diagnostic::error("InvalidParameterValue", message, peer.span, "expected a block")
        .help("network ACLs know no groups and no prefix lists (R66)"))
}
