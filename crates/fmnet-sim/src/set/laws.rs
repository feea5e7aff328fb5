//! The laws of sets, on random combinations of cubes.
//!
//! In: nothing. Out: nothing but failures. Three things stand against the diagrams: a
//! naive reading of the same combination, packet by packet; a public library of binary
//! decision diagrams; and the algebra itself.
#![expect(clippy::indexing_slicing, reason = "test")]

use biodivine_lib_bdd::{Bdd, BddVariable, BddVariableSet};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use fmnet_core::traffic::Protocol;

use super::address::{IPV4, from_u128, is_ipv4};
use super::cube::Cube;
use super::{Level, PacketSet, Ranges, Sets};
use crate::packet::Packet;

/// A combination of cubes, to be read in three ways.
#[derive(Clone, Debug)]
enum Shape {
    Cube(Cube),
    Union(Box<[Shape; 2]>),
    Intersect(Box<[Shape; 2]>),
    Subtract(Box<[Shape; 2]>),
    Complement(Box<Shape>),
}

impl Shape {
    /// As a set.
    fn set(&self, sets: &mut Sets) -> PacketSet {
        let mut both = |[left, right]: &[Self; 2]| (left.set(sets), right.set(sets));
        match self {
            Self::Cube(cube) => sets.cube(cube),
            Self::Union(shapes) => {
                let (left, right) = both(shapes);
                sets.union(left, right)
            }
            Self::Intersect(shapes) => {
                let (left, right) = both(shapes);
                sets.intersect(left, right)
            }
            Self::Subtract(shapes) => {
                let (left, right) = both(shapes);
                sets.subtract(left, right)
            }
            Self::Complement(shape) => {
                let set = shape.set(sets);
                sets.complement(set)
            }
        }
    }

    /// The same set in a roundabout way, through the other operations.
    fn roundabout(&self, sets: &mut Sets) -> PacketSet {
        let mut both = |[left, right]: &[Self; 2]| {
            let right = right.roundabout(sets);
            (left.roundabout(sets), right)
        };
        match self {
            Self::Cube(cube) => Level::ALL.iter().fold(PacketSet::FULL, |set, &level| {
                let reversed = cube.at(level).iter().rev();
                let parts: Vec<PacketSet> = reversed.map(|&(first, last)| sets.range(level, first, last)).collect();
                let field = parts.into_iter().fold(PacketSet::EMPTY, |all, part| sets.union(part, all));
                sets.intersect(set, field)
            }),
            Self::Union(shapes) => {
                let (left, right) = both(shapes);
                let (left, right) = (sets.complement(left), sets.complement(right));
                let neither = sets.intersect(right, left);
                sets.complement(neither)
            }
            Self::Intersect(shapes) => {
                let (left, right) = both(shapes);
                let rest = sets.subtract(left, right);
                sets.subtract(left, rest)
            }
            Self::Subtract(shapes) => {
                let (left, right) = both(shapes);
                let outside = sets.complement(right);
                sets.intersect(outside, left)
            }
            Self::Complement(shape) => {
                let set = shape.roundabout(sets);
                sets.subtract(PacketSet::FULL, set)
            }
        }
    }

    /// Whether `packet` is in it, read naively.
    fn has(&self, packet: &Packet) -> bool {
        match self {
            Self::Cube(cube) => Level::ALL.iter().all(|&level| {
                let value = level.of(packet);
                cube.at(level).iter().any(|&(first, last)| (first..=last).contains(&value))
            }),
            Self::Union(shapes) => shapes.iter().any(|shape| shape.has(packet)),
            Self::Intersect(shapes) => shapes.iter().all(|shape| shape.has(packet)),
            Self::Subtract(shapes) => shapes[0].has(packet) && !shapes[1].has(packet),
            Self::Complement(shape) => !shape.has(packet),
        }
    }

    /// As a binary decision diagram over every bit of every field.
    fn bdd(&self, bits: &Bits) -> Bdd {
        match self {
            Self::Cube(cube) => {
                Level::ALL.iter().fold(bits.all.mk_true(), |bdd, &level| bdd.and(&bits.ranges(level, cube.at(level))))
            }
            Self::Union(shapes) => shapes[0].bdd(bits).or(&shapes[1].bdd(bits)),
            Self::Intersect(shapes) => shapes[0].bdd(bits).and(&shapes[1].bdd(bits)),
            Self::Subtract(shapes) => shapes[0].bdd(bits).and_not(&shapes[1].bdd(bits)),
            Self::Complement(shape) => shape.bdd(bits).not(),
        }
    }
}

