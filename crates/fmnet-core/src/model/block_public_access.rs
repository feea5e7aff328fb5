//! VPC Block Public Access.

use super::{SubnetId, VpcId};
use crate::source::Span;

/// What an account has set for its VPCs of one Region (R213 to R222).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>.
#[derive(Clone, Debug)]
pub struct BlockPublicAccess {
    /// The account, as [`super::vpc::Vpc::account`] has it.
    pub account: String,
    /// The Region's name.
    pub region: String,
    /// `InternetGatewayBlockMode`.
    pub mode: BlockMode,
    /// `ManagedBy`: who may change it (R222). Says nothing of packets.
    pub managed_by: ManagedBy,
    /// The VPCs and subnets exempted from it, those in a `disable-…` state left out (R222).
    pub exclusions: Vec<Exclusion>,
    /// What an `allow-egress` exclusion does for an interface that uses its own public
    /// address: AWS's pages disagree (R216).
    pub own_address: OwnAddressEgress,
    /// Where the design says so.
    pub span: Span,
}

/// `InternetGatewayBlockMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockMode {
    /// `off`.
    Off,
    /// `block-bidirectional`: nothing crosses the gateways to the internet (R213).
    Bidirectional,
    /// `block-ingress`: only what starts behind a NAT gateway or leaves by an egress-only
    /// internet gateway does (R214).
    Ingress,
}

/// Who holds the setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManagedBy {
    /// `account`.
    Account,
    /// `declarative-policy`, of the organisation.
    DeclarativePolicy,
}

/// An exclusion: a VPC or subnet exempted from the account's mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// What is exempted.
    pub of: Excluded,
    /// What it may do.
    pub mode: ExclusionMode,
}

/// What an exclusion exempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excluded {
    /// A VPC with all its subnets.
    Vpc(VpcId),
    /// A subnet.
    Subnet(SubnetId),
}

/// `InternetGatewayExclusionMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExclusionMode {
    /// `allow-bidirectional` (R215).
    AllowBidirectional,
    /// `allow-egress`: counts under `block-bidirectional` alone (R216).
    AllowEgress,
}

/// Whether `allow-egress` lets an interface out with its own public address (R216).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum OwnAddressEgress {
    /// No, as the worked example's output shows.
    #[default]
    Stopped,
    /// Yes, as the one-line texts say.
    Passes,
}
