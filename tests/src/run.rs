//! A run of the command line, without a process.

use std::fmt::Write as _;

use fmnet_cli::output::Output;
use fmnet_cli::terminal::Terminal;
use serde_json::Value;

/// The network that the tests of the command line ask about.
pub const SHOP: &str = "tests/fixtures/cli/shop";

/// Runs `fmnet ARGUMENTS` from the root of the workspace, with `stdin` as its standard input.
#[must_use]
pub fn fmnet(arguments: &[&str], stdin: &[u8]) -> Output {
    let all = std::iter::once("fmnet").chain(arguments.iter().copied()).map(Into::into);
    fmnet_cli::run(all, &mut &*stdin, &Terminal::PIPE)
}

/// Makes the root of the workspace the working directory, so that outputs name files as
/// a reader would.
///
/// # Errors
///
/// Where the root is gone.
pub fn from_root() -> std::io::Result<()> {
    std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What a run said, as a transcript for snapshots.
#[must_use]
pub fn transcript(arguments: &[&str], output: &Output) -> String {
    let mut text = String::from("$ fmnet");
    for argument in arguments {
        let quote = if argument.contains(' ') { "\"" } else { "" };
        let _ = write!(text, " {quote}{argument}{quote}");
    }
    text.push('\n');
    text.push_str(&output.stdout);
    if !output.stderr.is_empty() {
        let _ = write!(text, "--- stderr\n{}", output.stderr);
    }
    let _ = write!(text, "--- exit {}", output.exit.code());
    text
}

/// The transcript of a run from the root, its arguments apart by spaces.
///
/// # Panics
///
/// Where the root is gone.
#[must_use]
pub fn says(arguments: &str) -> String {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    transcript(&arguments, &at_root(&arguments))
}

/// What a run says of the shop: `SHOP` stands for its directory.
///
/// # Panics
///
/// Where the root is gone.
#[must_use]
pub fn shop(arguments: &str) -> String {
    says(&arguments.replace("SHOP", SHOP)).replace(SHOP, "SHOP")
}

/// The JSON that a run from the root writes.
///
/// # Panics
///
/// Where it writes none.
#[must_use]
pub fn json(arguments: &str) -> Value {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let output = at_root(&arguments);
    #[expect(clippy::expect_used, reason = "a test that asks for JSON fails without it")]
    serde_json::from_str(&output.stdout).expect("the output is JSON")
}

#[expect(clippy::expect_used, reason = "no test can go on without the files it names")]
fn at_root(arguments: &[&str]) -> Output {
    from_root().expect("the root of the workspace is there");
    fmnet(arguments, b"")
}
