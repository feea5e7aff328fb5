//! The smallest edit of a design that changes what becomes of a part.
//!
//! In: a gate that stops a part ([`cure`]), or a part that should have been stopped
//! ([`close`]). Out: what to write where. All the cures of a part's gates together let
//! it pass, as far as its walk could be followed; all of [`close`] together stop it.

mod line;

use std::net::IpAddr;

use fmnet_core::model::gateway::{Attachment, Connectivity, InternetGateway, NatState};
use fmnet_core::model::interface::{InterfaceState, Owner};
use fmnet_core::model::route_table::{Destination, Target};
use fmnet_core::model::security_group::{GroupRule, Peer};
use fmnet_core::model::{InterfaceId, Model, NatGatewayId, RouteTableId};
use fmnet_core::source::Span;
use fmnet_core::traffic::{Protocol, Traffic};
use ipnet::IpNet;

use super::rule::{self, list_word, word};
use super::seen::{self, Far};
use super::{listed, plain, workload};
use crate::answer::{End, Part};
use crate::fate::{Blocker, Code, Component, Direction, Leg, RuleRef};
use crate::set::Level;
use crate::set::cube::Cube;

/// An edit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cure {
    /// What to do, as ``add `tcp/8080 from vpn` to the ingress of group jenkins``.
    pub text: String,
    /// Where in the design; [`Span::NOWHERE`] where it says nothing of it yet.
    pub span: Span,
}

/// The edit that opens the gate `blocker` for `part`; none where no edit does.
#[must_use]
pub fn cure(model: &Model, part: &Part, blocker: &Blocker) -> Option<Cure> {
    match blocker.code {
        Code::BadState => state(model, blocker.component),
        Code::BadStateAttachment => gateway(model).map(|(_, gateway)| attach(gateway)),
        Code::BadStateRoute => mend_route(model, blocker),
        Code::EniSgRulesMismatch | Code::SgHasNoRules => admit(model, part, blocker),
        Code::SubnetAclRestriction => line::allow(model, part, blocker),
        Code::EniSourceDestCheckRestriction => forward(model, part, blocker),
        Code::MoreSpecificRoute | Code::HigherPriorityRoute => {
            let route = rule::rule(model, blocker.rule?);
            Some(Cure {
                text: format!("remove `{}` from {}, or narrow it", route.text, route.holder),
                span: route.span,
            })
        }
        Code::IgwPrivateIpAssociationForIngress => {
            let (end, address) = match blocker.leg {
                Leg::Forward => (&part.to, part.witness.destination),
                Leg::Return => (&part.from, part.witness.source),
            };
            publish(model, end, address)
        }
        Code::IgwPublicIpAssociationForEgress => match seen::nat_gateway(part) {
            Some(id) => {
                let nat = &model.nat_gateways[id];
                Some(Cure {
                    text: format!("make NAT gateway {} public: leave out `connectivity: private`", plain(&nat.name)),
                    span: nat.span,
                })
            }
            None => publish(model, &part.from, part.witness.source),
        },
        Code::NoPath => {
            Some(Cure { text: "add an internet gateway: `internet_gateway: NAME`".to_owned(), span: Span::NOWHERE })
        }
        Code::NoPossibleDestination if blocker.component == Component::AmazonService => {
            Some(Cure { text: "set `dns_support: true`".to_owned(), span: model.vpc.span })
        }
        Code::NoRouteToDestination => add_route(model, part, blocker),
        Code::NothingListens => listen(model, part, blocker.component),
        Code::GatewayRejectsSpoofedTraffic
        | Code::IgwDestinationAddressNotInRfc1918Egress
        | Code::IgwDestinationAddressNotInRfc6598Egress
        | Code::IgwSourceAddressNotInRfc1918Ingress
        | Code::IgwSourceAddressNotInRfc6598Ingress
        | Code::NgwRequiresSourceInVpc
        | Code::NoPossibleDestination
        | Code::ProtocolRestriction => None,
    }
}

