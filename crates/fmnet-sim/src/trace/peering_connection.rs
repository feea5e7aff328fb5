//! A VPC peering connection.
//!
//! In: a packet that a route sends to it. Out: who received it in the other VPC.
//!
//! AWS: <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>.

use fmnet_core::model::peering_connection::PeeringState;
use fmnet_core::model::route_table::Target;
use fmnet_core::model::{Model, PeeringConnectionId, SubnetId};

use super::next_hop::{Detour, NextHop, Via};
use super::walk::{Receiver, Walk};
use super::{address, vpc};
use crate::fate::{Code, Component, Leg};

impl NextHop for PeeringConnectionId {
    /// R130.
    fn is_usable(&self, model: &Model) -> bool {
        model.peering_connections[*self].state == PeeringState::Active
    }

    /// There is no reverse-path check: a reply may go by another connection, or
    /// another way between VPCs, than its request came by (R135), and be lost at the other end.
    fn detour(&self, _walk: &Walk<'_>, wanted: &Via) -> Detour {
        match wanted {
            Via::Target(Target::PeeringConnection(_) | Target::TransitGateway(_)) => Detour::Taken,
            Via::Local | Via::Target(_) | Via::NoGateway => Detour::Lost,
        }
    }

    /// Carries the packet between the addresses of its two VPCs: not from or to what
    /// lies beyond them, another peer (R131) or an edge of theirs (R132). There it goes
    /// to its owner, whatever the tables of that VPC say.
    ///
    /// AWS: <https://docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html>.
    fn take(&self, walk: &mut Walk<'_>, from: SubnetId) -> Option<Receiver> {
        let here = walk.model.vpc_of(from);
        let there = walk.model.peering_connections[*self].other(here);
        let there = there.filter(|&there| address::is_in_vpc(walk.model, there, walk.packet.destination));
        let is_from_here = match walk.leg {
            Leg::Forward => address::is_in_vpc(walk.model, here, walk.packet.source),
            Leg::Return => true,
        };
        if is_from_here && there.is_some() {
            walk.pass(Component::PeeringConnection(*self), None);
        } else {
            walk.block(Code::PcxRequiresAddressInVpcCidr, Component::PeeringConnection(*self), None);
        }
        let there = there?;
        walk.enter(there, Via::Target(Target::PeeringConnection(*self)));
        vpc::deliver(walk, there, None)
    }
}

#[cfg(test)]
mod tests;
