//! What is no mistake, but deserves a look.
//!
//! In: a model. Out: warnings, few of them: nothing about AWS's own defaults, nothing
//! that reachability shows to be harmless.

use fmnet_core::diagnostic::Diagnostic;
use fmnet_core::model::Model;
use fmnet_core::model::network_acl::{AclAction, AclRule, NetworkAcl};
use fmnet_core::traffic::{PortRange, Protocol, Traffic};

/// The warnings of `model`, in order of the components' names.
#[must_use]
pub fn warnings(model: &Model) -> Vec<Diagnostic> {
    let used =
        model.network_acls.iter().filter(|(id, _)| model.subnets.iter().any(|(_, subnet)| subnet.network_acl == *id));
    used.flat_map(|(_, acl)| [Family::Ipv4, Family::Ipv6].map(|family| drops_path_mtu(acl, family))).flatten().collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Ipv4,
    Ipv6,
}

/// An ACL that lets TCP in but not the ICMP message that path MTU discovery needs (R68).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html>.
fn drops_path_mtu(acl: &NetworkAcl, family: Family) -> Option<Diagnostic> {
    let (protocol, message, name) = match family {
        Family::Ipv4 => (Protocol::ICMP, PortRange::icmp(3, 4), "icmp/3/4"),
        Family::Ipv6 => (Protocol::ICMPV6, PortRange::icmp(2, 0), "icmpv6/2/0"),
    };
    let mine = |rule: &&AclRule| rule.peer.addr().is_ipv4() == (family == Family::Ipv4);
    let allows = |rule: &&AclRule| rule.action == AclAction::Allow;
    let lets_tcp = |rule: &&AclRule| match rule.traffic {
        Traffic::Any => true,
        Traffic::Of { protocol, .. } => protocol == Protocol::TCP,
    };
    let tcp = acl.ingress.iter().filter(mine).filter(allows).find(lets_tcp)?;
    let passes =
        acl.ingress.iter().filter(mine).filter(allows).any(|rule| rule.traffic.contains(protocol, message.first));
    if passes {
        return None;
    }
    let next = acl.ingress.last().map_or(100, |rule| rule.number.saturating_add(10).min(32766));
    let anywhere = if family == Family::Ipv4 { "0.0.0.0/0" } else { "::/0" };
    Some(
        Diagnostic::warning(
            "icmp-unreachable-dropped",
            format!("network ACL `{}` drops the messages of path MTU discovery", acl.name),
            tcp.span,
            "large packets of these connections may be lost",
        )
        .help(format!("add `{next} allow {name} from {anywhere}` to its ingress rules")),
    )
}
