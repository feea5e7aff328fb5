//! RDS databases.

use super::{InterfaceId, SubnetId};
use crate::source::Span;

/// An RDS instance whose primary may be in any subnet of its subnet group (R205 to R212).
///
/// AWS: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html>.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its name (RDS identifier).
    pub name: String,
    /// The engine's word, as `postgres`.
    pub engine: String,
    /// The TCP port it listens on; it listens on no other (R210).
    pub port: u16,
    /// Subnets of its subnet group, in at least two zones.
    pub subnet_group: Vec<SubnetId>,
    /// `PubliclyAccessible` (R207).
    pub publicly_accessible: bool,
    /// One interface for each subnet where the primary may be; exactly one of them
    /// exists at a time, so an answer quantifies over them. Never empty.
    pub candidates: Vec<InterfaceId>,
    /// Tags, in the order written.
    pub tags: Vec<(String, String)>,
    /// Where the design says so.
    pub span: Span,
}
