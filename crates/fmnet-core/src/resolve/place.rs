//! Named places outside the VPC.
//!
//! In: `places`. Out: the model's places.

use ipnet::IpNet;

use super::Resolver;
use super::block;
use crate::diagnostic::Diagnostic;
use crate::model::place::Place;
use crate::source::Span;
use crate::words::echo;

/// A place to be completed.
pub(super) fn empty(name: &str, span: Span) -> Place {
    Place { name: name.to_owned(), nets: Vec::new(), span }
}

/// Completes every place.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    for ((name, typed), id) in spec.places.iter().zip(cx.places.in_file_order()) {
        let mut nets: Vec<IpNet> = Vec::with_capacity(typed.len());
        for net in typed {
            let stored = block::stored(net, &mut cx.found);
            let mut blocks = cx.homes.iter().flat_map(|home| &home.blocks);
            if let Some(&(within, at)) = blocks.find(|(block, _)| block.contains(&stored)) {
                let message = format!("place {} lies inside the VPC", echo(&name.value));
                let label = format!("`{stored}` is in `{within}`");
                let diagnostic = Diagnostic::error("place-inside-vpc", message, net.span, label);
                cx.found.push(diagnostic.also(at, "the VPC's block").help("a place names addresses outside the VPC"));
            }
            nets.push(stored);
        }
        if typed.is_empty() && !cx.is_misread {
            let message = format!("place {} has no address", echo(&name.value));
            cx.found.push(Diagnostic::error("empty-place", message, name.span, "no address is listed"));
        }
        cx.model.places.get_mut(id).nets = nets;
    }
}
