//! A VPC's own keys.
//!
//! In: the nodes of `region`, `account`, `cidr`, `ipv6` and the DNS settings. Out: their
//! part of a [`VpcSpec`].

use super::address::{BlockOf, Family};
use super::part::Part;
use super::print::{Page, text};
use super::read::Reader;
use super::same::forget;
use super::shape::{CIDR4, CIDR6, Grammar, Key, Record, Shape, optional, required};
use super::{Ipv6BlockSpec, Ipv6KindSpec, Spanned, VpcSpec};
use crate::yaml::{Kind, Node};

const KINDS: &[&str] = &["amazon", "byoip", "private"];

pub(super) const REGION: Key =
    optional("region", "Its region, as `ap-northeast-2`. Left out, that of the top level.", Shape::Name);
pub(super) const ACCOUNT: Key =
    optional("account", "The account that owns it. Left out, that of the top level.", ACCOUNT_SHAPE);

pub(super) const ACCOUNT_SHAPE: Shape = Shape::Line(&Grammar {
    name: "account",
    about: "the number of an account, in quotes, as \"111122223333\"",
    pattern: "^[0-9]{12}$",
});

pub(super) const CIDR: Part<VpcSpec> = Part {
    key: required(
        "cidr",
        "The VPC's primary IPv4 block, or a list whose first is the primary.",
        Shape::OneOrMore(&CIDR4),
    ),
    read: |reader, at, vpc| {
        let blocks = reader.one_or_more(at.node);
        if blocks.is_empty() {
            reader.missing_key("a design", "cidr", at.node.span);
        }
        vpc.cidr = blocks.iter().filter_map(|node| reader.block(node, Family::V4, BlockOf::Vpc)).collect();
    },
    print: |page, vpc| match vpc.cidr.as_slice() {
        [] => {}
        [only] => page.pair(0, "cidr", only.value),
        several => page.items(0, "cidr", several.iter().map(|block| block.value.to_string())),
    },
    forget: |vpc| forget(&mut vpc.cidr),
};

pub(super) const IPV6: Part<VpcSpec> = Part {
    key: optional("ipv6", "The VPC's IPv6 block, or a list.", Shape::OneOrMore(&IPV6_BLOCK_SHAPE)),
    read: |reader, at, vpc| {
        vpc.ipv6 = reader.one_or_more(at.node).iter().filter_map(|node| reader.ipv6_block(node)).collect();
    },
    print: print_ipv6,
    forget: |vpc| {
        for block in &mut vpc.ipv6 {
            forget([&mut block.block]);
            forget(&mut block.kind);
        }
    },
};

pub(super) const DNS_SUPPORT: Part<VpcSpec> = Part {
    key: optional("dns_support", "Whether the VPC resolves names (R23). Default true.", Shape::Bool),
    read: |reader, at, vpc| vpc.dns_support = reader.boolean(at.node),
    print: |page, vpc| page.option(0, "dns_support", vpc.dns_support),
    forget: |_| {},
};

pub(super) const DNS_HOSTNAMES: Part<VpcSpec> = Part {
    key: optional("dns_hostnames", "Whether public addresses get names (R23). Default true.", Shape::Bool),
    read: |reader, at, vpc| vpc.dns_hostnames = reader.boolean(at.node),
    print: |page, vpc| page.option(0, "dns_hostnames", vpc.dns_hostnames),
    forget: |_| {},
};

const IPV6_BLOCK_SHAPE: Shape = Shape::Either(&[CIDR6, Shape::Record(&IPV6_BLOCK)]);

static IPV6_BLOCK: Record = Record {
    title: "an IPv6 block",
    name: "ipv6_block",
    keys: &[
        required("block", "The block.", CIDR6),
        optional("kind", "Where it comes from. Default amazon; a unique local block is private.", Shape::Word(KINDS)),
    ],
};

fn print_ipv6(page: &mut Page, vpc: &VpcSpec) {
    if vpc.ipv6.is_empty() {
        return;
    }
    page.key(0, "ipv6");
    for block in &vpc.ipv6 {
        let Some(kind) = &block.kind else {
            page.item(1, &block.block.value.to_string());
            continue;
        };
        let kind = match kind.value {
            Ipv6KindSpec::Amazon => "amazon",
            Ipv6KindSpec::Byoip => "byoip",
            Ipv6KindSpec::Private => "private",
        };
        page.item_pair(1, "block", &text(&block.block.value.to_string()));
        page.pair(2, "kind", kind);
    }
}

impl<'s> Reader<'s> {
    fn ipv6_block(&mut self, node: &Node<'s>) -> Option<Ipv6BlockSpec> {
        if !matches!(node.kind, Kind::Map(_)) {
            return Some(Ipv6BlockSpec { block: self.block6(node, BlockOf::Vpc)?, kind: None });
        }
        let section = self.open(node, &IPV6_BLOCK, node.span)?;
        let kind = section.get("kind").and_then(|node| self.word(node, KINDS)).map(|word| Spanned {
            value: match &*word.value {
                "byoip" => Ipv6KindSpec::Byoip,
                "private" => Ipv6KindSpec::Private,
                _ => Ipv6KindSpec::Amazon,
            },
            span: word.span,
        });
        Some(Ipv6BlockSpec { block: section.get("block").and_then(|node| self.block6(node, BlockOf::Vpc))?, kind })
    }
}
