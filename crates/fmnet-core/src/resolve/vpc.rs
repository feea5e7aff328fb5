//! The VPC and its blocks (R11, R12, R16, R17, R19).
//!
//! In: `vpc`, `region`, `cidr`, `ipv6`. Out: the model's [`Vpc`].

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::block;
use super::names::{Kind, Names};
use super::{Findings, Home, Resolver};
use crate::diagnostic::Diagnostic;
use crate::model::vpc::{Ipv6Block, Ipv6Kind, Vpc};
use crate::model::{Model, VpcId};
use crate::source::Span;
use crate::spec::{Ipv6BlockSpec, Ipv6KindSpec, Spanned, Spec};
use crate::words::echo;

/// A block of the VPC and where it stands.
pub(super) type Placed = (IpNet, Span);

/// Ranges that no VPC may have (R16).
const FORBIDDEN: [Ipv4Net; 4] = [
    Ipv4Net::new_assert(Ipv4Addr::new(0, 0, 0, 0), 8),
    Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8),
    Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(224, 0, 0, 0), 4),
];
const GLOBAL_UNICAST: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const UNIQUE_LOCAL: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7);

/// Declares the VPCs.
pub(super) fn declare<'a>(spec: &'a Spec, model: &mut Model, found: &mut Findings) -> (Names<'a, Vpc>, Vec<Home<'a>>) {
    let names = spec.vpcs.iter().map(|vpc| vpc.name.as_ref().map_or(("", Span::NOWHERE), super::bare));
    let names = Names::declare(Kind::VPC, names, &mut model.vpcs, empty, found);
    let homes = spec.vpcs.iter().zip(names.in_file_order());
    let mut homes: Vec<Home<'_>> =
        homes.map(|(spec, id)| Home { id, spec, blocks: Vec::new(), is_broken: false }).collect();
    homes.sort_by_key(|home| home.id);
    (names, homes)
}

/// A VPC to be completed.
fn empty(name: &str, span: Span) -> Vpc {
    Vpc {
        name: name.to_owned(),
        account: String::new(),
        region: String::new(),
        ipv4: Vec::new(),
        ipv6: Vec::new(),
        dns_support: true,
        dns_hostnames: true,
        span,
    }
}

/// Completes a VPC.
pub(super) fn resolve(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    let item = cx.vpc_mut(vpc);
    if let Some(region) = &spec.region {
        item.region.clone_from(&region.value);
    }
    if let Some(account) = &spec.account {
        item.account.clone_from(&account.value);
    }
    item.dns_support = spec.dns_support.unwrap_or(true);
    item.dns_hostnames = spec.dns_hostnames.unwrap_or(true);
    for block in &spec.cidr {
        ipv4_block(cx, vpc, block);
    }
    for block in &spec.ipv6 {
        ipv6_block(cx, vpc, block);
    }
    // A `cidr` that could not be read has been told of already.
    if let (Some(name), true) = (&spec.name, spec.cidr.is_empty() && !cx.is_misread) {
        cx.found.push(
            Diagnostic::error(
                "missing-key",
                "a VPC needs `cidr`, its primary IPv4 block",
                name.span,
                "this VPC has none",
            )
            .help("write for example `cidr: 10.0.0.0/16`"),
        );
    }
}

/// Public IPv6 blocks are the internet's, where an address is somebody's alone.
pub(super) fn apart(cx: &mut Resolver<'_>) {
    let mut blocks: Vec<(IpNet, Span, VpcId)> = Vec::new();
    for home in &cx.homes {
        let public = |net: &IpNet| {
            let mut blocks = cx.model.vpcs[home.id].ipv6.iter();
            blocks.any(|block| IpNet::V6(block.net) == *net && block.kind == Ipv6Kind::Public)
        };
        blocks.extend(home.blocks.iter().filter(|(net, _)| public(net)).map(|&(net, span)| (net, span, home.id)));
    }
    blocks.sort_by_key(|&(net, span, _)| (net.network(), net.prefix_len(), span));
    // Blocks nest or are apart, so that the last one around is a neighbour.
    let mut around: Option<(IpNet, Span, VpcId)> = None;
    for (net, span, vpc) in blocks {
        match around {
            Some((outer, at, other)) if block::overlap(outer, net) => {
                if other != vpc {
                    let (first, second) = if at <= span { (at, span) } else { (span, at) };
                    let message = format!("two VPCs have the public addresses of `{net}`");
                    let diagnostic = Diagnostic::error("CidrConflict", message, second, "overlaps");
                    cx.found.push(diagnostic.also(first, "this block").help("a public address is one VPC's"));
                }
            }
            Some(_) | None => around = Some((net, span, vpc)),
        }
    }
}

