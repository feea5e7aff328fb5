//! Addresses of both families as one line of numbers.
//!
//! In: addresses and CIDR blocks. Out: numbers and ranges of them. An IPv4 address
//! lies at its IPv4-mapped place, `::ffff:0:0/96`; the rest of the line is IPv6. No
//! interface sends from or to an IPv4-mapped IPv6 address, so nothing real is lost.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;
use smallvec::SmallVec;

use super::Ranges;

/// Where IPv4 begins and ends on the line.
pub const IPV4: (u128, u128) = (0xffff_0000_0000, 0xffff_ffff_ffff);

/// Where IPv6 begins and ends on the line: below and above [`IPV4`].
pub const IPV6: [(u128, u128); 2] = [(0, IPV4.0 - 1), (IPV4.1 + 1, u128::MAX)];

/// The place of `address` on the line.
#[must_use]
pub fn to_u128(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => IPV4.0 | u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The address at `place` on the line; IPv4 inside [`IPV4`].
#[must_use]
pub fn from_u128(place: u128) -> IpAddr {
    Ipv6Addr::from_bits(place).to_canonical()
}

/// Whether `place` lies in IPv4.
#[must_use]
pub fn is_ipv4(place: u128) -> bool {
    (IPV4.0..=IPV4.1).contains(&place)
}

/// The places of the addresses of `net`, ascending.
///
/// An IPv4 block is one range. An IPv6 block leaves out [`IPV4`], so `::/0` is two
/// ranges and a block inside `::ffff:0:0/96` is none.
#[must_use]
pub fn address_ranges(net: &IpNet) -> SmallVec<[(u128, u128); 2]> {
    let (first, last) = (to_u128(net.network()), to_u128(net.broadcast()));
    match net {
        IpNet::V4(_) => SmallVec::from_iter([(first, last)]),
        IpNet::V6(_) => IPV6
            .into_iter()
            .map(|(low, high)| (first.max(low), last.min(high)))
            .filter(|(first, last)| first <= last)
            .collect(),
    }
}

/// `ranges` cut at the borders of the families: those of IPv4, then those of IPv6.
pub(super) fn families(ranges: &[(u128, u128)]) -> (Ranges, Ranges) {
    let within = |(low, high): (u128, u128)| {
        let cut = move |&(first, last): &(u128, u128)| (low.max(first), high.min(last));
        ranges.iter().map(cut).filter(|(first, last)| first <= last)
    };
    (within(IPV4).collect(), IPV6.into_iter().flat_map(within).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "test")]

    use super::*;

    #[test]
    fn blocks_lie_in_their_family() {
        let check = |net: &str, expected: &[(&str, &str)]| {
            let place = |text: &&str| to_u128(text.parse().unwrap());
            let expected: Vec<_> = expected.iter().map(|(first, last)| (place(first), place(last))).collect();
            assert_eq!(address_ranges(&net.parse().unwrap()).to_vec(), expected, "{net}");
        };
        check("10.0.0.0/8", &[("10.0.0.0", "10.255.255.255")]);
        check("10.1.2.3/8", &[("10.0.0.0", "10.255.255.255")]);
        check("0.0.0.0/0", &[("0.0.0.0", "255.255.255.255")]);
        check("2001:db8::/32", &[("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")]);
        let last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        check("::/0", &[("::", "::fffe:ffff:ffff"), ("::1:0:0:0", last)]);
        check("::ffff:0:0/96", &[]);
        check("::ffff:10.0.0.0/104", &[]);
    }

    #[test]
    fn places_round_trip() {
        for text in ["0.0.0.0", "10.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::1"] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(from_u128(to_u128(address)), address);
            assert_eq!(is_ipv4(to_u128(address)), address.is_ipv4(), "{text}");
        }
    }
}
