//! Security groups.

use ipnet::IpNet;

use super::{PrefixListId, SecurityGroupId, VpcId};
use crate::source::Span;
use crate::traffic::Traffic;

/// A security group (R31 to R49).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>.
#[derive(Clone, Debug)]
pub struct SecurityGroup {
    /// Its name.
    pub name: String,
    /// The VPC it belongs to; where that is outside of the model, the one it is associated with.
    pub vpc: VpcId,
    /// Whether it is the VPC's default group.
    pub is_default: bool,
    /// The VPC that owns it, where that is outside of the model and the group is associated with `vpc` (R48).
    pub foreign_vpc: Option<String>,
    /// Further VPCs whose interfaces may carry it (R48).
    pub associations: Vec<VpcId>,
    /// Ingress rules: any that matches admits.
    pub ingress: Vec<GroupRule>,
    /// Egress rules.
    pub egress: Vec<GroupRule>,
    /// Ingress rules that name a group of a VPC that nothing joins with this one: they
    /// stay, count in quotas, and match nothing (R38).
    pub stale_ingress: Vec<GroupRule>,
    /// Egress rules of that kind.
    pub stale_egress: Vec<GroupRule>,
    /// Where the design says so.
    pub span: Span,
}

/// One rule: one traffic, one peer (R35). A line of a design may stand for several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRule {
    /// What it admits.
    pub traffic: Traffic,
    /// Ingress: from whom; egress: to whom.
    pub peer: Peer,
    /// Where the design says so; empty for a rule that AWS makes.
    pub span: Span,
}

/// The other end of a security group rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Addresses of one family.
    Cidr(IpNet),
    /// The private addresses of interfaces that carry the group (R36).
    Group(SecurityGroupId),
    /// The entries of a prefix list (R45).
    PrefixList(PrefixListId),
}
