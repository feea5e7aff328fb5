//! The packet on its way, what it remembers, and the record of it.
//!
//! In: what each gate says. Out: the [`Fate`] so far, and the packet as it is now.

use std::net::IpAddr;

use fmnet_core::model::{
    EgressOnlyInternetGatewayId, InterfaceId, InternetGatewayId, Model, NatGatewayId, OnPremisesId, VpcId,
};

use super::choice::{Choices, Run};
use super::next_hop::Via;
use super::transit_gateway;
use crate::fate::{Blocker, ChoicePoint, Code, Component, Direction, Fate, Hop, Leg, Origin, RuleRef, Unmodelled};
use crate::packet::Packet;

/// A packet somewhere on its way.
pub(super) struct Walk<'m> {
    /// The network.
    pub(super) model: &'m Model,
    /// Where the request started.
    pub(super) origin: Origin,
    /// Request or reply.
    pub(super) leg: Leg,
    /// The header as it is here, after every translation so far.
    pub(super) packet: Packet,
    /// The VPCs that the request came into, in that order.
    pub(super) entries: Vec<Entry>,
    /// What the request crossed and the reply has still to cross back, in order.
    pub(super) crossed: Vec<Crossed>,
    /// By what the request last went out on the internet.
    pub(super) left_by: Option<Exit>,
    /// What it remembers of transit gateways.
    pub(super) memory: transit_gateway::Memory,
    /// What happened so far.
    pub(super) fate: Fate,
    /// Which alternatives it takes.
    choices: Choices,
}

/// The request came into a VPC, or started there.
pub(super) struct Entry {
    /// The VPC.
    pub(super) vpc: VpcId,
    /// What a route back has to lead to.
    pub(super) by: Via,
}

/// A gateway to the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// An internet gateway.
    InternetGateway(InternetGatewayId),
    /// An egress-only internet gateway.
    EgressOnlyInternetGateway(EgressOnlyInternetGatewayId),
}

impl Exit {
    /// The VPC whose gateway it is.
    pub(super) fn vpc(self, model: &Model) -> VpcId {
        match self {
            Self::InternetGateway(id) => model.internet_gateways[id].vpc,
            Self::EgressOnlyInternetGateway(id) => model.egress_only_internet_gateways[id].vpc,
        }
    }

    /// Itself, as a component.
    pub(super) fn component(self) -> Component {
        match self {
            Self::InternetGateway(id) => Component::InternetGateway(id),
            Self::EgressOnlyInternetGateway(id) => Component::EgressOnlyInternetGateway(id),
        }
    }
}

/// A component that remembers the connections it carries.
pub(super) enum Crossed {
    /// A NAT gateway.
    NatGateway {
        /// Which one.
        id: NatGatewayId,
        /// Who sent the packet to it, by address and source port.
        client: (IpAddr, u16),
    },
}

/// Who received the packet. Functions that walk on return `Option<Receiver>`: none
/// where the walk ended before, at a wall or at something that is not modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Receiver {
    /// A host on the internet.
    Internet,
    /// A host in a network on premises.
    OnPremises(OnPremisesId),
    /// A service of Amazon's own (R73), which answers by itself.
    AmazonService,
    /// The owner of an interface, or a network behind it.
    Interface(InterfaceId),
}

impl<'m> Walk<'m> {
    /// A request that has met nothing yet.
    pub(super) fn new(model: &'m Model, origin: Origin, packet: Packet, choices: Choices) -> Self {
        let fate = Fate { blockers: Vec::new(), hops: Vec::new(), unmodelled: Vec::new(), choices: Vec::new() };
        let (entries, crossed, memory) = (Vec::new(), Vec::new(), transit_gateway::Memory::default());
        Self { model, origin, leg: Leg::Forward, packet, entries, crossed, left_by: None, memory, fate, choices }
    }

    /// Which of the `count` alternatives of `point` it takes (R9); none where it is not
    /// followed any further, and the walk ends.
    pub(super) fn choose(&mut self, point: ChoicePoint, count: usize) -> Option<usize> {
        self.choices.take(self.leg, point, count)
    }

    /// What came of it.
    pub(super) fn into_run(self) -> Run {
        Run { fate: self.fate, choices: self.choices }
    }

    /// Remembers that the request is in `vpc` now, and how the reply leaves it. Of a
    /// reply nothing is remembered.
    pub(super) fn enter(&mut self, vpc: VpcId, by: Via) {
        match self.leg {
            Leg::Forward => self.entries.push(Entry { vpc, by }),
            Leg::Return => {}
        }
    }

    /// By what the request last came into `vpc`.
    pub(super) fn entered_by(&self, vpc: VpcId) -> Option<&Via> {
        self.entries.iter().rev().find(|entry| entry.vpc == vpc).map(|entry| &entry.by)
    }

    /// The interface that the request started at.
    pub(super) fn requester(&self) -> Option<InterfaceId> {
        match self.origin {
            Origin::Interface(id) => Some(id),
            Origin::Internet | Origin::InternetToward(_) | Origin::OnPremises(_) => None,
        }
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
