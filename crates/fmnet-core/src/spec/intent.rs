//! Intents and endpoints as typed.
//!
//! In: a line under `expect`, or words of a command. Out: [`IntentSpec`]s and
//! [`EndpointSetSpec`]s in which no name has been looked up.

use super::address::{looks_like_net, net};
use super::part::Part;
use super::print::{line_name, line_tag, line_vpc, print_traffic};
use super::read::Reader;
use super::same::forget;
use super::shape::{Grammar, Shape, optional};
use super::traffic::{self, Joining, range};
use super::{EndpointSetSpec, EndpointSpec, IntentSpec, Spanned, Spec};
use crate::diagnostic::Diagnostic;
use crate::intent::IntentKind;
use crate::source::Span;
use crate::traffic::{PortRange, Traffic};
use crate::words::{Place, Word, Words, with_form};
use crate::yaml::Node;

pub(super) const EXPECT: Part<Spec> = Part {
    key: optional("expect", "What the owners intend.", SHAPE),
    read: |reader, at, spec| spec.intents = reader.intents(at.node),
    print: |page, spec| page.items(0, "expect", spec.intents.iter().map(print)),
    forget: |spec| {
        for intent in &mut spec.intents {
            for set in [&mut intent.from, &mut intent.to] {
                forget(set.include.iter_mut().chain(&mut set.except));
            }
            forget(&mut intent.traffic);
            forget(&mut intent.traffic_except);
            forget(&mut intent.source_ports);
            intent.text.clear();
            intent.span = Span::NOWHERE;
        }
    },
};

/// A list of intents.
const SHAPE: Shape = Shape::List(&Shape::Line(&Grammar {
    name: "intent",
    about: "`allow FROM -> TO WHAT` (every packet gets an answer), `allow some FROM -> TO WHAT` (some packet does) or `deny FROM -> TO WHAT` (none does), as `allow internet -> api-1 tcp/443`",
    pattern: r"^\s*(allow|deny)\s+\S.*\s->\s+\S.*$",
}));

const HELP: &str =
    "an intent is `allow FROM -> TO WHAT` or `deny FROM -> TO WHAT`, as `allow internet -> api-1 tcp/443`";

/// Parses an intent; `text` starts at byte `base` of its file.
///
/// # Errors
///
/// `bad-word` and the codes of addresses and traffic, at the first word that does not fit.
pub fn parse_line(text: &str, base: u32) -> Result<IntentSpec, Diagnostic> {
    intent(Words::new(text, Place::At(base)))
}

/// Parses endpoints, as `internet except vpn`; `text` starts at byte `base` of its file.
///
/// # Errors
///
/// As [`parse_line`].
pub fn parse_endpoints(text: &str, base: u32) -> Result<EndpointSetSpec, Diagnostic> {
    let mut words = Words::new(text, Place::At(base));
    let endpoints = endpoints(&mut words)?;
    words.end()?;
    Ok(endpoints)
}

/// An intent as a line again.
fn print(intent: &IntentSpec) -> String {
    let kind = match intent.kind {
        IntentKind::Allow => "allow",
        IntentKind::AllowSome => "allow some",
        IntentKind::Deny => "deny",
    };
    let mut line = format!("{kind} {} -> {}", print_endpoints(&intent.from), print_endpoints(&intent.to));
    if !intent.traffic.is_empty() {
        line.push(' ');
        line.push_str(&print_traffic(&intent.traffic));
        if !intent.traffic_except.is_empty() {
            line.push_str(" except ");
            line.push_str(&print_traffic(&intent.traffic_except));
        }
    }
    if let Some(ports) = &intent.source_ports {
        line.push_str(" source-port ");
        line.push_str(&super::print::range(ports.value));
    }
    line
}

fn print_endpoints(set: &EndpointSetSpec) -> String {
    let list =
        |list: &[Spanned<EndpointSpec>]| list.iter().map(|it| print_endpoint(&it.value)).collect::<Vec<_>>().join(", ");
    let include = list(&set.include);
    if set.except.is_empty() { include } else { format!("{include} except {}", list(&set.except)) }
}

fn print_endpoint(endpoint: &EndpointSpec) -> String {
    match endpoint {
        EndpointSpec::Name(name) => line_name(name),
        EndpointSpec::Net(net) => net.to_string(),
        EndpointSpec::Group(name) => format!("group {}", line_name(name)),
        EndpointSpec::Subnet(name) => format!("subnet {}", line_name(name)),
        EndpointSpec::Vpc(name) => format!("vpc {}", line_vpc(name)),
        EndpointSpec::Tag(key, value) => format!("tag {}", line_tag(key, value)),
    }
}

impl<'s> Reader<'s> {
    fn intents(&mut self, node: &Node<'s>) -> Vec<IntentSpec> {
        let items = self.list(node, "a list of intents");
        items
            .iter()
            .filter_map(|item| {
                let words = self.words(item, "an intent, `allow FROM -> TO WHAT`")?;
                let intent = intent(words);
                self.keep(intent)
            })
            .collect()
    }
}

fn intent(words: Words<'_>) -> Result<IntentSpec, Diagnostic> {
    line(words).map_err(|diagnostic| with_form(diagnostic, HELP))
}

