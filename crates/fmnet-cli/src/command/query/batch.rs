//! `fmnet query --batch`: a question a line in, an answer a line out, in order.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use fmnet_core::endpoint::Directory;
use fmnet_core::graph::Graph;
use fmnet_core::intent::Question;
use fmnet_sim::query;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;
use crate::json;
use crate::json::error::Refused;
use crate::render::View;
use crate::traffic::{self, Words};

/// Bytes of questions, at most.
const MOST_BYTES: u64 = 256 << 20;

/// One line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    from: String,
    to: String,
    proto: Option<Value>,
    port: Option<Value>,
    source_port: Option<Value>,
    icmp_code: Option<Value>,
}

/// The text of the questions; `-` is standard input.
///
/// # Errors
///
/// [`Failure::Said`] where the file cannot be read, is too large, or is not UTF-8.
pub(super) fn read(file: &Path, stdin: &mut (dyn Read + Send)) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("cannot read {}: {error}", file.display()));
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        stdin.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        File::open(file).map_err(unreadable)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Failure::usage(format!("{} is over {} MiB: split it", file.display(), MOST_BYTES >> 20)));
    }
    // A line that is not UTF-8 gets its error on its line; the rest go on.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One line of JSON for each line that is not blank.
pub(super) fn answer(view: &View<'_>, questions: &str) -> String {
    let graph = Graph::build(view.model);
    let directory = Directory::new(view.model);
    let lines: Vec<&str> = questions.lines().filter(|line| !line.trim().is_empty()).collect();
    let answers: Vec<String> = lines.par_iter().map(|line| line_answer(view, &graph, &directory, line)).collect();
    answers.into_iter().map(|answer| answer + "\n").collect()
}

fn line_answer(view: &View<'_>, graph: &Graph<'_>, directory: &Directory<'_>, line: &str) -> String {
    let answered = question(directory, line).and_then(|question| {
        let answer = query::answer(graph, &question);
        json::query::line(view, &answer).map_err(|_| Refused::plain("the answer cannot be written as JSON"))
    });
    answered.unwrap_or_else(|refused| refused.line())
}

fn question(directory: &Directory<'_>, line: &str) -> Result<Question, Refused> {
    let line: Line = serde_json::from_str(line)
        .map_err(|error| Refused::plain(&format!("not a question: {}", without_place(&error))))?;
    let [proto, port, source_port, icmp_code] = [
        word("proto", line.proto.as_ref())?,
        word("port", line.port.as_ref())?,
        word("source_port", line.source_port.as_ref())?,
        word("icmp_code", line.icmp_code.as_ref())?,
    ];
    let words = Words {
        proto: proto.as_deref(),
        port: port.as_deref(),
        source_port: source_port.as_deref(),
        icmp_code: icmp_code.as_deref(),
    };
    let wanted = traffic::read(&words).map_err(|error| Refused::plain(&error))?;
    let traffic = wanted.traffic.as_ref().map(std::slice::from_ref);
    directory.question(&line.from, &line.to, traffic, wanted.source_ports).map_err(|error| Refused::endpoint(&error))
}

/// A number or a text as the word it stands for.
fn word(key: &str, value: Option<&Value>) -> Result<Option<String>, Refused> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            Err(Refused::plain(&format!("`{key}` is neither a number nor a text")))
        }
    }
}

/// What serde says, without `at line 1`, which every line is.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.replacen(" at line 1 column ", " at column ", 1);
    match text.strip_suffix(" at column 0") {
        Some(text) => text.to_owned(),
        None => text,
    }
}
