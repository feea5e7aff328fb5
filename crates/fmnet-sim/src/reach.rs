//! The engine for sets: exact packet sets pushed over the graph.
//!
//! In: a [`Graph`], an origin, and packets that start there. Out: [`Piece`]s that partition
//! them, each with every gate it fails and passes, as `docs/semantics.md` has it. A law holds
//! it to the engine for one packet, [`crate::trace`], which was written apart.
//!
//! Sets are always over the header as it left its origin. Where a packet was rewritten,
//! the walk remembers the constant (a `Field`), so no set is ever mapped to another.

mod amazon;
mod block_public_access;
mod choice;
mod egress_only_internet_gateway;
mod gate;
mod interface;
mod internet_gateway;
mod nat_gateway;
mod network_acl;
mod peering_connection;
mod reply;
mod route_table;
mod security_group;
mod virtual_private_gateway;
mod transit_gateway;

use std::net::IpAddr;
use std::rc::Rc;

use fmnet_core::address::{self, Ranges};
use fmnet_core::graph::{Graph, Owned};
use fmnet_core::model::{
    EgressOnlyInternetGatewayId, InterfaceId, InternetGatewayId, NatGatewayId, OnPremisesId, PeeringConnectionId,
    Snapshot, SubnetId, TransitGatewayAttachmentId, VirtualPrivateGatewayId, VpcId,
};
use rustc_hash::FxHashMap;

use crate::fate::{
    Blocker, ChoicePoint, Code, Component, Direction, Hop, Leg, Origin, Outcome, RuleRef, Unmodelled, outcome,
};
use crate::set::{Level, PacketSet, Sets};
use choice::Chosen;
use gate::{Gate, Gates, Ruling};

/// How much of a walk to remember.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Every gate failed and passed, and what fails one is followed to its end.
    Full,
    /// Only which packets are answered or unknown; what fails a gate is dropped there.
    Outcome,
}

/// Packets that share everything that happened to them.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The packets, of the header as it left its origin.
    pub packets: PacketSet,
    /// Who received them, or would have.
    pub receiver: Option<Receiver>,
    /// The source address as the receiver sees it, where it is one address.
    pub seen_from: Option<IpAddr>,
    /// Gates failed, in the order met.
    pub blockers: Vec<Blocker>,
    /// Gates passed, in the order met.
    pub hops: Vec<Hop>,
    /// What was not known, in the order met.
    pub unmodelled: Vec<(Leg, Unmodelled)>,
    /// What no configuration determines and makes no difference to the outcome, in the order met.
    pub choices: Vec<ChoicePoint>,
}

impl Piece {
    /// The word for it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        outcome(&self.blockers, &self.unmodelled)
    }
}

/// Who receives a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Receiver {
    /// Hosts on the internet.
    Internet,
    /// An interface.
    Interface(InterfaceId),
    /// A network behind an appliance's interface.
    Behind(InterfaceId),
    /// Hosts in a network on premises.
    OnPremises(OnPremisesId),
    /// A service of Amazon's.
    AmazonService,
}

/// A header field as it is at some point of the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Field {
    /// As this level of the header left its origin, whatever that was; owned by nothing in any VPC.
    Asked(Level),
    /// This address.
    Fixed(IpAddr),
}

/// The header as it is at some point of the walk, in terms of the one that left the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    source: Field,
    destination: Field,
    /// The level that holds the destination port.
    port: Level,
    /// The level that holds the source port.
    source_port: Level,
}

/// How a request came into a VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Via {
    InternetGateway(Option<InternetGatewayId>),
    PeeringConnection(PeeringConnectionId),
    VirtualPrivateGateway(VirtualPrivateGatewayId),
    TransitGateway(TransitGatewayAttachmentId),
    /// It started at this interface, which does not own its source.
    Interface(InterfaceId),
}

/// A gateway to the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    InternetGateway(InternetGatewayId),
    EgressOnly(EgressOnlyInternetGatewayId),
}

/// Where a request came into VPCs, the last first.
#[derive(Debug)]
struct Entry {
    vpc: VpcId,
    via: Via,
    before: Option<Rc<Entry>>,
}

/// What a request crossed that remembers its connection, the last first.
#[derive(Debug)]
struct Crossed {
    by: Crossing,
    before: Option<Rc<Crossed>>,
}

