//! Route tables: where packets go that leave their subnet, and whether a reply goes the
//! way it has to (R78 to R92).

use std::net::IpAddr;

use fmnet_core::address::{self, Ranges};
use fmnet_core::graph::{Choice, Node, Prefix, Way};
use fmnet_core::model::gateway::{Attachment, NatState};
use fmnet_core::model::interface::{InterfaceState, SourceDestCheck};
use fmnet_core::model::peering_connection::PeeringState;
use fmnet_core::model::route_table::Target;
use fmnet_core::model::transit_gateway::AttachmentState;
use fmnet_core::model::{RouteTableId, SubnetId};

use super::{At, Crossing, Field, Flow, Leg, Reach, Via, within};
use crate::fate::{Code, Component, Direction, RuleRef, Unmodelled};

/// Where a reply has to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// To its owner inside the VPC.
    Local,
    /// The way its request came into the VPC.
    Back(Via),
}

/// A way out of a subnet.
#[derive(Clone, Copy)]
struct Out<'g> {
    subnet: SubnetId,
    node: Node,
    way: &'g Way,
}

impl<'g> Reach<'g> {
    /// Packets that leave `subnet`.
    pub(super) fn leave_subnet(&mut self, flow: Flow, subnet: SubnetId) {
        match flow.leg {
            Leg::Forward => self.leave_by_table(flow, subnet, None),
            Leg::Return => {
                let vpc = self.graph.model.vpc_of(subnet);
                let destination = flow.header.destination;
                let blocks = self.blocks(vpc);
                let (local, foreign) = self.parted_by(flow, destination, &blocks);
                if let Some(local) = local {
                    self.leave_by_table(local, subnet, Some(Wanted::Local));
                }
                if let Some(foreign) = foreign {
                    self.send_back(foreign, subnet);
                }
            }
        }
    }

    /// A reply to an address outside the VPC.
    fn send_back(&mut self, flow: Flow, subnet: SubnetId) {
        let vpc = self.graph.model.vpc_of(subnet);
        let wanted = flow.entry(vpc).map_or(Wanted::Local, Wanted::Back);
        let Wanted::Back(Via::PeeringConnection(connection)) = wanted else {
            return self.leave_by_table(flow, subnet, Some(wanted));
        };
        // R121: returned to the sender, whatever the table holds.
        let is_for_nat = flow.crossed.as_deref().is_some_and(|crossed| match crossed.by {
            Crossing::NatGateway { nat, .. } => {
                let address = IpAddr::V4(self.graph.model.nat_gateways[nat].address);
                flow.header.destination == Field::Fixed(address)
            }
        });
        if !is_for_nat {
            return self.leave_by_table(flow, subnet, Some(wanted));
        }
        for flow in self.through_acl(flow, subnet, Direction::Egress) {
            self.over_peering(flow, connection, vpc);
        }
    }

    /// Packets that leave `subnet` by its table; a reply has a wanted way.
    fn leave_by_table(&mut self, flow: Flow, subnet: SubnetId, wanted: Option<Wanted>) {
        let graph = self.graph;
        let mut rest = Some(flow);
        for (node, way) in graph.ways(subnet) {
            let Some(flow) = rest else { return };
            let destination = flow.header.destination;
            let (taken, left) = self.parted_by(flow, destination, &way.to);
            rest = left;
            let Some(taken) = taken else { continue };
            let flows = if self.stays(node, subnet) || is_open(way) {
                vec![taken]
            } else {
                self.through_acl(taken, subnet, Direction::Egress)
            };
            let out = Out { subnet, node, way };
            for flow in flows {
                match wanted {
                    None => self.along(flow, out),
                    Some(wanted) => self.along_back(flow, out, wanted),
                }
            }
        }
        let Some(flow) = rest else { return };
        let at = At::new(self.table(subnet));
        for flow in self.through_acl(flow, subnet, Direction::Egress) {
            match wanted {
                None => self.wall(flow, at, Code::NoRouteToDestination, None),
                Some(wanted) => {
                    if let Some(flow) = self.blocked(flow, at, Code::NoRouteToDestination, None) {
                        self.go_wanted(flow, subnet, wanted);
                    }
                }
            }
        }
    }

    /// Whether the next hop lies in `subnet` itself, so that its ACL is not met (R2).
    fn stays(&self, node: Node, subnet: SubnetId) -> bool {
        match node {
            Node::NatGateway(nat) => self.graph.model.nat_gateways[nat].subnet == subnet,
            Node::Interface(interface) => self.subnet_of(interface) == subnet,
            Node::Internet
            | Node::InternetGateway(_)
            | Node::EgressOnlyInternetGateway(_)
            | Node::PeeringConnection(_)
            | Node::VirtualPrivateGateway(_)
            | Node::OnPremises(_)
            | Node::TransitGateway(_)
            | Node::Router
            | Node::Subnet(_)
            | Node::Nowhere
            | Node::Unmodelled => false,
        }
    }

