//! Egress-only internet gateways.

use super::VpcId;
use crate::source::Span;

/// An egress-only internet gateway: lets IPv6 connections out to the internet and none in
/// (R127). A VPC has one at most; it is never detached, only deleted.
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>.
#[derive(Clone, Debug)]
pub struct EgressOnlyInternetGateway {
    /// Its name.
    pub name: String,
    /// The VPC it was made for.
    pub vpc: VpcId,
    /// Where the design says so.
    pub span: Span,
}
