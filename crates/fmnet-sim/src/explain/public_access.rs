//! What VPC Block Public Access stops, in words (R213 to R222).
//!
//! In: a gateway at which it stops a part. Out: a sentence, and the exclusion that
//! would let the part through.

use fmnet_core::model::block_public_access::BlockMode;
use fmnet_core::model::{Model, SubnetId, VpcId};

use super::cure::Cure;
use super::{blocker, plain, subnet};
use crate::answer::{End, Part};
use crate::fate::{Blocker, Component};
use crate::query::outward::{Outward, outward};

/// Why the gateway carries nothing of the part.
pub(super) fn reason(model: &Model, at: &Blocker, part: &Part) -> String {
    let gate = blocker::name(model, at.component);
    let Some(set) = vpc_of(model, at.component).and_then(|vpc| model.block_public_access(vpc)) else {
        return format!("VPC Block Public Access stops it at {gate}");
    };
    let set = format!("VPC Block Public Access of {} is {}", plain(&set.region), mode(set.mode));
    match (outward(model, part, at.component), inward(model, part)) {
        (Some(Outward { subnet: at, .. }), _) => {
            format!("{set}: {gate} lets nothing out of subnet {}", subnet(model, at))
        }
        (None, Some(at)) => format!("{set}: {gate} lets nothing into subnet {}", subnet(model, at)),
        (None, None) => format!("{set}: {gate} carries nothing"),
    }
}

/// The exclusion that would let the part through.
pub(super) fn exclude(model: &Model, at: &Blocker, part: &Part) -> Option<Cure> {
    let set = model.block_public_access(vpc_of(model, at.component)?)?;
    let (subnet, mode) = match outward(model, part, at.component) {
        Some(out) if out.starts_inside => (out.subnet, "allow-egress"),
        Some(out) => (out.subnet, "allow-bidirectional"),
        None => (inward(model, part)?, "allow-bidirectional"),
    };
    let name = super::rule::name(&model.subnets[subnet].name);
    let text = format!("add `{mode} subnet {name}` to the `exclusions` of `block_public_access`");
    Some(Cure { text, span: set.span })
}

fn mode(mode: BlockMode) -> &'static str {
    match mode {
        BlockMode::Off => "off",
        BlockMode::Bidirectional => "`block-bidirectional`",
        BlockMode::Ingress => "`block-ingress`",
    }
}

fn vpc_of(model: &Model, component: Component) -> Option<VpcId> {
    match component {
        Component::Vpc(id) => Some(id),
        Component::InternetGateway(id) => Some(model.internet_gateways[id].vpc),
        Component::EgressOnlyInternetGateway(id) => Some(model.egress_only_internet_gateways[id].vpc),
        Component::Internet
        | Component::Interface(_)
        | Component::NetworkAcl(..)
        | Component::RouteTable(..)
        | Component::NatGateway(_)
        | Component::PeeringConnection(_)
        | Component::VirtualPrivateGateway(_)
        | Component::VpnConnection(_)
        | Component::DirectConnectGateway(_)
        | Component::OnPremises(_)
        | Component::TransitGatewayAttachment(_)
        | Component::TransitGatewayRouteTable(_)
        | Component::AmazonService => None,
    }
}

/// The subnet that the part's request comes into from the internet.
fn inward(model: &Model, part: &Part) -> Option<SubnetId> {
    match &part.to {
        End::Interfaces(ids) => ids.first().map(|&id| model.interfaces[id].subnet),
        End::Behind(id) => Some(model.interfaces[*id].subnet),
        End::Internet | End::OnPremises(_) | End::AmazonService | End::Nobody => None,
    }
}