fn line(mut words: Words<'_>) -> Result<IntentSpec, Diagnostic> {
    let (text, span) = (words.one_line(), words.line());
    let what = "`allow`, `allow some` or `deny`";
    let verb = words.take(what)?;
    let kind = if verb.is("deny") {
        IntentKind::Deny
    } else if verb.is("allow") {
        if words.accept("some").is_some() { IntentKind::AllowSome } else { IntentKind::Allow }
    } else {
        return Err(verb.unexpected_of(what, &["allow", "deny"]));
    };
    let from = endpoints(&mut words)?;
    words.expect("->")?;
    let to = endpoints(&mut words)?;
    let ends_or_ports = |words: &Words<'_>| {
        let mut ahead = *words;
        matches!(ahead.next_word(), Ok(word) if word.as_ref().is_none_or(|word| word.is("source-port")))
    };
    let traffic = if ends_or_ports(&words) { Vec::new() } else { intended(&mut words)? };
    let has_exception = !traffic.is_empty() && words.accept("except").is_some();
    let traffic_except = if has_exception { intended(&mut words)? } else { Vec::new() };
    let source_ports = source_ports(&mut words)?;
    Ok(IntentSpec { kind, from, to, traffic, traffic_except, source_ports, text, span })
}

/// Reads traffic; what is none may be an endpoint whose comma is missing.
fn intended(words: &mut Words<'_>) -> Result<Vec<Spanned<Traffic>>, Diagnostic> {
    traffic::take(words, Joining::Traffic).map_err(|diagnostic| {
        if diagnostic.code == "bad-protocol" && diagnostic.patch.is_none() {
            diagnostic.help("if this is another endpoint, write a comma before it")
        } else {
            diagnostic
        }
    })
}

/// Reads `source-port A-B`, or nothing, to the end of the line.
fn source_ports(words: &mut Words<'_>) -> Result<Option<Spanned<PortRange>>, Diagnostic> {
    let Some(word) = words.next_word()? else { return Ok(None) };
    if !word.is("source-port") {
        return Err(word.unexpected_of("`source-port A-B` or the end of the line", &["source-port"]));
    }
    let ports = words.take("a range of ports, as `1024-65535`")?;
    let value = range(&ports.text, ports.span)?;
    words.end()?;
    Ok(Some(Spanned { value, span: ports.span }))
}

/// Reads endpoints joined by commas, perhaps with `except` and more of them.
fn endpoints(words: &mut Words<'_>) -> Result<EndpointSetSpec, Diagnostic> {
    let include = list(words)?;
    let except = if words.accept("except").is_some() { list(words)? } else { Vec::new() };
    Ok(EndpointSetSpec { include, except })
}

fn list(words: &mut Words<'_>) -> Result<Vec<Spanned<EndpointSpec>>, Diagnostic> {
    let mut found = vec![endpoint(words)?];
    while words.accept(",").is_some() {
        found.push(endpoint(words)?);
    }
    Ok(found)
}

fn endpoint(words: &mut Words<'_>) -> Result<Spanned<EndpointSpec>, Diagnostic> {
    let what = "an endpoint, as `internet`, a name or an address";
    let word = words.take_of_list(what)?;
    word.without_arrow()?;
    if [",", "->", "except"].iter().any(|keyword| word.is(keyword)) {
        return Err(word.unexpected(what));
    }
    let spanned = |value, last: Span| Spanned { value, span: Span { start: word.span.start, end: last.end } };
    if word.is("group") {
        let name = named(words, "the name of a group")?;
        return Ok(spanned(EndpointSpec::Group(name.text.into_owned()), name.span));
    }
    if word.is("subnet") {
        let name = named(words, "the name of a subnet")?;
        return Ok(spanned(EndpointSpec::Subnet(name.text.into_owned()), name.span));
    }
    if word.is("vpc")
        && let Some(name) = words.accept_if(|word| names_vpc(word))
    {
        return Ok(spanned(EndpointSpec::Vpc(name.text.into_owned()), name.span));
    }
    if word.is("tag") {
        let tag = named(words, "a tag, `KEY=VALUE`")?;
        let Some((key, value)) = tag.text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(tag.unexpected("a tag, `KEY=VALUE`"));
        };
        return Ok(spanned(EndpointSpec::Tag(key.to_owned(), value.to_owned()), tag.span));
    }
    if !word.quoted && looks_like_net(&word.text) {
        return Ok(spanned(EndpointSpec::Net(net(&word.text, word.span)?), word.span));
    }
    if word.text.is_empty() {
        return Err(Diagnostic::error("bad-word", "expected a name, found an empty one", word.span, "an empty name"));
    }
    Ok(spanned(EndpointSpec::Name(word.text.clone().into_owned()), word.span))
}

/// Whether the word after `vpc` names one; it may as well be what comes after an endpoint.
fn names_vpc(word: &Word<'_>) -> bool {
    let goes_on = [",", "->", "except", "source-port"].iter().any(|keyword| word.is(keyword));
    word.quoted || !(goes_on || word.text.contains("->") || traffic::looks_like_traffic(&word.text))
}

/// The word after a keyword, which is a name whatever it looks like, but not an arrow.
fn named<'a>(words: &mut Words<'a>, what: &str) -> Result<Word<'a>, Diagnostic> {
    let name = words.take_of_list(what)?;
    name.without_arrow()?;
    if name.is("->") || name.is(",") { Err(name.unexpected(what)) } else { Ok(name) }
}
