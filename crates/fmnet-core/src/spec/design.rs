//! The design as a whole: the keys of its top level.
//!
//! In: the text of a design. Out: a [`Spec`] and every mistake in it.

use super::address::{BlockOf, Family};
use super::read::{Reader, Section};
use super::shape::{CIDR4, CIDR6, COUNT, NET, PORTS, Record, Shape, optional, required};
use super::{Ipv6BlockSpec, Ipv6KindSpec, Name, Spanned, Spec};
use super::{database, gateway, instance, intent, network_acl, prefix_list, route_table, security_group, subnet};
use crate::diagnostic::Diagnostic;
use crate::model::Snapshot;
use crate::source::{Source, Span};
use crate::yaml::{self, Kind, Node};

const SNAPSHOTS: &[&str] = &["consistent", "inconsistent"];
const KINDS: &[&str] = &["amazon", "byoip", "private"];

/// The top level. Its keys are printed in this order.
pub(crate) static DESIGN: Record = Record {
    title: "a design",
    name: "design",
    keys: &[
        required("vpc", "The VPC's name.", Shape::Name),
        required("region", "The region, as `ap-northeast-2`.", Shape::Name),
        required(
            "cidr",
            "The VPC's primary IPv4 block, or a list whose first is the primary.",
            Shape::OneOrMore(&CIDR4),
        ),
        optional(
            "ipv6",
            "The VPC's IPv6 block, or a list.",
            Shape::OneOrMore(&Shape::Either(&[CIDR6, Shape::Record(&IPV6_BLOCK)])),
        ),
        optional("dns_support", "Whether the VPC resolves names (R23). Default true.", Shape::Bool),
        optional("dns_hostnames", "Whether public addresses get names (R23). Default true.", Shape::Bool),
        optional("source_ports", "What a question that names no source port asks about, as `32768-65535` (R1).", PORTS),
        optional(
            "snapshot",
            "Whether what was read of a live network is one moment (R8). Default consistent; of an inconsistent one nothing is answered.",
            Shape::Word(SNAPSHOTS),
        ),
        optional("places", "Addresses outside the VPC, by name.", Shape::Named(&Shape::OneOrMore(&NET))),
        optional("internet_gateway", "The internet gateway.", gateway::INTERNET_GATEWAY_SHAPE),
        optional(
            "internet_gateways",
            "Several internet gateways; at most one is attached.",
            Shape::List(&gateway::INTERNET_GATEWAY_SHAPE),
        ),
        optional("nat_gateways", "NAT gateways, by name.", Shape::Named(&Shape::Record(&gateway::NAT_GATEWAY))),
        optional(
            "route_tables",
            "Route tables, by name. Without one that says `main: true`, AWS's own is named `main`.",
            Shape::Named(&route_table::SHAPE),
        ),
        optional(
            "network_acls",
            "Network ACLs, by name. The default one is named `default`.",
            Shape::Named(&Shape::Record(&network_acl::NETWORK_ACL)),
        ),
        optional("subnets", "Subnets, by name.", Shape::Named(&Shape::Record(&subnet::SUBNET))),
        optional("prefix_lists", "Prefix lists, by name.", Shape::Named(&prefix_list::SHAPE)),
        optional(
            "security_groups",
            "Security groups, by name. The group `default` exists always.",
            Shape::Named(&Shape::Record(&security_group::SECURITY_GROUP)),
        ),
        optional("instances", "Instances, by name.", Shape::Named(&Shape::Record(&instance::INSTANCE))),
        optional(
            "interfaces",
            "Network interfaces that no instance holds, by name.",
            Shape::Named(&Shape::Record(&instance::INTERFACE)),
        ),
        optional("databases", "Databases, by name.", Shape::Named(&Shape::Record(&database::DATABASE))),
        optional("quotas", "What the account has been granted, by name (R226).", Shape::Named(&COUNT)),
        optional("expect", "What the owners intend.", intent::SHAPE),
    ],
};

static IPV6_BLOCK: Record = Record {
    title: "an IPv6 block",
    name: "ipv6_block",
    keys: &[
        required("block", "The block.", CIDR6),
        optional("kind", "Where it comes from. Default amazon; a unique local block is private.", Shape::Word(KINDS)),
    ],
};

