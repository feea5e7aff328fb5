//! Patches in the words of the file that they mend.
//!
//! In: a patch, whose replacement is as YAML writes it. Out: what to put there, in quotes
//! where JSON needs them, or nothing where the place cannot be written so.

use fmnet_core::diagnostic::Patch;
use fmnet_core::source::SourceFile;
use serde::de::IgnoredAny;

/// How a design is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    /// With the quotes of JSON.
    Json,
    /// Without.
    Yaml,
}

impl Notation {
    /// That of a file.
    pub(super) fn of(file: &SourceFile) -> Self {
        if is_json(&file.text) { Self::Json } else { Self::Yaml }
    }
}

/// What to put in place of a patch's span.
///
/// Nothing where the span is a whole text with escapes in it: its words have no places
/// of their own there, so that the patch of one of them would replace them all.
pub(super) fn replacement(file: &SourceFile, notation: Notation, patch: &Patch) -> Option<String> {
    let old = file.slice(patch.span);
    if old.starts_with('"') && old.contains('\\') || old.starts_with('\'') && old.contains("''") {
        return None;
    }
    let new = &patch.replacement;
    if notation == Notation::Yaml {
        return Some(new.clone());
    }
    let quoted = serde_json::to_string(new).ok()?;
    if is_in_text(file.text.get(..file.within(patch.span.start))?) {
        let inside = quoted.strip_prefix('"')?.strip_suffix('"')?;
        return Some(inside.to_owned());
    }
    Some(if is_json(new) { new.clone() } else { quoted })
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether a text is open where some JSON ends.
fn is_in_text(json: &str) -> bool {
    let mut is_open = false;
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_open = !is_open,
            b'\\' => _ = bytes.next(),
            _ => {}
        }
    }
    is_open
}

#[cfg(test)]
mod tests {
    use fmnet_core::design;

    use super::*;

    /// The design, and what is wrong with it once everything is patched.
    fn check(text: &str) -> (String, Vec<String>) {
        let (source, found) = match design::read("design", text.into()) {
            Ok(design) => (design.source, design.warnings),
            Err(rejected) => (rejected.source, rejected.diagnostics),
        };
        let file = source.file(0);
        let notation = Notation::of(file);
        let mut patches: Vec<&Patch> = found.iter().filter_map(|diagnostic| diagnostic.patch.as_ref()).collect();
        patches.sort_unstable_by_key(|patch| std::cmp::Reverse(patch.span));
        let mut mended = file.text.clone();
        for patch in patches {
            if let Some(new) = replacement(file, notation, patch) {
                mended.replace_range(patch.span.start as usize..patch.span.end as usize, &new);
            }
        }
        let left = match design::read("design", mended.clone().into()) {
            Ok(design) => design.warnings,
            Err(rejected) => rejected.diagnostics,
        };
        (mended, left.into_iter().map(|diagnostic| diagnostic.message).collect())
    }

    const WRONG: &str = r#"{
        "vpc": "shop", "region": "eu-west-1", "cidr": "10.0.0.1/16",
        "subnetz": {
            "a": {"az": "eu-west-1a", "cidr": "10.0.1.0/24"}
        },
        "security_groups": {"web server": {"ingress": ["tcp/90-80 from anywhere"]}},
        "instances": {"web 1": {"subnet": "a", "groups": ["web servr"]}},
        "expect": ["deny internet->internet", "deny internet -> web-1 tcp/22"]
    }"#;

    /// As [`WRONG`], with the key that hides the rest set right.
    fn known_keys() -> String {
        WRONG.replace("subnetz", "subnets")
    }

    #[test]
    fn patched_json_is_the_intended_design() {
        let (mended, _) = check(WRONG);
        assert!(mended.contains("\"subnets\": {") && is_json(&mended), "{mended}");
        let (mended, left) = check(&known_keys());
        for intended in [
            r#""cidr": "10.0.0.0/16""#,
            r#"["tcp/80-90 from anywhere"]"#,
            r#""groups": ["web server"]"#,
            r#""deny internet -> internet""#,
            r#""deny internet -> \"web 1\" tcp/22""#,
        ] {
            assert!(mended.contains(intended), "{intended} in {mended}");
        }
        assert!(is_json(&mended) && left.is_empty(), "{left:?} in {mended}");
    }

    #[test]
    fn what_json_writes_without_quotes_stays_so() {
        let design = r#"{"vpc": "shop", "region": "eu-west-1", "cidr": "10.0.0.0/16", "dns_support": "yes",
            "subnets": {"a": {"az": 1, "cidr": "10.0.1.0/24"}}, "quotas": {"routes_per_table": "50"}}"#;
        let (mended, _) = check(design);
        assert!(mended.contains("\"dns_support\": true") && mended.contains("\"az\": \"1\""), "{mended}");
        assert!(is_json(&mended), "{mended}");
    }

    /// A patch of one word would take the place of the whole line.
    #[test]
    fn words_among_escapes_are_not_patched() {
        let design = known_keys().replace("-> web-1 tcp", "-> \\\"web 2\\\" tcp");
        let (mended, left) = check(&design);
        assert!(mended.contains(r#""deny internet -> \"web 2\" tcp/22""#), "{mended}");
        assert_eq!(left, ["nothing is called `web 2`"]);
    }

    #[test]
    fn yaml_needs_no_quotes() {
        let (mended, left) = check("vpc: shop\nregion: eu-west-1\ncidr: 10.0.0.1/16\nsubnets: {}\n");
        assert!(mended.contains("cidr: 10.0.0.0/16\n"), "{mended}");
        assert_eq!(left.iter().filter(|left| left.contains("host bits")).count(), 0);
    }
}
