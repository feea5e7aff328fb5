//! The security groups of an interface.
//!
//! In: the packet at an interface, and its direction. Out: whether a rule admits it.

use std::net::IpAddr;

use fmnet_core::model::interface::{Interface, Owner};
use fmnet_core::model::peering_connection::PeeringState;
use fmnet_core::model::route_table::Target;
use fmnet_core::model::security_group::{GroupRule, Peer, SecurityGroup};
use fmnet_core::model::transit_gateway::Switch;
use fmnet_core::model::{InterfaceId, Model, SecurityGroupId, VpcId};

use super::next_hop::Via;
use super::transit_gateway;
use super::walk::Walk;
use crate::fate::{Code, Component, Direction, RuleRef, Unmodelled};

/// Tests the groups of interface `id`; none where the answer is not known, and the
/// walk ends.
///
/// Rules only allow, and any one of any group is enough (R31); without one the packet
/// is dropped (R32).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>.
pub(super) fn test(walk: &mut Walk<'_>, id: InterfaceId, direction: Direction) -> Option<()> {
    let interface = &walk.model.interfaces[id];
    let component = Component::Interface(id);
    let doubtful = first_doubtful_group(walk.model, interface);
    if let Some(rule) = admitting_rule(walk, interface, direction) {
        walk.pass_way(component, direction, Some(rule));
    } else if let Some(group) = doubtful {
        walk.unknown(Unmodelled::ForeignGroup(group, id));
        return None;
    } else if would_admit(walk, interface, direction) {
        walk.block_way(Code::SgReferencingSupport, component, direction, None);
    } else if has_rules(walk.model, interface, direction) {
        walk.block_way(Code::EniSgRulesMismatch, component, direction, None);
    } else {
        walk.block_way(Code::SgHasNoRules, component, direction, None);
    }
    Some(())
}

/// The first rule that certainly admits the packet, in order of group and position.
fn admitting_rule(walk: &Walk<'_>, interface: &Interface, direction: Direction) -> Option<RuleRef> {
    let vpcs = other_vpcs(walk, walk.model.vpc_of(interface.subnet), direction);
    rule_for(walk, interface, direction, &vpcs)
}

/// Whether a rule would admit the packet if transit gateways on its way supported rules
/// that name groups of other VPCs (R39).
fn would_admit(walk: &Walk<'_>, interface: &Interface, direction: Direction) -> bool {
    let vpc = walk.model.vpc_of(interface.subnet);
    let Some(Via::Target(Target::TransitGateway(by))) = walk.entered_by(vpc) else {
        return false;
    };
    let Some((there, Switch::Off)) = transit_gateway::came_from(walk, *by) else {
        return false;
    };
    direction == Direction::Ingress && rule_for(walk, interface, direction, &[there]).is_some()
}

/// The first rule that certainly admits the packet, where rules that name groups speak of
/// interfaces in `vpcs`.
fn rule_for(walk: &Walk<'_>, interface: &Interface, direction: Direction, vpcs: &[VpcId]) -> Option<RuleRef> {
    // Ingress rules speak of the source, egress rules of the destination; each sees the
    // address in the packet as it is at the interface, after any translation (R46).
    let other = match direction {
        Direction::Ingress => walk.packet.source,
        Direction::Egress => walk.packet.destination,
    };
    let certain = interface.groups.iter().filter(|&&id| !is_doubtful(walk.model, interface, id));
    certain.copied().find_map(|group| {
        let rules = rules(&walk.model.security_groups[group], direction);
        let (index, _) = (0..).zip(rules).find(|(_, rule)| {
            rule.traffic.contains(walk.packet.protocol, walk.packet.port) && matches(walk.model, vpcs, rule.peer, other)
        })?;
        Some(RuleRef::Group { group, direction, index })
    })
}

/// The VPCs whose interfaces a rule that names a group speaks of, for a packet at an
/// interface in `vpc`: outward, this one and those peered with it in its Region;
/// inward, the one that the packet was in before, be it this one or one peered with it
/// in its Region (R37), or one on the same transit gateway (R39). A packet from the
/// internet was in none.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html>.
fn other_vpcs(walk: &Walk<'_>, vpc: VpcId, direction: Direction) -> Vec<VpcId> {
    let model = walk.model;
    let in_region = |other: &VpcId| model.vpcs[*other].region == model.vpcs[vpc].region;
    match direction {
        Direction::Egress => {
            let connections = model.peering_connections.iter().map(|(_, connection)| connection);
            let active = connections.filter(|connection| connection.state == PeeringState::Active);
            std::iter::once(vpc)
                .chain(active.filter_map(|connection| connection.other(vpc)).filter(in_region))
                .collect()
        }
        Direction::Ingress => match walk.entered_by(vpc) {
            Some(Via::Local | Via::Target(Target::Interface(_))) => vec![vpc],
            Some(Via::Target(Target::PeeringConnection(id))) => {
                model.peering_connections[*id].other(vpc).filter(in_region).into_iter().collect()
            }
            Some(Via::Target(Target::TransitGateway(id))) => match transit_gateway::came_from(walk, *id) {
                Some((there, Switch::On)) => vec![there],
                Some((_, Switch::Off)) | None => Vec::new(),
            },
            Some(Via::Target(_) | Via::NoGateway) | None => Vec::new(),
        },
    }
}

