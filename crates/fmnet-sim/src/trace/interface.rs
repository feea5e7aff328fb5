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
    use super::super::testing::check::{check, check_hops};
    use super::super::testing::{INET, tcp};

    /// `fw` forwards for 172.16.0.0/16.
    const APPLIANCE: &str = "instances.fw.source_dest_check: false
instances.fw.behind: [172.16.0.0/16]";
    const MAIN_BY_FW: &str = "route_tables.main: [172.16.0.0/12 -> fw]";

    #[test]
    fn spoofing() {
        let foreign = tcp("10.77.0.5", INET, 443);
        let checked =
            ["Blocked", "forward ENI_SOURCE_DEST_CHECK_RESTRICTION web", "forward GATEWAY_REJECTS_SPOOFED_TRAFFIC igw"];
        check(&[], "web", foreign, &checked);
        let unchecked = ["Blocked", "forward GATEWAY_REJECTS_SPOOFED_TRAFFIC igw"];
        let appliance = "instances.web.source_dest_check: false\ninstances.web.behind: [10.77.0.0/24]";
        check(&[appliance], "web", foreign, &unchecked);
        // The reply goes to whom the address belongs, and nobody there asked.
        let as_web = ["ReplyLost", "return NO_POSSIBLE_DESTINATION web"];
        check(&[APPLIANCE], "fw", tcp("10.0.0.10", "10.0.10.10", 8080), &as_web);
        let as_nobody = ["Blocked", "forward ENI_SG_RULES_MISMATCH app in", "return NO_POSSIBLE_DESTINATION v1"];
        check(&[APPLIANCE], "fw", tcp("10.0.0.11", "10.0.10.10", 8080), &as_nobody);
    }

    #[test]
    fn states() {
        let stop = "instances.app.state: stopped";
        let bad = ["Blocked", "forward BAD_STATE app"];
        check(&[stop], "web", tcp("10.0.0.10", "10.0.10.10", 8080), &bad);
        check(&[stop], "app", tcp("10.0.10.10", "10.0.11.10", 5432), &bad);
        // R210.
        let database = "security_groups.db-sg.ingress: [any from group app-sg]
databases.pg: {engine: postgres, port: 6000, subnet_group: [privA, privB], groups: [db-sg], az: ap-northeast-2b}";
        let deaf = ["Blocked", "forward NOTHING_LISTENS pg@privB"];
        check(&[database], "app", tcp("10.0.10.10", "10.0.11.4", 5432), &deaf);
        check(&[database], "app", tcp("10.0.10.10", "10.0.11.4", 6000), &["Answered"]);
    }

    /// A workload behind `fw`, which a route of app's table leads to.
    #[test]
    fn toward_an_appliance() {
        let outward = tcp("10.0.10.10", "172.16.3.4", 80);
        check(&[APPLIANCE, MAIN_BY_FW], "app", outward, &["Answered"]);
        check_hops(
            &[APPLIANCE, MAIN_BY_FW],
            "app",
            outward,
            "app out app-sg[0], default@privA out [0], main@privA [0], default@pubB in [0], fw in fw-sg[0] \
             | fw out, default@pubB out [0], pub@pubB local, default@privA in [0], app in",
        );
        let beyond = tcp("10.0.10.10", "172.17.3.4", 80);
        check(&[APPLIANCE, MAIN_BY_FW], "app", beyond, &["Unknown", "forward Appliance fw"]);
        // R24.
        let wall = ["Blocked", "forward ENI_SOURCE_DEST_CHECK_RESTRICTION fw"];
        check(&[MAIN_BY_FW], "app", outward, &wall);
        let stopped = [APPLIANCE, MAIN_BY_FW, "instances.fw.state: stopped"];
        check(&stopped, "app", outward, &["Blocked", "forward BAD_STATE_ROUTE main@privA [0]"]);
    }

    #[test]
    fn from_behind_an_appliance() {
        let open = "security_groups.db-sg.ingress: [tcp/5432 from 172.16.0.0/16]";
        let inward = tcp("172.16.3.4", "10.0.11.10", 5432);
        check(&[APPLIANCE, MAIN_BY_FW, open], "fw", inward, &["Answered"]);
        check_hops(
            &[APPLIANCE, MAIN_BY_FW, open],
            "fw",
            inward,
            "fw out fw-sg[0], default@pubB out [0], pub@pubB local, default@privB in [0], db in db-sg[0] \
             | db out, default@privB out [0], main@privB [0], default@pubB in [0], fw in",
        );
        let lost = ["ReplyLost", "return NO_ROUTE_TO_DESTINATION main@privB"];
        check(&[APPLIANCE, open], "fw", inward, &lost);
        // It goes on as if it had been sent to the appliance.
        check_hops(
            &[APPLIANCE, open],
            "fw",
            inward,
            "fw out fw-sg[0], default@pubB out [0], pub@pubB local, default@privB in [0], db in db-sg[0] \
             | db out, default@privB out [0], default@pubB in [0], fw in",
        );
    }
}
