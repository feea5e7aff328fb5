//! The words of a line, each with its place in the file.
//!
//! In: one line of a design or of a command. Out: [`Word`]s, and diagnostics that point
//! at the word that does not fit. A word in double quotes is always a name, whatever it
//! looks like: `group "web servers"`; inside it, a backslash stands before `"` and `\`.

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Where a line stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Byte for byte from here on.
    At(u32),
    /// Somewhere inside, with escapes or line breaks that move the words.
    Inside(Span),
}

/// A line, and how far it has been read.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
    place: Place,
}

/// One word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// Its text, quotes and escapes resolved.
    pub text: Cow<'a, str>,
    /// Whether it was quoted, so that it is a name and no keyword.
    pub quoted: bool,
    /// Where it stands.
    pub span: Span,
    place: Place,
    at: usize,
}

/// What may end a word besides a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comma {
    Ends,
    Belongs,
}

impl<'a> Words<'a> {
    /// Takes a line and where it stands.
    #[must_use]
    pub fn new(text: &'a str, place: Place) -> Self {
        Self { text, at: 0, place }
    }

    /// The next word, to the next blank; nothing at the end of the line.
    ///
    /// # Errors
    ///
    /// `bad-word` where a quote is not closed, or something follows it.
    pub fn next_word(&mut self) -> Result<Option<Word<'a>>, Diagnostic> {
        self.lex(Comma::Belongs)
    }

    /// The next word, to the next blank or comma; a comma is a word by itself.
    ///
    /// # Errors
    ///
    /// As [`Words::next_word`].
    pub fn next_of_list(&mut self) -> Result<Option<Word<'a>>, Diagnostic> {
        self.lex(Comma::Ends)
    }

    /// The next word, where `what` must stand.
    ///
    /// # Errors
    ///
    /// As [`Words::next_word`], and `bad-word` at the end of the line.
    pub fn take(&mut self, what: &str) -> Result<Word<'a>, Diagnostic> {
        self.next_word()?.ok_or_else(|| self.ended(what))
    }

    /// The next word to a blank or comma, where `what` must stand.
    ///
    /// # Errors
    ///
    /// As [`Words::take`].
    pub fn take_of_list(&mut self, what: &str) -> Result<Word<'a>, Diagnostic> {
        self.next_of_list()?.ok_or_else(|| self.ended(what))
    }

    /// Takes the word `keyword`.
    ///
    /// # Errors
    ///
    /// `bad-word` where another word stands, or none.
    pub fn expect(&mut self, keyword: &str) -> Result<Span, Diagnostic> {
        let what = format!("`{keyword}`");
        let word = self.take(&what)?;
        if word.is(keyword) { Ok(word.span) } else { Err(word.unexpected(&what)) }
    }

    /// The next word if it is `keyword`.
    pub fn accept(&mut self, keyword: &str) -> Option<Span> {
        let mut ahead = *self;
        let word = ahead.next_of_list().ok().flatten().filter(|word| word.is(keyword))?;
        *self = ahead;
        Some(word.span)
    }

    /// The next word to a blank or comma, if it `fits`.
    pub fn accept_if(&mut self, fits: impl Fn(&Word<'a>) -> bool) -> Option<Word<'a>> {
        let mut ahead = *self;
        let word = ahead.next_of_list().ok().flatten().filter(|word| fits(word))?;
        *self = ahead;
        Some(word)
    }

    /// Makes sure that nothing follows.
    ///
    /// # Errors
    ///
    /// `bad-word` at the first word that does.
    pub fn end(&mut self) -> Result<(), Diagnostic> {
        match self.next_word()? {
            None => Ok(()),
            Some(word) => {
                let message = format!("expected the end of the line, found {}", echo(&word.text));
                Err(Diagnostic::error("bad-word", message, word.span, "nothing may follow"))
            }
        }
    }

    /// The place right after the last word.
    #[must_use]
    pub fn here(&self) -> Span {
        let at = self.text.get(..self.at).map_or(0, |read| read.trim_end().len());
        span_of(self.place, at, at)
    }

    /// The whole line.
    #[must_use]
    pub fn line(&self) -> Span {
        let start = self.text.len() - self.text.trim_start().len();
        span_of(self.place, start, self.text.trim_end().len().max(start))
    }

    /// The text of the line, its blanks and line breaks made one blank each.
    #[must_use]
    pub fn one_line(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn ended(&self, what: &str) -> Diagnostic {
        let message = format!("expected {what}, found the end of the line");
        Diagnostic::error("bad-word", message, self.here(), format!("expected {what}"))
    }

    fn lex(&mut self, comma: Comma) -> Result<Option<Word<'a>>, Diagnostic> {
        let word = self.lex_any(comma)?;
        let bad = |word: &Word<'_>| word.text.chars().find(|&c| !is_printable(c));
        if let Some((word, bad)) = word.as_ref().and_then(|word| Some((word, bad(word)?))) {
            let message = format!("the control character U+{:04X} in {}", u32::from(bad), echo(&word.text));
            return Err(Diagnostic::error("control-character", message, word.span, "names are printable characters"));
        }
        Ok(word)
    }

    fn lex_any(&mut self, comma: Comma) -> Result<Option<Word<'a>>, Diagnostic> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let start = self.at + (rest.len() - rest.trim_start().len());
        let rest = rest.trim_start();
        self.at = start;
        if rest.is_empty() {
            return Ok(None);
        }
        if rest.starts_with('"') {
            return self.lex_quoted(rest, start, comma).map(Some);
        }
        let ends = |c: char| c.is_whitespace() || (c == ',' && comma == Comma::Ends);
        let length =
            if comma == Comma::Ends && rest.starts_with(',') { 1 } else { rest.find(ends).unwrap_or(rest.len()) };
        let text = rest.get(..length).unwrap_or_default();
        self.at = start + length;
        Ok(Some(self.word(Cow::Borrowed(text), false, start)))
    }

    /// Reads the quoted word that `rest`, at `start`, begins with.
    fn lex_quoted(&mut self, rest: &'a str, start: usize, comma: Comma) -> Result<Word<'a>, Diagnostic> {
        let mut text = String::new();
        let mut chars = rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + at + 1;
                    let follows = rest.get(at + 1..).and_then(|rest| rest.chars().next());
                    if follows.is_some_and(|c| !(c.is_whitespace() || (c == ',' && comma == Comma::Ends))) {
                        let span = span_of(self.place, start, self.at);
                        let message = "something follows a quoted name";
                        return Err(Diagnostic::error("bad-word", message, span, "quote the whole word"));
                    }
                    return Ok(self.word(Cow::Owned(text), true, start));
                }
                '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
                _ => text.push(c),
            }
        }
        let span = span_of(self.place, start, self.text.trim_end().len());
        Err(Diagnostic::error("bad-word", "a quoted name is never closed", span, "expected `\"` at its end"))
    }

    fn word(&self, text: Cow<'a, str>, quoted: bool, start: usize) -> Word<'a> {
        let span = span_of(self.place, start, self.at);
        Word { text, quoted, span, place: self.place, at: start }
    }
}

