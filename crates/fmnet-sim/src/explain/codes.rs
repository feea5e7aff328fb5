//! What codes mean that need no more said than themselves.
//!
//! In: a [`Code`]. Out: a clause that follows the name of the gate.

use crate::fate::Code;

/// What the code says of a gate; empty for one that has a sentence of its own.
pub(super) fn text(code: Code) -> &'static str {
    TEXTS.iter().find(|(known, _)| *known == code).map_or("", |(_, text)| text)
}

const TEXTS: &[(Code, &str)] = &[
    (Code::BadStateVpn, "the VPN connection does not work: no tunnel is up"),
    (Code::Elbv2ListenersMismatch, "no listener of the load balancer takes this traffic"),
    (Code::Elbv2ListenerHasNoTg, "the listener's target groups have no targets"),
    (Code::Elbv2ListenerPortRestriction, "the load balancer listens on other ports"),
    (Code::Elbv2NoTargetsInAz, "the listener has no target in the zones concerned"),
    (
        Code::ElbAclRestriction,
        "the network ACL of a Classic Load Balancer's subnet drops what it sends, even to a target in that subnet",
    ),
    (Code::ElbInstalledAzRestriction, "the load balancer uses targets in its own zones alone"),
    (Code::ElbListenersMismatch, "no listener of the load balancer takes this traffic"),
    (Code::ElbNotCrosszone, "the load balancer's node uses targets of its own zone alone: cross-zone is off"),
    (Code::FirewallRulesRestriction, "a rule of the firewall drops it"),
    (Code::GwlbDestinationPortRestriction, "the appliances take GENEVE on port 6081 alone"),
    (Code::GwlbProtocolRestriction, "the appliances take GENEVE over UDP alone"),
    (Code::IngressRtbNoPublicIp, "the interface that the ingress route names has no public address of its own"),
    (
        Code::IngressRtbTrafficRedirection,
        "traffic into this subnet is redirected, so its own way to the internet gateway cannot be used",
    ),
    (Code::RegionalNgwRouteAzRestriction, "the regional NAT gateway is not in the client's zone"),
    (
        Code::SgReferencesNotPreserved,
        "something on the way hides which group the sender carries, so rules that name groups cannot match",
    ),
    (Code::SgReferencingSupport, "the transit gateway does not carry which group the sender has"),
    (Code::TgwAttachMissingTgwRtbAssociation, "the attachment is associated with no transit gateway route table"),
    (Code::TgwAttachVpcAzRestriction, "the attachment may not deliver in this zone"),
    (Code::TgwBadStateVpn, "the VPN connection of the transit gateway does not work"),
    (Code::TgwRouteAzRestriction, "the attachment has no subnet in the zone of origin"),
    (Code::TgwRtbBadStateRoute, "the transit gateway's route is a blackhole"),
    (Code::TgwRtbHigherPriorityRoute, "another route of the transit gateway for the same addresses has priority"),
    (Code::TgwRtbMoreSpecificRoute, "a more specific route of the transit gateway takes it elsewhere"),
    (Code::TgwRtbNoRouteToTgwAttachment, "the transit gateway's route table has no route there"),
    (Code::VgwPrivateIpAssociationForEgress, "the virtual private gateway takes only what interfaces of its VPC send"),
    (
        Code::VgwPrivateIpAssociationForIngress,
        "the virtual private gateway delivers only to private addresses of its VPC",
    ),
    (Code::VpceGatewayEgressSourceAddressRestriction, "a gateway endpoint answers from its service's addresses alone"),
    (Code::VpceGatewayProtocolRestriction, "a gateway endpoint takes TCP and ping alone"),
    (Code::VpceIntraVpcTraffic, "an endpoint starts no connections"),
    (Code::VpceServiceNotInstalledInAz, "the endpoint service is not in this zone"),
    (Code::VpcBlockPublicAccessEnabled, "VPC Block Public Access stops internet traffic"),
];
