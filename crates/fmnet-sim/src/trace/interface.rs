//! A network interface: what it sends, receives and forwards.
//!
//! In: a packet at an interface. Out: who received it, or where the walk goes on.

use fmnet_core::model::interface::{InterfaceState, SourceDestCheck};
use fmnet_core::model::route_table::Target;
use fmnet_core::model::{InterfaceId, Model, SubnetId};

use super::next_hop::{Detour, NextHop, Via};
use super::walk::{Receiver, Walk};
use super::{amazon_service, database, security_group, subnet};
use crate::fate::{Code, Component, Direction, Leg, Unmodelled};

/// Sends the request from interface `id` (R2).
///
/// AWS: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html>.
pub(super) fn send(walk: &mut Walk<'_>, id: InterfaceId) -> Option<Receiver> {
    let interface = &walk.model.interfaces[id];
    let is_own = interface.owns(walk.packet.source).is_some();
    // What it does not own is a network behind it, and the reply comes back by way of it.
    let by = if is_own { Via::Local } else { Via::Target(Target::Interface(id)) };
    walk.enter(walk.model.vpc_of(interface.subnet), by);
    test_state(walk, id);
    if !is_own && interface.source_dest_check == SourceDestCheck::On {
        // R24: with the check on it sends only its own addresses.
        walk.block(Code::EniSourceDestCheckRestriction, Component::Interface(id), None);
    }
    if let Some(reserved) = amazon_service::at(walk.model, interface.subnet, walk.packet.destination) {
        return amazon_service::take(walk, interface.subnet, &reserved);
    }
    security_group::test(walk, id, Direction::Egress)?;
    subnet::send_on(walk, interface.subnet)
}

/// Sends the reply from interface `id`, or from a network behind it; tracking admits it
/// (R50).
///
/// AWS: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html>.
pub(super) fn answer(walk: &mut Walk<'_>, id: InterfaceId) -> Option<Receiver> {
    walk.pass_way(Component::Interface(id), Direction::Egress, None);
    subnet::send_on(walk, walk.model.interfaces[id].subnet)
}

/// Receives a packet for one of the addresses of interface `id`, or for a workload
/// that it stands for; it is already in the interface's subnet (R3).
pub(super) fn receive(walk: &mut Walk<'_>, id: InterfaceId) -> Option<Receiver> {
    match walk.leg {
        Leg::Forward => {
            test_state(walk, id);
            security_group::test(walk, id, Direction::Ingress)?;
            database::test(walk, id);
        }
        // The connection is tracked where it began (R50).
        Leg::Return if walk.requester() == Some(id) && walk.crossed.is_empty() => {
            walk.pass_way(Component::Interface(id), Direction::Ingress, None);
        }
        Leg::Return => {
            // Nobody here asked.
            walk.block(Code::NoPossibleDestination, Component::Interface(id), None);
            return None;
        }
    }
    Some(Receiver::Interface(id))
}

impl NextHop for InterfaceId {
    fn is_usable(&self, model: &Model) -> bool {
        model.interfaces[*self].state == InterfaceState::InUse
    }

    fn subnet(&self, model: &Model) -> Option<SubnetId> {
        Some(model.interfaces[*self].subnet)
    }

    /// A route inside the VPC (R83) may lead to the very interface that the reply is for.
    fn detour(&self, walk: &Walk<'_>, _wanted: &Via) -> Detour {
        let interface = &walk.model.interfaces[*self];
        match interface.source_dest_check {
            _ if interface.owns(walk.packet.destination).is_some() => Detour::Taken,
            SourceDestCheck::On => Detour::Lost,
            SourceDestCheck::Off => Detour::Unknown(Unmodelled::Appliance(*self)),
        }
    }

    /// Takes the packet whatever its destination. A reply that comes here is for the
    /// interface, or for a network behind it that asked.
    fn take(&self, walk: &mut Walk<'_>, from: SubnetId) -> Option<Receiver> {
        let interface = &walk.model.interfaces[*self];
        subnet::enter(walk, interface.subnet, Some(from));
        let is_for_it = interface.owns(walk.packet.destination).is_some();
        match walk.leg {
            Leg::Forward if !is_for_it => forward(walk, *self),
            Leg::Forward | Leg::Return => receive(walk, *self),
        }
    }
}