fn ipv4_block(cx: &mut Resolver<'_>, vpc: VpcId, typed: &Spanned<IpNet>) {
    let stored = block::stored(typed, &mut cx.found);
    let span = typed.span;
    let IpNet::V4(net) = stored else {
        let message = format!("`{stored}` is IPv6, and `cidr` takes IPv4 blocks");
        cx.found.push(Diagnostic::error("wrong-family", message, span, "an IPv6 block").help("write it under `ipv6`"));
        cx.home_mut(vpc).is_broken = true;
        return;
    };
    let refused = size_v4(net, span)
        .or_else(|| forbidden(net, span))
        .or_else(|| taken(cx, vpc, stored, span))
        .or_else(|| association(cx, vpc, net, span));
    cx.home_mut(vpc).blocks.push((stored, span));
    cx.vpc_mut(vpc).ipv4.push(net);
    if let Some(diagnostic) = refused {
        cx.found.push(diagnostic);
        cx.home_mut(vpc).is_broken = true;
    }
}

fn size_v4(net: Ipv4Net, span: Span) -> Option<Diagnostic> {
    if (16..=28).contains(&net.prefix_len()) {
        return None;
    }
    let nearest = net.prefix_len().clamp(16, 28);
    let mended = Ipv4Net::new(net.addr(), nearest).ok()?.trunc();
    let label = format!("a /{} block", net.prefix_len());
    Some(
        Diagnostic::error("InvalidVpcRange", format!("`{net}` is not a size that a VPC may have"), span, label)
            .help("a VPC's IPv4 block is a /16 to a /28")
            .patch(format!("use a /{nearest}"), span, mended.to_string()),
    )
}

fn forbidden(net: Ipv4Net, span: Span) -> Option<Diagnostic> {
    let range = FORBIDDEN.into_iter().find(|range| range.contains(&net))?;
    let message = format!("`{net}` lies in `{range}`, which no VPC may have");
    Some(
        Diagnostic::error("InvalidVpcRange", message, span, format!("in `{range}`"))
            .help("take a private block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"),
    )
}

fn taken(cx: &Resolver<'_>, vpc: VpcId, net: IpNet, span: Span) -> Option<Diagnostic> {
    let &(other, at) = cx.home(vpc).blocks.iter().find(|&&(other, _)| block::overlap(other, net))?;
    let message = format!("the VPC's blocks `{net}` and `{other}` overlap");
    Some(
        Diagnostic::error("CidrConflict", message, span, "overlaps")
            .also(at, "this block")
            .help("blocks of one VPC may not share an address"),
    )
}

/// AWS's table of blocks that may join a VPC (R17).
fn association(cx: &Resolver<'_>, vpc: VpcId, net: Ipv4Net, span: Span) -> Option<Diagnostic> {
    const BENCHMARK: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(198, 19, 0, 0), 16);
    const LOW_TEN: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 15);
    const FIRST_TEN: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 16);
    const DEFAULT: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(172, 31, 0, 0), 16);
    let blocks = &cx.home(vpc).blocks;
    let &primary = cx.model.vpcs[vpc].ipv4.first()?;
    let (_, first_span) = *blocks.first()?;
    let family = block::rfc1918(primary);
    let low_ten = blocks.iter().find(|(other, _)| IpNet::V4(LOW_TEN).contains(other));
    let (other_span, why) = match block::rfc1918(net) {
        Some(mine) if family.is_none() => {
            (first_span, format!("a VPC whose primary block is outside RFC 1918 cannot add a block of `{mine}`"))
        }
        Some(mine) if family.is_some_and(|theirs| theirs != mine) => {
            (first_span, "a VPC keeps to one of 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16".to_owned())
        }
        None if BENCHMARK.contains(&net) && !BENCHMARK.contains(&primary) => {
            (first_span, "`198.19.0.0/16` joins no VPC of another range".to_owned())
        }
        Some(_) if FIRST_TEN.contains(&net) && low_ten.is_some() => {
            let why = "a VPC with a block in 10.0.0.0/15 cannot add one in 10.0.0.0/16".to_owned();
            (low_ten.map_or(first_span, |&(_, at)| at), why)
        }
        Some(_) if DEFAULT.contains(&net) => {
            (first_span, "a VPC in 172.16.0.0/12 cannot add a block of 172.31.0.0/16".to_owned())
        }
        Some(_) | None => return None,
    };
    let message = format!("`{net}` may not join a VPC that has `{primary}`");
    Some(
        Diagnostic::error("InvalidVpcRange", message, span, "may not be added")
            .also(other_span, "to a VPC with this block")
            .help(why)
            .help("publicly routable blocks and those of 100.64.0.0/10 may be added"),
    )
}

