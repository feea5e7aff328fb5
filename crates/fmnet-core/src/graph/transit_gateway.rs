//! Route tables of transit gateways, flattened, and the zones of the addresses behind one.
//!
//! In: a model. Out: [`TransitGateways`].

use super::longest_prefix;
use crate::address::{self, Ranges};
use crate::model::route_table::Destination;
use crate::model::transit_gateway::{TransitGatewayOrigin, TransitGatewayRoute, TransitGatewayRouteTable};
use crate::model::{Model, TransitGatewayId, TransitGatewayRouteTableId};

/// The addresses a transit gateway's table sends one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitWay {
    /// The route that wins for them.
    pub choice: TransitChoice,
    /// The addresses, sorted and apart.
    pub to: Ranges,
}

/// Which route of a transit gateway's table wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransitChoice {
    /// The route at this position.
    Route(u32),
    /// The route at this position or an equal one, or it may not be there: not known (R146).
    Undetermined(u32),
}

/// What [`super::Graph`] knows of transit gateways.
#[derive(Debug, Default)]
pub struct TransitGateways {
    /// The ways of each table, by the table's position.
    ways: Vec<Vec<TransitWay>>,
    /// Every prefix of a table, where rules begin or cease to match.
    pub(crate) ranges: Ranges,
    /// For each transit gateway, by position: each zone with the addresses of the attached
    /// VPCs' subnets that lie in it and in no other zone.
    zones: Vec<Vec<(String, Ranges)>>,
}

impl TransitGateways {
    pub(super) fn of(model: &Model) -> Self {
        let prefixes: Vec<_> =
            model.transit_gateway_route_tables.iter().map(|(_, table)| prefixes(model, table)).collect();
        let ranges = prefixes.iter().flatten().map(|prefix| prefix.0).collect();
        let ways = prefixes.iter().map(|prefixes| longest_prefix(prefixes.iter().copied())).map(|ways| {
            let way = |(choice, to)| TransitWay { choice, to };
            ways.into_iter().map(way).collect()
        });
        let zones = model.transit_gateways.ids().map(|gateway| zones(model, gateway)).collect();
        Self { ways: ways.collect(), ranges, zones }
    }

    /// The ways of a table, in order of the routes.
    #[must_use]
    pub fn ways(&self, table: TransitGatewayRouteTableId) -> &[TransitWay] {
        self.ways.get(table.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Each zone with the addresses behind `gateway` that lie in it and in no other.
    #[must_use]
    pub fn zones(&self, gateway: TransitGatewayId) -> &[(String, Ranges)] {
        self.zones.get(gateway.index()).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Position among equal prefixes (R144).
fn rank(route: &TransitGatewayRoute) -> u8 {
    match (route.origin, route.destination) {
        (TransitGatewayOrigin::Static, Destination::Cidr(_)) => 0,
        (TransitGatewayOrigin::Static, Destination::PrefixList(_)) => 1,
        (TransitGatewayOrigin::Propagated | TransitGatewayOrigin::MaybePropagated, _) => 2,
    }
}

/// The prefixes of `table`, each once with its winner, sorted so that a longer one follows
/// those around it.
fn prefixes(model: &Model, table: &TransitGatewayRouteTable) -> Vec<((u128, u128), TransitChoice)> {
    let mut entries: Vec<((u128, u128), u32)> = Vec::new();
    for (index, route) in (0u32..).zip(&table.routes) {
        let nets = match route.destination {
            Destination::Cidr(net) => vec![net],
            Destination::PrefixList(list) => model.prefix_lists[list].entries.clone(),
        };
        entries.extend(nets.into_iter().flat_map(address::ranges).map(|range| (range, index)));
    }
    entries.sort_unstable_by_key(|&((first, last), index)| (first, std::cmp::Reverse(last), index));
    entries.dedup();
    let same = entries.chunk_by(|left, right| left.0 == right.0);
    same.filter_map(|same| Some((same.first()?.0, choose(table, same)?))).collect()
}

/// The winner among routes of one prefix.
fn choose(table: &TransitGatewayRouteTable, same: &[((u128, u128), u32)]) -> Option<TransitChoice> {
    let get = |index: u32| table.routes.get(index as usize);
    let best = same.iter().filter_map(|entry| get(entry.1)).map(rank).min()?;
    let mut winners = same.iter().filter_map(|entry| Some((entry.1, get(entry.1)?))).filter(|one| rank(one.1) == best);
    let (winner, route) = winners.next()?;
    let torn = best > 0 && winners.any(|(_, other)| other.target != route.target);
    let is_open = torn || route.origin == TransitGatewayOrigin::MaybePropagated;
    Some(if is_open { TransitChoice::Undetermined(winner) } else { TransitChoice::Route(winner) })
}

/// The addresses of each zone behind `gateway`.
fn zones(model: &Model, gateway: TransitGatewayId) -> Vec<(String, Ranges)> {
    let attached = model.transit_gateway_attachments.iter().filter(|(_, one)| one.gateway == gateway);
    let vpcs: Vec<_> = attached.filter_map(|(_, one)| one.vpc()).map(|attachment| attachment.vpc).collect();
    let mut zones: Vec<(String, Ranges)> = Vec::new();
    for (_, subnet) in model.subnets.iter().filter(|(_, subnet)| vpcs.contains(&subnet.vpc)) {
        let nets = subnet.ipv4.map(Into::into).into_iter().chain(subnet.ipv6.map(Into::into));
        let ranges = nets.flat_map(address::ranges);
        match zones.iter_mut().find(|zone| zone.0 == subnet.zone_id) {
            Some(zone) => zone.1.extend(ranges),
            None => zones.push((subnet.zone_id.clone(), ranges.collect())),
        }
    }
    let zones: Vec<_> = zones.into_iter().map(|(zone, ranges)| (zone, address::union(ranges))).collect();
    let alone = |(at, (zone, ranges)): (usize, &(String, Ranges))| {
        let others = zones.iter().enumerate().filter(|(other, _)| *other != at);
        let others = address::union(others.flat_map(|(_, other)| other.1.iter().copied()).collect());
        (zone.clone(), address::subtract(ranges, &others))
    };
    zones.iter().enumerate().map(alone).collect()
}
