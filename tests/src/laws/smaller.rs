//! Designs made smaller for as long as they still show something.
//!
//! In: the text of a design with one thing on each line, and what it must show. Out: a
//! text from which no line can be struck out.

/// The smallest text that `shows` it, found by striking out ever shorter runs of lines.
pub fn smallest(text: &str, shows: impl Fn(&str) -> bool) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if !shows(&join(&lines)) {
        return text.to_owned();
    }
    let mut run = lines.len().div_ceil(2).max(1);
    loop {
        let before = lines.len();
        let mut at = 0;
        while at < lines.len() {
            let end = (at + run).min(lines.len());
            let mut fewer = lines.clone();
            fewer.drain(at..end);
            if shows(&join(&fewer)) {
                lines = fewer;
            } else {
                at = end;
            }
        }
        if run > 1 {
            run -= run.div_ceil(2).min(run - 1);
        } else if lines.len() == before {
            return join(&lines);
        } else {
            // What stood in the way may be gone: a heading goes with its last line.
            run = 3;
        }
    }
}

fn join(lines: &[&str]) -> String {
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::smallest;

    #[test]
    fn what_does_not_matter_is_struck_out() {
        let text = "a\nb\nc\nd\ne\n";
        assert_eq!(smallest(text, |text| text.contains('b') && text.contains('e')), "b\ne\n");
        assert_eq!(smallest(text, |_| true), "\n");
        assert_eq!(smallest(text, |_| false), text);
    }
}
