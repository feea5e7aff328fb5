//! A run of the command line, without a process.

use std::fmt::Write as _;

use fmnet_cli::output::Output;
use fmnet_cli::terminal::Terminal;

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
