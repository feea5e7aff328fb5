//! The reply to a request that came to a receiver.
//!
//! In: the request as it arrived, and who received it. Out: the return leg of the
//! fate. Groups track the connection and are not asked (R50); ACLs have no state and
//! are (R60); each direction uses the table of its own subnet (R91).
//!
//! AWS: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html>.

use fmnet_core::model::interface::SourceDestCheck;
use fmnet_core::model::route_table::Target;
use fmnet_core::model::{InterfaceId, InternetGatewayId, NatGatewayId, SubnetId};

use super::network_acl;
use super::route_table::{self, Choice, Match, Via};
use super::walk::{Receiver, Walk};
use crate::fate::{Code, Component, Direction, Leg, Origin, Unmodelled};
use crate::packet::Packet;

/// Follows the reply to `request`, which `origin` sent and `receiver` received.
pub(super) fn follow(walk: &mut Walk<'_>, origin: Origin, request: &Packet, receiver: Receiver) {
    let Some(reply) = answer(&walk.packet) else {
        return;
    };
    let requester = requester(walk, origin, request);
    walk.leg = Leg::Return;
    walk.packet = reply;
    let from = match receiver {
        Receiver::AmazonService => return,
        Receiver::Internet => {
            leave_internet(walk, origin);
            None
        }
        Receiver::Interface(replier) => {
            if leave_interface(walk, replier, requester).is_none() {
                return;
            }
            Some(walk.model.interfaces[replier].subnet)
        }
    };
    match origin {
        Origin::Internet | Origin::InternetToward(_) => leave_vpc(walk),
        Origin::Interface(id) => arrive(walk, id, request, from),
    }
}

/// Who the reply is for, as the replier saw it.
#[derive(Clone, Copy)]
enum Requester {
    /// A host on the internet, through this gateway, where the VPC has one.
    Internet(Option<InternetGatewayId>),
    /// An interface by its own address, or a NAT gateway: in this subnet.
    InVpc(SubnetId),
    /// A network behind this interface.
    Behind(InterfaceId),
}

fn requester(walk: &Walk<'_>, origin: Origin, request: &Packet) -> Requester {
    match (origin, walk.translated_by) {
        (Origin::Internet | Origin::InternetToward(_), _) => Requester::Internet(walk.gateway),
        (Origin::Interface(_), Some(nat)) => Requester::InVpc(walk.model.nat_gateways[nat].subnet),
        (Origin::Interface(id), None) => {
            let interface = &walk.model.interfaces[id];
            if interface.owns(request.source).is_some() {
                Requester::InVpc(interface.subnet)
            } else {
                Requester::Behind(id)
            }
        }
    }
}

/// The reply's header, with addresses and ports swapped; none where an ICMP request
/// has no reply.
fn answer(request: &Packet) -> Option<Packet> {
    let protocol = request.protocol;
    let (port, source_port) = if protocol.has_types() {
        let [kind, _code] = request.port.to_be_bytes();
        (u16::from_be_bytes([protocol.icmp_reply_type(kind)?, 0]), 0)
    } else {
        (request.source_port, request.port)
    };
    let (source, destination) = (request.destination, request.source);
    Some(Packet { source, destination, port, source_port, ..*request })
}

/// The reply of an internet host comes back through the gateway, unless the interface
/// takes no IPv6 from the internet (R30, R212).
fn leave_internet(walk: &mut Walk<'_>, origin: Origin) {
    let component = walk.gateway.map_or(Component::Vpc(walk.model.the_vpc()), Component::InternetGateway);
    let denies = match origin {
        Origin::Interface(id) => walk.model.interfaces[id].deny_internet_ipv6,
        Origin::Internet | Origin::InternetToward(_) => false,
    };
    if denies && walk.packet.source.is_ipv6() {
        walk.block(Code::IgwPrivateIpAssociationForIngress, component, None);
    } else {
        walk.pass(component, None);
    }
}

/// The reply leaves the VPC; what the gateway has against the packet was said on the
/// request.
fn leave_vpc(walk: &mut Walk<'_>) {
    if let Some(id) = walk.gateway {
        walk.pass(Component::InternetGateway(id), None);
    }
}

/// The reply leaves interface `replier`, and its subnet by the way the request came;
/// none where it is not known.
fn leave_interface(walk: &mut Walk<'_>, replier: InterfaceId, to: Requester) -> Option<()> {
    walk.pass_way(Component::Interface(replier), Direction::Egress, None);
    let subnet = walk.model.interfaces[replier].subnet;
    match to {
        // R4: neither ACL nor route table.
        Requester::InVpc(same) if same == subnet => return Some(()),
        Requester::InVpc(_) | Requester::Internet(_) | Requester::Behind(_) => {}
    }
    let choice = route_table::choose(walk.model, subnet, walk.packet.destination);
    if !route_table::stays_inside(walk.model, subnet, &choice) {
        network_acl::test(walk, subnet, Direction::Egress);
    }
    match choice {
        Choice::None => {
            let table = route_table::component(walk.model, subnet);
            walk.block(Code::NoRouteToDestination, table, None);
            Some(())
        }
        Choice::Unknown(rule) => {
            walk.unknown(Unmodelled::RoutePriority(rule));
            None
        }
        Choice::Route(chosen) => test_route(walk, subnet, chosen, to),
    }
}

