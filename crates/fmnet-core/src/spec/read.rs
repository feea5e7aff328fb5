//! Reading values: from nodes of the tree to names, booleans, numbers and mappings.
//!
//! In: a node and what it should be. Out: the value, or nothing and a diagnostic. Every
//! mistake is collected, and reading goes on.

use super::design::{DESIGN, VPC};
use super::part::At;
use super::shape::{Need, Record};
use super::{Name, Spanned};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use crate::words::{Place, Words, echo, is_printable, nearest, suggest};
use crate::yaml::{Key, Kind, MAX_NODES, Node};

/// How many mistakes are collected; nobody reads more, and a hostile file has millions.
const MAX_MISTAKES: usize = 1000;

/// Collects what is wrong while values are read.
pub(super) struct Reader<'s> {
    source: &'s Source,
    found: Vec<Diagnostic>,
    /// How many words and parts of words have been read, since a file can list many on few lines.
    pieces: usize,
}

/// A mapping whose keys have been compared with those of its record.
#[derive(Clone, Copy)]
pub(super) struct Section<'n, 's> {
    entries: &'n [(Key<'s>, Node<'s>)],
}

impl<'n, 's> Section<'n, 's> {
    /// The value of `key`, if it is written.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node<'s>> {
        self.entries.iter().find(|(found, _)| found.text == key).map(|(_, node)| node)
    }

    /// The value of `key` and where it stands, if it is written.
    pub(super) fn at(&self, key: &'static str) -> Option<At<'n, 's>> {
        let (found, node) = self.entries.iter().find(|(found, _)| found.text == key)?;
        Some(At { key, span: found.span, node })
    }

    /// Where `key` stands, if it is written.
    pub(super) fn key(&self, key: &str) -> Option<Span> {
        self.entries.iter().find(|(found, _)| found.text == key).map(|(found, _)| found.span)
    }
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s Source, found: Vec<Diagnostic>) -> Self {
        Self { source, found, pieces: 0 }
    }

    /// What was wrong, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.span);
        if self.found.len() > MAX_MISTAKES {
            self.found.truncate(MAX_MISTAKES);
            let mut many = Diagnostic::error(
                "too-many-mistakes",
                format!("more than {MAX_MISTAKES} mistakes; the rest is not shown"),
                Span::NOWHERE,
                "",
            );
            many.labels.clear();
            self.found.sort_by_key(place);
            self.found.push(many);
        } else {
            self.found.sort_by_key(place);
        }
        self.found
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        // One more than is shown, so that `finish` knows of the rest.
        if self.found.len() <= MAX_MISTAKES {
            self.found.push(diagnostic);
        }
    }

    /// The value of a result, its mistake reported.
    pub(super) fn keep<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.report(diagnostic)).ok()
    }

    /// Reports that a value is of another kind than meant.
    pub(super) fn wrong_kind(&mut self, node: &Node<'_>, what: &str) {
        let found = match &node.kind {
            Kind::Refused => return,
            Kind::Null => "nothing",
            Kind::Scalar { .. } => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        };
        let message = format!("expected {what}, found {found}");
        self.report(Diagnostic::error("wrong-kind", message, self.first_line(node.span), format!("expected {what}")));
    }

    /// `span`, to the end of the line it begins on.
    fn first_line(&self, span: Span) -> Span {
        let length = self.source.slice(span).lines().next().map_or(0, str::len);
        Span { start: span.start, end: span.start + length as u32 }
    }

    /// Opens a mapping; one left empty has no keys. `owner` is where missing keys are reported.
    pub(super) fn open<'n>(
        &mut self,
        node: &'n Node<'s>,
        record: &'static Record,
        owner: Span,
    ) -> Option<Section<'n, 's>> {
        let entries: &[_] = match &node.kind {
            Kind::Map(entries) => entries,
            Kind::Null => &[],
            Kind::Scalar { .. } | Kind::List(_) | Kind::Refused => {
                self.wrong_kind(node, &format!("a mapping that describes {}", record.title));
                return None;
            }
        };
        for (key, _) in entries {
            if !record.names().any(|name| name == key.text) {
                self.unknown_key(key, record);
            }
        }
        let section = Section { entries };
        for key in record.keys {
            if key.need == Need::Required && section.get(key.name).is_none() {
                self.missing_key(record.title, key.name, owner);
            }
        }
        Some(section)
    }

    pub(super) fn missing_key(&mut self, title: &str, key: &str, owner: Span) {
        let message = format!("{title} needs `{key}`");
        self.report(Diagnostic::error("missing-key", message, owner, format!("`{key}` is missing here")));
    }

    fn unknown_key(&mut self, key: &Key<'_>, record: &'static Record) {
        if self.found.len() > MAX_MISTAKES {
            return; // The search for a near key is what would take long.
        }
        let message = format!("{} has no key {}", record.title, echo(&key.text));
        let diagnostic = Diagnostic::error("unknown-key", message, key.span, "not a key of the design language");
        if std::ptr::eq(record, &raw const VPC) && DESIGN.names().any(|name| name == key.text) {
            let help = format!("{} stands at the top level, and holds for every VPC", echo(&key.text));
            return self.report(Diagnostic::error("unknown-key", diagnostic.message, key.span, "not here").help(help));
        }
        if nearest(&key.text, record.names()).is_some() {
            return self.report(suggest(diagnostic, &key.text, key.span, record.names()));
        }
        let names: Vec<_> = record.names().map(|name| format!("`{name}`")).collect();
        self.report(diagnostic.help(format!("its keys are {}", names.join(", "))));
    }

    /// Text as typed, whatever it looks like.
    pub(super) fn text<'n>(&mut self, node: &'n Node<'s>, what: &str) -> Option<&'n str> {
        let Kind::Scalar { text, .. } = &node.kind else {
            self.wrong_kind(node, what);
            return None;
        };
        Some(text)
    }

    /// The words of a line.
    pub(super) fn words<'n>(&mut self, node: &'n Node<'s>, what: &str) -> Option<Words<'n>> {
        let text = self.text(node, what)?;
        let before = self.pieces;
        self.pieces += text.bytes().filter(|byte| matches!(byte, b',' | b'+' | b' ')).count();
        if self.pieces > MAX_NODES {
            if before <= MAX_NODES {
                let message = format!("the lines of the file list more than {MAX_NODES} things");
                let span = self.first_line(node.span);
                self.report(Diagnostic::error("too-large", message, span, "the first line too many"));
            }
            return None;
        }
        Some(Words::new(text, self.place_of(node.span, text)))
    }

    /// Where `text`, which stands at `span`, stands byte for byte.
    fn place_of(&self, span: Span, text: &str) -> Place {
        let slice = self.source.slice(span);
        if slice == text {
            return Place::At(span.start);
        }
        let inside = slice.len().checked_sub(1).and_then(|end| slice.get(1..end));
        if inside == Some(text) { Place::At(span.start + 1) } else { Place::Inside(span) }
    }

    /// A name: text of 1 to 255 printable characters.
    pub(super) fn name(&mut self, node: &Node<'s>, what: &str) -> Option<Name> {
        let Kind::Scalar { text, quoted } = &node.kind else {
            self.wrong_kind(node, what);
            return None;
        };
        self.name_of(text, *quoted, node.span, what)
    }

    /// The name that is a key.
    pub(super) fn key_name(&mut self, key: &Key<'s>, what: &str) -> Option<Name> {
        self.name_of(&key.text, key.quoted, key.span, what)
    }

    fn name_of(&mut self, text: &str, quoted: bool, span: Span, what: &str) -> Option<Name> {
        if let Some(kind) = look_of(text).filter(|_| !quoted) {
            let message = format!("expected {what}, found the {kind} {}", echo(text));
            let diagnostic = Diagnostic::error("wrong-kind", message, span, format!("a {kind} where text was meant"));
            self.report(diagnostic.help("quote it to make it text").patch("quote it", span, format!("\"{text}\"")));
        } else if let Some(bad) = text.chars().find(|&c| !is_printable(c)) {
            let message = format!("the control character U+{:04X} in the name {}", u32::from(bad), echo(text));
            self.report(Diagnostic::error("control-character", message, span, "names are printable characters"));
        } else if text.trim().is_empty() || text.chars().count() > 255 {
            let message = if text.trim().is_empty() {
                "the name is empty".to_owned()
            } else {
                format!("the name {} is {} characters long", echo(text), text.chars().count())
            };
            self.report(Diagnostic::error("bad-name", message, span, "names are 1 to 255 characters"));
        }
        // Even a refused name is known by what was typed, or its every use would be a mistake too.
        Some(Spanned { value: text.to_owned(), span })
    }

    /// One of `words`.
    pub(super) fn word(&mut self, node: &Node<'s>, words: &[&str]) -> Option<Name> {
        let list = one_of(words);
        let text = self.text(node, &list)?;
        let name = Spanned { value: text.to_owned(), span: node.span };
        if !words.contains(&text) {
            let message = format!("expected {list}, found {}", echo(text));
            let diagnostic = Diagnostic::error("bad-word", message, node.span, format!("expected {list}"));
            self.report(suggest(diagnostic, text, node.span, words.iter().copied()));
            return None;
        }
        Some(name)
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, node: &Node<'s>) -> Option<bool> {
        let Kind::Scalar { text, quoted } = &node.kind else {
            self.wrong_kind(node, "`true` or `false`");
            return None;
        };
        let value = match &*text.to_lowercase() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        };
        if !quoted && matches!(&**text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") {
            return value;
        }
        let message = format!("expected `true` or `false`, found {}", echo(text));
        let diagnostic = Diagnostic::error("not-a-bool", message, node.span, "expected `true` or `false`");
        self.report(match value {
            Some(value) => diagnostic.patch(format!("write `{value}`"), node.span, value.to_string()),
            None => diagnostic,
        });
        None
    }

    /// A whole number, not negative.
    pub(super) fn number(&mut self, node: &Node<'s>, what: &str) -> Option<Spanned<u64>> {
        let Kind::Scalar { text, quoted } = &node.kind else {
            self.wrong_kind(node, what);
            return None;
        };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let plain = digits && (text.len() == 1 || !text.starts_with('0'));
        let value = text.parse::<u64>().ok().filter(|&value| digits && i64::try_from(value).is_ok());
        match value {
            Some(value) if plain && !quoted => Some(Spanned { value, span: node.span }),
            _ => {
                let message = format!("expected {what}, found {}", echo(text));
                let diagnostic =
                    Diagnostic::error("not-a-number", message, node.span, "expected a whole number, without quotes");
                self.report(match value {
                    Some(value) => diagnostic.patch(format!("write `{value}`"), node.span, value.to_string()),
                    None => diagnostic,
                });
                None
            }
        }
    }

    /// The items of a list; nothing written means none.
    pub(super) fn list<'n>(&mut self, node: &'n Node<'s>, what: &str) -> &'n [Node<'s>] {
        match &node.kind {
            Kind::List(items) => items,
            Kind::Null => &[],
            Kind::Scalar { .. } | Kind::Map(_) | Kind::Refused => {
                self.wrong_kind(node, what);
                &[]
            }
        }
    }

    /// The items of a list, or the one value that is written instead of it.
    pub(super) fn one_or_more<'n>(&mut self, node: &'n Node<'s>) -> &'n [Node<'s>] {
        if let Kind::List(items) = &node.kind { items } else { std::slice::from_ref(node) }
    }

    /// The entries of a mapping from names; nothing written means none.
    pub(super) fn named<'n>(&mut self, node: &'n Node<'s>, what: &str) -> Vec<(Name, &'n Node<'s>)> {
        let Kind::Map(entries) = &node.kind else {
            if !matches!(node.kind, Kind::Null) {
                self.wrong_kind(node, &format!("a mapping from {what}"));
            }
            return Vec::new();
        };
        entries.iter().filter_map(|(key, value)| Some((self.key_name(key, "a name")?, value))).collect()
    }

    /// A list of names.
    pub(super) fn names(&mut self, node: &Node<'s>, what: &str) -> Vec<Name> {
        self.list(node, &format!("a list of names of {what}"))
            .iter()
            .filter_map(|item| self.name(item, "a name"))
            .collect()
    }
}

/// `a`, `b` or `c`.
pub(super) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// What YAML takes unquoted `text` for, where that is not text.
pub(super) fn look_of(text: &str) -> Option<&'static str> {
    if matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") {
        return Some("boolean");
    }
    if matches!(text, "null" | "Null" | "NULL" | "~" | "") {
        return Some("null");
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let special = matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN");
    let based =
        text.strip_prefix("0x").is_some_and(|hex| !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()))
            || text
                .strip_prefix("0o")
                .is_some_and(|octal| !octal.is_empty() && octal.bytes().all(|b| (b'0'..=b'7').contains(&b)));
    (special || based || is_decimal(unsigned)).then_some("number")
}

/// Whether `text` is digits, perhaps with a point and an exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (text, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| !exponent.is_empty() && all_digits(exponent));
    all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_fits
}
