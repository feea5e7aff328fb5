//! Subnets (R11, R14, R15, R19, R57, R78).
//!
//! In: `subnets`. Out: the model's subnets, which lie in the VPC and apart from each other.

use ipnet::{IpNet, Ipv6Net};
use rustc_hash::FxHashSet;

use super::block::{self, Taken};
use super::names::{Kind, Scoped};
use super::{Findings, Home, Resolver, network_acl, route_table, vpc};
use crate::address::number;
use crate::diagnostic::Diagnostic;
use crate::model::network_acl::NetworkAcl;
use crate::model::route_table::RouteTable;
use crate::model::vpc::Subnet;
use crate::model::{Model, NetworkAclId, RouteTableId, SubnetId, VpcId};
use crate::source::Span;
use crate::spec::{Spanned, SubnetSpec, VpcSpec};
use crate::words::echo;

/// Declares the subnets, each with the main table and the default ACL for the time being.
pub(super) fn declare<'a>(
    homes: &[Home<'a>],
    model: &mut Model,
    tables: &Scoped<'a, RouteTable>,
    acls: &Scoped<'a, NetworkAcl>,
    found: &mut Findings,
) -> Scoped<'a, Subnet> {
    let mut defaults: Vec<(RouteTableId, NetworkAclId)> = Vec::with_capacity(homes.len());
    for home in homes {
        let main = route_table::main(home, tables.of(home.id), &mut model.route_tables, found);
        let default = acls.of(home.id).get(network_acl::DEFAULT);
        let made = || network_acl::empty(home.id, network_acl::DEFAULT.to_owned(), Span::NOWHERE);
        defaults.push((main, default.unwrap_or_else(|| model.network_acls.push(made()))));
    }
    let make = |vpc: VpcId, name, span| {
        #[expect(clippy::indexing_slicing, reason = "there is an entry for each VPC")]
        let (route_table, network_acl) = defaults[vpc.index()];
        Subnet {
            name,
            vpc,
            zone: String::new(),
            zone_id: String::new(),
            ipv4: None,
            ipv6: None,
            route_table,
            network_acl,
            span,
        }
    };
    let names = |vpc: &'a VpcSpec| vpc.subnets.iter().map(|subnet| super::bare(&subnet.name));
    super::declare(Kind::SUBNET, homes, &mut model.subnets, found, names, make)
}

/// The subnets of a VPC.
pub(super) fn of_vpc<'m>(cx: &'m Resolver<'_>, vpc: VpcId) -> impl Iterator<Item = (SubnetId, &'m Subnet)> {
    cx.model.subnets.iter().filter(move |(_, subnet)| subnet.vpc == vpc)
}

/// A subnet's block on its way to the check for overlaps.
struct Claim {
    block: IpNet,
    position: usize,
    id: SubnetId,
    span: Span,
}

/// Blocks on their way into the model.
#[derive(Default)]
struct Blocks {
    /// Those that lie in the VPC.
    claims: Vec<Claim>,
    /// Those that do not, each with the mistake to be told.
    strays: Vec<(Diagnostic, Spanned<IpNet>)>,
}

/// Completes the subnets of a VPC.
pub(super) fn resolve(cx: &mut Resolver<'_>, vpc: VpcId) {
    let spec = cx.home(vpc).spec;
    let mut blocks = Blocks::default();
    let ids = cx.subnets.of(vpc).in_file_order();
    for (position, (subnet, id)) in spec.subnets.iter().zip(ids).enumerate() {
        associate(cx, vpc, subnet, id);
        if subnet.public_addresses {
            cx.public_subnets.insert(id);
        }
        let before = blocks.claims.len();
        let mut written = 0;
        if let Some(typed) = &subnet.cidr {
            written += 1;
            let block = ipv4(cx, vpc, subnet, typed, &mut blocks);
            let span = typed.span;
            blocks.claims.extend(block.map(|block| Claim { block, position, id, span }));
        }
        if let Some(typed) = &subnet.ipv6 {
            written += 1;
            let block = ipv6(cx, vpc, subnet, typed, &mut blocks);
            let span = typed.span;
            blocks.claims.extend(block.map(|block| Claim { block, position, id, span }));
        }
        if written == 0 && !cx.is_misread {
            let message = format!("subnet {} has no block", echo(&subnet.name.value));
            let label = "needs `cidr` or `ipv6`";
            let diagnostic = Diagnostic::error("missing-key", message, subnet.name.span, label);
            cx.found.push(diagnostic.help("write for example `cidr: 10.0.1.0/24`"));
        }
        if written == 0 || blocks.claims.len() < before + written {
            cx.broken_subnets.insert(id);
        }
    }
    apart(cx, vpc, &mut blocks);
    for claim in &blocks.claims {
        let subnet = cx.model.subnets.get_mut(claim.id);
        match claim.block {
            IpNet::V4(net) => subnet.ipv4 = Some(net),
            IpNet::V6(net) => subnet.ipv6 = Some(net),
        }
    }
}

