//! Networks on premises.

use ipnet::IpNet;

use crate::source::Span;

/// A network of its owner's own, behind customer gateways and Direct Connect gateways.
///
/// AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html>.
#[derive(Clone, Debug)]
pub struct OnPremises {
    /// Its name.
    pub name: String,
    /// Its prefixes. Never empty; no two networks have the same one. An address in
    /// prefixes of several networks belongs to that with the longest, and one in a longer
    /// block of a VPC to the VPC.
    pub nets: Vec<IpNet>,
    /// Where the design says so.
    pub span: Span,
}
