//! What a reader needs to believe an answer, before any layout.
//!
//! In: a part of an answer, or a proof. Out: [`Evidence`]: labelled lines in reading
//! order, which text and Markdown lay out each in its own way. Names in them have passed
//! `plain`; markup is not escaped.

use fmnet_core::intent::IntentKind;
use fmnet_core::model::{DatabaseId, InterfaceId};
use fmnet_sim::answer::{Answer, End, Note, Part, Placement, Verdict};
use fmnet_sim::explain::{self, Cure, Proposed};
use fmnet_sim::fate::{Blocker, Code, Component, Direction, Hop, Leg, Outcome, RuleRef, Unmodelled};
use fmnet_sim::verify::Proof;

use super::{Detail, View};

/// Packets alike that a summary names.
const MOST_LIKEWISE: usize = 5;

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
    /// Only to know, and in detail also what would let it pass.
    Tell,
}

impl Aim {
    /// The label of the edits that serve it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Open | Self::Close => "mend",
            Self::Tell => "to open",
        }
    }
}

/// Some packets that share their fate, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What became of them.
    pub outcome: Outcome,
    /// The packets: `tcp/443 from the internet to api-1`.
    pub what: Vec<String>,
    /// Lines by label, in reading order. A line that continues the one before has the same label.
    pub lines: Vec<(&'static str, String)>,
    /// Other packets of which the same is to be said, but for their way.
    pub likewise: Vec<String>,
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
        wanted
            .iter()
            .flat_map(|&outcome| proof.answer.parts.iter().filter(move |part| part.outcome == outcome))
            .collect()
    };
    match (proof.intent.kind, Status::of(proof)) {
        (_, Status::Holds) => (Vec::new(), Aim::Tell),
        (_, Status::Unknown) if proof.answer.placements.is_empty() => (of(&[Outcome::Unknown]), Aim::Tell),
        (kind, Status::Unknown | Status::Fails) => {
            let (outcomes, aim): (&[Outcome], Aim) = match kind {
                IntentKind::Allow | IntentKind::AllowSome => {
                    (&[Outcome::Blocked, Outcome::ReplyLost, Outcome::Unknown], Aim::Open)
                }
                IntentKind::Deny => (&[Outcome::Answered, Outcome::Unknown], Aim::Close),
            };
            let breaks = |part: &&Part| is_of_breaking_place(proof, part);
            (of(outcomes).into_iter().filter(breaks).collect(), aim)
        }
    }
}

/// Whether a part may be why the intent does not hold: not where its database is in a
/// place with which the intent holds.
fn is_of_breaking_place(proof: &Proof, part: &Part) -> bool {
    let lies_at = |id: InterfaceId| {
        [&part.from, &part.to].into_iter().any(|end| matches!(end, End::Interfaces(ids) if ids.contains(&id)))
    };
    let mut good = proof.answer.placements.iter().filter(|place| holds(proof.intent.kind, place.verdict));
    !good.any(|place| lies_at(place.interface))
}

/// How to keep a database where the intent holds: none where no zone has only such places.
fn pinned(view: &View<'_>, answer: &Answer, kind: IntentKind) -> Vec<String> {
    let zone = |place: &Placement| view.model.subnets[view.model.interfaces[place.interface].subnet].zone.as_str();
    let mut texts: Vec<String> = Vec::new();
    let mut done: Vec<DatabaseId> = Vec::new();
    for place in answer.placements.iter().filter(|place| holds(kind, place.verdict)) {
        let mut beside = answer.placements.iter().filter(|other| {
            other.database == place.database && zone(other) == zone(place) && !holds(kind, other.verdict)
        });
        if done.contains(&place.database) || beside.next().is_some() {
            continue;
        }
        done.push(place.database);
        let database = &view.model.databases[place.database];
        let text =
            format!("or pin {}, and it holds: `az: {}`", explain::plain(&database.name), explain::plain(zone(place)));
        texts.push(view.placed(&text, database.span));
    }
    texts
}

/// Whether an intent holds that comes out so.
fn holds(kind: IntentKind, verdict: Verdict) -> bool {
    match kind {
        IntentKind::Allow => verdict == Verdict::Reachable,
        IntentKind::AllowSome => matches!(verdict, Verdict::Reachable | Verdict::Partial),
        IntentKind::Deny => verdict == Verdict::Blocked,
    }
}

