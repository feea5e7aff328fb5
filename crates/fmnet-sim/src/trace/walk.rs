//! The packet on its way, and the record of it.
//!
//! In: what each gate says. Out: the [`Fate`] so far, and the packet as it is now.

use fmnet_core::model::{InterfaceId, InternetGatewayId, Model, NatGatewayId};

use crate::fate::{Blocker, Code, Component, Direction, Fate, Hop, Leg, RuleRef, Unmodelled};
use crate::packet::Packet;

/// A packet somewhere on its way.
pub(super) struct Walk<'m> {
    /// The network.
    pub(super) model: &'m Model,
    /// Request or reply.
    pub(super) leg: Leg,
    /// The header as it is here, after every translation so far.
    pub(super) packet: Packet,
    /// The NAT gateway that translated the request.
    pub(super) translated_by: Option<NatGatewayId>,
    /// The internet gateway that the request crossed.
    pub(super) gateway: Option<InternetGatewayId>,
    /// What happened so far.
    pub(super) fate: Fate,
}

/// Who received the request. Functions that walk on return `Option<Receiver>`: none
/// where the walk ended before, at a wall or at something that is not modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Receiver {
    /// A host on the internet.
    Internet,
    /// A service of Amazon's own (R73), which answers by itself.
    AmazonService,
    /// The owner of an interface, or a network behind it.
    Interface(InterfaceId),
}

impl<'m> Walk<'m> {
    /// A request that has met nothing yet.
    pub(super) fn new(model: &'m Model, packet: Packet) -> Self {
        let fate = Fate { blockers: Vec::new(), hops: Vec::new(), unmodelled: Vec::new() };
        Self { model, leg: Leg::Forward, packet, translated_by: None, gateway: None, fate }
    }

    /// Records a gate without a direction that the packet fails.
    pub(super) fn block(&mut self, code: Code, component: Component, rule: Option<RuleRef>) {
        let leg = self.leg;
        self.fate.blockers.push(Blocker { leg, code, component, direction: None, rule });
    }

    /// Records rules for one direction that the packet fails: of groups, or of an ACL.
    pub(super) fn block_way(&mut self, code: Code, component: Component, direction: Direction, rule: Option<RuleRef>) {
        let (leg, direction) = (self.leg, Some(direction));
        self.fate.blockers.push(Blocker { leg, code, component, direction, rule });
    }

    /// Records a gate without a direction that the packet passes.
    pub(super) fn pass(&mut self, component: Component, rule: Option<RuleRef>) {
        let leg = self.leg;
        self.fate.hops.push(Hop { leg, component, direction: None, rule });
    }

    /// Records rules for one direction that the packet passes: of groups, or of an ACL.
    pub(super) fn pass_way(&mut self, component: Component, direction: Direction, rule: Option<RuleRef>) {
        let (leg, direction) = (self.leg, Some(direction));
        self.fate.hops.push(Hop { leg, component, direction, rule });
    }

    /// Records what is not known; the walk ends there.
    pub(super) fn unknown(&mut self, what: Unmodelled) {
        self.fate.unmodelled.push((self.leg, what));
    }
}
