//! Traffic as typed: `any`, `tcp/80,443`, `icmp/8/0`, `protocol/50`, `tcp/53+udp/53`.
//!
//! In: a word. Out: one [`Traffic`] for each port or range listed, or a diagnostic that
//! points at the piece that does not fit.

use super::Spanned;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::traffic::{PortRange, Protocol, Traffic};
use crate::words::{Place, Word, Words, echo, suggest};

/// What may be joined in one word of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joining {
    /// Ports by commas, traffic by `+`: an intent.
    Traffic,
    /// Ports by commas: a rule of a group.
    Ports,
    /// Nothing: an entry of a network ACL.
    Nothing,
}

/// The protocols that have names.
pub(super) const PROTOCOLS: [(&str, Protocol); 4] =
    [("tcp", Protocol::TCP), ("udp", Protocol::UDP), ("icmp", Protocol::ICMP), ("icmpv6", Protocol::ICMPV6)];

/// Protocols that people name and AWS numbers.
const NUMBERED: [(&str, u8); 6] = [("igmp", 2), ("gre", 47), ("esp", 50), ("ah", 51), ("ospf", 89), ("sctp", 132)];

/// The ICMP types that have names, for `icmp` and for `icmpv6`.
const TYPES: [(&str, u8, u8); 3] = [("echo", 8, 128), ("echo-reply", 0, 129), ("unreachable", 3, 1)];

const WHAT: &str = "traffic, as `tcp/443`, `udp/53`, `icmp` or `any`";

/// What an editor checks traffic against; in the pattern of a line, `TRAFFIC` stands for it.
pub(crate) const PATTERN: &str =
    r"(any|(tcp|udp)(/[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*)?|icmp(v6)?(/[a-z0-9-]+(/[0-9]+)?)?|protocol/[0-9]+)";

/// Parses traffic that stands alone; `text` starts at byte `base` of its file.
///
/// # Errors
///
/// `bad-protocol`, `bad-port`, `bad-icmp` or `bad-word`, at the piece that does not fit.
pub fn parse(text: &str, base: u32) -> Result<Vec<Spanned<Traffic>>, Diagnostic> {
    let mut words = Words::new(text, Place::At(base));
    let traffic = take(&mut words, Joining::Traffic)?;
    words.end()?;
    Ok(traffic)
}

/// Whether a word is meant as traffic rather than as a name.
pub(super) fn looks_like_traffic(text: &str) -> bool {
    let is_protocol = |word: &str| word == "any" || PROTOCOLS.iter().any(|(name, _)| *name == word);
    text.contains(['/', '+']) || is_protocol(text) || text == "protocol"
}

/// Takes one word of traffic.
pub(super) fn take(words: &mut Words<'_>, joining: Joining) -> Result<Vec<Spanned<Traffic>>, Diagnostic> {
    let word = words.take(WHAT)?;
    if word.quoted {
        return Err(word.unexpected(WHAT));
    }
    let mut found = Vec::new();
    for (at, text) in split(&word.text, '+') {
        if at > 0 && joining != Joining::Traffic {
            let message = format!("several protocols in one rule, {}", echo(&word.text));
            let span = word.part(at - 1, word.text.len());
            return Err(Diagnostic::error("bad-word", message, span, "only intents join traffic by `+`")
                .help("write one rule for each"));
        }
        Piece { word: &word, text, at, joining }.read(&mut found)?;
    }
    Ok(found)
}

/// `text` cut at every `by`, each part with its offset.
fn split(text: &str, by: char) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(by).map(move |part| {
        let here = at;
        at += part.len() + by.len_utf8();
        (here, part)
    })
}

/// One protocol with its ports, inside a word.
#[derive(Clone, Copy)]
struct Piece<'w> {
    word: &'w Word<'w>,
    text: &'w str,
    at: usize,
    joining: Joining,
}

