//! What someone typed: every key of a design with the place where it stands.
//!
//! In: a YAML tree (`yaml`). Out: a [`Spec`] in which the one-line grammars
//! have been read word by word, but no name has been looked up and nothing has been
//! checked against AWS. Lists keep the order of the file.

pub(crate) mod design;
mod part;
mod question;
mod place;
mod vpc;
mod subnet;
mod gateway;
mod egress_only_internet_gateway;
mod route_table;
mod network_acl;
mod prefix_list;
mod security_group;
mod instance;
mod database;
mod peering_connection;
mod on_premises;
mod virtual_private_gateway;
mod vpn_connection;
mod direct_connect_gateway;
pub mod connection;
pub mod transit_gateway;
pub mod block_public_access;
mod quota;
pub mod intent;
pub mod traffic;
mod peer;
mod raw;
mod address;
mod read;
pub(crate) mod shape;
pub mod print;
mod same;

pub use connection::{
    AssociationSpec, CustomerGatewaySpec, DirectConnectGatewaySpec, LearnedSpec, VirtualInterfaceSpec,
    VirtualPrivateGatewaySpec, VpnConnectionSpec,
};

use ipnet::{IpNet, Ipv6Net};

use crate::diagnostic::Diagnostic;
use crate::model::Snapshot;
use crate::source::{Source, Span};
use crate::traffic::{PortRange, Traffic};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A name, as typed.
pub type Name = Spanned<String>;

/// A design as typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spec {
    /// The VPC of the top level, then those of `vpcs`; none only where an error was reported.
    pub vpcs: Vec<VpcSpec>,
    /// `source_ports`.
    pub source_ports: Option<Spanned<PortRange>>,
    /// `snapshot`, default `consistent`.
    pub snapshot: Option<Snapshot>,
    /// `places`.
    pub places: Vec<(Name, Vec<Spanned<IpNet>>)>,
    /// `prefix_lists`.
    pub prefix_lists: Vec<PrefixListSpec>,
    /// `peering_connections`.
    pub peering_connections: Vec<PeeringConnectionSpec>,
    /// `on_premises`: networks by name.
    pub on_premises: Vec<(Name, Vec<Spanned<IpNet>>)>,
    /// `customer_gateways`.
    pub customer_gateways: Vec<CustomerGatewaySpec>,
    /// `vpn_connections`.
    pub vpn_connections: Vec<VpnConnectionSpec>,
    /// `direct_connect_gateways`.
    pub direct_connect_gateways: Vec<DirectConnectGatewaySpec>,
    /// `transit_gateways`.
    pub transit_gateways: Vec<transit_gateway::TransitGatewaySpec>,
    /// `transit_gateway_peerings`.
    pub transit_gateway_peerings: Vec<transit_gateway::TransitGatewayPeeringSpec>,
    /// `block_public_access`.
    pub block_public_access: Vec<block_public_access::BlockPublicAccessSpec>,
    /// `quotas`: name and number.
    pub quotas: Vec<(Name, Spanned<u64>)>,
    /// `expect`.
    pub intents: Vec<IntentSpec>,
}

/// A VPC as typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VpcSpec {
    /// `vpc`, or its key under `vpcs`; none only where an error was reported.
    pub name: Option<Name>,
    /// `region`, its own or that of the top level; none only where an error was reported.
    pub region: Option<Name>,
    /// `account`, its own or that of the top level.
    pub account: Option<Name>,
    /// `cidr`, the primary first. Host bits may be set (R12).
    pub cidr: Vec<Spanned<IpNet>>,
    /// `ipv6`.
    pub ipv6: Vec<Ipv6BlockSpec>,
    /// `dns_support`, default true.
    pub dns_support: Option<bool>,
    /// `dns_hostnames`, default true.
    pub dns_hostnames: Option<bool>,
    /// `internet_gateway`; `internet_gateways` takes a list of the same.
    pub internet_gateways: Vec<InternetGatewaySpec>,
    /// `egress_only_internet_gateway`.
    pub egress_only_internet_gateway: Option<Name>,
    /// `nat_gateways`.
    pub nat_gateways: Vec<NatGatewaySpec>,
    /// `virtual_private_gateway`.
    pub virtual_private_gateways: Vec<VirtualPrivateGatewaySpec>,
    /// `route_tables`.
    pub route_tables: Vec<RouteTableSpec>,
    /// `network_acls`.
    pub network_acls: Vec<NetworkAclSpec>,
    /// `subnets`.
    pub subnets: Vec<SubnetSpec>,
    /// `security_groups`.
    pub security_groups: Vec<SecurityGroupSpec>,
    /// `instances`.
    pub instances: Vec<InstanceSpec>,
    /// `interfaces`.
    pub interfaces: Vec<InterfaceSpec>,
    /// `databases`.
    pub databases: Vec<DatabaseSpec>,
}

/// Parses a design and collects every mistake, in the order of the file.
///
/// The [`Spec`] holds what could be read; it is whole only where no error was reported.
#[must_use]
pub fn parse(source: &Source) -> (Spec, Vec<Diagnostic>) {
    design::read(source)
}

