//! Route tables: where a request goes that leaves its subnet, and whether a reply is
//! sent back the way the request came (R78 to R92).

use std::net::IpAddr;

use fmnet_core::address::{self, Ranges};
use fmnet_core::graph::{Choice, Node, Prefix, Way};
use fmnet_core::model::gateway::{Attachment, NatState};
use fmnet_core::model::interface::{InterfaceState, SourceDestCheck};
use fmnet_core::model::peering_connection::PeeringState;
use fmnet_core::model::route_table::Target;
use fmnet_core::model::{InterfaceId, InternetGatewayId, RouteTableId, SubnetId};

use super::{At, Field, Flow, Leg, Reach, within};
use crate::fate::{Code, Component, Direction, RuleRef, Unmodelled};
use crate::set::Level;

/// Where a reply has to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// To its owner inside the VPC.
    Local,
    /// To the internet gateway the request came through, if there is one.
    InternetGateway(Option<InternetGatewayId>),
    /// To the appliance whose network asked.
    Interface(InterfaceId),
}

/// What a usable route leads to.
enum Next {
    Usable(Node),
    Unusable,
}

impl Reach<'_> {
    /// A request that leaves `subnet`.
    pub(super) fn leave_subnet(&mut self, flow: Flow, subnet: SubnetId) {
        let graph = self.graph;
        let mut rest = Some(flow);
        for (node, way) in graph.ways(subnet) {
            let Some(flow) = rest else { return };
            let destination = flow.destination;
            let (taken, left) = self.parted_by(flow, destination, Level::Destination, &way.to);
            rest = left;
            let Some(taken) = taken else { continue };
            let flows = if self.stays(node, subnet) || is_open(way) {
                vec![taken]
            } else {
                self.through_acl(taken, subnet, Direction::Egress)
            };
            for flow in flows {
                self.along(flow, subnet, node, way);
            }
        }
        let Some(flow) = rest else { return };
        let at = At::new(Leg::Forward, self.table(subnet), None);
        for flow in self.through_acl(flow, subnet, Direction::Egress) {
            self.wall(flow, at, Code::NoRouteToDestination, None);
        }
    }

    /// Whether the next hop lies in `subnet` itself, so that its ACL is not met (R2).
    fn stays(&self, node: Node, subnet: SubnetId) -> bool {
        match node {
            Node::NatGateway(nat) => self.graph.model.nat_gateways[nat].subnet == subnet,
            Node::Interface(interface) => self.subnet_of(interface) == subnet,
            Node::Internet
            | Node::InternetGateway(_)
            | Node::PeeringConnection(_)
            | Node::Router
            | Node::Subnet(_)
            | Node::Nowhere
            | Node::Unmodelled => false,
        }
    }

    fn table(&self, subnet: SubnetId) -> Component {
        Component::RouteTable(self.graph.model.subnets[subnet].route_table, subnet)
    }

    fn along(&mut self, mut flow: Flow, subnet: SubnetId, node: Node, way: &Way) {
        let at = At::new(Leg::Forward, self.table(subnet), None);
        let table = way.table;
        let rule = match way.choice {
            Choice::Local => {
                flow.hop(at, Some(RuleRef::LocalRoute { table }));
                return self.deliver(flow, subnet);
            }
            Choice::Undetermined(index) => {
                return self.unknown(flow, Leg::Forward, Unmodelled::RoutePriority(RuleRef::Route { table, index }));
            }
            Choice::Route(index) => RuleRef::Route { table, index },
        };
        let Next::Usable(node) = self.next(node) else {
            return self.wall(flow, at, Code::BadStateRoute, Some(rule));
        };
        if node == Node::Unmodelled {
            return self.unknown(flow, Leg::Forward, Unmodelled::Target(rule));
        }
        if let (Node::NatGateway(nat), Some(inside)) = (node, flow.nat)
            && nat == inside
            && self.graph.model.nat_gateways[nat].subnet == subnet
        {
            return self.wall(flow, at, Code::NoRouteToDestination, Some(rule));
        }
        flow.hop(at, Some(rule));
        match node {
            Node::InternetGateway(gateway) => self.out_by_internet_gateway(flow, gateway),
            Node::NatGateway(nat) => self.through_nat(flow, nat, subnet),
            Node::Interface(interface) => self.via_interface(flow, interface, subnet),
            Node::Internet
            | Node::PeeringConnection(_)
            | Node::Router
            | Node::Subnet(_)
            | Node::Nowhere
            | Node::Unmodelled => {}
        }
    }

    /// Whether what a route leads to can take packets (R88, R89, R92).
    fn next(&self, node: Node) -> Next {
        let model = self.graph.model;
        let usable = match node {
            Node::InternetGateway(id) => model.internet_gateways[id].attachment == Attachment::Attached,
            Node::NatGateway(id) => model.nat_gateways[id].state != NatState::Deleted,
            Node::Interface(id) => model.interfaces[id].state == InterfaceState::InUse,
            Node::Nowhere => false,
            Node::PeeringConnection(id) => model.peering_connections[id].state == PeeringState::Active,
            Node::Internet | Node::Router | Node::Subnet(_) | Node::Unmodelled => true,
        };
        if usable { Next::Usable(node) } else { Next::Unusable }
    }

    /// A reply out of `subnet` to `requester`, whose port is in `port`: passes where the
    /// table sends it to `wanted`.
    pub(super) fn route_back(
        &mut self,
        flow: Flow,
        subnet: SubnetId,
        requester: Field,
        port: Level,
        wanted: Wanted,
    ) -> Vec<Flow> {
        let graph = self.graph;
        let mut passed = Vec::new();
        let mut rest = Some(flow);
        for (node, way) in graph.ways(subnet) {
            let Some(flow) = rest else { return passed };
            let (taken, left) = self.parted_by(flow, requester, Level::Source, &way.to);
            rest = left;
            let Some(taken) = taken else { continue };
            let flows = if self.stays(node, subnet) || is_open(way) {
                vec![taken]
            } else {
                self.through_acl_back(taken, subnet, Direction::Egress, requester, port)
            };
            for flow in flows {
                self.along_back(flow, subnet, (node, way), requester, wanted, &mut passed);
            }
        }
        let Some(flow) = rest else { return passed };
        let at = At::new(Leg::Return, self.table(subnet), None);
        for flow in self.through_acl_back(flow, subnet, Direction::Egress, requester, port) {
            passed.extend(self.blocked(flow, at, Code::NoRouteToDestination, None));
        }
        passed
    }

    fn along_back(
        &mut self,
        mut flow: Flow,
        subnet: SubnetId,
        (node, way): (Node, &Way),
        requester: Field,
        wanted: Wanted,
        passed: &mut Vec<Flow>,
    ) {
        let at = At::new(Leg::Return, self.table(subnet), None);
        let table = way.table;
        let rule = match way.choice {
            Choice::Local => RuleRef::LocalRoute { table },
            Choice::Undetermined(index) => {
                return self.unknown(flow, Leg::Return, Unmodelled::RoutePriority(RuleRef::Route { table, index }));
            }
            Choice::Route(index) => RuleRef::Route { table, index },
        };
        let Next::Usable(node) = self.next(node) else {
            passed.extend(self.blocked(flow, at, Code::BadStateRoute, Some(rule)));
            return;
        };
        if leads_to(node, wanted) || self.is_owner(node, requester, wanted) {
            flow.hop(at, Some(rule));
            passed.push(flow);
        } else if node == Node::Unmodelled {
            self.unknown(flow, Leg::Return, Unmodelled::Target(rule));
        } else if let Node::Interface(interface) = node
            && self.graph.model.interfaces[interface].source_dest_check == SourceDestCheck::Off
        {
            self.unknown(flow, Leg::Return, Unmodelled::Appliance(interface));
        } else if self.full() {
            self.misrouted(flow, at, way, requester, wanted, rule, passed);
        }
    }

    /// Whether a route inside the VPC (R83) leads to the very interface the reply is for.
    fn is_owner(&self, node: Node, requester: Field, wanted: Wanted) -> bool {
        match (node, requester, wanted) {
            (Node::Interface(id), Field::Fixed(one), Wanted::Local) => {
                self.graph.model.interfaces[id].owns(one).is_some()
            }
            _ => false,
        }
    }

    /// Names why a reply goes elsewhere than where the request came from.
    #[expect(
        clippy::too_many_arguments,
        reason = "what is misrouted, where to, where it should go, and where to put it"
    )]
    fn misrouted(
        &mut self,
        flow: Flow,
        at: At,
        way: &Way,
        requester: Field,
        wanted: Wanted,
        rule: RuleRef,
        passed: &mut Vec<Flow>,
    ) {
        let (shorter, equal) = self.rivals(way, requester, wanted);
        let (specific, flow) = self.parted_by(flow, requester, Level::Source, &shorter);
        passed.extend(specific.and_then(|flow| self.blocked(flow, at, Code::MoreSpecificRoute, Some(rule))));
        let Some(flow) = flow else { return };
        let (priority, flow) = self.parted_by(flow, requester, Level::Source, &equal);
        passed.extend(priority.and_then(|flow| self.blocked(flow, at, Code::HigherPriorityRoute, Some(rule))));
        passed.extend(flow.and_then(|flow| self.blocked(flow, at, Code::NoRouteToDestination, None)));
    }

    /// Addresses for which a shorter prefix has the wanted target, and for which the very
    /// prefix has it and loses.
    fn rivals(&self, way: &Way, requester: Field, wanted: Wanted) -> (Ranges, Ranges) {
        let Some(prefixes) = self.graph.prefixes.get(way.table.index()) else { return Default::default() };
        let of_interest: Vec<&Prefix> = match requester {
            Field::Fixed(one) => {
                prefixes.iter().filter(|prefix| within(&[prefix.range], address::number(one))).collect()
            }
            Field::Asked => prefixes.iter().collect(),
        };
        let mut shorter = Ranges::new();
        let mut equal = Ranges::new();
        for prefix in of_interest.iter().filter(|prefix| self.has_target(way.table, prefix, wanted)) {
            let is_inside = |other: &&&Prefix| {
                other.range != prefix.range && prefix.range.0 <= other.range.0 && other.range.1 <= prefix.range.1
            };
            let nested = address::union(of_interest.iter().filter(is_inside).map(|other| other.range).collect());
            equal.extend(address::subtract(&[prefix.range], &nested));
            shorter.extend(nested);
        }
        (address::union(shorter), address::union(equal))
    }

    fn has_target(&self, table: RouteTableId, prefix: &Prefix, wanted: Wanted) -> bool {
        let routes = &self.graph.model.route_tables[table].routes;
        let target = |index: &u32| routes.get(*index as usize).map(|route| &route.target);
        match wanted {
            Wanted::Local => prefix.choice == Choice::Local,
            Wanted::InternetGateway(None) => false,
            Wanted::InternetGateway(Some(id)) => {
                prefix.routes.iter().any(|index| target(index) == Some(&Target::InternetGateway(id)))
            }
            Wanted::Interface(id) => prefix.routes.iter().any(|index| target(index) == Some(&Target::Interface(id))),
        }
    }
}

/// Whether it is not known which route is taken, so neither whether the next hop lies outside.
fn is_open(way: &Way) -> bool {
    matches!(way.choice, Choice::Undetermined(_))
}

fn leads_to(node: Node, wanted: Wanted) -> bool {
    match wanted {
        Wanted::Local => node == Node::Router,
        Wanted::InternetGateway(gateway) => gateway.is_some_and(|id| node == Node::InternetGateway(id)),
        Wanted::Interface(id) => node == Node::Interface(id),
    }
}

/// An address as a field.
impl From<IpAddr> for Field {
    fn from(one: IpAddr) -> Self {
        Self::Fixed(one)
    }
}
