//! The reply: whether it comes back to where the request came from (R1, R50, R60, R91, R116).

use fmnet_core::model::{InterfaceId, NatGatewayId, SubnetId};

use super::route_table::Wanted;
use super::{At, Field, Flow, Leg, Reach, Receiver};
use crate::fate::{Code, Component, Direction, Origin};
use crate::set::Level;
use crate::set::address::IPV6;

impl Reach<'_> {
    /// Takes the reply to a request that came to its receiver back, and is done with it.
    pub(super) fn reply(&mut self, flow: Flow) {
        let without = self.without_reply();
        let (without, flow) = self.parted(flow, without);
        if let Some(without) = without {
            self.finish(without);
        }
        let Some(flow) = flow else { return };
        match flow.receiver {
            Some(Receiver::Internet) => self.reply_from_internet(flow),
            Some(Receiver::Interface(interface) | Receiver::Behind(interface)) => {
                self.reply_from_interface(flow, interface)
            }
            Some(Receiver::AmazonService) | None => self.finish(flow),
        }
    }

    fn reply_from_internet(&mut self, flow: Flow) {
        let component = flow.gateway.map_or(Component::Vpc(self.graph.model.the_vpc()), Component::InternetGateway);
        let at = At::new(Leg::Return, component, None);
        let requester = flow.source;
        let denied: &[_] = if self.denies_internet_ipv6(&flow) { &IPV6 } else { &[] };
        let (denied, flow) = self.parted_by(flow, requester, Level::Source, denied);
        let denied = denied.and_then(|flow| self.blocked(flow, at, Code::IgwPrivateIpAssociationForIngress, None));
        if let Some(denied) = denied {
            self.reply_enters(denied, None);
        }
        if let Some(mut flow) = flow {
            flow.hop(at, None);
            self.reply_enters(flow, None);
        }
    }

    /// Whether the requester's interface takes no IPv6 from the internet (R30).
    fn denies_internet_ipv6(&self, flow: &Flow) -> bool {
        let Origin::Interface(origin) = flow.origin else { return false };
        flow.nat.is_none() && self.graph.model.interfaces[origin].deny_internet_ipv6
    }

    fn reply_from_interface(&mut self, mut flow: Flow, interface: InterfaceId) {
        flow.hop(At::new(Leg::Return, Component::Interface(interface), Some(Direction::Egress)), None);
        let subnet = self.subnet_of(interface);
        let requester = flow.source;
        let (home, wanted, port) = match (flow.nat, flow.origin) {
            (Some(nat), _) => (Some(self.graph.model.nat_gateways[nat].subnet), Wanted::Local, Level::TranslatedPort),
            (None, Origin::Internet | Origin::InternetToward(_)) => {
                (None, Wanted::InternetGateway(flow.gateway), Level::SourcePort)
            }
            (None, Origin::Interface(origin)) => {
                let record = &self.graph.model.interfaces[origin];
                let is_own = matches!(requester, Field::Fixed(one) if record.owns(one).is_some());
                (Some(record.subnet), if is_own { Wanted::Local } else { Wanted::Interface(origin) }, Level::SourcePort)
            }
        };
        if home == Some(subnet) && wanted == Wanted::Local {
            return self.reply_enters(flow, Some(subnet));
        }
        for mut flow in self.route_back(flow, subnet, requester, port, wanted) {
            if flow.origin == Origin::Internet {
                if let Some(gateway) = flow.gateway {
                    flow.hop(At::new(Leg::Return, Component::InternetGateway(gateway), None), None);
                }
                self.finish(flow);
            } else {
                self.reply_enters(flow, Some(subnet));
            }
        }
    }

    /// A reply from `from` (none: the internet) into the VPC side of the requester.
    fn reply_enters(&mut self, flow: Flow, from: Option<SubnetId>) {
        let Origin::Interface(origin) = flow.origin else { return self.finish(flow) };
        let home = self.subnet_of(origin);
        let flows = match flow.nat {
            Some(nat) => self.reply_through_nat(flow, nat, from, home),
            None if from == Some(home) => vec![flow],
            None => {
                let requester = flow.source;
                self.through_acl_back(flow, home, Direction::Ingress, requester, Level::SourcePort)
            }
        };
        for mut flow in flows {
            flow.hop(At::new(Leg::Return, Component::Interface(origin), Some(Direction::Ingress)), None);
            self.finish(flow);
        }
    }

    /// Into the NAT gateway's subnet, out of it, into the client's (R69, R116).
    fn reply_through_nat(
        &mut self,
        flow: Flow,
        nat: NatGatewayId,
        from: Option<SubnetId>,
        home: SubnetId,
    ) -> Vec<Flow> {
        let subnet = self.graph.model.nat_gateways[nat].subnet;
        let (outside, client) = (flow.source, flow.client);
        let flows = if from == Some(subnet) {
            vec![flow]
        } else {
            self.through_acl_back(flow, subnet, Direction::Ingress, outside, Level::TranslatedPort)
        };
        let mut arrived = Vec::with_capacity(flows.len());
        for mut flow in flows {
            flow.hop(At::new(Leg::Return, Component::NatGateway(nat), None), None);
            if home == subnet {
                arrived.push(flow);
                continue;
            }
            for flow in self.through_acl_back(flow, subnet, Direction::Egress, client, Level::SourcePort) {
                arrived.extend(self.through_acl_back(flow, home, Direction::Ingress, client, Level::SourcePort));
            }
        }
        arrived
    }
}
