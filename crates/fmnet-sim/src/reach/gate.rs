//! Gates: what a list of rules does with every packet, worked out once.
//!
//! In: rulings over sets. Out: a [`Gate`], remembered under the [`Key`] that
//! determines it.

use std::rc::Rc;

use fmnet_core::model::{InterfaceId, NetworkAclId, VpcId};
use rustc_hash::FxHashMap;

use super::Field;
use crate::fate::{Code, Direction, RuleRef, Unmodelled};
use crate::set::{Level, PacketSet, Sets};

/// What a gate does with some packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ruling {
    /// Admits them, by a rule.
    Admit(Option<RuleRef>),
    /// Drops them, by a rule or for want of one.
    Drop(Code, Option<RuleRef>),
    /// Not known.
    Unknown(Unmodelled),
}

/// What a gate does with every packet: its rulings partition the universe.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) rulings: Vec<(PacketSet, Ruling)>,
    /// Everything it admits.
    pub(super) admitted: PacketSet,
    /// What it does not know about.
    pub(super) unknown: Vec<(PacketSet, Unmodelled)>,
}

impl Gate {
    pub(super) fn new(sets: &mut Sets, rulings: Vec<(PacketSet, Ruling)>) -> Self {
        let admitted = rulings.iter().filter(|(_, ruling)| matches!(ruling, Ruling::Admit(_))).map(|ruling| ruling.0);
        let admitted = sets.union_all(admitted);
        let unknown = rulings.iter().filter_map(|(packets, ruling)| match ruling {
            Ruling::Unknown(what) => Some((*packets, what.clone())),
            Ruling::Admit(_) | Ruling::Drop(..) => None,
        });
        let unknown = unknown.collect();
        Self { rulings, admitted, unknown }
    }
}

/// What determines a gate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The rules of a combination of groups, for a peer; and the interface, where its groups
    /// of other VPCs make a difference (R48).
    Groups { combination: Option<u32>, direction: Direction, peer: Peer, doubtful: Option<InterfaceId> },
    /// The rules of an ACL, for a peer, and for the level that holds the port.
    Acl { acl: NetworkAclId, direction: Direction, peer: Field, port: Level },
}

/// Whom the rules of groups are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Peer {
    pub(super) address: Field,
    /// The VPC whose groups the rules may name.
    pub(super) vpc: Option<VpcId>,
    /// The VPC whose groups they could name if a transit gateway supported it (R39).
    pub(super) unsupported: Option<VpcId>,
}

/// Gates worked out so far.
#[derive(Default)]
pub(super) struct Gates {
    known: FxHashMap<Key, Rc<Gate>>,
}

impl Gates {
    pub(super) fn get(&self, key: &Key) -> Option<Rc<Gate>> {
        self.known.get(key).cloned()
    }

    pub(super) fn insert(&mut self, key: Key, gate: Rc<Gate>) {
        self.known.insert(key, gate);
    }
}
