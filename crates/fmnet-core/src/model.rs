//! The model: an AWS network in AWS's own nouns, with nothing left to look up.
//!
//! In: what [`crate::resolve`] or an importer found. Out: arenas of components joined
//! by typed ids. A model may be wrong for its owners, but it is never ill-formed:
//! every id exists, every subnet lies in its VPC, every rule has one peer.
//! Each kind of component has its own file here, under its AWS name.

pub mod block_public_access;
pub mod database;
pub mod direct_connect_gateway;
pub mod egress_only_internet_gateway;
pub mod gateway;
pub mod interface;
pub mod network_acl;
pub mod on_premises;
pub mod peering_connection;
pub mod place;
pub mod prefix_list;
pub mod route_table;
pub mod security_group;
pub mod virtual_private_gateway;
pub mod transit_gateway;
pub mod vpc;
pub mod vpn_connection;

use crate::arena::{Arena, Id};
use crate::intent::Intent;
use crate::traffic::PortRange;
use block_public_access::BlockPublicAccess;
use database::Database;
use direct_connect_gateway::DirectConnectGateway;
use egress_only_internet_gateway::EgressOnlyInternetGateway;
use gateway::{InternetGateway, NatGateway};
use interface::{Instance, Interface};
use network_acl::NetworkAcl;
use on_premises::OnPremises;
use peering_connection::PeeringConnection;
use place::Place;
use prefix_list::PrefixList;
use route_table::RouteTable;
use security_group::SecurityGroup;
use transit_gateway::{TransitGateway, TransitGatewayAttachment, TransitGatewayPeering, TransitGatewayRouteTable};
use virtual_private_gateway::VirtualPrivateGateway;
use vpc::{Subnet, Vpc};
use vpn_connection::{CustomerGateway, VpnConnection};

/// Id of a [`Vpc`].
pub type VpcId = Id<Vpc>;
/// Id of a [`Subnet`].
pub type SubnetId = Id<Subnet>;
/// Id of a [`RouteTable`].
pub type RouteTableId = Id<RouteTable>;
/// Id of an [`InternetGateway`].
pub type InternetGatewayId = Id<InternetGateway>;
/// Id of an [`EgressOnlyInternetGateway`].
pub type EgressOnlyInternetGatewayId = Id<EgressOnlyInternetGateway>;
/// Id of a [`NatGateway`].
pub type NatGatewayId = Id<NatGateway>;
/// Id of a [`NetworkAcl`].
pub type NetworkAclId = Id<NetworkAcl>;
/// Id of a [`SecurityGroup`].
pub type SecurityGroupId = Id<SecurityGroup>;
/// Id of a [`PrefixList`].
pub type PrefixListId = Id<PrefixList>;
/// Id of an [`Interface`].
pub type InterfaceId = Id<Interface>;
/// Id of an [`Instance`].
pub type InstanceId = Id<Instance>;
/// Id of a [`Database`].
pub type DatabaseId = Id<Database>;
/// Id of a [`PeeringConnection`].
pub type PeeringConnectionId = Id<PeeringConnection>;
/// Id of a [`VirtualPrivateGateway`].
pub type VirtualPrivateGatewayId = Id<VirtualPrivateGateway>;
/// Id of a [`CustomerGateway`].
pub type CustomerGatewayId = Id<CustomerGateway>;
/// Id of a [`VpnConnection`].
pub type VpnConnectionId = Id<VpnConnection>;
/// Id of a [`DirectConnectGateway`].
pub type DirectConnectGatewayId = Id<DirectConnectGateway>;
/// Id of an [`OnPremises`] network.
pub type OnPremisesId = Id<OnPremises>;
/// Id of a [`TransitGateway`].
pub type TransitGatewayId = Id<TransitGateway>;
/// Id of a [`TransitGatewayAttachment`].
pub type TransitGatewayAttachmentId = Id<TransitGatewayAttachment>;
/// Id of a [`TransitGatewayPeering`].
pub type TransitGatewayPeeringId = Id<TransitGatewayPeering>;
/// Id of a [`TransitGatewayRouteTable`].
pub type TransitGatewayRouteTableId = Id<TransitGatewayRouteTable>;
/// Id of a [`Place`].
pub type PlaceId = Id<Place>;

