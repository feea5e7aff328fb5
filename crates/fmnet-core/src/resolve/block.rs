//! Blocks of addresses: host bits, overlaps and the first free block.
//!
//! In: CIDRs as typed. Out: CIDRs as AWS stores them, and what lies in whose way.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::Findings;
use crate::address::{address, number};
use crate::diagnostic::Diagnostic;
use crate::spec::Spanned;

/// The block as AWS stores it: host bits are cleared, not refused (R12).
pub(super) fn stored(block: &Spanned<IpNet>, found: &mut Findings) -> IpNet {
    let stored = block.value.trunc();
    if stored != block.value {
        found.push(
            Diagnostic::warning(
                "host-bits",
                format!("`{}` has host bits that AWS clears", block.value),
                block.span,
                format!("stored as `{stored}`"),
            )
            .patch("write what AWS stores", block.span, stored.to_string()),
        );
    }
    stored
}

/// Likewise for IPv6 alone.
pub(super) fn stored_v6(block: &Spanned<Ipv6Net>, found: &mut Findings) -> Ipv6Net {
    stored(&Spanned { value: IpNet::V6(block.value), span: block.span }, found);
    block.value.trunc()
}

/// Whether two blocks share an address; CIDRs nest or are apart.
pub(super) fn overlap(a: IpNet, b: IpNet) -> bool {
    a.contains(&b) || b.contains(&a)
}

/// Whether `block` lies in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, and in which.
pub(super) fn rfc1918(block: Ipv4Net) -> Option<Ipv4Net> {
    const FAMILIES: [Ipv4Net; 3] = [
        Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 8),
        Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 12),
        Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16),
    ];
    FAMILIES.into_iter().find(|family| family.contains(&block))
}

/// First and last address of a block, as numbers.
pub(super) fn ends(block: IpNet) -> (u128, u128) {
    (number(block.network()), number(block.broadcast()))
}

/// Blocks that are taken: disjoint intervals, merged where they touch.
#[derive(Default)]
pub(super) struct Taken {
    last_by_first: BTreeMap<u128, u128>,
}

impl Taken {
    /// Takes a block.
    pub(super) fn insert(&mut self, block: IpNet) {
        let (mut first, mut last) = ends(block);
        while let Some((start, end)) = self.touching(first, last) {
            self.last_by_first.remove(&start);
            first = first.min(start);
            last = last.max(end);
        }
        self.last_by_first.insert(first, last);
    }

    /// Whether the address is taken.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        let number = number(address);
        self.in_the_way(number, number).is_some()
    }

    fn touching(&self, first: u128, last: u128) -> Option<(u128, u128)> {
        let (&start, &end) = self.last_by_first.range(..=last.saturating_add(1)).next_back()?;
        (end.saturating_add(1) >= first).then_some((start, end))
    }

    /// The last address of a taken interval that overlaps `first..=last`.
    fn in_the_way(&self, first: u128, last: u128) -> Option<u128> {
        let (_, &end) = self.last_by_first.range(..=last).next_back()?;
        (end >= first).then_some(end)
    }

    /// The first free block of the size of `after` in `within`, looked for behind
    /// `after` and then from the start.
    pub(super) fn first_free(&self, within: IpNet, after: IpNet) -> Option<IpNet> {
        let (start, end) = ends(within);
        let behind = ends(after).1.saturating_add(1).max(start);
        self.free_between(behind, end, after).or_else(|| self.free_between(start, end, after))
    }

    fn free_between(&self, from: u128, end: u128, like: IpNet) -> Option<IpNet> {
        let (first, last) = ends(like);
        let beyond_first = last - first;
        let mut candidate = from;
        loop {
            // Blocks of a size start at its multiples.
            candidate = candidate.checked_add(beyond_first)? & !beyond_first;
            let candidate_last = candidate.checked_add(beyond_first)?;
            if candidate_last > end {
                return None;
            }
            match self.in_the_way(candidate, candidate_last) {
                Some(taken) => candidate = taken.checked_add(1)?,
                None => return IpNet::new(address(candidate), like.prefix_len()).ok(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Taken;

    #[test]
    #[expect(clippy::unwrap_used, reason = "the literals parse")]
    fn the_first_free_block_is_behind_the_conflict_and_then_from_the_start() {
        let check = |taken: &[&str], within: &str, after: &str, expected: Option<&str>| {
            let mut intervals = Taken::default();
            for block in taken {
                intervals.insert(block.parse().unwrap());
            }
            let free = intervals.first_free(within.parse().unwrap(), after.parse().unwrap());
            assert_eq!(free.map(|block| block.to_string()).as_deref(), expected, "{taken:?}");
        };
        let foremessage = ["10.30.1.0/24", "10.30.101.0/24", "10.30.102.0/24"];
        check(&foremessage, "10.30.0.0/16", "10.30.1.0/24", Some("10.30.2.0/24"));
        check(&["10.0.0.0/17", "10.0.128.0/18"], "10.0.0.0/16", "10.0.0.0/18", Some("10.0.192.0/18"));
        check(&["10.0.255.0/24"], "10.0.0.0/16", "10.0.255.0/24", Some("10.0.0.0/24"));
        check(&["10.0.0.0/16"], "10.0.0.0/16", "10.0.255.0/24", None);
        check(&["2001:db8::/64"], "2001:db8::/56", "2001:db8::/64", Some("2001:db8:0:1::/64"));
    }
}
