//! Which scenario pins which rule of AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};

use crate::{run, tidy};

const RULES: std::ops::RangeInclusive<u16> = 1..=229;

/// Prints each rule with the scenarios whose claims name it, and the total.
pub(crate) fn run() -> Result<()> {
    let mut pinned: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
    for path in tidy::files("scenarios".as_ref(), "claims.yaml")? {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let directory = path.parent().unwrap_or(&path).display().to_string();
        let scenario = directory.strip_prefix("scenarios/").unwrap_or(&directory).to_owned();
        for rule in text.lines().filter_map(rule) {
            pinned.entry(rule).or_default().insert(scenario.clone());
        }
    }
    for rule in RULES {
        let scenarios = pinned.get(&rule).map(|names| names.iter().map(String::as_str).collect::<Vec<_>>().join(", "));
        run::say(&format!("R{rule:<4} {}", scenarios.as_deref().unwrap_or("-")))?;
    }
    let total = RULES.filter(|rule| pinned.contains_key(rule)).count();
    run::say(&format!("\n{total} of {} rules are pinned by a scenario", RULES.count()))
}

/// The number of a line such as `- R36: …`.
fn rule(line: &str) -> Option<u16> {
    let (name, _) = line.trim_start().strip_prefix("- ")?.split_once(':')?;
    name.trim().trim_matches(['"', '\'']).strip_prefix('R')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_begins_with_its_rule() {
        assert_eq!(rule("  - R36: a -> b tcp/22 is reachable"), Some(36));
        assert_eq!(rule("- \"R5\": rejected with X"), Some(5));
        assert_eq!(rule("claims:"), None);
        assert_eq!(rule("# - R5: x"), None);
    }
}
