//! Routes that a design lacks.
//!
//! In: a gate without a route. Out: the route, and what its target needs besides.

use std::net::IpAddr;

use fmnet_core::model::gateway::{Attachment, Connectivity, NatState};
use fmnet_core::model::interface::Owner;
use fmnet_core::model::route_table::{Destination, Target};
use fmnet_core::model::virtual_private_gateway::VirtualPrivateGateway;
use fmnet_core::model::vpc::Subnet;
use fmnet_core::model::{InterfaceId, Model, NatGatewayId, RouteTableId, SubnetId};
use ipnet::IpNet;

use super::{Cure, attach, gateway, line, publish};
use crate::answer::{End, Part};
use crate::explain::plain;
use crate::explain::rule;
use crate::explain::seen::{self, Far};
use crate::fate::{Blocker, Component, Leg};

/// A route to where the packets, or their replies, have to go.
pub(super) fn add(model: &Model, part: &Part, blocker: &Blocker) -> Option<Cure> {
    let Component::RouteTable(id, at) = blocker.component else {
        return None;
    };
    if let Some(rule) = blocker.rule {
        // A NAT gateway's own packets go back into it.
        let route = rule::rule(model, rule);
        let text = format!(
            "put NAT gateway and clients in subnets with different route tables: `{}` serves only the clients",
            route.text
        );
        return Some(Cure { text, span: route.span });
    }
    let (far, end) = match blocker.leg {
        Leg::Forward => (Far::Destination, &part.to),
        Leg::Return => (Far::Source, &part.from),
    };
    let destination = line::route_destination(part, far)?;
    if let End::Behind(appliance) = end {
        return Some(write_route(model, id, destination, &rule::name(&model.interfaces[*appliance].name), ""));
    }
    if let End::OnPremises(_) = end {
        let vpc = model.route_tables[id].vpc;
        let mut gateways = model.virtual_private_gateways.iter();
        let attached =
            |gateway: &VirtualPrivateGateway| gateway.vpc == vpc && gateway.attachment == Attachment::Attached;
        let (_, gateway) = gateways.find(|(_, gateway)| attached(gateway))?;
        return Some(write_route(model, id, destination, &rule::name(&gateway.name), ""));
    }
    // Only what has a public address can use the internet gateway itself.
    let is_public = blocker.leg == Leg::Return
        || matches!(destination, IpNet::V6(_))
        || seen::nat_gateway(part).is_some_and(|nat| model.nat_gateways[nat].subnet == at)
        || sender(part).is_some_and(|id| has_public(model, id, part.witness.source));
    if !is_public && let Some(nat) = working_nat(model, Some(id)) {
        return Some(write_route(model, id, destination, &rule::name(&model.nat_gateways[nat].name), ""));
    }
    if !is_public && let Some(cure) = by_nat(model, part, Some(id)) {
        return Some(cure);
    }
    if blocker.leg == Leg::Return
        && let Some(cure) = elsewhere(model, part, id, destination)
    {
        return Some(cure);
    }
    let address = publish(model, &part.from, part.witness.source).filter(|_| !is_public);
    let also = address.map(|cure| format!(", and {}", cure.text)).unwrap_or_default();
    match gateway(model) {
        Some((_, gateway)) => {
            let attach = if gateway.attachment == Attachment::Detached {
                format!(", and {}", attach(gateway).text)
            } else {
                String::new()
            };
            Some(write_route(model, id, destination, &rule::name(&gateway.name), &format!("{attach}{also}")))
        }
        None => Some(write_route(
            model,
            id,
            destination,
            "NAME",
            &format!(", where NAME is a new `internet_gateway`{also}"),
        )),
    }
}

fn sender(part: &Part) -> Option<InterfaceId> {
    match &part.from {
        End::Interfaces(ids) => ids.first().copied(),
        End::Internet | End::Behind(_) | End::OnPremises(_) | End::AmazonService | End::Nobody => None,
    }
}

fn has_public(model: &Model, id: InterfaceId, address: IpAddr) -> bool {
    model.interfaces[id].owns(address).is_some_and(|mine| mine.public.is_some())
}

