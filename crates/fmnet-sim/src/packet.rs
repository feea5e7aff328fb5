//! One concrete packet, the unit both engines agree on.

use std::fmt;
use std::net::IpAddr;

use fmnet_core::traffic::Protocol;

/// The header a question is about, as it leaves its source, before any translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Packet {
    /// Source address. Both addresses are of one family.
    pub source: IpAddr,
    /// Destination address.
    pub destination: IpAddr,
    /// IP protocol.
    pub protocol: Protocol,
    /// Destination port, or `type * 256 + code` for ICMP; zero where the protocol has neither.
    pub port: u16,
    /// Source port; zero where the protocol has none.
    pub source_port: u16,
    /// The source port a NAT gateway on the way would write, 1024 to 65535; AWS
    /// chooses it, so an answer ranges over it (R113). Unused without a NAT gateway.
    pub translated_port: u16,
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, destination, protocol, port, source_port, .. } = *self;
        if protocol.has_ports() {
            let bracket = |address: IpAddr| match address {
                IpAddr::V4(v4) => v4.to_string(),
                IpAddr::V6(v6) => format!("[{v6}]"),
            };
            write!(f, "{protocol} {}:{source_port} -> {}:{port}", bracket(source), bracket(destination))
        } else if protocol.has_types() {
            write!(f, "{protocol} type {} code {} {source} -> {destination}", port >> 8, port & 0xff)
        } else {
            write!(f, "{protocol} {source} -> {destination}")
        }
    }
}