/// What remembers a connection, and the client as it was before.
#[derive(Clone, Copy, Debug)]
enum Crossing {
    NatGateway { nat: NatGatewayId, client: Field, client_port: Level },
}

/// A set of packets on its way.
#[derive(Clone, Debug)]
struct Flow {
    leg: Leg,
    packets: PacketSet,
    header: Header,
    origin: Origin,
    entries: Option<Rc<Entry>>,
    crossed: Option<Rc<Crossed>>,
    /// By what the request last went out on the internet.
    left_by: Option<Exit>,
    evidence: Evidence,
    receiver: Option<Receiver>,
    /// The source as the receiver sees it.
    seen: Option<Field>,
    /// Which alternatives of what configuration does not determine it took.
    chosen: Option<Rc<Chosen>>,
    /// Transit gateways it came into, and by what.
    transits: transit_gateway::Transits,
    blockers: Vec<Blocker>,
    hops: Vec<Hop>,
    unmodelled: Vec<(Leg, Unmodelled)>,
}

/// The engine: a graph, its sets, and the gates it has worked out so far. One thread's own.
pub struct Reach<'g> {
    graph: &'g Graph<'g>,
    /// The sets that pieces are of.
    pub sets: Sets,
    evidence: Evidence,
    gates: Gates,
    done: Vec<Piece>,
    /// Pieces of flows that took alternatives, until they are settled.
    runs: Vec<choice::Run>,
    singles: FxHashMap<(Level, u128), PacketSet>,
    without_reply: Option<PacketSet>,
}

impl<'g> Reach<'g> {
    /// An engine for `graph`.
    #[must_use]
    pub fn new(graph: &'g Graph<'g>, evidence: Evidence) -> Self {
        Self {
            graph,
            sets: Sets::new(),
            evidence,
            gates: Gates::default(),
            done: Vec::new(),
            runs: Vec::new(),
            singles: FxHashMap::default(),
            without_reply: None,
        }
    }

    /// Remembers more or less of the walks to come.
    pub fn set_evidence(&mut self, evidence: Evidence) {
        self.evidence = evidence;
    }

    /// What becomes of `packets` that start at `origin`: a partition of them, less
    /// what fails a gate where only the outcome is asked for.
    pub fn reach(&mut self, origin: Origin, packets: PacketSet) -> Vec<Piece> {
        for (source, packets) in self.split(packets, Level::Source) {
            for (destination, packets) in self.split(packets, Level::Destination) {
                self.push(origin, source, destination, packets);
            }
        }
        std::mem::take(&mut self.done)
    }

    /// The same for packets between two addresses, whatever their address fields say.
    pub fn reach_pair(
        &mut self,
        origin: Origin,
        source: IpAddr,
        destination: IpAddr,
        packets: PacketSet,
    ) -> Vec<Piece> {
        self.push(origin, Field::Fixed(source), Field::Fixed(destination), packets);
        std::mem::take(&mut self.done)
    }

    /// The same for packets to one address, whatever their destination field says.
    pub fn reach_to(&mut self, origin: Origin, packets: PacketSet, destination: IpAddr) -> Vec<Piece> {
        for (source, packets) in self.split(packets, Level::Source) {
            self.push(origin, source, Field::Fixed(destination), packets);
        }
        std::mem::take(&mut self.done)
    }

    /// The same for packets from one address, whatever their source field says.
    pub fn reach_from(&mut self, origin: Origin, source: IpAddr, packets: PacketSet) -> Vec<Piece> {
        for (destination, packets) in self.split(packets, Level::Destination) {
            self.push(origin, Field::Fixed(source), destination, packets);
        }
        std::mem::take(&mut self.done)
    }

    fn push(&mut self, origin: Origin, source: Field, destination: Field, packets: PacketSet) {
        let header = Header { source, destination, port: Level::Port, source_port: Level::SourcePort };
        let flow = Flow {
            leg: Leg::Forward,
            packets,
            header,
            origin,
            entries: None,
            crossed: None,
            left_by: None,
            evidence: self.evidence,
            receiver: None,
            seen: None,
            chosen: None,
            transits: transit_gateway::Transits::default(),
            blockers: Vec::new(),
            hops: Vec::new(),
            unmodelled: Vec::new(),
        };
        match origin {
            _ if self.graph.model.snapshot == Snapshot::Inconsistent => {
                self.unknown(flow, Unmodelled::InconsistentSnapshot);
            }
            Origin::Internet => self.come_in(flow, None),
            Origin::InternetToward(vpc) => self.come_in(flow, Some(vpc)),
            Origin::Interface(interface) => self.start_at_interface(flow, interface),
            Origin::OnPremises(network) => self.leave_premises(flow, network),
        }
        self.settle();
    }