/// Takes a request that is not for one of the addresses of interface `id`.
fn forward(walk: &mut Walk<'_>, id: InterfaceId) -> Option<Receiver> {
    security_group::test(walk, id, Direction::Ingress)?;
    let interface = &walk.model.interfaces[id];
    match interface.source_dest_check {
        SourceDestCheck::On => {
            // R24: with the check on it accepts only its own addresses.
            walk.block(Code::EniSourceDestCheckRestriction, Component::Interface(id), None);
            None
        }
        SourceDestCheck::Off if interface.behind.iter().any(|net| net.contains(&walk.packet.destination)) => {
            Some(Receiver::Interface(id))
        }
        SourceDestCheck::Off => {
            // R25: what an appliance does with it is the appliance's configuration.
            walk.unknown(Unmodelled::Appliance(id));
            None
        }
    }
}

/// Tests that the interface is attached to something that runs (R7, R27).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>
/// (`BAD_STATE`).
fn test_state(walk: &mut Walk<'_>, id: InterfaceId) {
    match walk.model.interfaces[id].state {
        InterfaceState::InUse => {}
        InterfaceState::OwnerNotRunning | InterfaceState::Detached => {
            walk.block(Code::BadState, Component::Interface(id), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use fmnet_core::model::interface::InterfaceState;

    use super::super::testing::check::{check, check_hops};
    use super::super::testing::{INET, Net, as_is, tcp};

    #[test]
    fn spoofing() {
        let foreign = tcp("10.77.0.5", INET, 443);
        let checked =
            ["Blocked", "forward ENI_SOURCE_DEST_CHECK_RESTRICTION web", "forward GATEWAY_REJECTS_SPOOFED_TRAFFIC igw"];
        check(as_is, "web", foreign, &checked);
        let unchecked = ["Blocked", "forward GATEWAY_REJECTS_SPOOFED_TRAFFIC igw"];
        check(|net| net.appliance("web", &["10.77.0.0/24"]), "web", foreign, &unchecked);
    }

    #[test]
    fn states() {
        let stop = |net: &mut Net| net.interface_mut("app").state = InterfaceState::OwnerNotRunning;
        let bad = ["Blocked", "forward BAD_STATE app"];
        check(stop, "web", tcp("10.0.0.10", "10.0.10.10", 8080), &bad);
        check(stop, "app", tcp("10.0.10.10", "10.0.11.10", 5432), &bad);
        // R210.
        let database = |net: &mut Net| {
            net.database("db", 6000);
            net.regroup("sg-db", &["any sg-app"], &[]);
        };
        let deaf = ["Blocked", "forward NOTHING_LISTENS db"];
        check(database, "app", tcp("10.0.10.10", "10.0.11.10", 5432), &deaf);
        check(database, "app", tcp("10.0.10.10", "10.0.11.10", 6000), &["Answered"]);
    }

    #[test]
    fn appliances() {
        // A workload behind `fw`, which a route of app's table leads to.
        let behind = |net: &mut Net| {
            net.appliance("fw", &["172.16.0.0/16"]);
            net.route("main", "172.16.0.0/12", "fw");
        };
        let outward = tcp("10.0.10.10", "172.16.3.4", 80);
        check(behind, "app", outward, &["Answered"]);
        check_hops(
            behind,
            "app",
            outward,
            "app out sg-app[0], default@privA out [0], main@privA [0], default@pubB in [0], fw in sg-fw[0] \
             | fw out, default@pubB out [0], pub@pubB local, default@privA in [0], app in",
        );
        let beyond = tcp("10.0.10.10", "172.17.3.4", 80);
        check(behind, "app", beyond, &["Unknown", "forward Appliance(#3)"]);
        // R24.
        let checked = |net: &mut Net| {
            net.route("main", "172.16.0.0/12", "fw");
        };
        let wall = ["Blocked", "forward ENI_SOURCE_DEST_CHECK_RESTRICTION fw"];
        check(checked, "app", outward, &wall);
        let stopped = |net: &mut Net| {
            behind(net);
            net.interface_mut("fw").state = InterfaceState::Detached;
        };
        check(stopped, "app", outward, &["Blocked", "forward BAD_STATE_ROUTE main@privA [0]"]);
        // And inward.
        let open = |net: &mut Net| {
            behind(net);
            net.regroup("sg-db", &["tcp/5432 172.16.0.0/16"], &[]);
        };
        let inward = tcp("172.16.3.4", "10.0.11.10", 5432);
        check(open, "fw", inward, &["Answered"]);
        let no_way_back = |net: &mut Net| {
            net.appliance("fw", &["172.16.0.0/16"]);
            net.regroup("sg-db", &["tcp/5432 172.16.0.0/16"], &[]);
        };
        let lost = ["ReplyLost", "return NO_ROUTE_TO_DESTINATION main@privB"];
        check(no_way_back, "fw", inward, &lost);
    }
}
