//! Internet gateways and NAT gateways (R109, R114, R119, R228).
//!
//! In: `internet_gateway`, `nat_gateways`. Out: the model's gateways.

use std::net::{IpAddr, Ipv4Addr};

use super::address;
use super::names::{self, Kind, Names, Scoped, Titles};
use super::{Findings, Home, Resolver};
use crate::diagnostic::Diagnostic;
use crate::model::gateway::{Attachment, Connectivity, InternetGateway, NatGateway, NatState};
use crate::model::vpc::Subnet;
use crate::model::{Model, NatGatewayId, SubnetId, VpcId};
use crate::source::Span;
use crate::spec::{AddressSpec, NatGatewaySpec, VpcSpec};
use crate::words::echo;

/// Declares the internet gateways.
pub(super) fn declare_internet<'a>(
    homes: &[Home<'a>],
    model: &mut Model,
    found: &mut Findings,
) -> Scoped<'a, InternetGateway> {
    let names = |vpc: &'a VpcSpec| vpc.internet_gateways.iter().map(|gateway| super::bare(&gateway.name));
    let make = |vpc, name, span| InternetGateway { name, vpc, attachment: Attachment::Attached, span };
    super::declare(Kind::INTERNET_GATEWAY, homes, &mut model.internet_gateways, found, names, make)
}

/// Declares the NAT gateways, each in the first subnet of its VPC for the time being.
pub(super) fn declare_nat<'a>(
    homes: &[Home<'a>],
    model: &mut Model,
    subnets: &Scoped<'a, Subnet>,
    found: &mut Findings,
) -> Scoped<'a, NatGateway> {
    let names = |spec: &'a VpcSpec| spec.nat_gateways.iter().map(|gateway| super::bare(&gateway.name));
    let titles = Titles::of(homes, |spec| names(spec).map(|(name, _)| name.into()).collect());
    Scoped::declare(Kind::NAT_GATEWAY, homes, |home| {
        let Some(first) = subnets.of(home.id).first() else {
            return Names::unplaced(Kind::NAT_GATEWAY, names(home.spec));
        };
        let make = |name: &str, span| empty_nat(titles.title(home.id, name), span, first);
        Names::declare(Kind::NAT_GATEWAY, names(home.spec), &mut model.nat_gateways, make, found)
    })
}

/// A NAT gateway to be completed.
fn empty_nat(name: String, span: Span, subnet: SubnetId) -> NatGateway {
    NatGateway {
        name,
        subnet,
        address: Ipv4Addr::UNSPECIFIED,
        address_is_assumed: true,
        connectivity: Connectivity::Private,
        state: NatState::Available,
        span,
    }
}

/// Completes the gateways of a VPC, but for addresses that AWS chooses.
pub(super) fn resolve(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    let mut attached: Option<Span> = None;
    for (gateway, id) in spec.internet_gateways.iter().zip(cx.internet_gateways.of(vpc).in_file_order()) {
        if gateway.detached {
            cx.model.internet_gateways.get_mut(id).attachment = Attachment::Detached;
            continue;
        }
        if let Some(first) = attached {
            let message = format!("{} would be the VPC's second internet gateway", echo(&gateway.name.value));
            let diagnostic =
                Diagnostic::error("Resource.AlreadyAssociated", message, gateway.name.span, "attached too")
                    .also(first, "attached already")
                    .help("a VPC has at most one internet gateway attached: remove one, or write `state: detached`");
            cx.found.push(diagnostic);
        } else {
            attached = Some(gateway.name.span);
        }
    }
    if cx.subnets.of(vpc).first().is_none() {
        for name in spec.nat_gateways.iter().filter_map(|gateway| gateway.subnet.as_ref()) {
            cx.subnets.find(vpc, &name.value, name.span, &mut cx.found);
        }
    }
    for (gateway, id) in spec.nat_gateways.iter().zip(cx.nat_gateways.of(vpc).in_file_order()) {
        nat(cx, vpc, gateway, id);
    }
}

fn nat(cx: &mut Resolver<'_>, vpc: VpcId, gateway: &NatGatewaySpec, id: NatGatewayId) {
    const STATES: [(&str, NatState); 5] = [
        ("available", NatState::Available),
        ("pending", NatState::NotWorking),
        ("failed", NatState::NotWorking),
        ("deleting", NatState::NotWorking),
        ("deleted", NatState::Deleted),
    ];
    let state = names::word("state", gateway.state.as_ref(), &STATES, &mut cx.found);
    let connectivity = connectivity(cx, gateway);
    let item = cx.model.nat_gateways.get_mut(id);
    item.state = state.unwrap_or(NatState::Available);
    item.connectivity = connectivity;
    let Some(name) = &gateway.subnet else { return };
    let Some(subnet) = cx.subnets.find(vpc, &name.value, name.span, &mut cx.found) else {
        cx.homeless_nat_gateways.insert(id);
        return;
    };
    cx.model.nat_gateways.get_mut(id).subnet = subnet;
    if cx.broken_subnets.contains(&subnet) {
        return;
    }
    if cx.model.subnets[subnet].ipv4.is_none() {
        let message = format!("NAT gateway {} needs an IPv4 address", echo(&gateway.name.value));
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, name.span, "an IPv6-only subnet")
            .also(cx.model.subnets[subnet].span, "has no IPv4 block");
        cx.found.push(diagnostic.help("put it in a subnet that has an IPv4 block"));
        cx.homeless_nat_gateways.insert(id);
        return;
    }
    if let Some(typed) = &gateway.address
        && let Some(IpAddr::V4(v4)) = address::claim_private(cx, subnet, typed, address::Family::V4)
    {
        let item = cx.model.nat_gateways.get_mut(id);
        item.address = v4;
        item.address_is_assumed = false;
    }
}

