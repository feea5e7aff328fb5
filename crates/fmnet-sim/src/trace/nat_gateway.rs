//! A NAT gateway, outward.
//!
//! In: a packet that a route sends to a NAT gateway. Out: who received it, translated.

use std::net::IpAddr;

use fmnet_core::model::gateway::NatState;
use fmnet_core::model::{NatGatewayId, SubnetId};
use fmnet_core::traffic::Protocol;

use super::walk::{Receiver, Walk};
use super::{address, network_acl, subnet};
use crate::fate::{Code, Component, Direction, Unmodelled};

/// Takes a packet from subnet `from` through NAT gateway `id`. It has no security
/// group; the ACL of its subnet applies (R118).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>.
pub(super) fn cross(walk: &mut Walk<'_>, id: NatGatewayId, from: SubnetId) -> Option<Receiver> {
    let nat = &walk.model.nat_gateways[id];
    if nat.subnet != from {
        network_acl::test(walk, nat.subnet, Direction::Ingress);
    }
    let is_available = nat.state == NatState::Available;
    if !is_available {
        // R7, R114: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
        walk.block(Code::BadState, Component::NatGateway(id), None);
    }
    if walk.packet.source.is_ipv6() {
        // R123.
        walk.unknown(Unmodelled::Nat64(id));
        return None;
    }
    if walk.translated_by.is_some() {
        walk.unknown(Unmodelled::SecondTranslation(id));
        return None;
    }
    let has_source_in_vpc = address::interface_with(walk.model, walk.packet.source).is_some();
    if !has_source_in_vpc {
        // R120.
        walk.block(Code::NgwRequiresSourceInVpc, Component::NatGateway(id), None);
    }
    let is_carried = is_carried(walk.packet.protocol);
    if !is_carried {
        walk.block(Code::ProtocolRestriction, Component::NatGateway(id), None);
    }
    if is_available && has_source_in_vpc && is_carried {
        walk.pass(Component::NatGateway(id), None);
    }
    translate(walk, id);
    subnet::send_on(walk, nat.subnet)
}

/// TCP, UDP and ICMP only (R117).
fn is_carried(protocol: Protocol) -> bool {
    [Protocol::TCP, Protocol::UDP, Protocol::ICMP].contains(&protocol)
}

/// Writes the private address of the NAT gateway as source, and a port of its own as
/// source port; the destination stays (R113). A public NAT gateway's address is mapped
/// to its Elastic IP by the internet gateway, later.
fn translate(walk: &mut Walk<'_>, id: NatGatewayId) {
    walk.translated_by = Some(id);
    walk.packet.source = IpAddr::V4(walk.model.nat_gateways[id].address);
    if walk.packet.protocol.has_ports() {
        walk.packet.source_port = walk.packet.translated_port;
    }
}

#[cfg(test)]
mod tests {
    use fmnet_core::model::gateway::{Connectivity, NatState};
    use fmnet_core::traffic::Protocol;

    use super::super::testing::check::{check, check_hops};
    use super::super::testing::{INET, Net, packet, tcp, with_nat};

    #[test]
    fn crossed_four_times() {
        let call = tcp("10.0.10.10", INET, 443);
        check(with_nat, "app", call, &["Answered"]);
        check_hops(
            with_nat,
            "app",
            call,
            "app out sg-app[0], default@privA out [0], main@privA [0], default@pubA in [0], nat, \
             default@pubA out [0], pub@pubA [0], igw \
             | igw, default@pubA in [0], nat, default@pubA out [0], default@privA in [0], app in",
        );
        // R69: the four crossings of its subnet's boundary, each with its own header.
        let all = "allow any 0.0.0.0/0";
        let exact = |net: &mut Net| {
            with_nat(net);
            let ingress = ["allow tcp/443 10.0.10.10/32", "allow tcp/2000 203.0.113.7/32"];
            let egress = ["allow tcp/443 203.0.113.7/32", "allow tcp/40000 10.0.10.10/32"];
            net.restrict("pubA", &ingress, &egress);
        };
        check(exact, "app", call, &["Answered"]);
        let inside = |net: &mut Net| {
            with_nat(net);
            net.restrict("pubA", &["allow any 10.0.0.0/16"], &[all]);
        };
        check(inside, "app", call, &["ReplyLost", "return SUBNET_ACL_RESTRICTION tight@pubA in *"]);
        let shut = |net: &mut Net| {
            with_nat(net);
            net.restrict("pubA", &[], &[]);
        };
        let four = [
            "Blocked",
            "forward SUBNET_ACL_RESTRICTION tight@pubA in *",
            "forward SUBNET_ACL_RESTRICTION tight@pubA out *",
            "return SUBNET_ACL_RESTRICTION tight@pubA in *",
            "return SUBNET_ACL_RESTRICTION tight@pubA out *",
        ];
        check(shut, "app", call, &four);
    }

