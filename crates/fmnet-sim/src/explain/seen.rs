//! Who is on the other side of a gate, after translations.
//!
//! In: a part, and where in the network a gate stands. Out: the [`Far`] end that the
//! gate's rules are compared with (R66), and its words and addresses.

use std::net::IpAddr;

use fmnet_core::model::{Model, NatGatewayId, SubnetId};

use super::{addresses, plain};
use crate::answer::Part;
use crate::fate::{Component, Direction, Leg};

/// The far end of a packet, as a gate sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Far {
    /// Where the request comes from.
    Source,
    /// The NAT gateway that stands for it.
    Translated(NatGatewayId),
    /// Where the request goes to.
    Destination,
}

/// The NAT gateway a part goes through, or would.
pub(super) fn nat_gateway(part: &Part) -> Option<NatGatewayId> {
    let passed = part.hops.iter().map(|hop| hop.component);
    let failed = part.blockers.iter().map(|blocker| blocker.component);
    // One that is only the destination translates nothing.
    part.seen_from.and(passed.chain(failed).find_map(Component::nat_gateway))
}

/// The far end that the rules of a gate are compared with.
pub(super) fn far(model: &Model, part: &Part, leg: Leg, component: Component, direction: Direction) -> Far {
    let nat = nat_gateway(part);
    let client = || nat.map_or(Far::Source, Far::Translated);
    let is_nats = |subnet: SubnetId| nat.is_some_and(|id| model.nat_gateways[id].subnet == subnet);
    match (leg, direction, component.subnet()) {
        (Leg::Forward, Direction::Egress, _) | (Leg::Return, Direction::Ingress, _) => Far::Destination,
        // Into the NAT gateway's subnet the request still has its own source; out of it the reply has it again.
        (Leg::Forward, Direction::Ingress, Some(subnet)) | (Leg::Return, Direction::Egress, Some(subnet))
            if is_nats(subnet) =>
        {
            Far::Source
        }
        (Leg::Forward, Direction::Ingress, _) | (Leg::Return, Direction::Egress, _) => client(),
    }
}

/// The far end in words.
pub(super) fn words(model: &Model, part: &Part, far: Far) -> String {
    match far {
        Far::Source => addresses::sources(model, part),
        Far::Translated(id) => format!("NAT gateway {}", plain(&model.nat_gateways[id].name)),
        Far::Destination => addresses::destinations(model, part),
    }
}

/// Its address in the part's witness.
pub(super) fn witness(model: &Model, part: &Part, far: Far) -> IpAddr {
    match far {
        Far::Source => part.witness.source,
        Far::Translated(id) => part.seen_from.unwrap_or(model.nat_gateways[id].address.into()),
        Far::Destination => part.witness.destination,
    }
}
