//! Packets of a question, read off its words one at a time.
//!
//! In: a question. Out: some of the packets it is about, each from its own origin, as
//! `docs/language.md` explains endpoints; written apart from the code that lays out
//! whole questions, to be held against it. Where the page leaves room, it draws nothing.

use std::net::IpAddr;

use fmnet_core::address;
use fmnet_core::intent::{Endpoint, EndpointSet, Question};
use fmnet_core::model::gateway::Connectivity;
use fmnet_core::model::interface::Owner;
use fmnet_core::model::{InterfaceId, Model, OnPremisesId};
use fmnet_core::traffic::{PortRange, Protocol, Traffic};
use fmnet_sim::fate::Origin;
use fmnet_sim::packet::Packet;
use ipnet::IpNet;

use crate::arb::packets::Landmarks;
use crate::random::Random;

/// One end of a packet.
#[derive(Clone, Copy, Debug)]
enum Drawn {
    Interface(InterfaceId),
    Outside(IpAddr),
    OnPremises(OnPremisesId, IpAddr),
}

/// A packet of `question` from its origin, if one was found.
pub(super) fn packet(
    model: &Model,
    landmarks: &Landmarks,
    question: &Question,
    random: &mut Random,
) -> Option<(Origin, Packet)> {
    let from = drawn(model, landmarks, &question.from, random)?;
    let to = drawn(model, landmarks, &question.to, random)?;
    let (origin, source) = match from {
        Drawn::Interface(id) => {
            let mine = random.one_of(&model.interfaces[id].addresses)?;
            (Origin::Interface(id), mine.address)
        }
        Drawn::Outside(address) => (Origin::Internet, address),
        Drawn::OnPremises(id, address) => (Origin::OnPremises(id), address),
    };
    let destination = match (origin, to) {
        (Origin::Interface(from), Drawn::Interface(to)) if is_itself(model, from, to) => return None,
        (Origin::Interface(_) | Origin::OnPremises(_), Drawn::Interface(to)) => {
            random.one_of(&model.interfaces[to].addresses)?.address
        }
        (Origin::Internet | Origin::InternetToward(_), Drawn::Interface(to)) => {
            let mine = random.one_of(&model.interfaces[to].addresses)?;
            // Of one without a public address the private one is asked about, or none.
            IpAddr::V4(mine.public?.address)
        }
        (_, Drawn::Outside(address) | Drawn::OnPremises(_, address)) => address,
    };
    let crosses_nothing =
        matches!(origin, Origin::Internet | Origin::OnPremises(_)) && !matches!(to, Drawn::Interface(_));
    let mixes = source.is_ipv4() != destination.is_ipv4();
    let excepted = excluded(model, &question.from, source) || excluded(model, &question.to, destination);
    if crosses_nothing || mixes || excepted {
        return None;
    }
    let traffic = random.one_of(&question.traffic)?;
    let packet = header(model, landmarks, question, (source, destination), *traffic, random);
    let is_meant = !question.traffic_except.iter().any(|except| except.contains(packet.protocol, packet.port));
    is_meant.then_some((origin, packet))
}

/// Whether the two are one, or places of one database, of which only one exists (R206).
fn is_itself(model: &Model, from: InterfaceId, to: InterfaceId) -> bool {
    let (one, other) = (model.interfaces[from].owner, model.interfaces[to].owner);
    from == to || (matches!(one, Owner::Database(_)) && one == other)
}

/// Whether both are places of one database, of which only one exists (R206).
fn header(
    model: &Model,
    landmarks: &Landmarks,
    question: &Question,
    (source, destination): (IpAddr, IpAddr),
    traffic: Traffic,
    random: &mut Random,
) -> Packet {
    let (protocol, range) = match traffic {
        Traffic::Any => (landmarks.protocol(random), PortRange::ALL),
        Traffic::Of { protocol, ports } => (protocol, ports),
    };
    let used = protocol.has_ports() || protocol.has_types();
    let port = if used { landmarks.port(protocol, random).clamp(range.first, range.last) } else { 0 };
    let clients = question.source_ports.unwrap_or(model.source_ports);
    let source_port = landmarks.port(protocol, random).clamp(clients.first, clients.last);
    let source_port = if protocol.has_ports() { source_port } else { 0 };
    let translated_port = landmarks.port(Protocol::TCP, random).max(PortRange::NAT.first);
    Packet { source, destination, protocol, port, source_port, translated_port }
}