    /// Splits by the owned addresses of a field, so that [`Field::Asked`] is owned by nothing.
    fn split(&mut self, packets: PacketSet, level: Level) -> Vec<(Field, PacketSet)> {
        let ranges = self.sets.project(packets, level);
        if let [(first, last)] = *ranges
            && first == last
        {
            return vec![(Field::Fixed(address::address(first)), packets)];
        }
        let graph = self.graph;
        let owned = ranges.iter().flat_map(|&range| graph.owned_within(range));
        let counts =
            |owner: &Owned| level == Level::Destination || matches!(owner, Owned::Private(..) | Owned::NatPrivate(_));
        let mut owned: Vec<u128> = owned.filter(|(_, owner)| counts(owner)).map(|(number, _)| number).collect();
        owned.dedup();
        let mut flows = Vec::with_capacity(owned.len() + 1);
        let points: Vec<_> = owned.iter().map(|&number| (number, number)).collect();
        let points = self.sets.field_ranges(level, &points);
        let rest = self.sets.subtract(packets, points);
        if !rest.is_empty() {
            flows.push((Field::Asked(level), rest));
        }
        for number in owned {
            let single = self.single(level, number);
            let part = self.sets.intersect(packets, single);
            if !part.is_empty() {
                flows.push((Field::Fixed(address::address(number)), part));
            }
        }
        flows
    }

    fn single(&mut self, level: Level, number: u128) -> PacketSet {
        let sets = &mut self.sets;
        *self.singles.entry((level, number)).or_insert_with(|| sets.range(level, number, number))
    }

    /// Whether gates that `flow` fails are still worth following.
    fn follows(&self, flow: &Flow) -> bool {
        self.evidence == Evidence::Full || flow.chosen.is_some()
    }

    /// The part of `flow` within `packets`, if any.
    fn narrowed(&mut self, flow: &Flow, packets: PacketSet) -> Option<Flow> {
        let packets = self.sets.intersect(flow.packets, packets);
        (!packets.is_empty()).then(|| Flow { packets, ..flow.clone() })
    }

    /// The parts of `flow` within `packets` and outside.
    fn parted(&mut self, flow: Flow, packets: PacketSet) -> (Option<Flow>, Option<Flow>) {
        let inside = self.sets.intersect(flow.packets, packets);
        if inside == flow.packets {
            return (Some(flow), None);
        }
        if inside.is_empty() {
            return (None, Some(flow));
        }
        let outside = self.sets.subtract(flow.packets, packets);
        (Some(Flow { packets: inside, ..flow.clone() }), Some(Flow { packets: outside, ..flow }))
    }

    /// The parts of `flow` whose `field` lies within `ranges`, and outside.
    fn parted_by(&mut self, flow: Flow, field: Field, ranges: &[(u128, u128)]) -> (Option<Flow>, Option<Flow>) {
        match field {
            Field::Fixed(one) if within(ranges, address::number(one)) => (Some(flow), None),
            Field::Fixed(_) => (None, Some(flow)),
            Field::Asked(level) => {
                let set = self.sets.field_ranges(level, ranges);
                self.parted(flow, set)
            }
        }
    }

    /// Passes `flow` through a gate: what it admits, and what it drops with the blocker
    /// noted. What it does not know about is done.
    fn through(&mut self, flow: Flow, gate: &Gate, at: At) -> Vec<Flow> {
        if !self.follows(&flow) {
            for (packets, what) in &gate.unknown {
                if let Some(part) = self.narrowed(&flow, *packets) {
                    self.unknown(part, what.clone());
                }
            }
            let packets = self.sets.intersect(flow.packets, gate.admitted);
            return if packets.is_empty() { Vec::new() } else { vec![Flow { packets, ..flow }] };
        }
        let mut flows = Vec::with_capacity(1);
        for (packets, ruling) in &gate.rulings {
            let Some(mut part) = self.narrowed(&flow, *packets) else { continue };
            match ruling {
                Ruling::Admit(rule) => {
                    part.hop(at, *rule);
                    flows.push(part);
                }
                Ruling::Drop(code, rule) => {
                    part.block(at, *code, *rule);
                    flows.push(part);
                }
                Ruling::Unknown(what) => self.unknown(part, what.clone()),
            }
        }
        flows
    }

