//! Random questions about a model.
//!
//! In: a model. Out: a question whose ends are of every kind there is.

use fmnet_core::intent::{Endpoint, EndpointSet, Question};
use fmnet_core::model::Model;
use fmnet_core::traffic::{PortRange, Protocol, Traffic};
use ipnet::IpNet;

use super::packets::Landmarks;
use crate::random::Random;

/// A random question; one of its ends, at least, lies in the VPC.
#[must_use]
pub fn question(model: &Model, landmarks: &Landmarks, random: &mut Random) -> Question {
    let (mut from, mut to) = (ends(model, landmarks, random), ends(model, landmarks, random));
    if from.include.iter().all(is_outside) && to.include.iter().all(is_outside) {
        let inside = if random.chance(50) { &mut from } else { &mut to };
        *inside = EndpointSet { include: vec![vpc(model, random)], except: Vec::new() };
    }
    let traffic = (0..random.between(1, 2)).map(|_| traffic(landmarks, random)).collect();
    let source_ports = random.chance(40).then(|| range(landmarks, Protocol::TCP, random));
    let traffic_except = if random.chance(20) { vec![self::traffic(landmarks, random)] } else { Vec::new() };
    Question { from, to, traffic, traffic_except, source_ports }
}

fn is_outside(end: &Endpoint) -> bool {
    match end {
        Endpoint::Internet
        | Endpoint::Internet4
        | Endpoint::Internet6
        | Endpoint::Place(_)
        | Endpoint::OnPremises(_)
        | Endpoint::Net(_) => true,
        Endpoint::Interface(_)
        | Endpoint::Instance(_)
        | Endpoint::Database(_)
        | Endpoint::Group(_)
        | Endpoint::Subnet(_)
        | Endpoint::Vpc(_) => false,
    }
}

fn ends(model: &Model, landmarks: &Landmarks, random: &mut Random) -> EndpointSet {
    let include = (0..random.between(1, 2)).map(|_| end(model, landmarks, random)).collect();
    let except = if random.chance(25) { vec![end(model, landmarks, random)] } else { Vec::new() };
    EndpointSet { include, except }
}

fn vpc(model: &Model, random: &mut Random) -> Endpoint {
    // One VPC asks no randomness, so that what was drawn before there were several stays.
    let several = model.vpcs.len() > 1;
    let at = if several { random.below(model.vpcs.len()) } else { 0 };
    model.vpcs.ids().nth(at).map_or(Endpoint::Internet, Endpoint::Vpc)
}

fn end(model: &Model, landmarks: &Landmarks, random: &mut Random) -> Endpoint {
    let ids = |count: usize, random: &mut Random| random.below(count);
    let drawn = match random.below(12) {
        0 => Some(Endpoint::Internet),
        1 => Some(Endpoint::Internet4),
        2 => Some(Endpoint::Internet6),
        3 if !model.on_premises.is_empty() && random.chance(60) => {
            model.on_premises.ids().nth(ids(model.on_premises.len(), random)).map(Endpoint::OnPremises)
        }
        3 => model.places.ids().nth(ids(model.places.len(), random)).map(Endpoint::Place),
        4 => Some(Endpoint::Net(IpNet::from(landmarks.address(random)))),
        5 => Some(Endpoint::Net(around(landmarks, random))),
        6 => model.instances.ids().nth(ids(model.instances.len(), random)).map(Endpoint::Instance),
        7 => model.databases.ids().nth(ids(model.databases.len(), random)).map(Endpoint::Database),
        8 => model.security_groups.ids().nth(ids(model.security_groups.len(), random)).map(Endpoint::Group),
        9 => model.subnets.ids().nth(ids(model.subnets.len(), random)).map(Endpoint::Subnet),
        10 => Some(vpc(model, random)),
        _ => model.interfaces.ids().nth(ids(model.interfaces.len(), random)).map(Endpoint::Interface),
    };
    drawn.unwrap_or_else(|| vpc(model, random))
}

/// A network around an address of note.
fn around(landmarks: &Landmarks, random: &mut Random) -> IpNet {
    let address = landmarks.address(random);
    let lengths: &[u8] = if address.is_ipv4() { &[8, 16, 24, 29, 31] } else { &[16, 48, 64, 124, 127] };
    let length = random.one_of(lengths).copied().unwrap_or(24);
    IpNet::new(address, length).map_or(IpNet::from(address), |net| net.trunc())
}

fn traffic(landmarks: &Landmarks, random: &mut Random) -> Traffic {
    if random.chance(15) {
        return Traffic::Any;
    }
    let protocol = landmarks.protocol(random);
    let whole = !(protocol.has_ports() || protocol.has_types()) || random.chance(20);
    let ports = if whole { PortRange::ALL } else { range(landmarks, protocol, random) };
    Traffic::Of { protocol, ports }
}

fn range(landmarks: &Landmarks, protocol: Protocol, random: &mut Random) -> PortRange {
    let (one, other) = (landmarks.port(protocol, random), landmarks.port(protocol, random));
    if random.chance(50) { PortRange::one(one) } else { PortRange { first: one.min(other), last: one.max(other) } }
}