/// Whether all that stops `part` is in its list of gates: false where its walk ended at
/// a wall, beyond which more gates may wait.
#[must_use]
pub fn is_followed(part: &Part) -> bool {
    let is_forward = |blocker: &&Blocker| blocker.leg == Leg::Forward;
    let walls = [Code::BadStateRoute, Code::NoRouteToDestination, Code::NoPossibleDestination];
    let is_wall = |blocker: &Blocker| {
        walls.contains(&blocker.code) && blocker.component != Component::AmazonService
            || blocker.code == Code::EniSourceDestCheckRestriction && blocker.direction == Some(Direction::Ingress)
            || blocker.code == Code::IgwPrivateIpAssociationForIngress && part.to == End::Nobody
    };
    !part.blockers.iter().filter(is_forward).any(is_wall)
}

fn state(model: &Model, component: Component) -> Option<Cure> {
    let (text, span) = match component {
        Component::Interface(id) => {
            let interface = &model.interfaces[id];
            let name = workload(model, id);
            match interface.state {
                InterfaceState::Detached => (format!("attach {name} to a running instance"), interface.span),
                InterfaceState::OwnerNotRunning | InterfaceState::InUse => {
                    (format!("start {name}: `state: running`"), interface.span)
                }
            }
        }
        Component::NatGateway(id) => {
            let nat = &model.nat_gateways[id];
            (format!("make NAT gateway {} work: `state: available`", plain(&nat.name)), nat.span)
        }
        Component::Vpc
        | Component::NetworkAcl(..)
        | Component::RouteTable(..)
        | Component::InternetGateway(_)
        | Component::AmazonService => {
            return None;
        }
    };
    Some(Cure { text, span })
}

/// The gateway the VPC uses: the attached one, else the first.
fn gateway(model: &Model) -> Option<(fmnet_core::model::InternetGatewayId, &InternetGateway)> {
    let attached = model.internet_gateways.iter().find(|(_, gateway)| gateway.attachment == Attachment::Attached);
    attached.or_else(|| model.internet_gateways.iter().next())
}

fn attach(gateway: &InternetGateway) -> Cure {
    Cure {
        text: format!("attach internet gateway {}: leave out `state: detached`", plain(&gateway.name)),
        span: gateway.span,
    }
}

fn mend_route(model: &Model, blocker: &Blocker) -> Option<Cure> {
    let Some(RuleRef::Route { table, index }) = blocker.rule else {
        return None;
    };
    let route = model.route_tables[table].routes.get(index as usize)?;
    match &route.target {
        Target::InternetGateway(id) => Some(attach(&model.internet_gateways[*id])),
        Target::Interface(id) => state(model, Component::Interface(*id)),
        Target::NatGateway(_) | Target::Blackhole | Target::Unmodelled(_) => {
            let text = format!("give route `{}` a target that works", rule::route_line(model, route));
            Some(Cure { text, span: route.span })
        }
    }
}

/// A rule for the group of the interface at the gate.
fn admit(model: &Model, part: &Part, blocker: &Blocker) -> Option<Cure> {
    let Component::Interface(id) = blocker.component else {
        return None;
    };
    let direction = blocker.direction?;
    // A group of another VPC is not this design's to edit; the default one last.
    let groups = model.interfaces[id].groups.iter().map(|&group| &model.security_groups[group]);
    let group = groups.min_by_key(|group| (group.foreign_vpc.is_some(), group.is_default))?;
    let far = seen::far(model, part, blocker.leg, blocker.component, direction);
    let peers = line::peers(model, part, far)?;
    let traffic = line::traffic(part);
    let lines: Vec<String> = traffic
        .iter()
        .flat_map(|traffic| peers.iter().map(move |peer| format!("`{traffic} {} {peer}`", word(direction))))
        .collect();
    let rules = if direction == Direction::Ingress { &group.ingress } else { &group.egress };
    let span = rules.last().map(|rule| rule.span).filter(|span| !span.is_nowhere()).unwrap_or(group.span);
    Some(Cure {
        text: format!("add {} to the {} of group {}", listed(&lines, "and"), list_word(direction), plain(&group.name)),
        span,
    })
}

