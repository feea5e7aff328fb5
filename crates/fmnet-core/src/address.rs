//! Addresses as numbers, both families in one space.
//!
//! In: addresses and prefixes. Out: 128-bit numbers and inclusive ranges of them, IPv4
//! at its IPv4-mapped place `::ffff:0:0/96`, so that one ordered space holds both
//! families and none of a prefix of one family ever lies in the other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Inclusive ranges of addresses as numbers, sorted and apart.
pub type Ranges = Vec<(u128, u128)>;

const MAPPED_FIRST: u128 = 0xffff_0000_0000;
const MAPPED_LAST: u128 = 0xffff_ffff_ffff;

/// The number of `address`.
#[must_use]
pub fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => MAPPED_FIRST | u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

/// The address of `number`.
#[must_use]
pub fn address(number: u128) -> IpAddr {
    if (MAPPED_FIRST..=MAPPED_LAST).contains(&number) {
        IpAddr::V4(Ipv4Addr::from((number & 0xffff_ffff) as u32))
    } else {
        IpAddr::V6(Ipv6Addr::from(number))
    }
}

/// The ranges of a prefix: one, or two for an IPv6 prefix around the IPv4-mapped block.
#[must_use]
pub fn ranges(net: IpNet) -> Ranges {
    let (first, last) = (number(net.network()), number(net.broadcast()));
    match net {
        IpNet::V4(_) => vec![(first, last)],
        IpNet::V6(_) => {
            let mut ranges = Vec::with_capacity(2);
            if first < MAPPED_FIRST {
                ranges.push((first, last.min(MAPPED_FIRST - 1)));
            }
            if last > MAPPED_LAST {
                ranges.push((first.max(MAPPED_LAST + 1), last));
            }
            ranges
        }
    }
}

/// Sorts ranges and joins those that touch.
#[must_use]
pub fn union(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut joined: Ranges = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match joined.last_mut() {
            Some(top) if first <= top.1.saturating_add(1) => top.1 = top.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

/// What of `left` is not in `right`; both sorted and apart.
#[must_use]
pub fn subtract(left: &[(u128, u128)], right: &[(u128, u128)]) -> Ranges {
    let mut rest = Vec::new();
    for &(first, last) in left {
        let mut from = Some(first);
        let begin = right.partition_point(|hole| hole.1 < first);
        for &(hole_first, hole_last) in right.iter().skip(begin).take_while(|hole| hole.0 <= last) {
            if let Some(start) = from
                && start < hole_first
            {
                rest.push((start, hole_first - 1));
            }
            from = hole_last.checked_add(1);
        }
        if let Some(start) = from
            && start <= last
        {
            rest.push((start, last));
        }
    }
    rest
}

/// What lies in both; both sorted and apart.
#[must_use]
pub fn intersect(left: &[(u128, u128)], right: &[(u128, u128)]) -> Ranges {
    let mut both = Vec::new();
    for &(first, last) in left {
        let begin = right.partition_point(|other| other.1 < first);
        for other in right.iter().skip(begin).take_while(|other| other.0 <= last) {
            both.push((first.max(other.0), last.min(other.1)));
        }
    }
    both
}

fn v4(text: &str) -> Option<IpNet> {
    text.parse::<Ipv4Net>().ok().map(IpNet::V4)
}

/// Every address that the internet carries, IPv4: all but RFC 1918, RFC 6598 (R106) and
/// what is no host's anywhere (`0.0.0.0/8`, loopback, link-local, multicast, reserved).
#[must_use]
pub fn internet4() -> Ranges {
    let outside = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    ];
    let holes = union(outside.iter().filter_map(|text| v4(text)).flat_map(ranges).collect());
    subtract(&[(MAPPED_FIRST, MAPPED_LAST)], &holes)
}

/// Every address that the internet carries, IPv6: global unicast, `2000::/3`.
#[must_use]
pub fn internet6() -> Ranges {
    "2000::/3".parse::<Ipv6Net>().ok().map(|net| ranges(IpNet::V6(net))).unwrap_or_default()
}

/// Whether `address` is of RFC 1918, or of fc00::/7 for IPv6.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

/// Whether `address` is of RFC 6598, `100.64.0.0/10`.
#[must_use]
pub fn is_shared(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Ranges {
        text.parse().map(ranges).unwrap_or_default()
    }

    #[test]
    fn families_share_a_space_and_never_meet() {
        assert_eq!(net("0.0.0.0/0"), [(MAPPED_FIRST, MAPPED_LAST)]);
        assert_eq!(net("::/0"), [(0, MAPPED_FIRST - 1), (MAPPED_LAST + 1, u128::MAX)]);
        assert!(intersect(&net("::/0"), &net("0.0.0.0/0")).is_empty());
        assert_eq!(union([net("::/0"), net("0.0.0.0/0")].concat()), [(0, u128::MAX)]);
    }

    #[test]
    fn ranges_add_up() {
        let whole = net("10.0.0.0/8");
        let part = net("10.1.0.0/16");
        let rest = subtract(&whole, &part);
        assert_eq!(rest.len(), 2);
        assert_eq!(union([rest.clone(), part.clone()].concat()), whole);
        assert!(intersect(&rest, &part).is_empty());
        assert!(subtract(&net("::/0"), &net("::/0")).is_empty());
        assert_eq!(intersect(&internet4(), &net("10.0.0.0/8")), []);
        assert_eq!(intersect(&internet4(), &net("203.0.113.0/24")), net("203.0.113.0/24"));
    }
}