/// Reads a design.
pub(super) fn read(source: &Source) -> (Spec, Vec<Diagnostic>) {
    let (tree, found) = yaml::read(source);
    let mut reader = Reader::new(source, found);
    let mut spec = Spec::default();
    if let Some(tree) = &tree {
        let start = Span { start: tree.span.start, end: tree.span.start };
        if let Some(section) = reader.open(tree, &DESIGN, start) {
            reader.vpc(section, &mut spec);
            reader.network(section, &mut spec);
            reader.workloads(section, &mut spec);
        }
    }
    (spec, reader.finish())
}

impl<'s> Reader<'s> {
    fn vpc(&mut self, section: Section<'_, 's>, spec: &mut Spec) {
        spec.vpc = section.get("vpc").and_then(|node| self.name(node, "the name of the VPC"));
        spec.region = section.get("region").and_then(|node| self.name(node, "the name of a region"));
        if let Some(node) = section.get("cidr") {
            let blocks = self.one_or_more(node);
            if blocks.is_empty() {
                self.missing_key(DESIGN.title, "cidr", node.span);
            }
            spec.cidr = blocks.iter().filter_map(|node| self.block(node, Family::V4, BlockOf::Vpc)).collect();
        }
        if let Some(node) = section.get("ipv6") {
            spec.ipv6 = self.one_or_more(node).iter().filter_map(|node| self.ipv6_block(node)).collect();
        }
        spec.dns_support = section.get("dns_support").and_then(|node| self.boolean(node));
        spec.dns_hostnames = section.get("dns_hostnames").and_then(|node| self.boolean(node));
        spec.source_ports = section.get("source_ports").and_then(|node| self.raw_range(node));
        spec.snapshot =
            section.get("snapshot").and_then(|node| self.word(node, SNAPSHOTS)).map(|word| match &*word.value {
                "inconsistent" => Snapshot::Inconsistent,
                _ => Snapshot::Consistent,
            });
    }

    fn network(&mut self, section: Section<'_, 's>, spec: &mut Spec) {
        spec.places = self.each(section, "places", |reader, name, node| {
            let nets = reader.one_or_more(node);
            (name, nets.iter().filter_map(|node| reader.net(node)).collect())
        });
        if let (Some(node), Some(key)) = (section.get("internet_gateway"), section.key("internet_gateway")) {
            spec.internet_gateways.extend(self.internet_gateway(node, key));
        }
        if let (Some(node), Some(key)) = (section.get("internet_gateways"), section.key("internet_gateways")) {
            let items = self.list(node, "a list of internet gateways");
            spec.internet_gateways.extend(items.iter().filter_map(|item| self.internet_gateway(item, key)));
        }
        spec.nat_gateways = self.each(section, "nat_gateways", Self::nat_gateway);
        spec.route_tables = self.each(section, "route_tables", Self::route_table);
        spec.network_acls = self.each(section, "network_acls", Self::network_acl);
        spec.subnets = self.each(section, "subnets", Self::subnet);
        spec.prefix_lists = self.each(section, "prefix_lists", Self::prefix_list);
        spec.security_groups = self.each(section, "security_groups", Self::security_group);
    }

    fn workloads(&mut self, section: Section<'_, 's>, spec: &mut Spec) {
        spec.instances = self.each(section, "instances", Self::instance);
        spec.interfaces = self.each(section, "interfaces", Self::interface);
        spec.databases = self.each(section, "databases", Self::database);
        let quotas = self.each(section, "quotas", |reader, name, node| Some((name, reader.number(node, "a number")?)));
        spec.quotas = quotas.into_iter().flatten().collect();
        if let Some(node) = section.get("expect") {
            spec.intents = self.intents(node);
        }
    }

    /// Every entry of a mapping from names.
    fn each<T>(
        &mut self,
        section: Section<'_, 's>,
        key: &str,
        read: impl Fn(&mut Self, Name, &Node<'s>) -> T,
    ) -> Vec<T> {
        let Some(node) = section.get(key) else { return Vec::new() };
        let named = self.named(node, &format!("names to {}", key.replace('_', " ")));
        named.into_iter().map(|(name, node)| read(self, name, node)).collect()
    }

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