fn forward(model: &Model, part: &Part, blocker: &Blocker) -> Option<Cure> {
    let Component::Interface(id) = blocker.component else {
        return None;
    };
    let interface = &model.interfaces[id];
    let behind = match blocker.direction {
        Some(Direction::Egress) => String::new(),
        Some(Direction::Ingress) | None => format!(", and list {} under its `behind`", part.witness.destination),
    };
    Some(Cure {
        text: format!("set `source_dest_check: false` on {}{behind}", workload(model, id)),
        span: interface.span,
    })
}

/// A public address for an end, or IPv6 from the internet.
fn publish(model: &Model, end: &End, address: IpAddr) -> Option<Cure> {
    let End::Interfaces(ids) = end else {
        return None;
    };
    let interface = &model.interfaces[*ids.first()?];
    let who = super::end(model, end);
    let (text, span) = match (interface.owner, address) {
        (Owner::Database(id), _) if !model.databases[id].publicly_accessible => {
            let database = &model.databases[id];
            (format!("set `publicly_accessible: true` on {}", plain(&database.name)), database.span)
        }
        (Owner::Instance(_) | Owner::Nobody, IpAddr::V6(_)) if interface.deny_internet_ipv6 => {
            (format!("remove `deny_internet_ipv6` from {who}"), interface.span)
        }
        (_, IpAddr::V6(_)) => return None,
        (Owner::Instance(id), IpAddr::V4(_))
            if is_primary(interface, address) && model.instances[id].interfaces.len() == 1 =>
        {
            (format!("give {who} a public address: `public_address: true`"), interface.span)
        }
        (_, IpAddr::V4(_)) => (format!("give {address} of {who} a public address: `elastic_ip: new`"), interface.span),
    };
    Some(Cure { text, span })
}

fn is_primary(interface: &fmnet_core::model::interface::Interface, address: IpAddr) -> bool {
    interface.addresses.first().is_some_and(|first| first.address == address && first.public.is_none())
}

/// A route to where the packets, or their replies, have to go.
fn add_route(model: &Model, part: &Part, blocker: &Blocker) -> Option<Cure> {
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
        return Some(write_route(model, id, destination, &workload(model, *appliance), ""));
    }
    // Only what has a public address can use the internet gateway itself.
    let is_public = blocker.leg == Leg::Return
        || matches!(destination, IpNet::V6(_))
        || seen::nat_gateway(part).is_some_and(|nat| model.nat_gateways[nat].subnet == at)
        || sender(part).is_some_and(|id| has_public(model, id, part.witness.source));
    if !is_public && let Some(nat) = working_nat(model, id) {
        return Some(write_route(model, id, destination, &plain(&model.nat_gateways[nat].name), ""));
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
            Some(write_route(model, id, destination, &plain(&gateway.name), &format!("{attach}{also}")))
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
        End::Internet | End::Behind(_) | End::AmazonService | End::Nobody => None,
    }
}

fn has_public(model: &Model, id: InterfaceId, address: IpAddr) -> bool {
    model.interfaces[id].owns(address).is_some_and(|mine| mine.public.is_some())
}

/// A public NAT gateway that works, in a subnet that another table serves.
fn working_nat(model: &Model, table: RouteTableId) -> Option<NatGatewayId> {
    let works = model.nat_gateways.iter().find(|(_, nat)| {
        nat.state == NatState::Available
            && matches!(nat.connectivity, Connectivity::Public { .. })
            && model.subnets[nat.subnet].route_table != table
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

fn listen(model: &Model, part: &Part, component: Component) -> Option<Cure> {
    let Component::Interface(id) = component else {
        return None;
    };
    let Owner::Database(database) = model.interfaces[id].owner else {
        return None;
    };
    let database = &model.databases[database];
    let ports = super::addresses::ranges(part, Level::Port);
    match ports.as_slice() {
        &[(first, last)] if first == last && part.witness.protocol == Protocol::TCP => {
            Some(Cure { text: format!("set `port: {first}` on {}", plain(&database.name)), span: database.span })
        }
        _ => None,
    }
}
