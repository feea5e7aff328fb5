//! Classes of interfaces that no rule of the network tells apart.
//!
//! In: a model and what its routes match. Out: a [`Classes`]: for each interface and each of its addresses a
//! [`Class`], such that members of one class fare alike against every other class.
//! That is what makes large networks cheap: analyse classes, name interfaces again only
//! when printing.

use std::net::IpAddr;

use crate::address::{self, Ranges};
use crate::model::interface::{InterfaceState, Owner, SourceDestCheck};
use crate::model::route_table::Target;
use crate::model::security_group::Peer;
use crate::model::{InterfaceId, Model, SecurityGroupId, SubnetId};
use rustc_hash::{FxHashMap, FxHashSet};

/// One address of one interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// The interface.
    pub interface: InterfaceId,
    /// Position in its list of addresses.
    pub position: u32,
}

/// Everything about a point that a rule of the network can see.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Visible<'m> {
    subnet: SubnetId,
    groups: &'m [SecurityGroupId],
    checked: bool,
    in_use: bool,
    detached: bool,
    denies_internet: bool,
    is_ipv6: bool,
    has_public: bool,
    atom: usize,
    /// Itself, where it is the target of a route, a place of a database or in front of networks.
    alone: Option<InterfaceId>,
}

/// Number of a class of points; members of one class have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(u32);

/// The classes of a network.
#[derive(Debug)]
pub struct Classes {
    /// Where the ranges begin that no address-matching rule splits.
    bounds: Vec<u128>,
    of: FxHashMap<Point, Class>,
    /// For each interface, the number of its combination of groups.
    combinations: Vec<u32>,
}

impl Classes {
    /// Sorts the points of `model`, whose routes match these ranges, into classes.
    pub(crate) fn of(model: &Model, routed: Ranges) -> Self {
        let bounds = bounds(model, routed);
        let targets: FxHashSet<InterfaceId> = model
            .route_tables
            .iter()
            .flat_map(|(_, table)| &table.routes)
            .filter_map(|route| match route.target {
                Target::Interface(id) => Some(id),
                Target::InternetGateway(_)
                | Target::EgressOnlyInternetGateway(_)
                | Target::NatGateway(_)
                | Target::PeeringConnection(_)
                | Target::VirtualPrivateGateway(_)
                | Target::TransitGateway(_)
                | Target::Blackhole
                | Target::Unmodelled(_) => None,
            })
            .collect();
        let mut known: FxHashMap<Visible<'_>, Class> = FxHashMap::default();
        let mut of = FxHashMap::default();
        for (id, interface) in model.interfaces.iter() {
            let is_alone =
                targets.contains(&id) || matches!(interface.owner, Owner::Database(_)) || !interface.behind.is_empty();
            for (position, mine) in (0u32..).zip(&interface.addresses) {
                let visible = Visible {
                    subnet: interface.subnet,
                    groups: &interface.groups,
                    checked: interface.source_dest_check == SourceDestCheck::On,
                    in_use: interface.state == InterfaceState::InUse,
                    detached: interface.state == InterfaceState::Detached,
                    denies_internet: interface.deny_internet_ipv6,
                    is_ipv6: mine.address.is_ipv6(),
                    has_public: mine.public.is_some(),
                    atom: atom(&bounds, mine.address),
                    alone: is_alone.then_some(id),
                };
                let next = Class(known.len() as u32);
                let class = *known.entry(visible).or_insert(next);
                of.insert(Point { interface: id, position }, class);
            }
        }
        let mut known: FxHashMap<&[SecurityGroupId], u32> = FxHashMap::default();
        let number = |groups| {
            let next = known.len() as u32;
            *known.entry(groups).or_insert(next)
        };
        let combinations =
            model.interfaces.iter().map(|(_, interface)| interface.groups.as_slice()).map(number).collect();
        Self { bounds, of, combinations }
    }

    /// The class of a point.
    #[must_use]
    pub fn class(&self, point: Point) -> Option<Class> {
        self.of.get(&point).copied()
    }

    /// A number that interfaces with the same groups share.
    #[must_use]
    pub fn combination(&self, interface: InterfaceId) -> Option<u32> {
        self.combinations.get(interface.index()).copied()
    }

    /// Whether a rule of the network tells addresses within `range` apart.
    #[must_use]
    pub fn splits(&self, range: (u128, u128)) -> bool {
        let at = self.bounds.partition_point(|&bound| bound <= range.0);
        self.bounds.get(at).is_some_and(|&bound| bound <= range.1)
    }

    /// Interfaces whose points are of the same classes, in order of their first member.
    #[must_use]
    pub fn interfaces(&self, model: &Model) -> Vec<Vec<InterfaceId>> {
        let mut rows: Vec<Vec<InterfaceId>> = Vec::new();
        let mut known: FxHashMap<Vec<Option<Class>>, usize> = FxHashMap::default();
        for (id, interface) in model.interfaces.iter() {
            let points = (0..interface.addresses.len() as u32).map(|position| Point { interface: id, position });
            let key: Vec<_> = points.map(|point| self.class(point)).collect();
            let row = *known.entry(key).or_insert(rows.len());
            match rows.get_mut(row) {
                Some(members) => members.push(id),
                None => rows.push(vec![id]),
            }
        }
        rows
    }
}

fn atom(bounds: &[u128], address: IpAddr) -> usize {
    let number = address::number(address);
    bounds.partition_point(|&bound| bound <= number)
}

/// Every address at which some rule begins or ceases to match.
fn bounds(model: &Model, routed: Ranges) -> Vec<u128> {
    let mut ranges = routed;
    for (_, group) in model.security_groups.iter() {
        for rule in group.ingress.iter().chain(&group.egress) {
            match rule.peer {
                Peer::Cidr(net) => ranges.extend(address::ranges(net)),
                Peer::PrefixList(list) => {
                    ranges.extend(model.prefix_lists[list].entries.iter().copied().flat_map(address::ranges));
                }
                Peer::Group(_) => {}
            }
        }
    }
    for (_, acl) in model.network_acls.iter() {
        let rules = acl.ingress.iter().chain(&acl.egress);
        ranges.extend(rules.flat_map(|rule| address::ranges(rule.peer)));
    }
    ranges.extend(crate::graph::on_premises::told_apart(model));
    let mut bounds: Vec<u128> =
        ranges.into_iter().flat_map(|(first, last)| [Some(first), last.checked_add(1)]).flatten().collect();
    bounds.sort_unstable();
    bounds.dedup();
    bounds
}
