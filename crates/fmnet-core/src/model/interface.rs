//! Network interfaces and the instances that hold them.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::{DatabaseId, InstanceId, InterfaceId, SecurityGroupId, SubnetId};
use crate::source::Span;

/// A network interface that carries security groups.
///
/// AWS: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html>.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its name: the workload's, `INSTANCE.NAME` where an instance has several, or
    /// `DATABASE@SUBNET` for a place where a database's primary may be.
    pub name: String,
    /// Who holds it.
    pub owner: Owner,
    /// Its subnet.
    pub subnet: SubnetId,
    /// Private addresses, the primary first; all inside the subnet. Never empty.
    pub addresses: Vec<PrivateAddress>,
    /// Its security groups, in order of id, each once. Never empty.
    pub groups: Vec<SecurityGroupId>,
    /// Source/destination check (R24, R25).
    pub source_dest_check: SourceDestCheck,
    /// Networks its instance routes for; only where the check is off.
    pub behind: Vec<IpNet>,
    /// `DenyAllIgwTraffic` (R30): no IPv6 from the internet; also a database that is not publicly accessible (R212).
    pub deny_internet_ipv6: bool,
    /// Whether it can carry packets (R7, R27).
    pub state: InterfaceState,
    /// Where the design says so.
    pub span: Span,
}

impl Interface {
    /// The private address record that owns `address`, if the interface has it.
    #[must_use]
    pub fn owns(&self, address: IpAddr) -> Option<&PrivateAddress> {
        self.addresses.iter().find(|mine| mine.address == address)
    }
}

/// A private address of an interface, and the public one mapped to it (R20, R21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivateAddress {
    /// The address on the interface. IPv6 addresses count as private addresses here, whatever their block.
    pub address: IpAddr,
    /// Whether AWS has still to choose it, and fmnet let a free one stand for it.
    pub is_assumed: bool,
    /// The public IPv4 address mapped to it; never there for IPv6.
    pub public: Option<PublicAddress>,
}

/// A public IPv4 address, mapped one to one by the internet gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicAddress {
    /// The address; unique in the model.
    pub address: Ipv4Addr,
    /// Whether AWS has still to choose it, and a stand-in is shown.
    pub is_assumed: bool,
    /// Elastic, or lost when the instance stops (R20).
    pub kind: PublicKind,
}

/// How a public address is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicKind {
    /// An Elastic IP: stays.
    Elastic,
    /// Auto-assigned: lost on stop. A stopped instance has none in the model.
    Auto,
    /// Managed by RDS (R207).
    Service,
}

/// Who holds an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// An instance.
    Instance(InstanceId),
    /// A database: one of the places where its primary may be (R206).
    Database(DatabaseId),
    /// Nobody: an interface by itself, never attached (R27).
    Nobody,
}

/// Source/destination check of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceDestCheck {
    /// Only its own addresses pass.
    On,
    /// It may forward.
    Off,
}

/// Whether an interface can carry packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterfaceState {
    /// Attached to something that runs.
    InUse,
    /// Attached, but its instance is stopped or pending: `BAD_STATE`; a route to it is a blackhole (R92).
    OwnerNotRunning,
    /// Attached to nothing (R27); a route to it is a blackhole (R89).
    Detached,
}

/// An EC2 instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// Its interfaces, the primary first. Never empty.
    pub interfaces: Vec<InterfaceId>,
    /// Tags, in the order written.
    pub tags: Vec<(String, String)>,
    /// Where the design says so.
    pub span: Span,
}
