//! The core as one formula: what has to be true of a header for it to be answered.
//!
//! In: a model. Out: for an origin, a [`Formula`] over the header. Written from the AWS
//! documentation, gate by gate, with everything that stops or is not known as `False`.

use std::net::IpAddr;

use fmnet_core::address::number;
use fmnet_core::model::gateway::Attachment;
use fmnet_core::model::interface::{Interface, InterfaceState, Owner, SourceDestCheck};
use fmnet_core::model::network_acl::AclAction;
use fmnet_core::model::peering_connection::PeeringState;
use fmnet_core::model::route_table::{Destination, Origin as RouteOrigin, Target};
use fmnet_core::model::security_group::Peer;
use fmnet_core::model::{InterfaceId, InternetGatewayId, Model, NatGatewayId, Snapshot, SubnetId, VpcId};
use fmnet_core::traffic::Traffic;
use fmnet_sim::fate::Origin;
use ipnet::IpNet;

use super::formula::{Address, Formula, Port, Variable};

mod amazon;
mod gateways;

const IPV4: (u128, u128) = (0xffff_0000_0000, 0xffff_ffff_ffff);

/// Whether the account covers everything in the model.
#[must_use]
pub fn covers(model: &Model) -> bool {
    model.snapshot == Snapshot::Consistent
        && model.block_public_access.is_empty()
        && model.egress_only_internet_gateways.is_empty()
        && model.virtual_private_gateways.is_empty()
        && model.on_premises.is_empty()
        && model.transit_gateways.is_empty()
        && model.egress_only_internet_gateways.is_empty()
        && model.block_public_access.is_empty()
        && model.on_premises.is_empty()
        && model.virtual_private_gateways.is_empty()
}

/// Where a packet is going, and what came before.
#[derive(Clone, Copy)]
struct Header {
    source: Address,
    destination: Address,
    port: Port,
    source_port: Port,
    is_reply: bool,
}

/// What the walk remembers of the request.
#[derive(Clone, Copy)]
struct Memory {
    origin: Origin,
    /// The NAT gateway crossed, with the client's address and port.
    nat: Option<(NatGatewayId, Address, Port)>,
    left_by: Option<InternetGatewayId>,
    /// How the request last came into each of at most two VPCs.
    entries: [Option<(VpcId, Way)>; 2],
}

/// How a request came into a VPC.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Internet(InternetGatewayId),
    Peering(fmnet_core::model::PeeringConnectionId),
    Appliance(InterfaceId),
}

impl Memory {
    fn entered(mut self, vpc: VpcId, way: Way) -> Self {
        let [_, last] = self.entries;
        self.entries = [last, Some((vpc, way))];
        self
    }

    fn entry(&self, vpc: VpcId) -> Option<Way> {
        self.entries.iter().rev().flatten().find(|(of, _)| *of == vpc).map(|(_, way)| *way)
    }
}

/// The account of one model.
pub struct Encoding<'m> {
    model: &'m Model,
}

fn range(net: IpNet) -> (u128, u128) {
    (number(net.network()), number(net.broadcast()))
}

/// Whether an address lies in a block of its own family: IPv4 has its place in the
/// middle of the line, which no IPv6 block means.
fn in_net(address: Address, net: IpNet) -> Formula {
    let inside = Formula::within(address, range(net));
    match net {
        IpNet::V4(_) => inside,
        IpNet::V6(v6) if v6.prefix_len() > 96 => inside,
        IpNet::V6(_) => Formula::and([inside, Formula::not(Formula::within(address, IPV4))]),
    }
}

fn is(address: Address, one: IpAddr) -> Formula {
    Formula::within(address, (number(one), number(one)))
}

fn in_any(address: Address, nets: impl IntoIterator<Item = IpNet>) -> Formula {
    Formula::or(nets.into_iter().map(|net| in_net(address, net)))
}

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

/// Whether the traffic of a rule matches a header.
fn traffic(traffic: Traffic, header: &Header) -> Formula {
    let Traffic::Of { protocol, ports } = traffic else { return Formula::True };
    let of_protocol = Formula::is_protocol(protocol.0);
    let (first, last) = (u128::from(ports.first), u128::from(ports.last));
    if !protocol.has_types() || !header.is_reply {
        return Formula::and([of_protocol, Formula::port_within(header.port, (first, last))]);
    }
    // The type of the reply follows from that of the request; its code is 0.
    let answers: &[(u8, u8)] = if protocol.0 == 1 { &[(8, 0), (13, 14), (15, 16), (17, 18)] } else { &[(128, 129)] };
    let matching = answers.iter().filter(|(_, reply)| (first..=last).contains(&(u128::from(*reply) << 8)));
    let requests = matching.map(|(request, _)| icmp_type(*request));
    Formula::and([of_protocol, Formula::or(requests)])
}