impl Piece<'_> {
    fn span(self) -> Span {
        self.word.part(self.at, self.at + self.text.len())
    }

    fn part(self, start: usize, text: &str) -> Span {
        self.word.part(self.at + start, self.at + start + text.len())
    }

    fn read(self, found: &mut Vec<Spanned<Traffic>>) -> Result<(), Diagnostic> {
        let (name, rest) = self.text.split_once('/').map_or((self.text, None), |(name, rest)| (name, Some(rest)));
        let start = name.len() + 1;
        let one = |value| Spanned { value, span: self.span() };
        match (name, rest) {
            ("any", None) => found.push(one(Traffic::Any)),
            ("any", Some(rest)) => {
                return Err(Diagnostic::error(
                    "bad-port",
                    "`any` has no ports",
                    self.part(start, rest),
                    "ports belong to `tcp` or `udp`",
                )
                .help("write `any` for everything, or `tcp/PORT`"));
            }
            ("protocol", Some(number)) => found.push(one(Traffic::all_of(numbered(number, self.part(start, number))?))),
            ("protocol", None) => {
                return Err(Diagnostic::error(
                    "bad-protocol",
                    "`protocol` needs a number",
                    self.span(),
                    "expected `protocol/0` to `protocol/255`",
                ));
            }
            (name, rest) => {
                let Some(&(_, protocol)) = PROTOCOLS.iter().find(|(known, _)| *known == name) else {
                    return Err(unknown_protocol(name, self.part(0, name)));
                };
                match rest {
                    None => found.push(one(Traffic::all_of(protocol))),
                    Some(rest) if protocol.has_ports() => self.ports(protocol, start, rest, found)?,
                    Some(rest) => found.push(one(self.icmp(protocol, start, rest)?)),
                }
            }
        }
        Ok(())
    }

    fn ports(
        self,
        protocol: Protocol,
        start: usize,
        list: &str,
        found: &mut Vec<Spanned<Traffic>>,
    ) -> Result<(), Diagnostic> {
        let several = list.contains(',');
        if several && self.joining == Joining::Nothing {
            let span = self.part(start, list);
            return Err(Diagnostic::error(
                "bad-port",
                "a network ACL entry has one port or one range",
                span,
                "several of them",
            )
            .help("write one entry for each, with numbers of their own"));
        }
        for (at, text) in split(list, ',') {
            let span = self.part(start + at, text);
            let ports = range(text, span)?;
            let span = if several { span } else { self.span() };
            found.push(Spanned { value: Traffic::Of { protocol, ports }, span });
        }
        Ok(())
    }

    fn icmp(self, protocol: Protocol, start: usize, rest: &str) -> Result<Traffic, Diagnostic> {
        let (kind, code) = rest.split_once('/').map_or((rest, None), |(kind, code)| (kind, Some(code)));
        let named = TYPES.iter().find(|(name, ..)| *name == kind);
        let named = named.map(|&(_, v4, v6)| if protocol == Protocol::ICMP { v4 } else { v6 });
        let bad = |what: &str, text: &str, span| {
            let message = format!("{} is not an ICMP {what}", echo(text));
            Diagnostic::error("bad-icmp", message, span, "expected a number, 0 to 255")
        };
        let Some(number) = named.or_else(|| kind.parse().ok()) else {
            let span = self.part(start, kind);
            return Err(suggest(bad("type", kind, span), kind, span, TYPES.iter().map(|(name, ..)| *name)));
        };
        let ports = match code {
            None => PortRange::icmp_type(number),
            Some(code) => {
                let span = self.part(start + kind.len() + 1, code);
                PortRange::icmp(number, code.parse().map_err(|_| bad("code", code, span))?)
            }
        };
        Ok(Traffic::Of { protocol, ports })
    }
}

/// A port, or a range of them.
pub(super) fn range(text: &str, span: Span) -> Result<PortRange, Diagnostic> {
    let Some((first, last)) = text.split_once('-').filter(|(first, _)| !first.is_empty()) else {
        return Ok(PortRange::one(port(text, span)?));
    };
    let (first, last) = (port(first, span)?, port(last, span)?);
    if first > last {
        let message = format!("the port range {} runs backwards", echo(text));
        return Err(Diagnostic::error("bad-port", message, span, "the lower port comes first").patch(
            "swap them",
            span,
            format!("{last}-{first}"),
        ));
    }
    Ok(PortRange { first, last })
}

fn port(text: &str, span: Span) -> Result<u16, Diagnostic> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u16>() {
        Ok(port) if is_number => Ok(port),
        Ok(_) | Err(_) if is_number => {
            let message = format!("the port {} is over 65535", echo(text));
            Err(Diagnostic::error("bad-port", message, span, "ports are 0 to 65535"))
        }
        Ok(_) | Err(_) => {
            let message =
                format!("expected a port, found {}", if text.is_empty() { "nothing".to_owned() } else { echo(text) });
            Err(Diagnostic::error("bad-port", message, span, "expected a port or a range, as `443` or `1024-65535`"))
        }
    }
}

/// A protocol by its number.
pub(super) fn numbered(text: &str, span: Span) -> Result<Protocol, Diagnostic> {
    match text.parse::<u8>() {
        Ok(number) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Protocol(number)),
        Ok(_) | Err(_) => {
            let message = format!("{} is not the number of a protocol", echo(text));
            Err(Diagnostic::error("bad-protocol", message, span, "protocols are 0 to 255"))
        }
    }
}

pub(super) fn unknown_protocol(name: &str, span: Span) -> Diagnostic {
    let message = format!("the protocol {} is not known", echo(name));
    let diagnostic = Diagnostic::error(
        "bad-protocol",
        message,
        span,
        "expected `tcp`, `udp`, `icmp`, `icmpv6`, `any` or `protocol/NUMBER`",
    );
    let lower = name.to_lowercase();
    if let Some((_, number)) = NUMBERED.iter().find(|(known, _)| *known == lower) {
        return diagnostic.patch("write its number", span, format!("protocol/{number}"));
    }
    if matches!(&*lower, "all" | "-1" | "*") {
        return diagnostic.patch("write `any`", span, "any");
    }
    let known = PROTOCOLS.iter().map(|&(name, _)| name).chain(["any", "protocol"]);
    suggest(diagnostic, name, span, known)
}