fn associate(cx: &mut Resolver<'_>, vpc: VpcId, spec: &SubnetSpec, id: SubnetId) {
    let table = spec.route_table.as_ref();
    let table = table.and_then(|name| cx.route_tables.find(vpc, &name.value, name.span, &mut cx.found));
    let acl = spec.network_acl.as_ref();
    let acl = acl.and_then(|name| cx.network_acls.find(vpc, &name.value, name.span, &mut cx.found));
    let subnet = cx.model.subnets.get_mut(id);
    if let Some(table) = table {
        subnet.route_table = table;
    }
    if let Some(acl) = acl {
        subnet.network_acl = acl;
    }
}

fn ipv4(
    cx: &mut Resolver<'_>,
    vpc: VpcId,
    subnet: &SubnetSpec,
    typed: &Spanned<IpNet>,
    blocks: &mut Blocks,
) -> Option<IpNet> {
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
        cx.found.push(diagnostic.help("a subnet's IPv4 block is a /16 to a /28"));
        return None;
    }
    inside(cx, vpc, subnet, block, typed.span, blocks).then_some(block)
}

fn ipv6(
    cx: &mut Resolver<'_>,
    vpc: VpcId,
    subnet: &SubnetSpec,
    typed: &Spanned<Ipv6Net>,
    blocks: &mut Blocks,
) -> Option<IpNet> {
    let (net, span) = (block::stored_v6(typed, &mut cx.found), typed.span);
    let length = net.prefix_len();
    if !(44..=64).contains(&length) || !length.is_multiple_of(4) {
        let message = format!("`{net}` is not a size that a subnet's IPv6 block may have");
        let diagnostic = Diagnostic::error("InvalidSubnet.Range", message, span, format!("a /{length} block"));
        cx.found.push(diagnostic.help("it is a /44, /48, /52, /56, /60 or /64"));
        return None;
    }
    if vpc::needs_ipv6(cx, vpc, "subnet", &subnet.name.value, span) {
        return None;
    }
    inside(cx, vpc, subnet, IpNet::V6(net), span, blocks).then_some(IpNet::V6(net))
}

/// Whether the block lies in the VPC; if not, it is a stray.
fn inside(cx: &Resolver<'_>, vpc: VpcId, subnet: &SubnetSpec, block: IpNet, span: Span, blocks: &mut Blocks) -> bool {
    if vpc::holder(cx, vpc, block).is_some() {
        return true;
    }
    if cx.home(vpc).is_broken || cx.is_misread {
        return false;
    }
    let message = format!("subnet {} lies outside the VPC", echo(&subnet.name.value));
    let label = format!("`{block}` is in no block of the VPC");
    let mut diagnostic = Diagnostic::error("InvalidSubnet.Range", message, span, label);
    for &(net, at) in cx.home(vpc).blocks.iter().filter(|(net, _)| of_one_family(*net, block)) {
        diagnostic = diagnostic.also(at, format!("the VPC has `{net}`"));
    }
    let help = "move the subnet into a block of the VPC, or give the VPC another block";
    blocks.strays.push((diagnostic.help(help), Spanned { value: block, span }));
    false
}

