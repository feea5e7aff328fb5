//! What becomes of a packet, in words both engines share.
//!
//! In: nothing but ids of the model. Out: [`Fate`], [`Blocker`], [`Hop`]. The two
//! engines use these types and nothing else of each other. `docs/semantics.md` says
//! which of them stands for what.

use std::fmt;

use fmnet_core::model::{
    DirectConnectGatewayId, EgressOnlyInternetGatewayId, InterfaceId, InternetGatewayId, NatGatewayId, NetworkAclId,
    OnPremisesId, PeeringConnectionId, RouteTableId, SecurityGroupId, SubnetId, TransitGatewayAttachmentId,
    TransitGatewayRouteTableId, VirtualPrivateGatewayId, VpcId, VpnConnectionId,
};

/// Where a packet starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A host on the internet.
    Internet,
    /// The same, sending to the private addresses of this VPC: how a workload without a
    /// public address is asked about.
    InternetToward(VpcId),
    /// An interface.
    Interface(InterfaceId),
    /// A host in a network on premises.
    OnPremises(OnPremisesId),
}

/// One way, or the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leg {
    /// The request.
    Forward,
    /// The reply.
    Return,
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forward => "forward",
            Self::Return => "return",
        })
    }
}

/// Which way a packet crosses a gate, as AWS says it of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Into the interface or the subnet.
    Ingress,
    /// Out of it.
    Egress,
}

/// Codes of gates. All but the last are Reachability Analyzer's.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the documented names say it")]
pub enum Code {
    BadState,
    BadStateAttachment,
    BadStateRoute,
    BadStateVpn,
    ElbAclRestriction,
    ElbInstalledAzRestriction,
    ElbListenersMismatch,
    ElbNotCrosszone,
    Elbv2ListenerHasNoTg,
    Elbv2ListenerPortRestriction,
    Elbv2ListenersMismatch,
    Elbv2NoTargetsInAz,
    EniSgRulesMismatch,
    EniSourceDestCheckRestriction,
    FirewallRulesRestriction,
    GatewayRejectsSpoofedTraffic,
    GwlbDestinationPortRestriction,
    GwlbProtocolRestriction,
    HigherPriorityRoute,
    IgwDestinationAddressNotInRfc1918Egress,
    IgwDestinationAddressNotInRfc6598Egress,
    IgwPrivateIpAssociationForIngress,
    IgwPublicIpAssociationForEgress,
    IgwSourceAddressNotInRfc1918Ingress,
    IgwSourceAddressNotInRfc6598Ingress,
    IngressRtbNoPublicIp,
    IngressRtbTrafficRedirection,
    MoreSpecificRoute,
    NgwRequiresSourceInVpc,
    NoPath,
    NoPossibleDestination,
    NoRouteToDestination,
    PcxRequiresAddressInVpcCidr,
    ProtocolRestriction,
    RegionalNgwRouteAzRestriction,
    SgHasNoRules,
    SgReferencesNotPreserved,
    SgReferencingSupport,
    SubnetAclRestriction,
    TgwAttachMissingTgwRtbAssociation,
    TgwAttachVpcAzRestriction,
    TgwBadStateVpn,
    TgwRouteAzRestriction,
    TgwRtbBadStateRoute,
    TgwRtbHigherPriorityRoute,
    TgwRtbMoreSpecificRoute,
    TgwRtbNoRouteToTgwAttachment,
    VgwPrivateIpAssociationForEgress,
    VgwPrivateIpAssociationForIngress,
    VpcBlockPublicAccessEnabled,
    VpceGatewayEgressSourceAddressRestriction,
    VpceGatewayProtocolRestriction,
    VpceIntraVpcTraffic,
    VpceServiceNotInstalledInAz,
    /// Not AWS's: the database does not listen there (R210).
    NothingListens,
}

