//! What a reader needs to believe an answer, before any layout.
//!
//! In: a part of an answer, or a proof. Out: [`Evidence`]: labelled lines in reading
//! order, which text and Markdown lay out each in its own way. Names in them have passed
//! `plain`; markup is not escaped.

use fmnet_core::intent::IntentKind;
use fmnet_sim::answer::{Answer, Part, Verdict};
use fmnet_sim::explain::{self, Cure};
use fmnet_sim::fate::{Blocker, Hop, Leg, Outcome, RuleRef};
use fmnet_sim::verify::Proof;

use super::{Detail, View};

/// What became of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// It is not known; that is not passing.
    Unknown,
}

impl Status {
    /// What became of `proof`.
    #[must_use]
    pub fn of(proof: &Proof) -> Self {
        if proof.holds() {
            Self::Holds
        } else if proof.answer.verdict == Verdict::Unknown {
            Self::Unknown
        } else {
            Self::Fails
        }
    }

    /// The word, in capitals where somebody has to look.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "ok",
            Self::Fails => "FAIL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// What a reader wants of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// That it passes.
    Open,
    /// That it does not.
    Close,
    /// Only to know.
    Tell,
}

/// A part in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What became of it.
    pub outcome: Outcome,
    /// Its packets: `tcp/443 from the internet to api-1`.
    pub what: String,
    /// Lines by label, in reading order. A line that continues the one before has the same label.
    pub lines: Vec<(&'static str, String)>,
}

/// The word for an outcome, as it begins a part.
#[must_use]
pub fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "passes",
        Outcome::ReplyLost => "no reply",
        Outcome::Blocked => "stopped",
        Outcome::Unknown => "unknown",
    }
}

/// The parts of a proof that speak against its intent, and what a reader wants of them.
#[must_use]
pub fn against(proof: &Proof) -> (Vec<&Part>, Aim) {
    let of = |wanted: &[Outcome]| -> Vec<&Part> {
        wanted.iter().flat_map(|&outcome| proof.answer.parts.iter().filter(move |part| part.outcome == outcome)).collect()
    };
    match (proof.intent.kind, Status::of(proof)) {
        (_, Status::Holds) => (Vec::new(), Aim::Tell),
        (_, Status::Unknown) => (of(&[Outcome::Unknown]), Aim::Tell),
        (IntentKind::Allow | IntentKind::AllowSome, Status::Fails) => {
            (of(&[Outcome::Blocked, Outcome::ReplyLost, Outcome::Unknown]), Aim::Open)
        }
        (IntentKind::Deny, Status::Fails) => (of(&[Outcome::Answered, Outcome::Unknown]), Aim::Close),
    }
}

/// A part in words.
#[must_use]
pub fn of(view: &View<'_>, part: &Part, aim: Aim, detail: Detail) -> Evidence {
    let model = view.model;
    let what = format!("{} from {} to {}", part.traffic, explain::sources(model, part), explain::destinations(model, part));
    let mut lines = vec![("path", explain::path(model, part))];
    if part.outcome == Outcome::ReplyLost {
        lines.push(("reply", format!("the request arrives; the reply does not: {}", explain::reply_path(model, part).unwrap_or_default())));
    }
    lines.push(("packet", format!("for example {}", part.witness)));
    if part.outcome == Outcome::Answered || detail == Detail::Full {
        let shown = part.hops.iter().filter(|hop| detail == Detail::Full || decides(view, hop));
        lines.extend(shown.map(|hop| ("because", self::hop(view, part, hop, detail))));
    }
    let many = part.blockers.len() > 1;
    for (number, blocker) in part.blockers.iter().enumerate() {
        let number = if many { format!("{}. ", number + 1) } else { String::new() };
        lines.push(("stopped", format!("{number}{}", gate(view, part, blocker, detail))));
    }
    for (leg, unmodelled) in &part.unmodelled {
        let leg = if *leg == Leg::Return { "reply: " } else { "" };
        lines.push(("unknown", format!("{leg}{}", explain::unmodelled(model, unmodelled))));
    }
    let edits = edits(view, part, aim);
    lines.extend(edits.into_iter().map(|edit| ("mend", edit)));
    Evidence { outcome: part.outcome, what, lines }
}

