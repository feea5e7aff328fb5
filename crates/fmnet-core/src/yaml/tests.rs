//! What hostile and odd files make of the reader.

use super::*;

fn source(text: &str) -> Source {
    Source::new("design.yaml".to_owned(), text.to_owned())
}

/// The codes of what is wrong with `text`, with the text each points at.
fn check(text: &str) -> Vec<(&'static str, String)> {
    let source = source(text);
    let (_, found) = read(&source);
    let first = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| source.slice(label.span).to_owned());
    found.iter().map(|diagnostic| (diagnostic.code, first(diagnostic).unwrap_or_default())).collect()
}

/// The tree in one line, quoted text in quotes.
fn shown(node: &Node<'_>) -> String {
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Refused => "refused".to_owned(),
        Kind::Scalar { text, quoted: true } => format!("{text:?}"),
        Kind::Scalar { text, quoted: false } => text.to_string(),
        Kind::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(" ")),
        Kind::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}={}", key.text, shown(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
        }
    }
}

#[test]
fn values_stay_as_typed() {
    let text =
        "a: 012345678901\nb: no\nc: 1.10\nd: '1'\ne: [~, 0x10, \"x\\ty\"]\nf:\ng: |\n  block\nh: a -> b # comment\n";
    let source = source(text);
    let (tree, found) = read(&source);
    assert_eq!(found, []);
    let tree = tree.map(|tree| shown(&tree)).unwrap_or_default();
    assert_eq!(tree, r#"{a=012345678901 b=no c=1.10 d="1" e=[null 0x10 "x\ty"] f=null g="block\n" h=a -> b}"#);
}

#[test]
fn spans_are_byte_offsets() {
    let text = "é: ü\r\nlist:\r\n  - 'ab'\r\nlast: {k: [v, w]}\r\n";
    let source = source(text);
    let Some(Node { kind: Kind::Map(entries), .. }) = read(&source).0 else { unreachable!("the text is a mapping") };
    let places: Vec<_> =
        entries.iter().map(|(key, value)| (source.slice(key.span), source.slice(value.span))).collect();
    assert_eq!(places, [("é", "ü"), ("list", "- 'ab'"), ("last", "{k: [v, w]}")]);
}

#[test]
fn json_is_read_with_tabs_too() {
    let source = source("{\n\t\"vpc\": \"a\",\n\t\"list\": [\n\t\t1,\n\t\ttrue,\n\t\t{\"k\":\"\\u00e9\"}\n\t]\n}\n");
    let (tree, found) = read(&source);
    assert_eq!(found, []);
    assert_eq!(tree.map(|tree| shown(&tree)).unwrap_or_default(), r#"{vpc="a" list=[1 true {k="é"}]}"#);
}

#[test]
fn what_designs_do_not_use_is_refused_once() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("", &[("empty-file", "")]),
        ("# nothing\n\n# here\n", &[("empty-file", "")]),
        ("---\n", &[("empty-file", "")]),
        ("\u{feff}", &[("empty-file", "")]),
        ("a: &x 1\nb: *x\nc: *x\n", &[("yaml-alias", "&x")]),
        ("b: *x\n", &[("yaml-alias", "*x")]),
        ("<<: {a: b}\n", &[("yaml-merge-key", "<<")]),
        ("a: !!str 1\nb: !x 2\n", &[("yaml-tag", "!!str")]),
        ("a: !x!y 1\n", &[("yaml-tag", "!")]),
        ("a: 1\n---\nb: 1\n", &[("several-documents", "---")]),
        ("a: 1\nb: 2\na: 3\n", &[("duplicate-key", "a")]),
        ("{\"a\": 1, a: 2, a: 3}", &[("duplicate-key", "a"), ("duplicate-key", "a")]),
        ("[a, b]: 1\n", &[("wrong-kind", "[a, b]")]),
        ("a: \u{0}1\n", &[("control-character", "\u{0}")]),
        ("a: \u{1b}[31m\n", &[("control-character", "\u{1b}")]),
        ("a: \u{9f}\n", &[("control-character", "\u{9f}")]),
    ];
    for (text, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|&(code, at)| (code, at.to_owned())).collect();
        assert_eq!(check(text), expected, "{text:?}");
    }
}

