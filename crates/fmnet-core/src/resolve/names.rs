//! Names: who bears them, who is meant, and what was probably meant.
//!
//! In: the names of a design, by kind. Out: ids, or a diagnostic that offers the nearest
//! name there is. Words of AWS (`running`, `available`) are looked up here as well.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use crate::arena::{Arena, Id};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::spec::Name;
use crate::words::echo;

/// What is called by a name, in words and in AWS's error code for one that is missing.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) word: &'static str,
    pub(super) missing: &'static str,
    pub(super) twice: &'static str,
}

impl Kind {
    pub(super) const SUBNET: Self = Self::new("subnet", "InvalidSubnetID.NotFound");
    pub(super) const ROUTE_TABLE: Self = Self::new("route table", "InvalidRouteTableID.NotFound");
    pub(super) const NETWORK_ACL: Self = Self::new("network ACL", "InvalidNetworkAclID.NotFound");
    pub(super) const SECURITY_GROUP: Self =
        Self { word: "security group", missing: "InvalidGroup.NotFound", twice: "InvalidGroup.Duplicate" };
    pub(super) const PREFIX_LIST: Self = Self::new("prefix list", "InvalidPrefixListID.NotFound");
    pub(super) const INTERNET_GATEWAY: Self = Self::new("internet gateway", "InvalidInternetGatewayID.NotFound");
    pub(super) const NAT_GATEWAY: Self = Self::new("NAT gateway", "NatGatewayNotFound");
    pub(super) const INSTANCE: Self = Self::new("instance", "InvalidInstanceID.NotFound");
    pub(super) const DATABASE: Self =
        Self { word: "database", missing: "DBInstanceNotFound", twice: "DBInstanceAlreadyExists" };
    pub(super) const PLACE: Self = Self::new("place", "unknown-name");

    const fn new(word: &'static str, missing: &'static str) -> Self {
        Self { word, missing, twice: "name-taken" }
    }
}

/// The names of one kind of thing, and the id of each item of the design in file order.
pub(super) struct Names<'a, T> {
    kind: Kind,
    ids: BTreeMap<&'a str, Id<T>>,
    in_file_order: Vec<Id<T>>,
    unplaced: BTreeSet<&'a str>,
}

impl<'a, T> Names<'a, T> {
    /// Pushes an item for each of `names` in name order, so that ids do not depend on
    /// the order of the file; a name that is there twice is a mistake.
    pub(super) fn declare(
        kind: Kind,
        names: impl Iterator<Item = (&'a str, Span)>,
        arena: &mut Arena<T>,
        mut make: impl FnMut(&'a str, Span) -> T,
        found: &mut Findings,
    ) -> Self {
        let mut order: Vec<(usize, (&str, Span))> = names.enumerate().collect();
        order.sort_by_key(|&(_, (name, _))| name);
        let mut ids = BTreeMap::new();
        let mut in_file_order = Vec::with_capacity(order.len());
        let mut before: Option<(&str, Span)> = None;
        for (position, (name, span)) in order {
            let id = arena.push(make(name, span));
            in_file_order.push((position, id));
            match before {
                Some((first, first_span)) if first == name => {
                    found.push(taken(kind.twice, kind.word, name, span, first_span));
                }
                Some(_) | None => {
                    ids.insert(name, id);
                    before = Some((name, span));
                }
            }
        }
        in_file_order.sort_by_key(|&(position, _)| position);
        let in_file_order = in_file_order.into_iter().map(|(_, id)| id).collect();
        Self { kind, ids, in_file_order, unplaced: BTreeSet::new() }
    }

    /// Names of things that cannot be made, as what they belong to is missing; that has
    /// been told, and using them is no further mistake.
    pub(super) fn unplaced(kind: Kind, names: impl Iterator<Item = (&'a str, Span)>) -> Self {
        Self { kind, ids: BTreeMap::new(), in_file_order: Vec::new(), unplaced: names.map(|(name, _)| name).collect() }
    }

    /// Whether it is the name of a thing that could not be made.
    pub(super) fn is_unplaced(&self, name: &str) -> bool {
        self.unplaced.contains(name)
    }

    /// The id of the first name.
    pub(super) fn first(&self) -> Option<Id<T>> {
        self.ids.values().next().copied()
    }

    /// The ids of the design's items in file order, to be zipped with them; what AWS
    /// makes by itself comes last.
    pub(super) fn in_file_order(&self) -> Vec<Id<T>> {
        self.in_file_order.clone()
    }

    /// Whose name it is, if anybody's.
    pub(super) fn get(&self, name: &str) -> Option<Id<T>> {
        self.ids.get(name).copied()
    }

    /// Whose name it is, or a diagnostic at `span`.
    pub(super) fn find(&self, name: &str, span: Span, found: &mut Findings) -> Option<Id<T>> {
        self.find_as(self.kind.missing, name, span, found)
    }

    /// Likewise, with another code for a name that is missing.
    pub(super) fn find_as(&self, code: &'static str, name: &str, span: Span, found: &mut Findings) -> Option<Id<T>> {
        let id = self.get(name);
        // Where a part could not be read, a kind without a name is probably in it.
        let is_told = found.is_misread && self.ids.keys().all(|name| ["default", "main"].contains(name));
        if id.is_none() && !is_told {
            let message = format!("no {} is called {}", self.kind.word, echo(name));
            found.unknown(code, message, name, span, self.ids.keys().copied());
        }
        id
    }

    /// Every name.
    pub(super) fn all(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.ids.keys().copied()
    }
}

/// The mistake of naming two things alike.
pub(super) fn taken(code: &'static str, word: &str, name: &str, span: Span, first: Span) -> Diagnostic {
    let message = format!("the name {} is used twice for a {word}", echo(name));
    Diagnostic::error(code, message, span, "used again here")
        .also(first, "first used here")
        .help(format!("give one {word} another name"))
}

/// One of AWS's words, by name.
pub(super) fn word<T: Copy>(
    key: &str,
    name: Option<&Name>,
    words: &[(&'static str, T)],
    found: &mut Findings,
) -> Option<T> {
    let name = name?;
    let known = words.iter().find(|(word, _)| *word == name.value);
    if known.is_none() {
        let all: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let message = format!("`{key}` cannot be {}", echo(&name.value));
        found.unknown("unknown-word", message, &name.value, name.span, words.iter().map(|&(word, _)| word));
        found.help_last(format!("it is one of {}", all.join(", ")));
    }
    known.map(|&(_, meaning)| meaning)
}
