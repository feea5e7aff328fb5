//! The shape of the workspace, as ARCHITECTURE.md and the style promise it.
//!
//! Everything wrong is listed at once.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Lines of a file before its tests.
const MOST_LINES: usize = 500;

/// Which crate may depend on which of ours. A new edge is an architectural change.
const EDGES: &[(&str, &[&str])] = &[
    ("crates/fmnet-core", &[]),
    ("crates/fmnet-sim", &["fmnet-core"]),
    ("crates/fmnet-cli", &["fmnet-core", "fmnet-sim"]),
    ("tests", &["fmnet-core", "fmnet-sim", "fmnet-cli"]),
    ("xtask", &[]),
];

const TOP_LEVEL: &[&str] =
    &["LICENSE-APACHE", "LICENSE-MIT", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Cargo.lock"];

/// Checks all of it.
pub(crate) fn run() -> Result<()> {
    let mut wrong = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        for path in files(folder.as_ref(), ".rs")? {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            wrong.extend(source(&path, &text));
        }
    }
    wrong.extend(edges()?);
    wrong.extend(scenarios()?);
    wrong.extend(TOP_LEVEL.iter().filter(|name| !Path::new(name).is_file()).map(|name| format!("{name} is missing")));
    if !wrong.is_empty() {
        bail!("{} things are out of shape\n  {}", wrong.len(), wrong.join("\n  "));
    }
    Ok(())
}

/// Files under `folder` whose names end in `ending`, in order; build output left out.
pub(crate) fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" {
                waiting.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// What is wrong with one file of Rust.
fn source(path: &Path, text: &str) -> Vec<String> {
    let name = path.display();
    let mut wrong = Vec::new();
    if !text.starts_with("//! ") {
        wrong.push(format!("{name} has no header: begin it with `//! ` and what room this is"));
    }
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
    if lines > MOST_LINES {
        wrong.push(format!("{name} has {lines} lines before its tests: split it below {MOST_LINES}"));
    }
    if path.ends_with("mod.rs") {
        wrong.push(format!("{name}: write graph.rs beside graph/, not graph/mod.rs"));
    }
    if text.lines().any(|line| line.trim_start().starts_with("#[ignore")) {
        wrong.push(format!("{name} ignores a test: pin what happens, with a FIXME"));
    }
    wrong
}

/// Dependencies among our crates that nobody decided on.
fn edges() -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for manifest in files("crates".as_ref(), "Cargo.toml")?
        .into_iter()
        .chain(["tests/Cargo.toml".into(), "xtask/Cargo.toml".into()])
    {
        let text = fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
        let folder = manifest.parent().unwrap_or(&manifest);
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| Path::new(name) == folder) else {
            wrong.push(format!("{} is a crate without a place in the chain", folder.display()));
            continue;
        };
        let extra = dependencies(&text).filter(|name| !allowed.contains(name));
        wrong.extend(extra.map(|name| format!("{} may not depend on {name}", folder.display())));
    }
    Ok(wrong)
}

/// Our crates among a manifest's dependencies.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let mut is_dependencies = false;
    manifest.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            is_dependencies = section.contains("dependencies");
            return section
                .strip_suffix(']')?
                .split_once("dependencies.")
                .map(|(_, name)| name)
                .filter(|name| name.starts_with("fmnet-"));
        }
        let name = line.split(['.', '=', ' ']).next()?;
        (is_dependencies && name.starts_with("fmnet-")).then_some(name)
    })
}

/// Scenarios that lack a file.
fn scenarios() -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut waiting = vec![PathBuf::from("scenarios")];
    while let Some(folder) = waiting.pop() {
        let mut children = Vec::new();
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            children.extend(Some(entry?.path()).filter(|path| path.is_dir()));
        }
        if children.is_empty() {
            let missing = ["design.yaml", "simulate.snap"].into_iter().filter(|name| !folder.join(name).is_file());
            wrong.extend(missing.map(|name| format!("{} has no {name}", folder.display())));
        }
        waiting.extend(children);
    }
    wrong.sort();
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_crates_are_found_in_a_manifest() {
        let manifest = "[package]\nname = \"fmnet-x\"\n[dependencies]\nfmnet-core.workspace = true\nserde = \"1\"\n[dev-dependencies]\nfmnet-sim = { path = \"..\" }\n[dependencies.fmnet-cli]\n";
        assert_eq!(dependencies(manifest).collect::<Vec<_>>(), ["fmnet-core", "fmnet-sim", "fmnet-cli"]);
    }

    #[test]
    fn a_file_without_a_header_is_found() {
        assert_eq!(source("a.rs".as_ref(), "fn main() {}\n").len(), 1);
        assert_eq!(source("mod.rs".as_ref(), "//! a\n#[ignore]\n").len(), 2);
        assert_eq!(source("a.rs".as_ref(), &format!("//! a\n{}", "\n".repeat(600))).len(), 1);
        assert_eq!(source("a.rs".as_ref(), &format!("//! a\n#[cfg(test)]\n{}", "\n".repeat(600))).len(), 0);
    }
}
