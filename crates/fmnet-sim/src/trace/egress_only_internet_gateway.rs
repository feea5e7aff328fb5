//! The egress-only internet gateway.
//!
//! In: an IPv6 packet for the internet. Out: who received it.
//!
//! AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>.

use fmnet_core::model::{EgressOnlyInternetGatewayId, Model, SubnetId};

use super::internet_gateway;
use super::next_hop::NextHop;
use super::walk::{Exit, Receiver, Walk};
use crate::fate::Leg;

impl NextHop for EgressOnlyInternetGatewayId {
    /// It is never detached; a route to one that was deleted is a blackhole of its own.
    fn is_usable(&self, _model: &Model) -> bool {
        true
    }

    /// Lets connections out that start in its VPC, and their replies in (R127); it asks
    /// of them what an internet gateway asks of IPv6 (R129).
    fn take(&self, walk: &mut Walk<'_>, from: SubnetId) -> Option<Receiver> {
        match walk.leg {
            Leg::Forward => internet_gateway::leave(walk, Exit::EgressOnlyInternetGateway(*self), from),
            // No request came in by it, so no reply is sent to it.
            Leg::Return => None,
        }
    }
}
