//! Names of endpoints, and how what was typed may fit them.
//!
//! In: names with what each means. Out: those that are, begin or read like some text.

use std::collections::BTreeMap;

use crate::intent::Endpoint;

/// A way to fit: the names that text may stand for.
pub(super) type Fits<'m> = fn(&Rank<'m>, &str) -> Vec<&'m str>;

/// Names of one rank: those of a lower one are asked only where none fits.
#[derive(Default)]
pub(super) struct Rank<'m> {
    pub(super) exact: BTreeMap<&'m str, Vec<Endpoint>>,
    folded: BTreeMap<String, Vec<&'m str>>,
}

impl<'m> Rank<'m> {
    pub(super) fn add(&mut self, name: &'m str, endpoint: Endpoint) {
        let meanings = self.exact.entry(name).or_default();
        if meanings.is_empty() {
            self.folded.entry(name.to_lowercase()).or_default().push(name);
        }
        meanings.push(endpoint);
    }

    pub(super) fn get(&self, name: &str) -> Option<&[Endpoint]> {
        self.exact.get(name).map(Vec::as_slice)
    }

    /// The name itself.
    pub(super) fn called(&self, name: &str) -> Vec<&'m str> {
        self.exact.get_key_value(name).map(|(&name, _)| name).into_iter().collect()
    }

    /// Names that are the same but for their case.
    pub(super) fn in_any_case(&self, name: &str) -> Vec<&'m str> {
        self.folded.get(&name.to_lowercase()).cloned().unwrap_or_default()
    }

    /// Names that begin so.
    pub(super) fn with_prefix(&self, prefix: &str) -> Vec<&'m str> {
        let prefix = prefix.to_lowercase();
        let from = self.folded.range(prefix.clone()..);
        from.take_while(|(name, _)| name.starts_with(&prefix)).flat_map(|(_, names)| names).copied().collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'m str> + '_ {
        self.exact.keys().copied()
    }
}
