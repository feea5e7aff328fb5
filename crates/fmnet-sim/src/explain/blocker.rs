//! Gates that stop a part, in a sentence each.
//!
//! In: a [`Blocker`] and the part it stops. Out: `no ingress rule of group db admits
//! tcp/5432 from the internet`. The documented code is the blocker's own.

use std::net::IpAddr;

use fmnet_core::model::gateway::{Connectivity, NatState};
use fmnet_core::model::interface::{InterfaceState, Owner};
use fmnet_core::model::route_table::Target;
use fmnet_core::model::{InterfaceId, Model};
use fmnet_core::traffic::PortRange;

use super::rule::{self, list_word, word};
use super::seen::{self, Far};
use super::{addresses, codes, listed, packets, plain, public_access, subnet, transit_gateway, workload};
use crate::answer::{End, Part};
use crate::fate::{Blocker, Code, Component, Direction, Leg, RuleRef};
use crate::set::Level;

/// What stops the part at this gate.
#[must_use]
pub fn blocker(model: &Model, blocker: &Blocker, part: &Part) -> String {
    let gate = name(model, blocker.component);
    let (source, destination) = (part.witness.source, part.witness.destination);
    match blocker.code {
        Code::BadState => bad_state(model, blocker.component),
        Code::BadStateAttachment => format!("{gate} is not attached to the VPC"),
        Code::BadStateRoute => bad_route(model, blocker),
        Code::EniSgRulesMismatch | Code::SgHasNoRules => groups(model, blocker, part),
        Code::EniSourceDestCheckRestriction if blocker.direction == Some(Direction::Egress) => {
            format!("{gate} has its source/destination check on and does not own {source}, so it may not send from it")
        }
        Code::EniSourceDestCheckRestriction => {
            format!(
                "{gate} has its source/destination check on and does not own {destination}, so it drops what a route brings"
            )
        }
        Code::GatewayRejectsSpoofedTraffic if matches!(part.from, End::Internet | End::OnPremises(_)) => {
            format!("{gate} drops packets from outside that claim {source}, an address of the VPC")
        }
        Code::GatewayRejectsSpoofedTraffic => {
            format!("{gate} drops packets from {source}, which no interface of the VPC owns")
        }
        Code::MoreSpecificRoute | Code::HigherPriorityRoute => other_route(model, blocker, part),
        Code::IgwDestinationAddressNotInRfc1918Egress => {
            format!("{gate} drops packets to {destination}, a private address")
        }
        Code::IgwDestinationAddressNotInRfc6598Egress => {
            format!("{gate} drops packets to {destination}, a shared address (100.64.0.0/10)")
        }
        Code::IgwSourceAddressNotInRfc1918Ingress => {
            format!("{gate} drops packets from outside that claim {source}, a private address")
        }
        Code::IgwSourceAddressNotInRfc6598Ingress => {
            format!("{gate} drops packets from {source}, a shared address (100.64.0.0/10)")
        }
        Code::IgwPrivateIpAssociationForIngress => not_public_inward(model, blocker, part),
        Code::IgwPublicIpAssociationForEgress => not_public_outward(model, part),
        Code::NgwRequiresSourceInVpc => {
            format!("{gate} serves only interfaces of its own VPC, and {source} is none of theirs")
        }
        Code::NoPath => format!("VPC {} has no internet gateway", plain(&model.vpc().name)),
        Code::NoPossibleDestination => nobody(model, blocker, part),
        Code::NoRouteToDestination => no_route(model, blocker, part),
        Code::PcxRequiresAddressInVpcCidr => {
            format!(
                "{gate} carries packets between the addresses of its two VPCs alone, and nothing through either of them"
            )
        }
        Code::ProtocolRestriction if matches!(blocker.component, Component::TransitGatewayAttachment(_)) => {
            format!("{gate} carries no IPv6: its option is off")
        }
        Code::ProtocolRestriction => format!("{gate} carries TCP, UDP and ICMP and nothing else"),
        Code::BadStateVpn
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
        | Code::TgwAttachMissingTgwRtbAssociation
        | Code::TgwAttachVpcAzRestriction
        | Code::TgwBadStateVpn
        | Code::TgwRouteAzRestriction
        | Code::TgwRtbHigherPriorityRoute
        | Code::TgwRtbMoreSpecificRoute
        | Code::VgwPrivateIpAssociationForEgress
        | Code::VgwPrivateIpAssociationForIngress
        | Code::VpceGatewayEgressSourceAddressRestriction
        | Code::VpceGatewayProtocolRestriction
        | Code::VpceIntraVpcTraffic
        | Code::VpceServiceNotInstalledInAz => format!("{gate}: {}", codes::text(blocker.code)),
        Code::SgReferencingSupport => transit_gateway::referencing(model, blocker),
        Code::TgwRtbBadStateRoute | Code::TgwRtbNoRouteToTgwAttachment => transit_gateway::route(model, blocker, part),
        Code::VpcBlockPublicAccessEnabled => public_access::reason(model, blocker, part),
        Code::SubnetAclRestriction => acl(model, blocker, part),
        Code::NothingListens => nothing_listens(model, blocker.component),
    }
}

