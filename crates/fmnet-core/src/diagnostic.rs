//! Mistakes and warnings in a design, collected rather than thrown.
//!
//! In: whatever a check found. Out: [`Diagnostic`]s that the command line renders in
//! rustc's manner. Messages are lowercase, without a period, user text in backticks.

use crate::source::Span;

/// One mistake or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// AWS's own error code where it has one (`InvalidSubnet.Conflict`), else a
    /// word of ours (`unknown-key`). Stable.
    pub code: &'static str,
    /// Whether the design is refused.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where; the first is the primary one. May be empty for a whole file.
    pub labels: Vec<Label>,
    /// What to do, or what AWS says.
    pub help: Vec<String>,
    /// An edit that would mend it.
    pub patch: Option<Patch>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The design is not a network that AWS could build.
    Error,
    /// It is, but somebody should look.
    Warning,
}

/// A place in the source, with a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is said there; may be empty.
    pub text: String,
}

/// An edit: replace `span` by `replacement`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// What the edit is for, as `use the next free block`.
    pub title: String,
    /// What goes.
    pub span: Span,
    /// What comes.
    pub replacement: String,
}

impl Diagnostic {
    /// An error at `span`.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: vec![Label { span, text: label.into() }],
            help: Vec::new(),
            patch: None,
        }
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, span, label) }
    }

    /// Adds a second place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds an edit that would mend it.
    #[must_use]
    pub fn patch(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.patch = Some(Patch { title: title.into(), span, replacement: replacement.into() });
        self
    }
}
