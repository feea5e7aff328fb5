//! VPC Block Public Access as typed.
//!
//! In: the node under `block_public_access`. Out: [`BlockPublicAccessSpec`]s.

use super::part::Part;
use super::print::{Page, line_name, quoted, text};
use super::read::Reader;
use super::same::forget;
use super::shape::{Grammar, Record, Shape, optional, required};
use super::vpc::ACCOUNT_SHAPE;
use super::{Name, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::block_public_access::ExclusionMode;
use crate::source::Span;
use crate::words::{Words, with_form};
use crate::yaml::{Kind, Node};

const MODES: &[&str] = &["off", "block-bidirectional", "block-ingress"];
const HOLDERS: &[&str] = &["account", "declarative-policy"];
const ALLOWANCES: &[&str] = &["allowed", "not-allowed"];
const CHOICES: &[&str] = &["stopped", "passes"];

/// What an account has set for its VPCs of one Region, as typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockPublicAccessSpec {
    /// `account`; none means that of every VPC.
    pub account: Option<Name>,
    /// `region`; none means that of every VPC.
    pub region: Option<Name>,
    /// `mode`: `off`, `block-bidirectional` or `block-ingress`; none only where an error was
    /// reported.
    pub mode: Option<Name>,
    /// `managed_by`: `account` (default) or `declarative-policy`.
    pub managed_by: Option<Name>,
    /// `exclusions_allowed`: `allowed` (default) or `not-allowed`.
    pub exclusions_allowed: Option<Name>,
    /// `exclusions`.
    pub exclusions: Vec<ExclusionSpec>,
    /// `own_address_egress`: `stopped` (default) or `passes` (R216).
    pub own_address_egress: Option<Name>,
    /// Where it stands.
    pub span: Span,
}

/// `allow-egress subnet pubA`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExclusionSpec {
    /// The first word.
    pub mode: ExclusionMode,
    /// What it exempts.
    pub of: ExcludedSpec,
    /// Its name.
    pub name: Name,
    /// `disabled` after it: an exclusion in one of AWS's `disable-…` states (R222).
    pub disabled: bool,
    /// The whole line.
    pub span: Span,
}

/// What an exclusion exempts, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExcludedSpec {
    /// `vpc NAME`.
    Vpc,
    /// `subnet NAME`.
    Subnet,
}

pub(super) const BLOCK_PUBLIC_ACCESS: Part<Spec> = Part {
    key: optional(
        "block_public_access",
        "VPC Block Public Access: a mode, or a record for each account and Region (R213).",
        Shape::OneOrMore(&SHAPE),
    ),
    read: |reader, at, spec| {
        spec.block_public_access =
            reader.one_or_more(at.node).iter().filter_map(|node| reader.block_public_access(node, at.span)).collect();
    },
    print,
    forget: |spec| {
        for set in &mut spec.block_public_access {
            let names = set.account.iter_mut().chain(&mut set.region).chain(&mut set.mode).chain(&mut set.managed_by);
            forget(names.chain(&mut set.exclusions_allowed).chain(&mut set.own_address_egress));
            for exclusion in &mut set.exclusions {
                forget([&mut exclusion.name]);
                exclusion.span = Span::NOWHERE;
            }
            set.span = Span::NOWHERE;
        }
    },
};

static RECORD: Record = Record {
    title: "VPC Block Public Access",
    name: "block_public_access",
    keys: &[
        optional("account", "The account. Left out, that of every VPC.", ACCOUNT_SHAPE),
        optional("region", "The Region. Left out, that of every VPC.", Shape::Name),
        required("mode", "What is blocked (R213, R214).", Shape::Word(MODES)),
        optional("managed_by", "Who holds the setting (R222). Default account.", Shape::Word(HOLDERS)),
        optional(
            "exclusions_allowed",
            "Whether the organisation's policy allows exclusions (R222). Default allowed.",
            Shape::Word(ALLOWANCES),
        ),
        optional("exclusions", "The VPCs and subnets exempted (R215).", Shape::List(&EXCLUSION)),
        optional(
            "own_address_egress",
            "An assumption: what `allow-egress` does for an interface with its own public address, where AWS's pages disagree (R216). Default stopped.",
            Shape::Word(CHOICES),
        ),
    ],
};

const SHAPE: Shape = Shape::Either(&[Shape::Word(MODES), Shape::Record(&RECORD)]);

const EXCLUSION: Shape = Shape::Line(&Grammar {
    name: "exclusion",
    about: "`allow-bidirectional` or `allow-egress`, then `vpc NAME` or `subnet NAME`, as `allow-egress subnet pubA`; then `disabled`",
    pattern: r"^\s*allow-(bidirectional|egress)\s+(vpc|subnet)\s+\S.*$",
});