/// Finds blocks that overlap, drops the later of two, and offers free blocks.
fn apart(cx: &mut Resolver<'_>, vpc: VpcId, blocks: &mut Blocks) {
    let Blocks { claims, strays } = blocks;
    claims.sort_by_key(|claim| (block_order(claim.block), claim.position));
    let blamed = overlaps(claims);
    if blamed.is_empty() && strays.is_empty() {
        return;
    }
    let mut taken = Taken::default();
    for claim in claims.iter() {
        taken.insert(claim.block);
    }
    let mut dropped = FxHashSet::default();
    for (late, early) in blamed {
        if let (Some(late_claim), Some(early)) = (claims.get(late), claims.get(early)) {
            conflict(cx, vpc, late_claim, early, &mut taken);
            cx.broken_subnets.insert(late_claim.id);
            dropped.insert(late);
        }
    }
    for (diagnostic, block) in strays.drain(..) {
        let blocks = cx.home(vpc).blocks.iter().filter(|(net, _)| of_one_family(*net, block.value));
        let free = blocks.filter_map(|&(net, _)| taken.first_free(net, block.value)).next();
        cx.found.push(offer(diagnostic, &block, free, &mut taken));
    }
    let mut index = 0;
    claims.retain(|_| {
        index += 1;
        !dropped.contains(&(index - 1))
    });
}

/// Of each two sorted claims that overlap, the later and the earlier in the file, each
/// later one once.
fn overlaps(claims: &[Claim]) -> Vec<(usize, usize)> {
    let mut blamed: Vec<(usize, usize)> = Vec::new();
    let mut around: Vec<usize> = Vec::new();
    for (index, claim) in claims.iter().enumerate() {
        while around.last().and_then(|&at| claims.get(at)).is_some_and(|outer| !outer.block.contains(&claim.block)) {
            around.pop();
        }
        if let Some((&at, outer)) = around.last().and_then(|at| Some((at, claims.get(*at)?))) {
            blamed.push(if outer.position > claim.position { (at, index) } else { (index, at) });
        }
        around.push(index);
    }
    // In file order, so that the free blocks offered are too.
    blamed.sort_by_key(|&(late, _)| (claims.get(late).map(|claim| claim.position), late));
    blamed.dedup_by_key(|&mut (late, _)| late);
    blamed
}

/// Blocks by their first address, the wider first.
pub(super) fn block_order(block: IpNet) -> (u128, u8) {
    (number(block.network()), block.prefix_len())
}

/// The blocks of a subnet.
pub(super) fn blocks(subnet: &Subnet) -> impl Iterator<Item = IpNet> + use<> {
    subnet.ipv4.map(IpNet::V4).into_iter().chain(subnet.ipv6.map(IpNet::V6))
}

fn conflict(cx: &mut Resolver<'_>, vpc: VpcId, late: &Claim, early: &Claim, taken: &mut Taken) {
    let (late_name, early_name) = (&cx.model.subnets[late.id].name, &cx.model.subnets[early.id].name);
    let message = format!("subnets {} and {} overlap", echo(late_name), echo(early_name));
    let diagnostic =
        Diagnostic::error("InvalidSubnet.Conflict", message, late.span, format!("overlaps `{}`", early.block))
            .also(early.span, format!("{} has `{}`", echo(early_name), early.block))
            .help("subnets of one VPC may not share an address");
    let free = vpc::holder(cx, vpc, late.block).and_then(|(within, _)| taken.first_free(within, late.block));
    let block = Spanned { value: late.block, span: late.span };
    cx.found.push(offer(diagnostic, &block, free, taken));
}

/// Offers a free block in place of one that cannot be had.
fn offer(diagnostic: Diagnostic, block: &Spanned<IpNet>, free: Option<IpNet>, taken: &mut Taken) -> Diagnostic {
    let Some(free) = free else {
        return diagnostic.help(format!("no /{} block of the VPC is free", block.value.prefix_len()));
    };
    taken.insert(free);
    diagnostic.patch("use the next free block", block.span, free.to_string())
}

fn of_one_family(a: IpNet, b: IpNet) -> bool {
    a.addr().is_ipv4() == b.addr().is_ipv4()
}