/// A component as a sentence names it.
pub(super) fn name(model: &Model, component: Component) -> String {
    match component {
        Component::Vpc(_) => "the VPC".to_owned(),
        Component::Internet => "the internet".to_owned(),
        Component::PeeringConnection(id) => {
            format!("peering connection {}", plain(&model.peering_connections[id].name))
        }
        Component::VirtualPrivateGateway(id) => {
            format!("virtual private gateway {}", plain(&model.virtual_private_gateways[id].name))
        }
        Component::VpnConnection(id) => format!("VPN connection {}", plain(&model.vpn_connections[id].name)),
        Component::DirectConnectGateway(id) => {
            format!("Direct Connect gateway {}", plain(&model.direct_connect_gateways[id].name))
        }
        Component::OnPremises(id) => format!("network {} on premises", plain(&model.on_premises[id].name)),
        Component::TransitGatewayAttachment(id) => transit_gateway::attachment(model, id),
        Component::TransitGatewayRouteTable(id) => transit_gateway::table(model, id),
        Component::Interface(id) => workload(model, id),
        Component::NetworkAcl(id, at) => {
            format!("network ACL {} of subnet {}", plain(&model.network_acls[id].name), subnet(model, at))
        }
        Component::RouteTable(id, _) => format!("route table {}", plain(&model.route_tables[id].name)),
        Component::InternetGateway(id) => format!("internet gateway {}", plain(&model.internet_gateways[id].name)),
        Component::EgressOnlyInternetGateway(id) => {
            format!("egress-only internet gateway {}", plain(&model.egress_only_internet_gateways[id].name))
        }
        Component::NatGateway(id) => format!("NAT gateway {}", plain(&model.nat_gateways[id].name)),
        Component::AmazonService => "Amazon's service inside the VPC".to_owned(),
    }
}

fn bad_state(model: &Model, component: Component) -> String {
    let gate = name(model, component);
    match component.interface().map(|id| model.interfaces[id].state) {
        Some(InterfaceState::Detached) => format!("{gate} is attached to nothing"),
        Some(InterfaceState::OwnerNotRunning | InterfaceState::InUse) => format!("{gate} is not running"),
        None => format!("{gate} is not available"),
    }
}

fn bad_route(model: &Model, blocker: &Blocker) -> String {
    let gate = name(model, blocker.component);
    let Some(RuleRef::Route { table, index }) = blocker.rule else {
        return format!("{gate} takes a route that leads nowhere");
    };
    let Some(route) = model.route_tables[table].routes.get(index as usize) else {
        return format!("{gate} takes a route that leads nowhere");
    };
    let cause = match &route.target {
        // An egress-only internet gateway works as long as it is there.
        Target::Blackhole | Target::Unmodelled(_) | Target::EgressOnlyInternetGateway(_) => {
            "its target is gone".to_owned()
        }
        Target::InternetGateway(id) => {
            format!("{} is not attached to the VPC", plain(&model.internet_gateways[*id].name))
        }
        Target::NatGateway(id) => match model.nat_gateways[*id].state {
            NatState::Deleted => format!("NAT gateway {} is deleted", plain(&model.nat_gateways[*id].name)),
            NatState::Available | NatState::NotWorking => {
                format!("NAT gateway {} does not work", plain(&model.nat_gateways[*id].name))
            }
        },
        Target::Interface(id) => bad_state(model, Component::Interface(*id)),
        Target::VirtualPrivateGateway(id) => {
            format!("{} is not attached to the VPC", plain(&model.virtual_private_gateways[*id].name))
        }
        Target::PeeringConnection(id) => {
            format!("peering connection {} is not active", plain(&model.peering_connections[*id].name))
        }
        Target::TransitGateway(id) => format!("{} is deleted", transit_gateway::attachment(model, *id)),
    };
    let verb = if blocker.leg == Leg::Return { "takes the reply" } else { "leads" };
    format!("route `{}` of {gate} {verb} nowhere: {cause}", rule::route_line(model, route))
}

/// The groups of the interface at a gate, as `group db` or `groups a and b`.
fn groups_of(model: &Model, id: InterfaceId) -> String {
    let names: Vec<String> =
        model.interfaces[id].groups.iter().map(|&group| plain(&model.security_groups[group].name)).collect();
    let word = if names.len() == 1 { "group" } else { "groups" };
    format!("{word} {}", listed(&names, "and"))
}

