//! Managed prefix lists.

use ipnet::IpNet;

use crate::source::Span;

/// A customer-managed prefix list (R45, R86).
///
/// AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html>.
#[derive(Clone, Debug)]
pub struct PrefixList {
    /// Its name.
    pub name: String,
    /// Its entries, all of one family, in the order written.
    pub entries: Vec<IpNet>,
    /// What it counts as in quotas.
    pub max_entries: u32,
    /// Where the design says so.
    pub span: Span,
}
