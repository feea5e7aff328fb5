//! Text of strangers made harmless, line by line.

use fmnet_sim::explain::plain;

/// Spells out every character that could steer a terminal; newlines stay.
#[must_use]
pub fn control(text: &str) -> String {
    text.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

/// Appends one character to `out`, spelled out where it could steer a terminal.
pub fn push(out: &mut String, character: char) {
    if character == '\t' || (character.is_ascii() && !character.is_ascii_control()) {
        out.push(character);
    } else {
        out.push_str(&plain(character.encode_utf8(&mut [0; 4])));
    }
}

/// Writes such characters of a JSON text as JSON's own escapes, so that its values stay
/// what they are. Outside of strings JSON has none but newlines.
#[must_use]
pub fn json(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let is_harmless = character.is_ascii() || plain(character.encode_utf8(&mut [0; 4])).starts_with(character);
        if is_harmless {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_values() {
        let text = serde_json::to_string("a\u{9b}2J\u{202e}é\u{1b}\u{e0041}").unwrap_or_default();
        let escaped = json(text.clone());
        assert_eq!(escaped, r#""a\u009b2J\u202eé\u001b\udb40\udc41""#);
        assert_eq!(serde_json::from_str::<String>(&escaped).ok(), serde_json::from_str(&text).ok());
    }

    #[test]
    fn newlines_stay() {
        assert_eq!(control("a\n\u{1b}[2J"), "a\n\\u{1b}[2J");
    }
}
