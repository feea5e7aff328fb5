//! Answers to text for people.
//!
//! In: proofs, answers and matrices of `fmnet-sim`, and what is known of the reader
//! ([`View`]). Out: the text of a terminal or pipe ([`text`]) or of a pull request
//! ([`markdown`]). Words for ids come from `fmnet_sim::explain`; here is only layout.
//! Every name passes through an escape on its way out: names are written by strangers.

pub mod evidence;
pub mod overview;
pub mod markdown;
pub mod text;
pub mod diagnostic;
pub mod junit;
pub mod escape;

use fmnet_core::model::Model;
use fmnet_core::source::{Source, Span};
use fmnet_sim::explain::plain;

/// What is read, and how it is to look.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The network the ids are of.
    pub model: &'a Model,
    /// The files that spans point into.
    pub source: &'a Source,
    /// Columns a line may take; text that cannot be broken may exceed it.
    pub width: usize,
    /// Whether there may be colour.
    pub style: Style,
}

/// Whether there may be colour. It is never the only signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No escape sequences at all.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// How much evidence is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What a tired reviewer needs.
    Summary,
    /// Every gate, every part, every rule.
    Full,
}

/// Who reaches whom, with rows as the reader asked for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatrixTable {
    /// Names of rows, which are also the columns, without counts; not yet escaped.
    pub labels: Vec<String>,
    /// How many interfaces each row stands for; 1 for the internet.
    pub counts: Vec<usize>,
    /// The members of each row whose name does not say them, else nothing.
    pub members: Vec<String>,
    /// Row, column, and what is reached (lines of `fmnet_sim::explain::content`), each
    /// pair once, by row, then column; pairs that are left out reach nothing.
    pub cells: Vec<(usize, usize, Vec<String>)>,
}

impl View<'_> {
    /// A place as `design.yaml:41`, without the file's directory; none for what AWS makes by itself.
    #[must_use]
    pub fn place(&self, span: Span) -> Option<String> {
        let name = &self.source.file(span.start).name;
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        (!span.is_nowhere()).then(|| format!("{}:{}", plain(file), self.source.line(span.start)))
    }

    /// `text` with its place behind it, where it has one.
    #[must_use]
    pub fn placed(&self, text: &str, span: Span) -> String {
        self.place(span).map_or_else(|| text.to_owned(), |place| format!("{text} ({place})"))
    }
}
