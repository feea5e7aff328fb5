//! What questions about the design take for granted.
//!
//! In: the nodes of `source_ports` and `snapshot`. Out: their part of a [`Spec`].

use super::Spec;
use super::part::Part;
use super::print::range;
use super::same::forget;
use super::shape::{PORTS, Shape, optional};
use crate::model::Snapshot;

const SNAPSHOTS: &[&str] = &["consistent", "inconsistent"];

pub(super) const SOURCE_PORTS: Part<Spec> = Part {
    key: optional(
        "source_ports",
        "What a question that names no source port asks about, as `32768-65535` (R1).",
        PORTS,
    ),
    read: |reader, at, spec| spec.source_ports = reader.raw_range(at.node),
    print: |page, spec| page.option(0, "source_ports", spec.source_ports.as_ref().map(|ports| range(ports.value))),
    forget: |spec| forget(&mut spec.source_ports),
};

pub(super) const SNAPSHOT: Part<Spec> = Part {
    key: optional(
        "snapshot",
        "Whether what was read of a live network is one moment (R8). Default consistent; of an inconsistent one nothing is answered.",
        Shape::Word(SNAPSHOTS),
    ),
    read: |reader, at, spec| {
        spec.snapshot = reader.word(at.node, SNAPSHOTS).map(|word| match &*word.value {
            "inconsistent" => Snapshot::Inconsistent,
            _ => Snapshot::Consistent,
        });
    },
    print: |page, spec| {
        let word = spec.snapshot.map(|snapshot| match snapshot {
            Snapshot::Consistent => "consistent",
            Snapshot::Inconsistent => "inconsistent",
        });
        page.option(0, "snapshot", word);
    },
    forget: |_| {},
};
