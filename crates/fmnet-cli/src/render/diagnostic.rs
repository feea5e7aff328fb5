//! Mistakes and warnings in rustc's manner.
//!
//! In: a [`Source`] and its [`Diagnostic`]s. Out: text with the lines underlined, each
//! with the name of its file, help, and the patch as lines that go and come. Only an excerpt around the labels is laid
//! out, with control characters spelled out and very long lines cut, so that a hostile
//! file costs no more than a friendly one.

mod excerpt;
mod patch;

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use fmnet_core::diagnostic::{Diagnostic, Patch as Edit, Severity};
use fmnet_core::source::{Source, SourceFile, Span};

use self::excerpt::{Excerpt, LONGEST_LINE};
use self::patch::Notation;
use super::{Style, escape};
use crate::terminal::{Excerpts, Terminal};

/// How many are laid out; the rest are counted.
pub const MOST_SHOWN: usize = 200;

/// Columns before a line of help, in a file of up to 99,999 lines.
const HELP_INDENT: usize = 14;

/// Columns before a title, besides its code.
const TITLE_INDENT: usize = "warning[]: ".len();

/// How often a report is laid out anew, at most, to make it fit.
const NARROWER: usize = 8;

/// Columns that a line of [`LONGEST_LINE`] bytes never fills, however it is spelled out.
const UNCUT: usize = 1 << 16;

/// Labels further apart than this many lines get excerpts of their own.
const FAR_APART_LINES: usize = 2_000;

/// Every diagnostic of a design, for standard error.
#[must_use]
pub fn list(source: &Source, diagnostics: &[Diagnostic], terminal: &Terminal) -> String {
    let mut notations = Notations::new();
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(MOST_SHOWN) {
        text.push_str(&one(source, &mut notations, diagnostic, terminal));
        text.push_str("\n\n");
    }
    if let Some(more) = diagnostics.len().checked_sub(MOST_SHOWN).filter(|&more| more > 0) {
        text.push_str(&format!("{more} more are not shown\n\n"));
    }
    text
}

/// One diagnostic, in the first layout that fits: its labels side by side, each in an
/// excerpt of its own, or said below what they mark.
fn one(source: &Source, notations: &mut Notations, diagnostic: &Diagnostic, terminal: &Terminal) -> String {
    let widths = Widths::of(source, diagnostic, terminal);
    let mut lay_out = |far_apart, label| {
        let widths = Widths { label, ..widths };
        let stretches = stretches(source, diagnostic, widths.excerpt, far_apart);
        let text = fitted(terminal, widths, &report(source, notations, diagnostic, &stretches, widths));
        located(&stretches, text)
    };
    let text = lay_out(FAR_APART_LINES, widths.label);
    if terminal.excerpts == Excerpts::Whole || widest_line(&text) <= terminal.stderr_width {
        return text;
    }
    let apart = lay_out(0, widths.label);
    if widest_line(&apart) <= terminal.stderr_width { apart } else { lay_out(0, 0) }
}

/// The closing line: `error: design.yaml is not a valid network: 3 errors, 1 warning`.
#[must_use]
pub fn rejection(source: &Source, diagnostics: &[Diagnostic], terminal: &Terminal) -> String {
    let name = escape::control(&source.name);
    let title = format!("{name} is not a valid network: {}", tally(diagnostics));
    if terminal.excerpts == Excerpts::Cut {
        return paragraph(&title, terminal);
    }
    let mut text = renderer(terminal).render(&[Group::with_title(Level::ERROR.primary_title(title))]);
    text.push('\n');
    text
}

