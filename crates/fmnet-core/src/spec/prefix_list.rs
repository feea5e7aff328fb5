//! Prefix lists as typed.
//!
//! In: the nodes under `prefix_lists`. Out: [`PrefixListSpec`]s.

use ipnet::IpNet;

use super::address::{BlockOf, Family};
use super::part::Part;
use super::read::Reader;
use super::same::forget;
use super::shape::{CIDR, COUNT, Record, Shape, optional, required};
use super::{Name, PrefixListSpec, Spanned, Spec};
use crate::yaml::{Kind, Node};

pub(super) const PREFIX_LISTS: Part<Spec> = Part {
    key: optional("prefix_lists", "Prefix lists, by name.", Shape::Named(&SHAPE)),
    read: |reader, at, spec| spec.prefix_lists = reader.each(at, Reader::prefix_list),
    print: |page, spec| {
        if !spec.prefix_lists.is_empty() {
            page.key(0, "prefix_lists");
        }
        for list in &spec.prefix_lists {
            let entries = list.entries.iter().map(|entry| entry.value.to_string());
            let Some(most) = &list.max_entries else {
                page.list(1, &list.name.value, entries);
                continue;
            };
            page.key(1, &list.name.value);
            page.list(2, "entries", entries);
            page.pair(2, "max_entries", most.value);
        }
    },
    forget: |spec| {
        for list in &mut spec.prefix_lists {
            forget([&mut list.name]);
            forget(&mut list.entries);
            forget(&mut list.max_entries);
        }
    },
};

static PREFIX_LIST: Record = Record {
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
const SHAPE: Shape = Shape::Either(&[Shape::List(&CIDR), Shape::Record(&PREFIX_LIST)]);

impl<'s> Reader<'s> {
    fn prefix_list(&mut self, name: Name, node: &Node<'s>) -> PrefixListSpec {
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
