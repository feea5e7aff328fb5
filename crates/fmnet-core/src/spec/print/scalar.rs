//! Text that YAML and the one-line grammars read back as it was.
//!
//! In: any text. Out: the text, quoted only where it must be.

use super::super::address::looks_like_net;
use super::super::read::look_of;
use super::super::traffic::looks_like_traffic;

/// Words that mean something in a line, so that a name of that kind is quoted.
const KEYWORDS: [&str; 20] = [
    "group",
    "list",
    "self",
    "anywhere",
    "subnet",
    "tag",
    "except",
    "from",
    "to",
    "some",
    "source-port",
    "blackhole",
    "unmodelled",
    "local",
    "propagated",
    "advertised",
    "filtered",
    "allow",
    "deny",
    "any",
];

/// Text as a YAML scalar.
pub(in super::super) fn text(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// A name as a word of a line: quoted where it would be read as anything else.
#[must_use]
pub fn line_name(name: &str) -> String {
    if is_word(name) && !KEYWORDS.contains(&name) && !looks_like_net(name) {
        name.to_owned()
    } else {
        word_quoted(name)
    }
}

/// The name of a VPC behind `vpc`: quoted where it would be read as traffic.
pub(in super::super) fn line_vpc(name: &str) -> String {
    if looks_like_traffic(name) { word_quoted(name) } else { line_name(name) }
}

/// A tag as a word of a line.
pub(in super::super) fn line_tag(key: &str, value: &str) -> String {
    let tag = format!("{key}={value}");
    if is_word(key) && (value.is_empty() || is_word(value)) { tag } else { word_quoted(&tag) }
}

/// Whether a line reads `text` as one word.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:@".contains(c))
        && !text.starts_with("->")
}

fn word_quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether YAML reads `text`, unquoted in a block, as this text.
fn is_plain(text: &str) -> bool {
    let first_fits = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '/');
    let all_fit = text.chars().all(|c| c.is_ascii_alphanumeric() || " _./,>+=-:@".contains(c));
    let spaces_fit = !text.ends_with([' ', ':']) && !text.contains("  ") && !text.contains(": ");
    // YAML 1.1 reads these as booleans, and other tools still do.
    let old_boolean = ["yes", "no", "on", "off", "y", "n"].contains(&&*text.to_lowercase());
    first_fits && all_fit && spaces_fit && !old_boolean && look_of(text).is_none()
}

/// Text in double quotes, as YAML and JSON escape it.
pub(in crate::spec) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
