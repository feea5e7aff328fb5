//! Why a rule matched.
//!
//! In: a gate passed by a part. Out: the fact about the part's witness that made the
//! rule match, or nothing where the rule says it all.

use std::net::IpAddr;

use fmnet_core::model::Model;
use fmnet_core::model::route_table::Destination;
use fmnet_core::model::security_group::Peer;
use ipnet::IpNet;

use super::seen::{self, Far};
use super::{plain, workload};
use crate::answer::Part;
use crate::fate::{Direction, Hop, Leg, RuleRef};

/// Why the rule of `hop` matched: `jenkins-1 carries group jenkins`, `203.0.113.7 lies
/// in 203.0.113.0/24`. None where it matches everybody, or where there is no rule.
#[must_use]
pub fn why(model: &Model, hop: &Hop, part: &Part) -> Option<String> {
    let far = |direction| seen::witness(model, part, seen::far(model, part, hop.leg, hop.component, direction));
    match hop.rule? {
        RuleRef::Group { group, direction, index } => {
            let group = &model.security_groups[group];
            let rules = if direction == Direction::Ingress { &group.ingress } else { &group.egress };
            matches_peer(model, rules.get(index as usize)?.peer, far(direction))
        }
        RuleRef::Acl { acl, direction, index } => {
            let acl = &model.network_acls[acl];
            let rules = if direction == Direction::Ingress { &acl.ingress } else { &acl.egress };
            lies_in(model, far(direction), rules.get(index as usize)?.peer)
        }
        RuleRef::AclDefault { .. } => None,
        RuleRef::Route { table, index } => {
            let address = routed(model, hop, part);
            match model.route_tables[table].routes.get(index as usize)?.destination {
                Destination::Cidr(net) => lies_in(model, address, net),
                Destination::PrefixList(list) => matches_peer(model, Peer::PrefixList(list), address),
            }
        }
        RuleRef::TransitGatewayRoute { table, index } => {
            let address = routed(model, hop, part);
            match model.transit_gateway_route_tables[table].routes.get(index as usize)?.destination {
                Destination::Cidr(net) => lies_in(model, address, net),
                Destination::PrefixList(list) => matches_peer(model, Peer::PrefixList(list), address),
            }
        }
        RuleRef::LocalRoute { .. } => {
            let address = routed(model, hop, part);
            let block = model.vpc().blocks().find(|block| block.contains(&address))?;
            Some(format!("{address} lies in the VPC's block {block}"))
        }
    }
}

/// The address that a route table looked up.
fn routed(model: &Model, hop: &Hop, part: &Part) -> IpAddr {
    let far = match hop.leg {
        Leg::Forward => Far::Destination,
        Leg::Return => seen::far(model, part, hop.leg, hop.component, Direction::Egress),
    };
    seen::witness(model, part, far)
}

fn matches_peer(model: &Model, peer: Peer, address: IpAddr) -> Option<String> {
    match peer {
        Peer::Cidr(net) => lies_in(model, address, net),
        Peer::Group(group) => {
            let (id, _) = model.interfaces.iter().find(|(_, interface)| interface.owns(address).is_some())?;
            Some(format!("{} carries group {}", workload(model, id), plain(&model.security_groups[group].name)))
        }
        Peer::PrefixList(list) => {
            let list = &model.prefix_lists[list];
            let entry = list.entries.iter().find(|entry| entry.contains(&address))?;
            Some(format!("{address} is in prefix list {} ({entry})", plain(&list.name)))
        }
    }
}

fn lies_in(model: &Model, address: IpAddr, net: IpNet) -> Option<String> {
    if net.prefix_len() == 0 {
        return None;
    }
    let place = model.places.iter().find(|(_, place)| place.nets.contains(&net));
    match place {
        Some((_, place)) if net.prefix_len() == net.max_prefix_len() => {
            Some(format!("{address} is {}", plain(&place.name)))
        }
        Some((_, place)) => Some(format!("{address} lies in {} ({net})", plain(&place.name))),
        None if net.prefix_len() == net.max_prefix_len() => None,
        None => Some(format!("{address} lies in {net}")),
    }
}
