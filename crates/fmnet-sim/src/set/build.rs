//! Sets from what rules and questions say.
//!
//! In: ranges of one field, CIDR blocks, traffic, a cube, a packet. Out: the
//! [`PacketSet`] of the packets that fit.

use ipnet::IpNet;

use fmnet_core::traffic::{PortRange, Protocol, Traffic};

use super::address::{IPV4, IPV6, address_ranges};
use super::cube::Cube;
use super::{Level, PacketSet, Ranges, Sets};
use crate::packet::Packet;

impl Sets {
    /// ICMPv6 over IPv4 and ICMP over IPv6, which nobody sends.
    pub fn foreign(&mut self) -> PacketSet {
        let mut of = |family: &[(u128, u128)], protocol| {
            let sources = self.field_ranges(Level::Source, family);
            let packets = self.traffic(&Traffic::all_of(protocol));
            self.intersect(sources, packets)
        };
        let (over_ipv4, over_ipv6) = (of(&[IPV4], Protocol::ICMPV6), of(&IPV6, Protocol::ICMP));
        self.union(over_ipv4, over_ipv6)
    }

    /// The packets whose `level` lies in `first..=last`; none if `first` is above `last`.
    pub fn range(&mut self, level: Level, first: u128, last: u128) -> PacketSet {
        self.field_ranges(level, &[(first, last)])
    }

    /// The packets whose `level` lies in any of `ranges`, which may overlap and come in
    /// any order. What lies above [`Level::last`] is no value and counts for nothing.
    pub fn field_ranges(&mut self, level: Level, ranges: &[(u128, u128)]) -> PacketSet {
        self.layer(level, ranges, PacketSet::FULL)
    }

    /// The packets whose address at `level` lies in any of `nets`.
    pub fn address_set(&mut self, level: Level, nets: &[IpNet]) -> PacketSet {
        let ranges: Ranges = nets.iter().flat_map(address_ranges).collect();
        self.field_ranges(level, &ranges)
    }

    /// The packets of this shape; of a protocol without ports or types, all of them.
    pub fn traffic(&mut self, traffic: &Traffic) -> PacketSet {
        let Traffic::Of { protocol, ports } = *traffic else {
            return PacketSet::FULL;
        };
        let used = protocol.has_ports() || protocol.has_types();
        let PortRange { first, last } = if used { ports } else { PortRange::ALL };
        let ports = self.range(Level::Port, first.into(), last.into());
        let protocol = u128::from(protocol.0);
        self.layer(Level::Protocol, &[(protocol, protocol)], ports)
    }

    /// The packets that fit `cube` at every level.
    pub fn cube(&mut self, cube: &Cube) -> PacketSet {
        let levels = Level::ALL.into_iter().rev();
        levels.fold(PacketSet::FULL, |set, level| self.layer(level, cube.at(level), set))
    }

    /// The one packet, every field of it.
    pub fn point(&mut self, packet: &Packet) -> PacketSet {
        let levels = Level::ALL.into_iter().rev();
        levels.fold(PacketSet::FULL, |set, level| {
            let value = level.of(packet);
            self.layer(level, &[(value, value)], set)
        })
    }

    /// The packets of `below`, which looks only at levels after `level`, whose `level`
    /// lies in `ranges`.
    fn layer(&mut self, level: Level, ranges: &[(u128, u128)], below: PacketSet) -> PacketSet {
        let start = self.edges.len();
        let mut next = Some(0);
        for (first, last) in merged(level, ranges) {
            if let Some(gap) = first.checked_sub(1).filter(|_| next.is_some_and(|at| at < first)) {
                self.push(start, gap, PacketSet::EMPTY);
            }
            self.push(start, last, below);
            next = last.checked_add(1).filter(|&at| at <= level.last());
        }
        if next.is_some() {
            self.push(start, level.last(), PacketSet::EMPTY);
        }
        self.close(level, start)
    }
}

/// `ranges` ascending, cut to the values of `level`, and joined where they touch.
pub(super) fn merged(level: Level, ranges: &[(u128, u128)]) -> Ranges {
    let cut = ranges.iter().map(|&(first, last)| (first, last.min(level.last())));
    let mut sorted: Ranges = cut.filter(|(first, last)| first <= last).collect();
    sorted.sort_unstable();
    let mut joined: Ranges = Vec::with_capacity(sorted.len());
    for (first, last) in sorted {
        match joined.last_mut() {
            Some((_, end)) if first.saturating_sub(1) <= *end => *end = last.max(*end),
            _ => joined.push((first, last)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_merge() {
        let check = |ranges: &[(u128, u128)], expected: &[(u128, u128)]| {
            assert_eq!(merged(Level::Protocol, ranges), expected, "{ranges:?}");
        };
        check(&[], &[]);
        check(&[(5, 4)], &[]);
        check(&[(256, 300)], &[]);
        check(&[(0, u128::MAX)], &[(0, 255)]);
        check(&[(7, 9), (0, 3)], &[(0, 3), (7, 9)]);
        check(&[(0, 3), (4, 4), (2, 2)], &[(0, 4)]);
        check(&[(0, 9), (2, 3), (11, 12)], &[(0, 9), (11, 12)]);
    }

    #[test]
    fn whole_and_empty_ranges_are_terminals() {
        let mut sets = Sets::new();
        for level in Level::ALL {
            assert_eq!(sets.range(level, 0, level.last()), PacketSet::FULL);
            assert_eq!(sets.range(level, 0, u128::MAX), PacketSet::FULL);
            assert_eq!(sets.range(level, 1, 0), PacketSet::EMPTY);
            assert_eq!(sets.field_ranges(level, &[]), PacketSet::EMPTY);
            let halves = [(9, level.last()), (0, 8)];
            assert_eq!(sets.field_ranges(level, &halves), PacketSet::FULL);
        }
    }
}
