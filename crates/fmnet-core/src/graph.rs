//! The graph that `reach` walks, derived from a model.
//!
//! In: a [`Model`]. Out: a [`Graph`]: components as nodes, attachments and routes as
//! edges, each route edge with the addresses that the route table sends along it,
//! longest prefixes and priorities already settled. Rebuild it, never edit it.

pub mod on_premises;
pub mod transit_gateway;

use std::net::IpAddr;

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

use crate::address::{self, Ranges};
use crate::class::Classes;
use crate::model::gateway::Connectivity;
use crate::model::peering_connection::PeeringState;
use crate::model::route_table::{Destination, Origin, RouteTable, Target};
use crate::model::{
    EgressOnlyInternetGatewayId, InterfaceId, InternetGatewayId, Model, NatGatewayId, OnPremisesId,
    PeeringConnectionId, RouteTableId, SubnetId, TransitGatewayAttachmentId, VirtualPrivateGatewayId, VpcId,
};
use on_premises::OnPremisesWays;
use transit_gateway::TransitGateways;

/// A component that packets cross or end at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// The internet.
    Internet,
    /// An internet gateway.
    InternetGateway(InternetGatewayId),
    /// An egress-only internet gateway.
    EgressOnlyInternetGateway(EgressOnlyInternetGatewayId),
    /// A NAT gateway.
    NatGateway(NatGatewayId),
    /// A VPC peering connection.
    PeeringConnection(PeeringConnectionId),
    /// A virtual private gateway.
    VirtualPrivateGateway(VirtualPrivateGatewayId),
    /// A network on premises.
    OnPremises(OnPremisesId),
    /// A transit gateway, as an attached VPC sees it.
    TransitGateway(TransitGatewayAttachmentId),
    /// The router inside every VPC, which joins its subnets.
    Router,
    /// A subnet.
    Subnet(SubnetId),
    /// A network interface.
    Interface(InterfaceId),
    /// Where blackholes lead.
    Nowhere,
    /// Something real that is not modelled.
    Unmodelled,
}

/// How one node is joined to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edge {
    /// An interface or NAT gateway lies in a subnet, a gateway is joined to the internet.
    Attachment,
    /// A route table sends packets along.
    Way(Way),
}

/// The addresses a subnet's route table sends one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The table.
    pub table: RouteTableId,
    /// The route that wins for these addresses.
    pub choice: Choice,
    /// The addresses, sorted and apart.
    pub to: Ranges,
}

/// Which route of a table wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// The local route.
    Local,
    /// The route at this position.
    Route(u32),
    /// The route at this position or an equal one, or its state says nothing: not known (R84, R87).
    Undetermined(u32),
}

/// What owns an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owned {
    /// A private address (or IPv6 address) of an interface, by position in its list.
    Private(InterfaceId, u32),
    /// A public IPv4 address mapped to the address at this position.
    Public(InterfaceId, u32),
    /// The private address of a NAT gateway.
    NatPrivate(NatGatewayId),
    /// The public address of a NAT gateway.
    NatPublic(NatGatewayId),
}

impl Owned {
    /// The VPC in which it is a private address; none for a public one.
    #[must_use]
    pub fn vpc(self, model: &Model) -> Option<VpcId> {
        match self {
            Self::Private(interface, _) => Some(model.vpc_of_interface(interface)),
            Self::NatPrivate(nat) => Some(model.vpc_of(model.nat_gateways[nat].subnet)),
            Self::Public(..) | Self::NatPublic(_) => None,
        }
    }
}

/// A prefix of a route table with everything that competes for it.
#[derive(Clone, Debug)]
pub struct Prefix {
    /// First and last address.
    pub range: (u128, u128),
    /// Leading bits; families never meet, so lengths of one family alone are compared.
    pub length: u8,
    /// The winner.
    pub choice: Choice,
    /// Every route of this very prefix, the winner included; the local route is not listed.
    pub routes: Vec<u32>,
}

