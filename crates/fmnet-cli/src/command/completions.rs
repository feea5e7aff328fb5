//! `fmnet completions`: a script that completes commands, options and files.

use clap::CommandFactory;

use crate::args::{Args, CompletionsArgs};
use crate::output::Output;

/// Writes the script for a shell.
#[must_use]
pub fn run(args: &CompletionsArgs) -> Output {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "fmnet", &mut script);
    Output::answer(String::from_utf8_lossy(&script).into_owned())
}