/// Parts in words: a summary says once what is alike.
#[must_use]
pub fn all(view: &View<'_>, parts: &[&Part], aim: Aim, detail: Detail, proposed: &mut Proposed) -> Vec<Evidence> {
    if detail == Detail::Full {
        return parts.iter().map(|part| of(view, part, aim, detail, proposed)).collect();
    }
    let mut all: Vec<(Evidence, Cause)> = Vec::new();
    for part in explain::joined(view.model, parts) {
        let evidence = of(view, &part, aim, detail, proposed);
        let cause = Cause::of(view, &part, aim, &evidence);
        match all.iter_mut().find(|(_, other)| *other == cause) {
            Some((first, _)) => first.likewise.extend(evidence.what),
            None => all.push((evidence, cause)),
        }
    }
    for (evidence, _) in &mut all {
        let more = evidence.likewise.len().saturating_sub(MOST_LIKEWISE);
        if more > 1 {
            evidence.likewise.truncate(MOST_LIKEWISE);
            evidence.likewise.push(format!("and {more} more; --detail shows them all"));
        }
    }
    all.into_iter().map(|(evidence, _)| evidence).collect()
}

/// What made a part fare as it does, wherever that happened.
#[derive(PartialEq, Eq)]
struct Cause {
    outcome: Outcome,
    gates: Vec<Gate>,
    unknowns: Vec<(Leg, Unmodelled)>,
    admitted: Vec<String>,
    edits: Vec<String>,
}

/// A gate that stopped a part, without the place where it stands.
#[derive(PartialEq, Eq)]
struct Gate {
    leg: Leg,
    code: Code,
    direction: Option<Direction>,
    rule: Option<RuleRef>,
    /// The groups of an interface, else the component.
    names: Vec<String>,
}

impl Cause {
    fn of(view: &View<'_>, part: &Part, aim: Aim, evidence: &Evidence) -> Self {
        let groups = |component: Component| match component.interface() {
            Some(id) => {
                let groups = view.model.interfaces[id].groups.iter();
                groups.map(|&group| view.model.security_groups[group].name.clone()).collect()
            }
            None => vec![explain::component(view.model, component).name],
        };
        let gate = |&Blocker { leg, code, component, direction, rule }: &Blocker| Gate {
            leg,
            code,
            direction,
            rule,
            names: groups(component),
        };
        let lines = |label: &str| {
            evidence.lines.iter().filter(|(other, _)| *other == label).map(|(_, text)| text.clone()).collect()
        };
        Self {
            outcome: part.outcome,
            gates: part.blockers.iter().map(gate).collect(),
            unknowns: part.unmodelled.clone(),
            admitted: lines("because"),
            edits: lines(aim.label()),
        }
    }
}

/// A part in words.
#[must_use]
pub fn of(view: &View<'_>, part: &Part, aim: Aim, detail: Detail, proposed: &mut Proposed) -> Evidence {
    let model = view.model;
    let mut lines = vec![("example", part.witness.to_string()), ("path", explain::path(model, part))];
    if part.outcome == Outcome::ReplyLost {
        lines.extend(explain::reply_path(model, part).map(|path| ("reply", path)));
    }
    if part.outcome == Outcome::Answered || detail == Detail::Full {
        let shown = part.hops.iter().filter(|hop| detail == Detail::Full || decides(view, hop));
        // What a stopped part passed is no cause of anything.
        let label = if part.outcome == Outcome::Answered { "because" } else { "passed" };
        lines.extend(shown.map(|hop| (label, self::hop(view, part, hop))));
    }
    let many = part.blockers.len() > 1;
    for (number, blocker) in part.blockers.iter().enumerate() {
        let label = if blocker.leg == Leg::Return { "reply" } else { "gate" };
        let number = if many { format!("{}. ", number + 1) } else { String::new() };
        let arrives =
            if part.outcome == Outcome::ReplyLost && number.is_empty() { "the request arrives; " } else { "" };
        lines.push((label, format!("{number}{arrives}{}", gate(view, part, blocker, detail))));
    }
    for (leg, unmodelled) in &part.unmodelled {
        let label = if *leg == Leg::Return { "reply" } else { "gate" };
        lines.push((label, format!("not known: {}", explain::unmodelled(model, unmodelled))));
    }
    lines.extend(edits(view, part, aim, detail, proposed).into_iter().map(|edit| (aim.label(), edit)));
    Evidence { outcome: part.outcome, what: explain::packets(model, part), lines, likewise: Vec::new() }
}

/// Whether a gate passed is one that somebody chose: a rule of the design, of the request.
fn decides(view: &View<'_>, hop: &Hop) -> bool {
    hop.leg == Leg::Forward
        && hop.rule.is_some_and(|rule| is_group(rule) || !explain::rule(view.model, rule).span.is_nowhere())
}