impl Code {
    /// The documented string.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadState => "BAD_STATE",
            Self::BadStateAttachment => "BAD_STATE_ATTACHMENT",
            Self::BadStateRoute => "BAD_STATE_ROUTE",
            Self::BadStateVpn => "BAD_STATE_VPN",
            Self::ElbAclRestriction => "ELB_ACL_RESTRICTION",
            Self::ElbInstalledAzRestriction => "ELB_INSTALLED_AZ_RESTRICTION",
            Self::ElbListenersMismatch => "ELB_LISTENERS_MISMATCH",
            Self::ElbNotCrosszone => "ELB_NOT_CROSSZONE",
            Self::Elbv2ListenerHasNoTg => "ELBV2_LISTENER_HAS_NO_TG",
            Self::Elbv2ListenerPortRestriction => "ELBV2_LISTENER_PORT_RESTRICTION",
            Self::Elbv2ListenersMismatch => "ELBV2_LISTENERS_MISMATCH",
            Self::Elbv2NoTargetsInAz => "ELBV2_NO_TARGETS_IN_AZ",
            Self::EniSgRulesMismatch => "ENI_SG_RULES_MISMATCH",
            Self::EniSourceDestCheckRestriction => "ENI_SOURCE_DEST_CHECK_RESTRICTION",
            Self::FirewallRulesRestriction => "FIREWALL_RULES_RESTRICTION",
            Self::GatewayRejectsSpoofedTraffic => "GATEWAY_REJECTS_SPOOFED_TRAFFIC",
            Self::GwlbDestinationPortRestriction => "GWLB_DESTINATION_PORT_RESTRICTION",
            Self::GwlbProtocolRestriction => "GWLB_PROTOCOL_RESTRICTION",
            Self::HigherPriorityRoute => "HIGHER_PRIORITY_ROUTE",
            Self::IgwDestinationAddressNotInRfc1918Egress => "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
            Self::IgwDestinationAddressNotInRfc6598Egress => "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
            Self::IgwPrivateIpAssociationForIngress => "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
            Self::IgwPublicIpAssociationForEgress => "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
            Self::IgwSourceAddressNotInRfc1918Ingress => "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS",
            Self::IgwSourceAddressNotInRfc6598Ingress => "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS",
            Self::IngressRtbNoPublicIp => "INGRESS_RTB_NO_PUBLIC_IP",
            Self::IngressRtbTrafficRedirection => "INGRESS_RTB_TRAFFIC_REDIRECTION",
            Self::MoreSpecificRoute => "MORE_SPECIFIC_ROUTE",
            Self::NgwRequiresSourceInVpc => "NGW_REQUIRES_SOURCE_IN_VPC",
            Self::NoPath => "NO_PATH",
            Self::NoPossibleDestination => "NO_POSSIBLE_DESTINATION",
            Self::NoRouteToDestination => "NO_ROUTE_TO_DESTINATION",
            Self::PcxRequiresAddressInVpcCidr => "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
            Self::ProtocolRestriction => "PROTOCOL_RESTRICTION",
            Self::RegionalNgwRouteAzRestriction => "REGIONAL_NGW_ROUTE_AZ_RESTRICTION",
            Self::SgHasNoRules => "SG_HAS_NO_RULES",
            Self::SgReferencesNotPreserved => "SG_REFERENCES_NOT_PRESERVED",
            Self::SgReferencingSupport => "SG_REFERENCING_SUPPORT",
            Self::SubnetAclRestriction => "SUBNET_ACL_RESTRICTION",
            Self::TgwAttachMissingTgwRtbAssociation => "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
            Self::TgwAttachVpcAzRestriction => "TGW_ATTACH_VPC_AZ_RESTRICTION",
            Self::TgwBadStateVpn => "TGW_BAD_STATE_VPN",
            Self::TgwRouteAzRestriction => "TGW_ROUTE_AZ_RESTRICTION",
            Self::TgwRtbBadStateRoute => "TGW_RTB_BAD_STATE_ROUTE",
            Self::TgwRtbHigherPriorityRoute => "TGW_RTB_HIGHER_PRIORITY_ROUTE",
            Self::TgwRtbMoreSpecificRoute => "TGW_RTB_MORE_SPECIFIC_ROUTE",
            Self::TgwRtbNoRouteToTgwAttachment => "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
            Self::VgwPrivateIpAssociationForEgress => "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS",
            Self::VgwPrivateIpAssociationForIngress => "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
            Self::VpcBlockPublicAccessEnabled => "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
            Self::VpceGatewayEgressSourceAddressRestriction => "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION",
            Self::VpceGatewayProtocolRestriction => "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
            Self::VpceIntraVpcTraffic => "VPCE_INTRA_VPC_TRAFFIC",
            Self::VpceServiceNotInstalledInAz => "VPCE_SERVICE_NOT_INSTALLED_IN_AZ",
            Self::NothingListens => "NOTHING_LISTENS",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A part of the network at which something happens to a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// A VPC as a whole.
    Vpc(VpcId),
    /// The internet.
    Internet,
    /// An interface.
    Interface(InterfaceId),
    /// The network ACL of a subnet, as applied at that subnet.
    NetworkAcl(NetworkAclId, SubnetId),
    /// The route table of a subnet, as used by that subnet.
    RouteTable(RouteTableId, SubnetId),
    /// An internet gateway.
    InternetGateway(InternetGatewayId),
    /// An egress-only internet gateway.
    EgressOnlyInternetGateway(EgressOnlyInternetGatewayId),
    /// A NAT gateway.
    NatGateway(NatGatewayId),
    /// A VPC peering connection.
    PeeringConnection(PeeringConnectionId),
    /// A virtual private gateway.
    VirtualPrivateGateway(VirtualPrivateGatewayId),
    /// A Site-to-Site VPN connection.
    VpnConnection(VpnConnectionId),
    /// A Direct Connect gateway.
    DirectConnectGateway(DirectConnectGatewayId),
    /// A network on premises.
    OnPremises(OnPremisesId),
    /// An attachment to a transit gateway.
    TransitGatewayAttachment(TransitGatewayAttachmentId),
    /// A route table of a transit gateway.
    TransitGatewayRouteTable(TransitGatewayRouteTableId),
    /// A service of Amazon's own inside every VPC (R73).
    AmazonService,
}