/// Tests that the chosen route of `subnet` leads back the way the request came (R91,
/// R107); none where it is not known what lies on the other way.
fn test_route(walk: &mut Walk<'_>, subnet: SubnetId, chosen: Match<'_>, to: Requester) -> Option<()> {
    let table = route_table::component(walk.model, subnet);
    if let Via::Target(target) = chosen.via
        && route_table::is_blackhole(walk.model, target)
    {
        walk.block(Code::BadStateRoute, table, Some(chosen.rule));
        return Some(());
    }
    if leads_to(chosen.via, to) || leads_to_owner(walk, chosen.via, to) {
        walk.pass(table, Some(chosen.rule));
        return Some(());
    }
    if let Some(what) = unmodelled_way(walk, chosen) {
        walk.unknown(what);
        return None;
    }
    let (code, rule) = match way_lost(walk, subnet, chosen, to) {
        Some(code) => (code, Some(chosen.rule)),
        None => (Code::NoRouteToDestination, None),
    };
    walk.block(code, table, rule);
    Some(())
}

/// Whether a route leads the way the request came.
fn leads_to(via: Via<'_>, to: Requester) -> bool {
    match (via, to) {
        (Via::Local, Requester::InVpc(_)) => true,
        (Via::Target(Target::InternetGateway(id)), Requester::Internet(gateway)) => gateway == Some(*id),
        (Via::Target(Target::Interface(id)), Requester::Behind(interface)) => *id == interface,
        (Via::Local | Via::Target(_), _) => false,
    }
}

/// Whether a route inside the VPC (R83) leads to the very interface the reply is for.
fn leads_to_owner(walk: &Walk<'_>, via: Via<'_>, to: Requester) -> bool {
    match (via, to) {
        (Via::Target(Target::Interface(id)), Requester::InVpc(_)) => {
            walk.model.interfaces[*id].owns(walk.packet.destination).is_some()
        }
        (Via::Local | Via::Target(_), _) => false,
    }
}

/// What is not modelled about another way than the wanted one.
fn unmodelled_way(walk: &Walk<'_>, chosen: Match<'_>) -> Option<Unmodelled> {
    let Via::Target(target) = chosen.via else {
        return None;
    };
    match *target {
        Target::Interface(id) => {
            let check = walk.model.interfaces[id].source_dest_check;
            (check == SourceDestCheck::Off).then_some(Unmodelled::Appliance(id))
        }
        Target::Unmodelled(_) => Some(Unmodelled::Target(chosen.rule)),
        Target::InternetGateway(_) | Target::NatGateway(_) | Target::PeeringConnection(_) | Target::Blackhole => None,
    }
}

/// Why a route that leads the wanted way was not chosen; none where there is no such
/// route.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>.
fn way_lost(walk: &Walk<'_>, subnet: SubnetId, chosen: Match<'_>, to: Requester) -> Option<Code> {
    let matches = route_table::matches(walk.model, subnet, walk.packet.destination);
    let mut wanted = matches.iter().filter(|found| leads_to(found.via, to));
    if wanted.clone().any(|found| found.length < chosen.length) {
        Some(Code::MoreSpecificRoute)
    } else if wanted.any(|found| found.length == chosen.length) {
        Some(Code::HigherPriorityRoute)
    } else {
        None
    }
}

/// The reply enters the subnet of requester `id`, from subnet `from` or from the
/// internet, where tracking admits it (R50).
fn arrive(walk: &mut Walk<'_>, id: InterfaceId, request: &Packet, from: Option<SubnetId>) {
    let subnet = walk.model.interfaces[id].subnet;
    match walk.translated_by {
        Some(nat) => {
            return_through_nat(walk, nat, request, from);
            network_acl::test(walk, subnet, Direction::Ingress);
        }
        None if from != Some(subnet) => network_acl::test(walk, subnet, Direction::Ingress),
        None => {}
    }
    walk.pass_way(Component::Interface(id), Direction::Ingress, None);
}

/// The reply enters the NAT gateway's subnet, is translated back, and leaves it for the
/// client (R69), whatever the tables say (R116). The client is in another subnet: the
/// table of its own would have sent the request to the NAT gateway twice (R122).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>.
fn return_through_nat(walk: &mut Walk<'_>, nat: NatGatewayId, request: &Packet, from: Option<SubnetId>) {
    let subnet = walk.model.nat_gateways[nat].subnet;
    if from != Some(subnet) {
        network_acl::test(walk, subnet, Direction::Ingress);
    }
    walk.pass(Component::NatGateway(nat), None);
    walk.packet.destination = request.source;
    if walk.packet.protocol.has_ports() {
        walk.packet.port = request.source_port;
    }
    network_acl::test(walk, subnet, Direction::Egress);
}

#[cfg(test)]
mod tests {
    use fmnet_core::traffic::Protocol;

    use super::super::testing::check::check;
    use super::super::testing::{Net, packet};

    #[test]
    fn icmp_types() {
        let ping = |net: &mut Net| net.regroup("sg-app", &["icmp/8 sg-web", "icmp/3 sg-web"], &[]);
        let echo = packet(Protocol::ICMP, "10.0.0.10", "10.0.10.10", 8 << 8);
        check(ping, "web", echo, &["Answered"]);
        // R65: the reply is type 0.
        let (all, reply) = ("allow any 0.0.0.0/0", "allow icmp/0 0.0.0.0/0");
        let deaf = |net: &mut Net| {
            ping(net);
            net.restrict("privA", &[all], &["allow icmp/8 0.0.0.0/0"]);
        };
        check(deaf, "web", echo, &["ReplyLost", "return SUBNET_ACL_RESTRICTION tight@privA out *"]);
        let exact = |net: &mut Net| {
            ping(net);
            net.restrict("privA", &[all], &[reply]);
        };
        check(exact, "web", echo, &["Answered"]);
        // An error has no reply: the request is the whole.
        let error = packet(Protocol::ICMP, "10.0.0.10", "10.0.10.10", 3 << 8 | 4);
        check(deaf, "web", error, &["Answered"]);
    }
}
