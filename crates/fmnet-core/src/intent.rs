//! What owners intend, and the ends and traffic of a question.
//!
//! In: words that [`crate::spec`] parsed and [`crate::resolve`] looked up.
//! Out: [`Intent`]s and [`Question`]s in which every name is an id.

use ipnet::IpNet;

use crate::model::{DatabaseId, InstanceId, InterfaceId, OnPremisesId, PlaceId, SecurityGroupId, SubnetId, VpcId};
use crate::source::Span;
use crate::traffic::{PortRange, Traffic};

/// One line under `expect`.
#[derive(Clone, Debug)]
pub struct Intent {
    /// What must be true of the question.
    pub kind: IntentKind,
    /// The packets it is about.
    pub question: Question,
    /// The line, as written, on one line.
    pub text: String,
    /// Where the design says so.
    pub span: Span,
}

/// What an intent demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentKind {
    /// Every packet gets an answer.
    Allow,
    /// Some packet gets an answer.
    AllowSome,
    /// No packet gets an answer, from any source port.
    Deny,
}

/// A set of packets, by name: from where, to where, what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// From where.
    pub from: EndpointSet,
    /// To where.
    pub to: EndpointSet,
    /// Which traffic; never empty.
    pub traffic: Vec<Traffic>,
    /// What of that traffic is not meant.
    pub traffic_except: Vec<Traffic>,
    /// Source ports; none means the design's default, or for a `deny` every one.
    pub source_ports: Option<PortRange>,
}

/// Some endpoints except some others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointSet {
    /// The union of these; never empty.
    pub include: Vec<Endpoint>,
    /// Without these.
    pub except: Vec<Endpoint>,
}

/// One endpoint, resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Every public address outside all VPCs, both families.
    Internet,
    /// Its IPv4 half.
    Internet4,
    /// Its IPv6 half.
    Internet6,
    /// A named place.
    Place(PlaceId),
    /// A network on premises.
    OnPremises(OnPremisesId),
    /// Addresses: the interfaces that own them (by private or public address), for the
    /// rest hosts on premises where a network has them, and else on the internet.
    Net(IpNet),
    /// One interface.
    Interface(InterfaceId),
    /// Every interface of an instance.
    Instance(InstanceId),
    /// The interface of a database, wherever it is.
    Database(DatabaseId),
    /// Every interface that carries the group.
    Group(SecurityGroupId),
    /// Every interface in the subnet.
    Subnet(SubnetId),
    /// Every interface of the VPC.
    Vpc(VpcId),
}
