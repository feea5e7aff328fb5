//! Sets in words, as short as they can be said exactly.
//!
//! In: a set, or ranges of addresses. Out: text such as `tcp/80,443; udp/53; icmp/8`
//! and `10.0.0.0/8, 192.0.2.1-192.0.2.9`. Wording is free to change here.

use ipnet::{Ipv4Subnets, Ipv6Subnets};

use fmnet_core::traffic::{Protocol, Traffic};

use super::address::{IPV4, families, from_u128};
use super::{Level, PacketSet, Ranges, Sets};

/// The protocols with names, in the order in which text lists them.
const NAMED: [Protocol; 4] = [Protocol::TCP, Protocol::UDP, Protocol::ICMP, Protocol::ICMPV6];

/// Every protocol and port that some packet of `set` has, whatever its addresses and
/// translated port.
///
/// `none`, `any`, or a list as in `tcp/80,443; udp (source port 53); icmp/8`, or
/// `any except` such a list where that is much shorter. A field that a protocol does not
/// use is left out of account, and so are ICMPv6 over IPv4 and ICMP over IPv6, which
/// nobody sends, where there is anything else.
#[must_use]
pub fn describe_traffic(sets: &Sets, set: PacketSet) -> String {
    // An arena of its own keeps the reader's one unchanged.
    let mut own = Sets::new();
    let adopted = own.adopt(sets, set);
    let foreign = own.foreign();
    let native = own.subtract(adopted, foreign);
    let (adopted, foreign) =
        if native.is_empty() { (adopted, PacketSet::EMPTY) } else { (native, foreign_to(&mut own, native)) };
    let traffic = used_fields(&mut own, adopted);
    if traffic.is_empty() {
        return "none".to_owned();
    }
    let all = own.union(traffic, foreign);
    if all.is_full() {
        return "any".to_owned();
    }
    let others = own.complement(all);
    let listed = list_traffic(&mut own, traffic);
    let except = format!("any except {}", list_traffic(&mut own, others));
    if except.len() * 3 < listed.len() * 2 { except } else { listed }
}

/// The addresses of `ranges`, ascending, IPv4 first: a block as a CIDR, one address
/// alone, any other run as `first-last`; after `most` of them only how many remain.
///
/// `none` if there are none. IPv6 runs pass over the place where IPv4 lies, so all of
/// IPv6 is `::/0`.
#[must_use]
pub fn describe_addresses(ranges: &[(u128, u128)], most: usize) -> String {
    let merged = super::build::merged(Level::Source, ranges);
    let (mut runs, rest) = families(&merged);
    for (first, last) in rest {
        match runs.last_mut() {
            // Up to the lower border of IPv4, and on from its upper border.
            Some((_, end)) if *end == IPV4.0 - 1 && first == IPV4.1 + 1 => *end = last,
            _ => runs.push((first, last)),
        }
    }
    if runs.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<String> = runs.iter().take(most).map(|&run| describe_run(run)).collect();
    match runs.len() - shown.len() {
        0 => shown.join(", "),
        more if shown.is_empty() => format!("{more} {}", plural(more, "range")),
        more => format!("{} and {more} more {}", shown.join(", "), plural(more, "range")),
    }
}

/// The protocol that no packet of the families of `set` speaks.
fn foreign_to(sets: &mut Sets, set: PacketSet) -> PacketSet {
    let sources = sets.project(set, Level::Source);
    let protocol = match families(&sources) {
        (ipv4, ipv6) if ipv6.is_empty() && !ipv4.is_empty() => Protocol::ICMPV6,
        (ipv4, ipv6) if ipv4.is_empty() && !ipv6.is_empty() => Protocol::ICMP,
        _ => return PacketSet::EMPTY,
    };
    sets.traffic(&Traffic::all_of(protocol))
}

