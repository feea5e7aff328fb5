//! A connection between a virtual private gateway and a network on premises: a VPN
//! connection, or a virtual interface of a Direct Connect gateway.
//!
//! In: a connection. Out: what it carries, what the gateway learns by it, and what it
//! tells the network.

use std::net::IpAddr;

use fmnet_core::model::direct_connect_gateway::VirtualInterfaceState;
use fmnet_core::model::vpn_connection::{TunnelState, VpnRouting};
use fmnet_core::model::{DirectConnectGatewayId, Model, OnPremisesId, VirtualPrivateGatewayId, VpnConnectionId};

use super::walk::Walk;
use crate::fate::{Code, Component};

/// A connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// A virtual interface of a Direct Connect gateway: to which network, and whether it
    /// works.
    Direct { gateway: DirectConnectGatewayId, interface: usize, network: OnPremisesId, state: VirtualInterfaceState },
    /// A VPN connection, and the network that its customer gateway stands in.
    Vpn { id: VpnConnectionId, network: OnPremisesId },
}

/// A prefix that a gateway learns over a connection, with all that is compared.
#[derive(Clone, Copy)]
pub(super) struct Learned {
    pub(super) connection: Connection,
    pub(super) length: u8,
    pub(super) source: Source,
    pub(super) as_path: u32,
    pub(super) first_as: u32,
    pub(super) med: u32,
}

/// How a gateway learned a prefix, the most preferred first (R84, R162).
///
/// AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    DirectConnect,
    VpnStatic,
    VpnBgp,
}

impl Connection {
    /// Every connection to `gateway`: virtual interfaces, then VPN connections.
    pub(super) fn all_to(model: &Model, gateway: VirtualPrivateGatewayId) -> Vec<Self> {
        let mut all = Vec::new();
        for (id, direct) in model.direct_connect_gateways.iter() {
            if direct.associations.iter().any(|association| association.gateway == gateway) {
                all.extend(direct.interfaces.iter().enumerate().map(|(interface, it)| Self::Direct {
                    gateway: id,
                    interface,
                    network: it.network,
                    state: it.state,
                }));
            }
        }
        for (id, vpn) in model.vpn_connections.iter() {
            if vpn.gateway == gateway {
                all.push(Self::Vpn { id, network: model.customer_gateways[vpn.customer_gateway].network });
            }
        }
        all
    }

    /// The network at its other end.
    pub(super) fn network(self) -> OnPremisesId {
        match self {
            Self::Direct { network, .. } | Self::Vpn { network, .. } => network,
        }
    }

    /// The component that a reader looks for.
    pub(super) fn component(self) -> Component {
        match self {
            Self::Direct { gateway, .. } => Component::DirectConnectGateway(gateway),
            Self::Vpn { id, .. } => Component::VpnConnection(id),
        }
    }

    /// Whether it works; of a VPN connection one tunnel has to (R160).
    ///
    /// AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html>.
    pub(super) fn is_up(self, model: &Model) -> bool {
        match self {
            Self::Direct { state, .. } => state == VirtualInterfaceState::Available,
            Self::Vpn { id, .. } => model.vpn_connections[id].tunnels.contains(&TunnelState::Up),
        }
    }

    /// Tests that it works.
    pub(super) fn test_state(self, walk: &mut Walk<'_>) -> bool {
        let is_up = self.is_up(walk.model);
        if !is_up {
            let code = match self {
                Self::Direct { .. } => Code::BadState,
                Self::Vpn { .. } => Code::BadStateVpn,
            };
            walk.block(code, self.component(), None);
        }
        is_up
    }

    /// Whether it carries packets to `destination`: a VPN connection of a virtual private
    /// gateway is for IPv4 alone (R161).
    ///
    /// AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>.
    pub(super) fn carries(self, destination: IpAddr) -> bool {
        match self {
            Self::Direct { .. } => true,
            Self::Vpn { .. } => destination.is_ipv4(),
        }
    }

    /// Whether the network at its other end is told of the block of `gateway`'s VPC that
    /// holds `destination`. A Direct Connect gateway filters: it tells of a block, whole,
    /// that an allowed prefix equals or contains (R163).
    ///
    /// AWS: <https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html>.
    pub(super) fn advertises(self, model: &Model, gateway: VirtualPrivateGatewayId, destination: IpAddr) -> bool {
        let Self::Direct { gateway: direct, .. } = self else {
            return true;
        };
        let vpc = &model.vpcs[model.virtual_private_gateways[gateway].vpc];
        let Some(block) = vpc.blocks().find(|block| block.contains(&destination)) else {
            return false;
        };
        let associations = &model.direct_connect_gateways[direct].associations;
        let mut mine = associations.iter().filter(|association| association.gateway == gateway);
        mine.any(|association| association.allowed.iter().any(|allowed| allowed.contains(&block)))
    }

    /// The prefixes with `destination` that the gateway learns by it.
    pub(super) fn prefixes_with(self, model: &Model, destination: IpAddr) -> Vec<Learned> {
        let learned = |length, source| Learned { connection: self, length, source, as_path: 0, first_as: 0, med: 0 };
        match self {
            Self::Direct { gateway, interface, .. } => {
                let interface = model.direct_connect_gateways[gateway].interfaces.get(interface);
                let nets = interface.into_iter().flat_map(|interface| &interface.learned);
                let with = nets.filter(|net| net.contains(&destination));
                with.map(|net| learned(net.prefix_len(), Source::DirectConnect)).collect()
            }
            Self::Vpn { id, .. } => match &model.vpn_connections[id].routing {
                VpnRouting::Static(nets) => {
                    let with = nets.iter().filter(|net| net.contains(&destination));
                    with.map(|net| learned(net.prefix_len(), Source::VpnStatic)).collect()
                }
                VpnRouting::Dynamic(prefixes) => {
                    let first_as = model.customer_gateways[model.vpn_connections[id].customer_gateway].asn;
                    let with = prefixes.iter().filter(|prefix| prefix.net.contains(&destination));
                    with.map(|prefix| Learned {
                        as_path: prefix.as_path,
                        med: prefix.med,
                        first_as,
                        ..learned(prefix.net.prefix_len(), Source::VpnBgp)
                    })
                    .collect()
                }
            },
        }
    }
}
