//! A design being written, line by line.
//!
//! In: lines and the depth they stand at. Out: YAML with one thing on each line, so
//! that a design can be made smaller by striking lines out.

use std::fmt::Display;

/// The text so far.
#[derive(Clone, Debug, Default)]
pub struct Page {
    text: String,
}

impl Page {
    /// Writes a line, two blanks in for each level of `depth`.
    pub fn line(&mut self, depth: usize, line: impl Display) {
        let line = format!("{:indent$}{line}\n", "", indent = 2 * depth);
        self.text.push_str(&line);
    }

    /// Writes a key with lines below it, or nothing where there are none.
    pub fn block<T: Display>(&mut self, depth: usize, key: &str, lines: impl IntoIterator<Item = T>) {
        let mut lines = lines.into_iter().peekable();
        if lines.peek().is_some() {
            self.line(depth, format_args!("{key}:"));
        }
        for line in lines {
            self.line(depth + 1, line);
        }
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}
