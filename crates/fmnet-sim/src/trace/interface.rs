//! A network interface: what it sends, receives and forwards.
//!
//! In: a packet at an interface. Out: who received it, or where the walk goes on.

use fmnet_core::model::interface::{InterfaceState, SourceDestCheck};
use fmnet_core::model::{InterfaceId, SubnetId};

use super::walk::{Receiver, Walk};
use super::{amazon_service, database, network_acl, security_group, subnet};
use crate::fate::{Code, Component, Direction, Unmodelled};

/// Sends the packet from interface `id` (R2).
///
/// AWS: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html>.
pub(super) fn send(walk: &mut Walk<'_>, id: InterfaceId) -> Option<Receiver> {
    let interface = &walk.model.interfaces[id];
    test_state(walk, id);
    let is_own = interface.owns(walk.packet.source).is_some();
    if !is_own && interface.source_dest_check == SourceDestCheck::On {
        // R24: with the check on it sends only its own addresses.
        walk.block(
            Code::EniSourceDestCheckRestriction,
            Component::Interface(id),
            None,
        );
    }
    let destination = walk.packet.destination;
    if let Some(reserved) = amazon_service::at(walk.model, interface.subnet, destination) {
        return amazon_service::take(walk, &reserved);
    }
    security_group::test(walk, id, Direction::Egress)?;
    subnet::send_on(walk, interface.subnet)
}

/// Receives a packet for one of the addresses of interface `id`, or for a workload
/// that it stands for; it is already in the interface's subnet (R3).
pub(super) fn receive(walk: &mut Walk<'_>, id: InterfaceId) -> Option<Receiver> {
    test_state(walk, id);
    security_group::test(walk, id, Direction::Ingress)?;
    database::test(walk, id);
    Some(Receiver::Interface(id))
}

/// Takes a packet that a route of subnet `from` sends to interface `id`, which is in
/// use, whatever its destination.
pub(super) fn take_routed(
    walk: &mut Walk<'_>,
    id: InterfaceId,
    from: SubnetId,
) -> Option<Receiver> {
    let interface = &walk.model.interfaces[id];
    if interface.subnet != from {
        network_acl::test(walk, interface.subnet, Direction::Ingress);
    }
    if interface.owns(walk.packet.destination).is_some() {
        return receive(walk, id);
    }
    security_group::test(walk, id, Direction::Ingress)?;
    match interface.source_dest_check {
        SourceDestCheck::On => {
            // R24: with the check on it accepts only its own addresses.
            walk.block(
                Code::EniSourceDestCheckRestriction,
                Component::Interface(id),
                None,
            );
            None
        }
        SourceDestCheck::Off if is_behind(walk, id) => Some(Receiver::Interface(id)),
        SourceDestCheck::Off => {
            // R25: what an appliance does with it is the appliance's configuration.
            walk.unknown(Unmodelled::Appliance(id));
            None
        }
    }
}

/// Whether the packet is for a network that interface `id` routes for.
fn is_behind(walk: &Walk<'_>, id: InterfaceId) -> bool {
    let mut networks = walk.model.interfaces[id].behind.iter();
    networks.any(|net| net.contains(&walk.packet.destination))
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
