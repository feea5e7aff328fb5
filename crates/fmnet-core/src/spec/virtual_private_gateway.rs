//! Virtual private gateways as typed.
//!
//! In: the node under `virtual_private_gateway`. Out: [`VirtualPrivateGatewaySpec`]s.

use super::part::Part;
use super::print::text;
use super::read::Reader;
use super::same::forget;
use super::shape::{Record, Shape, optional, required};
use super::{VirtualPrivateGatewaySpec, VpcSpec};
use crate::source::Span;
use crate::yaml::{Kind, Node};

const ATTACHMENTS: &[&str] = &["attached", "detached"];

pub(super) const VIRTUAL_PRIVATE_GATEWAY: Part<VpcSpec> = Part {
    key: optional(
        "virtual_private_gateway",
        "The virtual private gateway; of several, at most one is attached (R162).",
        Shape::OneOrMore(&SHAPE),
    ),
    read: |reader, at, vpc| {
        let items = reader.one_or_more(at.node);
        let gateways = items.iter().filter_map(|item| reader.virtual_private_gateway(item, at.span));
        vpc.virtual_private_gateways = gateways.collect();
    },
    print: |page, vpc| match vpc.virtual_private_gateways.as_slice() {
        [] => {}
        [only] if !only.detached => page.name(0, "virtual_private_gateway", Some(&only.name)),
        several => {
            page.key(0, "virtual_private_gateway");
            for gateway in several {
                page.item_pair(1, "name", &text(&gateway.name.value));
                page.pair(2, "state", if gateway.detached { "detached" } else { "attached" });
            }
        }
    },
    forget: |vpc| forget(vpc.virtual_private_gateways.iter_mut().map(|gateway| &mut gateway.name)),
};

static GATEWAY: Record = Record {
    title: "a virtual private gateway",
    name: "virtual_private_gateway",
    keys: &[
        required("name", "Its name.", Shape::Name),
        optional("state", "Whether it is attached to the VPC. Default attached.", Shape::Word(ATTACHMENTS)),
    ],
};

/// A name, or a record.
const SHAPE: Shape = Shape::Either(&[Shape::Name, Shape::Record(&GATEWAY)]);

impl<'s> Reader<'s> {
    fn virtual_private_gateway(&mut self, node: &Node<'s>, owner: Span) -> Option<VirtualPrivateGatewaySpec> {
        const WHAT: &str = "the name of a virtual private gateway";
        if !matches!(node.kind, Kind::Map(_)) {
            return Some(VirtualPrivateGatewaySpec { name: self.name(node, WHAT)?, detached: false });
        }
        let section = self.open(node, &GATEWAY, owner)?;
        let name = section.get("name").and_then(|node| self.name(node, WHAT));
        let state = section.get("state").and_then(|node| self.word(node, ATTACHMENTS));
        Some(VirtualPrivateGatewaySpec { name: name?, detached: state.is_some_and(|state| state.value == "detached") })
    }
}