/// `set` without addresses and translated ports, every unused field unconstrained.
fn used_fields(sets: &mut Sets, set: PacketSet) -> PacketSet {
    let unused = [Level::Source, Level::Destination, Level::TranslatedPort];
    let set = unused.into_iter().fold(set, |set, level| sets.forget(set, level));
    let of = |kind: fn(Protocol) -> bool| -> Ranges {
        let numbers = (0..=u8::MAX).filter(|&number| kind(Protocol(number)));
        numbers.map(|number| (number.into(), number.into())).collect()
    };
    let ported = sets.field_ranges(Level::Protocol, &of(Protocol::has_ports));
    let typed = sets.field_ranges(Level::Protocol, &of(Protocol::has_types));
    let used = sets.union(ported, typed);
    let with_ports = sets.intersect(set, ported);
    let without_source = sets.forget(set, Level::SourcePort);
    let with_types = sets.intersect(without_source, typed);
    let without_either = sets.forget(without_source, Level::Port);
    let with_neither = sets.subtract(without_either, used);
    sets.union_all([with_ports, with_types, with_neither])
}

/// `traffic`, which looks only at used fields, protocol by protocol.
fn list_traffic(sets: &mut Sets, traffic: PacketSet) -> String {
    let mut items = Vec::new();
    let mut nameless = sets.project(traffic, Level::Protocol);
    for protocol in NAMED {
        let number = protocol.0.into();
        let ports = sets.restrict(traffic, Level::Protocol, number);
        list_protocol(sets, protocol, ports, &mut items);
        nameless = without(&nameless, number);
    }
    let whole = NAMED.iter().fold(vec![(0, Level::Protocol.last())], |all, protocol| without(&all, protocol.0.into()));
    if nameless == whole {
        items.push("other protocols".to_owned());
    } else if let [(first, last)] = nameless[..]
        && first == last
    {
        items.push(Protocol(first as u8).to_string());
    } else if !nameless.is_empty() {
        items.push(format!("protocols {}", list_ranges(&nameless)));
    }
    items.join("; ")
}

/// The items of one named protocol, whose ports and source ports are `ports`.
fn list_protocol(sets: &Sets, protocol: Protocol, ports: PacketSet, items: &mut Vec<String>) {
    if ports.is_empty() {
        return;
    }
    let branches = match sets.nodes.level(ports) {
        Some(Level::Port) => sets.branches(ports),
        _ => vec![(ports, vec![(0, Level::Port.last())])],
    };
    for (sources, ports) in branches {
        let ports = if ports == [(0, Level::Port.last())] {
            String::new()
        } else if protocol.has_types() {
            format!("/{}", list_types(&ports))
        } else {
            format!("/{}", list_ranges(&ports))
        };
        let ranges = sets.project(sources, Level::SourcePort);
        let sources = if sources.is_full() {
            String::new()
        } else {
            let one = matches!(ranges[..], [(first, last)] if first == last);
            let word = plural(if one { 1 } else { 2 }, "port");
            format!(" (source {word} {})", list_ranges(&ranges))
        };
        items.push(format!("{protocol}{ports}{sources}"));
    }
}

/// `80,443,1000-2000`.
fn list_ranges(ranges: &[(u128, u128)]) -> String {
    let text = |&(first, last): &(u128, u128)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}

/// Ranges of `type * 256 + code`: whole types as `8` or `8-11`, else `3/1` and `3/1-3/4`.
fn list_types(ranges: &[(u128, u128)]) -> String {
    let mut items = Vec::new();
    let one = |value: u128| format!("{}/{}", value >> 8, value & 0xff);
    let part = |first: u128, last: u128| {
        if first == last { one(first) } else { format!("{}-{}", one(first), one(last)) }
    };
    for &(first, last) in ranges {
        // The whole types inside the range are those of `kinds`, its end excluded.
        let kinds = first.div_ceil(256)..(last + 1) / 256;
        if kinds.is_empty() {
            items.push(part(first, last));
            continue;
        }
        if first < kinds.start * 256 {
            items.push(part(first, kinds.start * 256 - 1));
        }
        items.push(list_ranges(&[(kinds.start, kinds.end - 1)]));
        if kinds.end * 256 <= last {
            items.push(part(kinds.end * 256, last));
        }
    }
    items.join(",")
}

/// `ranges` without `value`.
fn without(ranges: &[(u128, u128)], value: u128) -> Ranges {
    let parts = ranges.iter().flat_map(|&(first, last)| {
        let below = value.checked_sub(1).map(|end| (first, last.min(end)));
        [below, Some((first.max(value + 1), last))]
    });
    parts.flatten().filter(|(first, last)| first <= last).collect()
}

