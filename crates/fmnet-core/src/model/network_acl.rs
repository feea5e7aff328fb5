//! Network ACLs.

use ipnet::IpNet;

use super::VpcId;
use crate::source::Span;
use crate::traffic::Traffic;

/// A network ACL (R57 to R69).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>.
#[derive(Clone, Debug)]
pub struct NetworkAcl {
    /// Its name; the default one is called `default`.
    pub name: String,
    /// The VPC it belongs to.
    pub vpc: VpcId,
    /// Whether it is the VPC's default ACL.
    pub is_default: bool,
    /// Inbound rules by ascending number, each number once; the final deny is not listed.
    pub ingress: Vec<AclRule>,
    /// Outbound rules, likewise.
    pub egress: Vec<AclRule>,
    /// Where the design says so.
    pub span: Span,
}

/// One numbered rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AclRule {
    /// 1 to 32766.
    pub number: u16,
    /// What it does with packets that match.
    pub action: AclAction,
    /// The traffic it matches.
    pub traffic: Traffic,
    /// Inbound: the source; outbound: the destination (R66). Matches its own family only.
    pub peer: IpNet,
    /// Where the design says so; empty for a rule that AWS makes.
    pub span: Span,
}

/// What an ACL rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AclAction {
    /// Lets the packet pass.
    Allow,
    /// Drops it.
    Deny,
}