impl Word<'_> {
    /// Whether it is the keyword `keyword`.
    #[must_use]
    pub fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text == keyword
    }

    /// The place of the bytes `start..end` of its text.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Span {
        if self.quoted {
            return self.span;
        }
        span_of(self.place, self.at + start, self.at + end)
    }

    /// A `bad-word` where an arrow was written without blanks around it.
    ///
    /// # Errors
    ///
    /// Where the word holds `->` and is more than that.
    pub fn without_arrow(&self) -> Result<(), Diagnostic> {
        let Some((before, after)) = self.text.split_once("->").filter(|parts| !self.quoted && *parts != ("", ""))
        else {
            return Ok(());
        };
        let patch = format!("{before} -> {after}");
        let message = format!("{} has no blanks around `->`", echo(&self.text));
        let diagnostic = Diagnostic::error("bad-word", message, self.span, "expected blanks around `->`");
        Err(diagnostic.patch("add blanks", self.span, patch.trim()))
    }

    /// A `bad-word` that says what should stand here.
    #[must_use]
    pub fn unexpected(&self, what: &str) -> Diagnostic {
        let message = format!("expected {what}, found {}", echo(&self.text));
        Diagnostic::error("bad-word", message, self.span, format!("expected {what}"))
    }

    /// As [`Word::unexpected`] where one of `words` should stand, with the nearest of them as a patch.
    #[must_use]
    pub fn unexpected_of(&self, what: &str, words: &[&str]) -> Diagnostic {
        suggest(self.unexpected(what), &self.text, self.span, words.iter().copied())
    }
}

/// Adds the form of a line to a mistake in it that has no better help.
#[must_use]
pub fn with_form(diagnostic: Diagnostic, form: &str) -> Diagnostic {
    let is_bare = diagnostic.help.is_empty() && diagnostic.patch.is_none();
    let is_of_form = matches!(diagnostic.code, "bad-word" | "not-a-number");
    if is_bare && is_of_form { diagnostic.help(form) } else { diagnostic }
}