const HELP: &str = "an exclusion is `allow-bidirectional subnet NAME`, `allow-egress vpc NAME` and the like";

fn print(page: &mut Page, spec: &Spec) {
    if !spec.block_public_access.is_empty() {
        page.key(0, "block_public_access");
    }
    for set in &spec.block_public_access {
        // The mode comes first, for an item begins with a key.
        page.item_pair(1, "mode", &text(set.mode.as_ref().map_or("off", |mode| &mode.value)));
        page.option(2, "account", set.account.as_ref().map(|account| quoted(&account.value)));
        page.name(2, "region", set.region.as_ref());
        page.name(2, "managed_by", set.managed_by.as_ref());
        page.name(2, "exclusions_allowed", set.exclusions_allowed.as_ref());
        page.items(2, "exclusions", set.exclusions.iter().map(line));
        page.name(2, "own_address_egress", set.own_address_egress.as_ref());
    }
}

/// An exclusion as a line again.
fn line(exclusion: &ExclusionSpec) -> String {
    let mode = match exclusion.mode {
        ExclusionMode::AllowBidirectional => "allow-bidirectional",
        ExclusionMode::AllowEgress => "allow-egress",
    };
    let of = match exclusion.of {
        ExcludedSpec::Vpc => "vpc",
        ExcludedSpec::Subnet => "subnet",
    };
    let disabled = if exclusion.disabled { " disabled" } else { "" };
    format!("{mode} {of} {}{disabled}", line_name(&exclusion.name.value))
}

impl<'s> Reader<'s> {
    fn block_public_access(&mut self, node: &Node<'s>, owner: Span) -> Option<BlockPublicAccessSpec> {
        if !matches!(node.kind, Kind::Map(_)) {
            let mode = self.word(node, MODES)?;
            return Some(BlockPublicAccessSpec {
                mode: Some(mode),
                span: node.span,
                ..BlockPublicAccessSpec::default()
            });
        }
        let section = self.open(node, &RECORD, owner)?;
        let account = section.get("account").and_then(|node| self.account(node));
        let region = section.get("region").and_then(|node| self.name(node, "the name of a Region"));
        let mut word = |key, words| section.get(key).and_then(|node| self.word(node, words));
        let mode = word("mode", MODES);
        let managed_by = word("managed_by", HOLDERS);
        let exclusions_allowed = word("exclusions_allowed", ALLOWANCES);
        let own_address_egress = word("own_address_egress", CHOICES);
        let exclusions = section.get("exclusions").map(|node| self.exclusions(node)).unwrap_or_default();
        let span = owner;
        Some(BlockPublicAccessSpec {
            account,
            region,
            mode,
            managed_by,
            exclusions_allowed,
            exclusions,
            own_address_egress,
            span,
        })
    }

    fn exclusions(&mut self, node: &Node<'s>) -> Vec<ExclusionSpec> {
        let items = self.list(node, "a list of exclusions");
        let read = items.iter().filter_map(|item| {
            let words = self.words(item, "an exclusion, `allow-egress subnet NAME`")?;
            let exclusion = exclusion(words).map_err(|diagnostic| with_form(diagnostic, HELP));
            self.keep(exclusion)
        });
        read.collect()
    }
}

/// Reads `allow-egress subnet pubA`.
fn exclusion(mut words: Words<'_>) -> Result<ExclusionSpec, Diagnostic> {
    let span = words.line();
    let word = words.take("`allow-bidirectional` or `allow-egress`")?;
    let mode = if word.is("allow-bidirectional") {
        ExclusionMode::AllowBidirectional
    } else if word.is("allow-egress") {
        ExclusionMode::AllowEgress
    } else {
        return Err(
            word.unexpected_of("`allow-bidirectional` or `allow-egress`", &["allow-bidirectional", "allow-egress"])
        );
    };
    let word = words.take("`vpc` or `subnet`")?;
    let of = if word.is("vpc") {
        ExcludedSpec::Vpc
    } else if word.is("subnet") {
        ExcludedSpec::Subnet
    } else {
        return Err(word.unexpected_of("`vpc` or `subnet`", &["vpc", "subnet"]));
    };
    let name = words.take("a name")?;
    let name = Name { value: name.text.into_owned(), span: name.span };
    let disabled = words.accept("disabled").is_some();
    words.end()?;
    Ok(ExclusionSpec { mode, of, name, disabled, span })
}