/// An IPv6 block of the VPC.
#[derive(Clone, Debug, PartialEq)]
pub struct Ipv6BlockSpec {
    /// The block.
    pub block: Spanned<Ipv6Net>,
    /// `amazon`, `byoip` or `private`.
    pub kind: Option<Spanned<Ipv6KindSpec>>,
}

/// Where an IPv6 block comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ipv6KindSpec {
    /// Amazon-provided.
    Amazon,
    /// Brought along and advertised.
    Byoip,
    /// Provisioned as private.
    Private,
}

/// An internet gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct InternetGatewaySpec {
    /// Its name.
    pub name: Name,
    /// `state`: `attached` (default) or `detached`.
    pub detached: bool,
}

/// A NAT gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct NatGatewaySpec {
    /// Its name.
    pub name: Name,
    /// `subnet`; none only where an error was reported.
    pub subnet: Option<Name>,
    /// `connectivity: private`.
    pub private: bool,
    /// `elastic_ip`; none inside means `new`.
    pub elastic_ip: Option<Spanned<AddressSpec>>,
    /// `address`, its private address.
    pub address: Option<Spanned<std::net::IpAddr>>,
    /// `state`: `available` (default), `pending`, `failed`, `deleting`, `deleted`.
    pub state: Option<Name>,
}

/// An address, or one that AWS is to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressSpec {
    /// This one.
    Known(std::net::IpAddr),
    /// `new`, `auto` or `true`: AWS chooses.
    Chosen,
    /// `false`: none.
    None,
}

/// A route table.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteTableSpec {
    /// Its name.
    pub name: Name,
    /// `main: true`, and where.
    pub main: Option<Span>,
    /// `propagating`: the virtual private gateways that propagate routes to it.
    pub propagating: Vec<Name>,
    /// Its routes.
    pub routes: Vec<RouteSpec>,
}

/// A route, `0.0.0.0/0 -> FM_igw`.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteSpec {
    /// Left of the arrow.
    pub destination: Spanned<DestinationSpec>,
    /// Right of it.
    pub target: Spanned<TargetSpec>,
    /// `propagated` or `advertised`.
    pub origin: crate::model::route_table::Origin,
    /// `filtered`.
    pub filtered: bool,
    /// The whole line.
    pub span: Span,
}

/// The destination of a route as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DestinationSpec {
    /// A CIDR.
    Cidr(IpNet),
    /// `list NAME`.
    PrefixList(String),
}

/// The target of a route as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetSpec {
    /// The name of a gateway, an instance or an interface.
    Name(String),
    /// `blackhole`.
    Blackhole,
    /// `unmodelled NAME`.
    Unmodelled(String),
}

/// A network ACL.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkAclSpec {
    /// Its name.
    pub name: Name,
    /// `ingress`.
    pub ingress: Vec<AclRuleSpec>,
    /// `egress`.
    pub egress: Vec<AclRuleSpec>,
}

/// `100 allow tcp/443 from 0.0.0.0/0`, or its raw form.
#[derive(Clone, Debug, PartialEq)]
pub struct AclRuleSpec {
    /// The number.
    pub number: Spanned<u64>,
    /// `allow` or `deny`.
    pub action: crate::model::network_acl::AclAction,
    /// The traffic; one range.
    pub traffic: Spanned<Traffic>,
    /// The CIDR.
    pub peer: Spanned<PeerSpec>,
    /// The whole line.
    pub span: Span,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq)]
pub struct SubnetSpec {
    /// Its name.
    pub name: Name,
    /// `az`; none only where `az_id` is there, or an error was reported.
    pub zone: Option<Name>,
    /// `az_id`.
    pub zone_id: Option<Name>,
    /// `cidr`.
    pub cidr: Option<Spanned<IpNet>>,
    /// `ipv6`.
    pub ipv6: Option<Spanned<Ipv6Net>>,
    /// `route_table`.
    pub route_table: Option<Name>,
    /// `network_acl`.
    pub network_acl: Option<Name>,
    /// `public_addresses`, default false.
    pub public_addresses: bool,
}

/// A prefix list.
#[derive(Clone, Debug, PartialEq)]
pub struct PrefixListSpec {
    /// Its name.
    pub name: Name,
    /// Its entries.
    pub entries: Vec<Spanned<IpNet>>,
    /// `max_entries`; left out, as many as there are.
    pub max_entries: Option<Spanned<u64>>,
}

/// A VPC peering connection.
#[derive(Clone, Debug, PartialEq)]
pub struct PeeringConnectionSpec {
    /// Its name.
    pub name: Name,
    /// `requester`; none only where an error was reported.
    pub requester: Option<Name>,
    /// `accepter`; none only where an error was reported.
    pub accepter: Option<Name>,
    /// `state`: `active` (default), `pending-acceptance` and AWS's other words.
    pub state: Option<Name>,
}