impl Component {
    /// The interface, if it is one.
    #[must_use]
    pub fn interface(self) -> Option<InterfaceId> {
        if let Self::Interface(id) = self { Some(id) } else { None }
    }

    /// The NAT gateway, if it is one.
    #[must_use]
    pub fn nat_gateway(self) -> Option<NatGatewayId> {
        if let Self::NatGateway(id) = self { Some(id) } else { None }
    }

    /// The subnet at which an ACL or a route table is applied.
    #[must_use]
    pub fn subnet(self) -> Option<SubnetId> {
        if let Self::NetworkAcl(_, subnet) | Self::RouteTable(_, subnet) = self { Some(subnet) } else { None }
    }

    /// The word for its kind, as JSON has it: AWS's noun in lower case.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Vpc(_) => "vpc",
            Self::Internet => "internet",
            Self::Interface(_) => "interface",
            Self::NetworkAcl(..) => "network_acl",
            Self::RouteTable(..) => "route_table",
            Self::InternetGateway(_) => "internet_gateway",
            Self::EgressOnlyInternetGateway(_) => "egress_only_internet_gateway",
            Self::NatGateway(_) => "nat_gateway",
            Self::PeeringConnection(_) => "vpc_peering_connection",
            Self::VirtualPrivateGateway(_) => "vpn_gateway",
            Self::VpnConnection(_) => "vpn_connection",
            Self::DirectConnectGateway(_) => "direct_connect_gateway",
            Self::OnPremises(_) => "on_premises",
            Self::TransitGatewayAttachment(_) => "transit_gateway_attachment",
            Self::TransitGatewayRouteTable(_) => "transit_gateway_route_table",
            Self::AmazonService => "amazon_service",
        }
    }
}

/// The rule that decided, by position in its component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleRef {
    /// Rule `index` of a security group's ingress or egress list.
    Group {
        /// The group.
        group: SecurityGroupId,
        /// Which list.
        direction: Direction,
        /// Position in it.
        index: u32,
    },
    /// Rule `index` of an ACL's list.
    Acl {
        /// The ACL.
        acl: NetworkAclId,
        /// Which list.
        direction: Direction,
        /// Position in it.
        index: u32,
    },
    /// The final deny of an ACL.
    AclDefault {
        /// The ACL.
        acl: NetworkAclId,
        /// Which list.
        direction: Direction,
    },
    /// Route `index` of a table.
    Route {
        /// The table.
        table: RouteTableId,
        /// Position in it.
        index: u32,
    },
    /// The local route of a table.
    LocalRoute {
        /// The table.
        table: RouteTableId,
    },
    /// Route `index` of a transit gateway's table, a propagated one included.
    TransitGatewayRoute {
        /// The table.
        table: TransitGatewayRouteTableId,
        /// Position in it.
        index: u32,
    },
}

