//! The route table of a subnet: which route a destination takes.
//!
//! In: a subnet and a destination. Out: every route that matches, and the one AWS
//! chooses among them.

use std::net::IpAddr;

use fmnet_core::model::route_table::{Destination, Origin, Route};
use fmnet_core::model::{Model, SubnetId};
use ipnet::IpNet;

use super::next_hop::Via;
use crate::fate::{Component, RuleRef};

/// A route that matches the destination.
#[derive(Clone, Debug)]
pub(super) struct Match {
    /// Length of the prefix that matches.
    pub(super) length: u8,
    /// Which route it is.
    pub(super) rule: RuleRef,
    /// Where it leads.
    pub(super) via: Via,
    /// What decides between it and another of the same length.
    rank: Rank,
    is_filtered: bool,
}

/// Which of two routes with equal prefixes counts: the smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Local,
    Static,
    PrefixList,
    Propagated,
    /// Nobody says where an advertised route ranks.
    Advertised,
}

/// The route AWS chooses.
pub(super) enum Choice {
    /// No route matches (R90).
    None,
    /// This one.
    Route(Match),
    /// It is not known which; this is the first of those in question.
    Unknown(RuleRef),
}

/// The table of `subnet` as a component.
pub(super) fn component(model: &Model, subnet: SubnetId) -> Component {
    Component::RouteTable(model.subnets[subnet].route_table, subnet)
}

/// Chooses a route for `destination`: the longest prefix (R79), and among equals
/// local, then static, then prefix list, then propagated (R84, R86).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>.
pub(super) fn choose(model: &Model, subnet: SubnetId, destination: IpAddr) -> Choice {
    let matches = matches(model, subnet, destination);
    let Some(length) = matches.iter().map(|found| found.length).max() else {
        return Choice::None;
    };
    let longest: Vec<_> = matches.into_iter().filter(|found| found.length == length).collect();
    // VPC Route Server's routes have no documented rank, so a tie with one is open (R84).
    if let [first, _, ..] = longest.as_slice()
        && longest.iter().any(|found| found.rank == Rank::Advertised)
    {
        return Choice::Unknown(first.rule);
    }
    let Some(chosen) = longest.iter().min_by_key(|found| found.rank) else {
        return Choice::None;
    };
    // Of the same prefix in two lists AWS picks one arbitrarily (R87).
    // Nor does the order of a table decide between two propagated routes.
    let is_tie = matches!(chosen.rank, Rank::PrefixList | Rank::Propagated)
        && longest.iter().any(|found| found.rank == chosen.rank && found.via != chosen.via);
    if is_tie || chosen.is_filtered {
        return Choice::Unknown(chosen.rule);
    }
    Choice::Route(chosen.clone())
}

/// Every route of the subnet's table that matches `destination`, the local one first,
/// then in the order of the table; of a prefix list, every entry that matches.
pub(super) fn matches(model: &Model, subnet: SubnetId, destination: IpAddr) -> Vec<Match> {
    let table = model.subnets[subnet].route_table;
    let vpc = &model.vpcs[model.vpc_of(subnet)];
    // R80: one local route for each block of the VPC.
    let local = vpc.blocks().filter(|block| block.contains(&destination)).map(|block| Match {
        length: block.prefix_len(),
        rule: RuleRef::LocalRoute { table },
        via: Via::Local,
        rank: Rank::Local,
        is_filtered: false,
    });
    let routes = (0..).zip(&model.route_tables[table].routes);
    let written = routes.flat_map(|(index, route)| {
        let prefixes = prefixes(model, route).iter();
        // R85: the local route beats a propagated one, be it more specific.
        let beaten = |prefix: &IpNet| {
            let inside = |block: IpNet| block.contains(prefix);
            route.origin == Origin::Propagated && vpc.blocks().any(inside)
        };
        let holding = prefixes.filter(move |prefix| prefix.contains(&destination) && !beaten(prefix));
        holding.map(move |prefix| Match {
            length: prefix.prefix_len(),
            rule: RuleRef::Route { table, index },
            via: Via::Target(route.target.clone()),
            rank: rank(route),
            is_filtered: route.is_filtered,
        })
    });
    local.chain(written).collect()
}

/// The prefixes of `route`. Each entry of a prefix list is a route of its own (R86).
fn prefixes<'m>(model: &'m Model, route: &'m Route) -> &'m [IpNet] {
    match &route.destination {
        Destination::Cidr(net) => std::slice::from_ref(net),
        Destination::PrefixList(list) => &model.prefix_lists[*list].entries,
    }
}

fn rank(route: &Route) -> Rank {
    match (route.origin, route.destination) {
        (Origin::Static, Destination::Cidr(_)) => Rank::Static,
        (Origin::Static, Destination::PrefixList(_)) => Rank::PrefixList,
        (Origin::Propagated, _) => Rank::Propagated,
        (Origin::Advertised, _) => Rank::Advertised,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check::check;
    use super::super::testing::{APP_BY_NAT, INET, NAT, tcp};

    #[test]
    fn forward() {
        let call = tcp("10.0.10.10", INET, 443);
        let hole = "route_tables.main: [0.0.0.0/0 -> blackhole]";
        check(&[hole], "app", call, &["Blocked", "forward BAD_STATE_ROUTE main@privA [0]"]);
        let vgw = "route_tables.main: [0.0.0.0/0 -> unmodelled vgw]";
        check(&[vgw], "app", call, &["Unknown", "forward Target main[0]"]);
        let filtered = "route_tables.main: [0.0.0.0/0 -> igw filtered]";
        check(&[filtered], "app", call, &["Unknown", "forward RoutePriority main[0]"]);
        // R81: no fall back to a shorter prefix.
        let nobody = ["Blocked", "forward NO_POSSIBLE_DESTINATION v1"];
        check(&[APP_BY_NAT], "app", tcp("10.0.10.10", "10.0.200.1", 443), &nobody);
    }

    /// On the reply (R79, R84).
    #[test]
    fn back() {
        let web = tcp(INET, "198.51.100.10", 443);
        let longer = "route_tables.pub: [0.0.0.0/0 -> igw, 203.0.113.0/24 -> nat]";
        check(&[NAT, longer], "internet", web, &["ReplyLost", "return MORE_SPECIFIC_ROUTE pub@pubA [1]"]);
        let elsewhere = "route_tables.pub: [0.0.0.0/0 -> igw, 203.0.113.0/24 -> unmodelled tgw]";
        check(&[elsewhere], "internet", web, &["Unknown", "return Target pub[1]"]);
        // The shorter default route is named first.
        let partner = tcp("198.18.3.4", "198.51.100.10", 443);
        let beaten = "route_tables.pub: [0.0.0.0/0 -> igw, list partners -> igw, 198.18.0.0/16 -> nat]";
        check(&[NAT, beaten], "internet", partner, &["ReplyLost", "return MORE_SPECIFIC_ROUTE pub@pubA [2]"]);
        let equal = "route_tables.main: [list partners -> igw, 198.18.0.0/16 -> nat]
instances.app.elastic_ip: 198.51.100.20
security_groups.app-sg.ingress: [tcp/8080 from list partners]";
        let higher = ["ReplyLost", "return HIGHER_PRIORITY_ROUTE main@privA [1]"];
        check(&[NAT, equal], "internet", tcp("198.18.3.4", "198.51.100.20", 8080), &higher);
        let tie = "route_tables.pub: [0.0.0.0/0 -> igw, 203.0.113.0/24 -> igw, 203.0.113.0/24 -> fw advertised]";
        check(&[tie], "internet", web, &["Unknown", "return RoutePriority pub[1]"]);
    }
}
