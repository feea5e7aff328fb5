//! Customer gateways and the Site-to-Site VPN connections to them.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{CustomerGatewayId, OnPremisesId, VirtualPrivateGatewayId};
use crate::source::Span;

/// A customer gateway: the device at the other end of VPN connections.
///
/// AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/cgw-options.html>.
#[derive(Clone, Debug)]
pub struct CustomerGateway {
    /// Its name.
    pub name: String,
    /// The network it stands in.
    pub network: OnPremisesId,
    /// Its BGP autonomous system number, the first AS of every path it announces.
    pub asn: u32,
    /// The address of its outer interface, where the design says it.
    pub address: Option<IpAddr>,
    /// Where the design says so.
    pub span: Span,
}

/// A Site-to-Site VPN connection (R156 to R162).
///
/// AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html>.
#[derive(Clone, Debug)]
pub struct VpnConnection {
    /// Its name.
    pub name: String,
    /// The device at the other end.
    pub customer_gateway: CustomerGatewayId,
    /// The gateway at AWS's end.
    pub gateway: VirtualPrivateGatewayId,
    /// How the gateway knows what lies beyond.
    pub routing: VpnRouting,
    /// Whether each tunnel is up, an import-time fact (R160).
    pub tunnels: Vec<TunnelState>,
    /// Where the design says so.
    pub span: Span,
}

impl VpnConnection {
    /// Whether it carries packets: one tunnel suffices (R160).
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.tunnels.contains(&TunnelState::Up)
    }
}

/// State of a VPN tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TunnelState {
    /// `UP`.
    Up,
    /// `DOWN`.
    Down,
}

/// How a gateway knows the prefixes beyond a VPN connection: by one of the two, never both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VpnRouting {
    /// Static routes of the connection.
    Static(Vec<IpNet>),
    /// What BGP learned.
    Dynamic(Vec<LearnedPrefix>),
}

/// A prefix that BGP learned over a VPN connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LearnedPrefix {
    /// The prefix.
    pub net: IpNet,
    /// The number of autonomous systems in its AS path; the shortest is preferred (R162).
    pub as_path: u32,
    /// Its multi-exit discriminator; of paths with one first AS the lowest is preferred (R162).
    pub med: u32,
}
