//! The way of a part through the network, in one line.
//!
//! In: a part's gates. Out: `internet -> FM_igw -> subnet FM_private_subnet_2a -> | fm-db`:
//! the wall `|` stands before the first component that stops the part, and ends the line;
//! a `?` stands before an end of which it is not known whether it is reached.

use fmnet_core::model::interface::Owner;
use fmnet_core::model::{InterfaceId, Model, OnPremisesId, SubnetId, VpnConnectionId};

use super::seen::nat_gateway;
use super::{plain, subnet};
use crate::answer::{End, Part};
use crate::fate::{Blocker, Component, Direction, Leg, Outcome};

/// The way of the request, up to its first wall if it has one.
#[must_use]
pub fn path(model: &Model, part: &Part) -> String {
    let stops = stops(model, part, Leg::Forward);
    let mut names = vec![start(model, part, &part.from)];
    if let Some((0, _)) = stops.wall {
        // Its own gates keep it in.
        return format!("{} | -> {}", start(model, part, &part.from), start(model, part, &part.to));
    }
    names.extend(stops.passed.into_iter().map(|(_, name)| name));
    match stops.wall {
        // From where on is not known, its own line says.
        None if part.outcome == Outcome::Unknown => names.push(format!("? {}", start(model, part, &part.to))),
        None => names.push(start(model, part, &part.to)),
        Some((_, wall)) => names.push(format!("| {wall}")),
    }
    names.dedup();
    names.join(" -> ")
}

/// The way of the reply up to its first wall; none where no wall stops it.
#[must_use]
pub fn reply_path(model: &Model, part: &Part) -> Option<String> {
    let stops = stops(model, part, Leg::Return);
    let (_, wall) = stops.wall?;
    let mut names = vec![start(model, part, &part.to)];
    names.extend(stops.passed.into_iter().map(|(_, name)| name));
    names.push(format!("| {wall}"));
    names.dedup();
    Some(names.join(" -> "))
}

/// An end as a path names it.
fn start(model: &Model, part: &Part, end: &End) -> String {
    match end {
        End::Internet => "internet".to_owned(),
        // Its subnet is on the path anyway.
        End::Interfaces(ids) if is_database(model, ids) => {
            ids.first().map(|&id| super::workload(model, id)).unwrap_or_default()
        }
        End::Nobody => part.witness.destination.to_string(),
        End::OnPremises(id) => plain(&model.on_premises[*id].name),
        End::Interfaces(_) | End::Behind(_) | End::AmazonService => super::end(model, end),
    }
}

fn is_database(model: &Model, ids: &[InterfaceId]) -> bool {
    ids.iter().all(|&id| matches!(model.interfaces[id].owner, Owner::Database(_)))
}

/// What lies before the first wall, in order, and that wall.
struct Stops {
    passed: Vec<(u32, String)>,
    wall: Option<(u32, String)>,
}

fn stops(model: &Model, part: &Part, leg: Leg) -> Stops {
    let ends = Ends::of(model, part);
    let stage = |component, direction| match leg {
        Leg::Forward => ends.stage(component, direction),
        Leg::Return => LAST - ends.stage(component, flipped(direction)),
    };
    let walls = part.blockers.iter().filter(|blocker| blocker.leg == leg);
    // The earliest on the way; of those of one place, the first met.
    let wall = walls.min_by_key(|blocker| stage(blocker.component, blocker.direction));
    let wall = wall.map(|wall| (stage(wall.component, wall.direction), wall_name(model, part, wall)));
    let hops = part.hops.iter().filter(|hop| hop.leg == leg);
    let crossed = hops.filter_map(|hop| Some((stage(hop.component, hop.direction), crossing(model, hop.component)?)));
    let mut passed: Vec<(u32, String)> =
        crossed.filter(|(at, _)| wall.as_ref().is_none_or(|(stop, _)| at <= stop)).collect();
    passed.sort_by_key(|&(at, _)| at);
    // Out of the NAT gateway's subnet the way leads from where it already is.
    let mut seen: Vec<String> = Vec::new();
    passed.retain(|(_, name)| {
        let is_new = !seen.contains(name);
        seen.push(name.clone());
        is_new
    });
    Stops { passed, wall }
}

fn flipped(direction: Option<Direction>) -> Option<Direction> {
    direction.map(|direction| match direction {
        Direction::Ingress => Direction::Egress,
        Direction::Egress => Direction::Ingress,
    })
}

/// A component that a path names as it crosses it; ends name themselves.
fn crossing(model: &Model, component: Component) -> Option<String> {
    match component {
        Component::NetworkAcl(_, at) | Component::RouteTable(_, at) => Some(format!("subnet {}", subnet(model, at))),
        Component::InternetGateway(id) => Some(plain(&model.internet_gateways[id].name)),
        Component::EgressOnlyInternetGateway(id) => Some(plain(&model.egress_only_internet_gateways[id].name)),
        Component::NatGateway(id) => Some(plain(&model.nat_gateways[id].name)),
        Component::PeeringConnection(id) => Some(plain(&model.peering_connections[id].name)),
        Component::VirtualPrivateGateway(id) => Some(plain(&model.virtual_private_gateways[id].name)),
        Component::VpnConnection(id) => Some(plain(&model.vpn_connections[id].name)),
        Component::DirectConnectGateway(id) => Some(plain(&model.direct_connect_gateways[id].name)),
        Component::TransitGatewayAttachment(id) => {
            Some(format!("attachment {}", plain(&model.transit_gateway_attachments[id].name)))
        }
        Component::TransitGatewayRouteTable(id) => Some(super::transit_gateway::gateway_of(model, id)),
        Component::Vpc(_)
        | Component::Internet
        | Component::OnPremises(_)
        | Component::Interface(_)
        | Component::AmazonService => None,
    }
}

