//! Subnets (R11, R14, R15, R19, R57, R78).
//!
//! In: `subnets`. Out: the model's subnets, which lie in the VPC and apart from each other.

use ipnet::{IpNet, Ipv6Net};
use rustc_hash::FxHashSet;

use super::block::{self, Taken};
use super::{Resolver, vpc};
use crate::address::number;
use crate::diagnostic::Diagnostic;
use crate::model::SubnetId;
use crate::model::vpc::Subnet;
use crate::model::{NetworkAclId, RouteTableId};
use crate::source::Span;
use crate::spec::{Spanned, SubnetSpec};
use crate::words::echo;

/// A subnet to be completed.
pub(super) fn empty(
    name: &str,
    span: Span,
    route_table: RouteTableId,
    network_acl: NetworkAclId,
) -> Subnet {
    Subnet {
        name: name.to_owned(),
        zone: String::new(),
        ipv4: None,
        ipv6: None,
        route_table,
        network_acl,
        span,
    }
}

/// A subnet's block on its way to the check for overlaps.
struct Claim {
    block: IpNet,
    position: usize,
    id: SubnetId,
    span: Span,
}

/// Completes every subnet.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    let mut claims = Vec::new();
    for (position, (subnet, id)) in spec
        .subnets
        .iter()
        .zip(cx.subnets.in_file_order())
        .enumerate()
    {
        associate(cx, subnet, id);
        if subnet.public_addresses {
            cx.public_subnets.insert(id);
        }
        if let Some(typed) = &subnet.cidr
            && let Some(block) = ipv4(cx, subnet, typed)
        {
            claims.push(Claim {
                block,
                position,
                id,
                span: typed.span,
            });
        }
        if let Some(typed) = &subnet.ipv6
            && let Some(block) = ipv6(cx, subnet, typed)
        {
            claims.push(Claim {
                block,
                position,
                id,
                span: typed.span,
            });
        }
        let blocks = usize::from(subnet.cidr.is_some()) + usize::from(subnet.ipv6.is_some());
        if blocks == 0 && !cx.is_misread {
            let message = format!("subnet {} has no block", echo(&subnet.name.value));
            cx.found.push(
                Diagnostic::error(
                    "missing-key",
                    message,
                    subnet.name.span,
                    "needs `cidr` or `ipv6`",
                )
                .help("write for example `cidr: 10.0.1.0/24`"),
            );
        }
        if claims
            .iter()
            .rev()
            .take(2)
            .filter(|claim| claim.id == id)
            .count()
            < blocks
            || blocks == 0
        {
            cx.broken_subnets.insert(id);
        }
    }
    apart(cx, &mut claims);
    for claim in &claims {
        let subnet = cx.model.subnets.get_mut(claim.id);
        match claim.block {
            IpNet::V4(net) => subnet.ipv4 = Some(net),
            IpNet::V6(net) => subnet.ipv6 = Some(net),
        }
    }
}

fn associate(cx: &mut Resolver<'_>, spec: &SubnetSpec, id: SubnetId) {
    let table = spec.route_table.as_ref();
    let table = table.and_then(|name| cx.route_tables.find(&name.value, name.span, &mut cx.found));
    let acl = spec.network_acl.as_ref();
    let acl = acl.and_then(|name| cx.network_acls.find(&name.value, name.span, &mut cx.found));
    let subnet = cx.model.subnets.get_mut(id);
    if let Some(zone) = &spec.zone {
        subnet.zone.clone_from(&zone.value);
    }
    if let Some(table) = table {
        subnet.route_table = table;
    }
    if let Some(acl) = acl {
        subnet.network_acl = acl;
    }
    let Some(zone) = &spec.zone else { return };
    let region = cx.model.region.as_str();
    // Local and Wavelength Zones are called `us-east-1-bos-1a`.
    let ours = zone
        .value
        .strip_prefix(region)
        .is_some_and(|rest| !rest.is_empty());
    if !(ours || region.is_empty()) {
        let message = format!(
            "{} is not an availability zone of {}",
            echo(&zone.value),
            echo(region)
        );
        let diagnostic = Diagnostic::error(
            "InvalidParameterValue",
            message,
            zone.span,
            "a zone of another region",
        )
        .help(format!(
            "zones of this region are called `{}a`, `{}b` and so on",
            region, region
        ));
        cx.found.push(diagnostic);
    }
}

fn ipv4(cx: &mut Resolver<'_>, subnet: &SubnetSpec, typed: &Spanned<IpNet>) -> Option<IpNet> {
    let block = block::stored(typed, &mut cx.found);
    let IpNet::V4(net) = block else {
        let message = format!("`{block}` is IPv6, and `cidr` takes an IPv4 block");
        let diagnostic = Diagnostic::error("wrong-family", message, typed.span, "an IPv6 block");
        cx.found.push(diagnostic.help("write it under `ipv6`"));
        return None;
    };
    if !(16..=28).contains(&net.prefix_len()) {
        let message = format!("`{net}` is not a size that a subnet may have");
        let label = format!("a /{} block", net.prefix_len());
        let diagnostic = Diagnostic::error("InvalidSubnet.Range", message, typed.span, label);
        cx.found
            .push(diagnostic.help("a subnet's IPv4 block is a /16 to a /28"));
        return None;
    }
    inside(cx, subnet, block, typed.span).then_some(block)
}

