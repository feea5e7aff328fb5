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
        Direction::Egress => (&walk.model.network_acls[acl].egress, walk.packet.destination),
    };
    let deciding = (0..)
        .zip(rules)
        .find(|(_, rule)| rule.traffic.contains(walk.packet.protocol, walk.packet.port) && rule.peer.contains(&other));
    let (action, rule) = match deciding {
        Some((index, rule)) => (rule.action, RuleRef::Acl { acl, direction, index }),
        None => (AclAction::Deny, RuleRef::AclDefault { acl, direction }),
    };
    match action {
        AclAction::Allow => walk.pass_way(component, direction, Some(rule)),
        AclAction::Deny => {
            walk.block_way(Code::SubnetAclRestriction, component, direction, Some(rule));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check::{check, check_hops};
    use super::super::testing::{INET, tcp, tight};

    const ALL_IN: &str = "allow any from 0.0.0.0/0";
    const ALL_OUT: &str = "allow any to 0.0.0.0/0";

    #[test]
    fn rules_without_state() {
        let call = tcp("10.0.10.10", "10.0.11.10", 5432);
        // R60: the reply is judged by itself.
        let silent = tight("privB", &[ALL_IN], &["allow tcp/5432 to 0.0.0.0/0"]);
        check(&[&silent], "app", call, &["ReplyLost", "return SUBNET_ACL_RESTRICTION tight@privB out *"]);
        let wide = tight("privB", &[ALL_IN], &["allow tcp/32768-65535 to 10.0.10.0/24"]);
        check(&[&wide], "app", call, &["Answered"]);
        // R58: the first rule that matches.
        let denied = tight("privB", &["deny tcp/5432 from 10.0.10.10/32", ALL_IN], &[ALL_OUT]);
        check(&[&denied], "app", call, &["Blocked", "forward SUBNET_ACL_RESTRICTION tight@privB in [0]"]);
        // The ACL is named before the route.
        let two = [
            "Blocked",
            "forward SUBNET_ACL_RESTRICTION tight@privA out *",
            "forward NO_ROUTE_TO_DESTINATION main@privA",
        ];
        check(&[&tight("privA", &[], &[])], "app", tcp("10.0.10.10", INET, 443), &two);
    }

    /// R4: inside one subnet neither ACL nor route table.
    #[test]
    fn neighbours() {
        let shut = tight("privA", &[], &[]);
        let edits = [
            &shut,
            "route_tables.main: [10.0.10.0/24 -> fw]",
            "instances.near: {subnet: privA, groups: [web-sg], address: 10.0.10.11}",
        ];
        let near = tcp("10.0.10.11", "10.0.10.10", 8080);
        check(&edits, "near", near, &["Answered"]);
        check_hops(&edits, "near", near, "near out web-sg[0], app in app-sg[0] | app out, near in");
        let nobody = ["Blocked", "forward NO_POSSIBLE_DESTINATION v1"];
        check(&edits, "near", tcp("10.0.10.11", "10.0.10.12", 8080), &nobody);
    }
}