fn groups(model: &Model, blocker: &Blocker, part: &Part) -> String {
    let direction = blocker.direction.unwrap_or(Direction::Ingress);
    let Component::Interface(id) = blocker.component else {
        return format!("no rule of {} admits {}", name(model, blocker.component), part.traffic);
    };
    let (groups, list) = (groups_of(model, id), list_word(direction));
    if blocker.code == Code::SgHasNoRules {
        let verb = if model.interfaces[id].groups.len() == 1 { "has" } else { "have" };
        return format!("{groups} of {} {verb} no {list} rule at all", workload(model, id));
    }
    let far = seen::far(model, part, blocker.leg, blocker.component, direction);
    match packets::phrase(model, part) {
        Some([traffic, ..]) => {
            format!("no {list} rule of {groups} admits {traffic} {} {}", word(direction), seen::words(model, part, far))
        }
        None => format!("no {list} rule of {groups} admits them"),
    }
}

fn acl(model: &Model, blocker: &Blocker, part: &Part) -> String {
    let gate = name(model, blocker.component);
    let direction = blocker.direction.unwrap_or(Direction::Ingress);
    let what = if blocker.leg == Leg::Return { "the reply" } else { "it" };
    let ports = if blocker.leg == Leg::Return { source_ports(part) } else { String::new() };
    match blocker.rule {
        Some(rule @ RuleRef::Acl { .. }) => {
            format!("{gate} drops {what}{ports}: {} rule `{}`", list_word(direction), rule::rule(model, rule).text)
        }
        Some(
            RuleRef::Group { .. }
            | RuleRef::AclDefault { .. }
            | RuleRef::Route { .. }
            | RuleRef::LocalRoute { .. }
            | RuleRef::TransitGatewayRoute { .. },
        )
        | None => {
            format!("{gate} drops {what}{ports}: no {} rule allows it before the final deny", list_word(direction))
        }
    }
}

/// ` for source ports 1024 to 32767`, where not all of them are meant.
fn source_ports(part: &Part) -> String {
    let ranges = addresses::ranges(part, Level::SourcePort);
    let all = [(0, u128::from(PortRange::ALL.last))];
    if ranges.is_empty() || ranges.as_slice() == all || !part.witness.protocol.has_ports() {
        return String::new();
    }
    let range =
        |&(first, last): &(u128, u128)| if first == last { first.to_string() } else { format!("{first} to {last}") };
    let text: Vec<String> = ranges.iter().take(3).map(range).collect();
    let more = if ranges.len() > 3 { " and others" } else { "" };
    let word = if matches!(ranges.as_slice(), [(first, last)] if first == last) { "port" } else { "ports" };
    format!(" for source {word} {}{more}", listed(&text, "and"))
}

fn no_route(model: &Model, blocker: &Blocker, part: &Part) -> String {
    let gate = name(model, blocker.component);
    if let Some(rule) = blocker.rule {
        return format!(
            "{gate} sends what comes out of the NAT gateway back into it: `{}`",
            rule::rule(model, rule).text
        );
    }
    match blocker.component {
        Component::DirectConnectGateway(_) => {
            return format!(
                "{gate} does not tell the network of the VPC's block: no allowed prefix equals or contains it"
            );
        }
        Component::OnPremises(_) => {
            return format!("{gate} has no connection that leads to {}", part.witness.destination);
        }
        Component::Vpc(_)
        | Component::Internet
        | Component::Interface(_)
        | Component::NetworkAcl(..)
        | Component::RouteTable(..)
        | Component::InternetGateway(_)
        | Component::EgressOnlyInternetGateway(_)
        | Component::NatGateway(_)
        | Component::PeeringConnection(_)
        | Component::VirtualPrivateGateway(_)
        | Component::VpnConnection(_)
        | Component::TransitGatewayAttachment(_)
        | Component::TransitGatewayRouteTable(_)
        | Component::AmazonService => {}
    }
    if blocker.leg == Leg::Forward {
        return format!("{gate} has no route to {}", addresses::destinations(model, part));
    }
    let far = seen::far(model, part, blocker.leg, blocker.component, Direction::Egress);
    format!("{gate} has no route back to {}{}", seen::words(model, part, far), back_through(model, part, far))
}

/// ` through FM_igw`, where the reply has to take that way.
fn back_through(model: &Model, part: &Part, far: Far) -> String {
    if part.from != End::Internet || far != Far::Source {
        return String::new();
    }
    let gateway = model.internet_gateways.iter().next();
    gateway.map(|(_, gateway)| format!(" through {}", plain(&gateway.name))).unwrap_or_default()
}

