//! What is wrong with text that is not YAML, in words for people who write designs.
//!
//! In: the parser's error and its place. Out: one diagnostic.

use granit_parser::ErrorKind as E;

use super::too_deep;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};

/// Explains `kind`, which the parser met at byte `at` inside the collection that begins at `open`.
pub(super) fn explain(file: &SourceFile, kind: &E, at: u32, open: Option<u32>) -> Diagnostic {
    let here = character(file, at);
    if matches!(kind, E::RecursionLimitExceeded) {
        return too_deep(here);
    }
    if matches!(
        kind,
        E::TabNotAllowed
            | E::TabInBlockIndentation
            | E::TabInIndentation
            | E::TabInPlainScalar
            | E::TabAtBlockScalarStart
    ) || (!in_brackets(file, open) && begins_with_tab(file, at).is_some())
    {
        return tab(file, at, here);
    }
    if matches!(
        kind,
        E::UndeclaredTagHandle
            | E::ExpectedTagBang
            | E::InvalidTagTerminator
            | E::MissingTagUri
            | E::UnclosedVerbatimTag
    ) {
        return Diagnostic::error("yaml-tag", "YAML tags are not part of the design language", here, "a tag")
            .help("quote the value where text was meant");
    }
    let (message, help) = words(kind);
    let diagnostic = Diagnostic::error("yaml-syntax", message, here, "here").help(help);
    match open {
        Some(start) if is_unclosed(kind) => diagnostic.also(character(file, start), "opened here"),
        Some(start) if in_brackets(file, open) => diagnostic.also(character(file, start), "is this bracket closed?"),
        _ => diagnostic,
    }
}

/// Whether `open` begins a collection in brackets, in which tabs are as good as spaces.
pub(super) fn in_brackets(file: &SourceFile, open: Option<u32>) -> bool {
    open.and_then(|at| file.text.as_bytes().get(at as usize)).is_some_and(|byte| b"[{".contains(byte))
}

fn is_unclosed(kind: &E) -> bool {
    matches!(
        kind,
        E::UnclosedFlowCollection { .. }
            | E::MismatchedFlowCollectionEnd { .. }
            | E::UnexpectedEofFlowSequence
            | E::UnexpectedEofFlowMapping
            | E::UnexpectedEofImplicitFlowMapping
            | E::ExpectedFlowMappingSeparator
            | E::ExpectedFlowSequenceSeparator
    )
}

/// What is wrong, and what to do.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is another crate's, and non-exhaustive")]
fn words(kind: &E) -> (String, &'static str) {
    if let E::MismatchedFlowCollectionEnd { open, close } = kind {
        return (format!("`{open}` is closed by `{close}`"), "close each bracket by its own kind");
    }
    if let E::UnexpectedCharacter { character } = kind {
        let message = format!("a value cannot begin with `{}`", character.escape_debug());
        return (message, "put the value into double quotes");
    }
    let (message, help) = match kind {
        E::UnclosedFlowCollection { .. }
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping => ("a bracket is never closed", "add the missing `]` or `}`"),
        E::ExpectedFlowMappingSeparator => {
            ("expected `,` or `}` in a mapping", "separate keys by commas; close the mapping by `}`")
        }
        E::ExpectedFlowSequenceSeparator => {
            ("expected `,` or `]` in a list", "separate values by commas; close the list by `]`")
        }
        E::MisplacedFlowCollectionEnd => {
            ("a bracket is closed that was never opened", "remove it, or quote the value it is part of")
        }
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => {
            ("a quoted text is never closed", "add the missing quote")
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => {
            ("something follows a quoted text", "quote the whole value, or nothing of it")
        }
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => {
            ("not an escape that a quoted text can hold", "write `\\\\` for a backslash, or use single quotes")
        }
        E::MappingValueNotAllowed | E::InvalidMappingValueWhitespace | E::InvalidColonPlacement => (
            "`: ` is not allowed here",
            "keys of one mapping begin in one column, one on a line; if the colon is part of a value, quote the value",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey | E::ExpectedBlockMappingKey | E::MappingKeyNotAllowed => (
            "expected `KEY: VALUE`",
            "a key is followed by a colon and a space, and keys of one mapping begin in one column",
        ),
        E::InvalidIndentation
        | E::InvalidFlowScalarIndent
        | E::InvalidQuotedScalarIndent
        | E::InvalidBlockScalarIndent => {
            ("the indentation fits nothing above", "begin lines that belong together in one column")
        }
        E::BlockSequenceEntryNotAllowed | E::BlockEntryInFlowCollection | E::InvalidBlockEntryWhitespace => {
            ("a list is not allowed here", "begin each entry with `- ` in one column, on a line of its own")
        }
        E::ExpectedBlockSequenceEntry => (
            "expected another `- `",
            "entries of a list begin with `- ` in one column, and what follows the list begins further left",
        ),
        E::CommentNotSeparated | E::CommentInterceptedScalar => {
            ("a comment is not allowed here", "put a space before `#`, or quote the value")
        }
        E::BomInsideDocument => ("a byte order mark inside the file", "remove it"),
        E::MissingAnchorOrAliasName => ("a value cannot begin with `&` or `*`", "put the value into double quotes"),
        // The parser's errors may grow, and some of them need features that no design uses.
        _ => ("this is not YAML", "compare with the lines around it; quote values that hold special characters"),
    };
    (message.to_owned(), help)
}

fn tab(file: &SourceFile, at: u32, here: Span) -> Diagnostic {
    let span = begins_with_tab(file, at).unwrap_or(here);
    let spaces = "  ".repeat((span.end - span.start) as usize);
    Diagnostic::error("tab-indent", "a tab is used as indentation", span, "a tab")
        .help("YAML indents by spaces only")
        .patch("use spaces", span, spaces)
}

/// Refuses a tab between the beginning of a line and the collection that begins at `at`.
pub(super) fn no_tab_before(file: &SourceFile, at: u32) -> Result<(), Diagnostic> {
    let before = file.text.get(..at as usize).unwrap_or_default();
    let indent = before.rsplit('\n').next().unwrap_or_default();
    if indent.contains('\t') && indent.trim().is_empty() {
        return Err(tab(file, at, Span { start: at, end: at }));
    }
    Ok(())
}

/// The first run of tabs in the indentation of the line that holds `at`, or of the next:
/// the parser points at the beginning of a text that goes on there.
fn begins_with_tab(file: &SourceFile, at: u32) -> Option<Span> {
    let before = file.text.get(..at as usize)?;
    let mut start = before.rfind('\n').map_or(0, |newline| newline + 1);
    for line in file.text.get(start..)?.split_inclusive('\n').take(2) {
        let indent = line.find(|c| c != ' ' && c != '\t').unwrap_or(line.len());
        if let Some(tab) = line.get(..indent)?.find('\t') {
            let tabs = line.get(tab..indent)?.chars().take_while(|&c| c == '\t').count();
            let start = (start + tab) as u32;
            return Some(Span { start, end: start + tabs as u32 });
        }
        start += line.len();
    }
    None
}

/// The character at `at`; at the end of the file, the last that is not blank.
fn character(file: &SourceFile, at: u32) -> Span {
    let end = file.text.trim_end().len();
    let at = (at as usize).min(end.saturating_sub(1));
    let start = (0..=at).rev().find(|&at| file.text.is_char_boundary(at)).unwrap_or(0);
    let width = file.text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span { start: start as u32, end: (start + width) as u32 }
}