    #[test]
    fn states_and_refusals() {
        let call = tcp("10.0.10.10", INET, 443);
        let failed = |net: &mut Net| {
            with_nat(net);
            net.nat_mut().state = NatState::NotWorking;
        };
        check(failed, "app", call, &["Blocked", "forward BAD_STATE nat"]);
        let deleted = |net: &mut Net| {
            with_nat(net);
            net.nat_mut().state = NatState::Deleted;
        };
        check(deleted, "app", call, &["Blocked", "forward BAD_STATE_ROUTE main@privA [0]"]);
        // R119.
        let private = |net: &mut Net| {
            with_nat(net);
            net.nat_mut().connectivity = Connectivity::Private;
        };
        let unmapped = ["Blocked", "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"];
        check(private, "app", call, &unmapped);
        // R117.
        let esp = packet(Protocol(50), "10.0.10.10", INET, 0);
        check(with_nat, "app", esp, &["Blocked", "forward PROTOCOL_RESTRICTION nat"]);
        // R120.
        let behind = |net: &mut Net| {
            with_nat(net);
            net.appliance("app", &["172.16.0.0/16"]);
        };
        let outside = ["Blocked", "forward NGW_REQUIRES_SOURCE_IN_VPC nat"];
        check(behind, "app", tcp("172.16.3.4", INET, 443), &outside);
        // R115.
        let to_nat = ["Blocked", "forward NO_POSSIBLE_DESTINATION nat"];
        check(with_nat, "app", tcp("10.0.10.10", "10.0.0.5", 80), &to_nat);
        check(with_nat, "web", tcp("10.0.0.10", "10.0.0.5", 80), &to_nat);
    }

    #[test]
    fn in_unusual_places() {
        let call = tcp("10.0.10.10", INET, 443);
        // R114: in a subnet without a way out; R122: whose table leads to it again.
        let inward = |net: &mut Net| {
            net.nat_in("nat", "privA", "10.0.10.5");
            net.route("main", "203.0.113.0/24", "nat");
        };
        check(inward, "app", call, &["Blocked", "forward NO_ROUTE_TO_DESTINATION main@privA [0]"]);
        check_hops(inward, "app", call, "app out sg-app[0], main@privA [0], nat | ");
        let chained = |net: &mut Net| {
            with_nat(net);
            net.nat_in("second", "pubB", "10.0.1.6");
            net.route("pub", "203.0.113.0/24", "second");
        };
        check(chained, "app", call, &["Unknown", "forward SecondTranslation(#1)"]);
        // Inside the VPC by a route longer than the local one (R83): the replier sees the
        // NAT gateway, and answers it, whatever its own table says of the client.
        let private = |net: &mut Net| {
            with_nat(net);
            net.table("own");
            net.route("own", "10.0.11.0/24", "nat");
            net.use_table("privA", "own");
            net.regroup("sg-db", &["tcp/5432 10.0.0.5/32"], &[]);
        };
        let db = tcp("10.0.10.10", "10.0.11.10", 5432);
        check(private, "app", db, &["Answered"]);
        check_hops(
            private,
            "app",
            db,
            "app out sg-app[0], default@privA out [0], own@privA [0], default@pubA in [0], nat, \
             default@pubA out [0], pub@pubA local, default@privB in [0], db in sg-db[0] \
             | db out, default@privB out [0], main@privB local, default@pubA in [0], nat, \
             default@pubA out [0], default@privA in [0], app in",
        );
    }
}