/// A gate that a packet fails. It is gone on with as if it had passed, where that has
/// a meaning, so that every gate is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blocker {
    /// On which leg.
    pub leg: Leg,
    /// Why.
    pub code: Code,
    /// At which component.
    pub component: Component,
    /// Into it or out of it, where the gate has a direction.
    pub direction: Option<Direction>,
    /// By which rule, or none for the absence of one.
    pub rule: Option<RuleRef>,
}

/// A gate that a packet passes, or a component it crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hop {
    /// On which leg.
    pub leg: Leg,
    /// Where.
    pub component: Component,
    /// Into it or out of it, where the gate has a direction.
    pub direction: Option<Direction>,
    /// The first rule that admitted it, in the order the component lists them; none
    /// where the component has no rules, or where connection tracking admitted it (R50).
    pub rule: Option<RuleRef>,
}

/// Something that would have to be known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unmodelled {
    /// What an appliance does with packets that are not for itself (R25).
    Appliance(InterfaceId),
    /// A route target that is not modelled.
    Target(RuleRef),
    /// The winner among equal prefixes, or a `filtered` route (R84).
    RoutePriority(RuleRef),
    /// NAT64 (R123).
    Nat64(NatGatewayId),
    /// A second translation of a translated packet.
    SecondTranslation(NatGatewayId),
    /// Which of several networks on premises with one prefix a virtual private gateway sends to (R162).
    VpnRoutePriority(VirtualPrivateGatewayId),
    /// By which of several gateways a network on premises sends.
    OnPremisesRouting(OnPremisesId),
    /// What a network on premises does with packets that are not for itself.
    BeyondOnPremises(OnPremisesId),
    /// A group of another VPC on a database (R48).
    ForeignGroup(SecurityGroupId, InterfaceId),
    /// The network changed while it was read (R8).
    InconsistentSnapshot,
    /// An address that is no host's: loopback, link-local, multicast or reserved.
    SpecialAddress,
    /// An attachment to a transit gateway of a kind that is not modelled (R155), or in a
    /// state of which AWS does not say whether it carries packets (R7).
    TransitGatewayAttachment(TransitGatewayAttachmentId),
    /// A choice that no configuration determines, and that decides what becomes of the packet (R9).
    Undetermined(ChoicePoint),
}

/// Something that AWS decides and no configuration does (R9): see `docs/semantics/choices.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChoicePoint {
    /// The zone in which a transit gateway brings packets into a VPC (R141, R149). The
    /// alternatives are those of `docs/semantics/transit-gateway.md`.
    EntryZone {
        /// The attachment of the VPC that they come into.
        attachment: TransitGatewayAttachmentId,
        /// The subnet that they were sent to the transit gateway from, if it was one.
        from: Option<SubnetId>,
        /// On which leg.
        leg: Leg,
    },
}

/// Runs with more combinations of choices than this are not followed.
pub const MOST_RUNS: u32 = 64;

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Delivered, and the reply comes back.
    Answered,
    /// Delivered, but the reply is lost.
    ReplyLost,
    /// Stopped on the way.
    Blocked,
    /// Not known.
    Unknown,
}

/// What becomes of one packet, with everything that decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Gates failed, in the order met.
    pub blockers: Vec<Blocker>,
    /// Gates passed, in the order met; gates failed are not listed.
    pub hops: Vec<Hop>,
    /// What was not known, in the order met.
    pub unmodelled: Vec<(Leg, Unmodelled)>,
    /// What no configuration determines and makes no difference to the outcome, in the order met.
    pub choices: Vec<ChoicePoint>,
}

impl Fate {
    /// The word for it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        outcome(&self.blockers, &self.unmodelled)
    }
}

/// The word for a list of failed gates and unknowns: a certain drop of the request is
/// `Blocked` whatever else is unknown; then an unknown on the request; then a certain
/// drop of the reply; then an unknown on the reply.
#[must_use]
pub fn outcome(blockers: &[Blocker], unmodelled: &[(Leg, Unmodelled)]) -> Outcome {
    let blocked = |leg| blockers.iter().any(|blocker| blocker.leg == leg);
    let unknown = |leg| unmodelled.iter().any(|(at, _)| *at == leg);
    if blocked(Leg::Forward) {
        Outcome::Blocked
    } else if unknown(Leg::Forward) {
        Outcome::Unknown
    } else if blocked(Leg::Return) {
        Outcome::ReplyLost
    } else if unknown(Leg::Return) {
        Outcome::Unknown
    } else {
        Outcome::Answered
    }
}
