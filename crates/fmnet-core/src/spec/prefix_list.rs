//! Prefix lists as typed.
//!
//! In: the nodes under `prefix_lists`. Out: [`PrefixListSpec`]s.

use ipnet::IpNet;

use super::address::{BlockOf, Family};
use super::read::Reader;
use super::shape::{CIDR, COUNT, Record, Shape, optional, required};
use super::{Name, PrefixListSpec, Spanned};
use crate::yaml::{Kind, Node};

pub(super) static PREFIX_LIST: Record = Record {
    title: "a prefix list",
    name: "prefix_list",
    keys: &[
        required("entries", "Its blocks.", Shape::List(&CIDR)),
        optional(
            "max_entries",
            "How many it may have: each counts as a rule wherever the list is used (R227). Left out, as many as it has.",
            COUNT,
        ),
    ],
};

/// A list of blocks, or a record.
pub(super) const SHAPE: Shape = Shape::Either(&[Shape::List(&CIDR), Shape::Record(&PREFIX_LIST)]);

impl<'s> Reader<'s> {
    pub(super) fn prefix_list(&mut self, name: Name, node: &Node<'s>) -> PrefixListSpec {
        let mut list = PrefixListSpec { name, entries: Vec::new(), max_entries: None };
        if matches!(node.kind, Kind::Map(_)) {
            let Some(section) = self.open(node, &PREFIX_LIST, list.name.span) else { return list };
            list.entries = section.get("entries").map(|node| self.blocks(node)).unwrap_or_default();
            list.max_entries = section.get("max_entries").and_then(|node| self.number(node, "a number of entries"));
        } else {
            list.entries = self.blocks(node);
        }
        list
    }

    /// A list of blocks.
    pub(super) fn blocks(&mut self, node: &Node<'s>) -> Vec<Spanned<IpNet>> {
        let items = self.list(node, "a list of blocks");
        items.iter().filter_map(|item| self.block(item, Family::Either, BlockOf::Rule)).collect()
    }
}