fn other_route(model: &Model, blocker: &Blocker, part: &Part) -> String {
    let gate = name(model, blocker.component);
    let far = seen::far(model, part, blocker.leg, blocker.component, Direction::Egress);
    let than = if blocker.code == Code::MoreSpecificRoute { "is longer than" } else { "goes before" };
    let line =
        blocker.rule.map_or_else(|| "another route".to_owned(), |rule| format!("`{}`", rule::rule(model, rule).text));
    let to = seen::words(model, part, far);
    let right = match part.from {
        End::Internet => "the one to the internet gateway",
        End::OnPremises(_) => "the one to the virtual private gateway",
        End::Interfaces(_) | End::Behind(_) | End::AmazonService | End::Nobody => "the local one",
    };
    format!("{gate} sends the reply to {to} another way than the request came: {line} {than} {right}")
}

fn not_public_inward(model: &Model, blocker: &Blocker, part: &Part) -> String {
    let (end, address) = match blocker.leg {
        Leg::Forward => (&part.to, part.witness.destination),
        Leg::Return => (&part.from, part.witness.source),
    };
    let first = match end {
        End::Interfaces(ids) => ids.first().copied(),
        End::Behind(id) => Some(*id),
        End::Internet | End::OnPremises(_) | End::AmazonService | End::Nobody => None,
    };
    let Some(id) = first else {
        return format!("no interface of the VPC has the public address {address}");
    };
    let who = super::end(model, end);
    let (has, takes) = if is_several(model, end) { ("have", "take") } else { ("has", "takes") };
    match address {
        IpAddr::V4(_) if model.interfaces[id].addresses.iter().any(|mine| mine.public.is_some()) => {
            format!("{address} of {who} has no public address")
        }
        IpAddr::V4(_) => match model.interfaces[id].owner {
            Owner::Database(_) => format!("{who} {has} no public address: it is not publicly accessible"),
            Owner::Instance(_) | Owner::Nobody => format!("{who} {has} no public address"),
        },
        IpAddr::V6(_) if model.interfaces[id].deny_internet_ipv6 && blocker.leg == Leg::Return => {
            format!("{who} {takes} no IPv6 from the internet, not even replies")
        }
        IpAddr::V6(_) if model.interfaces[id].deny_internet_ipv6 => format!("{who} {takes} no IPv6 from the internet"),
        IpAddr::V6(_) => format!("{address} of {who} lies in a private IPv6 block, which the internet does not carry"),
    }
}

/// Whether a sentence about an end is about several things.
fn is_several(model: &Model, end: &End) -> bool {
    matches!(end, End::Interfaces(ids) if super::count_things(model, ids) > 1)
}

fn not_public_outward(model: &Model, part: &Part) -> String {
    if let Some(id) = seen::nat_gateway(part) {
        let nat = &model.nat_gateways[id];
        if nat.connectivity == Connectivity::Private {
            return format!("NAT gateway {} is private: it has no public address to send from", plain(&nat.name));
        }
    }
    match part.witness.source {
        IpAddr::V4(_) => {
            let has = if is_several(model, &part.from) { "have" } else { "has" };
            format!("{} {has} no public address to send from", super::end(model, &part.from))
        }
        IpAddr::V6(address) => format!(
            "{address} of {} lies in a private IPv6 block, which the internet does not carry",
            super::end(model, &part.from)
        ),
    }
}

fn nobody(model: &Model, blocker: &Blocker, part: &Part) -> String {
    let address = part.witness.destination;
    let gate = name(model, blocker.component);
    if blocker.component.nat_gateway().is_some() {
        format!("{gate} takes no connections for itself ({address})")
    } else if blocker.component == Component::AmazonService {
        format!("the VPC's resolver ({address}) is switched off: `dns_support: false`")
    } else if let Component::VirtualPrivateGateway(_) = blocker.component {
        let address = if blocker.leg == Leg::Forward { address } else { part.witness.source };
        format!("no connection of {gate} leads to {address}")
    } else if blocker.component.interface().is_some() {
        format!("{gate} gets a reply to something that it never asked")
    } else if is_reserved(address) {
        format!("nothing of Amazon's answers at {address}, and no route can take it elsewhere")
    } else {
        format!("no interface of the VPC owns {address}")
    }
}

/// Whether an address is one that AWS keeps for its own services (R77).
fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.segments().starts_with(&[0xfd00, 0xec2]),
    }
}

fn nothing_listens(model: &Model, component: Component) -> String {
    let gate = name(model, component);
    match component.interface().map(|id| model.interfaces[id].owner) {
        Some(Owner::Database(database)) => {
            format!("{gate} listens on tcp/{} and nothing else", model.databases[database].port)
        }
        Some(Owner::Instance(_) | Owner::Nobody) | None => format!("nothing listens at {gate}"),
    }
}