fn ipv6_block(cx: &mut Resolver<'_>, vpc: VpcId, typed: &Ipv6BlockSpec) {
    let net = block::stored_v6(&typed.block, &mut cx.found);
    let span = typed.block.span;
    let is_local = UNIQUE_LOCAL.contains(&net);
    let amazon = typed.kind.as_ref().is_none_or(|kind| kind.value == Ipv6KindSpec::Amazon) && !is_local;
    let private = typed.kind.as_ref().is_some_and(|kind| kind.value == Ipv6KindSpec::Private) || is_local;
    let refused = size_v6(net, span, amazon).or_else(|| {
        let message = format!("`{net}` is neither a global unicast nor a unique local block");
        (!is_local && !GLOBAL_UNICAST.contains(&net))
            .then(|| Diagnostic::error("InvalidVpcRange", message, span, "neither in 2000::/3 nor in fc00::/7"))
    });
    let refused = refused.or_else(|| taken(cx, vpc, IpNet::V6(net), span));
    cx.home_mut(vpc).blocks.push((IpNet::V6(net), span));
    let kind = if private { Ipv6Kind::Private } else { Ipv6Kind::Public };
    cx.vpc_mut(vpc).ipv6.push(Ipv6Block { net, kind });
    if let Some(diagnostic) = refused {
        cx.found.push(diagnostic);
        cx.home_mut(vpc).is_broken = true;
    }
}

fn size_v6(net: Ipv6Net, span: Span, amazon: bool) -> Option<Diagnostic> {
    let length = net.prefix_len();
    if amazon && length != 56 {
        let message = format!("`{net}` is not a block that Amazon provides");
        return Some(
            Diagnostic::error("InvalidVpcRange", message, span, format!("a /{length} block"))
                .help("Amazon provides a /56; for a block of your own write `{block: …, kind: byoip}`"),
        );
    }
    if (44..=60).contains(&length) && length.is_multiple_of(4) {
        return None;
    }
    let message = format!("`{net}` is not a size that a VPC's IPv6 block may have");
    Some(
        Diagnostic::error("InvalidVpcRange", message, span, format!("a /{length} block"))
            .help("it is a /44, /48, /52, /56 or /60"),
    )
}

/// The block of the VPC that holds `net`, and where it stands.
pub(super) fn holder(cx: &Resolver<'_>, vpc: VpcId, net: IpNet) -> Option<Placed> {
    cx.home(vpc).blocks.iter().find(|(block, _)| block.contains(&net)).copied()
}

/// Says that an IPv6 thing needs a VPC with an IPv6 block, if this one has none.
pub(super) fn needs_ipv6(cx: &mut Resolver<'_>, vpc: VpcId, what: &str, name: &str, span: Span) -> bool {
    if !cx.model.vpcs[vpc].ipv6.is_empty() || !cx.home(vpc).spec.ipv6.is_empty() || cx.is_misread {
        return false;
    }
    let message = format!("{what} {} has an IPv6 block, and the VPC has none", echo(name));
    let label = "the VPC has no IPv6 block";
    cx.found.push(
        Diagnostic::error("InvalidSubnet.Range", message, span, label)
            .help("give the VPC one: `ipv6: 2001:db8:1200::/56`"),
    );
    true
}

/// Warns of an IPv6 rule or route in a VPC that carries no IPv6. One for every address
/// says nothing of the VPC, and is often written beside its IPv4 half.
pub(super) fn carries(cx: &mut Resolver<'_>, vpc: VpcId, what: &str, net: IpNet, span: Span) {
    let is_narrow_v6 = matches!(net, IpNet::V6(v6) if v6.prefix_len() > 0);
    if is_narrow_v6 && cx.home(vpc).spec.ipv6.is_empty() && !cx.is_misread {
        let message = format!("{what} is for `{net}`, and the VPC has no IPv6 block");
        cx.found.push(
            Diagnostic::warning("ipv6-without-block", message, span, "matches nothing")
                .help("give the VPC an `ipv6` block, or remove it"),
        );
    }
}
