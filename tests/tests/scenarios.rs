//! Every scenario: its claims by both engines, and what `simulate` says of it.
//!
//! A scenario is a directory with a `design.yaml`; adding one needs no Rust. Claims pin
//! what is true, the snapshots beside them how it is said. A `commands.txt` asks for more:
//! one line of arguments a run, `INPUT` standing for the directory.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use fmnet_core::design;
use fmnet_tests::claims::{self, check};
use fmnet_tests::run;

fn scenario(design: &Path) -> datatest_stable::Result<()> {
    run::from_root()?;
    let directory = design.parent().unwrap().strip_prefix("..").unwrap().to_owned();
    let name = directory.to_string_lossy().into_owned();
    let path = directory.join("design.yaml");

    let arguments = ["simulate", &name];
    let output = run::fmnet(&arguments, b"");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(fs::canonicalize(&directory)?);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);

    let mut wrong = Vec::new();
    if let Ok(text) = fs::read_to_string(directory.join("claims.yaml")) {
        let design = design::read(&path.to_string_lossy(), fs::read(&path)?);
        wrong = check::check(&design, &claims::parse(&text)?);
    }
    settings.bind(|| insta::assert_snapshot!("simulate", run::transcript(&arguments, &output)));
    if let Ok(commands) = fs::read_to_string(directory.join("commands.txt")) {
        let transcripts: Vec<String> = commands.lines().map(|line| transcript(line, &name)).collect();
        settings.bind(|| insta::assert_snapshot!("commands", transcripts.join("\n\n")));
    }
    assert!(wrong.is_empty(), "{} claims fail\n  {}", wrong.len(), wrong.join("\n  "));
    Ok(())
}

/// A run of one line of a `commands.txt`; words with spaces stand in double quotes.
fn transcript(line: &str, input: &str) -> String {
    let pieces = line.split('"').enumerate();
    let words = pieces.flat_map(|(index, piece)| match index % 2 {
        0 => piece.split_whitespace().collect(),
        _ => vec![piece],
    });
    let arguments: Vec<&str> = words.map(|word| if word == "INPUT" { input } else { word }).collect();
    let output = run::fmnet(&arguments, b"");
    run::transcript(&arguments, &output)
}

datatest_stable::harness! {
    { test = scenario, root = "../scenarios", pattern = r"design\.yaml$" },
}
