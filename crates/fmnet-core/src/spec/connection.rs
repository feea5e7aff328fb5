//! What someone typed of the ways to networks on premises.
//!
//! In: sections on gateways and connections. Out: their parts, names still to be looked up.

use ipnet::IpNet;

use super::{Name, Spanned};
use crate::source::Span;

/// A virtual private gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct VirtualPrivateGatewaySpec {
    /// Its name.
    pub name: Name,
    /// `state`: `attached` (default) or `detached`.
    pub detached: bool,
}

/// A customer gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerGatewaySpec {
    /// Its name.
    pub name: Name,
    /// `on_premises`; none only where an error was reported.
    pub network: Option<Name>,
    /// `address`.
    pub address: Option<Spanned<std::net::IpAddr>>,
    /// `asn`, default 65000.
    pub asn: Option<Spanned<u64>>,
}

/// A VPN connection.
#[derive(Clone, Debug, PartialEq)]
pub struct VpnConnectionSpec {
    /// Its name.
    pub name: Name,
    /// `customer_gateway`; none only where an error was reported.
    pub customer_gateway: Option<Name>,
    /// `virtual_private_gateway`; none only where an error was reported.
    pub gateway: Option<Name>,
    /// `static_routes`.
    pub static_routes: Option<Vec<Spanned<IpNet>>>,
    /// `learned`.
    pub learned: Option<Vec<LearnedSpec>>,
    /// `tunnels`: `up` or `down`; none means up.
    pub tunnels: Vec<Name>,
}

/// `192.168.0.0/16 as-path 3 med 100`.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnedSpec {
    /// The prefix.
    pub net: Spanned<IpNet>,
    /// `as-path`, default 1.
    pub as_path: Option<u32>,
    /// `med`, default 0.
    pub med: Option<u32>,
    /// The whole line.
    pub span: Span,
}

/// A Direct Connect gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectConnectGatewaySpec {
    /// Its name.
    pub name: Name,
    /// `virtual_interfaces`.
    pub interfaces: Vec<VirtualInterfaceSpec>,
    /// `associations`.
    pub associations: Vec<AssociationSpec>,
}

/// A virtual interface of a Direct Connect gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct VirtualInterfaceSpec {
    /// Its name.
    pub name: Name,
    /// `on_premises`; none only where an error was reported.
    pub network: Option<Name>,
    /// `learned`; none means every block of the network.
    pub learned: Option<Vec<Spanned<IpNet>>>,
    /// `state`, default `available`.
    pub state: Option<Name>,
}

/// An association of a Direct Connect gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct AssociationSpec {
    /// The other gateway.
    pub gateway: Name,
    /// Allowed prefixes; none means the blocks of the VPC.
    pub allowed: Option<Vec<Spanned<IpNet>>>,
}
