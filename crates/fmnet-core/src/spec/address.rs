//! Addresses and blocks as typed.
//!
//! In: a word or a node. Out: addresses and blocks (host bits kept, R12), or a diagnostic
//! with an edit where it is clear what was meant.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::read::Reader;
use super::{AddressSpec, Spanned};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::words::echo;
use crate::yaml::Node;

/// What a block is for: what its length probably is where it was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockOf {
    /// A VPC: 16 to 28, and 56.
    Vpc,
    /// A subnet: 16 to 28, and 64.
    Subnet,
    /// A rule or a route.
    Rule,
}

/// Which family is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
    Either,
}

impl Family {
    fn takes(self, address: IpAddr) -> bool {
        match self {
            Self::V4 => address.is_ipv4(),
            Self::V6 => address.is_ipv6(),
            Self::Either => true,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::V4 => "an IPv4",
            Self::V6 => "an IPv6",
            Self::Either => "an IPv4 or IPv6",
        }
    }
}

/// Whether `text` is meant as an address or a block rather than as a name.
pub(super) fn looks_like_net(text: &str) -> bool {
    let dotted = text.contains('.') && text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'/');
    let colons = text.bytes().filter(|&b| b == b':').count();
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.' | b'/'));
    let v4_like = text.split_once('/').is_some_and(|(address, length)| {
        address.contains('.')
            && address.starts_with(|c: char| c.is_ascii_digit())
            && !length.is_empty()
            && address.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    });
    dotted || v4_like || (colons >= 2 && hex)
}

/// A block, whose length must be written.
pub(super) fn block(text: &str, span: Span, of: BlockOf) -> Result<IpNet, Diagnostic> {
    if let Some(net) = plain_block(text) {
        return Ok(net);
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        let guess = format!("{address}/{}", likely_length(address, of));
        return Err(Diagnostic::error(
            "bad-cidr",
            format!("the block {} has no prefix length", echo(text)),
            span,
            "expected `ADDRESS/LENGTH`",
        )
        .patch("add a prefix length", span, guess));
    }
    Err(bad_block(text, span))
}

/// A block, or an address, which is the block of itself.
pub(super) fn net(text: &str, span: Span) -> Result<IpNet, Diagnostic> {
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(IpNet::from(address)),
        Err(_) if text.contains('/') => plain_block(text).ok_or_else(|| bad_block(text, span)),
        Err(_) => Err(bad_address(text, span, Family::Either)),
    }
}

/// `ADDRESS/LENGTH` without leading zeros, which some readers take for octal.
fn plain_block(text: &str) -> Option<IpNet> {
    let (address, length) = text.split_once('/')?;
    let plain = length.bytes().all(|byte| byte.is_ascii_digit()) && (length == "0" || !length.starts_with('0'));
    IpNet::new(address.parse().ok()?, length.parse().ok()?).ok().filter(|_| plain)
}

/// What is wrong with a block that is none.
fn bad_block(text: &str, span: Span) -> Diagnostic {
    let message = format!("{} is not an IPv4 or IPv6 block", echo(text));
    let bad = |label: String| Diagnostic::error("bad-cidr", message.clone(), span, label);
    let Some((address, length)) = text.split_once('/') else {
        return bad("expected a block, as `10.0.0.0/16`".to_owned());
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return bad(why_no_address(address));
    };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    if let Some(length) =
        length.parse::<Ipv4Addr>().ok().and_then(|mask| Ipv4Net::with_netmask(Ipv4Addr::UNSPECIFIED, mask).ok())
    {
        let patch = format!("{address}/{}", length.prefix_len());
        return bad("a netmask where a prefix length was meant".to_owned()).patch("write the length", span, patch);
    }
    if let Ok(plain) = length.parse::<u8>()
        && plain <= longest
    {
        return bad("the prefix length is a plain number".to_owned()).patch(
            "write it plainly",
            span,
            format!("{address}/{plain}"),
        );
    }
    bad(format!("its prefix length must be 0 to {longest}"))
}

/// Why `text` is not an address, in a few words.
fn why_no_address(text: &str) -> String {
    let parts: Vec<&str> = text.split('.').collect();
    let all_numbers = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if text.contains(':') || !all_numbers {
        return "not an address".to_owned();
    }
    if parts.len() != 4 {
        return format!("an IPv4 address has 4 numbers, not {}", parts.len());
    }
    match parts.iter().find(|part| part.parse::<u8>().is_err()) {
        Some(part) => format!("{} is over 255", echo(part)),
        None => "a number in it begins with 0".to_owned(),
    }
}

