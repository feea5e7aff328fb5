//! VPC peering connections.

use super::VpcId;
use crate::source::Span;

/// A peering connection between two VPCs; at most one joins a pair (R130 to R138).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>.
#[derive(Clone, Debug)]
pub struct PeeringConnection {
    /// Its name.
    pub name: String,
    /// The VPC that asked for it.
    pub requester: VpcId,
    /// The VPC that was asked; never the same.
    pub accepter: VpcId,
    /// Whether it carries packets.
    pub state: PeeringState,
    /// Where the design says so.
    pub span: Span,
}

impl PeeringConnection {
    /// The VPC at the other end from `vpc`, if `vpc` is one of the two.
    #[must_use]
    pub fn other(&self, vpc: VpcId) -> Option<VpcId> {
        if vpc == self.requester { Some(self.accepter) } else { (vpc == self.accepter).then_some(self.requester) }
    }
}

/// State of a peering connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeeringState {
    /// `active`: carries packets.
    Active,
    /// Anything else, as `pending-acceptance`: routes to it are blackholes (R89).
    NotActive,
}
