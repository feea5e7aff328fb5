//! Places as typed.
//!
//! In: the nodes under `places`. Out: names with their addresses.

use super::Spec;
use super::part::Part;
use super::same::forget;
use super::shape::{NET, Shape, optional};

pub(super) const PLACES: Part<Spec> = Part {
    key: optional("places", "Addresses outside the VPCs, by name.", Shape::Named(&Shape::OneOrMore(&NET))),
    read: |reader, at, spec| {
        spec.places = reader.each(at, |reader, name, node| {
            let nets = reader.one_or_more(node);
            (name, nets.iter().filter_map(|node| reader.net(node)).collect())
        });
    },
    print: |page, spec| {
        if !spec.places.is_empty() {
            page.key(0, "places");
        }
        for (name, nets) in &spec.places {
            page.list(1, &name.value, nets.iter().map(|net| net.value.to_string()));
        }
    },
    forget: |spec| {
        for (name, nets) in &mut spec.places {
            forget([name]);
            forget(nets);
        }
    },
};
