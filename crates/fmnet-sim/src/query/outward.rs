//! How a part's request goes out to the internet, as far as its answer's words need it.
//!
//! In: a [`Part`] and a gateway. Out: the subnet that sends it there ([`Outward`]), and
//! whether VPC Block Public Access left something open (R216).

use fmnet_core::model::block_public_access::{BlockMode, BlockPublicAccess, Excluded, ExclusionMode, OwnAddressEgress};
use fmnet_core::model::route_table::Target;
use fmnet_core::model::{Model, SubnetId, VpcId};

use crate::answer::Part;
use crate::fate::{Component, Leg, RuleRef};

/// Where a part goes out by a gateway to the internet: the subnet that sends it there,
/// and whether it starts behind a NAT gateway or leaves by an egress-only gateway.
pub(crate) struct Outward {
    pub(crate) vpc: VpcId,
    pub(crate) subnet: SubnetId,
    pub(crate) starts_inside: bool,
}

/// Whether the part's fate rests on what an `allow-egress` exclusion does for an
/// interface with its own public address (R216).
pub(crate) fn rests_on_own_address(model: &Model, part: &Part) -> Option<OwnAddressEgress> {
    let gateways = model.internet_gateways.ids().map(Component::InternetGateway);
    gateways.into_iter().find_map(|gateway| {
        let out = outward(model, part, gateway)?;
        let set = model.block_public_access(out.vpc)?;
        let exempt = |mode| is_exempt(set, &out, mode);
        let rests = set.mode == BlockMode::Bidirectional
            && !out.starts_inside
            && exempt(ExclusionMode::AllowEgress)
            && !exempt(ExclusionMode::AllowBidirectional);
        rests.then_some(set.own_address)
    })
}

fn is_exempt(set: &BlockPublicAccess, out: &Outward, mode: ExclusionMode) -> bool {
    let covers = [Excluded::Vpc(out.vpc), Excluded::Subnet(out.subnet)];
    set.exclusions.iter().any(|one| one.mode == mode && covers.contains(&one.of))
}

/// How the part's request goes out by `gateway`: by the route that leads there.
pub(crate) fn outward(model: &Model, part: &Part, gateway: Component) -> Option<Outward> {
    let forward = || part.hops.iter().filter(|hop| hop.leg == Leg::Forward);
    let by = forward().find(|hop| match (hop.component, hop.rule) {
        (Component::RouteTable(..), Some(RuleRef::Route { table, index })) => {
            let route = model.route_tables[table].routes.get(index as usize);
            match route.map(|route| &route.target) {
                Some(Target::InternetGateway(id)) => gateway == Component::InternetGateway(*id),
                Some(Target::EgressOnlyInternetGateway(id)) => gateway == Component::EgressOnlyInternetGateway(*id),
                Some(
                    Target::NatGateway(_)
                    | Target::Interface(_)
                    | Target::PeeringConnection(_)
                    | Target::VirtualPrivateGateway(_)
                    | Target::TransitGateway(_)
                    | Target::Blackhole
                    | Target::Unmodelled(_),
                )
                | None => false,
            }
        }
        _ => false,
    })?;
    let subnet = by.component.subnet()?;
    let components = forward().map(|hop| hop.component).chain(part.blockers.iter().map(|one| one.component));
    let mut nats = components.filter_map(Component::nat_gateway);
    let is_egress_only = matches!(gateway, Component::EgressOnlyInternetGateway(_));
    let starts_inside = is_egress_only || nats.any(|nat| model.nat_gateways[nat].subnet == subnet);
    Some(Outward { vpc: model.vpc_of(subnet), subnet, starts_inside })
}
