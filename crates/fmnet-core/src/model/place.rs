//! Named places outside the VPC.

use ipnet::IpNet;

use crate::source::Span;

/// Addresses outside the VPC that the design calls by a name.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its addresses. Never empty.
    pub nets: Vec<IpNet>,
    /// Where the design says so.
    pub span: Span,
}
