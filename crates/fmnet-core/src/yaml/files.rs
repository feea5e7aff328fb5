//! Several files as one.
//!
//! In: the files of a design. Out: one tree, in which mappings and lists that stand under
//! one key in several files are one, and what stands there once only is refused a second time.

use std::collections::BTreeMap;

use super::{Key, Kind, Node, empty, read_file};
use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;
use crate::words::echo;

/// Reads every file; a tree where each could be read.
pub(super) fn read(files: &[SourceFile]) -> (Option<Node<'_>>, Vec<Diagnostic>) {
    let (mut found, mut trees) = (Vec::new(), Vec::new());
    let (mut nodes, mut is_whole) = (0, true);
    for file in files {
        let (tree, mistakes) = read_file(file, &mut nodes);
        is_whole &= tree.is_some() || mistakes.is_empty();
        found.extend(mistakes.into_iter().map(|diagnostic| moved(diagnostic, file.base)));
        trees.extend(tree.filter(|tree| !matches!(tree.kind, Kind::Null)).map(|tree| shifted(tree, file.base)));
    }
    if !is_whole {
        return (None, found);
    }
    let mut trees = trees.into_iter();
    let Some(first) = trees.next() else {
        if found.is_empty() {
            found.push(empty());
        }
        return (None, found);
    };
    (Some(trees.fold(first, |whole, tree| joined(whole, tree, &mut found))), found)
}

/// The top levels of two files.
fn joined<'s>(first: Node<'s>, second: Node<'s>, found: &mut Vec<Diagnostic>) -> Node<'s> {
    let span = first.span;
    match (first.kind, second.kind) {
        (Kind::Map(mut entries), Kind::Map(more)) => {
            for (key, value) in more {
                match entries.iter_mut().find(|(known, _)| known.text == key.text) {
                    Some((known, here)) => together(known, here, (key, value), found),
                    None => entries.push((key, value)),
                }
            }
            Node { span, kind: Kind::Map(entries) }
        }
        (map @ Kind::Map(_), _) => {
            let message = "a file of a design in several files must be a mapping";
            found.push(Diagnostic::error("wrong-kind", message, second.span, "expected a mapping"));
            Node { span, kind: map }
        }
        (other, _) => Node { span, kind: other },
    }
}

/// Adds what a further file says under a key.
fn together<'s>(known: &Key<'s>, here: &mut Node<'s>, (key, value): (Key<'s>, Node<'s>), found: &mut Vec<Diagnostic>) {
    match (&mut here.kind, value.kind) {
        (_, Kind::Null) => {}
        (Kind::Null, kind) => *here = Node { span: value.span, kind },
        (Kind::List(items), Kind::List(more)) => items.extend(more),
        (Kind::Map(entries), Kind::Map(more)) => {
            let places: BTreeMap<String, _> = entries.iter().map(|(key, _)| (key.text.to_string(), key.span)).collect();
            for (key, value) in more {
                match places.get(&*key.text) {
                    Some(&first) => found.push(twice(&key, first)),
                    None => entries.push((key, value)),
                }
            }
        }
        (Kind::Scalar { .. } | Kind::List(_) | Kind::Map(_) | Kind::Refused, _) => {
            let mut diagnostic = twice(&key, known.span);
            if key.text == "vpc" {
                diagnostic.help = vec!["several VPCs are written under `vpcs`, by name".to_owned()];
            }
            found.push(diagnostic);
        }
    }
}

fn twice(key: &Key<'_>, first: crate::source::Span) -> Diagnostic {
    let message = format!("{} is written in two files of the design", echo(&key.text));
    Diagnostic::error("duplicate-key", message, key.span, "again here")
        .also(first, "first here")
        .help("keep one of the two")
}

/// A tree whose places are counted from the first file on.
fn shifted(mut tree: Node<'_>, base: u32) -> Node<'_> {
    if base > 0 {
        shift(&mut tree, base);
    }
    tree
}

/// INVARIANT: no deeper than [`super::MAX_DEPTH`], as the tree is not.
fn shift(node: &mut Node<'_>, base: u32) {
    node.span = node.span.moved(base);
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| shift(item, base)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                key.span = key.span.moved(base);
                shift(value, base);
            }
        }
        Kind::Null | Kind::Scalar { .. } | Kind::Refused => {}
    }
}

fn moved(mut diagnostic: Diagnostic, base: u32) -> Diagnostic {
    for label in &mut diagnostic.labels {
        label.span = label.span.moved(base);
    }
    if let Some(patch) = &mut diagnostic.patch {
        patch.span = patch.span.moved(base);
    }
    diagnostic
}
