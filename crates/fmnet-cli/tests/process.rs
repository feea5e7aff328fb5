//! What only a process shows: a reader that leaves, and the exit codes of the operating system.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Write;
use std::process::{Child, Command, Stdio};

fn fmnet(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_fmnet"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// `fmnet … | head`: the run waits for its input, so that the reader is gone for certain
/// before anything is written.
#[test]
fn a_reader_that_leaves_is_no_failure() {
    let mut child = fmnet(&["query", "tests/fixtures/cli/shop", "--batch", "-"]);
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(b"{\"from\": \"web-1\", \"to\": \"app-1\"}\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_exit_codes_reach_the_operating_system() {
    let code = |arguments: &[&str]| fmnet(arguments).wait_with_output().unwrap().status.code();
    let shop = "tests/fixtures/cli/shop";
    assert_eq!(code(&["simulate", shop]), Some(0));
    assert_eq!(code(&["simulate"]), Some(2));
    assert_eq!(code(&["query", shop, "--from", "web-1", "--to", "app-1", "--expect", "blocked"]), Some(3));
    assert_eq!(code(&["simulate", "nowhere"]), Some(4));
}

/// Neither a pipe nor `NO_COLOR` gets colours.
#[test]
fn a_pipe_gets_no_escapes() {
    let output = fmnet(&["simulate", "nowhere"]).wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "error: there is no file or directory nowhere\n");
}
