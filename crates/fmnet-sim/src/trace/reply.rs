//! The reply to a request that came to a receiver: where it differs from a request.
//!
//! In: the request as it arrived, and who received it. Out: the return leg of the
//! fate. Groups track the connection and are not asked (R50); ACLs have no state and
//! are (R60); each direction uses the table of its own subnet (R91). A route that leads
//! elsewhere than the request came from loses the reply, but the walk goes on as if it
//! had led there (R10).
//!
//! AWS: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html>.

use fmnet_core::model::SubnetId;

use super::next_hop::{self, Detour, Leads, Via};
use super::route_table::{self, Choice, Match};
use super::walk::{Receiver, Walk};
use super::{address, interface, internet_gateway, on_premises};
use crate::fate::{Code, Leg, RuleRef, Unmodelled};
use crate::packet::Packet;

/// Follows the reply to the request, as `receiver` received it.
pub(super) fn follow(walk: &mut Walk<'_>, receiver: Receiver) {
    let Some(reply) = answer(&walk.packet) else {
        return;
    };
    walk.leg = Leg::Return;
    walk.packet = reply;
    match receiver {
        // Neither groups nor ACLs filter it (R73), so it comes back.
        Receiver::AmazonService => None,
        Receiver::Internet => internet_gateway::answer(walk),
        Receiver::OnPremises(network) => on_premises::send(walk, network),
        Receiver::Interface(replier) => interface::answer(walk, replier),
    };
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

/// Sends a reply on from `subnet`, whose table chose a route for it: where the route
/// leads, or where it should.
pub(super) fn route(walk: &mut Walk<'_>, subnet: SubnetId, choice: &Choice) -> Option<Receiver> {
    let table = route_table::component(walk.model, subnet);
    let wanted = wanted(walk, subnet);
    let (via, lost) = match choice {
        Choice::Unknown(rule) => {
            walk.unknown(Unmodelled::RoutePriority(*rule));
            return None;
        }
        Choice::None => (&wanted, Some((Code::NoRouteToDestination, None))),
        Choice::Route(chosen) => match judge(walk, chosen, &wanted) {
            Detour::Unknown(what) => {
                walk.unknown(what);
                return None;
            }
            Detour::Taken => {
                walk.pass(table, Some(chosen.rule));
                (&chosen.via, None)
            }
            Detour::Lost => (&wanted, Some(why_lost(walk, subnet, chosen, &wanted))),
        },
    };
    if let Some((code, rule)) = lost {
        walk.block(code, table, rule);
    }
    match next_hop::of(via) {
        Leads::To(hop) => hop.take(walk, subnet),
        Leads::Nowhere | Leads::Unmodelled => None,
    }
}

/// The way that a reply in `subnet` has to take: inside the VPC to its owner, else
/// back by what its request came in by.
fn wanted(walk: &Walk<'_>, subnet: SubnetId) -> Via {
    let vpc = walk.model.vpc_of(subnet);
    if address::is_in_vpc(walk.model, vpc, walk.packet.destination) {
        return Via::Local;
    }
    walk.entered_by(vpc).cloned().unwrap_or(Via::Local)
}

/// Whether the chosen route of `subnet` takes the reply back (R91, R107).
fn judge(walk: &Walk<'_>, chosen: &Match, wanted: &Via) -> Detour {
    match next_hop::of(&chosen.via) {
        Leads::To(hop) if !hop.is_usable(walk.model) => Detour::Lost,
        Leads::To(_) if chosen.via == *wanted => Detour::Taken,
        Leads::To(hop) => hop.detour(walk, wanted),
        Leads::Nowhere => Detour::Lost,
        Leads::Unmodelled => Detour::Unknown(Unmodelled::Target(chosen.rule)),
    }
}

/// Why the chosen route of `subnet` loses the reply: it leads to nothing usable, or
/// there is a route that leads the wanted way and was not chosen, or there is none.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>.
fn why_lost(walk: &Walk<'_>, subnet: SubnetId, chosen: &Match, wanted: &Via) -> (Code, Option<RuleRef>) {
    let is_usable = match next_hop::of(&chosen.via) {
        Leads::To(hop) => hop.is_usable(walk.model),
        Leads::Nowhere => false,
        Leads::Unmodelled => true,
    };
    let mut others = route_table::matches(walk.model, subnet, walk.packet.destination);
    others.retain(|found| found.via == *wanted);
    if !is_usable {
        (Code::BadStateRoute, Some(chosen.rule))
    } else if others.iter().any(|found| found.length < chosen.length) {
        (Code::MoreSpecificRoute, Some(chosen.rule))
    } else if others.iter().any(|found| found.length == chosen.length) {
        (Code::HigherPriorityRoute, Some(chosen.rule))
    } else {
        (Code::NoRouteToDestination, None)
    }
}

#[cfg(test)]
mod tests {
    use fmnet_core::traffic::Protocol;

    use super::super::testing::check::check;
    use super::super::testing::{packet, tight};

    #[test]
    fn icmp_types() {
        let ping = "security_groups.app-sg.ingress: [icmp/8 from group web-sg, icmp/3 from group web-sg]";
        let echo = packet(Protocol::ICMP, "10.0.0.10", "10.0.10.10", 8 << 8);
        check(&[ping], "web", echo, &["Answered"]);
        // R65: the reply is type 0.
        let replies = |rule| tight("privA", &["allow any from 0.0.0.0/0"], &[rule]);
        let deaf = replies("allow icmp/8 to 0.0.0.0/0");
        let lost = ["ReplyLost", "return SUBNET_ACL_RESTRICTION tight@privA out *"];
        check(&[ping, &deaf], "web", echo, &lost);
        check(&[ping, &replies("allow icmp/0 to 0.0.0.0/0")], "web", echo, &["Answered"]);
        // An error has no reply: the request is the whole.
        let error = packet(Protocol::ICMP, "10.0.0.10", "10.0.10.10", 3 << 8 | 4);
        check(&[ping, &deaf], "web", error, &["Answered"]);
    }
}
