//! `fmnet query --batch`: a question a line in, an answer a line out, in order.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;

use fmnet_core::endpoint::Directory;
use fmnet_core::graph::Graph;
use fmnet_core::intent::Question;
use fmnet_core::words::echo;
use fmnet_sim::query;
use rayon::prelude::*;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::outside;
use crate::failure::Failure;
use crate::json;
use crate::json::error::Refused;
use crate::render::View;
use crate::traffic::{self, Words};

/// Bytes of one question, at most.
const MOST_BYTES: usize = 1 << 20;

/// Questions that are answered at once, at most.
const MOST_LINES: usize = 4096;

/// The keys of a line, as people are told of them.
const KEYS: &str = "`from`, `to`, `proto`, `port`, `source_port` and `icmp_code`";

/// One line: its keys in order.
struct Line(Vec<(String, Value)>);

/// Questions, read as they come.
pub(super) struct Questions<'a> {
    name: String,
    reader: BufReader<Box<dyn Read + Send + 'a>>,
}

/// Where the questions come from; `-` is standard input.
///
/// # Errors
///
/// [`Failure::Said`] where the file cannot be read.
pub(super) fn open<'a>(file: &Path, stdin: &'a mut (dyn Read + Send)) -> Result<Questions<'a>, Failure> {
    let name = file.display().to_string();
    if file == Path::new("-") {
        return Ok(Questions { name, reader: BufReader::with_capacity(MOST_BYTES, Box::new(stdin)) });
    }
    let source: Box<dyn Read + Send> = Box::new(File::open(file).map_err(|error| unreadable(&name, &error))?);
    let mut reader = BufReader::with_capacity(MOST_BYTES, source);
    // A directory opens, but cannot be read.
    reader.fill_buf().map_err(|error| unreadable(&name, &error))?;
    Ok(Questions { name, reader })
}

/// One line of JSON for each line, so that the answers stand beside their questions; no
/// answer waits for a question that has not come yet.
///
/// # Errors
///
/// [`Failure::Said`] where the questions cannot be read on, or the answers not be written.
pub(super) fn answer(
    view: &View<'_>,
    mut questions: Questions<'_>,
    stdout: &mut (dyn Write + Send),
) -> Result<(), Failure> {
    let graph = Graph::build(view.model);
    let directory = Directory::new(view.model);
    loop {
        let lines = questions.next().map_err(|error| unreadable(&questions.name, &error))?;
        if lines.is_empty() {
            return Ok(());
        }
        let answer = |line: &Option<String>| line_answer(view, &graph, &directory, line.as_deref()) + "\n";
        let answers: Vec<String> = lines.par_iter().map(answer).collect();
        let written = answers.iter().try_for_each(|answer| stdout.write_all(answer.as_bytes()));
        match written.and_then(|()| stdout.flush()) {
            Ok(()) => {}
            // Whoever reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => {
                return Err(Failure::failed(format!("cannot write the answers to standard output: {error}")));
            }
        }
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("cannot read {name}: {error}"))
}

impl Questions<'_> {
    /// The next line, waited for, and those that have come with it; nothing for one that
    /// is too long.
    fn next(&mut self) -> io::Result<Vec<Option<String>>> {
        let mut lines = Vec::new();
        let mut length = 0;
        while let Some(line) = self.line()? {
            length += line.as_ref().map_or(0, String::len);
            lines.push(line);
            if !self.reader.buffer().contains(&b'\n') || lines.len() >= MOST_LINES || length >= MOST_BYTES {
                break;
            }
        }
        Ok(lines)
    }

    fn line(&mut self) -> io::Result<Option<Option<String>>> {
        let mut bytes = Vec::new();
        // The line and its newline.
        let most = MOST_BYTES as u64 + 1;
        if self.reader.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        if bytes.len() > MOST_BYTES && !bytes.ends_with(b"\n") {
            self.reader.skip_until(b'\n')?;
            return Ok(Some(None));
        }
        // A line that is not UTF-8 gets its error on its line; the rest go on.
        let text = String::from_utf8_lossy(&bytes);
        Ok(Some(Some(text.lines().next().unwrap_or_default().to_owned())))
    }
}

