//! VPC peering connections as typed.
//!
//! In: the nodes under `peering_connections`. Out: [`PeeringConnectionSpec`]s.

use super::part::Part;
use super::read::Reader;
use super::same::forget;
use super::shape::{Record, Shape, optional, required};
use super::{Name, PeeringConnectionSpec, Spec};
use crate::yaml::Node;

const STATES: &[&str] = &[
    "active",
    "initiating-request",
    "pending-acceptance",
    "provisioning",
    "inactive",
    "failed",
    "expired",
    "rejected",
    "deleting",
    "deleted",
];

pub(super) static PEERING_CONNECTION: Record = Record {
    title: "a peering connection",
    name: "peering_connection",
    keys: &[
        required("requester", "The VPC that asked for it.", Shape::Name),
        required("accepter", "The VPC that was asked.", Shape::Name),
        optional("state", "Its state. Default active.", Shape::Word(STATES)),
    ],
};

pub(super) const PEERING_CONNECTIONS: Part<Spec> = Part {
    key: optional("peering_connections", "VPC peering connections, by name.", Shape::Records(&PEERING_CONNECTION)),
    read: |reader, at, spec| spec.peering_connections = reader.each(at, Reader::peering_connection),
    print: |page, spec| {
        if !spec.peering_connections.is_empty() {
            page.key(0, "peering_connections");
        }
        for peering in &spec.peering_connections {
            page.named(1, &peering.name, |page| {
                page.name(2, "requester", peering.requester.as_ref());
                page.name(2, "accepter", peering.accepter.as_ref());
                page.name(2, "state", peering.state.as_ref());
            });
        }
    },
    forget: |spec| {
        for peering in &mut spec.peering_connections {
            let names = [&mut peering.name].into_iter().chain(&mut peering.requester);
            forget(names.chain(&mut peering.accepter).chain(&mut peering.state));
        }
    },
};

impl<'s> Reader<'s> {
    fn peering_connection(&mut self, name: Name, node: &Node<'s>) -> PeeringConnectionSpec {
        let mut peering = PeeringConnectionSpec { name, requester: None, accepter: None, state: None };
        let Some(section) = self.open(node, &PEERING_CONNECTION, peering.name.span) else { return peering };
        peering.requester = section.get("requester").and_then(|node| self.name(node, "the name of a VPC"));
        peering.accepter = section.get("accepter").and_then(|node| self.name(node, "the name of a VPC"));
        peering.state = section.get("state").and_then(|node| self.word(node, STATES));
        peering
    }
}
