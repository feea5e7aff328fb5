//! Networks on premises.
//!
//! In: `on_premises`. Out: the model's networks, no prefix in two of them.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::Resolver;
use super::block;
use crate::diagnostic::Diagnostic;
use crate::model::on_premises::OnPremises;
use crate::source::Span;
use crate::words::echo;

/// A network to be completed.
pub(super) fn empty(name: &str, span: Span) -> OnPremises {
    OnPremises { name: name.to_owned(), nets: Vec::new(), span }
}

/// Completes every network.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    let mut holders: BTreeMap<IpNet, (&str, Span)> = BTreeMap::new();
    for ((name, typed), id) in spec.on_premises.iter().zip(cx.on_premises.in_file_order()) {
        let mut nets: Vec<IpNet> = Vec::with_capacity(typed.len());
        for net in typed {
            let stored = block::stored(net, &mut cx.found);
            let (holder, first) = *holders.entry(stored).or_insert((&name.value, net.span));
            if holder != name.value {
                let message = format!("networks {} and {} both have `{stored}`", echo(holder), echo(&name.value));
                let diagnostic = Diagnostic::error("on-premises-overlap", message, net.span, "here too");
                let help = "one may hold a block of another, for the longest block counts, but not the same one";
                cx.found.push(diagnostic.also(first, "first here").help(help));
                continue;
            }
            inside_vpc(cx, &name.value, stored, net.span);
            if !nets.contains(&stored) {
                nets.push(stored);
            }
        }
        if typed.is_empty() && !cx.is_misread {
            let message = format!("network {} on premises has no block", echo(&name.value));
            cx.found.push(Diagnostic::error("empty-network", message, name.span, "no block is listed"));
        }
        cx.model.on_premises.get_mut(id).nets = nets;
    }
}

/// Addresses of a VPC that are also used on premises: neither reaches the other there.
fn inside_vpc(cx: &mut Resolver<'_>, name: &str, net: IpNet, span: Span) {
    let mut blocks = cx.homes.iter().flat_map(|home| home.blocks.iter().map(move |&block| (home.name(), block)));
    let Some((vpc, (within, at))) = blocks.find(|(_, (block, _))| block.contains(&net)) else { return };
    let message = format!("network {} on premises uses addresses of VPC {}", echo(name), echo(vpc));
    let diagnostic = Diagnostic::warning("on-premises-inside-vpc", message, span, format!("`{net}` is in `{within}`"));
    let help = "what is in a VPC routes to its own block locally, whatever a gateway propagates (R85)";
    cx.found.push(diagnostic.also(at, "the VPC's block").help(help));
}
