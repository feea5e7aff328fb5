//! What a scenario claims: one line a claim, each under the rule of AWS it pins.
//!
//! In: the text of a `claims.yaml`. Out: [`Claim`]s. A claim is one of
//!
//! ```text
//! QUESTION is VERDICT [by LEG CODE, …][, source ports A-B[, C-D]][, seen as ADDRESS][, note CODE][ because WORD]
//! QUESTION one-way is VERDICT
//! rejected with CODE
//! warns CODE
//! ```
//!
//! where QUESTION is an intent without its first word. The codes are all of them: a
//! right answer for a wrong reason fails.

pub mod check;

use std::collections::BTreeSet;
use std::net::IpAddr;

use anyhow::{Context, Result, bail, ensure};
use fmnet_core::source::Source;
use fmnet_core::yaml::{self, Kind};

/// One claim.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The rule it pins, as `R36`.
    pub rule: String,
    /// The line, for messages.
    pub text: String,
    /// What it says.
    pub fact: Fact,
}

/// What a claim says.
#[derive(Clone, Debug)]
pub enum Fact {
    /// The design is refused with this code.
    Rejected(String),
    /// The design is accepted with a warning of this code.
    Warns(String),
    /// A question has this answer.
    Answer(Expected),
}

/// An answer, as far as a claim says it.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The question, as an intent without its first word.
    pub question: String,
    /// Whether the verdict is about delivery alone.
    pub is_one_way: bool,
    /// The verdict.
    pub verdict: String,
    /// Every leg and code that stops anything, as `forward NO_PATH`.
    pub blockers: BTreeSet<String>,
    /// The source ports that are answered, as the receiver sees them.
    pub source_ports: Option<Vec<(u128, u128)>>,
    /// The source address that the receiver sees.
    pub seen_as: Option<IpAddr>,
    /// A note's code.
    pub note: Option<String>,
    /// The kind of what is not known.
    pub because: Option<String>,
}

/// Reads a `claims.yaml`.
///
/// # Errors
///
/// Where it is no list of `- RULE: CLAIM` under `claims`, or a claim cannot be read.
pub fn parse(text: &str) -> Result<Vec<Claim>> {
    let source = Source::new("claims.yaml".to_owned(), text.to_owned());
    let (root, mistakes) = yaml::read(&source);
    ensure!(
        mistakes.is_empty(),
        "claims.yaml: {}",
        mistakes.iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("; ")
    );
    let Some(Kind::Map(entries)) = root.map(|node| node.kind) else { bail!("claims.yaml is no mapping") };
    let claims = entries.into_iter().find(|(key, _)| key.text == "claims").context("claims.yaml has no `claims`")?;
    let Kind::List(items) = claims.1.kind else { bail!("`claims` is no list") };
    let mut parsed = Vec::new();
    for item in items {
        let Kind::Map(pairs) = item.kind else { bail!("a claim is `- RULE: TEXT`") };
        for (rule, text) in pairs {
            let Kind::Scalar { text, .. } = text.kind else { bail!("the claim of {} is no text", rule.text) };
            parsed.push(claim(&rule.text, &text).with_context(|| format!("{}: {text}", rule.text))?);
        }
    }
    Ok(parsed)
}

fn claim(rule: &str, text: &str) -> Result<Claim> {
    let number = rule.strip_prefix('R').and_then(|number| number.parse::<u16>().ok());
    ensure!(number.is_some_and(|number| (1..=229).contains(&number)), "{rule} is no rule from R1 to R229");
    let fact = if let Some(code) = text.strip_prefix("rejected with ") {
        Fact::Rejected(code.to_owned())
    } else if let Some(code) = text.strip_prefix("warns ") {
        Fact::Warns(code.to_owned())
    } else {
        Fact::Answer(expected(text)?)
    };
    Ok(Claim { rule: rule.to_owned(), text: text.to_owned(), fact })
}

fn expected(text: &str) -> Result<Expected> {
    let (question, rest) = text.rsplit_once(" is ").context("a claim is `QUESTION is VERDICT`")?;
    let (question, is_one_way) = match question.strip_suffix(" one-way") {
        Some(question) => (question, true),
        None => (question, false),
    };
    let (rest, because) = match rest.rsplit_once(" because ") {
        Some((rest, word)) => (rest, Some(word.to_owned())),
        None => (rest, None),
    };
    let mut clauses = rest.split(", ");
    let first = clauses.next().unwrap_or_default();
    let (verdict, by) = first.split_once(" by ").map_or((first, None), |(verdict, by)| (verdict, Some(by)));
    ensure!(["reachable", "partial", "blocked", "unknown"].contains(&verdict), "`{verdict}` is no verdict");
    let mut expected = Expected {
        question: question.to_owned(),
        is_one_way,
        verdict: verdict.to_owned(),
        blockers: by.into_iter().map(str::to_owned).collect(),
        source_ports: None,
        seen_as: None,
        note: None,
        because,
    };
    for clause in clauses {
        clause_of(&mut expected, clause)?;
    }
    Ok(expected)
}

/// One clause after a comma; a range alone goes on with the source ports.
fn clause_of(expected: &mut Expected, clause: &str) -> Result<()> {
    if clause.starts_with("forward ") || clause.starts_with("return ") {
        expected.blockers.insert(clause.to_owned());
    } else if let Some(ports) = clause.strip_prefix("source ports ") {
        expected.source_ports = Some(vec![range(ports)?]);
    } else if let Some(address) = clause.strip_prefix("seen as ") {
        expected.seen_as = Some(address.parse()?);
    } else if let Some(code) = clause.strip_prefix("note ") {
        expected.note = Some(code.to_owned());
    } else if let (Some(ports), Ok(more)) = (&mut expected.source_ports, range(clause)) {
        ports.push(more);
    } else {
        bail!("`{clause}` is no clause of a claim");
    }
    Ok(())
}

fn range(text: &str) -> Result<(u128, u128)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Ok((first.parse()?, last.parse()?))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_claim_is_read_clause_by_clause() {
        let text = "web -> app tcp/8080 is partial by forward SG_HAS_NO_RULES, return NO_PATH, source ports 1-2,5-6, seen as 10.0.0.1";
        assert!(expected(text).is_err(), "ranges are apart by a comma and a space");
        let expected = expected(&text.replace("1-2,5-6", "1-2, 5-6")).unwrap();
        assert_eq!(expected.blockers.len(), 2);
        assert_eq!(expected.source_ports, Some(vec![(1, 2), (5, 6)]));
        assert_eq!(expected.question, "web -> app tcp/8080");
    }

    #[test]
    fn a_rule_is_one_of_ours() {
        assert!(parse("claims:\n  - R230: rejected with X\n").is_err());
        assert!(parse("claims:\n  - R1: x is well\n").is_err());
        assert_eq!(
            parse("claims:\n  - R1: rejected with X\n  - R2: a -> b any is unknown because nat64\n").unwrap().len(),
            2
        );
    }
}
