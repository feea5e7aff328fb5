//! The language as it is documented, read and checked.

use super::*;

/// The example of the language's own page.
fn example() -> String {
    let page = include_str!("../../../../docs/language.md");
    let (_, rest) = page.split_once("```yaml\n").unwrap_or_default();
    let (example, _) = rest.split_once("```").unwrap_or_default();
    example.replace("[...]", "[]")
}

fn mistakes(text: &str) -> Vec<Diagnostic> {
    parse(&Source::new("design.yaml".to_owned(), text.to_owned())).1
}

#[test]
fn the_documented_example_parses() {
    assert_eq!(mistakes(&example()), []);
}
