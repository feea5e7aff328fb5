//! Subnet route tables.

use ipnet::IpNet;

use super::{
    EgressOnlyInternetGatewayId, InterfaceId, InternetGatewayId, NatGatewayId, PeeringConnectionId, PrefixListId,
    TransitGatewayAttachmentId, VirtualPrivateGatewayId, VpcId,
};
use crate::source::Span;

/// A subnet route table. Its local routes are implied by the VPC's blocks (R80).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html>.
#[derive(Clone, Debug)]
pub struct RouteTable {
    /// Its name; AWS's own main table is called `main`.
    pub name: String,
    /// The VPC it belongs to.
    pub vpc: VpcId,
    /// Whether subnets without an explicit association use it (R78).
    pub is_main: bool,
    /// Routes other than the local ones, in the order written.
    pub routes: Vec<Route>,
    /// Where the design says so.
    pub span: Span,
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Which packets it is for.
    pub destination: Destination,
    /// Where it sends them.
    pub target: Target,
    /// Where it came from: decides between equal prefixes (R84).
    pub origin: Origin,
    /// Whether AWS says `filtered` of it: a match is then unknown (R84).
    pub is_filtered: bool,
    /// Where the design says so.
    pub span: Span,
}

/// The destination of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// One prefix.
    Cidr(IpNet),
    /// Every entry of a prefix list, each a route of its own for matching (R86).
    PrefixList(PrefixListId),
}

/// The target of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An internet gateway.
    InternetGateway(InternetGatewayId),
    /// An egress-only internet gateway; of IPv6 routes alone (R128).
    EgressOnlyInternetGateway(EgressOnlyInternetGatewayId),
    /// A NAT gateway.
    NatGateway(NatGatewayId),
    /// A network interface; naming an instance with one interface means that one (R92).
    Interface(InterfaceId),
    /// A VPC peering connection of the table's VPC.
    PeeringConnection(PeeringConnectionId),
    /// The virtual private gateway of the table's VPC.
    VirtualPrivateGateway(VirtualPrivateGatewayId),
    /// A transit gateway, through the attachment of the table's VPC to it.
    TransitGateway(TransitGatewayAttachmentId),
    /// The target is gone (R88).
    Blackhole,
    /// Something real that is not modelled; packets routed there fare unknown.
    Unmodelled(String),
}

/// Where a route came from. A static prefix beats a prefix-list entry, which beats a
/// propagated one, at equal length (R84, R86). An advertised route (VPC Route
/// Server) has no documented rank: an equal-length tie with one is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Written by hand or by `CreateRoute`.
    Static,
    /// Propagated by a virtual private gateway.
    Propagated,
    /// Written by VPC Route Server.
    Advertised,
}