    /// Notes a gate that all of `flow` fails; nothing is left where only the outcome is asked for.
    fn blocked(&self, mut flow: Flow, at: At, code: Code, rule: Option<RuleRef>) -> Option<Flow> {
        self.follows(&flow).then(|| {
            flow.block(at, code, rule);
            flow
        })
    }

    /// Ends `flow` at a wall.
    fn wall(&mut self, flow: Flow, at: At, code: Code, rule: Option<RuleRef>) {
        if let Some(flow) = self.blocked(flow, at, code, rule) {
            self.finish(flow);
        }
    }

    /// Ends `flow` where it is not known what becomes of it.
    fn unknown(&mut self, mut flow: Flow, what: Unmodelled) {
        flow.unmodelled.push((flow.leg, what));
        self.finish(flow);
    }

    fn finish(&mut self, flow: Flow) {
        let Flow { packets, leg, header, receiver, seen, chosen, blockers, hops, unmodelled, .. } = flow;
        let seen = seen.or((leg == Leg::Forward).then_some(header.source));
        let seen_from = if let Some(Field::Fixed(one)) = seen { Some(one) } else { None };
        let piece = Piece { packets, receiver, seen_from, blockers, hops, unmodelled, choices: Vec::new() };
        match chosen {
            None => self.done.push(piece),
            Some(chosen) => self.runs.push(choice::Run { piece, chosen }),
        }
    }

    /// The gate's rulings, worked out once.
    fn gate(&mut self, key: gate::Key, work_out: impl FnOnce(&mut Self) -> Vec<(PacketSet, Ruling)>) -> Rc<Gate> {
        if let Some(gate) = self.gates.get(&key) {
            return gate;
        }
        let rulings = work_out(self);
        let gate = Rc::new(Gate::new(&mut self.sets, rulings));
        self.gates.insert(key, Rc::clone(&gate));
        gate
    }

    /// The VPC of an interface.
    #[must_use]
    pub fn vpc_of(&self, interface: InterfaceId) -> VpcId {
        self.graph.model.vpc_of_interface(interface)
    }

    fn subnet_of(&self, interface: InterfaceId) -> SubnetId {
        self.graph.model.interfaces[interface].subnet
    }

    /// The addresses of a VPC's blocks.
    fn blocks(&self, vpc: VpcId) -> Ranges {
        address::union(self.graph.model.vpcs[vpc].blocks().flat_map(address::ranges).collect())
    }
}

/// Whether `number` lies in `ranges`, sorted and apart.
fn within(ranges: &[(u128, u128)], number: u128) -> bool {
    let at = ranges.partition_point(|range| range.1 < number);
    ranges.get(at).is_some_and(|range| range.0 <= number)
}

/// A gate's place in a walk.
#[derive(Clone, Copy, Debug)]
struct At {
    component: Component,
    direction: Option<Direction>,
}

impl At {
    /// A component whose gate has no direction.
    fn new(component: Component) -> Self {
        Self { component, direction: None }
    }

    fn way(component: Component, direction: Direction) -> Self {
        Self { component, direction: Some(direction) }
    }
}

impl Flow {
    fn block(&mut self, at: At, code: Code, rule: Option<RuleRef>) {
        let At { component, direction } = at;
        self.blockers.push(Blocker { leg: self.leg, code, component, direction, rule });
    }

    fn hop(&mut self, at: At, rule: Option<RuleRef>) {
        if self.evidence == Evidence::Full {
            let At { component, direction } = at;
            self.hops.push(Hop { leg: self.leg, component, direction, rule });
        }
    }

    fn entered(&mut self, vpc: VpcId, via: Via) {
        self.entries = Some(Rc::new(Entry { vpc, via, before: self.entries.take() }));
    }

    /// How the request last came into `vpc`.
    fn entry(&self, vpc: VpcId) -> Option<Via> {
        let mut next = self.entries.as_deref();
        while let Some(entry) = next {
            if entry.vpc == vpc {
                return Some(entry.via);
            }
            next = entry.before.as_deref();
        }
        None
    }

    fn cross(&mut self, by: Crossing) {
        self.crossed = Some(Rc::new(Crossed { by, before: self.crossed.take() }));
    }
}
