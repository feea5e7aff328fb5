//! The smallest edit of a design that changes what becomes of a part.
//!
//! In: a gate that stops a part ([`cure`]), or a part that should have been stopped
//! ([`close`]). Out: what to write where. All the cures of a part's gates together let
//! it pass, as far as its walk could be followed; all of [`close`] together stop it.

mod proposed;
mod line;
mod route;
mod close;

use std::net::IpAddr;

use fmnet_core::model::gateway::{Attachment, InternetGateway};
use fmnet_core::model::interface::{InterfaceState, Owner};
use fmnet_core::model::route_table::Target;
use fmnet_core::model::security_group::{GroupRule, Peer};
use fmnet_core::model::{Model, SecurityGroupId};
use fmnet_core::source::Span;
use fmnet_core::traffic::Protocol;

use super::rule::{self, list_word, word};
use super::seen;
use super::{listed, plain, public_access, transit_gateway, workload};
use crate::answer::{End, Part};
use crate::fate::{Blocker, Code, Component, Direction, Leg, RuleRef};
use crate::set::Level;
pub use close::close;
pub use proposed::Proposed;

/// The lowest port that RDS lets a database listen on.
const LOWEST_PORT: u128 = 1150;

/// An edit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cure {
    /// What to do, as ``add `tcp/8080 from vpn` to the ingress of group jenkins``.
    pub text: String,
    /// Where in the design; [`Span::NOWHERE`] where it says nothing of it yet.
    pub span: Span,
}

/// The edits that together let `part` pass, each once, as far as its walk could be followed.
#[must_use]
pub fn open(model: &Model, part: &Part, proposed: &mut Proposed) -> Vec<Cure> {
    if let Some(cure) = part.blockers.iter().find_map(|blocker| hopeless(model, part, blocker)) {
        return vec![cure];
    }
    let mut cures: Vec<Cure> = Vec::new();
    for cure in part.blockers.iter().filter_map(|blocker| cure(model, part, blocker, proposed)) {
        if !cures.contains(&cure) {
            cures.push(cure);
        }
    }
    cures
}

/// That no edit helps, where none does, whatever other gates let through.
fn hopeless(model: &Model, part: &Part, blocker: &Blocker) -> Option<Cure> {
    let Component::Interface(id) = blocker.component else {
        return None;
    };
    let Owner::Database(database) = model.interfaces[id].owner else {
        return None;
    };
    if blocker.code != Code::NothingListens || listen(model, part, blocker.component).is_some() {
        return None;
    }
    let database = &model.databases[database];
    let text = format!("nothing: {} answers on tcp/{} alone, whatever is opened", plain(&database.name), database.port);
    Some(Cure { text, span: database.span })
}