/// The component of a wall, named so that it is found in a design.
fn wall_name(model: &Model, part: &Part, wall: &Blocker) -> String {
    match wall.component {
        Component::NetworkAcl(id, _) => format!("network ACL {}", plain(&model.network_acls[id].name)),
        Component::RouteTable(id, _) => format!("route table {}", plain(&model.route_tables[id].name)),
        Component::Interface(id) => {
            let is_end = |end: &End| matches!(end, End::Interfaces(ids) if ids.contains(&id));
            let end = [&part.to, &part.from].into_iter().find(|end| is_end(end));
            end.map_or_else(|| super::workload(model, id), |end| start(model, part, end))
        }
        Component::Vpc(id) if wall.direction.is_none() && part.from == End::Internet => {
            format!("VPC {}", plain(&model.vpcs[id].name))
        }
        Component::PeeringConnection(id) => plain(&model.peering_connections[id].name),
        Component::VirtualPrivateGateway(id) => plain(&model.virtual_private_gateways[id].name),
        Component::VpnConnection(id) => plain(&model.vpn_connections[id].name),
        Component::DirectConnectGateway(id) => plain(&model.direct_connect_gateways[id].name),
        Component::OnPremises(id) => plain(&model.on_premises[id].name),
        Component::TransitGatewayAttachment(id) => super::transit_gateway::attachment(model, id),
        Component::TransitGatewayRouteTable(id) => super::transit_gateway::table(model, id),
        Component::Vpc(_) | Component::Internet => "nobody".to_owned(),
        Component::InternetGateway(id) => plain(&model.internet_gateways[id].name),
        Component::EgressOnlyInternetGateway(id) => plain(&model.egress_only_internet_gateways[id].name),
        Component::NatGateway(id) => plain(&model.nat_gateways[id].name),
        Component::AmazonService => "Amazon's service inside the VPC".to_owned(),
    }
}

/// The last stage of a way.
const LAST: u32 = 7;

/// What tells the stages of a part's way apart.
struct Ends<'a> {
    model: &'a Model,
    from: Option<(InterfaceId, SubnetId)>,
    to: Option<(InterfaceId, SubnetId)>,
    nat: Option<SubnetId>,
    /// The network on premises that it starts in.
    from_premises: Option<OnPremisesId>,
}

impl<'a> Ends<'a> {
    fn of(model: &'a Model, part: &Part) -> Self {
        let end = |end: &End| match end {
            End::Interfaces(ids) => ids.first().map(|&id| (id, model.interfaces[id].subnet)),
            End::Behind(id) => Some((*id, model.interfaces[*id].subnet)),
            End::Internet | End::OnPremises(_) | End::AmazonService | End::Nobody => None,
        };
        let nat = nat_gateway(part).map(|id| model.nat_gateways[id].subnet);
        let from_premises = if let End::OnPremises(id) = part.from { Some(id) } else { None };
        Self { model, from: end(&part.from), to: end(&part.to), nat, from_premises }
    }

    /// Where on the way of a request a component lies: 0 at its start, 1 out of its
    /// subnet, 2 to 4 around a NAT gateway or an appliance, 5 at the internet gateway,
    /// 6 into the subnet of its end, 7 at its end.
    fn stage(&self, component: Component, direction: Option<Direction>) -> u32 {
        let is = |end: Option<(InterfaceId, SubnetId)>, at: SubnetId| end.is_some_and(|(_, mine)| mine == at);
        match component {
            Component::Interface(id)
                if self.from.is_some_and(|(mine, _)| mine == id) && direction != Some(Direction::Ingress) =>
            {
                0
            }
            Component::Interface(id) if self.to.is_some_and(|(mine, _)| mine == id) => LAST,
            Component::Interface(_) | Component::NatGateway(_) => 3,
            Component::NetworkAcl(_, at) if direction == Some(Direction::Ingress) => {
                if self.nat == Some(at) || !is(self.to, at) { 2 } else { 6 }
            }
            Component::NetworkAcl(_, at) | Component::RouteTable(_, at) if is(self.from, at) => 1,
            Component::NetworkAcl(_, at) | Component::RouteTable(_, at) if self.nat == Some(at) => 4,
            // The table that the reply looks up.
            Component::RouteTable(_, at) if is(self.to, at) => 6,
            Component::NetworkAcl(..) | Component::RouteTable(..) => 1,
            Component::VpnConnection(id) if self.from_premises == Some(network(self.model, id)) => 1,
            Component::DirectConnectGateway(_) if self.from_premises.is_some() => 1,
            Component::VpnConnection(_) | Component::DirectConnectGateway(_) => 6,
            Component::VirtualPrivateGateway(_) => 5,
            Component::OnPremises(_) if self.from_premises.is_some() => 0,
            Component::OnPremises(_) => LAST,
            Component::InternetGateway(_)
            | Component::EgressOnlyInternetGateway(_)
            | Component::PeeringConnection(_)
            | Component::TransitGatewayAttachment(_)
            | Component::TransitGatewayRouteTable(_)
            | Component::Internet => 5,
            Component::Vpc(_) if self.from.is_none() && !self.model.internet_gateways.is_empty() => 6,
            Component::Vpc(_) if self.from.is_none() => 5,
            Component::Vpc(_) | Component::AmazonService => LAST,
        }
    }
}

/// The network at the other end of a VPN connection.
fn network(model: &Model, id: VpnConnectionId) -> OnPremisesId {
    model.customer_gateways[model.vpn_connections[id].customer_gateway].network
}
