//! Internet gateways and NAT gateways.

use std::net::Ipv4Addr;

use super::{SubnetId, VpcId};
use crate::source::Span;

/// An internet gateway (R102 to R110).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>.
#[derive(Clone, Debug)]
pub struct InternetGateway {
    /// Its name.
    pub name: String,
    /// The VPC it is attached to, or was.
    pub vpc: VpcId,
    /// Whether it is attached to the VPC (R109).
    pub attachment: Attachment,
    /// Where the design says so.
    pub span: Span,
}

/// Whether a gateway is attached to the VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// Attached and working.
    Attached,
    /// Detached: a route to it is a blackhole.
    Detached,
}

/// A zonal NAT gateway (R113 to R122).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>.
#[derive(Clone, Debug)]
pub struct NatGateway {
    /// Its name.
    pub name: String,
    /// The subnet it lives in.
    pub subnet: SubnetId,
    /// Its private address; no interface has the same.
    pub address: Ipv4Addr,
    /// Whether AWS has still to choose `address`, and fmnet let a free one stand for it.
    pub address_is_assumed: bool,
    /// Its public address, if it is a public NAT gateway.
    pub connectivity: Connectivity,
    /// Whether it works (R7, R88).
    pub state: NatState,
    /// Where the design says so.
    pub span: Span,
}

/// Public or private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connectivity {
    /// Has an Elastic IP, mapped by the internet gateway.
    Public {
        /// The Elastic IP.
        address: Ipv4Addr,
        /// Whether it is not allocated yet, and a stand-in is shown.
        is_assumed: bool,
    },
    /// Has none (R119).
    Private,
}

/// State of a NAT gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NatState {
    /// Carries traffic.
    Available,
    /// `pending`, `failed` or `deleting`: carries nothing (`BAD_STATE`).
    NotWorking,
    /// Gone: routes to it are blackholes (`BAD_STATE_ROUTE`).
    Deleted,
}
