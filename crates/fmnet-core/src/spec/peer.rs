//! The other end of a rule as typed.
//!
//! In: the words after `from` or `to`. Out: a [`PeerSpec`].

use super::address::{BlockOf, block, looks_like_net, net};
use super::print::line_name;
use super::{PeerSpec, Spanned};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::words::{Words, echo};

/// Whether an address may stand for the block of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BareAddress {
    Allowed,
    Refused,
}

/// Takes a peer; a rule has exactly one (R35).
pub(super) fn take(words: &mut Words<'_>, bare: BareAddress) -> Result<Spanned<PeerSpec>, Diagnostic> {
    let Some(word) = words.next_of_list()? else {
        return Err(none(words.here()));
    };
    let mut span = word.span;
    let value = if word.quoted {
        PeerSpec::Place(word.text.into_owned())
    } else if word.is("group") || word.is("list") {
        let name =
            words.take_of_list(if word.is("group") { "the name of a group" } else { "the name of a prefix list" })?;
        span.end = name.span.end;
        let known = name.text.into_owned();
        if word.is("group") { PeerSpec::Group(known) } else { PeerSpec::PrefixList(known) }
    } else if word.is("self") {
        PeerSpec::Myself
    } else if word.is("anywhere") {
        PeerSpec::Anywhere
    } else if word.is(",") {
        return Err(none(word.span));
    } else if looks_like_net(&word.text) {
        PeerSpec::Cidr(match bare {
            BareAddress::Allowed => net(&word.text, word.span)?,
            BareAddress::Refused => block(&word.text, word.span, BlockOf::Rule)?,
        })
    } else {
        PeerSpec::Place(word.text.into_owned())
    };
    let peer = Spanned { value, span };
    match words.accept(",") {
        Some(comma) => {
            let next = words.next_of_list()?.map_or(comma, |word| word.span);
            Err(two(peer.span, Span { start: next.start, end: words.line().end.max(next.end) }))
        }
        None => Ok(peer),
    }
}

/// A peer as words again.
pub(super) fn print(peer: &PeerSpec) -> String {
    match peer {
        PeerSpec::Cidr(net) => net.to_string(),
        PeerSpec::Anywhere => "anywhere".to_owned(),
        PeerSpec::Place(name) => line_name(name),
        PeerSpec::Group(name) => format!("group {}", line_name(name)),
        PeerSpec::Myself => "self".to_owned(),
        PeerSpec::PrefixList(name) => format!("list {}", line_name(name)),
    }
}

/// A rule without a peer.
pub(super) fn none(span: Span) -> Diagnostic {
    Diagnostic::error(
        "InvalidParameterCombination",
        "the rule has no peer",
        span,
        "expected a block, `group NAME`, `list NAME` or a place",
    )
    .help("a rule has exactly one peer (R35); `0.0.0.0/0` is every IPv4 address")
}

/// A rule with two.
pub(super) fn two(first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("InvalidParameterCombination", "the rule has more than one peer", second, "another peer")
        .also(first, "the first peer")
        .help("a rule has exactly one peer (R35): write one rule for each")
}

/// Reports a word that belongs to the other direction.
pub(super) fn direction(words: &mut Words<'_>, keyword: &str) -> Result<(), Diagnostic> {
    let mut ahead = *words;
    let other = if keyword == "from" { "to" } else { "from" };
    if let Some(word) = ahead.next_word()?.filter(|word| word.is(other)) {
        let direction = if keyword == "from" { "an ingress" } else { "an egress" };
        let message = format!("{direction} rule says `{keyword}`, not {}", echo(other));
        return Err(Diagnostic::error("bad-word", message, word.span, format!("expected `{keyword}`")).patch(
            format!("write `{keyword}`"),
            word.span,
            keyword,
        ));
    }
    words.expect(keyword).map(drop)
}