/// See the module.
#[derive(Debug)]
pub struct Graph<'m> {
    /// The model it was derived from.
    pub model: &'m Model,
    /// Nodes and edges.
    pub net: DiGraph<Node, Edge>,
    /// The prefixes of each route table, by the table's position.
    pub prefixes: Vec<Vec<Prefix>>,
    /// Every owned address as a number, ascending.
    pub owned: Vec<(u128, Owned)>,
    /// Interfaces that no rule tells apart.
    pub classes: Classes,
    /// The addresses of the internet, IPv4 and IPv6: public, and neither in the VPC's
    /// blocks nor mapped to anything in it.
    pub internet: [Ranges; 2],
    /// For each VPC, by position: those joined to it by an active peering connection of one Region.
    pub neighbours: Vec<Vec<VpcId>>,
    /// What lies on premises, and the ways there and from there.
    pub on_premises: OnPremisesWays,
    /// Route tables of transit gateways, and the zones behind them.
    pub transit_gateways: TransitGateways,
    private: FxHashMap<(VpcId, IpAddr), Owned>,
    public: FxHashMap<IpAddr, Owned>,
    subnets: Vec<NodeIndex>,
}

impl<'m> Graph<'m> {
    /// Derives the graph of `model`.
    #[must_use]
    pub fn build(model: &'m Model) -> Self {
        let prefixes: Vec<_> = model.route_tables.iter().map(|(_, table)| prefixes(model, table)).collect();
        let owned = owned(model);
        let transit_gateways = TransitGateways::of(model);
        let routed = prefixes.iter().flatten().map(|prefix| prefix.range);
        let routed = routed.chain(transit_gateways.ranges.iter().copied()).collect();
        let classes = Classes::of(model, routed);
        let is_public = |owner: &Owned| matches!(owner, Owned::Public(..) | Owned::NatPublic(_));
        let public = owned.iter().filter(|(_, owner)| is_public(owner)).map(|&(number, _)| (number, number));
        let blocks = model.vpcs.iter().flat_map(|(_, vpc)| vpc.blocks()).flat_map(address::ranges);
        let inside = address::union(blocks.chain(public).collect());
        let internet = [address::internet4(), address::internet6()].map(|all| address::subtract(&all, &inside));
        let subnets = Vec::with_capacity(model.subnets.len());
        let net = DiGraph::new();
        let mut private = FxHashMap::default();
        let mut public = FxHashMap::default();
        for &(number, owner) in &owned {
            match owner.vpc(model) {
                Some(vpc) => private.insert((vpc, address::address(number)), owner),
                None => public.insert(address::address(number), owner),
            };
        }
        let neighbours = model.vpcs.ids().map(|vpc| neighbours(model, vpc)).collect();
        let on_premises = OnPremisesWays::of(model);
        let mut graph = Self {
            model,
            net,
            prefixes,
            owned,
            classes,
            internet,
            neighbours,
            transit_gateways,
            on_premises,
            private,
            public,
            subnets,
        };
        graph.join();
        graph
    }

    /// What owns the private `address` (or IPv6 address) in `vpc`, if anything does.
    #[must_use]
    pub fn owner(&self, vpc: VpcId, address: IpAddr) -> Option<Owned> {
        self.private.get(&(vpc, address)).copied()
    }

    /// What the public IPv4 `address` is mapped to, if it is anybody's here.
    #[must_use]
    pub fn public_owner(&self, address: IpAddr) -> Option<Owned> {
        self.public.get(&address).copied()
    }

    /// Everything that owns `address`, in whichever VPC.
    pub fn owners(&self, address: IpAddr) -> impl Iterator<Item = Owned> {
        let number = address::number(address);
        self.owned_within((number, number)).map(|(_, owner)| owner)
    }

