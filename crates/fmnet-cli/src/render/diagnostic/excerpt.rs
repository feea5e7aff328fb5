//! The lines of a file around some spans, made harmless.

use std::ops::Range;

use fmnet_core::source::{Source, Span};

use crate::render::escape;

/// Characters of a line that are shown, at most.
const LONGEST_LINE: usize = 400;

/// Characters shown before the first span of a line that is cut.
const BEFORE: usize = 80;

/// Lines from the first span to the last, with the spans' places in them.
pub(super) struct Excerpt {
    /// The text.
    pub(super) text: String,
    /// The number of its first line, from one.
    pub(super) first_line: usize,
    places: Vec<Range<usize>>,
}

impl Excerpt {
    /// Cuts out the lines of `spans`, control characters spelled out.
    pub(super) fn of(source: &Source, spans: &[Span]) -> Self {
        let text = source.text.as_str();
        let clamp = |offset: u32| {
            (0..=(offset as usize).min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
        };
        let spans: Vec<Range<usize>> =
            spans.iter().map(|span| clamp(span.start)..clamp(span.end.max(span.start))).collect();
        let first = spans.iter().map(|span| span.start).min().unwrap_or(0);
        let last = spans.iter().map(|span| span.end).max().unwrap_or(0);
        let start = text.get(..first).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let end = text.get(last..).and_then(|after| after.find('\n')).map_or(text.len(), |newline| last + newline);
        let mut copy = Copy { out: String::new(), wanted: wanted(&spans), found: Vec::new() };
        let mut offset = start;
        for line in text.get(start..end).unwrap_or_default().split_inclusive('\n') {
            copy.line(line, offset);
            offset += line.len();
        }
        copy.reach(usize::MAX);
        let place = |offset| copy.found.iter().find(|(at, _)| *at == offset).map_or(copy.out.len(), |found| found.1);
        let places = spans.iter().map(|span| place(span.start)..place(span.end)).collect();
        Self { first_line: source.line(start as u32), places, text: copy.out }
    }

    /// Where the span at `index` lies in the text.
    pub(super) fn at(&self, index: usize) -> Range<usize> {
        self.places.get(index).cloned().unwrap_or(0..0)
    }
}

/// The offsets to be found, the highest first.
fn wanted(spans: &[Range<usize>]) -> Vec<usize> {
    let mut wanted: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).collect();
    wanted.sort_unstable_by(|left, right| right.cmp(left));
    wanted.dedup();
    wanted
}

struct Copy {
    out: String,
    wanted: Vec<usize>,
    found: Vec<(usize, usize)>,
}

impl Copy {
    /// Notes where offsets up to `offset` of the file came to lie.
    fn reach(&mut self, offset: usize) {
        while let Some(&next) = self.wanted.last()
            && next <= offset
        {
            self.wanted.pop();
            self.found.push((next, self.out.len()));
        }
    }

    /// Copies one line that starts at `offset` of the file.
    fn line(&mut self, line: &str, offset: usize) {
        let body = line.strip_suffix('\n').unwrap_or(line);
        let body = body.strip_suffix('\r').unwrap_or(body);
        let shown = self.shown(body, offset);
        if shown.start > 0 {
            self.reach(offset);
            self.out.push('…');
        }
        for (at, character) in body.char_indices() {
            if !shown.contains(&at) {
                self.reach(offset + at);
                continue;
            }
            self.reach(offset + at);
            escape::push(&mut self.out, character);
        }
        self.reach(offset + body.len());
        if shown.end < body.len() {
            self.out.push('…');
        }
        if line.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// The bytes of a line that are shown: all of it, or a window around what is wanted.
    fn shown(&self, body: &str, offset: usize) -> Range<usize> {
        if body.len() <= LONGEST_LINE {
            return 0..body.len();
        }
        let first = self.wanted.last().map_or(0, |next| next.saturating_sub(offset)).min(body.len());
        let before = body.get(..first).unwrap_or_default();
        let start = before.char_indices().rev().take(BEFORE).last().map_or(first, |(at, _)| at);
        let after = body.get(start..).unwrap_or_default();
        let end = after.char_indices().nth(LONGEST_LINE).map_or(body.len(), |(at, _)| start + at);
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, marked: &str) -> (String, String) {
        let start = text.find(marked).unwrap_or(0);
        let span = Span { start: start as u32, end: (start + marked.len()) as u32 };
        let excerpt = Excerpt::of(&Source::new("design.yaml".into(), text.into()), &[span]);
        let place = excerpt.at(0);
        (excerpt.text[place].to_owned(), excerpt.text)
    }

    #[test]
    fn spans_keep_their_text() {
        assert_eq!(check("a: 1\r\nb: two\r\nc: 3\n", "two"), ("two".into(), "b: two".into()));
        assert_eq!(check("x\u{1b}[2J: é two", "two"), ("two".into(), "x\\u{1b}[2J: é two".into()));
        assert_eq!(check("x\u{1b}y", "\u{1b}").0, "\\u{1b}");
    }

    #[test]
    fn long_lines_are_cut_around_the_span() {
        let line = format!("{}here{}", "é".repeat(100_000), "b".repeat(100_000));
        let (marked, text) = check(&line, "here");
        assert_eq!(marked, "here");
        assert!(text.chars().count() < LONGEST_LINE + 3);
        let (marked, text) = check(&line, &line);
        assert!(text.chars().count() < LONGEST_LINE + 3 && marked.ends_with('…') || !marked.is_empty());
    }
}
