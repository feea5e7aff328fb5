//! The numbers of AWS's own form of a rule.
//!
//! In: protocol, ports, ICMP type and code as AWS writes them. Out: [`Traffic`], or what
//! AWS says when they do not fit together (R41 to R43, R63 to R65).

use super::Spanned;
use super::read::Reader;
use super::shape::Shape;
use super::traffic::{PROTOCOLS, numbered, unknown_protocol};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::traffic::{PortRange, Protocol, Traffic};
use crate::words::echo;
use crate::yaml::{Kind, Node};

pub(super) const PROTOCOL: &str =
    "The protocol as AWS writes it: `tcp`, `udp`, `icmp`, `icmpv6`, a number, or \"-1\" for any.";
pub(super) const PORT: Shape = Shape::Number(-1, 65535);

/// AWS's code for what does not fit together.
const REFUSED: &str = "InvalidParameterValue";

impl<'s> Reader<'s> {
    /// A protocol; none inside means any.
    pub(super) fn raw_protocol(&mut self, node: &Node<'s>) -> Option<Spanned<Option<Protocol>>> {
        let text = self.text(node, "a protocol")?;
        let found = if matches!(text, "-1" | "any" | "all") {
            Ok(None)
        } else if let Some(&(_, protocol)) = PROTOCOLS.iter().find(|(name, _)| *name == text) {
            Ok(Some(protocol))
        } else if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            numbered(text, node.span).map(Some)
        } else {
            Err(unknown_protocol(text, node.span))
        };
        self.keep(found).map(|value| Spanned { value, span: node.span })
    }

    /// A whole number, perhaps negative; quotes do not matter, as AWS's tools disagree on them.
    pub(super) fn integer(&mut self, node: &Node<'s>) -> Option<Spanned<i64>> {
        let text = self.text(node, "a number")?;
        match text.parse() {
            Ok(value) if !text.starts_with('+') => Some(Spanned { value, span: node.span }),
            Ok(_) | Err(_) => {
                let message = format!("expected a number, found {}", echo(text));
                self.report(Diagnostic::error("not-a-number", message, node.span, "expected a whole number"));
                None
            }
        }
    }

    /// `80`, `80-90`.
    pub(super) fn raw_range(&mut self, node: &Node<'s>) -> Option<Spanned<PortRange>> {
        let text = self.text(node, "a port or a range of ports")?;
        let ports = super::traffic::range(text, node.span);
        self.keep(ports).map(|value| Spanned { value, span: node.span })
    }

    /// `8/-1`.
    pub(super) fn raw_icmp(&mut self, node: &Node<'s>) -> Option<Spanned<PortRange>> {
        let what = "an ICMP type and code, as `8/-1`";
        let text = self.text(node, what)?;
        let parts = text.split_once('/').and_then(|(kind, code)| Some((kind.parse().ok()?, code.parse().ok()?)));
        let Some((kind, code)) = parts else {
            let message = format!("expected {what}, found {}", echo(text));
            self.report(Diagnostic::error("bad-icmp", message, node.span, "expected `TYPE/CODE`, -1 for any"));
            return None;
        };
        let icmp = icmp(kind, code, node.span, node.span);
        self.keep(icmp).map(|value| Spanned { value, span: node.span })
    }

    /// Whether a value is left empty, as if its key were not written.
    pub(super) fn is_written(node: &Node<'s>) -> bool {
        !matches!(node.kind, Kind::Null)
    }
}

/// The traffic of a group's rule (R41, R42, R43).
pub(super) fn group_traffic(
    protocol: &Spanned<Option<Protocol>>,
    first: Option<Spanned<i64>>,
    last: Option<Spanned<i64>>,
) -> Result<Traffic, Diagnostic> {
    let Some(number) = protocol.value else { return Ok(Traffic::Any) };
    if !(number.has_ports() || number.has_types()) {
        return Ok(Traffic::all_of(number));
    }
    let ports = match (first, last) {
        (Some(first), Some(last)) if number.has_types() => icmp(first.value, last.value, first.span, last.span)?,
        (Some(first), Some(last)) => ports(&first, &last)?,
        (None, None) if number == Protocol::ICMPV6 => PortRange::ALL,
        (None | Some(_), None) | (None, Some(_)) => {
            let message = format!("{number} needs `from_port` and `to_port`");
            let help = if number.has_types() {
                "`from_port` is the ICMP type and `to_port` the code, -1 for any (R42, R43)"
            } else {
                "write `from_port: 0` and `to_port: 65535` for all ports (R42)"
            };
            return Err(Diagnostic::error(REFUSED, message, protocol.span, "ports are missing").help(help));
        }
    };
    Ok(Traffic::Of { protocol: number, ports })
}

fn ports(first: &Spanned<i64>, last: &Spanned<i64>) -> Result<PortRange, Diagnostic> {
    let port = |port: &Spanned<i64>| {
        u16::try_from(port.value).map_err(|_| {
            let message = format!("the port `{}` is not 0 to 65535", port.value);
            Diagnostic::error("bad-port", message, port.span, "ports are 0 to 65535")
        })
    };
    let range = PortRange { first: port(first)?, last: port(last)? };
    if range.first > range.last {
        let message = format!("the port range `{}-{}` runs backwards", range.first, range.last);
        return Err(Diagnostic::error("bad-port", message, first.span, "the first port").also(last.span, "a lower one"));
    }
    Ok(range)
}

/// Every code of a type, or every type, where AWS writes -1 (R43).
fn icmp(kind: i64, code: i64, kind_at: Span, code_at: Span) -> Result<PortRange, Diagnostic> {
    let byte = |what: &str, value: i64, span| {
        u8::try_from(value).map_err(|_| {
            let message = format!("the ICMP {what} `{value}` is not 0 to 255, or -1 for any");
            Diagnostic::error("bad-icmp", message, span, "expected -1 to 255")
        })
    };
    match (kind, code) {
        (-1, -1) => Ok(PortRange::ALL),
        (-1, code) => {
            let message = format!("any ICMP type has any code, not `{code}`");
            Err(Diagnostic::error(REFUSED, message, code_at, "expected -1")
                .help("where the type is -1, AWS takes no code but -1 (R43)"))
        }
        (kind, -1) => Ok(PortRange::icmp_type(byte("type", kind, kind_at)?)),
        (kind, code) => Ok(PortRange::icmp(byte("type", kind, kind_at)?, byte("code", code, code_at)?)),
    }
}
