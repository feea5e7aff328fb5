//! Tries the laws on random designs for a while: `soak --minutes N [--seed S] [--threads T]`.
//!
//! In: how long. Out: how much was tried; or the smallest design that contradicts a
//! law, and exit code 1. With `--minutes 0` it tries the design of one seed alone, so
//! a contradiction is seen again by its seed.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use fmnet_tests::laws::{self, Counts};

/// What was asked for.
#[derive(Clone, Copy, Debug)]
struct Options {
    minutes: u64,
    seed: u64,
    threads: u64,
}

/// What the threads share.
struct Soak {
    options: Options,
    start: Instant,
    next: AtomicU64,
    is_over: AtomicBool,
    counts: Mutex<Counts>,
    minutes_told: AtomicU64,
}

fn main() -> anyhow::Result<ExitCode> {
    let options = options()?;
    let soak = Soak {
        options,
        start: Instant::now(),
        next: AtomicU64::new(options.seed),
        is_over: AtomicBool::new(false),
        counts: Mutex::new(Counts::default()),
        minutes_told: AtomicU64::new(0),
    };
    let threads = if options.minutes == 0 { 1 } else { options.threads };
    let failed = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| soak.work())).collect();
        workers.into_iter().any(|worker| worker.join().unwrap_or(true))
    });
    soak.tell("tried");
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options { minutes: 1, seed: 1, threads: 2 };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
        let number = value.parse::<u64>().with_context(|| format!("{name} takes a number, not {value}"))?;
        match name.as_str() {
            "--minutes" => options.minutes = number,
            "--seed" => options.seed = number,
            "--threads" => options.threads = number,
            _ => bail!("unknown option {name}: soak --minutes N [--seed S] [--threads T]"),
        }
    }
    Ok(options)
}

impl Soak {
    /// Tries seed after seed; whether a law was contradicted.
    fn work(&self) -> bool {
        loop {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            match laws::all(seed) {
                Ok(counts) => {
                    if let Ok(mut total) = self.counts.lock() {
                        total.add(counts);
                    }
                }
                Err(contradiction) => {
                    self.is_over.store(true, Ordering::Relaxed);
                    say(format_args!("contradiction, seed {seed}:\n{contradiction}"));
                    return true;
                }
            }
            let minutes = self.start.elapsed().as_secs() / 60;
            if minutes > self.minutes_told.fetch_max(minutes, Ordering::Relaxed) {
                self.tell(&format!("after {minutes} min"));
            }
            let time_is_up = self.start.elapsed() >= Duration::from_secs(60 * self.options.minutes);
            if time_is_up || self.is_over.load(Ordering::Relaxed) {
                return false;
            }
        }
    }

    fn tell(&self, when: &str) {
        if let Ok(counts) = self.counts.lock() {
            say(format_args!("{when}: {counts}"));
        }
    }
}

#[expect(clippy::print_stdout, reason = "a program of its own, which has nothing else to say")]
fn say(what: std::fmt::Arguments<'_>) {
    println!("{what}");
}
