//! Direct Connect gateways (R163).
//!
//! In: `direct_connect_gateways`. Out: the model's.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::names::{self, Kind, Names};
use super::vpn_connection::private_gateway;
use super::{Findings, Resolver, bare, block};
use crate::diagnostic::Diagnostic;
use crate::model::direct_connect_gateway::{
    Association, DirectConnectGateway, VirtualInterface, VirtualInterfaceState,
};
use crate::model::gateway::Attachment;
use crate::model::{Model, VirtualPrivateGatewayId};
use crate::source::Span;
use crate::spec::{AssociationSpec, DirectConnectGatewaySpec, Spanned, Spec, VirtualInterfaceSpec};
use crate::words::echo;

const STATES: [(&str, VirtualInterfaceState); 8] = [
    ("available", VirtualInterfaceState::Available),
    ("confirming", VirtualInterfaceState::NotWorking),
    ("verifying", VirtualInterfaceState::NotWorking),
    ("pending", VirtualInterfaceState::NotWorking),
    ("down", VirtualInterfaceState::NotWorking),
    ("testing", VirtualInterfaceState::NotWorking),
    ("deleting", VirtualInterfaceState::NotWorking),
    ("unknown", VirtualInterfaceState::NotWorking),
];

/// What Direct Connect answers to a request that it refuses, whatever the reason.
///
/// AWS: <https://docs.aws.amazon.com/directconnect/latest/APIReference/API_CreateDirectConnectGatewayAssociation.html>.
const REFUSED: &str = "DirectConnectClientException";

/// Declares the Direct Connect gateways.
pub(super) fn declare<'a>(spec: &'a Spec, model: &mut Model, found: &mut Findings) -> Names<'a, DirectConnectGateway> {
    let names = spec.direct_connect_gateways.iter().map(|gateway| bare(&gateway.name));
    let make = |name: &str, span| DirectConnectGateway {
        name: name.to_owned(),
        interfaces: Vec::new(),
        associations: Vec::new(),
        span,
    };
    Names::declare(Kind::DIRECT_CONNECT_GATEWAY, names, &mut model.direct_connect_gateways, make, found)
}

/// Completes every Direct Connect gateway.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    let mut associated: BTreeMap<VirtualPrivateGatewayId, Span> = BTreeMap::new();
    for (gateway, id) in spec.direct_connect_gateways.iter().zip(cx.direct_connect_gateways.in_file_order()) {
        let mut interfaces: Vec<VirtualInterface> =
            gateway.interfaces.iter().filter_map(|typed| interface(cx, typed)).collect();
        interfaces.sort_by(|one, other| one.name.cmp(&other.name));
        let mut associations = Vec::with_capacity(gateway.associations.len());
        for typed in &gateway.associations {
            let Some(association) = association(cx, gateway, typed) else { continue };
            match associated.get(&association.gateway) {
                Some(&first) => twice(cx, typed, first),
                None => {
                    associated.insert(association.gateway, typed.gateway.span);
                    associations.push(association);
                }
            }
        }
        associations.sort_by_key(|association| association.gateway);
        overlap(cx, &associations);
        let item = cx.model.direct_connect_gateways.get_mut(id);
        item.interfaces = interfaces;
        item.associations = associations;
    }
}

fn interface(cx: &mut Resolver<'_>, typed: &VirtualInterfaceSpec) -> Option<VirtualInterface> {
    let name = typed.network.as_ref();
    let network = name.and_then(|name| cx.on_premises.find(&name.value, name.span, &mut cx.found));
    let state = names::word("state", typed.state.as_ref(), &STATES, &mut cx.found);
    let learned = typed.learned.as_ref().map(|nets| stored(cx, nets));
    let network = network?;
    let learned = learned.unwrap_or_else(|| cx.model.on_premises[network].nets.clone());
    let state = state.unwrap_or(VirtualInterfaceState::Available);
    Some(VirtualInterface { name: typed.name.value.clone(), network, learned, state })
}

fn stored(cx: &mut Resolver<'_>, nets: &[Spanned<IpNet>]) -> Vec<IpNet> {
    nets.iter().map(|net| block::stored(net, &mut cx.found)).collect()
}

fn association(
    cx: &mut Resolver<'_>,
    direct: &DirectConnectGatewaySpec,
    typed: &AssociationSpec,
) -> Option<Association> {
    let allowed = typed.allowed.as_ref().map(|nets| stored(cx, nets));
    let gateway = private_gateway(cx, &typed.gateway.value, typed.gateway.span)?;
    let record = &cx.model.virtual_private_gateways[gateway];
    if record.attachment == Attachment::Detached {
        let message = format!(
            "virtual private gateway {} is attached to no VPC, so Direct Connect gateway {} takes it not",
            echo(&record.name),
            echo(&direct.name.value)
        );
        let diagnostic = Diagnostic::error(REFUSED, message, typed.gateway.span, "associated here");
        cx.found.push(diagnostic.also(record.span, "detached").help("attach it, or leave the association out"));
        return None;
    }
    // An association that lists nothing allows the VPC's own blocks.
    let allowed = allowed.unwrap_or_else(|| cx.model.vpcs[record.vpc].blocks().collect());
    Some(Association { gateway, allowed, span: typed.gateway.span })
}

fn twice(cx: &mut Resolver<'_>, typed: &AssociationSpec, first: Span) {
    let message = format!("{} is associated with two Direct Connect gateways", echo(&typed.gateway.value));
    let diagnostic = Diagnostic::error(REFUSED, message, typed.gateway.span, "again here");
    cx.found
        .push(diagnostic.also(first, "first here").help("a virtual private gateway has one Direct Connect gateway"));
}

/// The VPCs behind one Direct Connect gateway share no address.
///
/// AWS: <https://docs.aws.amazon.com/directconnect/latest/UserGuide/virtualgateways.html>.
fn overlap(cx: &mut Resolver<'_>, associations: &[Association]) {
    for (at, one) in associations.iter().enumerate() {
        for other in associations.iter().skip(at + 1) {
            let vpc = |association: &Association| cx.model.virtual_private_gateways[association.gateway].vpc;
            let (mine, theirs) = (cx.home(vpc(one)), cx.home(vpc(other)));
            let clash = mine.blocks.iter().find_map(|&(block, _)| {
                let same = theirs.blocks.iter().find(|&&(there, _)| block::overlap(block, there))?;
                Some((block, same.0))
            });
            let Some((block, there)) = clash else { continue };
            let message = format!(
                "VPCs {} and {} share addresses, so no Direct Connect gateway joins both",
                echo(mine.name()),
                echo(theirs.name())
            );
            let diagnostic = Diagnostic::error(REFUSED, message, other.span, format!("`{there}` is there"));
            cx.found.push(diagnostic.also(one.span, format!("`{block}` is here")));
        }
    }
}
