//! The design that INPUT names.
//!
//! In: a path to a file or a directory. Out: a [`Design`], or why there is none. A file
//! is opened once, and refused by its size before it is read.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use fmnet_core::design::{self, Design};
use fmnet_core::yaml::MAX_BYTES;

use crate::failure::Failure;

/// Reads the design at `input`.
///
/// # Errors
///
/// [`Failure::Said`] where there is no such file or directory, a directory holds no
/// design or several, or a file cannot be read or is over [`MAX_BYTES`];
/// [`Failure::Rejected`] where the design is no valid network.
pub fn read(input: &Path) -> Result<Design, Failure> {
    let metadata = fs::metadata(input).map_err(|error| unreadable(input, &error))?;
    let path = if metadata.is_dir() { find(input)? } else { input.to_owned() };
    let bytes = read_bytes(&path)?;
    design::read(&path.display().to_string(), bytes)
        .map_err(|rejected| Failure::Rejected { source: Box::new(rejected.source), diagnostics: rejected.diagnostics })
}

/// The design in a directory: `design.yaml`, or the only file with a top-level `vpc`.
fn find(directory: &Path) -> Result<PathBuf, Failure> {
    let usual = directory.join("design.yaml");
    if usual.is_file() {
        return Ok(usual);
    }
    let entries = fs::read_dir(directory).map_err(|error| unreadable(directory, &error))?;
    let mut files: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_candidate(path)).collect();
    files.sort();
    let mut designs = Vec::new();
    for path in files {
        if read_bytes(&path).is_ok_and(|bytes| mentions_vpc(&bytes)) {
            designs.push(path);
        }
    }
    match designs.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Failure::input(format!(
            "{} holds no design: there is no design.yaml in it, and no *.yaml, *.yml or *.json file with a top-level `vpc`",
            directory.display()
        ))),
        several => {
            let names: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
            Err(Failure::input(format!(
                "{} holds {} designs: name one of {}",
                directory.display(),
                names.len(),
                names.join(", ")
            )))
        }
    }
}

fn is_candidate(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    path.is_file() && matches!(extension, Some("yaml" | "yml" | "json"))
}

/// Whether a file has a top-level key `vpc`, as YAML or as JSON. Looks at the text
/// alone: a file with a mistake in it is a design still.
fn mentions_vpc(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    if text.trim_start().starts_with('{') {
        let object = serde_json::from_str::<std::collections::BTreeMap<String, serde::de::IgnoredAny>>(&text);
        return object.map_or_else(|_| text.contains("\"vpc\""), |object| object.contains_key("vpc"));
    }
    text.lines().any(|line| ["vpc:", "\"vpc\":", "'vpc':"].iter().any(|key| line.starts_with(key)))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let length = file.metadata().map_err(|error| unreadable(path, &error))?.len();
    if length > MAX_BYTES as u64 {
        return Err(too_large(path, length));
    }
    // A pipe has no length, and a file may grow: never more than the limit and one byte.
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.len() > MAX_BYTES { Err(too_large(path, bytes.len() as u64)) } else { Ok(bytes) }
}

fn too_large(path: &Path, length: u64) -> Failure {
    let (size, most) = (length.div_ceil(1 << 20), MAX_BYTES >> 20);
    Failure::input(format!("{} is {size} MiB long: a design has at most {most} MiB", path.display()))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound {
        Failure::input(format!("there is no file or directory {}", path.display()))
    } else {
        Failure::input(format!("cannot read {}: {error}", path.display()))
    }
}
