//! The design as a whole: the keys of its top level and of its VPCs.
//!
//! In: the text of a design. Out: a [`Spec`] and every mistake in it.

use super::part::{At, Of, count_of_vpc, keys_of_design, keys_of_vpc};
use super::read::{Reader, Section};
use super::shape::{Key, Record, Shape, optional};
use super::{
    Name, Spec, VpcSpec, block_public_access, database, direct_connect_gateway, egress_only_internet_gateway, gateway,
    instance, intent, network_acl, on_premises, peering_connection, place, prefix_list, question, quota, route_table,
    security_group, subnet, transit_gateway, virtual_private_gateway, vpc, vpn_connection,
};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use crate::words::echo;
use crate::yaml::{self, Node};

/// Every part of a design but its VPCs' names, in the order they are printed.
/// A new kind of component is a line here, and a file of its own.
pub(super) static PARTS: [Of; 30] = [
    Of::Vpc(vpc::CIDR),
    Of::Vpc(vpc::IPV6),
    Of::Vpc(vpc::DNS_SUPPORT),
    Of::Vpc(vpc::DNS_HOSTNAMES),
    Of::Design(question::SOURCE_PORTS),
    Of::Design(question::SNAPSHOT),
    Of::Design(place::PLACES),
    Of::Vpc(gateway::INTERNET_GATEWAY_PART),
    Of::Vpc(gateway::INTERNET_GATEWAYS),
    Of::Vpc(egress_only_internet_gateway::EGRESS_ONLY_INTERNET_GATEWAY),
    Of::Vpc(gateway::NAT_GATEWAYS),
    Of::Vpc(virtual_private_gateway::VIRTUAL_PRIVATE_GATEWAY),
    Of::Vpc(route_table::ROUTE_TABLES),
    Of::Vpc(network_acl::NETWORK_ACLS),
    Of::Vpc(subnet::SUBNETS),
    Of::Design(prefix_list::PREFIX_LISTS),
    Of::Vpc(security_group::SECURITY_GROUPS),
    Of::Vpc(instance::INSTANCES),
    Of::Vpc(instance::INTERFACES),
    Of::Vpc(database::DATABASES),
    Of::Design(peering_connection::PEERING_CONNECTIONS),
    Of::Design(on_premises::ON_PREMISES),
    Of::Design(vpn_connection::CUSTOMER_GATEWAYS),
    Of::Design(vpn_connection::VPN_CONNECTIONS),
    Of::Design(direct_connect_gateway::DIRECT_CONNECT_GATEWAYS),
    Of::Design(transit_gateway::TRANSIT_GATEWAYS),
    Of::Design(transit_gateway::TRANSIT_GATEWAY_PEERINGS),
    Of::Design(block_public_access::BLOCK_PUBLIC_ACCESS),
    Of::Design(quota::QUOTAS),
    Of::Design(intent::EXPECT),
];

const NAME: Key = optional("vpc", "The VPC's name, where the keys of a VPC stand beside it.", Shape::Name);
const REGION: Key = optional("region", "The region of each VPC that names no other, as `ap-northeast-2`.", Shape::Name);
const ACCOUNT: Key =
    optional("account", "The account of each VPC that names no other, as \"111122223333\".", vpc::ACCOUNT_SHAPE);
const VPCS: Key = optional("vpcs", "Several VPCs, by name.", Shape::Records(&VPC));

/// The top level. A design has a VPC at least, here or under `vpcs`.
pub(crate) static DESIGN: Record = Record {
    title: "a design",
    name: "design",
    keys: &keys_of_design::<{ PARTS.len() + 4 }>(&[NAME, REGION, ACCOUNT], &PARTS, &[VPCS]),
};

/// A VPC under `vpcs`.
pub(crate) static VPC: Record = Record {
    title: "a VPC",
    name: "vpc",
    keys: &keys_of_vpc::<{ count_of_vpc(&PARTS) + 2 }>(&[vpc::REGION, vpc::ACCOUNT], &PARTS),
};

/// The keys of the top level: a file that has one of them is a part of a design.
pub fn top_level_keys() -> impl Iterator<Item = &'static str> {
    DESIGN.names()
}

/// Reads a design.
pub(super) fn read(source: &Source) -> (Spec, Vec<Diagnostic>) {
    let (tree, found) = yaml::read(source);
    let mut reader = Reader::new(source, found);
    let mut spec = Spec::default();
    if let Some(tree) = &tree {
        let start = Span { start: tree.span.start, end: tree.span.start };
        if let Some(section) = reader.open(tree, &DESIGN, start) {
            reader.design(section, start, &mut spec);
        }
    }
    (spec, reader.finish())
}

