//! The network ACL of a subnet.
//!
//! In: a packet that crosses the subnet's boundary. Out: the rule that decides it.

use fmnet_core::model::SubnetId;
use fmnet_core::model::network_acl::AclAction;

use super::walk::Walk;
use crate::fate::{Code, Component, Direction, RuleRef};

/// Tests the ACL of `subnet` for a packet that enters or leaves it.
///
/// Rules are tried by ascending number and the first that matches decides (R58); where
/// none does, the final deny (R59). There is no state: a reply is judged by itself
/// (R60). Inbound rules speak of the source, outbound rules of the destination (R66),
/// and both see private addresses of the VPC's side (R67).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>,
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>.
pub(super) fn test(walk: &mut Walk<'_>, subnet: SubnetId, direction: Direction) {
    let acl = walk.model.subnets[subnet].network_acl;
    let component = Component::NetworkAcl(acl, subnet);
    let (rules, other) = match direction {
        Direction::Ingress => (&walk.model.network_acls[acl].ingress, walk.packet.source),
        Direction::Egress => (
            &walk.model.network_acls[acl].egress,
            walk.packet.destination,
        ),
    };
    let deciding = (0..).zip(rules).find(|(_, rule)| {
        rule.traffic
            .contains(walk.packet.protocol, walk.packet.port)
            && rule.peer.contains(&other)
    });
    let (action, rule) = match deciding {
        Some((index, rule)) => (
            rule.action,
            RuleRef::Acl {
                acl,
                direction,
                index,
            },
        ),
        None => (AclAction::Deny, RuleRef::AclDefault { acl, direction }),
    };
    match action {
        AclAction::Allow => walk.pass_way(component, direction, Some(rule)),
        AclAction::Deny => {
            walk.block_way(Code::SubnetAclRestriction, component, direction, Some(rule));
        }
    }
}