fn is_group(rule: RuleRef) -> bool {
    match rule {
        RuleRef::Group { .. } => true,
        RuleRef::Acl { .. }
        | RuleRef::AclDefault { .. }
        | RuleRef::Route { .. }
        | RuleRef::LocalRoute { .. }
        | RuleRef::TransitGatewayRoute { .. } => false,
    }
}

/// A gate passed: ``group api admits `tcp/22 from group jenkins`: jenkins-1 carries group jenkins``.
fn hop(view: &View<'_>, part: &Part, hop: &Hop) -> String {
    let leg = if hop.leg == Leg::Return { "reply: " } else { "" };
    let Some(rule) = hop.rule else {
        if let (Leg::Return, Component::Interface(id)) = (hop.leg, hop.component) {
            return format!("{leg}the groups of {} remember the connection", explain::workload(view.model, id));
        }
        let named = explain::component(view.model, hop.component);
        return format!("{leg}{} {} lets it through", named.kind, explain::plain(&named.name));
    };
    let why = explain::why(view.model, hop, part).map(|why| format!(": {why}")).unwrap_or_default();
    let text = explain::rule(view.model, rule);
    let own = if text.span.is_nowhere() { " (AWS's own)" } else { "" };
    format!("{leg}{}{own}{why}", view.placed(&format!("{}: `{}`", text.holder, text.text), text.span))
}

/// A gate failed, in a sentence, with its place.
fn gate(view: &View<'_>, part: &Part, blocker: &Blocker, detail: Detail) -> String {
    let text = explain::blocker(view.model, blocker, part);
    let placed = match blocker.rule {
        Some(rule) => view.placed(&text, explain::rule(view.model, rule).span),
        None => text,
    };
    if detail == Detail::Full { format!("{placed} [{}]", blocker.code) } else { placed }
}

/// The edits that give the reader what they want, each once.
fn edits(view: &View<'_>, part: &Part, aim: Aim, detail: Detail, proposed: &mut Proposed) -> Vec<String> {
    let cures: Vec<Cure> = match aim {
        Aim::Tell if detail == Detail::Summary => Vec::new(),
        Aim::Close => explain::close(view.model, part),
        Aim::Open | Aim::Tell => explain::open(view.model, part, proposed),
    };
    let mut edits: Vec<String> = Vec::new();
    for cure in cures {
        let edit = view.placed(&cure.text, cure.span);
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    if aim != Aim::Close && !edits.is_empty() && !explain::is_followed(part) {
        edits.push("then ask again: what lies beyond that wall could not be seen".to_owned());
    }
    edits
}

/// Facts about an answer that are not about one part: where it depends on a database's
/// place, how other source ports fare, remarks. `kind` is the intent's, where one is proved.
#[must_use]
pub fn remarks(view: &View<'_>, answer: &Answer, kind: Option<IntentKind>) -> Vec<String> {
    let mut remarks = Vec::new();
    for placement in &answer.placements {
        let database = explain::plain(&view.model.databases[placement.database].name);
        let at = view.model.interfaces[placement.interface].subnet;
        let subnet = explain::plain(&view.model.subnets[at].name);
        remarks.push(format!("if AWS puts the primary of {database} in {subnet}: {}", placement.verdict));
    }
    remarks.extend(kind.into_iter().flat_map(|kind| pinned(view, answer, kind)));
    if let Some((ports, verdict)) = answer.other_source_ports {
        let asked = answer.source_ports;
        remarks.push(format!(
            "this is about source ports {} to {}; from {} to {} it is {verdict}",
            asked.first, asked.last, ports.first, ports.last
        ));
    }
    let is_said = |note: &Note| match note {
        // A gate says it already.
        Note::NoPublicAddress(_) => {
            let mut gates = answer.parts.iter().flat_map(|part| &part.blockers);
            gates.any(|gate| gate.code == Code::IgwPrivateIpAssociationForIngress)
        }
        Note::RequestsArrive => matches!(kind, Some(IntentKind::Allow | IntentKind::AllowSome)),
        Note::AvailabilityZoneCrossed(_) | Note::Undetermined(_) | Note::NothingAsked(_) => false,
    };
    for note in answer.notes.iter().filter(|note| !is_said(note)) {
        let text = explain::note(view.model, note);
        if !remarks.contains(&text) {
            remarks.push(text);
        }
    }
    remarks
}

/// Whether an intent that holds deserves its remarks all the same: requests that were
/// not to come do arrive, or it is about nobody.
#[must_use]
pub fn is_remarkable(proof: &Proof) -> bool {
    let says_more = |note: &Note| matches!(note, Note::RequestsArrive | Note::NothingAsked(_));
    proof.intent.kind == IntentKind::Deny && proof.answer.notes.iter().any(says_more)
}
