//! Text that Markdown and HTML leave alone.
//!
//! In: text in which names of strangers stand, with code in backticks. Out: GitHub
//! Markdown that shows exactly that text: no markup, no table, no link, nobody mentioned.

use fmnet_sim::explain::plain;

/// Where a text is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a paragraph or a list.
    Block,
    /// In a cell of a table, where `|` divides even inside code.
    Cell,
}

/// `text` for a paragraph or a list; what stands in backticks becomes code.
pub(super) fn block(text: &str) -> String {
    escaped(text, Place::Block)
}

/// `text` for a cell of a table, likewise.
pub(super) fn cell(text: &str) -> String {
    escaped(text, Place::Cell)
}

/// `text` for the inside of an HTML element.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let safe = plain(text);
    for (at, letter) in safe.char_indices() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => push_inert(&mut out, other, safe.get(at + other.len_utf8()..).unwrap_or_default()),
        }
    }
    out
}

fn escaped(text: &str, place: Place) -> String {
    let safe = plain(text);
    let mut out = String::with_capacity(safe.len());
    let mut rest = safe.as_str();
    while let Some(opening) = rest.find('`') {
        let (before, tail) = rest.split_at(opening);
        push_words(&mut out, before);
        let inside = tail.get(1..).unwrap_or_default();
        match inside.find('`') {
            Some(closing) if closing > 0 => {
                let (code, after) = inside.split_at(closing);
                let code = if place == Place::Cell { code.replace('|', "\\|") } else { code.to_owned() };
                out.push('`');
                out.push_str(&code);
                out.push('`');
                rest = after.get(1..).unwrap_or_default();
            }
            Some(_) | None => {
                out.push_str("\\`");
                rest = inside;
            }
        }
    }
    push_words(&mut out, rest);
    out
}

fn push_words(out: &mut String, text: &str) {
    for (at, letter) in text.char_indices() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '!' => {
                out.push('\\');
                out.push(letter);
            }
            other => push_inert(out, other, text.get(at + other.len_utf8()..).unwrap_or_default()),
        }
    }
}

/// Pushes a letter so that GitHub finds no mention, issue, emoji or address in it.
fn push_inert(out: &mut String, letter: char, after: &str) {
    let follows = |found: fn(char) -> bool| after.chars().next().is_some_and(found);
    match letter {
        '@' => out.push_str("@&#8203;"),
        '#' if follows(|next| next.is_ascii_digit()) => out.push_str("#&#8203;"),
        '#' => out.push_str("&#35;"),
        ':' if follows(|next| next == '/' || next == '+' || next.is_ascii_alphabetic()) => out.push_str("&#58;"),
        '.' if out.to_ascii_lowercase().ends_with("www") => out.push_str("&#46;"),
        other => out.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_only_text() {
        let check = |text: &str, in_block: &str, in_cell: &str| {
            assert_eq!(block(text), in_block, "{text}");
            assert_eq!(cell(text), in_cell, "{text}");
        };
        let both = |text: &str, expected: &str| check(text, expected, expected);
        both("api-1", "api-1");
        both("FM_acl", "FM\\_acl");
        both("<img src=x>", "&lt;img src=x&gt;");
        both("a & b", "a &amp; b");
        both("**bold** [x](y)", "\\*\\*bold\\*\\* \\[x\\](y)");
        both("a|b", "a\\|b");
        both("back\\slash", "back\\\\slash");
        both("one ` tick", "one \\` tick");
        both("`` two", "\\`\\` two");
        both("add `0.0.0.0/0 -> FM_igw` to x", "add `0.0.0.0/0 -> FM_igw` to x");
        check("`a|b`", "`a|b`", "`a\\|b`");
        both("@admin of #12", "@&#8203;admin of #&#8203;12");
        both("http://x.y www.x.y", "http&#58;//x.y www&#46;x.y");
        both("\u{1b}[2J\n# head", "\\\\u{1b}\\[2J\\\\n&#35; head");
    }

    #[test]
    fn elements_hold_only_text() {
        assert_eq!(html("<b>\"x\" & @y</b>"), "&lt;b&gt;&quot;x&quot; &amp; @&#8203;y&lt;/b&gt;");
        assert_eq!(html("FM_acl"), "FM_acl");
    }
}
