//! The lines of a file around some spans, made harmless.

use std::collections::BTreeSet;
use std::ops::Range;

use fmnet_core::source::{SourceFile, Span};

use crate::render::escape;

/// Characters of a line that are shown, at most.
pub(super) const LONGEST_LINE: usize = 400;

/// Characters shown before the first span of a line that is cut.
const BEFORE: usize = 80;

/// Columns before a line of the file, in a file of up to 99,999 lines, and behind it.
const MARGIN: usize = 12;

/// Characters around a span that are shown even where the terminal has no room for them.
const LEAST_AROUND: usize = 16;

/// Lines from the first span to the last, with the spans' places in them.
pub(super) struct Excerpt {
    /// The text.
    pub(super) text: String,
    /// The number of its first line, from one.
    pub(super) first_line: usize,
    places: Vec<Range<usize>>,
}

impl Excerpt {
    /// Cuts out the lines of `spans` for `width` columns, control characters spelled out.
    pub(super) fn of(file: &SourceFile, spans: &[Span], width: usize) -> Self {
        let text = file.text.as_str();
        let clamp = |offset: u32| (0..=file.within(offset)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let spans: Vec<Range<usize>> =
            spans.iter().map(|span| clamp(span.start)..clamp(span.end.max(span.start))).collect();
        let first = spans.iter().map(|span| span.start).min().unwrap_or(0);
        let last = spans.iter().map(|span| span.end).max().unwrap_or(0);
        let start = text.get(..first).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let end = text.get(last..).and_then(|after| after.find('\n')).map_or(text.len(), |newline| last + newline);
        let starts = spans.iter().map(|span| span.start).collect();
        let width = width.saturating_sub(MARGIN);
        let mut copy = Copy { out: String::new(), wanted: wanted(&spans), starts, width, found: Vec::new() };
        let mut offset = start;
        for line in text.get(start..end).unwrap_or_default().split_inclusive('\n') {
            copy.line(line, offset);
            offset += line.len();
        }
        copy.reach(usize::MAX);
        let place = |offset| copy.found.iter().find(|(at, _)| *at == offset).map_or(copy.out.len(), |found| found.1);
        let places = spans.iter().map(|span| place(span.start)..place(span.end)).collect();
        Self { first_line: file.line(file.base + start as u32), places, text: copy.out }
    }

    /// Where the span at `index` lies in the text.
    pub(super) fn at(&self, index: usize) -> Range<usize> {
        self.places.get(index).cloned().unwrap_or(0..0)
    }

    /// The line of the file and the character of the excerpt's line, both from one, where
    /// the span at `index` starts.
    pub(super) fn start(&self, index: usize) -> (usize, usize) {
        let before = self.text.get(..self.at(index).start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        (self.first_line + before.matches('\n').count(), line.chars().count() + 1)
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
    /// Where the spans start, in order.
    starts: BTreeSet<usize>,
    /// Characters of a line with several spans that are shown.
    width: usize,
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
        let mut is_cut = false;
        for (at, character) in body.char_indices() {
            self.reach(offset + at);
            if shown.iter().any(|part| part.contains(&at)) {
                is_cut = false;
                escape::push(&mut self.out, character);
            } else if !is_cut {
                is_cut = true;
                self.out.push('…');
            }
        }
        self.reach(offset + body.len());
        if line.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// The bytes of a line that are shown: all of it, or a window around what is wanted.
    fn shown(&self, body: &str, offset: usize) -> Vec<Range<usize>> {
        let starts: Vec<usize> = self.starts.range(offset..=offset + body.len()).map(|start| start - offset).collect();
        // The renderer cuts a line around one span by itself, around several never.
        if starts.len() > 1 && body.chars().count() > self.width {
            let around = (self.width / starts.len()).max(LEAST_AROUND);
            return starts.into_iter().map(|start| window(body, start, around / 4, around - 1)).collect();
        }
        if body.len() <= LONGEST_LINE {
            return std::iter::once(0..body.len()).collect();
        }
        let first = self.wanted.last().map_or(0, |next| next.saturating_sub(offset)).min(body.len());
        vec![window(body, first, BEFORE, LONGEST_LINE)]
    }
}

/// `length` characters, of which `before` stand before byte `at`.
fn window(body: &str, at: usize, before: usize, length: usize) -> Range<usize> {
    let ahead = body.get(..at).unwrap_or_default();
    let start = ahead.char_indices().rev().take(before).last().map_or(at, |(at, _)| at);
    let after = body.get(start..).unwrap_or_default();
    let end = after.char_indices().nth(length).map_or(body.len(), |(at, _)| start + at);
    start..end
}

#[cfg(test)]
mod tests {
    use fmnet_core::source::Source;

    use super::*;

    fn check(text: &str, marked: &str) -> (String, String) {
        let start = text.find(marked).unwrap_or(0);
        let span = Span { start: start as u32, end: (start + marked.len()) as u32 };
        let source = Source::new("design.yaml".into(), text.into());
        let excerpt = Excerpt::of(source.file(span.start), &[span], 100);
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

    #[test]
    fn long_lines_are_cut_between_two_spans() {
        let line = format!("{}here{}there{}", "é".repeat(300), "a".repeat(300), "b".repeat(300));
        let spans = ["here", "there"].map(|marked| {
            let start = line.find(marked).unwrap_or(0);
            Span { start: start as u32, end: (start + marked.len()) as u32 }
        });
        let source = Source::new("design.json".into(), line);
        let excerpt = Excerpt::of(source.file(0), &spans, 100);
        assert_eq!((&excerpt.text[excerpt.at(0)], &excerpt.text[excerpt.at(1)]), ("here", "there"));
        assert!(excerpt.text.chars().count() < 100, "{}", excerpt.text);
    }
}