/// VPCs with everything in them and between them, and what their owners intend.
#[derive(Clone, Debug)]
pub struct Model {
    /// The VPCs. Never empty.
    pub vpcs: Arena<Vpc>,
    /// Subnets; the CIDRs of one VPC's never overlap.
    pub subnets: Arena<Subnet>,
    /// Its route tables, exactly one of them main.
    pub route_tables: Arena<RouteTable>,
    /// Its internet gateways: at most one that is attached (R109).
    pub internet_gateways: Arena<InternetGateway>,
    /// Egress-only internet gateways: at most one a VPC (R127).
    pub egress_only_internet_gateways: Arena<EgressOnlyInternetGateway>,
    /// Its NAT gateways.
    pub nat_gateways: Arena<NatGateway>,
    /// Its network ACLs.
    pub network_acls: Arena<NetworkAcl>,
    /// Its security groups, and those of other VPCs that may be used here (R48).
    pub security_groups: Arena<SecurityGroup>,
    /// Managed prefix lists.
    pub prefix_lists: Arena<PrefixList>,
    /// Every network interface with groups: of instances, of databases, of nobody.
    /// No two own the same private address.
    pub interfaces: Arena<Interface>,
    /// Instances.
    pub instances: Arena<Instance>,
    /// RDS databases.
    pub databases: Arena<Database>,
    /// VPC peering connections; at most one joins a pair of VPCs.
    pub peering_connections: Arena<PeeringConnection>,
    /// Virtual private gateways: at most one that is attached to a VPC (R162).
    pub virtual_private_gateways: Arena<VirtualPrivateGateway>,
    /// Customer gateways.
    pub customer_gateways: Arena<CustomerGateway>,
    /// Site-to-Site VPN connections.
    pub vpn_connections: Arena<VpnConnection>,
    /// Direct Connect gateways.
    pub direct_connect_gateways: Arena<DirectConnectGateway>,
    /// Networks on premises.
    pub on_premises: Arena<OnPremises>,
    /// Transit gateways.
    pub transit_gateways: Arena<TransitGateway>,
    /// Their attachments; a peering has one at each of its ends.
    pub transit_gateway_attachments: Arena<TransitGatewayAttachment>,
    /// Their peerings.
    pub transit_gateway_peerings: Arena<TransitGatewayPeering>,
    /// Their route tables.
    pub transit_gateway_route_tables: Arena<TransitGatewayRouteTable>,
    /// VPC Block Public Access, at most once for an account and a Region.
    pub block_public_access: Vec<BlockPublicAccess>,
    /// Named addresses outside the VPCs.
    pub places: Arena<Place>,
    /// What the owners intend, in the order they wrote it.
    pub intents: Vec<Intent>,
    /// Source ports that a question asks about when it names none (R1).
    pub source_ports: PortRange,
    /// Whether it describes one moment (R8).
    pub snapshot: Snapshot,
}

impl Model {
    /// The VPC of a subnet.
    #[must_use]
    pub fn vpc_of(&self, subnet: SubnetId) -> VpcId {
        self.subnets[subnet].vpc
    }

    /// The VPC of an interface.
    #[must_use]
    pub fn vpc_of_interface(&self, interface: InterfaceId) -> VpcId {
        self.vpc_of(self.interfaces[interface].subnet)
    }

    /// VPC Block Public Access as its owner set it where `vpc` is, if anything is set (R221).
    #[must_use]
    pub fn block_public_access(&self, vpc: VpcId) -> Option<&BlockPublicAccess> {
        let vpc = &self.vpcs[vpc];
        self.block_public_access.iter().find(|set| set.account == vpc.account && set.region == vpc.region)
    }

    /// Its id.
    #[must_use]
    pub fn the_vpc(&self) -> VpcId {
        #[expect(clippy::expect_used, reason = "a model has a VPC at least")]
        self.vpcs.ids().next().expect("a model has a VPC")
    }

    /// The only VPC there is. TODO(issue 3): goes away as each user names the VPC it means.
    #[must_use]
    pub fn vpc(&self) -> &Vpc {
        #[expect(clippy::expect_used, reason = "a model has a VPC at least")]
        self.vpcs.iter().next().map(|(_, vpc)| vpc).expect("a model has a VPC")
    }
}

/// Whether a model describes one moment. An answer is for one frozen snapshot (R8); where
/// the network moved while it was read, every answer is unknown.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/reachability/how-reachability-analyzer-works.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Snapshot {
    /// One moment; every design that somebody wrote.
    #[default]
    Consistent,
    /// Parts of it were read at moments between which it changed.
    Inconsistent,
}