fn drawn(model: &Model, landmarks: &Landmarks, ends: &EndpointSet, random: &mut Random) -> Option<Drawn> {
    let end = *random.one_of(&ends.include)?;
    let interfaces = interfaces(model, end);
    if let Some(&id) = random.one_of(&interfaces) {
        return Some(Drawn::Interface(id));
    }
    let nets = nets(model, end);
    if let Endpoint::OnPremises(id) = end {
        // Not what a longer block takes away from it.
        let address = (0..40).map(|_| landmarks.address(random)).find(|address| {
            nets.iter().any(|net| net.contains(address)) && !is_owned(model, *address) && is_alone(model, id, *address)
        });
        return address.map(|address| Drawn::OnPremises(id, address));
    }
    let is_internet = matches!(end, Endpoint::Internet | Endpoint::Internet4 | Endpoint::Internet6);
    let address = (0..40).map(|_| landmarks.address(random)).find(|&address| {
        let named = match end {
            Endpoint::Internet => true,
            Endpoint::Internet4 => address.is_ipv4(),
            Endpoint::Internet6 => address.is_ipv6(),
            Endpoint::Place(_)
            | Endpoint::OnPremises(_)
            | Endpoint::Net(_)
            | Endpoint::Interface(_)
            | Endpoint::Instance(_)
            | Endpoint::Database(_)
            | Endpoint::Group(_)
            | Endpoint::Subnet(_)
            | Endpoint::Vpc(_) => nets.iter().any(|net| net.contains(&address)),
        };
        named && is_outside(model, address) && (is_internet || !is_on_premises(model, address))
    });
    address.map(Drawn::Outside)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other endpoint names addresses")]
fn interfaces(model: &Model, end: Endpoint) -> Vec<InterfaceId> {
    let all = || model.interfaces.iter();
    match end {
        Endpoint::Interface(id) => vec![id],
        Endpoint::Instance(id) => model.instances[id].interfaces.clone(),
        Endpoint::Database(id) => model.databases[id].candidates.clone(),
        Endpoint::Group(group) => all().filter(|(_, it)| it.groups.contains(&group)).map(|(id, _)| id).collect(),
        Endpoint::Subnet(subnet) => all().filter(|(_, it)| it.subnet == subnet).map(|(id, _)| id).collect(),
        Endpoint::Vpc(vpc) => model.interfaces.ids().filter(|&id| model.vpc_of_interface(id) == vpc).collect(),
        _ => Vec::new(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other endpoint names interfaces, or everything")]
fn nets(model: &Model, end: Endpoint) -> Vec<IpNet> {
    match end {
        Endpoint::Place(id) => model.places[id].nets.clone(),
        Endpoint::OnPremises(id) => model.on_premises[id].nets.clone(),
        Endpoint::Net(net) => vec![net],
        _ => Vec::new(),
    }
}

/// Whether no other network and no VPC writes a block with `address`.
fn is_alone(model: &Model, network: OnPremisesId, address: IpAddr) -> bool {
    let mut others = model.on_premises.iter().filter(|(id, _)| *id != network).flat_map(|(_, other)| &other.nets);
    let mut blocks = model.vpcs.iter().flat_map(|(_, vpc)| vpc.blocks());
    !others.any(|net| net.contains(&address)) && !blocks.any(|block| block.contains(&address))
}

fn is_on_premises(model: &Model, address: IpAddr) -> bool {
    model.on_premises.iter().flat_map(|(_, network)| &network.nets).any(|net| net.contains(&address))
}

/// Whether `address` is without doubt that of a host on the internet.
fn is_outside(model: &Model, address: IpAddr) -> bool {
    let special = address::is_private(address) || address::is_shared(address) || !is_carried(address);
    let inside = model.vpc().blocks().any(|block| block.contains(&address));
    let behind = model.interfaces.iter().any(|(_, it)| it.behind.iter().any(|net| net.contains(&address)));
    !special && !inside && !behind && !is_owned(model, address)
}

/// Whether the internet carries the address at all, roughly: documentation addresses count.
fn is_carried(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let first = v4.octets()[0];
            let reserved = v4.is_loopback() || v4.is_link_local() || first == 0 || first >= 224;
            let special = matches!(v4.octets(), [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..]);
            !reserved && !special
        }
        IpAddr::V6(v6) => v6.segments()[0] & 0xe000 == 0x2000,
    }
}

fn is_owned(model: &Model, address: IpAddr) -> bool {
    let held = |it: &fmnet_core::model::interface::PrivateAddress| {
        it.address == address || it.public.is_some_and(|public| IpAddr::V4(public.address) == address)
    };
    let by_nat = model.nat_gateways.iter().any(|(_, nat)| match nat.connectivity {
        Connectivity::Public { address: public, .. } => IpAddr::V4(public) == address,
        Connectivity::Private => false,
    });
    by_nat || model.interfaces.iter().any(|(_, interface)| interface.addresses.iter().any(held))
}

/// Whether an exception names `address`, by itself or as that of an interface.
fn excluded(model: &Model, ends: &EndpointSet, address: IpAddr) -> bool {
    ends.except.iter().any(|&end| {
        let everywhere = matches!(end, Endpoint::Internet | Endpoint::Internet4 | Endpoint::Internet6);
        let by_net = nets(model, end).iter().any(|net| {
            let mapped = model.interfaces.iter().flat_map(|(_, it)| &it.addresses).find(|it| {
                it.address == address || it.public.is_some_and(|public| IpAddr::V4(public.address) == address)
            });
            let public = mapped.and_then(|it| it.public).map(|public| IpAddr::V4(public.address));
            net.contains(&address)
                || mapped.is_some_and(|it| net.contains(&it.address))
                || public.is_some_and(|it| net.contains(&it))
        });
        let by_interface = interfaces(model, end).iter().any(|&id| {
            model.interfaces[id].addresses.iter().any(|it| {
                it.address == address || it.public.is_some_and(|public| IpAddr::V4(public.address) == address)
            })
        });
        everywhere || by_net || by_interface
    })
}
