//! Amazon's own services inside every VPC, which neither groups nor ACLs filter (R73 to R77, R23).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fmnet_core::address::{self, Ranges};
use fmnet_core::model::InterfaceId;

use super::{At, Field, Flow, Reach, Receiver};
use crate::fate::{Code, Component};

/// Link-local services: resolver, metadata, time, licence activation, task metadata.
const RESOLVER4: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);
const RESOLVER6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253);
const LICENCE: [u8; 2] = [250, 251];
const OTHERS4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(169, 254, 169, 254), Ipv4Addr::new(169, 254, 169, 123), Ipv4Addr::new(169, 254, 170, 2)];
const OTHERS6: [u16; 4] = [0x254, 0x123, 0x250, 0x251];

impl Reach<'_> {
    /// Takes out of a request from `interface` what Amazon's services receive, and what
    /// of their addresses nobody does; returns the rest.
    pub(super) fn received_by_amazon(&mut self, flow: Flow, interface: InterfaceId) -> Option<Flow> {
        let destination = flow.header.destination;
        let vpc = self.graph.model.vpc_of_interface(interface);
        // Amazon's addresses are reserved, so what anybody owns is none of them.
        if matches!(destination, Field::Fixed(one) if self.graph.owner(vpc, one).is_some()) {
            return Some(flow);
        }
        let (services, resolvers) = self.services(interface);
        let here = At::new(Component::AmazonService);
        let (service, flow) = self.parted_by(flow, destination, &services);
        if let Some(mut service) = service {
            service.receiver = Some(Receiver::AmazonService);
            self.finish(service);
        }
        let (resolver, flow) = self.parted_by(flow?, destination, &resolvers);
        if let Some(mut resolver) = resolver {
            if self.graph.model.vpcs[vpc].dns_support {
                resolver.receiver = Some(Receiver::AmazonService);
                self.finish(resolver);
            } else {
                self.wall(resolver, here, Code::NoPossibleDestination, None);
            }
        }
        let (link_local, flow) = self.parted_by(flow?, destination, &link_local());
        if let Some(link_local) = link_local {
            self.wall(link_local, At::new(Component::Vpc(vpc)), Code::NoPossibleDestination, None);
        }
        flow
    }

    /// Addresses of services other than the resolver, and of the resolver, as `interface` sees them.
    fn services(&self, interface: InterfaceId) -> (Ranges, Ranges) {
        let model = self.graph.model;
        let subnet = &model.subnets[self.subnet_of(interface)];
        let mut services: Ranges = LICENCE.map(|last| point(IpAddr::V4(Ipv4Addr::new(169, 254, 169, last)))).into();
        services.extend(OTHERS4.map(|one| point(IpAddr::V4(one))));
        services.extend(OTHERS6.map(|last| point(IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, last)))));
        let mut resolvers = vec![point(IpAddr::V4(RESOLVER4)), point(IpAddr::V6(RESOLVER6))];
        if let Some(net) = subnet.ipv4 {
            let base = address::number(IpAddr::V4(net.network()));
            services.push((base + 1, base + 1));
            resolvers.push((base + 2, base + 2));
        }
        if let Some(net) = subnet.ipv6 {
            let base = address::number(IpAddr::V6(net.network()));
            services.push((base + 1, base + 1));
        }
        if let Some(primary) = model.vpcs[subnet.vpc].ipv4.first() {
            let base = address::number(IpAddr::V4(primary.network()));
            resolvers.push((base + 2, base + 2));
        }
        (address::union(services), address::union(resolvers))
    }
}

fn point(one: IpAddr) -> (u128, u128) {
    (address::number(one), address::number(one))
}

/// 169.254.168.0/22 and fd00:ec2::/32, which no route captures (R77).
fn link_local() -> Ranges {
    let first4 = address::number(IpAddr::V4(Ipv4Addr::new(169, 254, 168, 0)));
    let first6 = address::number(IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0)));
    address::union(vec![(first4, first4 + 0x3ff), (first6, first6 + ((1 << 96) - 1))])
}