    /// Owned addresses within `range`, ascending.
    pub fn owned_within(&self, range: (u128, u128)) -> impl Iterator<Item = (u128, Owned)> {
        let begin = self.owned.partition_point(|entry| entry.0 < range.0);
        self.owned.iter().skip(begin).take_while(move |entry| entry.0 <= range.1).copied()
    }

    /// The ways out of `subnet` with where they lead, in order of the routes.
    pub fn ways(&self, subnet: SubnetId) -> impl Iterator<Item = (Node, &Way)> {
        let node = self.subnets.get(subnet.index()).copied();
        let edges = node.into_iter().flat_map(|node| self.net.edges(node));
        edges.filter_map(|edge| match edge.weight() {
            Edge::Way(way) => Some((self.net.node_weight(edge.target()).copied()?, way)),
            Edge::Attachment => None,
        })
    }

    fn join(&mut self) {
        let model = self.model;
        let internet = self.net.add_node(Node::Internet);
        let router = self.net.add_node(Node::Router);
        let nowhere = self.net.add_node(Node::Nowhere);
        let unmodelled = self.net.add_node(Node::Unmodelled);
        self.subnets = model.subnets.ids().map(|id| self.net.add_node(Node::Subnet(id))).collect();
        let gateways: Vec<_> =
            model.internet_gateways.ids().map(|id| self.net.add_node(Node::InternetGateway(id))).collect();
        let egress_only: Vec<_> = model
            .egress_only_internet_gateways
            .ids()
            .map(|id| self.net.add_node(Node::EgressOnlyInternetGateway(id)))
            .collect();
        let nats: Vec<_> = model.nat_gateways.ids().map(|id| self.net.add_node(Node::NatGateway(id))).collect();
        let interfaces: Vec<_> = model.interfaces.ids().map(|id| self.net.add_node(Node::Interface(id))).collect();
        let peerings: Vec<_> =
            model.peering_connections.ids().map(|id| self.net.add_node(Node::PeeringConnection(id))).collect();
        let private: Vec<_> =
            model.virtual_private_gateways.ids().map(|id| self.net.add_node(Node::VirtualPrivateGateway(id))).collect();
        self.join_premises(&private);
        let transits: Vec<_> =
            model.transit_gateway_attachments.ids().map(|id| self.net.add_node(Node::TransitGateway(id))).collect();
        for &gateway in &gateways {
            self.net.add_edge(gateway, internet, Edge::Attachment);
            self.net.add_edge(internet, gateway, Edge::Attachment);
        }
        for &gateway in &egress_only {
            self.net.add_edge(gateway, internet, Edge::Attachment);
        }
        let in_subnets = model.nat_gateways.iter().map(|(_, nat)| nat.subnet).zip(&nats);
        for (subnet, &node) in in_subnets.chain(model.interfaces.iter().map(|(_, one)| one.subnet).zip(&interfaces)) {
            if let Some(&subnet) = self.subnets.get(subnet.index()) {
                self.net.add_edge(node, subnet, Edge::Attachment);
            }
        }
        let ways: Vec<Vec<Way>> =
            model.route_tables.ids().zip(&self.prefixes).map(|(table, prefixes)| ways(table, prefixes)).collect();
        for (id, subnet) in model.subnets.iter() {
            let Some(&from) = self.subnets.get(id.index()) else { continue };
            // Edges are walked newest first: added in reverse, they come out in order.
            for way in ways.get(subnet.route_table.index()).into_iter().flatten().rev() {
                let to = match target(model, way) {
                    None => Some(&router),
                    Some(Target::InternetGateway(id)) => gateways.get(id.index()),
                    Some(Target::EgressOnlyInternetGateway(id)) => egress_only.get(id.index()),
                    Some(Target::NatGateway(id)) => nats.get(id.index()),
                    Some(Target::Interface(id)) => interfaces.get(id.index()),
                    Some(Target::PeeringConnection(id)) => peerings.get(id.index()),
                    Some(Target::VirtualPrivateGateway(id)) => private.get(id.index()),
                    Some(Target::TransitGateway(id)) => transits.get(id.index()),
                    Some(Target::Blackhole) => Some(&nowhere),
                    Some(Target::Unmodelled(_)) => Some(&unmodelled),
                };
                if let Some(&to) = to {
                    self.net.add_edge(from, to, Edge::Way(way.clone()));
                }
            }
        }
    }
}