/// Whether `peer` speaks of `other`, an address in one of `vpcs`.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>.
fn matches(model: &Model, vpcs: &[VpcId], peer: Peer, other: IpAddr) -> bool {
    match peer {
        // A block of one family never holds an address of the other (R5).
        Peer::Cidr(net) => net.contains(&other),
        // R45: https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
        Peer::PrefixList(list) => model.prefix_lists[list].entries.iter().any(|net| net.contains(&other)),
        // Private addresses of those who carry the group, primary, secondary and IPv6;
        // never public ones, and never what that group's own rules say (R36).
        Peer::Group(group) => model.interfaces.iter().any(|(_, interface)| {
            let is_there = vpcs.contains(&model.vpc_of(interface.subnet));
            is_there && interface.groups.contains(&group) && interface.owns(other).is_some()
        }),
    }
}

/// Whether any group of the interface has a rule for the direction, be it stale: such a
/// rule matches nothing, but it is there (R38).
fn has_rules(model: &Model, interface: &Interface, direction: Direction) -> bool {
    let mut groups = interface.groups.iter().map(|&id| &model.security_groups[id]);
    groups.any(|group| {
        let stale = match direction {
            Direction::Ingress => &group.stale_ingress,
            Direction::Egress => &group.stale_egress,
        };
        !rules(group, direction).is_empty() || !stale.is_empty()
    })
}

fn rules(group: &SecurityGroup, direction: Direction) -> &[GroupRule] {
    match direction {
        Direction::Ingress => &group.ingress,
        Direction::Egress => &group.egress,
    }
}

fn first_doubtful_group(model: &Model, interface: &Interface) -> Option<SecurityGroupId> {
    interface.groups.iter().copied().find(|&id| is_doubtful(model, interface, id))
}

/// Whether AWS does not say what group `id` does here: a group of another VPC may be
/// associated with this one, but RDS is not among the services that support it (R48).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html>.
fn is_doubtful(model: &Model, interface: &Interface, id: SecurityGroupId) -> bool {
    let is_database = match interface.owner {
        Owner::Database(_) => true,
        Owner::Instance(_) | Owner::Nobody => false,
    };
    is_database && model.security_groups[id].foreign_vpc.is_some()
}

#[cfg(test)]
mod tests {
    use super::super::testing::check::{check, check_hops};
    use super::super::testing::tcp;

    #[test]
    fn rules_and_peers() {
        let call = tcp("10.0.0.10", "10.0.10.10", 8080);
        check(&[], "web", call, &["Answered"]);
        check_hops(
            &[],
            "web",
            call,
            "web out web-sg[0], default@pubA out [0], pub@pubA local, default@privA in [0], app in app-sg[0] \
             | app out, default@privA out [0], main@privA local, default@pubA in [0], web in",
        );
        let mismatch = ["Blocked", "forward ENI_SG_RULES_MISMATCH db in"];
        check(&[], "web", tcp("10.0.0.10", "10.0.11.10", 5432), &mismatch);
        let silent = "security_groups.web-sg: {ingress: [], egress: []}";
        let none = ["Blocked", "forward SG_HAS_NO_RULES web out"];
        check(&[silent], "web", call, &none);
        // R50: no egress rule is needed for a reply.
        let mute = "security_groups.db-sg.egress: []";
        check(&[mute], "app", tcp("10.0.10.10", "10.0.11.10", 5432), &["Answered"]);
        let list = "security_groups.web-sg.ingress: [tcp/443 from list partners]";
        check(&[list], "internet", tcp("198.18.3.4", "198.51.100.10", 443), &["Answered"]);
        // R36: a group is in the VPC; no packet from the internet is of it.
        let from_group = "security_groups.web-sg.ingress: [tcp/443 from group app-sg]";
        let outside = [
            "Blocked",
            "forward IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS igw",
            "forward ENI_SG_RULES_MISMATCH web in",
            "return NO_POSSIBLE_DESTINATION app",
        ];
        check(&[from_group], "internet", tcp("10.0.10.10", "198.51.100.10", 443), &outside);
    }

    /// R48: a group of another VPC on a database.
    #[test]
    fn foreign_groups() {
        let database = "security_groups.shared: {vpc: v2, association: associated, ingress: [tcp/5432 from 0.0.0.0/0]}
databases.pg: {engine: postgres, subnet_group: [privA, privB], groups: [shared], az: ap-northeast-2b}";
        let unknown = ["Unknown", "forward ForeignGroup shared pg@privB"];
        check(&[database], "app", tcp("10.0.10.10", "10.0.11.4", 5432), &unknown);
    }
}