fn connectivity(cx: &mut Resolver<'_>, gateway: &NatGatewaySpec) -> Connectivity {
    let elastic = gateway.elastic_ip.as_ref();
    if gateway.private {
        if let Some(elastic) = elastic.filter(|elastic| elastic.value != AddressSpec::None) {
            let message = format!("private NAT gateway {} has an Elastic IP", echo(&gateway.name.value));
            let diagnostic =
                Diagnostic::error("InvalidParameterCombination", message, elastic.span, "a private one takes none");
            cx.found.push(diagnostic.help("remove it, or leave `connectivity: private` out"));
        }
        return Connectivity::Private;
    }
    match elastic.map(|elastic| (elastic.value, elastic.span)) {
        Some((AddressSpec::Known(known), span)) => {
            let claimed = address::claim_public(cx, known, span);
            Connectivity::Public { address: claimed.unwrap_or(Ipv4Addr::UNSPECIFIED), is_assumed: false }
        }
        Some((AddressSpec::None, span)) => {
            let message = format!("public NAT gateway {} needs an Elastic IP", echo(&gateway.name.value));
            let diagnostic = Diagnostic::error("MissingParameter", message, span, "none");
            cx.found.push(diagnostic.help("write `elastic_ip: new`, or `connectivity: private` for a private one"));
            Connectivity::Public { address: Ipv4Addr::UNSPECIFIED, is_assumed: true }
        }
        Some((AddressSpec::Chosen, _)) | None => {
            Connectivity::Public { address: Ipv4Addr::UNSPECIFIED, is_assumed: true }
        }
    }
}

/// What needs an attached internet gateway says so where there is none (R109, R114, R228).
pub(super) fn check_attachment(cx: &mut Resolver<'_>, vpc: VpcId) {
    let own = || cx.model.internet_gateways.iter().map(|(_, gateway)| gateway).filter(|gateway| gateway.vpc == vpc);
    if own().any(|gateway| gateway.attachment == Attachment::Attached) {
        return;
    }
    let detached = own().map(|gateway| gateway.span).next();
    for gateway in &cx.home(vpc).spec.nat_gateways {
        let works = gateway.state.as_ref().is_none_or(|state| state.value == "available");
        if gateway.private || !works {
            continue;
        }
        let message = format!("public NAT gateway {} needs an attached internet gateway", echo(&gateway.name.value));
        let mut diagnostic =
            Diagnostic::error("Gateway.NotAttached", message, gateway.name.span, "a public NAT gateway");
        diagnostic = match detached {
            Some(span) => diagnostic.also(span, "this internet gateway is detached"),
            None => diagnostic.help("write `internet_gateway: NAME`"),
        };
        cx.found.push(diagnostic);
    }
    match detached {
        Some(gateway) => mapped(cx, vpc, gateway),
        None => unmapped(cx, vpc),
    }
}

/// AWS detaches no internet gateway while public addresses are mapped (R109).
fn mapped(cx: &mut Resolver<'_>, vpc: VpcId, gateway: Span) {
    let own = cx.model.interfaces.iter().filter(|(_, interface)| cx.model.vpc_of(interface.subnet) == vpc);
    let mut holders = own.filter_map(|(_, interface)| {
        interface.addresses.iter().any(|address| address.public.is_some()).then_some(interface.span)
    });
    let shown: Vec<Span> = holders.by_ref().take(3).collect();
    let more = holders.count();
    if shown.is_empty() {
        return;
    }
    let message = "an internet gateway cannot be detached while public addresses are mapped";
    let mut diagnostic = Diagnostic::error("DependencyViolation", message, gateway, "detached");
    for span in shown {
        diagnostic = diagnostic.also(span, "has a public address");
    }
    if more > 0 {
        diagnostic = diagnostic.help(format!("{more} more interfaces have public addresses"));
    }
    cx.found.push(diagnostic.help("take the public addresses away first, or attach the gateway"));
}

/// Without an internet gateway AWS associates no Elastic IP and makes no public database.
fn unmapped(cx: &mut Resolver<'_>, vpc: VpcId) {
    const HELP: &str = "write `internet_gateway: NAME`";
    let spec = cx.home(vpc).spec;
    let instances = spec.instances.iter().flat_map(|instance| &instance.interfaces);
    for interface in instances.chain(&spec.interfaces) {
        // One of its instances' interfaces may lie in another VPC, whose gateway counts.
        let home = interface.subnet.as_ref().map(|name| cx.subnets.meant(vpc, &name.value));
        if matches!(home, Some(names::Meant::Elsewhere(..))) {
            continue;
        }
        let further = interface.addresses.iter().filter_map(|(_, elastic)| elastic.as_ref());
        for elastic in interface.elastic_ip.iter().chain(further) {
            let message = "an Elastic IP needs an internet gateway attached to the VPC";
            let diagnostic = Diagnostic::error("Gateway.NotAttached", message, elastic.span, "an Elastic IP");
            cx.found.push(diagnostic.help(HELP));
        }
    }
    for database in spec.databases.iter().filter(|database| database.publicly_accessible) {
        let name = echo(&database.name.value);
        let message = format!("publicly accessible database {name} needs an attached internet gateway");
        let (span, label) = (database.name.span, "publicly accessible");
        let diagnostic = Diagnostic::error("InvalidVPCNetworkStateFault", message, span, label);
        cx.found.push(diagnostic.help(HELP));
    }
}
