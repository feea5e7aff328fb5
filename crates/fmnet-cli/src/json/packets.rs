//! Sets of packets as ranges, and single packets.

use std::net::IpAddr;

use fmnet_core::address;
use fmnet_sim::packet::Packet;
use fmnet_sim::set::address::IPV4;
use fmnet_sim::set::cube::Cube;
use serde::Serialize;

/// Packets whose every field lies in one of that field's ranges, both ends included.
#[derive(Serialize)]
pub struct BoxJson {
    /// Source addresses.
    pub source: Vec<[IpAddr; 2]>,
    /// Destination addresses.
    pub destination: Vec<[IpAddr; 2]>,
    /// Protocol numbers.
    pub protocol: Vec<[u128; 2]>,
    /// Destination ports, or `type * 256 + code` for ICMP.
    pub port: Vec<[u128; 2]>,
    /// Source ports.
    pub source_port: Vec<[u128; 2]>,
    /// Source ports as a NAT gateway writes them.
    pub translated_port: Vec<[u128; 2]>,
}

impl BoxJson {
    /// The ranges of `cube`.
    #[must_use]
    pub fn of(cube: &Cube) -> Self {
        Self {
            source: addresses(&cube.source),
            destination: addresses(&cube.destination),
            protocol: numbers(&cube.protocol),
            port: numbers(&cube.port),
            source_port: numbers(&cube.source_port),
            translated_port: numbers(&cube.translated_port),
        }
    }
}

/// Ranges of numbers as pairs.
#[must_use]
pub fn numbers(ranges: &[(u128, u128)]) -> Vec<[u128; 2]> {
    ranges.iter().map(|&(first, last)| [first, last]).collect()
}

/// Ranges of addresses as pairs, none of which holds both families.
fn addresses(ranges: &[(u128, u128)]) -> Vec<[IpAddr; 2]> {
    let families = [address::intersect(ranges, &[IPV4]), address::subtract(ranges, &[IPV4])];
    families.into_iter().flatten().map(|(first, last)| [address::address(first), address::address(last)]).collect()
}

/// One packet.
#[derive(Serialize)]
pub struct PacketJson {
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    port: Option<u16>,
    source_port: Option<u16>,
    icmp_type: Option<u16>,
    icmp_code: Option<u16>,
    translated_port: Option<u16>,
    text: String,
}

impl PacketJson {
    /// The fields of `packet` that its protocol has; `is_translated` where a NAT gateway writes a port.
    #[must_use]
    pub fn of(packet: &Packet, is_translated: bool) -> Self {
        let (ports, types) = (packet.protocol.has_ports(), packet.protocol.has_types());
        Self {
            source: packet.source,
            destination: packet.destination,
            protocol: packet.protocol.0,
            port: ports.then_some(packet.port),
            source_port: ports.then_some(packet.source_port),
            icmp_type: types.then_some(packet.port >> 8),
            icmp_code: types.then_some(packet.port & 0xff),
            translated_port: (ports && is_translated).then_some(packet.translated_port),
            text: packet.to_string(),
        }
    }
}