/// A security group.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityGroupSpec {
    /// Its name.
    pub name: Name,
    /// `vpc`, where another VPC owns it.
    pub vpc: Option<Name>,
    /// `association`: the state of its association with this VPC, as `associated`.
    pub association: Option<Name>,
    /// `associations`: other VPCs of the design that it may be used in, each with the
    /// state of its association; none means `associated`.
    pub associations: Vec<(Name, Option<Name>)>,
    /// `ingress`.
    pub ingress: Vec<GroupRuleSpec>,
    /// `egress`; none means AWS's default, everything.
    pub egress: Option<Vec<GroupRuleSpec>>,
}

/// `tcp/80,443 from 0.0.0.0/0`: one or more AWS rules.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRuleSpec {
    /// The traffic: one entry for each port or range listed.
    pub traffic: Vec<Spanned<Traffic>>,
    /// The peer.
    pub peer: Spanned<PeerSpec>,
    /// The whole line.
    pub span: Span,
}

/// The other end of a rule as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerSpec {
    /// A CIDR or address.
    Cidr(IpNet),
    /// `anywhere`.
    Anywhere,
    /// The name of a place.
    Place(String),
    /// `group NAME`.
    Group(String),
    /// `self`.
    Myself,
    /// `list NAME`.
    PrefixList(String),
}

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceSpec {
    /// Its name.
    pub name: Name,
    /// `state`: `running` (default), `stopped`, `pending`, `terminated`.
    pub state: Option<Name>,
    /// `tags`.
    pub tags: Vec<(Name, Name)>,
    /// Its interfaces: one of the instance's own name where `interfaces` is not written.
    pub interfaces: Vec<InterfaceSpec>,
    /// Whether `interfaces` was written, so that theirs are names of their own.
    pub names_interfaces: bool,
}

/// A network interface.
#[derive(Clone, Debug, PartialEq)]
pub struct InterfaceSpec {
    /// Its name.
    pub name: Name,
    /// `subnet`; none only where an error was reported.
    pub subnet: Option<Name>,
    /// `groups`; none means `default`.
    pub groups: Option<Vec<Name>>,
    /// `address`.
    pub address: Option<Spanned<std::net::IpAddr>>,
    /// `addresses`: further ones, with the Elastic IP of each.
    pub addresses: Vec<(Spanned<std::net::IpAddr>, Option<Spanned<AddressSpec>>)>,
    /// `ipv6`.
    pub ipv6: Option<Spanned<AddressSpec>>,
    /// `public_address`; none means the subnet decides.
    pub public_address: Option<Spanned<AddressSpec>>,
    /// `elastic_ip`.
    pub elastic_ip: Option<Spanned<AddressSpec>>,
    /// `source_dest_check: false`, and where.
    pub source_dest_check_off: Option<Span>,
    /// `behind`.
    pub behind: Vec<Spanned<IpNet>>,
    /// `deny_internet_ipv6`.
    pub deny_internet_ipv6: bool,
    /// `state`: `attached` or `detached`.
    pub state: Option<Name>,
}

/// A database.
#[derive(Clone, Debug, PartialEq)]
pub struct DatabaseSpec {
    /// Its name.
    pub name: Name,
    /// `engine`.
    pub engine: Option<Name>,
    /// `port`.
    pub port: Option<Spanned<u64>>,
    /// `subnet_group`.
    pub subnet_group: Vec<Name>,
    /// Where `subnet_group` stands.
    pub subnet_group_span: Span,
    /// `groups`; none means `default`.
    pub groups: Option<Vec<Name>>,
    /// `publicly_accessible`, default false.
    pub publicly_accessible: bool,
    /// `az`.
    pub zone: Option<Name>,
    /// `tags`.
    pub tags: Vec<(Name, Name)>,
}

/// `allow internet except vpn -> api-1 tcp/443`.
#[derive(Clone, Debug, PartialEq)]
pub struct IntentSpec {
    /// The first word or two.
    pub kind: crate::intent::IntentKind,
    /// Before the arrow.
    pub from: EndpointSetSpec,
    /// After it.
    pub to: EndpointSetSpec,
    /// The traffic, one entry for each port or range listed; none where a database's own port is meant.
    pub traffic: Vec<Spanned<Traffic>>,
    /// After `except`: what of it is not meant.
    pub traffic_except: Vec<Spanned<Traffic>>,
    /// `source-port A-B`.
    pub source_ports: Option<Spanned<PortRange>>,
    /// The whole line as read, YAML's own quotes and escapes resolved, its blanks made one each.
    pub text: String,
    /// The whole line.
    pub span: Span,
}

/// Endpoints and exceptions as typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndpointSetSpec {
    /// Never empty.
    pub include: Vec<Spanned<EndpointSpec>>,
    /// After `except`.
    pub except: Vec<Spanned<EndpointSpec>>,
}

/// One endpoint as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointSpec {
    /// A name, `internet` and `vpc` included.
    Name(String),
    /// An address or CIDR.
    Net(IpNet),
    /// `group NAME`.
    Group(String),
    /// `subnet NAME`.
    Subnet(String),
    /// `vpc NAME`.
    Vpc(String),
    /// `tag KEY=VALUE`.
    Tag(String, String),
}

#[cfg(test)]
mod tests;
