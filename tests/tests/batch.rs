//! Questions by the file: `query --batch`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use fmnet_cli::terminal::Terminal;
use fmnet_tests::run::{self, SHOP, shop};
use serde_json::Value;

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

fn batch(lines: &str) -> Vec<Value> {
    run::from_root().unwrap();
    let output = run::fmnet(&["query", SHOP, "--batch", "-"], lines.as_bytes());
    assert_eq!((output.exit.code(), output.stderr.as_str()), (0, ""));
    output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn good_and_bad_lines_in_order() {
    let answers = batch(concat!(
        "{\"from\": \"web-1\", \"to\": \"app-1\", \"proto\": \"tcp\", \"port\": 8080}\n",
        "{\"from\": \"web-1\", \"to\": \"app-1\", \"proto\": 6, \"port\": \"8080-8081\"}\n",
        "\n",
        "{\"from\": \"web-1\"}\n",
        "{\"from\": \"web-1\", \"to\": \"app-1\", \"prot\": 6}\n",
        "not json\n",
        "{\"from\": \"wbe-1\", \"to\": \"app-1\"}\n",
        "{\"from\": \"web\", \"to\": \"app-1\"}\n",
        "{\"from\": \"web-\", \"to\": \"app-1\"}\n",
        "{\"from\": \"web-1\", \"to\": \"app-1\", \"proto\": 256}\n",
        "{\"from\": \"web-1\", \"to\": \"app-1\", \"proto\": [6]}\n",
        "{\"from\": \"internet4\", \"to\": \"web-1\", \"proto\": \"icmp\", \"port\": 8, \"icmp_code\": 0}\n",
        "{\"from\": \"app-1\", \"to\": \"orders\", \"source_port\": 1024}\n",
        "[{\"from\": \"web-1\", \"to\": \"app-1\"}]\n",
        "{\"from\": \"web-1\", \"to\": \"app-1\"\n",
        "{\"from\": \"web-1\", \"from\": \"web-2\", \"to\": \"app-1\"}\n",
        "{\"from\": 7, \"to\": \"app-1\"}\n",
        "{\"from\": \"web-1\", \"to\": \"app-1\", \"proto\": \"tcp\", \"port\": -5}\n",
        "{\"from\": \"web-1\", \"to\": \"app-1\", \"proto\": \"tcp\", \"port\": 80.0}\n",
        "{\"from\": \"web-1\", \"to\": \"app-1\", \"proto\": \"icmp\", \"port\": 8, \"icmp_code\": 300}\n",
    ));
    let word = |answer: &Value| answer["verdict"].as_str().or(answer["error"].as_str()).unwrap().to_owned();
    let words: Vec<String> = answers.iter().map(word).collect();
    insta::assert_snapshot!(words.join("\n"), @r#"
        reachable
        partial
        not a question: the line is blank
        not a question: `to` is missing
        not a question: there is no key `prot`; the keys are `from`, `to`, `proto`, `port`, `source_port` and `icmp_code`
        not a question: this is no JSON at column 2
        nothing is called `wbe-1`; did you mean `web-1`?
        partial
        `web-` may mean `web-1` or `web-2`
        there is no protocol 256: protocol numbers go from 0 to 255
        `proto` is neither a number nor a text
        reachable
        reachable
        not a question: this is a list; a line is an object, {"from": …, "to": …}
        not a question: the JSON ends too early
        not a question: `from` is there twice
        `from` is not a text
        `-5` is not a port: write a number from 0 to 65535, or a range such as 1-65535
        `80.0` is not a port: write a number from 0 to 65535, or a range such as 1-65535
        `300` is not an ICMP code: write a number from 0 to 255
        "#);
}

/// Line N of the answers is about line N of the questions.
#[test]
fn blank_lines_have_their_answers() {
    let count = |lines: &str| batch(lines).len();
    let asked = "{\"from\": \"web-1\", \"to\": \"app-1\"}";
    assert_eq!((count(""), count(asked), count(&format!("{asked}\n"))), (0, 1, 1));
    let answers = batch(&format!("\n{asked}\r\n \t\r\n{asked}\n\n"));
    let is_answer: Vec<bool> = answers.iter().map(|answer| answer.get("error").is_none()).collect();
    assert_eq!(is_answer, [false, true, false, true, false]);
}

#[test]
fn both_ends_outside() {
    let answers = batch(concat!(
        "{\"from\": \"internet\", \"to\": \"8.8.8.8\"}\n",
        "{\"from\": \"internet\", \"to\": \"198.51.100.10\"}\n",
    ));
    let is_noted = |answer: &Value| answer["notes"].to_string().contains("BOTH_ENDS_OUTSIDE");
    assert_eq!(answers.iter().map(is_noted).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn an_ambiguous_endpoint_lists_its_candidates() {
    let answers = batch("{\"from\": \"web-\", \"to\": \"app-1\"}\n");
    insta::assert_snapshot!(answers[0].to_string(), @r#"{"error":"`web-` may mean `web-1` or `web-2`","ambiguous":["web-1","web-2"]}"#);
}

#[test]
fn a_missing_file() {
    insta::assert_snapshot!(shop("query SHOP --batch tests/nowhere.ndjson"), @r"
        $ fmnet query SHOP --batch tests/nowhere.ndjson
        --- stderr
        error: cannot read tests/nowhere.ndjson: No such file or directory (os error 2)
        --- exit 2
        ");
}

/// Gives a question only when those before it have been answered.
struct Patient<'a> {
    answered: &'a AtomicUsize,
    given: usize,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert_eq!(self.answered.load(Ordering::SeqCst), self.given, "an answer was waited for");
        if self.given == 3 {
            return Ok(0);
        }
        self.given += 1;
        (&b"{\"from\": \"web-1\", \"to\": \"app-1\"}\n"[..]).read(buffer)
    }
}

struct Counted<'a>(&'a AtomicUsize);

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.iter().filter(|&&byte| byte == b'\n').count(), Ordering::SeqCst);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn answers_come_as_questions_do() {
    run::from_root().unwrap();
    let answered = AtomicUsize::new(0);
    let arguments = ["fmnet", "query", SHOP, "--batch", "-"].map(Into::into);
    let mut stdin = Patient { answered: &answered, given: 0 };
    let output = fmnet_cli::stream(arguments, &mut stdin, &mut Counted(&answered), &Terminal::PIPE);
    assert_eq!((output.exit.code(), output.stderr.as_str(), output.stdout.as_str()), (0, "", ""));
    assert_eq!(answered.load(Ordering::SeqCst), 3);
}

/// A line has at most a mebibyte; what is longer is passed over, however long it is.
#[test]
fn a_line_without_end() {
    run::from_root().unwrap();
    let asked = "{\"from\": \"web-1\", \"to\": \"app-1\"}";
    let padded = |length: usize| format!("{asked}{}\n", " ".repeat(length - asked.len()));
    let lines = [padded(1 << 20), padded((1 << 20) + 1), format!("{asked}\n")].concat();
    let mut stdin = lines.as_bytes().chain(io::repeat(b'x').take(64 << 20)).chain(&b"\n"[..]).chain(asked.as_bytes());
    let arguments = ["fmnet", "query", SHOP, "--batch", "-"].map(Into::into);
    let output = fmnet_cli::run(arguments, &mut stdin, &Terminal::PIPE);
    let answers: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors: Vec<Option<&str>> = answers.iter().map(|answer| answer["error"].as_str()).collect();
    let long = Some("not a question: the line is over 1 MiB");
    assert_eq!(errors, [None, long, None, long, None]);
}

/// The order and the bytes do not depend on how many threads answer.
#[test]
fn threads_change_nothing() {
    run::from_root().unwrap();
    let ports = (1..200)
        .map(|port| format!("{{\"from\": \"web-1\", \"to\": \"vpc\", \"proto\": \"tcp\", \"port\": {port}}}\n"));
    let lines: String = ports.collect();
    let with = |jobs: &str| run::fmnet(&["query", SHOP, "--jobs", jobs, "--batch", "-"], lines.as_bytes()).stdout;
    assert_eq!(with("1"), with("4"));
    assert_eq!(with("1").lines().count(), 199);
    assert_eq!(with("256").lines().count(), 199);
}
