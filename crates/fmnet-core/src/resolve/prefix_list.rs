//! Managed prefix lists (R45, R86).
//!
//! In: `prefix_lists`. Out: the model's prefix lists, each of one family.

use ipnet::IpNet;

use super::Resolver;
use super::block;
use crate::diagnostic::Diagnostic;
use crate::model::prefix_list::PrefixList;
use crate::source::Span;
use crate::spec::PrefixListSpec;
use crate::words::echo;

/// A prefix list to be completed.
pub(super) fn empty(name: &str, span: Span) -> PrefixList {
    PrefixList { name: name.to_owned(), entries: Vec::new(), max_entries: 1, span }
}

/// Completes every prefix list.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    for (list, id) in spec.prefix_lists.iter().zip(cx.prefix_lists.in_file_order()) {
        let entries = entries(cx, list);
        let max_entries = max_entries(cx, list);
        let item = cx.model.prefix_lists.get_mut(id);
        item.entries = entries;
        item.max_entries = max_entries;
    }
}

fn entries(cx: &mut Resolver<'_>, list: &PrefixListSpec) -> Vec<IpNet> {
    let mut placed: Vec<(IpNet, Span)> = Vec::with_capacity(list.entries.len());
    for entry in &list.entries {
        let stored = block::stored(entry, &mut cx.found);
        placed.push((stored, entry.span));
    }
    let is_v6 = |net: IpNet| matches!(net, IpNet::V6(_));
    let first = placed.first().copied();
    let stranger = placed.iter().find(|&&(net, _)| first.is_some_and(|(first, _)| is_v6(first) != is_v6(net)));
    if let (Some((first, first_span)), Some(&(net, span))) = (first, stranger) {
        let message = format!("prefix list {} mixes IPv4 and IPv6", echo(&list.name.value));
        let diagnostic =
            Diagnostic::error("InvalidParameterValue", message, span, format!("`{net}` is of another family"))
                .also(first_span, format!("than `{first}`"))
                .help("a prefix list has one address family: write two lists");
        cx.found.push(diagnostic);
    }
    let mut sorted = placed.clone();
    sorted.sort_unstable();
    for pair in sorted.windows(2) {
        if let &[(net, first), (again, second)] = pair
            && net == again
        {
            let message = format!("prefix list {} has `{net}` twice", echo(&list.name.value));
            let diagnostic = Diagnostic::error("InvalidParameterValue", message, second, "listed again here");
            cx.found.push(diagnostic.also(first, "first listed here").help("remove one of the two"));
        }
    }
    placed.into_iter().map(|(net, _)| net).collect()
}

fn max_entries(cx: &mut Resolver<'_>, list: &PrefixListSpec) -> u32 {
    let count = list.entries.len() as u64;
    let Some(typed) = &list.max_entries else {
        return u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    };
    if typed.value < count {
        let message = format!("prefix list {} has more entries than its maximum", echo(&list.name.value));
        let label = format!("room for {}, and {count} are listed", typed.value);
        let diagnostic = Diagnostic::error("PrefixListMaxEntriesExceeded", message, typed.span, label);
        cx.found.push(diagnostic.patch(format!("allow {count}"), typed.span, count.to_string()));
    } else if typed.value == 0 {
        let message = format!("prefix list {} has room for no entry", echo(&list.name.value));
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, typed.span, "at least 1");
        cx.found.push(diagnostic.patch("allow 1", typed.span, "1"));
    }
    u32::try_from(typed.value).unwrap_or(u32::MAX)
}
