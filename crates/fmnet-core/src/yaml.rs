//! YAML files (JSON included) as a tree in which every value knows its place.
//!
//! In: files' names and bytes ([`decode`]), then their text ([`read`]). Out: a [`Node`]
//! tree that borrows from the text, and diagnostics. Several files make one tree (`files`). Values stay as typed: nothing turns
//! `012345678901`, `no` or `1.10` into a number. What a design has no use for is refused
//! here: anchors, aliases, merge keys, tags, several documents, depth over [`MAX_DEPTH`].
//!
//! Events are read one by one and kept on a stack of our own, so that no input, however
//! deep, uses the program's stack.

mod files;
mod syntax;

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, ScanError};

use crate::diagnostic::Diagnostic;
use crate::source::{Source, SourceFile, Span};
use crate::words::echo;

/// The largest design that is read, in bytes of all its files.
pub const MAX_BYTES: usize = 64 << 20;

/// How deep lists and mappings may nest.
pub const MAX_DEPTH: usize = 64;

/// How many values and keys a design may have; one of 10,000 interfaces has 200,000.
pub const MAX_NODES: usize = 2_000_000;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node<'s> {
    /// Where it stands; for a value left out, where its key stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind<'s>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Kind<'s> {
    /// Nothing after the key, `~` or `null`.
    Null,
    /// Text, numbers and booleans alike.
    Scalar {
        /// The text, escapes resolved.
        text: Cow<'s, str>,
        /// Whether it was quoted or a block scalar, so that it is text whatever it looks like.
        quoted: bool,
    },
    /// `[a, b]` or lines with dashes.
    List(Vec<Node<'s>>),
    /// `{a: b}` or lines with colons; each key once, in the order of the file.
    Map(Vec<(Key<'s>, Node<'s>)>),
    /// Something refused here already, of which nothing more need be said.
    Refused,
}

/// A key of a mapping.
#[derive(Clone, Debug)]
pub struct Key<'s> {
    /// Its text.
    pub text: Cow<'s, str>,
    /// Whether it was quoted.
    pub quoted: bool,
    /// Where it stands.
    pub span: Span,
}

/// Decodes the files of a design, which `name` stands for; none is an empty one.
///
/// # Errors
///
/// The file at fault, and `too-large` over [`MAX_BYTES`] of all files together, or
/// `not-utf8` with the offset of the first bad byte.
pub fn decode(name: String, files: Vec<(String, Vec<u8>)>) -> Result<Source, (String, Diagnostic)> {
    let bytes = files.iter().map(|(_, bytes)| bytes.len()).sum();
    if bytes > MAX_BYTES {
        return Err((name, too_large(bytes, files.len())));
    }
    let mut decoded = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        match String::from_utf8(bytes) {
            Ok(text) => decoded.push((name, text)),
            Err(error) => return Err((name, not_utf8(&error))),
        }
    }
    let mut decoded = decoded.into_iter();
    let first = decoded.next().unwrap_or_else(|| (name.clone(), String::new()));
    Ok(Source::of_files(name, first, decoded.collect()))
}

fn not_utf8(error: &std::string::FromUtf8Error) -> Diagnostic {
    let offset = error.utf8_error().valid_up_to();
    let good = error.as_bytes().iter().take(offset);
    let line = good.filter(|&&byte| byte == b'\n').count() + 1;
    let message = format!("the file is not UTF-8: byte {offset}, on line {line}, is not part of any character");
    whole_file("not-utf8", message).help("save it with the encoding UTF-8")
}

/// Reads the text of a design's files into one tree. No tree comes with at least one diagnostic.
#[must_use]
pub fn read(source: &Source) -> (Option<Node<'_>>, Vec<Diagnostic>) {
    let bytes = source.files().iter().map(|file| file.text.len()).sum();
    if bytes > MAX_BYTES {
        return (None, vec![too_large(bytes, source.files().len())]);
    }
    files::read(source.files())
}

/// Reads one file; `nodes` counts the values of all.
fn read_file<'s>(file: &'s SourceFile, nodes: &mut usize) -> (Option<Node<'s>>, Vec<Diagnostic>) {
    if let Some(diagnostic) = control_character(file) {
        return (None, vec![diagnostic]);
    }
    let mut tree = Tree::new(file, *nodes);
    let mut options = granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    options.set_emit_comments(false);
    for event in Parser::new_from_str_with_options(&file.text, options) {
        let taken = match event {
            Ok((event, span)) => tree.take(event, &span),
            Err(error) => Err(tree.syntax(&error)),
        };
        if let Err(diagnostic) = taken {
            tree.found.push(diagnostic);
            return (None, tree.found);
        }
    }
    *nodes = tree.nodes;
    (tree.root, tree.found)
}