/// The variables of the oracle, one for each bit, most significant first.
struct Bits {
    all: BddVariableSet,
    variables: Vec<BddVariable>,
}

impl Bits {
    fn new() -> Self {
        let all = BddVariableSet::new_anonymous(128 + 128 + 8 + 3 * 16);
        let variables = all.variables();
        Self { all, variables }
    }

    fn of(&self, level: Level) -> &[BddVariable] {
        let ends = [0, 128, 256, 264, 280, 296, 312];
        &self.variables[ends[level as usize]..ends[level as usize + 1]]
    }

    fn ranges(&self, level: Level, ranges: &[(u128, u128)]) -> Bdd {
        ranges.iter().fold(self.all.mk_false(), |bdd, &(first, last)| {
            let from = match first.checked_sub(1) {
                Some(below) => self.at_most(level, below).not(),
                None => self.all.mk_true(),
            };
            bdd.or(&from.and(&self.at_most(level, last)))
        })
    }

    fn at_most(&self, level: Level, last: u128) -> Bdd {
        let bits = self.of(level).iter().rev().enumerate();
        bits.fold(self.all.mk_true(), |lower, (place, &bit)| {
            let zero = self.all.mk_not_var(bit);
            if last >> place & 1 == 1 { zero.or(&lower) } else { zero.and(&lower) }
        })
    }
}

/// The ends of ranges, few enough that cubes often touch, cover or miss by one.
fn ends(level: Level) -> Vec<u128> {
    match level {
        Level::Source | Level::Destination => {
            let ten = IPV4.0 + 0x0a00_0000;
            let documentation = 0x2001_0db8_u128 << 96;
            vec![0, IPV4.0 - 1, IPV4.0, ten, ten + 255, IPV4.1, IPV4.1 + 1, documentation, u128::MAX]
        }
        Level::Protocol => vec![0, 1, 6, 16, 17, 58, 255],
        Level::Port | Level::SourcePort | Level::TranslatedPort => {
            vec![0, 53, 79, 80, 1024, 65535]
        }
    }
}

/// A value from every interval that ranges between [`ends`] can tell apart, and more.
fn samples(level: Level) -> Vec<u128> {
    let mut samples: Vec<u128> = ends(level)
        .into_iter()
        .flat_map(|end| [end.saturating_sub(1), end, end.saturating_add(1).min(level.last())])
        .collect();
    samples.sort_unstable();
    samples.dedup();
    samples
}

fn ranges(level: Level) -> impl Strategy<Value = Ranges> {
    let range = (select(ends(level)), select(ends(level))).prop_map(|(one, two)| (one.min(two), one.max(two)));
    prop_oneof![2 => Just(vec![(0, level.last())]), 3 => vec(range, 1..3)]
}

fn cube() -> impl Strategy<Value = Cube> {
    let [source, destination, protocol, port, source_port, translated_port] = Level::ALL.map(ranges);
    (source, destination, protocol, port, source_port, translated_port).prop_map(
        |(source, destination, protocol, port, source_port, translated_port)| Cube {
            source,
            destination,
            protocol,
            port,
            source_port,
            translated_port,
        },
    )
}

fn shape() -> impl Strategy<Value = Shape> {
    cube().prop_map(Shape::Cube).prop_recursive(3, 8, 2, |inner| {
        let pair = [inner.clone(), inner.clone()].prop_map(Box::new);
        prop_oneof![
            3 => pair.clone().prop_map(Shape::Union),
            1 => pair.clone().prop_map(Shape::Intersect),
            2 => pair.prop_map(Shape::Subtract),
            1 => inner.prop_map(|shape| Shape::Complement(Box::new(shape))),
        ]
    })
}

fn packet() -> impl Strategy<Value = Packet> {
    let value = |level: Level| prop_oneof![4 => select(samples(level)), 1 => 0..=level.last()];
    Level::ALL.map(value).prop_map(|[source, destination, protocol, port, from, translated]| Packet {
        source: from_u128(source),
        destination: from_u128(destination),
        protocol: Protocol(protocol as u8),
        port: port as u16,
        source_port: from as u16,
        translated_port: translated as u16,
    })
}