/// `3 errors, 1 warning`.
#[must_use]
pub fn tally(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let words = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        more => Some(format!("{more} {word}s")),
    };
    let parts = [words(count(Severity::Error), "error"), words(count(Severity::Warning), "warning")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Columns of a diagnostic.
#[derive(Clone, Copy, Debug)]
struct Widths {
    /// Of its sentences.
    prose: usize,
    /// Of the lines that it shows.
    excerpt: usize,
    /// Of a label that stands beside what it marks.
    label: usize,
}

impl Widths {
    /// A pipe gets every line whole, but for one that no person wrote.
    fn of(source: &Source, diagnostic: &Diagnostic, terminal: &Terminal) -> Self {
        let prose = terminal.stderr_width;
        let labels = diagnostic.labels.iter().map(|label| label.span);
        let mut spans = labels.chain(diagnostic.patch.iter().map(|patch| patch.span));
        let is_long = |span: Span| [span.start, span.end].into_iter().any(|at| line_length(source, at) > LONGEST_LINE);
        match terminal.excerpts {
            Excerpts::Whole if !spans.any(is_long) => Self { prose, excerpt: UNCUT, label: UNCUT },
            Excerpts::Whole => Self { prose, excerpt: prose, label: UNCUT },
            Excerpts::Cut => Self { prose, excerpt: prose, label: prose / 2 },
        }
    }
}

/// Lays a report out. The renderer makes room for a label only behind a line that is too
/// long itself, so it is told of less room until everything fits.
fn fitted(terminal: &Terminal, widths: Widths, report: &[Group<'_>]) -> String {
    let width = widths.excerpt;
    let narrower = (1..=NARROWER).map(|step| width.saturating_sub(step * width / (NARROWER + 2)));
    let render = |width| renderer(terminal).term_width(width).render(report);
    let widest = render(width);
    if terminal.excerpts == Excerpts::Whole || widest_line(&widest) <= width {
        return widest;
    }
    narrower.map(render).find(|text| widest_line(text) <= width).unwrap_or(widest)
}

/// Columns of the longest line of a report, but for the name of the file.
fn widest_line(text: &str) -> usize {
    let text = anstream::adapter::strip_str(text).to_string();
    text.lines().filter(|line| !line.contains("--> ")).map(|line| line.chars().count()).max().unwrap_or(0)
}

/// Whether a label is too long to stand beside what it marks.
fn is_note(text: &str, widths: Widths) -> bool {
    text.chars().count() > widths.label
}

/// Bytes of the line that byte `offset` of the file is on, counted no further than anybody asks.
fn line_length(source: &Source, offset: u32) -> usize {
    let file = source.file(offset);
    let bytes = file.text.as_bytes();
    let (before, after) = bytes.split_at(file.within(offset).min(bytes.len()));
    let is_inside = |byte: &&u8| **byte != b'\n';
    before.iter().rev().take(LONGEST_LINE + 1).take_while(is_inside).count()
        + after.iter().take(LONGEST_LINE + 1).take_while(is_inside).count()
}

/// What each patch of a file puts in its place, where it can be written there.
pub(super) fn edits(source: &Source) -> impl Fn(&Edit) -> Option<String> {
    move |patch| {
        let file = source.file(patch.span.start);
        patch::replacement(file, Notation::of(file), patch).filter(|new| !new.trim().is_empty())
    }
}

fn renderer(terminal: &Terminal) -> Renderer {
    let renderer = match terminal.stderr {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.term_width(terminal.stderr_width)
}

/// A sentence under `error: `, in lines of the terminal's width.
#[must_use]
pub fn paragraph(message: &str, terminal: &Terminal) -> String {
    const TITLE: &str = "error: ";
    let lines = wrapped(&escape::control(message), terminal.stderr_width.saturating_sub(TITLE.len()));
    let lines = lines.replace('\n', &format!("\n{}", " ".repeat(TITLE.len())));
    match terminal.stderr {
        Style::Plain => format!("{TITLE}{lines}\n"),
        Style::Coloured => {
            let error = annotate_snippets::renderer::DEFAULT_ERROR_STYLE;
            format!("{error}{}{error:#} {lines}\n", TITLE.trim_end())
        }
    }
}

/// `text` in lines of `width` columns, as far as its words allow.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for word in text.split_inclusive([' ', '\n']) {
        let length = word.trim_end().chars().count();
        if column > 0 && column + length > width {
            out.truncate(out.trim_end().len());
            out.push('\n');
            column = 0;
        }
        out.push_str(word);
        column = if word.ends_with('\n') { 0 } else { column + word.chars().count() };
    }
    out
}

/// The character of its line, from one, that stands at byte `offset`.
#[must_use]
pub fn column(source: &Source, offset: u32) -> usize {
    let file = source.file(offset);
    column_in(file, offset)
}

fn column_in(file: &SourceFile, offset: u32) -> usize {
    let before = file.text.get(..file.within(offset)).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default().chars().count() + 1
}

/// The renderer counts columns in what it is shown; readers and editors count them in the file.
fn located(stretches: &[Stretch<'_>], mut text: String) -> String {
    for Stretch { file, labels, excerpt } in stretches {
        let name = escape::control(&file.name);
        for (index, (span, ..)) in labels.iter().enumerate() {
            let (line, shown) = excerpt.start(index);
            let meant = column_in(file, span.start);
            let place = format!("{name}:{line}:{shown}");
            let is_whole = |&at: &usize| {
                let behind = text.get(at + place.len()..).unwrap_or_default();
                !behind.starts_with(|next: char| next.is_ascii_digit())
            };
            let found = text.match_indices(&place).map(|(at, _)| at).find(is_whole);
            if let Some(at) = found.filter(|_| shown != meant) {
                text.replace_range(at..at + place.len(), &format!("{name}:{line}:{meant}"));
                break;
            }
        }
    }
    text
}

fn report<'a>(
    source: &'a Source,
    notations: &mut Notations,
    diagnostic: &'a Diagnostic,
    stretches: &'a [Stretch<'a>],
    widths: Widths,
) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = escape::control(&diagnostic.message);
    let title = if widths.label == UNCUT {
        title
    } else {
        wrapped(&title, widths.prose.saturating_sub(TITLE_INDENT + diagnostic.code.len()))
    };
    let mut group =
        level.primary_title(title).id(diagnostic.code).elements(stretches.iter().map(|stretch| cause(stretch, widths)));
    if diagnostic.labels.iter().all(|label| label.span.is_nowhere()) {
        group = group.element(Origin::path(escape::control(&source.name)));
    }
    let replacement = diagnostic.patch.as_ref().and_then(|patch| {
        let file = source.file(patch.span.start);
        let notation = *notations.entry(file.base).or_insert_with(|| Notation::of(file));
        patch::replacement(file, notation, patch)
    });
    let unwritten = diagnostic.patch.iter().filter(|_| replacement.is_none()).map(|patch| &patch.title);
    let help = diagnostic
        .help
        .iter()
        .chain(unwritten)
        .map(|line| Level::HELP.message(wrapped(&escape::control(line), widths.prose.saturating_sub(HELP_INDENT))));
    let labels = stretches.iter().flat_map(|stretch| &stretch.labels);
    let notes = labels.filter(|(_, text, _)| is_note(text, widths));
    let notes = notes.map(|(_, text, _)| Level::NOTE.message(wrapped(text, widths.prose.saturating_sub(HELP_INDENT))));
    let mut groups = vec![group.elements(notes).elements(help)];
    if let (Some(patch), Some(replacement)) = (&diagnostic.patch, replacement) {
        // Where it starts and where it ends: what stands between goes anyway.
        let end = Span { start: patch.span.end, end: patch.span.end };
        let excerpt = Excerpt::of(source.file(patch.span.start), &[patch.span, end], widths.excerpt);
        let edit = Patch::new(excerpt.at(0), escape::control(&replacement));
        let snippet = Snippet::source(excerpt.text).line_start(excerpt.first_line).patch(edit);
        groups.push(Level::HELP.secondary_title(escape::control(&patch.title)).element(snippet));
    }
    groups
}

