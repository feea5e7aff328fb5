//! Internet gateways and NAT gateways as typed.
//!
//! In: the nodes under `internet_gateway`, `internet_gateways` and `nat_gateways`.
//! Out: [`InternetGatewaySpec`]s and [`NatGatewaySpec`]s.

use super::address::Family;
use super::read::Reader;
use super::shape::{ADDRESS4, Record, Shape, optional, required};
use super::{AddressSpec, InternetGatewaySpec, Name, NatGatewaySpec};
use crate::source::Span;
use crate::yaml::{Kind, Node};

const ATTACHMENTS: &[&str] = &["attached", "detached"];
const CONNECTIVITIES: &[&str] = &["public", "private"];
const STATES: &[&str] = &["available", "pending", "failed", "deleting", "deleted"];

pub(super) static INTERNET_GATEWAY: Record = Record {
    title: "an internet gateway",
    name: "internet_gateway",
    keys: &[
        required("name", "Its name.", Shape::Name),
        optional("state", "Whether it is attached to the VPC. Default attached.", Shape::Word(ATTACHMENTS)),
    ],
};

/// A name, or a record.
pub(super) const INTERNET_GATEWAY_SHAPE: Shape = Shape::Either(&[Shape::Name, Shape::Record(&INTERNET_GATEWAY)]);

pub(super) static NAT_GATEWAY: Record = Record {
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

impl<'s> Reader<'s> {
    pub(super) fn internet_gateway(&mut self, node: &Node<'s>, owner: Span) -> Option<InternetGatewaySpec> {
        if !matches!(node.kind, Kind::Map(_)) {
            let name = self.name(node, "the name of an internet gateway")?;
            return Some(InternetGatewaySpec { name, detached: false });
        }
        let section = self.open(node, &INTERNET_GATEWAY, owner)?;
        let name = section.get("name").and_then(|node| self.name(node, "the name of an internet gateway"));
        let state = section.get("state").and_then(|node| self.word(node, ATTACHMENTS));
        Some(InternetGatewaySpec { name: name?, detached: state.is_some_and(|state| state.value == "detached") })
    }

    pub(super) fn nat_gateway(&mut self, name: Name, node: &Node<'s>) -> NatGatewaySpec {
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
