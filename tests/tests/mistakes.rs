//! Every kind of mistake in a design, as people see it.
//!
//! A mistake is a directory under `fixtures/mistakes` with a `design.yaml`; the snapshot
//! beside it holds what is said of it, warnings included, and the exit code.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use fmnet_tests::run;

fn mistake(design: &Path) -> datatest_stable::Result<()> {
    run::from_root()?;
    let path = Path::new("tests").join(design);
    let name = path.to_string_lossy().into_owned();
    let directory = fs::canonicalize(path.parent().unwrap())?;
    let arguments = ["simulate", name.as_str()];
    let output = run::fmnet(&arguments, b"");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(directory);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let said = format!("{}{}--- exit {}", output.stdout, output.stderr, output.exit.code());
    settings.bind(|| insta::assert_snapshot!("diagnostic", said));
    Ok(())
}

datatest_stable::harness! {
    { test = mistake, root = "fixtures/mistakes", pattern = r"design\.yaml$" },
}