/// `packet` with `value` at `level`.
fn with(packet: Packet, level: Level, value: u128) -> Packet {
    let mut packet = packet;
    match level {
        Level::Source => packet.source = from_u128(value),
        Level::Destination => packet.destination = from_u128(value),
        Level::Protocol => packet.protocol = Protocol(value as u8),
        Level::Port => packet.port = value as u16,
        Level::SourcePort => packet.source_port = value as u16,
        Level::TranslatedPort => packet.translated_port = value as u16,
    }
    packet
}

/// The packets whose two addresses are of one family.
fn one_family(sets: &mut Sets) -> PacketSet {
    let parts = [vec![IPV4], super::address::IPV6.to_vec()]
        .map(|ranges| sets.cube(&Cube { source: ranges.clone(), destination: ranges, ..Cube::full() }));
    sets.union_all(parts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_set_has_what_its_shape_has(shape in shape(), packets in vec(packet(), 32)) {
        let mut sets = Sets::new();
        let set = shape.set(&mut sets);
        for packet in packets {
            prop_assert_eq!(sets.contains(set, &packet), shape.has(&packet), "{}", packet);
            let point = sets.point(&packet);
            prop_assert_eq!(sets.is_subset(point, set), shape.has(&packet));
            prop_assert_eq!(sets.is_disjoint(point, set), !shape.has(&packet));
        }
    }

    #[test]
    fn one_set_is_one_id(shape in shape()) {
        let (mut sets, mut others) = (Sets::new(), Sets::new());
        let set = shape.set(&mut sets);
        prop_assert_eq!(shape.roundabout(&mut sets), set);
        let theirs = others.adopt(&sets, set);
        prop_assert_eq!(shape.roundabout(&mut others), theirs);
        prop_assert_eq!(sets.adopt(&others, theirs), set);
    }

    #[test]
    fn the_algebra_is_boolean(a in shape(), b in shape(), c in shape()) {
        let mut sets = Sets::new();
        let [a, b, c] = [a, b, c].map(|shape| shape.set(&mut sets));
        let (or, and) = (sets.union(a, b), sets.intersect(a, b));
        prop_assert_eq!(or, sets.union(b, a));
        prop_assert_eq!(and, sets.intersect(b, a));
        prop_assert_eq!(sets.union(a, and), a);
        prop_assert_eq!(sets.intersect(a, or), a);
        let (right_or, right_and) = (sets.union(b, c), sets.intersect(b, c));
        prop_assert_eq!(sets.union(or, c), sets.union(a, right_or));
        prop_assert_eq!(sets.intersect(and, c), sets.intersect(a, right_and));
        let a_and_c = sets.intersect(a, c);
        prop_assert_eq!(sets.intersect(a, right_or), sets.union(and, a_and_c));
        let not_a = sets.complement(a);
        prop_assert_eq!(sets.complement(not_a), a);
        prop_assert_eq!(sets.union(a, not_a), PacketSet::FULL);
        prop_assert_eq!(sets.intersect(a, not_a), PacketSet::EMPTY);
        prop_assert!(sets.is_subset(and, a) && sets.is_subset(a, or));
        prop_assert_eq!(sets.is_subset(a, b), or == b);
        prop_assert_eq!(sets.is_disjoint(a, b), and.is_empty());
        let (apart, union_all) = (sets.union(or, c), sets.union_all([c, a, b, a]));
        prop_assert_eq!(apart, union_all);
    }

    #[test]
    fn a_witness_is_in_its_set(shape in shape(), preferred in vec(packet(), 0..4)) {
        let mut sets = Sets::new();
        let set = shape.set(&mut sets);
        let Some(witness) = sets.witness(set, &preferred) else {
            prop_assert!(set.is_empty());
            return Ok(());
        };
        prop_assert!(sets.contains(set, &witness));
        let one_family = one_family(&mut sets);
        let mixed = is_ipv4(Level::Source.of(&witness)) != is_ipv4(Level::Destination.of(&witness));
        prop_assert_eq!(mixed, sets.is_disjoint(set, one_family));
        prop_assert_eq!(sets.witness(set, &[witness]), Some(witness));
    }

    #[test]
    fn cubes_partition_their_set(shape in shape(), most in 0_usize..8) {
        let mut sets = Sets::new();
        let set = shape.set(&mut sets);
        let whole = sets.cubes(set, usize::MAX);
        prop_assert!(!whole.cut);
        let mut all = PacketSet::EMPTY;
        for cube in &whole.cubes {
            let cube = sets.cube(cube);
            prop_assert!(!cube.is_empty() && sets.is_disjoint(all, cube));
            all = sets.union(all, cube);
        }
        prop_assert_eq!(all, set);
        let some = sets.cubes(set, most);
        prop_assert_eq!(some.cut, whole.cubes.len() > most);
        prop_assert_eq!(&some.cubes[..], &whole.cubes[..most.min(whole.cubes.len())]);
    }

    #[test]
    fn quantifiers_try_every_value(
        shape in shape(),
        level in select(Level::ALL.to_vec()),
        packets in vec(packet(), 16),
    ) {
        let mut sets = Sets::new();
        let set = shape.set(&mut sets);
        let some = sets.forget(set, level);
        for within in [(0, level.last()), (53, 80), (7, u128::MAX), (6, 6)] {
            let every = sets.always(set, level, within);
            for &packet in &packets {
                let mut values = samples(level);
                values.retain(|value| (within.0..=within.1).contains(value));
                // The ends of `within` stand for the intervals it cuts.
                values.extend([within.0, within.1.min(level.last())]);
                let all = values.iter().all(|&value| shape.has(&with(packet, level, value)));
                prop_assert_eq!(sets.contains(every, &packet), all);
            }
        }
        for packet in packets {
            let tried = |value: &u128| shape.has(&with(packet, level, *value));
            prop_assert_eq!(sets.contains(some, &packet), samples(level).iter().any(tried));
            let value = level.of(&packet);
            let at = sets.restrict(set, level, value);
            prop_assert_eq!(sets.contains(at, &with(packet, level, 0)), shape.has(&packet));
        }
        let others = Level::ALL.into_iter().filter(|&other| other != level);
        let projected = others.fold(set, |set, other| sets.forget(set, other));
        let values = sets.project(set, level);
        prop_assert_eq!(sets.field_ranges(level, &values), projected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Both diagrams are canonical, so they must agree on which sets are equal.
    #[test]
    fn binary_diagrams_agree(a in shape(), b in shape(), level in select(Level::ALL.to_vec())) {
        let (mut sets, bits) = (Sets::new(), Bits::new());
        let (set_a, set_b) = (a.set(&mut sets), b.set(&mut sets));
        let (bdd_a, bdd_b) = (a.bdd(&bits), b.bdd(&bits));
        prop_assert_eq!(set_a.is_empty(), bdd_a.is_false());
        prop_assert_eq!(set_a.is_full(), bdd_a.is_true());
        prop_assert_eq!(set_a == set_b, bdd_a == bdd_b);
        prop_assert_eq!(sets.is_subset(set_a, set_b), bdd_a.and_not(&bdd_b).is_false());
        prop_assert_eq!(sets.is_disjoint(set_a, set_b), bdd_a.and(&bdd_b).is_false());
        let as_bdd = |sets: &Sets, set| {
            let cubes = sets.cubes(set, usize::MAX).cubes.into_iter().map(Shape::Cube);
            cubes.fold(bits.all.mk_false(), |all, cube| all.or(&cube.bdd(&bits)))
        };
        prop_assert!(as_bdd(&sets, set_a) == bdd_a);
        let some = sets.forget(set_a, level);
        prop_assert!(as_bdd(&sets, some) == bdd_a.exists(bits.of(level)));
        let every = sets.always(set_a, level, (0, level.last()));
        prop_assert!(as_bdd(&sets, every) == bdd_a.for_all(bits.of(level)));
    }
}

/// Forgotten results and grown tables change no id.
#[test]
fn many_operations_keep_ids() {
    let mut sets = Sets::new();
    let rule = |sets: &mut Sets, seed: u128| {
        let scattered = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7;
        let source = IPV4.0 + (scattered & 0xffff_ff00);
        let port = scattered >> 32 & 0x7fff;
        sets.cube(&Cube { source: vec![(source, source + 255)], port: vec![(port, port + 100)], ..Cube::full() })
    };
    let rules: Vec<PacketSet> = (0..2000).map(|seed| rule(&mut sets, seed)).collect();
    let forwards = sets.union_all(rules.iter().copied());
    let one_by_one = rules.iter().rev().take(200).fold(forwards, |all, &set| sets.union(set, all));
    assert_eq!(forwards, one_by_one);
    let backwards = sets.union_all(rules.iter().rev().copied());
    assert_eq!(forwards, backwards);
    for (seed, &set) in (0..).zip(&rules) {
        assert_eq!(rule(&mut sets, seed), set);
        assert!(sets.is_subset(set, forwards));
    }
}
