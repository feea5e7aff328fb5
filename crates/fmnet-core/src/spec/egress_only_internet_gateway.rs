//! Egress-only internet gateways as typed.
//!
//! In: the node under `egress_only_internet_gateway`. Out: its name.

use super::VpcSpec;
use super::part::Part;
use super::same::forget;
use super::shape::{Shape, optional};

pub(super) const EGRESS_ONLY_INTERNET_GATEWAY: Part<VpcSpec> = Part {
    key: optional(
        "egress_only_internet_gateway",
        "The name of the egress-only internet gateway, a target of IPv6 routes (R127).",
        Shape::Name,
    ),
    read: |reader, at, vpc| {
        vpc.egress_only_internet_gateway = reader.name(at.node, "the name of an egress-only internet gateway");
    },
    print: |page, vpc| page.name(0, "egress_only_internet_gateway", vpc.egress_only_internet_gateway.as_ref()),
    forget: |vpc| forget(&mut vpc.egress_only_internet_gateway),
};
