//! The whole gate: what must hold before anything is merged.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{run, tidy};

type Step = (&'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("tidy", tidy::run),
    ("format", || run::cargo(&["fmt", "--all", "--check"], &[])),
    ("clippy", || run::cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"], &[])),
    ("docs", || run::cargo(&["doc", "--workspace", "--no-deps", "--locked"], &[("RUSTDOCFLAGS", "-D warnings")])),
    ("tests", tests),
];

/// Every test of the workspace. A snapshot that is missing or differs fails.
fn tests() -> Result<()> {
    run::cargo(&["test", "--workspace", "--locked", "--no-fail-fast"], &[("INSTA_UPDATE", "no")])
}

/// Runs every step, failed ones included, and says which failed.
pub(crate) fn run() -> Result<()> {
    let mut durations: Vec<(&str, Duration, bool)> = Vec::new();
    for (name, step) in STEPS {
        run::say(&format!("== {name}"))?;
        let start = Instant::now();
        let result = step();
        durations.push((name, start.elapsed(), result.is_ok()));
        if let Err(error) = result {
            run::say(&format!("== {name} failed: {error:#}"))?;
        }
    }
    run::say("")?;
    for (name, duration, passed) in &durations {
        let word = if *passed { "ok" } else { "FAILED" };
        run::say(&format!("{name:<8} {:>7.1} s  {word}", duration.as_secs_f64()))?;
    }
    let failed: Vec<&str> = durations.iter().filter(|step| !step.2).map(|step| step.0).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    run::say("the gate is open")
}