fn icmp_type(kind: u8) -> Formula {
    let first = u128::from(kind) << 8;
    Formula::port_within(Port::Asked, (first, first + 255))
}

/// ICMP messages that nothing answers.
fn has_no_reply() -> Formula {
    let without = |protocol: u8, requests: &[u8]| {
        let requests = Formula::or(requests.iter().map(|&kind| icmp_type(kind)));
        Formula::and([Formula::is_protocol(protocol), Formula::not(requests)])
    };
    Formula::or([without(1, &[8, 13, 15, 17]), without(58, &[128])])
}

impl<'m> Encoding<'m> {
    /// The account of `model`.
    #[must_use]
    pub fn of(model: &'m Model) -> Self {
        Self { model }
    }

    /// What is answered of the packets that start at `origin`.
    #[must_use]
    pub fn answered(&self, origin: Origin) -> Formula {
        let header = Header {
            source: Address::Variable(Variable::Source),
            destination: Address::Variable(Variable::Destination),
            port: Port::Asked,
            source_port: Port::AskedSource,
            is_reply: false,
        };
        let memory = Memory { origin, nat: None, left_by: None, entries: [None; 2] };
        match origin {
            Origin::Internet | Origin::InternetToward(_) => self.come_in(header, memory),
            Origin::Interface(id) => self.send(id, header, memory),
            // Such designs are not compared.
            Origin::OnPremises(_) => Formula::False,
        }
    }

    fn vpc_of(&self, subnet: SubnetId) -> VpcId {
        self.model.subnets[subnet].vpc
    }

    fn in_vpc(&self, address: Address, vpc: VpcId) -> Formula {
        in_any(address, self.model.vpcs[vpc].blocks())
    }

    /// Interfaces of a VPC with each of their addresses.
    fn addresses(&self, vpc: VpcId) -> impl Iterator<Item = (InterfaceId, &'m Interface, IpAddr)> {
        let here = self.model.interfaces.iter().filter(move |(_, it)| self.vpc_of(it.subnet) == vpc);
        here.flat_map(|(id, it)| it.addresses.iter().map(move |mine| (id, it, mine.address)))
    }

    /// An interface sends a request: state, check, Amazon's own services, groups.
    fn send(&self, id: InterfaceId, header: Header, memory: Memory) -> Formula {
        let interface = &self.model.interfaces[id];
        let own = Formula::or(interface.addresses.iter().map(|mine| is(header.source, mine.address)));
        let vpc = self.vpc_of(interface.subnet);
        let foreign = memory.entered(vpc, Way::Appliance(id));
        let go = |memory| self.send_on(interface.subnet, header, memory);
        let ways = Formula::or([
            Formula::and([own.clone(), go(memory)]),
            match interface.source_dest_check {
                SourceDestCheck::On => Formula::False,
                SourceDestCheck::Off => Formula::and([Formula::not(own.clone()), go(foreign)]),
            },
        ]);
        let (served, reserved) = self.amazon(interface.subnet, header.destination);
        let checked = match interface.source_dest_check {
            SourceDestCheck::On => own,
            SourceDestCheck::Off => Formula::True,
        };
        let outside = Formula::and([Formula::not(reserved), self.groups(id, header, Some(vpc), true), ways]);
        let running = Formula::known(interface.state == InterfaceState::InUse);
        Formula::and([running, checked, Formula::or([served, outside])])
    }

