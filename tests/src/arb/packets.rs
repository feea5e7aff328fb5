//! Packets worth trying on a network: at the places where something changes.
//!
//! In: a model. Out: [`Landmarks`], every range of addresses and ports that a rule, a
//! route, a block or the contract of the engines speaks of; packets drawn from their
//! ends; and [`Cells`], one packet for each combination of ranges, which is every
//! class of packets that the network can tell apart.

mod cells;
mod landmarks;

use std::net::IpAddr;

use fmnet_core::address;
use fmnet_core::model::Model;
use fmnet_core::traffic::Protocol;
use fmnet_sim::fate::Origin;
use fmnet_sim::packet::Packet;

use crate::random::Random;
pub use cells::Cells;
pub use landmarks::Landmarks;

/// Every place where a packet may start.
#[must_use]
pub fn origins(model: &Model) -> Vec<Origin> {
    let inside = model.interfaces.ids().map(Origin::Interface);
    std::iter::once(Origin::Internet).chain(inside).chain(model.on_premises.ids().map(Origin::OnPremises)).collect()
}

/// A random packet from `origin`.
#[must_use]
pub fn packet(model: &Model, landmarks: &Landmarks, origin: Origin, random: &mut Random) -> Packet {
    let source = source(model, landmarks, origin, random);
    let mut destination = landmarks.address(random);
    while destination.is_ipv4() != source.is_ipv4() {
        destination = landmarks.address(random);
    }
    let protocol = landmarks.protocol(random);
    let port = if protocol.has_ports() || protocol.has_types() { landmarks.port(protocol, random) } else { 0 };
    let source_port = if protocol.has_ports() { landmarks.port(protocol, random) } else { 0 };
    let translated_port = landmarks.port(Protocol::TCP, random).max(1024);
    Packet { source, destination, protocol, port, source_port, translated_port }
}

/// Mostly an address that the origin has.
fn source(model: &Model, landmarks: &Landmarks, origin: Origin, random: &mut Random) -> IpAddr {
    let own = match origin {
        Origin::Interface(id) => {
            let addresses = &model.interfaces[id].addresses;
            random.one_of(addresses).map(|mine| mine.address)
        }
        Origin::OnPremises(id) => random.one_of(&model.on_premises[id].nets).map(ipnet::IpNet::network),
        Origin::Internet | Origin::InternetToward(_) => None,
    };
    match own {
        Some(own) if random.chance(75) => own,
        _ => landmarks.address(random),
    }
}

/// The address of `number`, one of the two families' line.
fn at(number: u128) -> IpAddr {
    address::address(number)
}