    fn table(&self, subnet: SubnetId) -> Component {
        Component::RouteTable(self.graph.model.subnets[subnet].route_table, subnet)
    }

    fn along(&mut self, mut flow: Flow, out: Out<'_>) {
        let at = At::new(self.table(out.subnet));
        let table = out.way.table;
        let rule = match out.way.choice {
            Choice::Local => RuleRef::LocalRoute { table },
            Choice::Undetermined(index) => {
                return self.unknown(flow, Unmodelled::RoutePriority(RuleRef::Route { table, index }));
            }
            Choice::Route(index) => RuleRef::Route { table, index },
        };
        if !self.is_usable(out.node) {
            return self.wall(flow, at, Code::BadStateRoute, Some(rule));
        }
        if out.node == Node::Unmodelled {
            return self.unknown(flow, Unmodelled::Target(rule));
        }
        if let (Node::NatGateway(nat), Some(crossed)) = (out.node, flow.crossed.as_deref())
            && matches!(crossed.by, Crossing::NatGateway { nat: inside, .. } if inside == nat)
            && self.graph.model.nat_gateways[nat].subnet == out.subnet
        {
            return self.wall(flow, at, Code::NoRouteToDestination, Some(rule));
        }
        flow.hop(at, Some(rule));
        self.hand(flow, out.node, out.subnet);
    }

    /// Hands packets of `subnet` to the next hop: the one place that says what a route leads to.
    fn hand(&mut self, flow: Flow, node: Node, subnet: SubnetId) {
        let vpc = self.graph.model.vpc_of(subnet);
        match node {
            Node::Router => self.deliver(flow, vpc, Some(subnet)),
            Node::InternetGateway(gateway) => self.out_by_internet_gateway(flow, gateway, subnet),
            Node::EgressOnlyInternetGateway(gateway) => self.out_by_egress_only(flow, gateway, subnet),
            Node::NatGateway(nat) => self.through_nat(flow, nat, subnet),
            Node::Interface(interface) => self.via_interface(flow, interface, subnet),
            Node::PeeringConnection(connection) => self.over_peering(flow, connection, vpc),
            Node::TransitGateway(attachment) => self.enter_transit_gateway(flow, attachment, subnet),
            Node::VirtualPrivateGateway(gateway) => self.out_by_private_gateway(flow, gateway),
            // Neither is a next hop: `along` and `along_back` took what leads nowhere.
            Node::Internet | Node::OnPremises(_) | Node::Subnet(_) | Node::Nowhere | Node::Unmodelled => {}
        }
    }

    /// Whether what a route leads to can take packets (R88, R89, R92).
    fn is_usable(&self, node: Node) -> bool {
        let model = self.graph.model;
        match node {
            Node::InternetGateway(id) => model.internet_gateways[id].attachment == Attachment::Attached,
            Node::NatGateway(id) => model.nat_gateways[id].state != NatState::Deleted,
            Node::Interface(id) => model.interfaces[id].state == InterfaceState::InUse,
            Node::PeeringConnection(id) => model.peering_connections[id].state == PeeringState::Active,
            Node::VirtualPrivateGateway(id) => model.virtual_private_gateways[id].attachment == Attachment::Attached,
            Node::TransitGateway(id) => model.transit_gateway_attachments[id].state != AttachmentState::Deleted,
            Node::Nowhere => false,
            Node::Internet
            | Node::EgressOnlyInternetGateway(_)
            | Node::OnPremises(_)
            | Node::Router
            | Node::Subnet(_)
            | Node::Unmodelled => true,
        }
    }

    fn along_back(&mut self, mut flow: Flow, out: Out<'_>, wanted: Wanted) {
        let at = At::new(self.table(out.subnet));
        let table = out.way.table;
        let rule = match out.way.choice {
            Choice::Local => RuleRef::LocalRoute { table },
            Choice::Undetermined(index) => {
                return self.unknown(flow, Unmodelled::RoutePriority(RuleRef::Route { table, index }));
            }
            Choice::Route(index) => RuleRef::Route { table, index },
        };
        if !self.is_usable(out.node) {
            if let Some(flow) = self.blocked(flow, at, Code::BadStateRoute, Some(rule)) {
                self.go_wanted(flow, out.subnet, wanted);
            }
        } else if leads_to(out.node, wanted) || self.is_owner(out.node, flow.header.destination) {
            flow.hop(at, Some(rule));
            self.hand(flow, out.node, out.subnet);
        } else if out.node == Node::Unmodelled {
            self.unknown(flow, Unmodelled::Target(rule));
        } else if let Node::Interface(interface) = out.node
            && self.graph.model.interfaces[interface].source_dest_check == SourceDestCheck::Off
        {
            self.unknown(flow, Unmodelled::Appliance(interface));
        } else if is_between_vpcs(out.node)
            && matches!(wanted, Wanted::Back(Via::PeeringConnection(_) | Via::TransitGateway(_)))
        {
            flow.hop(at, Some(rule));
            self.hand(flow, out.node, out.subnet);
        } else if self.follows(&flow) {
            self.misrouted(flow, out, rule, wanted);
        }
    }

