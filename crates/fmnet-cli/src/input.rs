//! The design that INPUT names.
//!
//! In: a path to a file or a directory. Out: a [`Design`], or why there is none. Each file
//! is opened once, and refused by its size before it is read.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use fmnet_core::design::{self, Design};
use fmnet_core::yaml::MAX_BYTES;

use crate::failure::Failure;

/// Reads the design at `input`: a file, or every file of a directory that is a part of one.
///
/// # Errors
///
/// [`Failure::Said`] where there is no such file or directory, a directory holds no
/// design, or a file cannot be read or all together are over [`MAX_BYTES`];
/// [`Failure::Rejected`] where the design is no valid network.
pub fn read(input: &Path) -> Result<Design, Failure> {
    let metadata = fs::metadata(input).map_err(|error| unreadable(input, &error))?;
    let mut files = if metadata.is_dir() { find(input)? } else { vec![named(input, read_bytes(input)?)] };
    let design = match files.as_mut_slice() {
        [(name, bytes)] => design::read(name, std::mem::take(bytes)),
        _ => design::read_files(&input.display().to_string(), files),
    };
    design
        .map_err(|rejected| Failure::Rejected { source: Box::new(rejected.source), diagnostics: rejected.diagnostics })
}

/// The files of the design in a directory, by name: those with a top-level key of the language.
fn find(directory: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let entries = fs::read_dir(directory).map_err(|error| unreadable(directory, &error))?;
    let mut files: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_candidate(path)).collect();
    files.sort();
    let (mut parts, mut length) = (Vec::new(), 0);
    for path in files {
        // A file called so is meant, though it cannot be read or says nothing.
        let is_meant = path.file_name().is_some_and(|name| name == "design.yaml");
        match read_bytes(&path) {
            Ok(bytes) if is_meant || is_part(&bytes) => {
                length += bytes.len();
                if length > MAX_BYTES {
                    return Err(too_large(directory, length as u64));
                }
                parts.push(named(&path, bytes));
            }
            Err(failure) if is_meant => return Err(failure),
            Ok(_) | Err(_) => {}
        }
    }
    if parts.is_empty() {
        return Err(Failure::input(format!(
            "{} holds no design: there is no design.yaml in it, and no *.yaml, *.yml or *.json file with a top-level key of the design language, as `vpc`",
            directory.display()
        )));
    }
    Ok(parts)
}

fn named(path: &Path, bytes: Vec<u8>) -> (String, Vec<u8>) {
    (path.display().to_string(), bytes)
}

fn is_candidate(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    path.is_file() && matches!(extension, Some("yaml" | "yml" | "json"))
}

/// Whether a file has a top-level key of the language, as YAML or as JSON. Looks at the
/// text alone: a file with a mistake in it is a part of a design still.
fn is_part(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let is_key = |key: &str| design::top_level_keys().any(|known| known == key);
    if text.trim_start().starts_with('{') {
        let object = serde_json::from_str::<std::collections::BTreeMap<String, serde::de::IgnoredAny>>(text);
        let is_mentioned = || design::top_level_keys().any(|key| text.contains(&format!("\"{key}\"")));
        return object.map_or_else(|_| is_mentioned(), |object| object.keys().any(|key| is_key(key)));
    }
    text.lines().any(|line| {
        let key = line.split_once(':').map_or("", |(key, _)| key);
        let bare = |quote: char| key.strip_prefix(quote)?.strip_suffix(quote);
        is_key(bare('"').or_else(|| bare('\'')).unwrap_or(key))
    })
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
