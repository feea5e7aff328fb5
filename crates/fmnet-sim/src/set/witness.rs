//! One packet to show for a set.
//!
//! In: a set, and packets whose fields would read well. Out: a packet of the set. The
//! same set and preferences give the same packet.

use fmnet_core::traffic::Protocol;

use super::address::{IPV4, IPV6, from_u128, is_ipv4};
use super::{Level, PacketSet, Sets};
use crate::packet::Packet;

/// A run of values of one field, and the set that remains after them.
type Piece = (u128, u128, PacketSet);

impl Sets {
    /// A packet of `set`; none only if it is empty.
    ///
    /// Field by field, in the order of [`Level`], it takes the first value of
    /// `preferred` that some packet of what remains has, else the smallest. A field
    /// that the chosen protocol does not use is zero where it may be. Both addresses
    /// are of one family if any packet of the set is so; a set of nothing but mixed
    /// packets yields a mixed one.
    #[must_use]
    pub fn witness(&self, set: PacketSet, preferred: &[Packet]) -> Option<Packet> {
        let pick = |set, level: Level, accepts: &dyn Fn(&Piece) -> bool| {
            let wanted = preferred.iter().map(|packet| level.of(packet));
            self.pick(set, level, wanted, accepts)
        };
        let any = |_: &Piece| true;
        let pairs =
            |&(place, _, rest): &Piece| self.pieces(rest, Level::Destination).any(|piece| same_family(piece.0, place));
        let (source, rest) = pick(set, Level::Source, &pairs).or_else(|| pick(set, Level::Source, &any))?;
        let (destination, rest) = pick(rest, Level::Destination, &|piece| same_family(piece.0, source))
            .or_else(|| pick(rest, Level::Destination, &any))?;
        let (protocol, rest) = pick(rest, Level::Protocol, &any)?;
        let protocol = Protocol(protocol as u8);
        let unused = |level, set| self.pick(set, level, [0].into_iter(), &any);
        let (port, rest) = if protocol.has_ports() || protocol.has_types() {
            pick(rest, Level::Port, &any)?
        } else {
            unused(Level::Port, rest)?
        };
        let (source_port, rest) =
            if protocol.has_ports() { pick(rest, Level::SourcePort, &any)? } else { unused(Level::SourcePort, rest)? };
        let (translated_port, _) = pick(rest, Level::TranslatedPort, &any)?;
        Some(Packet {
            source: from_u128(source),
            destination: from_u128(destination),
            protocol,
            port: port as u16,
            source_port: source_port as u16,
            translated_port: translated_port as u16,
        })
    }

    /// The first of `wanted` in a piece that `accepts`, else the first value of the
    /// first such piece; with the set that remains.
    fn pick(
        &self,
        set: PacketSet,
        level: Level,
        mut wanted: impl Iterator<Item = u128>,
        accepts: &dyn Fn(&Piece) -> bool,
    ) -> Option<(u128, PacketSet)> {
        let pieces: Vec<Piece> = self.pieces(set, level).filter(accepts).collect();
        let wanted = wanted.find_map(|value| {
            let piece = pieces.iter().find(|piece| (piece.0..=piece.1).contains(&value))?;
            Some((value, piece.2))
        });
        wanted.or_else(|| pieces.first().map(|piece| (piece.0, piece.2)))
    }

    /// The values of `level` with a nonempty remainder, ascending, each piece of
    /// addresses inside one family. The top of `set` is at `level` or after it.
    fn pieces(&self, set: PacketSet, level: Level) -> impl Iterator<Item = Piece> {
        let here = self.nodes.level(set) == Some(level);
        let whole = (!here).then_some((0, level.last(), set));
        let edges = self.nodes.edges(if here { set } else { PacketSet::EMPTY });
        let filled = whole.into_iter().chain(edges).filter(|edge| !edge.2.is_empty());
        filled.flat_map(move |(first, last, rest)| {
            let [below, above] = IPV6;
            let parts = if level.is_address() { [below, IPV4, above] } else { [(0, last), (1, 0), (1, 0)] };
            let cut = parts.into_iter().map(move |(low, high)| (first.max(low), last.min(high), rest));
            cut.filter(|piece| piece.0 <= piece.1)
        })
    }
}

fn same_family(left: u128, right: u128) -> bool {
    is_ipv4(left) == is_ipv4(right)
}
