//! Rules as text.
//!
//! In: a line of a test. Out: the rule of the model.

#![expect(clippy::unwrap_used, reason = "a rule that does not parse fails its test")]

use fmnet_core::model::network_acl::{AclAction, AclRule};
use fmnet_core::source::Span;
use fmnet_core::traffic::{PortRange, Protocol, Traffic};

/// Reads `allow tcp/80-90 10.0.0.0/8`.
pub(in crate::trace) fn acl_rule(number: u16, text: &str) -> AclRule {
    let (action, rest) = text.split_once(' ').unwrap();
    let (shape, peer) = rest.split_once(' ').unwrap();
    let action = if action == "allow" { AclAction::Allow } else { AclAction::Deny };
    let (traffic, peer) = (traffic(shape), peer.parse().unwrap());
    AclRule { number, action, traffic, peer, span: Span::NOWHERE }
}

/// Reads `any`, `tcp/80`, `tcp/80-90`, `icmp/8`.
pub(in crate::trace) fn traffic(text: &str) -> Traffic {
    let (word, ports) = text.split_once('/').unwrap_or((text, ""));
    let protocol = match word {
        "tcp" => Protocol::TCP,
        "udp" => Protocol::UDP,
        "icmp" => Protocol::ICMP,
        _ => return Traffic::Any,
    };
    if protocol == Protocol::ICMP {
        return Traffic::Of { protocol, ports: PortRange::icmp_type(ports.parse().unwrap()) };
    }
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let (first, last) = (first.parse().unwrap(), last.parse().unwrap());
    Traffic::Of { protocol, ports: PortRange { first, last } }
}
