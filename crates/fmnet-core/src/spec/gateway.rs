//! Internet gateways and NAT gateways as typed.
//!
//! In: the nodes under `internet_gateway`, `internet_gateways` and `nat_gateways`.
//! Out: [`InternetGatewaySpec`]s and [`NatGatewaySpec`]s.

use super::address::Family;
use super::part::Part;
use super::print::{Page, text};
use super::read::Reader;
use super::same::forget;
use super::shape::{ADDRESS4, Record, Shape, optional, required};
use super::{AddressSpec, InternetGatewaySpec, Name, NatGatewaySpec, VpcSpec};
use crate::source::Span;
use crate::yaml::{Kind, Node};

const ATTACHMENTS: &[&str] = &["attached", "detached"];
const CONNECTIVITIES: &[&str] = &["public", "private"];
const STATES: &[&str] = &["available", "pending", "failed", "deleting", "deleted"];

pub(super) const INTERNET_GATEWAY_PART: Part<VpcSpec> = Part {
    key: optional("internet_gateway", "The internet gateway.", INTERNET_GATEWAY_SHAPE),
    read: |reader, at, vpc| vpc.internet_gateways.extend(reader.internet_gateway(at.node, at.span)),
    print: |page, vpc| {
        if let [only] = vpc.internet_gateways.as_slice()
            && !only.detached
        {
            page.name(0, "internet_gateway", Some(&only.name));
        }
    },
    forget: |vpc| forget(vpc.internet_gateways.iter_mut().map(|gateway| &mut gateway.name)),
};

pub(super) const INTERNET_GATEWAYS: Part<VpcSpec> = Part {
    key: optional(
        "internet_gateways",
        "Several internet gateways; at most one is attached.",
        Shape::List(&INTERNET_GATEWAY_SHAPE),
    ),
    read: |reader, at, vpc| {
        let items = reader.list(at.node, "a list of internet gateways");
        vpc.internet_gateways.extend(items.iter().filter_map(|item| reader.internet_gateway(item, at.span)));
    },
    print: |page, vpc| {
        let several = vpc.internet_gateways.as_slice();
        if several.len() > 1 || several.iter().any(|gateway| gateway.detached) {
            page.key(0, "internet_gateways");
            for gateway in several {
                page.item_pair(1, "name", &text(&gateway.name.value));
                page.pair(2, "state", if gateway.detached { "detached" } else { "attached" });
            }
        }
    },
    forget: |_| {},
};

pub(super) const NAT_GATEWAYS: Part<VpcSpec> = Part {
    key: optional("nat_gateways", "NAT gateways, by name.", Shape::Records(&NAT_GATEWAY)),
    read: |reader, at, vpc| vpc.nat_gateways = reader.each(at, Reader::nat_gateway),
    print: print_nat_gateways,
    forget: |vpc| {
        for nat in &mut vpc.nat_gateways {
            forget([&mut nat.name].into_iter().chain(&mut nat.subnet).chain(&mut nat.state));
            forget(&mut nat.elastic_ip);
            forget(&mut nat.address);
        }
    },
};

static INTERNET_GATEWAY: Record = Record {
    title: "an internet gateway",
    name: "internet_gateway",
    keys: &[
        required("name", "Its name.", Shape::Name),
        optional("state", "Whether it is attached to the VPC. Default attached.", Shape::Word(ATTACHMENTS)),
    ],
};

/// A name, or a record.
const INTERNET_GATEWAY_SHAPE: Shape = Shape::Either(&[Shape::Name, Shape::Record(&INTERNET_GATEWAY)]);

static NAT_GATEWAY: Record = Record {
    title: "a NAT gateway",
    name: "nat_gateway",
    keys: &[
        required("subnet", "The subnet it stands in.", Shape::Name),
        optional(
            "connectivity",
            "Whether it leads to the internet (`public`, the default) or only to other networks.",
            Shape::Word(CONNECTIVITIES),
        ),
        optional("elastic_ip", "Its Elastic IP, or `new` for one not allocated yet.", super::instance::ELASTIC_IP),
        optional("address", "Its private address.", ADDRESS4),
        optional("state", "Its state. Default available.", Shape::Word(STATES)),
    ],
};

fn print_nat_gateways(page: &mut Page, vpc: &VpcSpec) {
    if !vpc.nat_gateways.is_empty() {
        page.key(0, "nat_gateways");
    }
    for nat in &vpc.nat_gateways {
        page.named(1, &nat.name, |page| {
            page.name(2, "subnet", nat.subnet.as_ref());
            page.option(2, "connectivity", nat.private.then_some("private"));
            page.address(2, "elastic_ip", nat.elastic_ip.as_ref(), "new");
            page.option(2, "address", nat.address.as_ref().map(|address| text(&address.value.to_string())));
            page.name(2, "state", nat.state.as_ref());
        });
    }
}

impl<'s> Reader<'s> {
    fn internet_gateway(&mut self, node: &Node<'s>, owner: Span) -> Option<InternetGatewaySpec> {
        if !matches!(node.kind, Kind::Map(_)) {
            let name = self.name(node, "the name of an internet gateway")?;
            return Some(InternetGatewaySpec { name, detached: false });
        }
        let section = self.open(node, &INTERNET_GATEWAY, owner)?;
        let name = section.get("name").and_then(|node| self.name(node, "the name of an internet gateway"));
        let state = section.get("state").and_then(|node| self.word(node, ATTACHMENTS));
        Some(InternetGatewaySpec { name: name?, detached: state.is_some_and(|state| state.value == "detached") })
    }

    fn nat_gateway(&mut self, name: Name, node: &Node<'s>) -> NatGatewaySpec {
        let mut nat =
            NatGatewaySpec { name, subnet: None, private: false, elastic_ip: None, address: None, state: None };
        let Some(section) = self.open(node, &NAT_GATEWAY, nat.name.span) else { return nat };
        nat.subnet = section.get("subnet").and_then(|node| self.name(node, "the name of a subnet"));
        let connectivity = section.get("connectivity").and_then(|node| self.word(node, CONNECTIVITIES));
        nat.private = connectivity.is_some_and(|word| word.value == "private");
        nat.elastic_ip = section
            .get("elastic_ip")
            .and_then(|node| self.address_or(node, Family::V4, &[("new", AddressSpec::Chosen)]));
        nat.address = section.get("address").and_then(|node| self.address(node, Family::V4));
        nat.state = section.get("state").and_then(|node| self.word(node, STATES));
        nat
    }
}