#[test]
fn tabs_are_pointed_at() {
    for text in ["a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 1\n", "a:\n  - x\n\t- y\n", "\ta: 1\n", "a:\n \t b: 1\n"] {
        assert_eq!(check(text), [("tab-indent", "\t".to_owned())], "{text:?}");
    }
}

#[test]
fn what_is_not_yaml_is_pointed_at() {
    let cases = [
        ("a: [b, c\n", "[", "a bracket is never closed"),
        ("a: {b: c\nd: e\n", ":", "expected `,` or `}` in a mapping"),
        ("a: b: c\n", ":", "`: ` is not allowed here"),
        ("a: b\n c: d\n", ":", "`: ` is not allowed here"),
        ("a\nb: c\n", ":", "`: ` is not allowed here"),
        ("a: \"b\n", "\"", "a quoted text is never closed"),
        ("a: 'b' c\n", "c", "something follows a quoted text"),
        ("a: @b\n", "@", "a value cannot begin with `@`"),
        ("a: ]\n", "]", "a bracket is closed that was never opened"),
        ("a: [b}\n", "[", "`[` is closed by `}`"),
        ("a: \"\\q\"\n", "\"", "not an escape that a quoted text can hold"),
        ("- a\nb: c\n", "b", "expected another `- `"),
        ("a: &\n", "&", "a value cannot begin with `&` or `*`"),
        ("%YAML 9.9\n---\na: b\n", "%", "this is not YAML"),
        ("a: |9x\n b\n", "|", "this is not YAML"),
    ];
    for (text, at, message) in cases {
        assert_eq!(check(text), [("yaml-syntax", at.to_owned())], "{text:?}");
        let found = read(&source(text)).1;
        assert_eq!(found.first().map(|found| &*found.message), Some(message), "{text:?}");
    }
}

#[test]
fn depth_is_bounded() {
    for deep in [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect(),
        format!("{}{}{}", "- ".repeat(40), "[".repeat(40), "]".repeat(40)),
    ] {
        let found = check(&deep);
        assert_eq!(
            found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
            ["too-deep"],
            "{:?}",
            read(&source(&deep)).1
        );
    }
    let honest = format!("{}x{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert_eq!(check(&honest), []);
}

#[test]
fn an_alias_bomb_is_one_mistake() {
    let mut bomb = String::from("a0: &a0 [x, x]\n");
    for level in 1..30 {
        bomb.push_str(&format!("a{level}: &a{level} [*a{0}, *a{0}, *a{0}]\n", level - 1));
    }
    assert_eq!(check(&bomb).len(), 1);
}

#[test]
fn only_short_utf8_is_decoded() {
    let decoded = |bytes: Vec<u8>| {
        let files = vec![("design.yaml".to_owned(), bytes)];
        decode("design.yaml".to_owned(), files).map_err(|(_, found)| (found.code, found.message))
    };
    let message = "the file is not UTF-8: byte 8, on line 2, is not part of any character";
    assert_eq!(decoded(b"a: b\nc: \xff".to_vec()).err(), Some(("not-utf8", message.to_owned())));
    assert_eq!(decoded("é".into()).err(), None);
    assert_eq!(decoded(vec![b' '; 200 << 20]).err().map(|found| found.0), Some("too-large"));
}

#[test]
fn a_file_of_too_many_values_is_refused() {
    let text = format!("[{}]", "a,".repeat(MAX_NODES));
    assert_eq!(check(&text), [("too-large", "a".to_owned())]);
}

#[test]
fn long_lines_and_many_comments_are_read() {
    assert_eq!(check(&format!("a: {}\n", "x".repeat(1_000_000))), []);
    assert_eq!(check(&format!("{}a: b\n", "# comment\n".repeat(100_000))), []);
    assert_eq!(check(&format!("a: b\n{}", "\n".repeat(100_000))), []);
    assert_eq!(check(&format!("{{\"a\": \"{}\"}}", "x ".repeat(100_000))), []);
}
