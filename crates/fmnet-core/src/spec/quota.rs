//! Quotas as typed.
//!
//! In: the nodes under `quotas`. Out: names with what has been granted.

use super::Spec;
use super::part::Part;
use super::same::forget;
use super::shape::{COUNT, Shape, optional};

pub(super) const QUOTAS: Part<Spec> = Part {
    key: optional("quotas", "What each account has been granted, by name (R226).", Shape::Named(&COUNT)),
    read: |reader, at, spec| {
        let quotas = reader.each(at, |reader, name, node| Some((name, reader.number(node, "a number")?)));
        spec.quotas = quotas.into_iter().flatten().collect();
    },
    print: |page, spec| {
        if !spec.quotas.is_empty() {
            page.key(0, "quotas");
        }
        for (name, number) in &spec.quotas {
            page.pair(1, &name.value, number.value);
        }
    },
    forget: |spec| {
        for (name, number) in &mut spec.quotas {
            forget([name]);
            forget([number]);
        }
    },
};
