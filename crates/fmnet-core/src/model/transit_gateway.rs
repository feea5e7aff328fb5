//! Transit gateways, their attachments and their route tables.

use super::route_table::Destination;
use super::{
    SubnetId, TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayPeeringId, TransitGatewayRouteTableId, VpcId,
};
use crate::source::Span;

/// A transit gateway: the router of a region, between VPCs and other networks (R139 to R155).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>.
#[derive(Clone, Debug)]
pub struct TransitGateway {
    /// Its name.
    pub name: String,
    /// The account that owns it; empty where the design names none.
    pub account: String,
    /// The region's name, as `ap-northeast-2`.
    pub region: String,
    /// `SecurityGroupReferencingSupport`, off by default: whether rules may name groups of
    /// other attached VPCs (R39).
    pub security_group_referencing: Switch,
    /// Where the design says so.
    pub span: Span,
}

/// An option of AWS's that is `enable` or `disable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// `enable`.
    On,
    /// `disable`.
    Off,
}

/// What joins a transit gateway to a network; a source and a destination of packets.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/working-with-transit-gateways.html>.
#[derive(Clone, Debug)]
pub struct TransitGatewayAttachment {
    /// Its name; a peering has the same at both of its ends.
    pub name: String,
    /// The transit gateway.
    pub gateway: TransitGatewayId,
    /// What is attached.
    pub kind: AttachmentKind,
    /// Whether it works (R7).
    pub state: AttachmentState,
    /// The table that packets coming in by it are looked up in, if there is one (R142).
    pub association: Option<TransitGatewayRouteTableId>,
    /// Where the design says so.
    pub span: Span,
}

/// What is attached to a transit gateway.
#[derive(Clone, Debug)]
pub enum AttachmentKind {
    /// A VPC.
    Vpc(VpcAttachment),
    /// One end of a peering with another transit gateway (R151).
    Peering(TransitGatewayPeeringId),
    /// Something real that is not modelled, by AWS's word for it, as `connect` (R155).
    Unmodelled(String),
}

/// The attachment of a VPC: at most one joins it to a transit gateway.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>.
#[derive(Clone, Debug)]
pub struct VpcAttachment {
    /// The VPC.
    pub vpc: VpcId,
    /// The subnets that hold its interfaces, one a zone, in order of their zones. Never empty.
    pub subnets: Vec<SubnetId>,
    /// `ApplianceModeSupport`, off by default: both directions of a flow come in by one zone (R149).
    pub appliance_mode: Switch,
    /// `Ipv6Support`, off by default (R153).
    pub ipv6: Switch,
    /// `SecurityGroupReferencingSupport`, on by default (R39).
    pub security_group_referencing: Switch,
}

/// State of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentState {
    /// `available`: carries packets.
    Available,
    /// `modifying` or `rollingBack`: AWS does not say whether it carries any (R7).
    Changing,
    /// `pendingAcceptance`, `pending`, `failed`, `deleting` and the like: carries nothing.
    NotWorking,
    /// `deleted`: routes to it are blackholes (R89).
    Deleted,
}

/// A peering between two transit gateways, of one region or of two (R151).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html>.
#[derive(Clone, Debug)]
pub struct TransitGatewayPeering {
    /// Its name.
    pub name: String,
    /// The transit gateway that asked for it.
    pub requester: TransitGatewayId,
    /// The transit gateway that was asked; never the same.
    pub accepter: TransitGatewayId,
    /// Where the design says so.
    pub span: Span,
}

/// A route table of a transit gateway, with what attachments propagate into it (R143).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html>.
#[derive(Clone, Debug)]
pub struct TransitGatewayRouteTable {
    /// Its name; AWS's own default table is called `default`.
    pub name: String,
    /// The transit gateway it belongs to.
    pub gateway: TransitGatewayId,
    /// Its routes: the static ones in the order written, then the propagated ones in order of
    /// the attachments.
    pub routes: Vec<TransitGatewayRoute>,
    /// Where the design says so.
    pub span: Span,
}

/// A route of a transit gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitGatewayRoute {
    /// Which packets it is for; a prefix list is a prefix list reference.
    pub destination: Destination,
    /// Where it sends them.
    pub target: TransitGatewayTarget,
    /// Where it came from.
    pub origin: TransitGatewayOrigin,
    /// Where the design says so; a propagated one is said to be where its attachment is.
    pub span: Span,
}

/// Where a transit gateway's route leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransitGatewayTarget {
    /// An attachment of the same transit gateway.
    Attachment(TransitGatewayAttachmentId),
    /// Nowhere (R145).
    Blackhole,
}

/// Where a transit gateway's route came from, which decides between equal prefixes (R144).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransitGatewayOrigin {
    /// Written by hand: `CreateTransitGatewayRoute` or a prefix list reference.
    Static,
    /// Propagated by the attachment it leads to.
    Propagated,
    /// Propagated, unless another attached VPC with an overlapping block was attached before,
    /// which the design does not say (R146).
    MaybePropagated,
}

impl TransitGatewayPeering {
    /// The transit gateway at the other end from `gateway`, if `gateway` is one of the two.
    #[must_use]
    pub fn other(&self, gateway: TransitGatewayId) -> Option<TransitGatewayId> {
        if gateway == self.requester {
            Some(self.accepter)
        } else {
            (gateway == self.accepter).then_some(self.requester)
        }
    }
}

impl TransitGatewayAttachment {
    /// The attachment of a VPC, if it is one.
    #[must_use]
    pub fn vpc(&self) -> Option<&VpcAttachment> {
        match &self.kind {
            AttachmentKind::Vpc(attachment) => Some(attachment),
            AttachmentKind::Peering(_) | AttachmentKind::Unmodelled(_) => None,
        }
    }
}

impl super::Model {
    /// The attachment at the other end of a peering, of which `end` is one.
    #[must_use]
    pub fn other_end(&self, end: TransitGatewayAttachmentId) -> Option<TransitGatewayAttachmentId> {
        let AttachmentKind::Peering(peering) = self.transit_gateway_attachments[end].kind else { return None };
        let is_other = |(id, other): &(TransitGatewayAttachmentId, &TransitGatewayAttachment)| {
            *id != end && matches!(other.kind, AttachmentKind::Peering(same) if same == peering)
        };
        self.transit_gateway_attachments.iter().find(is_other).map(|(id, _)| id)
    }
}
