//! The gate and the chores: `cargo xtask COMMAND`.
//!
//! Each command is one file. Nothing here knows networks; what does is run with cargo.

mod ci;
mod rules;
mod run;
mod tidy;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask ci                                          the whole gate
cargo xtask tidy                                        the shape of the workspace
cargo xtask rules                                       which scenario pins which rule of AWS
cargo xtask soak --minutes N                            the laws on random networks, for as long as that
cargo xtask smt --designs N                             reach against a solver, on random networks
cargo xtask fleet --interfaces N --seed S --output FILE a network of that size";

fn main() -> ExitCode {
    match perform() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a backtrace, whatever the environment asks for. There is nobody
            // left to tell where standard error is gone.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        bail!("name a command\n\n{USAGE}");
    };
    std::env::set_current_dir(run::root())?;
    match (command.as_str(), rest) {
        (_, [help]) if matches!(help.as_str(), "help" | "--help" | "-h") => run::say(USAGE),
        ("ci", []) => ci::run(),
        ("tidy", []) => tidy::run(),
        ("rules", []) => rules::run(),
        ("soak" | "fleet" | "smt", _) => run::tests_binary(command, rest),
        ("help" | "--help", _) => run::say(USAGE),
        _ => bail!("`cargo xtask {}` is no command\n\n{USAGE}", arguments.join(" ")),
    }
}
