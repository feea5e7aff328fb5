//! Where a route leads: the one place that knows every kind of component there is.
//!
//! In: a route's target. Out: the component that takes the packet.
//!
//! A new kind of component is a file that implements [`NextHop`], and a line in [`of`].

use fmnet_core::model::route_table::Target;
use fmnet_core::model::{Model, SubnetId};

use super::internet_gateway::NoGateway;
use super::vpc::Local;
use super::walk::{Receiver, Walk};
use crate::fate::Unmodelled;

/// Where a route leads, and so by what a packet came into a VPC: the way back out is
/// a route to the very thing that it came in by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// To the owner of the destination in the VPC. A packet that came in by it started there.
    Local,
    /// To a target.
    Target(Target),
    /// To the internet, of a VPC without an internet gateway: no route leads there.
    NoGateway,
}

/// What is at the end of a route.
pub(super) enum Leads<'v> {
    /// A component.
    To(&'v dyn NextHop),
    /// Nothing any more.
    Nowhere,
    /// Something that is not modelled.
    Unmodelled,
}

/// What is at the end of `via`.
pub(super) fn of(via: &Via) -> Leads<'_> {
    match via {
        Via::Local => Leads::To(&Local),
        Via::NoGateway => Leads::To(&NoGateway),
        Via::Target(Target::InternetGateway(id)) => Leads::To(id),
        Via::Target(Target::EgressOnlyInternetGateway(id)) => Leads::To(id),
        Via::Target(Target::NatGateway(id)) => Leads::To(id),
        Via::Target(Target::Interface(id)) => Leads::To(id),
        Via::Target(Target::PeeringConnection(id)) => Leads::To(id),
        Via::Target(Target::VirtualPrivateGateway(id)) => Leads::To(id),
        Via::Target(Target::TransitGateway(id)) => Leads::To(id),
        Via::Target(Target::Blackhole) => Leads::Nowhere,
        Via::Target(Target::Unmodelled(_)) => Leads::Unmodelled,
    }
}

/// A component that a route may lead to.
pub(super) trait NextHop {
    /// Whether it can take packets. A route to one that cannot is shown as `blackhole`;
    /// it still takes the packet, and drops it (R88, R89, R92).
    ///
    /// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>.
    fn is_usable(&self, model: &Model) -> bool;

    /// The subnet it lies in. A packet from that very subnet does not cross its
    /// boundary on the way there (R2).
    ///
    /// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>.
    fn subnet(&self, _model: &Model) -> Option<SubnetId> {
        None
    }

    /// Whether a request that is sent to it came from it a moment ago.
    fn is_loop(&self, _walk: &Walk<'_>) -> bool {
        false
    }

    /// What becomes of a reply that a route sends to it, though the request came in by
    /// something else, `wanted`.
    fn detour(&self, _walk: &Walk<'_>, _wanted: &Via) -> Detour {
        Detour::Lost
    }

    /// Takes the packet that subnet `from` sends to it.
    fn take(&self, walk: &mut Walk<'_>, from: SubnetId) -> Option<Receiver>;
}

/// What becomes of a reply on another way than the request came.
pub(super) enum Detour {
    /// It goes that way.
    Taken,
    /// Nobody there knows of the connection.
    Lost,
    /// It is not known.
    Unknown(Unmodelled),
}