    /// The groups of an interface admit a header; `vpc` is where group members are looked for.
    fn groups(&self, id: InterfaceId, header: Header, vpc: Option<VpcId>, outward: bool) -> Formula {
        let interface = &self.model.interfaces[id];
        let address = if outward { header.destination } else { header.source };
        let groups = interface.groups.iter().map(|&group| &self.model.security_groups[group]);
        // What a group of another VPC does on a database is not known (R48).
        let known =
            groups.filter(|group| !(matches!(interface.owner, Owner::Database(_)) && group.foreign_vpc.is_some()));
        let rules = known.flat_map(|group| if outward { &group.egress } else { &group.ingress });
        Formula::or(rules.map(|rule| {
            let peer = match rule.peer {
                Peer::Cidr(net) => in_net(address, net),
                Peer::PrefixList(list) => in_any(address, self.model.prefix_lists[list].entries.iter().copied()),
                Peer::Group(group) => {
                    let mut vpcs: Vec<VpcId> = vpc.into_iter().collect();
                    if outward {
                        vpcs.extend(vpc.into_iter().flat_map(|vpc| self.neighbours(vpc)));
                    }
                    Formula::or(
                        vpcs.into_iter()
                            .flat_map(|vpc| self.addresses(vpc))
                            .filter(|(_, it, _)| it.groups.contains(&group))
                            .map(|(_, _, one)| is(address, one)),
                    )
                }
            };
            Formula::and([peer, traffic(rule.traffic, &header)])
        }))
    }

    fn neighbours(&self, vpc: VpcId) -> Vec<VpcId> {
        let vpcs = &self.model.vpcs;
        let active = self.model.peering_connections.iter().filter(|(_, it)| it.state == PeeringState::Active);
        let others = active.filter_map(|(_, it)| it.other(vpc));
        others.filter(|&other| vpcs[other].region == vpcs[vpc].region).collect()
    }

    /// A subnet's network ACL admits a header: the first rule that matches decides.
    fn acl(&self, subnet: SubnetId, header: Header, inward: bool) -> Formula {
        let acl = &self.model.network_acls[self.model.subnets[subnet].network_acl];
        let (rules, address) = if inward { (&acl.ingress, header.source) } else { (&acl.egress, header.destination) };
        rules.iter().rev().fold(Formula::False, |rest, rule| {
            let matched = Formula::and([in_net(address, rule.peer), traffic(rule.traffic, &header)]);
            match rule.action {
                AclAction::Allow => Formula::or([matched, rest]),
                AclAction::Deny => Formula::and([Formula::not(matched), rest]),
            }
        })
    }

    /// A packet in a subnet goes on: to its owner there, or by the route table.
    fn send_on(&self, subnet: SubnetId, header: Header, memory: Memory) -> Formula {
        let record = &self.model.subnets[subnet];
        let nets = record.ipv4.map(IpNet::V4).into_iter().chain(record.ipv6.map(IpNet::V6));
        let near = in_any(header.destination, nets);
        let vpc = record.vpc;
        Formula::or([
            Formula::and([near.clone(), self.deliver(vpc, Some(subnet), header, memory)]),
            Formula::and([Formula::not(near), self.leave(subnet, header, memory)]),
        ])
    }

    fn leave(&self, subnet: SubnetId, header: Header, memory: Memory) -> Formula {
        let vpc = self.vpc_of(subnet);
        let out = self.acl(subnet, header, false);
        let mut ways = Vec::new();
        let entry = memory.entry(vpc);
        let local = self.in_vpc(header.destination, vpc);
        if header.is_reply
            && let (Some(Way::Peering(connection)), Some((nat, ..))) = (entry, memory.nat)
        {
            // Return to sender (R121).
            let to_nat = is(header.destination, IpAddr::V4(self.model.nat_gateways[nat].address));
            let to_nat = Formula::and([to_nat, Formula::not(local.clone())]);
            ways.push(Formula::and([to_nat.clone(), out.clone(), self.peer(connection, vpc, header, memory)]));
            ways.push(Formula::and([Formula::not(to_nat), self.by_table(subnet, &local, &out, header, memory)]));
        } else {
            ways.push(self.by_table(subnet, &local, &out, header, memory));
        }
        Formula::or(ways)
    }

    /// By the chosen route: each prefix, longest first, takes what it contains of the rest.
    fn by_table(&self, subnet: SubnetId, local: &Formula, out: &Formula, header: Header, memory: Memory) -> Formula {
        let mut rest = Formula::True;
        let mut ways = Vec::new();
        for (prefix, target) in self.routes(subnet) {
            let here = in_net(header.destination, prefix);
            let taken = Formula::and([rest.clone(), here.clone()]);
            rest = Formula::and([rest, Formula::not(here)]);
            let stays = match target {
                Some(Target::NatGateway(id)) => self.model.nat_gateways[*id].subnet == subnet,
                Some(Target::Interface(id)) => self.model.interfaces[*id].subnet == subnet,
                Some(_) | None => false,
            };
            let admitted = if stays { Formula::True } else { out.clone() };
            let onward = self.take(subnet, target, local, header, memory);
            ways.push(Formula::and([taken, admitted, onward]));
        }
        Formula::or(ways)
    }