fn span_of(place: Place, start: usize, end: usize) -> Span {
    match place {
        Place::At(base) => Span { start: base + start as u32, end: base + end as u32 },
        Place::Inside(span) => span,
    }
}

/// Adds the nearest of `words` to a diagnostic about `typed`, if one is near.
#[must_use]
pub fn suggest<'a>(
    diagnostic: Diagnostic,
    typed: &str,
    span: Span,
    words: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match nearest(typed, words) {
        Some(near) => diagnostic.patch(format!("did you mean `{near}`?"), span, near),
        None => diagnostic,
    }
}

/// The word that `typed` was probably meant to be: the nearest, if it differs in at most a third of its letters.
#[must_use]
pub fn nearest<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Nobody misspells a longer word; somebody may send one.
    const LONGEST: usize = 64;
    if typed.len() > LONGEST {
        return None;
    }
    let typed: Vec<char> = typed.to_lowercase().replace('-', "_").chars().collect();
    let near = words.into_iter().map(|word| {
        let letters: Vec<char> = word.to_lowercase().replace('-', "_").chars().collect();
        (distance(&typed, &letters), letters.len(), word)
    });
    let (steps, length, word) = near.min_by_key(|&(steps, ..)| steps)?;
    (steps * 3 <= length.max(typed.len())).then_some(word)
}

/// How many letters must be written, removed, replaced or swapped with their neighbour.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let mut steps = (cell(&last, j) + usize::from(a != b)).min(cell(&last, j + 1) + 1).min(cell(&row, j) + 1);
            let swapped = i > 0 && j > 0 && from.get(i - 1) == Some(b) && to.get(j - 1) == Some(a);
            if swapped {
                steps = steps.min(cell(&before, j - 1) + 1);
            }
            row.push(steps);
        }
        before = std::mem::replace(&mut last, row);
    }
    cell(&last, to.len())
}

/// User text as messages show it: in backticks, control characters escaped, not longer than a glance.
#[must_use]
pub fn echo(text: &str) -> String {
    const GLANCE: usize = 60;
    let mut shown = String::from("`");
    for (count, c) in text.chars().enumerate() {
        if count == GLANCE {
            shown.push('…');
            break;
        }
        if is_printable(c) { shown.push(c) } else { shown.extend(c.escape_unicode()) }
    }
    shown.push('`');
    shown
}

/// Whether `c` may stand in a name: not a control character, and nothing that is
/// invisible or turns the direction of the text around it.
#[must_use]
pub fn is_printable(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, u32, u32)> {
        let mut words = Words::new(text, Place::At(100));
        let mut found = Vec::new();
        while let Ok(Some(word)) = words.next_of_list() {
            found.push((word.text.into_owned(), word.span.start, word.span.end));
        }
        found
    }

    #[test]
    fn words_know_their_places() {
        let word = |text: &str, start, end| (text.to_owned(), start, end);
        assert_eq!(words("  a  bc "), [word("a", 102, 103), word("bc", 105, 107)]);
        assert_eq!(words("a,b"), [word("a", 100, 101), word(",", 101, 102), word("b", 102, 103)]);
        assert_eq!(
            words(r#"x "a \"b\\, c" y"#),
            [word("x", 100, 101), word(r#"a "b\, c"#, 102, 114), word("y", 115, 116)]
        );
        assert_eq!(words("é ü"), [word("é", 100, 102), word("ü", 103, 105)]);
        assert_eq!(words(""), []);
    }

    #[test]
    fn unclosed_and_continued_quotes_are_refused() {
        for text in [r#""abc"#, r#""abc"d"#, r#""abc\"#, r#"""#] {
            assert!(Words::new(text, Place::At(0)).next_word().is_err(), "{text}");
        }
    }

    #[test]
    fn the_nearest_word_is_near() {
        let near = |typed| nearest(typed, ["subnet", "subnets", "route_table", "az"]);
        assert_eq!(near("subent"), Some("subnet"));
        assert_eq!(near("Subnets"), Some("subnets"));
        assert_eq!(near("route-table"), Some("route_table"));
        assert_eq!(near("vpc"), None);
        assert_eq!(near(&"x".repeat(1000)), None);
    }

    #[test]
    fn echoes_are_short_and_printable() {
        assert_eq!(echo("a\u{1b}[31m"), "`a\\u{1b}[31m`");
        assert_eq!(echo(&"x".repeat(100)).chars().count(), 63);
    }
}
