//! Direct Connect gateways.

use ipnet::IpNet;

use super::{OnPremisesId, VirtualPrivateGatewayId};
use crate::source::Span;

/// A Direct Connect gateway: joins virtual interfaces to gateways of any Region (R163).
///
/// AWS: <https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-gateways-intro.html>.
#[derive(Clone, Debug)]
pub struct DirectConnectGateway {
    /// Its name.
    pub name: String,
    /// Its virtual interfaces.
    pub interfaces: Vec<VirtualInterface>,
    /// The gateways it is associated with; none is associated with another Direct Connect gateway.
    pub associations: Vec<Association>,
    /// Where the design says so.
    pub span: Span,
}

/// A private or transit virtual interface.
///
/// AWS: <https://docs.aws.amazon.com/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html>.
#[derive(Clone, Debug)]
pub struct VirtualInterface {
    /// Its name.
    pub name: String,
    /// The network at its other end.
    pub network: OnPremisesId,
    /// What BGP learned from there.
    pub learned: Vec<IpNet>,
    /// Whether it carries packets.
    pub state: VirtualInterfaceState,
}

/// State of a virtual interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VirtualInterfaceState {
    /// `available`.
    Available,
    /// `down`, or any other.
    NotWorking,
}

/// An association of a Direct Connect gateway with another gateway.
#[derive(Clone, Debug)]
pub struct Association {
    /// The other gateway.
    pub gateway: VirtualPrivateGatewayId,
    /// Allowed prefixes: of a virtual private gateway's VPC, the blocks that one of them
    /// equals or contains are advertised, whole (R163).
    ///
    /// AWS: <https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html>.
    pub allowed: Vec<IpNet>,
    /// Where the design says so.
    pub span: Span,
}
