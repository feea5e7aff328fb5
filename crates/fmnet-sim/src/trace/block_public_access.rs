//! VPC Block Public Access, at the gateways to the internet.
//!
//! In: a request at a gateway, and the subnet in which it meets the gateway. Out: the
//! code, if the owner's setting stops it.
//!
//! AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-example.html>.

use fmnet_core::model::block_public_access::{BlockMode, BlockPublicAccess, Excluded, ExclusionMode, OwnAddressEgress};
use fmnet_core::model::{Model, SubnetId, VpcId};

use super::address;
use super::walk::{Exit, Walk};
use crate::fate::Code;

/// Whether the setting stops a request on its way out, which a route of `subnet` sends
/// to the gateway. For what came through a NAT gateway that is its subnet (R217).
pub(super) fn stops_outward(walk: &Walk<'_>, exit: Exit, subnet: SubnetId) -> Option<Code> {
    let vpc = exit.vpc(walk.model);
    let set = walk.model.block_public_access(vpc)?;
    // These only ever carry connections that start inside.
    let starts_inside = match exit {
        Exit::EgressOnlyInternetGateway(_) => true,
        Exit::InternetGateway(_) => address::nat_gateway_with(walk.model, vpc, walk.packet.source).is_some(),
    };
    let passes = match set.mode {
        BlockMode::Off => true,
        _ if is_excluded(set, vpc, Some(subnet), ExclusionMode::AllowBidirectional) => true,
        // R214, R216: `allow-egress` is ignored.
        BlockMode::Ingress => starts_inside,
        // R213, R216.
        BlockMode::Bidirectional => {
            is_excluded(set, vpc, Some(subnet), ExclusionMode::AllowEgress)
                && (starts_inside || set.own_address == OwnAddressEgress::Passes)
        }
    };
    (!passes).then_some(Code::VpcBlockPublicAccessEnabled)
}

/// Whether the setting stops a request on its way in, to something in `subnet`, if that
/// is known (R213, R214, R215).
pub(super) fn stops_inward(model: &Model, vpc: VpcId, subnet: Option<SubnetId>) -> Option<Code> {
    let set = model.block_public_access(vpc)?;
    let subnet = subnet?;
    let passes = match set.mode {
        BlockMode::Off => true,
        BlockMode::Ingress | BlockMode::Bidirectional => {
            is_excluded(set, vpc, Some(subnet), ExclusionMode::AllowBidirectional)
        }
    };
    (!passes).then_some(Code::VpcBlockPublicAccessEnabled)
}

/// Whether an exclusion of this mode covers `subnet`, or the whole of `vpc`.
fn is_excluded(set: &BlockPublicAccess, vpc: VpcId, subnet: Option<SubnetId>, mode: ExclusionMode) -> bool {
    set.exclusions.iter().any(|exclusion| {
        let covers = match exclusion.of {
            Excluded::Vpc(excluded) => excluded == vpc,
            Excluded::Subnet(excluded) => Some(excluded) == subnet,
        };
        covers && exclusion.mode == mode
    })
}