/// The labels of a stretch, underlined.
fn cause<'a>(Stretch { file, labels, excerpt }: &'a Stretch<'a>, widths: Widths) -> Snippet<'a, Annotation<'a>> {
    let annotations = labels.iter().enumerate().map(|(index, (_, text, kind))| {
        let text = Some(text.as_str()).filter(|text| !text.is_empty() && !is_note(text, widths));
        kind.span(excerpt.at(index)).label(text)
    });
    let snippet = Snippet::source(excerpt.text.as_str()).path(escape::control(&file.name));
    snippet.line_start(excerpt.first_line).annotations(annotations)
}

type Labels = Vec<(Span, String, AnnotationKind)>;

/// How each file is written, by its place; worked out where a patch asks.
type Notations = BTreeMap<u32, Notation>;

/// Labels that lie near one another in a file, and the lines they are on.
struct Stretch<'a> {
    file: &'a SourceFile,
    labels: Labels,
    excerpt: Excerpt,
}

/// The labels of a diagnostic, in one excerpt for each stretch of a file, that of the
/// primary one first.
fn stretches<'a>(source: &'a Source, diagnostic: &Diagnostic, width: usize, far_apart: usize) -> Vec<Stretch<'a>> {
    let mut labels = Labels::new();
    for label in diagnostic.labels.iter().filter(|label| !label.span.is_nowhere()) {
        let kind = if labels.is_empty() { AnnotationKind::Primary } else { AnnotationKind::Context };
        labels.push((label.span, escape::control(&label.text), kind));
    }
    let mut found: Vec<(&SourceFile, Range<usize>, Labels)> = Vec::new();
    for label in labels {
        let file = source.file(label.0.start);
        let (first, last) = (file.line(label.0.start), file.line(label.0.end));
        let near = found.iter_mut().find(|(of, lines, _)| {
            of.base == file.base
                && first < lines.end.saturating_add(far_apart)
                && lines.start < last.saturating_add(far_apart)
        });
        match near {
            Some((_, lines, labels)) => {
                *lines = lines.start.min(first)..lines.end.max(last);
                labels.push(label);
            }
            None => found.push((file, first..last, vec![label])),
        }
    }
    let stretch = |(file, _, labels): (&'a SourceFile, _, Labels)| {
        let spans: Vec<Span> = labels.iter().map(|label| label.0).collect();
        Stretch { excerpt: Excerpt::of(file, &spans, width), file, labels }
    };
    found.into_iter().map(stretch).collect()
}

#[cfg(test)]
mod tests;
