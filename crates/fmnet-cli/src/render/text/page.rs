//! Lines that fit.
//!
//! In: labels and texts. Out: lines no wider than the page, a text's further lines
//! indented under its first. What stands in backticks is never broken, so that it can be
//! copied.

use anstyle::{AnsiColor, Effects};

use crate::render::Style;

/// How a label looks where there is colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// As it is.
    None,
    /// All is well.
    Good,
    /// Somebody has to look.
    Bad,
    /// Not known.
    Doubt,
    /// A heading.
    Heading,
}

/// Text being laid out.
#[derive(Debug)]
pub(super) struct Page {
    width: usize,
    style: Style,
    out: String,
}

impl Page {
    /// An empty page; `width` in columns.
    pub(super) fn new(width: usize, style: Style) -> Self {
        Self { width, style, out: String::new() }
    }

    /// What was written.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// An empty line, unless one stands there already or nothing does.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A heading.
    pub(super) fn heading(&mut self, text: &str) {
        self.gap();
        self.out.push_str(&self.painted(text, Paint::Heading));
        self.out.push('\n');
    }

    /// A text at `indent`, its further lines two columns deeper.
    pub(super) fn line(&mut self, indent: usize, text: &str) {
        self.labelled(indent, "", 0, Paint::None, text, 2);
    }

    /// A text beside a label in a column of `width`.
    pub(super) fn entry(&mut self, indent: usize, label: &str, width: usize, paint: Paint, text: &str) {
        self.labelled(indent, label, width, paint, text, 0);
    }

    /// Text laid out elsewhere, line by line.
    pub(super) fn block(&mut self, text: &str) {
        for line in text.lines() {
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    fn labelled(&mut self, indent: usize, label: &str, width: usize, paint: Paint, text: &str, deeper: usize) {
        let taken = columns(label);
        let column = indent + width.max(if taken == 0 { 0 } else { taken + 1 });
        self.out.push_str(&" ".repeat(indent));
        self.out.push_str(&self.painted(label, paint));
        self.out.push_str(&" ".repeat(column - indent - taken));
        let mut at = column;
        let mut is_first = true;
        for word in words(text) {
            let wide = columns(word);
            if !is_first && at + 1 + wide > self.width {
                self.out.push('\n');
                self.out.push_str(&" ".repeat(column + deeper));
                at = column + deeper;
            } else if !is_first {
                self.out.push(' ');
                at += 1;
            }
            self.out.push_str(word);
            at += wide;
            is_first = false;
        }
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }

    fn painted(&self, text: &str, paint: Paint) -> String {
        let style = match (self.style, paint) {
            (Style::Plain, _) | (_, Paint::None) => return text.to_owned(),
            (Style::Coloured, Paint::Good) => AnsiColor::Green.on_default(),
            (Style::Coloured, Paint::Bad) => AnsiColor::Red.on_default().effects(Effects::BOLD),
            (Style::Coloured, Paint::Doubt) => AnsiColor::Yellow.on_default().effects(Effects::BOLD),
            (Style::Coloured, Paint::Heading) => Effects::BOLD.into(),
        };
        if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
    }
}

/// The words of a text; what stands in backticks is one word with what touches it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    let parts = text.split(move |letter: char| {
        is_code ^= letter == '`';
        letter == ' ' && !is_code
    });
    parts.filter(|word| !word.is_empty())
}

/// How many columns a terminal takes for a text.
pub(super) fn columns(text: &str) -> usize {
    text.chars()
        .map(|letter| {
            if is_combining(letter) {
                0
            } else if is_wide(letter) {
                2
            } else {
                1
            }
        })
        .sum()
}

fn is_combining(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}')
}

/// Hangul, kana, ideographs and pictures.
fn is_wide(letter: char) -> bool {
    matches!(letter,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_hang_under_their_first_line() {
        let check = |width: usize, label: &str, text: &str, expected: &str| {
            let mut page = Page::new(width, Style::Plain);
            page.entry(2, label, 6, Paint::Bad, text);
            assert_eq!(page.finish(), expected);
        };
        check(20, "FAIL", "all is well", "  FAIL  all is well\n");
        check(19, "FAIL", "all is well", "  FAIL  all is well\n");
        check(18, "FAIL", "all is well", "  FAIL  all is\n        well\n");
        check(10, "", "all is well", "        all\n        is\n        well\n");
        check(10, "longlabel", "x", "  longlabel x\n");
        check(10, "FAIL", "", "  FAIL\n");
        check(
            20,
            "FAIL",
            "add `0.0.0.0/0 -> FM_igw` here",
            "  FAIL  add\n        `0.0.0.0/0 -> FM_igw`\n        here\n",
        );
        check(20, "FAIL", "an `odd backtick", "  FAIL  an\n        `odd backtick\n");
        check(14, "FAIL", "한국어 이름", "  FAIL  한국어\n        이름\n");
    }

    #[test]
    fn colour_is_only_for_who_wants_it() {
        let mut page = Page::new(80, Style::Coloured);
        page.entry(0, "ok", 4, Paint::Good, "yes");
        assert_eq!(page.finish(), "\u{1b}[32mok\u{1b}[0m  yes\n");
    }

    #[test]
    fn gaps_are_single() {
        let mut page = Page::new(80, Style::Plain);
        page.gap();
        page.line(0, "one");
        page.gap();
        page.gap();
        page.line(0, "two");
        assert_eq!(page.finish(), "one\n\ntwo\n");
    }
}