    /// Goes on the wanted way, where the table would not.
    fn go_wanted(&mut self, flow: Flow, subnet: SubnetId, wanted: Wanted) {
        let node = match wanted {
            Wanted::Local => Node::Router,
            Wanted::Back(Via::InternetGateway(Some(gateway))) => Node::InternetGateway(gateway),
            Wanted::Back(Via::InternetGateway(None)) => return self.finish(flow),
            Wanted::Back(Via::PeeringConnection(connection)) => Node::PeeringConnection(connection),
            Wanted::Back(Via::VirtualPrivateGateway(gateway)) => Node::VirtualPrivateGateway(gateway),
            Wanted::Back(Via::TransitGateway(attachment)) => Node::TransitGateway(attachment),
            Wanted::Back(Via::Interface(interface)) => Node::Interface(interface),
        };
        self.hand(flow, node, subnet);
    }

    /// Whether a route inside the VPC (R83) leads to the very interface the reply is for.
    fn is_owner(&self, node: Node, destination: Field) -> bool {
        match (node, destination) {
            (Node::Interface(id), Field::Fixed(one)) => self.graph.model.interfaces[id].owns(one).is_some(),
            _ => false,
        }
    }

    /// Names why a reply goes elsewhere than it has to.
    fn misrouted(&mut self, flow: Flow, out: Out<'_>, rule: RuleRef, wanted: Wanted) {
        let at = At::new(self.table(out.subnet));
        let destination = flow.header.destination;
        let (shorter, equal) = self.rivals(out.way, destination, wanted);
        let (specific, flow) = self.parted_by(flow, destination, &shorter);
        if let Some(flow) = specific.and_then(|flow| self.blocked(flow, at, Code::MoreSpecificRoute, Some(rule))) {
            self.go_wanted(flow, out.subnet, wanted);
        }
        let Some(flow) = flow else { return };
        let (priority, flow) = self.parted_by(flow, destination, &equal);
        if let Some(flow) = priority.and_then(|flow| self.blocked(flow, at, Code::HigherPriorityRoute, Some(rule))) {
            self.go_wanted(flow, out.subnet, wanted);
        }
        if let Some(flow) = flow.and_then(|flow| self.blocked(flow, at, Code::NoRouteToDestination, None)) {
            self.go_wanted(flow, out.subnet, wanted);
        }
    }

    /// Addresses for which a shorter prefix has the wanted target, and for which the very
    /// prefix has it and loses.
    fn rivals(&self, way: &Way, destination: Field, wanted: Wanted) -> (Ranges, Ranges) {
        let Some(prefixes) = self.graph.prefixes.get(way.table.index()) else { return Default::default() };
        let of_interest: Vec<&Prefix> = match destination {
            Field::Fixed(one) => {
                prefixes.iter().filter(|prefix| within(&[prefix.range], address::number(one))).collect()
            }
            Field::Asked(_) => prefixes.iter().collect(),
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
        let has = |wanted: Target| prefix.routes.iter().any(|index| target(index) == Some(&wanted));
        match wanted {
            Wanted::Local => prefix.choice == Choice::Local,
            Wanted::Back(Via::InternetGateway(None)) => false,
            Wanted::Back(Via::InternetGateway(Some(id))) => has(Target::InternetGateway(id)),
            Wanted::Back(Via::PeeringConnection(id)) => has(Target::PeeringConnection(id)),
            Wanted::Back(Via::VirtualPrivateGateway(id)) => has(Target::VirtualPrivateGateway(id)),
            Wanted::Back(Via::TransitGateway(id)) => has(Target::TransitGateway(id)),
            Wanted::Back(Via::Interface(id)) => has(Target::Interface(id)),
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
        Wanted::Back(Via::InternetGateway(gateway)) => gateway.is_some_and(|id| node == Node::InternetGateway(id)),
        Wanted::Back(Via::PeeringConnection(id)) => node == Node::PeeringConnection(id),
        Wanted::Back(Via::VirtualPrivateGateway(id)) => node == Node::VirtualPrivateGateway(id),
        Wanted::Back(Via::TransitGateway(id)) => node == Node::TransitGateway(id),
        Wanted::Back(Via::Interface(id)) => node == Node::Interface(id),
    }
}

/// Whether it leads from VPC to VPC, on a way that a reply may take whichever way the
/// request came (R135).
fn is_between_vpcs(node: Node) -> bool {
    matches!(node, Node::PeeringConnection(_) | Node::TransitGateway(_))
}

/// An address as a field.
impl From<IpAddr> for Field {
    fn from(one: IpAddr) -> Self {
        Self::Fixed(one)
    }
}
