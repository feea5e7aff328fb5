//! The `fmnet` command line.
//!
//! In: arguments, the files they name, and what is known of the terminal. Out: an
//! [`Output`]: what goes to standard output, what to standard error, and the exit
//! code. A batch alone is answered as it comes, on the stream that [`stream`] is given.
//! Only [`Output::write`] and the binary touch the process's streams, so that every
//! command can be tested without a process. Commands hold no logic of networks: they read a
//! file, ask `fmnet-sim`, and render.

pub mod exit;
pub mod terminal;
pub mod output;
pub mod args;
pub mod failure;
pub mod input;
pub mod traffic;
pub mod command;
pub mod json;
pub mod render;

use std::ffi::OsString;
use std::io::{Read, Write};

use clap::{CommandFactory, FromArgMatches};

use args::{Args, Command};
use exit::Exit;
use failure::Failure;
use output::Output;
use render::Style;
use terminal::Terminal;

/// Runs the command that `arguments` name; the first argument is the program itself.
#[must_use]
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    stdin: &mut (dyn Read + Send),
    terminal: &Terminal,
) -> Output {
    let mut streamed = Vec::new();
    let output = stream(arguments, stdin, &mut streamed, terminal);
    Output { stdout: String::from_utf8_lossy(&streamed).into_owned() + &output.stdout, ..output }
}

/// As [`run`], but what is answered bit by bit goes to `stdout` as it comes; the output
/// holds the rest.
#[must_use]
pub fn stream(
    arguments: impl IntoIterator<Item = OsString>,
    stdin: &mut (dyn Read + Send),
    stdout: &mut (dyn Write + Send),
    terminal: &Terminal,
) -> Output {
    let command = Args::command().term_width(terminal.width);
    let parsed = command.try_get_matches_from(arguments).and_then(|matches| Args::from_arg_matches(&matches));
    let args = match parsed {
        Ok(args) => args,
        Err(error) => return usage(&error, terminal),
    };
    let output = match args.jobs {
        None => perform(args.command, stdin, stdout, terminal),
        Some(jobs) => match rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs)).build() {
            Ok(pool) => pool.install(|| perform(args.command, stdin, stdout, terminal)),
            Err(error) => Err(Failure::failed(format!("cannot start {jobs} threads: {error}"))),
        },
    };
    output.unwrap_or_else(|failure| failure.render(terminal))
}

fn perform(
    command: Command,
    stdin: &mut (dyn Read + Send),
    stdout: &mut (dyn Write + Send),
    terminal: &Terminal,
) -> Result<Output, Failure> {
    match command {
        Command::Simulate(args) => command::simulate::run(&args, terminal),
        Command::Query(args) => command::query::run(&args, stdin, stdout, terminal),
        Command::Matrix(args) => command::matrix::run(&args, terminal),
        Command::Schema => Ok(command::schema::run()),
        Command::Completions(args) => Ok(command::completions::run(&args)),
    }
}

/// What clap says: help and the version are answers, everything else is a mistake.
fn usage(error: &clap::Error, terminal: &Terminal) -> Output {
    let style = if error.use_stderr() { terminal.stderr } else { terminal.stdout };
    let text = match style {
        Style::Coloured => error.render().ansi().to_string(),
        Style::Plain => error.render().to_string(),
    };
    if error.use_stderr() {
        Output { stdout: String::new(), stderr: text, exit: Exit::Usage }
    } else {
        Output::answer(text)
    }
}