/// One run of addresses of one family.
fn describe_run((first, last): (u128, u128)) -> String {
    let (low, high) = (from_u128(first), from_u128(last));
    if first == last {
        return low.to_string();
    }
    let block = match (low, high) {
        (std::net::IpAddr::V4(low), std::net::IpAddr::V4(high)) => {
            let mut blocks = Ipv4Subnets::new(low, high, 0);
            blocks.next().filter(|block| block.broadcast() == high).map(|block| block.to_string())
        }
        _ => {
            let (low, high) = (first.into(), std::net::Ipv6Addr::from_bits(last));
            let mut blocks = Ipv6Subnets::new(low, high, 0);
            blocks.next().filter(|block| block.broadcast() == high).map(|block| block.to_string())
        }
    };
    block.unwrap_or_else(|| format!("{low}-{high}"))
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "test")]

    use fmnet_core::traffic::PortRange;

    use super::*;
    use crate::set::address::{IPV6, address_ranges, to_u128};

    const TCP: Protocol = Protocol::TCP;
    const UDP: Protocol = Protocol::UDP;
    const ICMP: Protocol = Protocol::ICMP;

    fn of(protocol: Protocol, ports: PortRange) -> Traffic {
        Traffic::Of { protocol, ports }
    }

    /// The traffic `first..=last` of `protocol`.
    fn ports(protocol: Protocol, first: u16, last: u16) -> Traffic {
        of(protocol, PortRange { first, last })
    }

    fn union(sets: &mut Sets, traffic: &[Traffic]) -> PacketSet {
        let each: Vec<PacketSet> = traffic.iter().map(|traffic| sets.traffic(traffic)).collect();
        sets.union_all(each)
    }

    #[test]
    fn traffic_in_words() {
        let check = |traffic: &[Traffic], expected: &str| {
            let mut sets = Sets::new();
            let set = union(&mut sets, traffic);
            assert_eq!(describe_traffic(&sets, set), expected);
        };
        let one = |protocol, port| of(protocol, PortRange::one(port));
        check(&[], "none");
        check(&[Traffic::Any], "any");
        check(&[Traffic::all_of(TCP)], "tcp");
        check(&[one(TCP, 443), one(TCP, 80)], "tcp/80,443");
        check(&[one(UDP, 53), one(TCP, 53)], "tcp/53; udp/53");
        check(&[ports(TCP, 1, 9), ports(TCP, 10, 20)], "tcp/1-20");
        check(&[ports(TCP, 1, 65535)], "tcp/1-65535");
        check(&[of(ICMP, PortRange::icmp_type(8))], "icmp/8");
        check(&[of(ICMP, PortRange::icmp(8, 0)), of(ICMP, PortRange::icmp_type(0))], "icmp/0,8/0");
        check(&[ports(ICMP, 0x0301, 0x0304)], "icmp/3/1-3/4");
        check(&[ports(ICMP, 0x0304, 0x0800)], "icmp/3/4-3/255,4-7,8/0");
        check(&[Traffic::all_of(Protocol(50))], "protocol 50");
        check(&[one(Protocol(50), 7)], "protocol 50");
        let tunnels = [50, 51, 4].map(|number| Traffic::all_of(Protocol(number)));
        check(&tunnels, "protocols 4,50-51");
        let four = NAMED.map(Traffic::all_of);
        check(&four, "tcp; udp; icmp; icmpv6");
    }

    #[test]
    fn traffic_left_out() {
        let check = |traffic: &[Traffic], expected: &str| {
            let mut sets = Sets::new();
            let set = union(&mut sets, traffic);
            let set = sets.complement(set);
            assert_eq!(describe_traffic(&sets, set), expected);
        };
        check(&[of(TCP, PortRange::one(22))], "any except tcp/22");
        check(&[Traffic::all_of(TCP), Traffic::all_of(UDP)], "any except tcp; udp");
        check(&NAMED.map(Traffic::all_of), "other protocols");
        let all_but = [ports(TCP, 0, 442), ports(TCP, 444, 65535)];
        check(&all_but, "tcp/443; udp; icmp; icmpv6; other protocols");
    }

    #[test]
    fn each_family_has_its_icmp() {
        let check = |family: &[(u128, u128)], traffic: &[Traffic], expected: [&str; 2]| {
            let mut sets = Sets::new();
            let sources = sets.field_ranges(Level::Source, family);
            let set = union(&mut sets, traffic);
            let rest = sets.complement(set);
            let words = [set, rest].map(|set| {
                let set = sets.intersect(set, sources);
                describe_traffic(&sets, set)
            });
            assert_eq!(words, expected);
        };
        let icmpv6 = Traffic::all_of(Protocol::ICMPV6);
        let web = of(TCP, PortRange::one(80));
        check(&[IPV4], &[web], ["tcp/80", "any except tcp/80"]);
        check(&IPV6, &[web], ["tcp/80", "any except tcp/80"]);
        check(&[IPV4], &[web, icmpv6], ["tcp/80", "any except tcp/80"]);
        check(&IPV6, &[web, Traffic::all_of(ICMP)], ["tcp/80", "any except tcp/80"]);
        check(&[IPV4], &[Traffic::Any], ["any", "none"]);
        check(&[IPV4], &[icmpv6], ["icmpv6", "any"]);
        check(&IPV6, &[icmpv6], ["icmpv6", "tcp; udp; other protocols"]);
        let four = NAMED.map(Traffic::all_of);
        check(&[IPV4], &four, ["tcp; udp; icmp", "other protocols"]);
        check(&IPV6, &four, ["tcp; udp; icmpv6", "other protocols"]);
    }

    #[test]
    fn source_ports_in_words() {
        let mut sets = Sets::new();
        let tcp = sets.traffic(&Traffic::all_of(TCP));
        let web = sets.traffic(&ports(TCP, 80, 80));
        let clients = sets.range(Level::SourcePort, 49152, 65535);
        let dns = sets.range(Level::SourcePort, 53, 53);
        let mut check = |parts: &[[PacketSet; 2]], expected: &str| {
            let set = parts.iter().fold(PacketSet::EMPTY, |all, &[left, right]| {
                let part = sets.intersect(left, right);
                sets.union(all, part)
            });
            assert_eq!(describe_traffic(&sets, set), expected);
        };
        check(&[[tcp, clients]], "tcp (source ports 49152-65535)");
        check(&[[web, dns]], "tcp/80 (source port 53)");
        let mixed = "tcp/0-79,81-65535 (source port 53); tcp/80";
        check(&[[tcp, dns], [web, PacketSet::FULL]], mixed);
        let icmp = sets.traffic(&Traffic::all_of(ICMP));
        let set = sets.intersect(icmp, dns);
        assert_eq!(describe_traffic(&sets, set), "icmp");
    }

    #[test]
    fn addresses_in_words() {
        let check = |ranges: &[&str], expected: &str| {
            let place = |text: &str| to_u128(text.parse().unwrap());
            let mut places = Ranges::new();
            for range in ranges {
                match range.split_once('-') {
                    Some((first, last)) => places.push((place(first), place(last))),
                    None => places.extend(address_ranges(&range.parse().unwrap())),
                }
            }
            assert_eq!(describe_addresses(&places, 3), expected, "{ranges:?}");
        };
        check(&[], "none");
        check(&["0.0.0.0/0"], "0.0.0.0/0");
        check(&["::/0"], "::/0");
        check(&["::/0", "0.0.0.0/0"], "0.0.0.0/0, ::/0");
        check(&["::/64"], "::/64");
        check(&["203.0.113.0/24", "10.0.0.1-10.0.0.9"], "10.0.0.1-10.0.0.9, 203.0.113.0/24");
        check(&["10.0.0.0/25", "10.0.0.128/25"], "10.0.0.0/24");
        check(&["10.0.0.0/24", "10.0.1.0/25"], "10.0.0.0-10.0.1.127");
        check(&["10.0.0.7/32"], "10.0.0.7");
        check(&["2001:db8::/32", "2001:db9::/128"], "2001:db8::-2001:db9::");
        check(&["2001:db8::/32", "2001:db9::2/128"], "2001:db8::/32, 2001:db9::2");
        check(&["10.0.0.0/24", "10.2.0.0/24", "10.4.0.0/24"], "10.0.0.0/24, 10.2.0.0/24, 10.4.0.0/24");
        let five = ["10.0.0.0/24", "10.2.0.0/24", "10.4.0.0/24", "10.6.0.0/24", "::1/128"];
        check(&five, "10.0.0.0/24, 10.2.0.0/24, 10.4.0.0/24 and 2 more ranges");
        assert_eq!(describe_addresses(&[IPV4], 0), "1 range");
        assert_eq!(describe_addresses(&IPV6, 1), "::/0");
    }
}
