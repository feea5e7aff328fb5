//! A virtual private gateway, outward and inward.
//!
//! In: a packet that a route sends to it, or that a connection brings. Out: who received it.
//!
//! AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>.

use fmnet_core::model::gateway::Attachment;
use fmnet_core::model::interface::InterfaceState;
use fmnet_core::model::route_table::Target;
use fmnet_core::model::{Model, SubnetId, VirtualPrivateGatewayId, VpcId};

use super::connection::{Connection, Learned};
use super::next_hop::{NextHop, Via};
use super::walk::{Receiver, Walk};
use super::{address, on_premises, vpc};
use crate::fate::{Code, Component, Leg, Unmodelled};

impl NextHop for VirtualPrivateGatewayId {
    /// R89.
    fn is_usable(&self, model: &Model) -> bool {
        model.virtual_private_gateways[*self].attachment == Attachment::Attached
    }

    /// Takes what has its source in its VPC (R26), and routes it to the prefixes that it
    /// knows, and nowhere else (R156).
    fn take(&self, walk: &mut Walk<'_>, _from: SubnetId) -> Option<Receiver> {
        let home = walk.model.virtual_private_gateways[*self].vpc;
        let is_from_here = match walk.leg {
            Leg::Forward => is_owned(walk.model, home, walk.packet.source),
            Leg::Return => true,
        };
        if !is_from_here {
            let component = Component::VirtualPrivateGateway(*self);
            walk.block(Code::VgwPrivateIpAssociationForEgress, component, None);
        }
        let connections = Connection::all_to(walk.model, *self);
        go_on(walk, *self, &connections, is_from_here, Code::NoPossibleDestination)
    }
}

/// Brings a packet of `network` over `connection` to the gateway. It goes to private
/// addresses of the gateway's VPC, and to nothing that the VPC could reach (R156, R158);
/// or to another network with a VPN connection to the gateway.
pub(super) fn come_in(walk: &mut Walk<'_>, id: VirtualPrivateGatewayId, connection: Connection) -> Option<Receiver> {
    let component = Component::VirtualPrivateGateway(id);
    let gateway = &walk.model.virtual_private_gateways[id];
    let mut passes = true;
    if gateway.attachment == Attachment::Detached {
        walk.block(Code::BadStateAttachment, component, None);
        passes = false;
    }
    if walk.leg == Leg::Forward && address::is_in_vpc(walk.model, gateway.vpc, walk.packet.source) {
        // R26.
        walk.block(Code::GatewayRejectsSpoofedTraffic, component, None);
        passes = false;
    }
    let destination = walk.packet.destination;
    if !is_owned(walk.model, gateway.vpc, destination) {
        let nobody = Code::VgwPrivateIpAssociationForIngress;
        let others = others(walk.model, id, connection);
        if address::is_in_vpc(walk.model, gateway.vpc, destination) {
            walk.block(nobody, component, None);
            return None;
        }
        return go_on(walk, id, &others, passes, nobody);
    }
    let owner = address::interface_with(walk.model, gateway.vpc, destination);
    if owner.is_some_and(|owner| walk.model.interfaces[owner].state == InterfaceState::Detached) {
        walk.block(Code::VgwPrivateIpAssociationForIngress, component, None);
        passes = false;
    }
    if passes {
        walk.pass(component, None);
    }
    walk.enter(gateway.vpc, Via::Target(Target::VirtualPrivateGateway(id)));
    vpc::deliver(walk, gateway.vpc, None)
}

/// The VPN connections of other networks to which the gateway carries on what a VPN
/// connection brings; Direct Connect gateways take no part in it.
///
/// AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/VPN_CloudHub.html>,
/// <https://docs.aws.amazon.com/directconnect/latest/UserGuide/virtualgateways.html>.
pub(super) fn others(model: &Model, id: VirtualPrivateGatewayId, from: Connection) -> Vec<Connection> {
    let Connection::Vpn { network, .. } = from else {
        return Vec::new();
    };
    let is_other = |one: &Connection| matches!(one, Connection::Vpn { network: other, .. } if *other != network);
    Connection::all_to(model, id).into_iter().filter(is_other).collect()
}

/// Whether `address` is a private address of an interface or NAT gateway of `vpc`.
fn is_owned(model: &Model, vpc: VpcId, address: std::net::IpAddr) -> bool {
    address::interface_with(model, vpc, address).is_some() || address::nat_gateway_with(model, vpc, address).is_some()
}

/// Sends the packet on over one of `connections`; where none takes it, it fails with `nobody`.
fn go_on(
    walk: &mut Walk<'_>,
    id: VirtualPrivateGatewayId,
    connections: &[Connection],
    passes: bool,
    nobody: Code,
) -> Option<Receiver> {
    let component = Component::VirtualPrivateGateway(id);
    let best = best(walk.model, connections, walk.packet.destination);
    let Some(first) = best.first() else {
        walk.block(nobody, component, None);
        return None;
    };
    let network = first.connection.network();
    if best.iter().any(|other| other.connection.network() != network) {
        walk.unknown(Unmodelled::VpnRoutePriority(id));
        return None;
    }
    if passes {
        walk.pass(component, None);
    }
    if first.connection.test_state(walk) {
        walk.pass(first.connection.component(), None);
    }
    on_premises::receive(walk, network)
}

/// The prefixes with `destination` that count: those of connections that work, if there
/// are any; of them the longest; then by how they were learned; then the shortest AS
/// path; then, among paths with one first AS, the lowest MED (R84, R162).
fn best(model: &Model, connections: &[Connection], destination: std::net::IpAddr) -> Vec<Learned> {
    let all = connections.iter().flat_map(|connection| connection.prefixes_with(model, destination));
    let mut left: Vec<Learned> = all.collect();
    if left.iter().any(|one| one.connection.is_up(model)) {
        left.retain(|one| one.connection.is_up(model));
    }
    let longest = left.iter().map(|one| one.length).max();
    left.retain(|one| Some(one.length) == longest);
    let source = left.iter().map(|one| one.source).min();
    left.retain(|one| Some(one.source) == source);
    let shortest = left.iter().map(|one| one.as_path).min();
    left.retain(|one| Some(one.as_path) == shortest);
    let rivals = left.clone();
    left.retain(|one| !rivals.iter().any(|other| other.first_as == one.first_as && other.med < one.med));
    left
}
