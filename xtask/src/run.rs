//! Other programs, run from the root of the workspace.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The workspace's root.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Runs cargo with `arguments` and the environment variables `with`.
///
/// # Errors
///
/// When it cannot be started, or does not succeed.
pub(crate) fn cargo(arguments: &[&str], with: &[(&str, &str)]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status =
        Command::new(cargo).args(arguments).envs(with.iter().copied()).status().context("cannot start cargo")?;
    ensure!(status.success(), "`cargo {}` failed", arguments.join(" "));
    Ok(())
}

/// Runs a binary of the tests package, optimised.
///
/// # Errors
///
/// When it cannot be built, or does not succeed.
pub(crate) fn tests_binary(name: &str, arguments: &[String]) -> Result<()> {
    let mut all = vec!["run", "--release", "--quiet", "--package", "fmnet-tests", "--bin", name, "--"];
    all.extend(arguments.iter().map(String::as_str));
    cargo(&all, &[])
}

/// Writes `text` and a newline to standard output.
///
/// # Errors
///
/// When nobody reads it.
pub(crate) fn say(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    Ok(writeln!(stdout, "{text}").and_then(|()| stdout.flush())?)
}