fn bad_address(text: &str, span: Span, family: Family) -> Diagnostic {
    let message = format!("{} is not {} address", echo(text), family.noun());
    if plain_block(text).is_some() {
        return Diagnostic::error("bad-address", message, span, "a block where one address was meant");
    }
    if text.parse::<IpAddr>().is_ok() {
        return Diagnostic::error("bad-address", message, span, format!("expected {} address", family.noun()));
    }
    Diagnostic::error("bad-address", message, span, why_no_address(text))
}

/// The prefix length that somebody who left it out probably meant.
fn likely_length(address: IpAddr, of: BlockOf) -> u8 {
    match (address, of) {
        (IpAddr::V4(address), _) => {
            let zeros = (address.to_bits().trailing_zeros() / 8 * 8) as u8;
            match (of, 32 - zeros) {
                (BlockOf::Rule, length) => length,
                (BlockOf::Vpc, _) => 16,
                (BlockOf::Subnet, length) => length.clamp(16, 24),
            }
        }
        (IpAddr::V6(address), BlockOf::Rule) => {
            if address.is_unspecified() {
                0
            } else {
                128
            }
        }
        (IpAddr::V6(_), BlockOf::Vpc) => 56,
        (IpAddr::V6(_), BlockOf::Subnet) => 64,
    }
}

impl<'s> Reader<'s> {
    /// A block of one family.
    pub(super) fn block(&mut self, node: &Node<'s>, family: Family, of: BlockOf) -> Option<Spanned<IpNet>> {
        let text = self.text(node, &format!("{} block", family.noun()))?;
        let net = block(text, node.span, of);
        let net = self.keep(net)?;
        if !family.takes(net.addr()) {
            let message = format!("{} is not {} block", echo(text), family.noun());
            self.report(Diagnostic::error("bad-cidr", message, node.span, format!("expected {} block", family.noun())));
            return None;
        }
        Some(Spanned { value: net, span: node.span })
    }

    /// An IPv6 block.
    pub(super) fn block6(&mut self, node: &Node<'s>, of: BlockOf) -> Option<Spanned<Ipv6Net>> {
        let block = self.block(node, Family::V6, of)?;
        match block.value {
            IpNet::V6(value) => Some(Spanned { value, span: block.span }),
            IpNet::V4(_) => None,
        }
    }

    /// An address, or a block.
    pub(super) fn net(&mut self, node: &Node<'s>) -> Option<Spanned<IpNet>> {
        let text = self.text(node, "an address or a block")?;
        let value = net(text, node.span);
        Some(Spanned { value: self.keep(value)?, span: node.span })
    }

    /// An address of one family.
    pub(super) fn address(&mut self, node: &Node<'s>, family: Family) -> Option<Spanned<IpAddr>> {
        let text = self.text(node, &format!("{} address", family.noun()))?;
        match text.parse::<IpAddr>() {
            Ok(value) if family.takes(value) => Some(Spanned { value, span: node.span }),
            Ok(_) | Err(_) => {
                self.report(bad_address(text, node.span, family));
                None
            }
        }
    }

    /// An address of one family, or one of `words` with what it stands for.
    pub(super) fn address_or(
        &mut self,
        node: &Node<'s>,
        family: Family,
        words: &[(&str, AddressSpec)],
    ) -> Option<Spanned<AddressSpec>> {
        let list: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let text = self.text(node, &format!("{} address or {}", family.noun(), list.join(" or ")))?;
        if let Some(&(_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(Spanned { value, span: node.span });
        }
        match text.parse::<IpAddr>() {
            Ok(address) if family.takes(address) => {
                Some(Spanned { value: AddressSpec::Known(address), span: node.span })
            }
            Ok(_) | Err(_) => {
                let wrong = bad_address(text, node.span, family);
                let words = words.iter().map(|&(word, _)| word);
                self.report(
                    crate::words::suggest(wrong, text, node.span, words)
                        .help(format!("it may also be {}", list.join(" or "))),
                );
                None
            }
        }
    }
}