impl<'s> Reader<'s> {
    fn design(&mut self, section: Section<'_, 's>, start: Span, spec: &mut Spec) {
        let head = Head {
            region: section.get("region").and_then(|node| self.name(node, "the name of a region")),
            account: section.get("account").and_then(|node| self.account(node)),
            is_region_written: section.get("region").is_some(),
        };
        spec.vpcs.extend(self.only_vpc(section, start, &head));
        for part in &PARTS {
            if let Of::Design(part) = part
                && let Some(at) = section.at(part.key.name)
            {
                (part.read)(self, at, spec);
            }
        }
        if let Some(node) = section.get("vpcs") {
            let named = self.named(node, "names to VPCs");
            spec.vpcs.extend(named.into_iter().map(|(name, node)| self.vpc(name, node, &head)));
        }
    }

    /// The VPC whose keys stand at the top level, if one does.
    fn only_vpc(&mut self, section: Section<'_, 's>, start: Span, head: &Head) -> Option<VpcSpec> {
        let mut vpc = VpcSpec { region: head.region.clone(), account: head.account.clone(), ..VpcSpec::default() };
        let stray =
            PARTS.iter().filter(|part| matches!(part, Of::Vpc(_))).find_map(|part| section.key(part.key().name));
        if section.get("vpcs").is_none() {
            for key in ["vpc", "region", "cidr"].into_iter().filter(|key| section.get(key).is_none()) {
                self.missing_key(DESIGN.title, key, start);
            }
        } else if let Some(key) = section.key("vpc") {
            for missing in ["region", "cidr"].into_iter().filter(|key| section.get(key).is_none()) {
                self.missing_key(VPC.title, missing, key);
            }
        } else if let Some(stray) = stray {
            let message = "what stands outside of `vpcs` belongs to no VPC";
            let diagnostic = Diagnostic::error("missing-key", message, stray, "of which VPC?");
            self.report(diagnostic.help("move it under one of `vpcs`, or name another VPC for it: `vpc: NAME`"));
        } else {
            return None;
        }
        vpc.name = section.get("vpc").and_then(|node| self.name(node, "the name of the VPC"));
        self.vpc_parts(section, &mut vpc);
        Some(vpc)
    }

    /// A VPC under `vpcs`.
    fn vpc(&mut self, name: Name, node: &Node<'s>, head: &Head) -> VpcSpec {
        let mut vpc = VpcSpec { region: head.region.clone(), account: head.account.clone(), ..VpcSpec::default() };
        if let Some(section) = self.open(node, &VPC, name.span) {
            if section.get("region").is_none() && !head.is_region_written {
                self.missing_key(VPC.title, "region", name.span);
            }
            if let Some(node) = section.get("region") {
                vpc.region = self.name(node, "the name of a region");
            }
            if let Some(node) = section.get("account") {
                vpc.account = self.account(node);
            }
            self.vpc_parts(section, &mut vpc);
        }
        vpc.name = Some(name);
        vpc
    }

    fn vpc_parts(&mut self, section: Section<'_, 's>, vpc: &mut VpcSpec) {
        for part in &PARTS {
            if let Of::Vpc(part) = part
                && let Some(at) = section.at(part.key.name)
            {
                (part.read)(self, at, vpc);
            }
        }
    }

    /// An account, twelve digits.
    pub(super) fn account(&mut self, node: &Node<'s>) -> Option<Name> {
        let name = self.name(node, "the number of an account")?;
        if name.value.len() != 12 || !name.value.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("{} is not the number of an account", echo(&name.value));
            self.report(Diagnostic::error("bad-account", message, name.span, "expected twelve digits"));
        }
        Some(name)
    }

    /// Every entry of a mapping from names.
    pub(super) fn each<T>(&mut self, at: At<'_, 's>, read: impl Fn(&mut Self, Name, &Node<'s>) -> T) -> Vec<T> {
        let named = self.named(at.node, &format!("names to {}", at.key.replace('_', " ")));
        named.into_iter().map(|(name, node)| read(self, name, node)).collect()
    }
}

/// What holds for each VPC that does not say otherwise.
struct Head {
    region: Option<Name>,
    account: Option<Name>,
    is_region_written: bool,
}