/// The edit that opens the gate `blocker` for `part`; none where no edit does.
fn cure(model: &Model, part: &Part, blocker: &Blocker, proposed: &mut Proposed) -> Option<Cure> {
    match blocker.code {
        Code::BadState => state(model, blocker.component).or_else(|| transit_gateway::cure(model, part, blocker)),
        Code::BadStateAttachment => gateway(model).map(|(_, gateway)| attach(gateway)),
        Code::BadStateRoute => mend_route(model, blocker),
        Code::EniSgRulesMismatch | Code::SgHasNoRules => admit(model, part, blocker, proposed),
        Code::SubnetAclRestriction => line::allow(model, part, blocker, proposed),
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
            None => route::by_nat(model, part, None).or_else(|| publish(model, &part.from, part.witness.source)),
        },
        Code::NoPath => {
            Some(Cure { text: "add an internet gateway: `internet_gateway: NAME`".to_owned(), span: Span::NOWHERE })
        }
        Code::NoPossibleDestination if blocker.component == Component::AmazonService => {
            Some(Cure { text: "set `dns_support: true`".to_owned(), span: model.vpc().span })
        }
        Code::NoRouteToDestination => route::add(model, part, blocker),
        Code::SgReferencingSupport
        | Code::TgwAttachMissingTgwRtbAssociation
        | Code::TgwRouteAzRestriction
        | Code::TgwRtbBadStateRoute
        | Code::TgwRtbNoRouteToTgwAttachment => transit_gateway::cure(model, part, blocker),
        Code::ProtocolRestriction => transit_gateway::cure(model, part, blocker),
        Code::VpcBlockPublicAccessEnabled => public_access::exclude(model, blocker, part),
        Code::NothingListens => listen(model, part, blocker.component),
        Code::GatewayRejectsSpoofedTraffic
        | Code::IgwDestinationAddressNotInRfc1918Egress
        | Code::IgwDestinationAddressNotInRfc6598Egress
        | Code::IgwSourceAddressNotInRfc1918Ingress
        | Code::IgwSourceAddressNotInRfc6598Ingress
        | Code::NgwRequiresSourceInVpc
        | Code::NoPossibleDestination
        | Code::PcxRequiresAddressInVpcCidr
        | Code::BadStateVpn
        | Code::Elbv2ListenersMismatch
        | Code::Elbv2ListenerHasNoTg
        | Code::Elbv2ListenerPortRestriction
        | Code::Elbv2NoTargetsInAz
        | Code::ElbAclRestriction
        | Code::ElbInstalledAzRestriction
        | Code::ElbListenersMismatch
        | Code::ElbNotCrosszone
        | Code::FirewallRulesRestriction
        | Code::GwlbDestinationPortRestriction
        | Code::GwlbProtocolRestriction
        | Code::IngressRtbNoPublicIp
        | Code::IngressRtbTrafficRedirection
        | Code::RegionalNgwRouteAzRestriction
        | Code::SgReferencesNotPreserved
        | Code::TgwAttachVpcAzRestriction
        | Code::TgwBadStateVpn
        | Code::TgwRtbHigherPriorityRoute
        | Code::TgwRtbMoreSpecificRoute
        | Code::VgwPrivateIpAssociationForEgress
        | Code::VgwPrivateIpAssociationForIngress
        | Code::VpceGatewayEgressSourceAddressRestriction
        | Code::VpceGatewayProtocolRestriction
        | Code::VpceIntraVpcTraffic
        | Code::VpceServiceNotInstalledInAz => None,
    }
}

/// Whether all that stops `part` is in its list of gates: false where its walk ended at
/// a wall, beyond which more gates may wait.
#[must_use]
pub fn is_followed(part: &Part) -> bool {
    let is_forward = |blocker: &&Blocker| blocker.leg == Leg::Forward;
    let walls = [
        Code::BadStateRoute,
        Code::NoRouteToDestination,
        Code::NoPossibleDestination,
        Code::TgwAttachMissingTgwRtbAssociation,
        Code::TgwRtbBadStateRoute,
        Code::TgwRtbNoRouteToTgwAttachment,
    ];
    let is_wall = |blocker: &Blocker| {
        walls.contains(&blocker.code) && blocker.component != Component::AmazonService
            || blocker.code == Code::EniSourceDestCheckRestriction && blocker.direction == Some(Direction::Ingress)
            || blocker.code == Code::IgwPrivateIpAssociationForIngress && part.to == End::Nobody
    };
    !part.blockers.iter().filter(is_forward).any(is_wall)
}

fn state(model: &Model, component: Component) -> Option<Cure> {
    let (text, span) = match (component.interface(), component.nat_gateway()) {
        (Some(id), _) => {
            let interface = &model.interfaces[id];
            let name = workload(model, id);
            match interface.state {
                InterfaceState::Detached => (format!("attach {name} to a running instance"), interface.span),
                InterfaceState::OwnerNotRunning | InterfaceState::InUse => {
                    (format!("start {name}: `state: running`"), interface.span)
                }
            }
        }
        (None, Some(id)) => {
            let nat = &model.nat_gateways[id];
            (format!("make NAT gateway {} work: `state: available`", plain(&nat.name)), nat.span)
        }
        (None, None) => return None,
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
        Target::NatGateway(_)
        | Target::PeeringConnection(_)
        | Target::VirtualPrivateGateway(_)
        | Target::EgressOnlyInternetGateway(_)
        | Target::TransitGateway(_)
        | Target::Blackhole
        | Target::Unmodelled(_) => {
            let text = format!("give route `{}` a target that works", rule::route_line(model, route));
            Some(Cure { text, span: route.span })
        }
    }
}