fn empty() -> Diagnostic {
    whole_file("empty-file", "the file holds no design")
        .help("a design begins with `vpc: NAME`, `region: REGION` and `cidr: BLOCK`")
}

/// A list or mapping whose end has not come.
struct Frame<'s> {
    start: u32,
    inside: Inside<'s>,
}

enum Inside<'s> {
    List(Vec<Node<'s>>),
    Map { entries: Vec<(Key<'s>, Node<'s>)>, key: Option<Node<'s>> },
}

/// The tree so far.
struct Tree<'s> {
    file: &'s SourceFile,
    open: Vec<Frame<'s>>,
    root: Option<Node<'s>>,
    nodes: usize,
    documents: usize,
    aliases: bool,
    tags: bool,
    found: Vec<Diagnostic>,
}

impl<'s> Tree<'s> {
    fn new(file: &'s SourceFile, nodes: usize) -> Self {
        let (open, found) = (Vec::new(), Vec::new());
        Self { file, open, root: None, nodes, documents: 0, aliases: false, tags: false, found }
    }

    /// Takes one event; an error ends the reading.
    fn take(&mut self, event: Event<'s>, at: &granit_parser::Span) -> Result<(), Diagnostic> {
        let span = byte_span(at);
        if let Some(tag) = event.tag() {
            let place = at.tag_span().map_or(span, |tag| byte_span(&tag));
            self.refuse_tag(&tag.original(), place);
        }
        match event {
            Event::DocumentStart(..) => return self.document(span),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse_alias(span);
                self.place(Node { span, kind: Kind::Refused });
            }
            Event::Scalar(text, style, ..) => {
                self.count(span)?;
                self.place(Node { span, kind: scalar(text, style) });
            }
            Event::SequenceStart(..) => return self.descend(span, Inside::List(Vec::new())),
            Event::MappingStart(..) => {
                return self.descend(span, Inside::Map { entries: Vec::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.ascend(span.end),
            Event::Anchor(..) => self.refuse_alias(span),
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            // The parser's events may grow; what it has no event for today, no design holds.
            _ => {}
        }
        Ok(())
    }

    fn document(&mut self, span: Span) -> Result<(), Diagnostic> {
        self.documents += 1;
        if self.documents < 2 {
            return Ok(());
        }
        let message = "the file holds several documents";
        Err(Diagnostic::error("several-documents", message, span, "the second one begins here")
            .help("a design is one document: put each design into a file of its own"))
    }

    fn count(&mut self, span: Span) -> Result<(), Diagnostic> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = format!("the design holds more than {MAX_NODES} values");
        Err(Diagnostic::error("too-large", message, span, "this is the first one too many"))
    }

    fn descend(&mut self, span: Span, inside: Inside<'s>) -> Result<(), Diagnostic> {
        self.count(span)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        if !syntax::in_brackets(self.file, Some(span.start)) {
            // The parser lets some tabs pass that other readers refuse.
            syntax::no_tab_before(self.file, span.start)?;
        }
        self.open.push(Frame { start: span.start, inside });
        Ok(())
    }

    fn ascend(&mut self, end: u32) {
        let Some(frame) = self.open.pop() else { return };
        let (kind, last) = match frame.inside {
            Inside::List(items) => {
                let last = items.last().map(|item| item.span.end);
                (Kind::List(items), last)
            }
            Inside::Map { entries, .. } => {
                let last = entries.last().map(|(_, value)| value.span.end);
                (Kind::Map(self.without_duplicates(entries)), last)
            }
        };
        // A block collection ends, for the parser, where the next thing begins; for a reader, with its last value.
        let end = if syntax::in_brackets(self.file, Some(frame.start)) { end } else { last.unwrap_or(end) };
        self.place(Node { span: Span { start: frame.start, end: end.max(frame.start) }, kind });
    }

    /// Puts a finished value where it belongs.
    fn place(&mut self, node: Node<'s>) {
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        match &mut frame.inside {
            Inside::List(items) => items.push(node),
            Inside::Map { entries, key } => match key.take() {
                None => *key = Some(node),
                Some(name) => match key_of(name, self.file) {
                    Ok(name) => {
                        let empty = matches!(node.kind, Kind::Null) && node.span.start == node.span.end;
                        let span = if empty { name.span } else { node.span };
                        entries.push((name, Node { span, kind: node.kind }));
                    }
                    Err(diagnostic) => self.found.extend(diagnostic),
                },
            },
        }
    }

    /// Reports every second key of one name and every merge key, and leaves them out.
    fn without_duplicates(&mut self, entries: Vec<(Key<'s>, Node<'s>)>) -> Vec<(Key<'s>, Node<'s>)> {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        // Sorting, because a hash table that repeats its order can be attacked with chosen keys.
        order.sort_by_key(|&at| entries.get(at).map(|(key, _)| &key.text));
        let mut refused = vec![false; entries.len()];
        let mut first: Option<&Key<'_>> = None;
        for at in order {
            let Some((key, _)) = entries.get(at) else { continue };
            let is_merge = key.text == "<<" && !key.quoted;
            match first {
                Some(first) if first.text == key.text => {
                    self.found.push(
                        Diagnostic::error(
                            "duplicate-key",
                            format!("{} is written twice", echo(&key.text)),
                            key.span,
                            "again here",
                        )
                        .also(first.span, "first here")
                        .help("keep one of the two"),
                    );
                    if let Some(refused) = refused.get_mut(at) {
                        *refused = true;
                    }
                }
                _ => first = Some(key),
            }
            if is_merge {
                self.found.push(
                    Diagnostic::error(
                        "yaml-merge-key",
                        "merge keys are not part of the design language",
                        key.span,
                        "`<<` merges another mapping",
                    )
                    .help("write the keys out"),
                );
                if let Some(refused) = refused.get_mut(at) {
                    *refused = true;
                }
            }
        }
        let mut refused = refused.into_iter();
        entries.into_iter().filter(|_| refused.next() != Some(true)).collect()
    }

    fn refuse_alias(&mut self, span: Span) {
        if std::mem::replace(&mut self.aliases, true) {
            return;
        }
        self.found.push(
            Diagnostic::error(
                "yaml-alias",
                "YAML anchors and aliases are not part of the design language",
                span,
                "the first one in the file",
            )
            .help("write the value out wherever it is meant, or quote it where text was meant"),
        );
    }

    fn refuse_tag(&mut self, tag: &str, span: Span) {
        if std::mem::replace(&mut self.tags, true) {
            return;
        }
        let message = format!("the YAML tag {} is not part of the design language", echo(tag));
        self.found.push(
            Diagnostic::error("yaml-tag", message, span, "the first tag in the file")
                .help("leave it out; quotes make a value text"),
        );
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let at = error.marker().byte_offset().unwrap_or(0) as u32;
        let at = at.min(self.file.text.len() as u32);
        syntax::explain(self.file, error.kind(), at, self.open.last().map(|frame| frame.start))
    }
}

/// A scalar, or nothing.
fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Kind<'_> {
    let quoted = style != ScalarStyle::Plain;
    if !quoted && matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
        return Kind::Null;
    }
    Kind::Scalar { text, quoted }
}

