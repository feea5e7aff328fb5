//! Virtual private gateways.

use super::VpcId;
use super::gateway::Attachment;
use crate::source::Span;

/// A virtual private gateway: the VPC's end of VPN connections and Direct Connect
/// (R156 to R163). At most one is attached to a VPC (R162).
///
/// AWS: <https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html>.
#[derive(Clone, Debug)]
pub struct VirtualPrivateGateway {
    /// Its name.
    pub name: String,
    /// The VPC it is attached to, or was.
    pub vpc: VpcId,
    /// Whether it is attached to the VPC (R89).
    pub attachment: Attachment,
    /// Where the design says so.
    pub span: Span,
}