/// A rule for the group of the interface at the gate.
fn admit(model: &Model, part: &Part, blocker: &Blocker, proposed: &mut Proposed) -> Option<Cure> {
    let Component::Interface(id) = blocker.component else {
        return None;
    };
    let direction = blocker.direction?;
    // A group of another VPC is not this design's to edit; the default one last.
    let rank = |group: SecurityGroupId| {
        let group = &model.security_groups[group];
        (group.foreign_vpc.is_some(), group.is_default)
    };
    let group_id = model.interfaces[id].groups.iter().copied().min_by_key(|&group| rank(group))?;
    let group = &model.security_groups[group_id];
    let far = seen::far(model, part, blocker.leg, blocker.component, direction);
    let peers = line::peers(model, part, far)?;
    let traffic = line::traffic(part);
    let lines: Vec<String> = traffic
        .iter()
        .flat_map(|traffic| peers.iter().map(move |peer| format!("`{traffic} {} {peer}`", word(direction))))
        .collect();
    let rules = if direction == Direction::Ingress { &group.ingress } else { &group.egress };
    let besides = line::besides(model, part, far, proposed);
    let list = list_word(direction);
    // A list that is written takes the place of AWS's own.
    let own: Vec<String> = rules
        .iter()
        .filter(|rule| rule.span.is_nowhere())
        .map(|rule| format!("`{}`", own_line(model, rule, direction)))
        .collect();
    let name = plain(&group.name);
    let text = if own.is_empty() {
        format!("add {} to the {list} of group {name}{besides}", listed(&lines, "and"))
    } else {
        let all = proposed.written((group_id, direction), &[own.as_slice(), &lines].concat());
        let all = listed(&all, "and");
        format!(
            "write group {} under `security_groups` with {all} in its {list}, AWS's own rule kept{besides}",
            rule::name(&group.name)
        )
    };
    let span = rules.last().map(|rule| rule.span).filter(|span| !span.is_nowhere()).unwrap_or(group.span);
    Some(Cure { text, span })
}

/// A rule of AWS's own as a design writes it: that of the default group is `any from self`.
fn own_line(model: &Model, rule: &GroupRule, direction: Direction) -> String {
    match rule.peer {
        Peer::Group(_) => format!("{} {} self", rule::traffic(rule.traffic), word(direction)),
        Peer::Cidr(_) | Peer::PrefixList(_) => rule::group_rule(model, rule, direction),
    }
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
    if interface.state == InterfaceState::OwnerNotRunning && matches!(address, IpAddr::V4(_)) {
        return state(model, Component::Interface(*ids.first()?));
    }
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

fn listen(model: &Model, part: &Part, component: Component) -> Option<Cure> {
    let Component::Interface(id) = component else {
        return None;
    };
    let Owner::Database(database) = model.interfaces[id].owner else {
        return None;
    };
    let database = &model.databases[database];
    let ports = super::addresses::ranges(part, Level::Port);
    let number = u128::from(Protocol::TCP.0);
    let is_tcp = part.packets.iter().all(|cube| cube.protocol == [(number, number)]);
    match ports.as_slice() {
        &[(first, last)] if first == last && first >= LOWEST_PORT && is_tcp => {
            Some(Cure { text: format!("set `port: {first}` on {}", plain(&database.name)), span: database.span })
        }
        _ => None,
    }
}