    /// The prefixes of a subnet's table with their targets (none: local), the longest
    /// first; a prefix whose winner nobody knows leads to nothing.
    fn routes(&self, subnet: SubnetId) -> Vec<(IpNet, Option<&'m Target>)> {
        const NOWHERE: &Target = &Target::Blackhole;
        let table = &self.model.route_tables[self.model.subnets[subnet].route_table];
        let blocks: Vec<IpNet> = self.model.vpcs[table.vpc].blocks().collect();
        let mut entries: Vec<(IpNet, u8, Option<&'m Target>, bool)> =
            blocks.iter().map(|&block| (block, 0, None, false)).collect();
        for route in &table.routes {
            let list = match route.destination {
                Destination::Cidr(net) => vec![(net, 1)],
                Destination::PrefixList(list) => {
                    self.model.prefix_lists[list].entries.iter().map(|&net| (net, 2)).collect()
                }
            };
            for (net, rank) in list {
                let rank = match route.origin {
                    RouteOrigin::Static => rank,
                    RouteOrigin::Propagated if blocks.iter().any(|block| block.contains(&net)) => continue,
                    RouteOrigin::Propagated => 3,
                    RouteOrigin::Advertised => 4,
                };
                entries.push((net, rank, Some(&route.target), route.is_filtered));
            }
        }
        let mut prefixes: Vec<IpNet> = entries.iter().map(|entry| entry.0.trunc()).collect();
        prefixes.sort_by_key(|net| (std::cmp::Reverse(net.prefix_len()), range(*net)));
        prefixes.dedup();
        let winner = |prefix: IpNet| {
            let mut rivals: Vec<_> = entries.iter().filter(|entry| entry.0.trunc() == prefix).collect();
            rivals.sort_by_key(|entry| entry.1);
            let &&(_, rank, target, filtered) = rivals.first()?;
            let torn = rank >= 2 && rivals.iter().any(|other| other.1 == rank && other.2 != target);
            let advertised = rank > 0 && rivals.len() > 1 && rivals.iter().any(|other| other.1 == 4);
            Some((prefix, if torn || filtered || advertised { Some(NOWHERE) } else { target }))
        };
        prefixes.into_iter().filter_map(winner).collect()
    }

    /// Along a route; a reply has to go the way its request came.
    fn take(
        &self,
        subnet: SubnetId,
        target: Option<&Target>,
        local: &Formula,
        header: Header,
        memory: Memory,
    ) -> Formula {
        let vpc = self.vpc_of(subnet);
        let entry = memory.entry(vpc);
        let wanted = |way: Way| Formula::known(entry == Some(way));
        let foreign = Formula::not(local.clone());
        let back = |ways: Formula| if header.is_reply { ways } else { Formula::True };
        match target {
            None => Formula::and([back(local.clone()), self.deliver(vpc, Some(subnet), header, memory)]),
            Some(Target::InternetGateway(id)) => {
                let attached = self.model.internet_gateways[*id].attachment == Attachment::Attached;
                let back = back(Formula::and([foreign, wanted(Way::Internet(*id))]));
                Formula::and([Formula::known(attached), back, self.leave_vpc(*id, header, memory)])
            }
            Some(Target::PeeringConnection(id)) => {
                let active = self.model.peering_connections[*id].state == PeeringState::Active;
                let peered = Formula::known(matches!(entry, Some(Way::Peering(_))));
                let back = back(Formula::and([foreign, peered]));
                Formula::and([Formula::known(active), back, self.peer(*id, vpc, header, memory)])
            }
            Some(Target::NatGateway(_)) if header.is_reply => Formula::False,
            Some(Target::NatGateway(id)) => self.translate(*id, subnet, header, memory),
            Some(Target::Interface(id)) => {
                let interface = &self.model.interfaces[*id];
                let owns = Formula::or(interface.addresses.iter().map(|mine| is(header.destination, mine.address)));
                let back = back(Formula::or([owns.clone(), Formula::and([foreign, wanted(Way::Appliance(*id))])]));
                let enters =
                    if interface.subnet == subnet { Formula::True } else { self.acl(interface.subnet, header, true) };
                let running = Formula::known(interface.state == InterfaceState::InUse);
                let arrives = Formula::or([
                    Formula::and([owns.clone(), self.receive(*id, header, memory)]),
                    Formula::and([Formula::not(owns), self.forward(*id, header, memory)]),
                ]);
                Formula::and([running, back, enters, arrives])
            }
            // Nobody knows, or nothing is there.
            Some(_) => Formula::False,
        }
    }

    /// What a route brings an interface that does not own it.
    fn forward(&self, id: InterfaceId, header: Header, memory: Memory) -> Formula {
        let interface = &self.model.interfaces[id];
        if header.is_reply {
            return Formula::known(memory.origin == Origin::Interface(id));
        }
        if interface.source_dest_check == SourceDestCheck::On {
            return Formula::False;
        }
        let vpc = self.came_from(self.vpc_of(interface.subnet), memory);
        let behind = in_any(header.destination, interface.behind.iter().copied());
        Formula::and([self.groups(id, header, vpc, false), behind, self.reply(Some(id), header, memory)])
    }

    /// To the owner of the destination in a VPC.
    fn deliver(&self, vpc: VpcId, from: Option<SubnetId>, header: Header, memory: Memory) -> Formula {
        let interfaces = self.addresses(vpc).map(|(id, it, one)| {
            let enters = if from == Some(it.subnet) { Formula::True } else { self.acl(it.subnet, header, true) };
            let mine = is(header.destination, one);
            if matches!(mine, Formula::False) {
                return Formula::False;
            }
            Formula::and([mine, enters, self.receive(id, header, memory)])
        });
        let back = match memory.nat {
            Some((nat, client, port)) if header.is_reply && self.vpc_of(self.model.nat_gateways[nat].subnet) == vpc => {
                let record = &self.model.nat_gateways[nat];
                let mine = is(header.destination, IpAddr::V4(record.address));
                let enters =
                    if from == Some(record.subnet) { Formula::True } else { self.acl(record.subnet, header, true) };
                Formula::and([mine, enters, self.give_back(nat, client, port, header, memory)])
            }
            Some(_) | None => Formula::False,
        };
        Formula::or(interfaces.chain([back]))
    }

    fn receive(&self, id: InterfaceId, header: Header, memory: Memory) -> Formula {
        let interface = &self.model.interfaces[id];
        if header.is_reply {
            return Formula::known(memory.origin == Origin::Interface(id) && memory.nat.is_none());
        }
        let vpc = self.came_from(self.vpc_of(interface.subnet), memory);
        let listens = match interface.owner {
            Owner::Database(database) => {
                let port = u128::from(self.model.databases[database].port);
                Formula::and([Formula::is_protocol(6), Formula::port_within(header.port, (port, port))])
            }
            Owner::Instance(_) | Owner::Nobody => Formula::True,
        };
        let running = Formula::known(interface.state == InterfaceState::InUse);
        let admitted = self.groups(id, header, vpc, false);
        Formula::and([running, admitted, listens, self.reply(Some(id), header, memory)])
    }

    /// The VPC whose groups an ingress rule may mean.
    fn came_from(&self, vpc: VpcId, memory: Memory) -> Option<VpcId> {
        match memory.entry(vpc) {
            None | Some(Way::Appliance(_)) => Some(vpc),
            Some(Way::Internet(_)) => None,
            Some(Way::Peering(id)) => {
                let other = self.model.peering_connections[id].other(vpc)?;
                (self.model.vpcs[other].region == self.model.vpcs[vpc].region).then_some(other)
            }
        }
    }

    /// The reply, from an interface or from an internet host.
    fn reply(&self, from: Option<InterfaceId>, header: Header, memory: Memory) -> Formula {
        let back = Header {
            source: header.destination,
            destination: header.source,
            port: header.source_port,
            source_port: header.port,
            is_reply: true,
        };
        let answered = match from {
            Some(id) => self.send_on(self.model.interfaces[id].subnet, back, memory),
            None => self.come_back(back, memory),
        };
        Formula::or([has_no_reply(), answered])
    }

    /// Over a peering connection, out of `vpc`.
    fn peer(&self, id: fmnet_core::model::PeeringConnectionId, vpc: VpcId, header: Header, memory: Memory) -> Formula {
        let Some(other) = self.model.peering_connections[id].other(vpc) else { return Formula::False };
        let mine = if header.is_reply { Formula::True } else { self.in_vpc(header.source, vpc) };
        let memory = if header.is_reply { memory } else { memory.entered(other, Way::Peering(id)) };
        Formula::and([mine, self.in_vpc(header.destination, other), self.deliver(other, None, header, memory)])
    }
}