/// A key, or what is wrong with it; nothing where that was said already.
fn key_of<'s>(node: Node<'s>, file: &SourceFile) -> Result<Key<'s>, Option<Diagnostic>> {
    let found = match node.kind {
        Kind::Scalar { text, quoted } => return Ok(Key { text, quoted, span: node.span }),
        Kind::Refused => return Err(None),
        Kind::Null => echo(file.text.get(node.span.start as usize..node.span.end as usize).unwrap_or_default()),
        Kind::List(_) => "a list".to_owned(),
        Kind::Map(_) => "a mapping".to_owned(),
    };
    let message = format!("a key must be text, not {found}");
    Err(Some(Diagnostic::error("wrong-kind", message, node.span, "not a key").help("if this is a name, quote it")))
}

fn byte_span(span: &granit_parser::Span) -> Span {
    let start = span.start.byte_offset().unwrap_or(0) as u32;
    let end = span.end.byte_offset().unwrap_or(0) as u32;
    Span { start, end: end.max(start) }
}

fn whole_file(code: &'static str, message: impl Into<String>) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(code, message, Span::NOWHERE, "");
    diagnostic.labels.clear();
    diagnostic
}

fn too_large(bytes: usize, files: usize) -> Diagnostic {
    let what = if files == 1 { "file is" } else { "files are" };
    let message = format!("the {what} {} MiB long, and at most {} MiB are read", bytes >> 20, MAX_BYTES >> 20);
    whole_file("too-large", message)
}

fn too_deep(span: Span) -> Diagnostic {
    let message = format!("lists and mappings are nested more than {MAX_DEPTH} deep");
    let span = Span { start: span.start, end: span.start + 1 };
    Diagnostic::error("too-deep", message, span, "this one is too deep")
}

/// The first character that YAML forbids even in comments.
fn control_character(file: &SourceFile) -> Option<Diagnostic> {
    let found = file.text.char_indices().find(|&(_, c)| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'));
    let (at, c) = found?;
    let message = format!("the control character U+{:04X} must not stand in a design", u32::from(c));
    let span = Span { start: at as u32, end: (at + c.len_utf8()) as u32 };
    Some(Diagnostic::error("control-character", message, span, "here"))
}

#[cfg(test)]
mod tests;
