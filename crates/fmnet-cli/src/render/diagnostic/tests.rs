//! What is said of a place, whatever the line that it stands in.

use fmnet_core::diagnostic::Diagnostic;
use fmnet_core::source::{Source, Span};

use super::list;
use crate::render::Style;
use crate::terminal::Terminal;

/// The location that is printed, and what the first mark stands under.
fn check(text: &str, marked: &[&str]) -> (String, String) {
    let span = |marked: &&str| {
        let start = text.find(*marked).unwrap_or(0);
        Span { start: start as u32, end: (start + marked.len()) as u32 }
    };
    let mut spans = marked.iter().map(span);
    let mut diagnostic = Diagnostic::error("code", "wrong", spans.next().unwrap_or_default(), "");
    for span in spans {
        diagnostic = diagnostic.also(span, "");
    }
    let source = Source::new("design.yaml".into(), text.into());
    let said = list(&source, &[diagnostic], &Terminal::PIPE);
    let lines: Vec<&str> = said.lines().collect();
    let location = lines.iter().find_map(|line| line.split_once("--> design.yaml:")).map(|(_, place)| place);
    let marks = lines.iter().position(|line| line.contains('^')).unwrap_or(0);
    let mark: Vec<bool> = lines.get(marks).unwrap_or(&"").chars().map(|mark| mark == '^').collect();
    let above = lines.get(marks.saturating_sub(1)).unwrap_or(&"").chars();
    let under = above.zip(mark).filter(|(_, is_marked)| *is_marked).map(|(character, _)| character);
    (location.unwrap_or_default().to_owned(), under.collect())
}

#[test]
fn places_are_those_of_the_file() {
    let a = "a".repeat(1000);
    let cases: [(&str, &[&str], &str); 8] = [
        ("one\ntwo here\n", &["here"], "2:5"),
        (&format!("one\n{a}here{a}"), &["here"], "2:1001"),
        (&format!("one\n{a}here{a}there{a}"), &["here", "there"], "2:1001"),
        (&format!("one\n{a}here{a}there{a}"), &["there", "here"], "2:2005"),
        (&format!("{a}here{a}\ntwo\n{a}there"), &["there", "here"], "3:1001"),
        ("é\u{1b}here", &["here"], "1:3"),
        (&format!("{}here\u{1b}{a}", "é".repeat(1000)), &["here"], "1:1001"),
        (&format!("{a}\u{1b}here there"), &["here", "there"], "1:1002"),
    ];
    for (text, marked, place) in cases {
        let expected = (place.to_owned(), marked.first().copied().unwrap_or_default().to_owned());
        assert_eq!(check(text, marked), expected, "{marked:?} in {:.60}", text);
    }
}

/// Lines far apart have excerpts and locations of their own.
#[test]
fn a_far_place_is_that_of_the_file_too() {
    let a = "a".repeat(1000);
    let text = format!("{a}here\n{}{a}{a}there", "\n".repeat(3000));
    let span = |marked: &str| {
        let start = text.find(marked).unwrap_or(0) as u32;
        Span { start, end: start + marked.len() as u32 }
    };
    let diagnostic = Diagnostic::error("code", "wrong", span("here"), "").also(span("there"), "");
    let source = Source::new("design.yaml".into(), text.clone());
    for style in [Style::Plain, Style::Coloured] {
        let said = list(&source, std::slice::from_ref(&diagnostic), &Terminal { stderr: style, ..Terminal::PIPE });
        assert!(said.contains("design.yaml:1:1001") && said.contains("design.yaml:3002:2001"), "{said}");
    }
}
