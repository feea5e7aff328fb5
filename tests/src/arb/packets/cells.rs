//! One packet for every class that a network can tell apart.
//!
//! In: [`Landmarks`]. Out: for each field one value of every cell between the ends of
//! ranges, cells that lie within the same ranges counted once; and the packets of
//! every combination.

use std::collections::BTreeMap;
use std::net::IpAddr;

use fmnet_core::traffic::Protocol;
use fmnet_sim::packet::Packet;

use super::{Landmarks, at};

/// Values of each field, one for each class.
#[derive(Clone, Debug)]
pub struct Cells {
    /// Addresses, of both families.
    pub addresses: Vec<IpAddr>,
    /// Protocol, port, source port and translated port together.
    pub traffic: Vec<(Protocol, u16, u16, u16)>,
}

impl Cells {
    /// The cells between `landmarks`.
    #[must_use]
    pub fn between(landmarks: &Landmarks) -> Self {
        let addresses = classes(&landmarks.addresses, u128::MAX).into_iter().map(at).collect();
        let mut traffic = Vec::new();
        for (&protocol, ranges) in &landmarks.ports {
            let wide: Vec<(u128, u128)> = ranges.iter().map(|&(first, last)| (first.into(), last.into())).collect();
            let all: Vec<u16> = classes(&wide, u16::MAX.into()).into_iter().map(|port| port as u16).collect();
            let ports = if protocol.has_ports() || protocol.has_types() { all.clone() } else { vec![0] };
            let sources = if protocol.has_ports() { all } else { vec![0] };
            let translated = translated(landmarks, protocol, wide);
            for &port in &ports {
                for &source in &sources {
                    traffic.extend(translated.iter().map(|&translated| (protocol, port, source, translated)));
                }
            }
        }
        Self { addresses, traffic }
    }

    /// Pairs of addresses of one family.
    pub fn pairs(&self) -> impl Iterator<Item = (IpAddr, IpAddr)> {
        self.addresses.iter().flat_map(|&source| {
            let others = self.addresses.iter().filter(move |other| other.is_ipv4() == source.is_ipv4());
            others.map(move |&destination| (source, destination))
        })
    }

    /// Packets between two addresses.
    pub fn packets(&self, (source, destination): (IpAddr, IpAddr)) -> impl Iterator<Item = Packet> {
        self.traffic.iter().map(move |&(protocol, port, source_port, translated_port)| Packet {
            source,
            destination,
            protocol,
            port,
            source_port,
            translated_port,
        })
    }

    /// How many packets there are from one origin.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pairs().count() * self.traffic.len()
    }
}

/// Ports that a NAT gateway might write, 1024 to 65535; one where there is none.
fn translated(landmarks: &Landmarks, protocol: Protocol, mut ranges: Vec<(u128, u128)>) -> Vec<u16> {
    if !landmarks.translates || !protocol.has_ports() {
        return vec![1024];
    }
    ranges.push((1024, u16::MAX.into()));
    let ports = classes(&ranges, u16::MAX.into()).into_iter().map(|port| port as u16);
    let mut ports: Vec<u16> = ports.filter(|&port| port >= 1024).collect();
    ports.dedup();
    ports
}

/// The lowest value of every class: values up to `last` that lie within the same ranges
/// are of one class.
fn classes(ranges: &[(u128, u128)], last: u128) -> Vec<u128> {
    let mut starts = vec![0];
    for &(first, end) in ranges {
        starts.push(first);
        starts.extend(end.checked_add(1).filter(|&next| next <= last));
    }
    starts.sort_unstable();
    starts.dedup();
    let mut lowest: BTreeMap<Vec<bool>, u128> = BTreeMap::new();
    for value in starts {
        let within = ranges.iter().map(|&(first, end)| (first..=end).contains(&value)).collect();
        lowest.entry(within).or_insert(value);
    }
    let mut values: Vec<u128> = lowest.into_values().collect();
    values.sort_unstable();
    values
}

#[cfg(test)]
mod tests {
    use super::classes;

    #[test]
    fn values_within_the_same_ranges_are_one_class() {
        assert_eq!(classes(&[], 9), [0]);
        assert_eq!(classes(&[(0, 9)], 9), [0]);
        assert_eq!(classes(&[(2, 3)], 9), [0, 2]);
        assert_eq!(classes(&[(2, 5), (4, 9)], 9), [0, 2, 4, 6]);
        assert_eq!(classes(&[(2, 2), (5, 5)], 9), [0, 2, 5]);
    }
}