/// A public NAT gateway that works, in a subnet that another table serves.
fn working_nat(model: &Model, table: Option<RouteTableId>) -> Option<NatGatewayId> {
    let works = model.nat_gateways.iter().find(|(_, nat)| {
        nat.state == NatState::Available
            && matches!(nat.connectivity, Connectivity::Public { .. })
            && Some(model.subnets[nat.subnet].route_table) != table
    });
    works.map(|(id, _)| id)
}

/// ``add `0.0.0.0/0 -> FM_igw` to FM_private_rt``, or the change of the route that is in its place.
fn write_route(model: &Model, id: RouteTableId, destination: IpNet, target: &str, also: &str) -> Cure {
    let table = &model.route_tables[id];
    let name = plain(&table.name);
    let same = table.routes.iter().find(|route| route.destination == Destination::Cidr(destination));
    match same {
        Some(route) => Cure {
            text: format!("change `{}` in {name} to `{destination} -> {target}`{also}", rule::route_line(model, route)),
            span: route.span,
        },
        None => Cure { text: format!("add `{destination} -> {target}` to {name}{also}"), span: table.span },
    }
}

/// A NAT gateway for a database that sends to the internet and is not publicly
/// accessible; `table` has no route yet.
pub(super) fn by_nat(model: &Model, part: &Part, table: Option<RouteTableId>) -> Option<Cure> {
    let interface = &model.interfaces[sender(part)?];
    let (Owner::Database(database), IpAddr::V4(_)) = (interface.owner, part.witness.source) else {
        return None;
    };
    if model.databases[database].publicly_accessible {
        return None;
    }
    // A table of its own may use a NAT gateway or a public subnet of whichever table.
    let own = table;
    let (target, nat) = match working_nat(model, own) {
        Some(nat) => (rule::name(&model.nat_gateways[nat].name), String::new()),
        None => {
            let public = public_subnet(model, own).map(|(_, subnet)| format!("subnet {}", plain(&subnet.name)));
            let at = public.unwrap_or_else(|| "a subnet with a route to an internet gateway".to_owned());
            ("NAT".to_owned(), format!(", where NAT is a new one of `nat_gateways` in {at}"))
        }
    };
    Some(match table {
        Some(table) => write_route(model, table, everything4(), &target, &nat),
        None => {
            let subnet = &model.subnets[interface.subnet];
            let text = format!(
                "give subnet {} a route table of its own with `0.0.0.0/0 -> {target}`{nat}",
                plain(&subnet.name)
            );
            Cure { text, span: subnet.span }
        }
    })
}

fn everything4() -> IpNet {
    IpNet::V4(ipnet::Ipv4Net::default())
}

/// A subnet of another table that leads to an internet gateway.
fn public_subnet(model: &Model, table: Option<RouteTableId>) -> Option<(SubnetId, &Subnet)> {
    let leads_out = |id: RouteTableId| {
        let mut routes = model.route_tables[id].routes.iter();
        routes.any(|route| matches!(route.target, Target::InternetGateway(_)))
    };
    model.subnets.iter().find(|(_, subnet)| Some(subnet.route_table) != table && leads_out(subnet.route_table))
}

/// Where a table's route leads into a NAT gateway it serves what has no public address,
/// so who is to be reached from outside moves, and the route stays.
fn elsewhere(model: &Model, part: &Part, table: RouteTableId, destination: IpNet) -> Option<Cure> {
    let mut routes = model.route_tables[table].routes.iter();
    let route = routes.find(|route| {
        route.destination == Destination::Cidr(destination) && matches!(route.target, Target::NatGateway(_))
    })?;
    let at = match public_subnet(model, Some(table)) {
        Some((_, subnet)) => format!("subnet {}", plain(&subnet.name)),
        None => "a subnet with a route to an internet gateway".to_owned(),
    };
    let text = format!(
        "move {} to {at}: `{}` leads out only",
        crate::explain::end(model, &part.to),
        rule::route_line(model, route)
    );
    Some(Cure { text, span: route.span })
}
