//! Source text and the places in it.
//!
//! In: the names and texts of the files of a design. Out: [`Span`]s, which every later
//! stage carries so that an answer can point at the line that caused it. The files of a
//! design stand one after another in one count of bytes, so that a span says which file
//! it is of.

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

    /// The span `bytes` further on.
    #[must_use]
    pub(crate) fn moved(self, bytes: u32) -> Self {
        Self { start: self.start + bytes, end: self.end + bytes }
    }
}

/// The files of a design, decoded; never none.
#[derive(Clone, Debug)]
pub struct Source {
    /// What the user named: the file, or the directory of several.
    pub name: String,
    files: Vec<SourceFile>,
}

/// One file, decoded.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The file's name as the user gave it.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The place of its first byte among those of all files.
    pub base: u32,
    line_starts: Vec<u32>,
}

impl Source {
    /// Takes a file's name and its text.
    #[must_use]
    pub fn new(name: String, text: String) -> Self {
        Self { files: vec![SourceFile::new(name.clone(), text, 0)], name }
    }

    /// Takes the name and the text of the first file and of each further one, and the
    /// name that stands for all of them.
    #[must_use]
    pub fn of_files(name: String, first: (String, String), more: Vec<(String, String)>) -> Self {
        let mut files = vec![SourceFile::new(first.0, first.1, 0)];
        for (name, text) in more {
            // One byte lies between two files, so that the end of one is not in the next.
            let base = files.last().map_or(0, |last| last.end() + 1);
            files.push(SourceFile::new(name, text, base));
        }
        Self { name, files }
    }

    /// The files, in order.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file that holds byte `offset`.
    #[must_use]
    pub fn file(&self, offset: u32) -> &SourceFile {
        let after = self.files.partition_point(|file| file.base <= offset);
        #[expect(clippy::indexing_slicing, reason = "there is a file, and the first begins at byte 0")]
        &self.files[after.saturating_sub(1)]
    }

    /// The line of its file, from one, that holds byte `offset`.
    #[must_use]
    pub fn line(&self, offset: u32) -> usize {
        self.file(offset).line(offset)
    }

    /// The text of `span`, or nothing where the span is not of this source.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.start).slice(span)
    }
}

impl SourceFile {
    fn new(name: String, text: String, base: u32) -> Self {
        let newlines = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let line_starts = std::iter::once(base).chain(newlines.map(|(at, _)| base + at as u32 + 1)).collect();
        Self { name, text, base, line_starts }
    }

    /// One past its last byte.
    fn end(&self) -> u32 {
        self.base + self.text.len() as u32
    }

    /// The line, from one, that holds byte `offset` of all files.
    #[must_use]
    pub fn line(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|&start| start <= offset)
    }

    /// The text of `span`, or nothing where the span is not of this file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let within = |offset: u32| offset.checked_sub(self.base).map(|offset| offset as usize);
        let range = within(span.start).zip(within(span.end));
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// Where byte `offset` of all files lies in the text of this one.
    #[must_use]
    pub fn within(&self, offset: u32) -> usize {
        (offset.saturating_sub(self.base) as usize).min(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_says_which_file_it_is_of() {
        let more = vec![("b".to_owned(), String::new()), ("c".to_owned(), "three\nfour\n".to_owned())];
        let source = Source::of_files("d".to_owned(), ("a".to_owned(), "one\ntwo".to_owned()), more);
        let starts: Vec<u32> = source.files().iter().map(|file| file.base).collect();
        assert_eq!(starts, [0, 8, 9]);
        let places = [0, 4, 7, 8, 9, 15, 20].map(|at| (source.file(at).name.as_str(), source.line(at)));
        assert_eq!(places, [("a", 1), ("a", 2), ("a", 2), ("b", 1), ("c", 1), ("c", 2), ("c", 3)]);
        assert_eq!(source.slice(Span { start: 15, end: 19 }), "four");
        assert_eq!(source.slice(Span { start: 4, end: 12 }), "");
        assert_eq!(source.file(15).within(15), 6);
    }
}