impl Graph<'_> {
    /// Joins virtual private gateways to the networks that their connections lead to.
    fn join_premises(&mut self, gateways: &[NodeIndex]) {
        let model = self.model;
        let networks: Vec<_> = model.on_premises.ids().map(|id| self.net.add_node(Node::OnPremises(id))).collect();
        for (gateway, network) in on_premises::joined(model) {
            if let (Some(&gateway), Some(&network)) = (gateways.get(gateway.index()), networks.get(network.index())) {
                self.net.add_edge(gateway, network, Edge::Attachment);
                self.net.add_edge(network, gateway, Edge::Attachment);
            }
        }
    }
}

/// The VPCs whose groups the rules of `vpc` may name across a peering connection (R37).
fn neighbours(model: &Model, vpc: VpcId) -> Vec<VpcId> {
    let active = model.peering_connections.iter().filter(|(_, it)| it.state == PeeringState::Active);
    let others = active.filter_map(|(_, connection)| connection.other(vpc));
    others.filter(|&other| model.vpcs[other].region == model.vpcs[vpc].region).collect()
}

fn target<'m>(model: &'m Model, way: &Way) -> Option<&'m Target> {
    match way.choice {
        Choice::Local => None,
        Choice::Route(index) | Choice::Undetermined(index) => {
            model.route_tables[way.table].routes.get(index as usize).map(|route| &route.target)
        }
    }
}

fn owned(model: &Model) -> Vec<(u128, Owned)> {
    let mut owned = Vec::new();
    for (id, interface) in model.interfaces.iter() {
        for (position, mine) in (0u32..).zip(&interface.addresses) {
            owned.push((address::number(mine.address), Owned::Private(id, position)));
            if let Some(public) = mine.public {
                owned.push((address::number(IpAddr::V4(public.address)), Owned::Public(id, position)));
            }
        }
    }
    for (id, nat) in model.nat_gateways.iter() {
        owned.push((address::number(IpAddr::V4(nat.address)), Owned::NatPrivate(id)));
        if let Connectivity::Public { address, .. } = nat.connectivity {
            owned.push((address::number(IpAddr::V4(address)), Owned::NatPublic(id)));
        }
    }
    owned.sort_unstable_by_key(|entry| entry.0);
    owned
}

/// Position among equal prefixes: static, then prefix-list entry, then propagated (R84, R86).
fn rank(destination: Destination, origin: Origin) -> u8 {
    match (destination, origin) {
        (Destination::Cidr(_), Origin::Static | Origin::Advertised) => 0,
        (Destination::PrefixList(_), Origin::Static | Origin::Advertised) => 1,
        (_, Origin::Propagated) => 2,
    }
}

