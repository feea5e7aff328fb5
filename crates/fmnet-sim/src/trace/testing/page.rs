//! A design's text that is edited a line at a time.
//!
//! In: a design in block style, every list and whatever lies deeper on one line; and
//! edits, as `subnets.privB.network_acl: tight`. Out: the text with the edits in it.

use std::fmt::Write as _;

/// The value of a key.
#[derive(Clone, Debug)]
enum Value {
    /// What stands on the line of its key.
    Line(String),
    /// Keys below it.
    Page(Page),
}

/// Keys and their values, in the order written.
#[derive(Clone, Debug, Default)]
pub(super) struct Page(Vec<(String, Value)>);

impl Page {
    /// Reads a design; two blanks are a level.
    pub(super) fn read(text: &str) -> Self {
        let (mut page, mut path) = (Self::default(), Vec::new());
        for line in text.lines() {
            let key = line.trim_start();
            path.truncate((line.len() - key.len()) / 2);
            let (key, value) = key.split_once(':').unwrap();
            path.push(key);
            if !value.is_empty() {
                page.set(&path, value.trim_start());
            }
        }
        page
    }

    /// Writes an edit over what is there: a line replaces what its path names, or stands
    /// last; one without a value takes it away.
    pub(super) fn edit(&mut self, edit: &str) {
        for line in edit.lines() {
            let (path, value) = line.split_once(':').unwrap();
            let path: Vec<_> = path.split('.').collect();
            self.set(&path, value.trim_start());
        }
    }

    fn set(&mut self, path: &[&str], value: &str) {
        let (key, rest) = path.split_first().unwrap();
        let at = self.0.iter().position(|(name, _)| name == key);
        if rest.is_empty() && value.is_empty() {
            self.0.remove(at.unwrap());
            return;
        }
        let at = at.unwrap_or_else(|| {
            self.0.push(((*key).to_owned(), Value::Page(Self::default())));
            self.0.len() - 1
        });
        let (_, old) = self.0.get_mut(at).unwrap();
        match old {
            Value::Page(page) if !rest.is_empty() => page.set(rest, value),
            Value::Page(_) | Value::Line(_) if rest.is_empty() => *old = Value::Line(value.to_owned()),
            Value::Page(_) | Value::Line(_) => {
                let mut page = Self::default();
                page.set(rest, value);
                *old = Value::Page(page);
            }
        }
    }

    /// The text of the design.
    pub(super) fn write(&self) -> String {
        let mut text = String::new();
        self.write_at(0, &mut text);
        text
    }

    fn write_at(&self, depth: usize, text: &mut String) {
        for (key, value) in &self.0 {
            write!(text, "{}{key}:", "  ".repeat(depth)).unwrap();
            match value {
                Value::Line(line) => writeln!(text, " {line}").unwrap(),
                Value::Page(page) => {
                    text.push('\n');
                    page.write_at(depth + 1, text);
                }
            }
        }
    }
}
