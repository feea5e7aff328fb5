//! VPC Block Public Access (R213 to R222): what it stops, by subnet and direction.

use fmnet_core::graph::Owned;
use fmnet_core::model::block_public_access::{BlockMode, Excluded, Exclusion, ExclusionMode, OwnAddressEgress};
use fmnet_core::model::{SubnetId, VpcId};

use super::{Exit, Field, Reach};

/// The most that exclusions allow a subnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exempt {
    Nothing,
    Egress,
    Everything,
}

impl Reach<'_> {
    /// Whether a request from `source` that meets its gateway in `subnet` is kept from going out.
    pub(super) fn is_stopped_outward(&self, vpc: VpcId, exit: Exit, subnet: SubnetId, source: Field) -> bool {
        let Some(set) = self.graph.model.block_public_access(vpc) else { return false };
        let is_nat = |one| matches!(self.graph.owner(vpc, one), Some(Owned::NatPrivate(_)));
        let only_out = match (exit, source) {
            (Exit::EgressOnly(_), _) => true,
            (Exit::InternetGateway(_), Field::Fixed(one)) => is_nat(one),
            (Exit::InternetGateway(_), Field::Asked(_)) => false,
        };
        match (set.mode, exempt(&set.exclusions, vpc, subnet)) {
            (BlockMode::Off, _) | (BlockMode::Bidirectional | BlockMode::Ingress, Exempt::Everything) => false,
            (BlockMode::Bidirectional, Exempt::Egress) => !only_out && set.own_address == OwnAddressEgress::Stopped,
            (BlockMode::Bidirectional, Exempt::Nothing) => true,
            (BlockMode::Ingress, Exempt::Egress | Exempt::Nothing) => !only_out,
        }
    }

    /// Whether a request to something in `subnet` is kept from coming in.
    pub(super) fn is_stopped_inward(&self, vpc: VpcId, subnet: SubnetId) -> bool {
        let Some(set) = self.graph.model.block_public_access(vpc) else { return false };
        set.mode != BlockMode::Off && exempt(&set.exclusions, vpc, subnet) < Exempt::Everything
    }
}

fn exempt(exclusions: &[Exclusion], vpc: VpcId, subnet: SubnetId) -> Exempt {
    let covering = exclusions.iter().filter(|one| one.of == Excluded::Vpc(vpc) || one.of == Excluded::Subnet(subnet));
    let most = covering.map(|one| match one.mode {
        ExclusionMode::AllowBidirectional => Exempt::Everything,
        ExclusionMode::AllowEgress => Exempt::Egress,
    });
    most.max().unwrap_or(Exempt::Nothing)
}
