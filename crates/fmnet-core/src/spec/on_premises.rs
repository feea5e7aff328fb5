//! Networks on premises as typed.
//!
//! In: the nodes under `on_premises`. Out: names with their blocks.

use super::Spec;
use super::part::Part;
use super::same::forget;
use super::shape::{CIDR, Shape, optional};

pub(super) const ON_PREMISES: Part<Spec> = Part {
    key: optional(
        "on_premises",
        "Networks on premises, by name: the blocks behind customer gateways and Direct Connect gateways.",
        Shape::Named(&Shape::OneOrMore(&CIDR)),
    ),
    read: |reader, at, spec| {
        spec.on_premises = reader.each(at, |reader, name, node| (name, reader.one_or_more_blocks(node)));
    },
    print: |page, spec| {
        if !spec.on_premises.is_empty() {
            page.key(0, "on_premises");
        }
        for (name, nets) in &spec.on_premises {
            page.list(1, &name.value, nets.iter().map(|net| net.value.to_string()));
        }
    },
    forget: |spec| {
        for (name, nets) in &mut spec.on_premises {
            forget([name]);
            forget(nets);
        }
    },
};