fn line_answer(view: &View<'_>, graph: &Graph<'_>, directory: &Directory<'_>, line: Option<&str>) -> String {
    let too_long = || Refused::plain(&format!("not a question: the line is over {} MiB", MOST_BYTES >> 20));
    let answered = line.ok_or_else(too_long).and_then(|line| question(directory, line)).and_then(|question| {
        let answer = query::answer(graph, &question);
        json::query::line(view, &answer, outside::note(graph, &question))
            .map_err(|_| Refused::plain("the answer cannot be written as JSON"))
    });
    answered.unwrap_or_else(|refused| refused.line())
}

fn question(directory: &Directory<'_>, line: &str) -> Result<Question, Refused> {
    if line.trim().is_empty() {
        return Err(Refused::plain("not a question: the line is blank"));
    }
    let line = read_line(line)?;
    let [proto, port, source_port, icmp_code] =
        [line.word("proto")?, line.word("port")?, line.word("source_port")?, line.word("icmp_code")?];
    let words = Words {
        proto: proto.as_deref(),
        port: port.as_deref(),
        source_port: source_port.as_deref(),
        icmp_code: icmp_code.as_deref(),
    };
    let (from, to) = (line.endpoint("from")?, line.endpoint("to")?);
    let wanted = traffic::read(&words).map_err(|error| Refused::plain(&error))?;
    let traffic = wanted.traffic.as_ref().map(std::slice::from_ref);
    directory.question(from, to, traffic, wanted.source_ports).map_err(|error| Refused::endpoint(&error))
}

fn read_line(text: &str) -> Result<Line, Refused> {
    let refused = |why: &str| Refused::plain(&format!("not a question: {why}"));
    let what = match serde_json::from_str(text) {
        Ok(Value::Object(_)) => None,
        Ok(Value::Array(_)) => Some("a list"),
        Ok(Value::String(_)) => Some("a text"),
        Ok(Value::Number(_)) => Some("a number"),
        Ok(Value::Bool(_) | Value::Null) => Some("a word"),
        Err(error) if error.is_eof() => return Err(refused("the JSON ends too early")),
        Err(error) => return Err(refused(&format!("this is no JSON at column {}", error.column()))),
    };
    if let Some(what) = what {
        return Err(refused(&format!("this is {what}; a line is an object, {{\"from\": …, \"to\": …}}")));
    }
    let line: Line = serde_json::from_str(text).map_err(|_| refused("the line cannot be read"))?;
    let mut met: Vec<&str> = Vec::new();
    for (key, _) in &line.0 {
        if !["from", "to", "proto", "port", "source_port", "icmp_code"].contains(&key.as_str()) {
            return Err(refused(&format!("there is no key {}; the keys are {KEYS}", echo(key))));
        }
        if met.contains(&key.as_str()) {
            return Err(refused(&format!("`{key}` is there twice")));
        }
        met.push(key);
    }
    Ok(line)
}

impl Line {
    fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn endpoint(&self, key: &str) -> Result<&str, Refused> {
        match self.get(key) {
            None | Some(Value::Null) => Err(Refused::plain(&format!("not a question: `{key}` is missing"))),
            Some(Value::String(text)) => Ok(text),
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Err(Refused::plain(&format!("`{key}` is not a text")))
            }
        }
    }

    /// A number or a text as the word it stands for.
    fn word(&self, key: &str) -> Result<Option<String>, Refused> {
        match self.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                Err(Refused::plain(&format!("`{key}` is neither a number nor a text")))
            }
        }
    }
}

/// Reads an object with every key that it has, also those that it has twice.
impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Line;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
                let mut keys = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    keys.push(entry);
                }
                Ok(Line(keys))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}
