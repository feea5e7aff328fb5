//! The VPC and its subnets.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{NetworkAclId, RouteTableId, VpcId};
use crate::source::Span;

/// A VPC.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>.
#[derive(Clone, Debug)]
pub struct Vpc {
    /// Its name; unique in its account and region.
    pub name: String,
    /// The account that owns it, as `111122223333`; empty where the design names none.
    pub account: String,
    /// The region's name, as `ap-northeast-2`.
    pub region: String,
    /// IPv4 blocks; the first is the primary one. Never empty.
    pub ipv4: Vec<Ipv4Net>,
    /// IPv6 blocks.
    pub ipv6: Vec<Ipv6Block>,
    /// `enableDnsSupport` (R23).
    pub dns_support: bool,
    /// `enableDnsHostnames` (R23).
    pub dns_hostnames: bool,
    /// Where the design says so.
    pub span: Span,
}

impl Vpc {
    /// Every block of the VPC, IPv4 first.
    pub fn blocks(&self) -> impl Iterator<Item = IpNet> {
        let v4 = self.ipv4.iter().map(|&net| IpNet::V4(net));
        v4.chain(self.ipv6.iter().map(|block| IpNet::V6(block.net)))
    }
}

/// An IPv6 block of a VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6Block {
    /// The block.
    pub net: Ipv6Net,
    /// Whether its addresses are public (R129).
    pub kind: Ipv6Kind,
}

/// Whether the internet carries the addresses of an IPv6 block (R129).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ipv6Kind {
    /// Amazon-provided, or brought along and advertised: public.
    Public,
    /// ULA, or GUA provisioned as private: never crosses an internet gateway.
    Private,
}

/// A subnet, in one availability zone (R15).
#[derive(Clone, Debug)]
pub struct Subnet {
    /// Its name.
    pub name: String,
    /// The VPC it is a part of.
    pub vpc: VpcId,
    /// Availability zone, as `ap-northeast-2a`.
    pub zone: String,
    /// Its zone's id, as `use1-az1`, which means the same zone in every account, unlike its
    /// name (R225); the name, where no id is known.
    pub zone_id: String,
    /// IPv4 block; at least one of the two families is there.
    pub ipv4: Option<Ipv4Net>,
    /// IPv6 block.
    pub ipv6: Option<Ipv6Net>,
    /// The one route table in force (R78).
    pub route_table: RouteTableId,
    /// The one network ACL in force (R57).
    pub network_acl: NetworkAclId,
    /// Where the design says so.
    pub span: Span,
}

impl Subnet {
    /// Whether `address` lies in one of the subnet's blocks.
    #[must_use]
    pub fn contains(&self, address: std::net::IpAddr) -> bool {
        match address {
            std::net::IpAddr::V4(v4) => self.ipv4.is_some_and(|net| net.contains(&v4)),
            std::net::IpAddr::V6(v6) => self.ipv6.is_some_and(|net| net.contains(&v6)),
        }
    }
}
