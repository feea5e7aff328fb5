//! Source text and the places in it.
//!
//! In: the name and bytes of a file. Out: [`Span`]s, which every later stage carries
//! so that an answer can point at the line that caused it.

/// A byte range of a source file. An empty span at zero stands for what AWS makes by
/// itself, and points nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The place of things that no file says.
    pub const NOWHERE: Self = Self { start: 0, end: 0 };

    /// Whether the span points nowhere.
    #[must_use]
    pub fn is_nowhere(self) -> bool {
        self == Self::NOWHERE
    }
}

/// A source file, decoded.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's name as the user gave it.
    pub name: String,
    /// Its text.
    pub text: String,
    line_starts: Vec<u32>,
}

impl Source {
    /// Takes a file's name and its text.
    #[must_use]
    pub fn new(name: String, text: String) -> Self {
        let newlines = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let line_starts = std::iter::once(0).chain(newlines.map(|(at, _)| at as u32 + 1)).collect();
        Self { name, text, line_starts }
    }

    /// The line, from one, that holds byte `offset`.
    #[must_use]
    pub fn line(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|&start| start <= offset)
    }

    /// The text of `span`, or nothing where the span is not of this source.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}
