//! NAT gateways (R113 to R122).

use std::net::IpAddr;

use fmnet_core::address;
use fmnet_core::graph::Owned;
use fmnet_core::model::gateway::NatState;
use fmnet_core::model::{NatGatewayId, SubnetId};
use fmnet_core::traffic::{Protocol, Traffic};

use super::{At, Field, Flow, Leg, Reach};
use crate::fate::{Code, Component, Unmodelled};
use crate::set::Level;

impl Reach<'_> {
    /// A request that a route of `subnet` sends to `nat`.
    pub(super) fn through_nat(&mut self, flow: Flow, nat: NatGatewayId, subnet: SubnetId) {
        let home = self.graph.model.nat_gateways[nat].subnet;
        for flow in self.enter(flow, subnet, home) {
            self.at_nat(flow, nat);
        }
    }

    fn at_nat(&mut self, flow: Flow, nat: NatGatewayId) {
        let record = &self.graph.model.nat_gateways[nat];
        let at = At::new(Leg::Forward, Component::NatGateway(nat), None);
        let mut flow = flow;
        if record.state != NatState::Available {
            let Some(blocked) = self.blocked(flow, at, Code::BadState, None) else { return };
            flow = blocked;
        }
        let destination = flow.destination;
        let (v4, v6) = self.parted_by(flow, destination, Level::Destination, &[crate::set::address::IPV4]);
        if let Some(v6) = v6 {
            self.unknown(v6, Leg::Forward, Unmodelled::Nat64(nat));
        }
        let Some(mut flow) = v4 else { return };
        if flow.nat.is_some() {
            return self.unknown(flow, Leg::Forward, Unmodelled::SecondTranslation(nat));
        }
        let is_inside =
            matches!(flow.source, Field::Fixed(one) if matches!(self.graph.owner(one), Some(Owned::Private(..))));
        if !is_inside {
            let Some(blocked) = self.blocked(flow, at, Code::NgwRequiresSourceInVpc, None) else { return };
            flow = blocked;
        }
        let carried = [Protocol::TCP, Protocol::UDP, Protocol::ICMP]
            .map(|protocol| self.sets.traffic(&Traffic::all_of(protocol)));
        let carried = self.sets.union_all(carried);
        let (carried, dropped) = self.parted(flow, carried);
        if let Some(mut flow) = carried {
            if is_inside && record.state == NatState::Available {
                flow.hop(at, None);
            }
            self.translated(flow, nat);
        }
        let dropped = dropped.and_then(|flow| self.blocked(flow, at, Code::ProtocolRestriction, None));
        if let Some(flow) = dropped {
            self.translated(flow, nat);
        }
    }

    fn translated(&mut self, mut flow: Flow, nat: NatGatewayId) {
        let record = &self.graph.model.nat_gateways[nat];
        flow.source = Field::Fixed(IpAddr::V4(record.address));
        flow.nat = Some(nat);
        let (near, far) = self.parted_by_subnet(flow, record.subnet);
        if let Some(near) = near {
            self.deliver(near, record.subnet);
        }
        if let Some(far) = far {
            self.leave_subnet(far, record.subnet);
        }
    }

    /// The public address that the internet gateway writes for `private`, if it maps one.
    pub(super) fn public_address(&self, private: IpAddr) -> Option<IpAddr> {
        use fmnet_core::model::gateway::Connectivity;
        match self.graph.owner(private)? {
            Owned::Private(interface, position) => {
                let mine = self.graph.model.interfaces[interface].addresses.get(position as usize)?;
                mine.public.map(|public| IpAddr::V4(public.address))
            }
            Owned::NatPrivate(nat) => match self.graph.model.nat_gateways[nat].connectivity {
                Connectivity::Public { address, .. } => Some(IpAddr::V4(address)),
                Connectivity::Private => None,
            },
            Owned::Public(..) | Owned::NatPublic(_) => None,
        }
    }

    /// Whether an IPv6 address lies in a private block of the VPC, or is ULA (R129).
    pub(super) fn private_ipv6(&self) -> address::Ranges {
        use fmnet_core::model::vpc::Ipv6Kind;
        let blocks = self.graph.model.vpc().ipv6.iter().filter(|block| block.kind == Ipv6Kind::Private);
        let mut ranges: address::Ranges = blocks.flat_map(|block| address::ranges(block.net.into())).collect();
        // fc00::/7, unique local addresses.
        ranges.push((0xfc << 120, (0xfe << 120) - 1));
        address::union(ranges)
    }
}