/// The prefixes of `table`, each once, sorted so that a longer one follows those around it.
fn prefixes(model: &Model, table: &RouteTable) -> Vec<Prefix> {
    let mut entries: Vec<((u128, u128), u8, Option<u32>)> = Vec::new();
    let vpc = &model.vpcs[table.vpc];
    for block in vpc.blocks() {
        entries.extend(address::ranges(block).into_iter().map(|range| (range, block.prefix_len(), None)));
    }
    for (index, route) in (0u32..).zip(&table.routes) {
        let nets = match route.destination {
            Destination::Cidr(net) => std::slice::from_ref(&net).to_vec(),
            Destination::PrefixList(list) => model.prefix_lists[list].entries.clone(),
        };
        for net in nets {
            // The local route beats a propagated one, be it more specific (R85).
            if route.origin == Origin::Propagated && vpc.blocks().any(|block| block.contains(&net)) {
                continue;
            }
            entries.extend(address::ranges(net).into_iter().map(|range| (range, net.prefix_len(), Some(index))));
        }
    }
    entries.sort_unstable_by_key(|&((first, last), _, index)| (first, std::cmp::Reverse(last), index));
    entries.dedup();
    entries
        .chunk_by(|left, right| left.0 == right.0)
        .filter_map(|same| {
            let &(range, length, _) = same.first()?;
            let routes: Vec<u32> = same.iter().filter_map(|entry| entry.2).collect();
            let is_local = same.iter().any(|entry| entry.2.is_none());
            let choice = if is_local { Choice::Local } else { choose(table, &routes)? };
            Some(Prefix { range, length, choice, routes })
        })
        .collect()
}

/// The winner among routes of one prefix.
fn choose(table: &RouteTable, routes: &[u32]) -> Option<Choice> {
    let get = |index: u32| table.routes.get(index as usize);
    let best_rank =
        routes.iter().filter_map(|&index| get(index)).map(|route| rank(route.destination, route.origin)).min()?;
    let mut best = routes
        .iter()
        .copied()
        .filter(|&index| get(index).is_some_and(|route| rank(route.destination, route.origin) == best_rank));
    let winner = best.next()?;
    let route = get(winner)?;
    // Two prefix lists with one prefix: AWS picks one arbitrarily (R87). Nor does the
    // order of a file decide between two propagated routes.
    let torn = best_rank > 0 && best.any(|other| get(other).is_some_and(|other| other.target != route.target));
    let advertised = routes.len() > 1
        && routes.iter().any(|&index| get(index).is_some_and(|route| route.origin == Origin::Advertised));
    if advertised {
        return routes.first().copied().map(Choice::Undetermined);
    }
    Some(if torn || route.is_filtered { Choice::Undetermined(winner) } else { Choice::Route(winner) })
}

/// The addresses of each choice of a table; choices in order.
fn ways(table: RouteTableId, prefixes: &[Prefix]) -> Vec<Way> {
    let ways = longest_prefix(prefixes.iter().map(|prefix| (prefix.range, prefix.choice)));
    ways.into_iter().map(|(choice, to)| Way { table, choice, to }).collect()
}

/// For each choice, the addresses for which the longest prefix has it; choices in order.
/// Prefixes are sorted so that a longer one follows those around it.
fn longest_prefix<C: Copy + Ord>(prefixes: impl Iterator<Item = ((u128, u128), C)>) -> Vec<(C, Ranges)> {
    let mut pieces: Vec<(C, (u128, u128))> = Vec::new();
    let mut open: Vec<(u128, C)> = Vec::new();
    let mut cursor = Some(0u128);
    let mut emit = |from: &mut Option<u128>, last: u128, choice: C| {
        if let Some(first) = *from
            && first <= last
        {
            pieces.push((choice, (first, last)));
            *from = last.checked_add(1);
        }
    };
    // Prefixes nest, so the innermost open one is on top of the stack.
    for ((first, last), mine) in prefixes {
        while let Some(&(top_last, choice)) = open.last()
            && top_last < first
        {
            emit(&mut cursor, top_last, choice);
            open.pop();
        }
        if let Some(&(_, choice)) = open.last()
            && first > 0
        {
            emit(&mut cursor, first - 1, choice);
        }
        cursor = Some(first);
        open.push((last, mine));
    }
    while let Some((last, choice)) = open.pop() {
        emit(&mut cursor, last, choice);
    }
    pieces.sort_unstable();
    pieces
        .chunk_by(|left, right| left.0 == right.0)
        .filter_map(|same| Some((same.first()?.0, address::union(same.iter().map(|piece| piece.1).collect()))))
        .collect()
}
