//! One packet, walked over the model as the documentation reads: the executable
//! specification.
//!
//! In: a [`Model`], an [`Origin`], a [`Packet`]. Out: its [`Fate`]. There is one file
//! for each kind of component, and each decides what AWS says of that component, with
//! the rule's number and the page; `next_hop` alone says which of them a route leads to.
//! The reply is walked by the same functions as the request. No caches, no sets, no
//! graph: whoever doubts an answer reads the walk from here on. `docs/semantics.md` is
//! its contract.
//!
//! What you may change without asking: nothing here is for speed; keep it that way.

mod walk;
mod choice;

mod reply;

mod interface;
mod security_group;
mod subnet;
mod network_acl;
mod route_table;
mod next_hop;
mod vpc;

mod block_public_access;
mod database;
mod egress_only_internet_gateway;
mod internet;
mod internet_gateway;
mod nat_gateway;
mod peering_connection;
mod on_premises;
mod connection;
mod virtual_private_gateway;
mod transit_gateway;

mod address;
mod amazon_service;

#[cfg(test)]
mod testing;

use fmnet_core::model::{Model, Snapshot};

use crate::fate::{Fate, Origin, Unmodelled};
use crate::packet::Packet;
use choice::Run;
use walk::Walk;

pub(crate) use amazon_service::amazon_services;

/// What becomes of `packet`, sent from `origin`, and of the reply to it.
///
/// The request meets every gate on its way, whether or not it passed the one before
/// (R10). Where it came to a receiver, the reply is followed as well, since a
/// connection needs both (R1).
#[must_use]
pub fn trace(model: &Model, origin: Origin, packet: &Packet) -> Fate {
    choice::settle(|choices| run(Walk::new(model, origin, *packet, choices)))
}

/// One run: the walk by one alternative of everything that no configuration determines (R9).
fn run(mut walk: Walk<'_>) -> Run {
    if walk.model.snapshot == Snapshot::Inconsistent {
        // R8: https://docs.aws.amazon.com/vpc/latest/reachability/how-reachability-analyzer-works.html
        walk.unknown(Unmodelled::InconsistentSnapshot);
        return walk.into_run();
    }
    let receiver = match walk.origin {
        Origin::Interface(sender) => interface::send(&mut walk, sender),
        Origin::Internet | Origin::InternetToward(_) => internet::send(&mut walk),
        Origin::OnPremises(network) => on_premises::send(&mut walk, network),
    };
    if let Some(receiver) = receiver {
        reply::follow(&mut walk, receiver);
    }
    walk.into_run()
}