/// Whether a gate passed is one that somebody chose: a rule of the design, of the request.
fn decides(view: &View<'_>, hop: &Hop) -> bool {
    hop.leg == Leg::Forward && hop.rule.is_some_and(|rule| is_group(rule) || !explain::rule(view.model, rule).span.is_nowhere())
}

fn is_group(rule: RuleRef) -> bool {
    match rule {
        RuleRef::Group { .. } => true,
        RuleRef::Acl { .. } | RuleRef::AclDefault { .. } | RuleRef::Route { .. } | RuleRef::LocalRoute { .. } => false,
    }
}

/// A gate passed: ``group api admits `tcp/22 from group jenkins`: jenkins-1 carries group jenkins``.
fn hop(view: &View<'_>, part: &Part, hop: &Hop, detail: Detail) -> String {
    let leg = if hop.leg == Leg::Return { "reply: " } else { "" };
    let Some(rule) = hop.rule else {
        let named = explain::component(view.model, hop.component);
        return format!("{leg}{} {} lets it through", named.kind, explain::plain(&named.name));
    };
    let why = explain::why(view.model, hop, part).map(|why| format!(": {why}")).unwrap_or_default();
    let text = explain::rule(view.model, rule);
    let own = if text.span.is_nowhere() && detail == Detail::Full { " (AWS's own)" } else { "" };
    format!("{leg}{}{own}{why}", view.placed(&format!("{}: `{}`", text.holder, text.text), text.span))
}

/// A gate failed, in a sentence, with its place.
fn gate(view: &View<'_>, part: &Part, blocker: &Blocker, detail: Detail) -> String {
    let leg = if blocker.leg == Leg::Return { "reply: " } else { "" };
    let text = explain::blocker(view.model, blocker, part);
    let placed = match blocker.rule {
        Some(rule) => view.placed(&text, explain::rule(view.model, rule).span),
        None => text,
    };
    let code = if detail == Detail::Full { format!(" [{}]", blocker.code) } else { String::new() };
    format!("{leg}{placed}{code}")
}

/// The edits that give the reader what they want, each once.
fn edits(view: &View<'_>, part: &Part, aim: Aim) -> Vec<String> {
    let cures: Vec<Cure> = match aim {
        Aim::Tell => Vec::new(),
        Aim::Close => explain::close(view.model, part),
        Aim::Open => part.blockers.iter().filter_map(|blocker| explain::cure(view.model, part, blocker)).collect(),
    };
    let mut edits: Vec<String> = Vec::new();
    for cure in cures {
        let edit = view.placed(&cure.text, cure.span);
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    if aim == Aim::Open && !edits.is_empty() && !explain::is_followed(part) {
        edits.push("then ask again: what lies beyond that wall could not be seen".to_owned());
    }
    edits
}

/// Facts about an answer that are not about one part: where it depends on a database's
/// place, how other source ports fare, remarks.
#[must_use]
pub fn remarks(view: &View<'_>, answer: &Answer) -> Vec<String> {
    let mut remarks = Vec::new();
    for placement in &answer.placements {
        let database = explain::plain(&view.model.databases[placement.database].name);
        let at = view.model.interfaces[placement.interface].subnet;
        let subnet = explain::plain(&view.model.subnets[at].name);
        remarks.push(format!("if AWS puts the primary of {database} in {subnet}: {}", placement.verdict));
    }
    if let Some((ports, verdict)) = answer.other_source_ports {
        let asked = answer.source_ports;
        remarks.push(format!(
            "this is about source ports {} to {}; from {} to {} it is {verdict}",
            asked.first, asked.last, ports.first, ports.last
        ));
    }
    remarks.extend(answer.notes.iter().map(|note| explain::note(view.model, note)));
    remarks
}
