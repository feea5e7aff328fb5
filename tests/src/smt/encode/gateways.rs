//! Gateways: NAT gateways and internet gateways, both ways.

use std::net::{IpAddr, Ipv4Addr};

use fmnet_core::address::number;
use fmnet_core::model::gateway::{Attachment, Connectivity, NatState};
use fmnet_core::model::interface::InterfaceState;
use fmnet_core::model::vpc::Ipv6Kind;
use fmnet_core::model::{InternetGatewayId, NatGatewayId, SubnetId, VpcId};
use fmnet_sim::fate::Origin;
use ipnet::IpNet;

use super::{Encoding, Header, IPV4, Memory, Way, in_any, is, nets};
use crate::smt::formula::{Address, Formula, Port};

/// Addresses that never cross an internet gateway (R106), and those that are no host's.
const REFUSED: &[&str] = &[
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "fc00::/7",
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/3",
    "::/127",
    "fe80::/10",
    "ff00::/8",
];

impl Encoding<'_> {
    /// Through a NAT gateway: IPv4; TCP, UDP and ICMP; for interfaces of its own VPC, once.
    pub(super) fn translate(&self, id: NatGatewayId, from: SubnetId, header: Header, memory: Memory) -> Formula {
        let nat = &self.model.nat_gateways[id];
        if memory.nat.is_some() || nat.state != NatState::Available {
            return Formula::False;
        }
        let enters = if nat.subnet == from { Formula::True } else { self.acl(nat.subnet, header, true) };
        let vpc = self.vpc_of(nat.subnet);
        let client = Formula::or(self.addresses(vpc).map(|(_, _, one)| is(header.source, one)));
        let carried = Formula::or([1, 6, 17].map(Formula::is_protocol));
        let v4 = Formula::within(header.destination, IPV4);
        let mut memory = memory;
        memory.nat = Some((id, header.source, header.source_port));
        let ported = Formula::or([6, 17].map(Formula::is_protocol));
        let through = |source_port| {
            let source = Address::Constant(number(IpAddr::V4(nat.address)));
            self.send_on(nat.subnet, Header { source, source_port, ..header }, memory)
        };
        let onward = Formula::or([
            Formula::and([ported.clone(), through(Port::Translated)]),
            Formula::and([Formula::not(ported), through(header.source_port)]),
        ]);
        Formula::and([enters, v4, client, carried, onward])
    }

    /// A reply at the NAT gateway that sent the request: to its client, whatever the routes.
    pub(super) fn give_back(
        &self,
        id: NatGatewayId,
        client: Address,
        port: Port,
        header: Header,
        memory: Memory,
    ) -> Formula {
        let subnet = self.model.nat_gateways[id].subnet;
        let Origin::Interface(origin) = memory.origin else { return Formula::False };
        let home = self.model.interfaces[origin].subnet;
        if self.vpc_of(home) != self.vpc_of(subnet) {
            return Formula::False;
        }
        let header = Header { destination: client, port, ..header };
        // An address that somebody else owns leads the reply to them.
        let others = self.addresses(self.vpc_of(home)).filter(|(id, ..)| *id != origin);
        let others = Formula::not(Formula::or(others.map(|(_, _, one)| is(client, one))));
        if home == subnet {
            return others;
        }
        Formula::and([others, self.acl(subnet, header, false), self.acl(home, header, true)])
    }

    /// Out of a VPC by its internet gateway.
    pub(super) fn leave_vpc(&self, id: InternetGatewayId, header: Header, memory: Memory) -> Formula {
        let is_from_internet = matches!(memory.origin, Origin::Internet | Origin::InternetToward(_));
        if header.is_reply {
            return if is_from_internet { Formula::True } else { self.return_as_public(id, header, memory) };
        }
        let vpc = self.model.internet_gateways[id].vpc;
        let refused = nets(REFUSED);
        let carried = Formula::and([
            Formula::not(in_any(header.destination, refused)),
            Formula::not(in_any(header.destination, self.private(vpc))),
        ]);
        let mut memory = memory;
        memory.left_by = Some(id);
        let public = Formula::not(in_any(header.source, self.private(vpc).chain(nets(&["fc00::/7"]))));
        let senders = self.addresses(vpc).map(|(_, interface, one)| {
            let out = match one {
                IpAddr::V6(_) => Formula::and([public.clone(), self.internet(header, memory)]),
                IpAddr::V4(_) => interface
                    .owns(one)
                    .and_then(|mine| mine.public)
                    .map_or(Formula::False, |public| self.as_public(public.address, header, memory)),
            };
            Formula::and([is(header.source, one), out])
        });
        let nats = self.model.nat_gateways.iter().filter(|(_, nat)| self.vpc_of(nat.subnet) == vpc);
        let nats = nats.map(|(_, nat)| match nat.connectivity {
            Connectivity::Public { address, .. } => {
                Formula::and([is(header.source, IpAddr::V4(nat.address)), self.as_public(address, header, memory)])
            }
            Connectivity::Private => Formula::False,
        });
        Formula::and([carried, Formula::or(senders.chain(nats))])
    }

    /// A reply between two VPCs over the internet: its source is public out there.
    pub(super) fn return_as_public(&self, id: InternetGatewayId, header: Header, memory: Memory) -> Formula {
        let vpc = self.model.internet_gateways[id].vpc;
        let sources = self.addresses(vpc).map(|(_, interface, one)| {
            let public = interface.owns(one).and_then(|mine| mine.public).map(|it| IpAddr::V4(it.address));
            let source = Address::Constant(number(public.unwrap_or(one)));
            Formula::and([is(header.source, one), self.come_back(Header { source, ..header }, memory)])
        });
        Formula::or(sources)
    }

    pub(super) fn as_public(&self, address: Ipv4Addr, header: Header, memory: Memory) -> Formula {
        self.internet(Header { source: Address::Constant(number(IpAddr::V4(address))), ..header }, memory)
    }

    pub(super) fn private(&self, vpc: VpcId) -> impl Iterator<Item = IpNet> {
        let blocks = self.model.vpcs[vpc].ipv6.iter().filter(|block| block.kind == Ipv6Kind::Private);
        blocks.map(|block| IpNet::V6(block.net))
    }

    /// A request on the internet, out of a gateway: to a host, or into a VPC.
    pub(super) fn internet(&self, header: Header, memory: Memory) -> Formula {
        let public = self.model.interfaces.iter().flat_map(|(_, it)| &it.addresses);
        let inside = public.flat_map(|mine| {
            let mapped = mine.public.map(|it| IpAddr::V4(it.address));
            mapped.into_iter().chain(mine.address.is_ipv6().then_some(mine.address))
        });
        let nats = self.model.nat_gateways.iter().filter_map(|(_, nat)| match nat.connectivity {
            Connectivity::Public { address, .. } => Some(IpAddr::V4(address)),
            Connectivity::Private => None,
        });
        let inside = Formula::or(inside.chain(nats).map(|one| is(header.destination, one)));
        Formula::or([
            Formula::and([inside.clone(), self.come_in(header, memory)]),
            Formula::and([Formula::not(inside), self.reply(None, header, memory)]),
        ])
    }

    /// A request from the internet, to whoever has the public address.
    pub(super) fn come_in(&self, header: Header, memory: Memory) -> Formula {
        let gateway = |vpc: VpcId| {
            let mut gateways = self.model.internet_gateways.iter().filter(|(_, it)| it.vpc == vpc);
            gateways.find(|(_, it)| it.attachment == Attachment::Attached).map(|(id, _)| id)
        };
        let refused = nets(REFUSED);
        let clean = Formula::not(in_any(header.source, refused));
        let into = self.model.vpcs.ids().filter_map(|vpc| Some((vpc, gateway(vpc)?))).map(|(vpc, id)| {
            let memory = memory.entered(vpc, Way::Internet(id));
            let honest = match memory.left_by {
                Some(_) => Formula::True,
                None => Formula::not(self.in_vpc(header.source, vpc)),
            };
            let owners = self.addresses(vpc).map(|(id, it, one)| {
                let mapped = match one {
                    IpAddr::V4(_) => it.owns(one).and_then(|mine| mine.public).map(|it| IpAddr::V4(it.address)),
                    IpAddr::V6(v6) => {
                        let private = v6.is_unique_local() || self.private(vpc).any(|net| net.contains(&one));
                        (!private && !it.deny_internet_ipv6).then_some(one)
                    }
                };
                let Some(mapped) = mapped.filter(|_| it.state != InterfaceState::Detached) else {
                    return Formula::False;
                };
                let inside = Header { destination: Address::Constant(number(one)), ..header };
                let enters = self.acl(it.subnet, inside, true);
                Formula::and([is(header.destination, mapped), enters, self.receive(id, inside, memory)])
            });
            Formula::and([honest, Formula::or(owners)])
        });
        Formula::and([clean, Formula::or(into)])
    }

    /// A reply on the internet comes back to what sent the request out.
    pub(super) fn come_back(&self, header: Header, memory: Memory) -> Formula {
        let Some(gateway) = memory.left_by else { return Formula::False };
        let home = self.model.internet_gateways[gateway].vpc;
        if let Some((nat, client, port)) = memory.nat {
            let subnet = self.model.nat_gateways[nat].subnet;
            let enters = self.acl(subnet, header, true);
            let back = self.give_back(nat, client, port, header, memory);
            return Formula::and([Formula::known(self.vpc_of(subnet) == home), enters, back]);
        }
        let Origin::Interface(origin) = memory.origin else { return Formula::False };
        let interface = &self.model.interfaces[origin];
        let v4 = Formula::within(header.source, IPV4);
        let allowed = if interface.deny_internet_ipv6 { v4 } else { Formula::True };
        let here = Formula::known(self.vpc_of(interface.subnet) == home);
        Formula::and([here, allowed, self.acl(interface.subnet, header, true)])
    }
}
