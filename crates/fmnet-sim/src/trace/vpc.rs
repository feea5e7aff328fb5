//! A VPC: its router, which delivers to whoever owns an address in it.
//!
//! In: a packet in a VPC, from one of its subnets or from outside. Out: who received it.

use fmnet_core::model::{Model, SubnetId, VpcId};

use super::next_hop::NextHop;
use super::walk::{Receiver, Walk};
use super::{address, interface, nat_gateway, subnet};
use crate::fate::{Code, Component};

/// The target of the local routes (R80).
pub(super) struct Local;

impl NextHop for Local {
    fn is_usable(&self, _model: &Model) -> bool {
        true
    }

    fn take(&self, walk: &mut Walk<'_>, from: SubnetId) -> Option<Receiver> {
        let vpc = walk.model.vpc_of(from);
        deliver(walk, vpc, Some(from))
    }
}

/// Hands a packet in `vpc`, from one of its subnets or from outside, to the owner of
/// its destination there. Without an owner it is dropped, and never falls through to
/// another route (R81).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>
/// (`NO_POSSIBLE_DESTINATION`).
pub(super) fn deliver(walk: &mut Walk<'_>, vpc: VpcId, from: Option<SubnetId>) -> Option<Receiver> {
    let destination = walk.packet.destination;
    if let Some(id) = address::interface_with(walk.model, vpc, destination) {
        subnet::enter(walk, walk.model.interfaces[id].subnet, from);
        interface::receive(walk, id)
    } else if let Some(id) = address::nat_gateway_with(walk.model, vpc, destination) {
        nat_gateway::receive(walk, id, from)
    } else {
        walk.block(Code::NoPossibleDestination, Component::Vpc(vpc), None);
        None
    }
}