fn ipv6(cx: &mut Resolver<'_>, subnet: &SubnetSpec, typed: &Spanned<Ipv6Net>) -> Option<IpNet> {
    let (net, span) = (block::stored_v6(typed, &mut cx.found), typed.span);
    let length = net.prefix_len();
    if !(44..=64).contains(&length) || !length.is_multiple_of(4) {
        let message = format!("`{net}` is not a size that a subnet's IPv6 block may have");
        let diagnostic = Diagnostic::error(
            "InvalidSubnet.Range",
            message,
            span,
            format!("a /{length} block"),
        );
        cx.found
            .push(diagnostic.help("it is a /44, /48, /52, /56, /60 or /64"));
        return None;
    }
    if vpc::needs_ipv6(cx, "subnet", &subnet.name.value, span) {
        return None;
    }
    inside(cx, subnet, IpNet::V6(net), span).then_some(IpNet::V6(net))
}

/// Whether the block lies in the VPC; says so where it does not.
fn inside(cx: &mut Resolver<'_>, subnet: &SubnetSpec, block: IpNet, span: Span) -> bool {
    if vpc::holder(cx, block).is_some() {
        return true;
    }
    if cx.vpc_is_broken || cx.is_misread {
        return false;
    }
    let message = format!("subnet {} lies outside the VPC", echo(&subnet.name.value));
    let label = format!("`{block}` is in no block of the VPC");
    let mut diagnostic = Diagnostic::error("InvalidSubnet.Range", message, span, label);
    let family = |net: &IpNet| {
        matches!(
            (net, block),
            (IpNet::V4(_), IpNet::V4(_)) | (IpNet::V6(_), IpNet::V6(_))
        )
    };
    for &(net, at) in cx.vpc_blocks.iter().filter(|(net, _)| family(net)) {
        diagnostic = diagnostic.also(at, format!("the VPC has `{net}`"));
    }
    cx.found.push(
        diagnostic.help("move the subnet into a block of the VPC, or give the VPC another block"),
    );
    false
}

/// Finds blocks that overlap, and drops the later of two from `claims`.
fn apart(cx: &mut Resolver<'_>, claims: &mut Vec<Claim>) {
    claims.sort_by_key(|claim| (block_order(claim.block), claim.position));
    let mut blamed: Vec<(usize, usize)> = Vec::new();
    let mut around: Vec<usize> = Vec::new();
    for (index, claim) in claims.iter().enumerate() {
        while around
            .last()
            .and_then(|&at| claims.get(at))
            .is_some_and(|outer| !outer.block.contains(&claim.block))
        {
            around.pop();
        }
        if let Some((&at, outer)) = around.last().and_then(|at| Some((at, claims.get(*at)?))) {
            blamed.push(if outer.position > claim.position {
                (at, index)
            } else {
                (index, at)
            });
        }
        around.push(index);
    }
    // In file order, so that the free blocks offered are too.
    blamed.sort_by_key(|&(late, _)| claims.get(late).map(|claim| claim.position));
    blamed.dedup_by_key(|&mut (late, _)| late);
    if blamed.is_empty() {
        return;
    }
    let mut taken = Taken::default();
    for claim in claims.iter() {
        taken.insert(claim.block);
    }
    let mut dropped = FxHashSet::default();
    for (late, early) in blamed {
        if let (Some(late_claim), Some(early)) = (claims.get(late), claims.get(early)) {
            conflict(cx, late_claim, early, &mut taken);
            cx.broken_subnets.insert(late_claim.id);
            dropped.insert(late);
        }
    }
    let mut index = 0;
    claims.retain(|_| {
        index += 1;
        !dropped.contains(&(index - 1))
    });
}

/// Blocks by their first address, the wider first.
pub(super) fn block_order(block: IpNet) -> (u128, u8) {
    (number(block.network()), block.prefix_len())
}

/// The blocks of a subnet.
pub(super) fn blocks(subnet: &Subnet) -> impl Iterator<Item = IpNet> + use<> {
    subnet
        .ipv4
        .map(IpNet::V4)
        .into_iter()
        .chain(subnet.ipv6.map(IpNet::V6))
}

fn conflict(cx: &mut Resolver<'_>, late: &Claim, early: &Claim, taken: &mut Taken) {
    let (late_name, early_name) = (
        &cx.model.subnets[late.id].name,
        &cx.model.subnets[early.id].name,
    );
    let message = format!(
        "subnets {} and {} overlap",
        echo(late_name),
        echo(early_name)
    );
    let mut diagnostic = Diagnostic::error(
        "InvalidSubnet.Conflict",
        message,
        late.span,
        format!("overlaps `{}`", early.block),
    )
    .also(
        early.span,
        format!("{} has `{}`", echo(early_name), early.block),
    )
    .help("subnets of one VPC may not share an address");
    let free =
        vpc::holder(cx, late.block).and_then(|(within, _)| taken.first_free(within, late.block));
    diagnostic = match free {
        Some(free) => {
            taken.insert(free);
            diagnostic.patch("use the next free block", late.span, free.to_string())
        }
        None => diagnostic.help(format!(
            "no /{} block of the VPC is free",
            late.block.prefix_len()
        )),
    };
    cx.found.push(diagnostic);
}
