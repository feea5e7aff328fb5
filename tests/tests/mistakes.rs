//! Every kind of mistake in a design, as people see it.
//!
//! A mistake is a directory under `fixtures/mistakes` with a `design.yaml`, alone or with
//! further files of the design; the snapshot beside it holds what is said of it, warnings
//! included, and the exit code.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use fmnet_tests::run;

fn mistake(design: &Path) -> datatest_stable::Result<()> {
    run::from_root()?;
    let path = Path::new("tests").join(design);
    let directory = fs::canonicalize(path.parent().unwrap())?;
    let is_yaml = |entry: &fs::DirEntry| entry.path().extension().is_some_and(|extension| extension == "yaml");
    let files = fs::read_dir(&directory)?.filter(|entry| entry.as_ref().is_ok_and(is_yaml)).count();
    let input = if files > 1 { path.parent().unwrap() } else { &path };
    let name = input.to_string_lossy().into_owned();
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
