//! Gates: those that stop a packet, and those that it passes.

use fmnet_core::source::Span;
use fmnet_sim::answer::Part;
use fmnet_sim::explain;
use fmnet_sim::fate::{Blocker, ChoicePoint, Code, Component, Direction, Hop, Leg, RuleRef, Unmodelled};
use serde::Serialize;

use crate::render::View;

/// A gate that stops a packet.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct BlockerJson {
    code: &'static str,
    component: String,
    kind: &'static str,
    at: Option<String>,
    leg: &'static str,
    direction: Option<&'static str>,
    rule: Option<String>,
    line: Option<usize>,
    text: String,
}

/// A gate that a packet passes, or a component it crosses.
#[derive(Serialize)]
pub struct HopJson {
    component: String,
    kind: &'static str,
    at: Option<String>,
    leg: &'static str,
    direction: Option<&'static str>,
    rule: Option<String>,
    line: Option<usize>,
    why: Option<String>,
}

/// Something that would have to be known.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct UnmodelledJson {
    kind: &'static str,
    leg: &'static str,
    text: String,
}

/// A component in words: `network acl FM_acl`, its kind, and where it works.
struct Gate {
    component: String,
    kind: &'static str,
    at: Option<String>,
}

impl BlockerJson {
    /// One blocker of `part`.
    #[must_use]
    pub fn of(view: &View<'_>, part: &Part, blocker: &Blocker) -> Self {
        let Gate { component, kind, at } = match matches!(blocker.code, Code::EniSgRulesMismatch | Code::SgHasNoRules) {
            true => groups(view, blocker.component),
            false => gate(view, blocker.component),
        };
        let (rule, line) = rule(view, blocker.rule);
        Self {
            code: blocker.code.as_str(),
            component,
            kind,
            at,
            leg: leg(blocker.leg),
            direction: blocker.direction.map(direction),
            rule,
            line,
            text: explain::blocker(view.model, blocker, part),
        }
    }
}

impl BlockerJson {
    /// Whether two are one gate: all but the sentence, which names the packets of its part.
    #[must_use]
    pub fn is_same_gate(&self, other: &Self) -> bool {
        let text = String::new();
        Self { text: text.clone(), ..self.clone() } == Self { text, ..other.clone() }
    }
}

impl HopJson {
    /// One hop of `part`.
    #[must_use]
    pub fn of(view: &View<'_>, part: &Part, hop: &Hop) -> Self {
        let Gate { component, kind, at } = match hop.rule {
            Some(RuleRef::Group { group, .. }) => Gate {
                component: format!("security group {}", view.model.security_groups[group].name),
                kind: "security_group",
                at: gate_name(view, hop.component),
            },
            Some(
                RuleRef::Acl { .. }
                | RuleRef::AclDefault { .. }
                | RuleRef::Route { .. }
                | RuleRef::LocalRoute { .. }
                | RuleRef::TransitGatewayRoute { .. },
            )
            | None => gate(view, hop.component),
        };
        let (rule, line) = rule(view, hop.rule);
        Self {
            component,
            kind,
            at,
            leg: leg(hop.leg),
            direction: hop.direction.map(direction),
            rule,
            line,
            why: explain::why(view.model, hop, part),
        }
    }
}

impl UnmodelledJson {
    /// One unknown.
    #[must_use]
    pub fn of(view: &View<'_>, at: Leg, unmodelled: &Unmodelled) -> Self {
        Self { kind: unmodelled_kind(unmodelled), leg: leg(at), text: explain::unmodelled(view.model, unmodelled) }
    }
}

/// The word for a kind of unknown; claims of scenarios use it, too.
#[must_use]
pub fn unmodelled_kind(unmodelled: &Unmodelled) -> &'static str {
    match unmodelled {
        Unmodelled::Appliance(_) => "appliance",
        Unmodelled::Target(_) => "target",
        Unmodelled::RoutePriority(_) => "route-priority",
        Unmodelled::Nat64(_) => "nat64",
        Unmodelled::SecondTranslation(_) => "translation",
        Unmodelled::VpnRoutePriority(_) => "vpn-route-priority",
        Unmodelled::OnPremisesRouting(_) => "on-premises-routing",
        Unmodelled::BeyondOnPremises(_) => "beyond-on-premises",
        Unmodelled::ForeignGroup(..) => "foreign-group",
        Unmodelled::InconsistentSnapshot => "snapshot",
        Unmodelled::SpecialAddress => "special-address",
        Unmodelled::TransitGatewayAttachment(_) => "transit-gateway-attachment",
        Unmodelled::Undetermined(ChoicePoint::EntryZone { .. }) => "entry-zone",
    }
}

/// `forward` or `return`.
#[must_use]
pub fn leg(leg: Leg) -> &'static str {
    match leg {
        Leg::Forward => "forward",
        Leg::Return => "return",
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}

fn gate(view: &View<'_>, component: Component) -> Gate {
    let named = explain::component(view.model, component);
    let kind = component.kind();
    Gate { component: format!("{} {}", kind.replace('_', " "), named.name), kind, at: named.subnet }
}

fn gate_name(view: &View<'_>, component: Component) -> Option<String> {
    Some(explain::component(view.model, component).name)
}

/// The groups of an interface, none of which admits the packet.
fn groups(view: &View<'_>, component: Component) -> Gate {
    let Component::Interface(id) = component else { return gate(view, component) };
    let groups = &view.model.interfaces[id].groups;
    let names: Vec<&str> = groups.iter().map(|&group| view.model.security_groups[group].name.as_str()).collect();
    let word = if names.len() == 1 { "security group" } else { "security groups" };
    Gate { component: format!("{word} {}", names.join(", ")), kind: "security_group", at: gate_name(view, component) }
}

/// A rule as the design has it, and its line.
fn rule(view: &View<'_>, rule: Option<RuleRef>) -> (Option<String>, Option<usize>) {
    let Some(rule) = rule.map(|rule| explain::rule(view.model, rule)) else {
        return (None, None);
    };
    (Some(rule.text), line(view, rule.span))
}

/// The line of `span`; none for what AWS makes by itself.
#[must_use]
pub fn line(view: &View<'_>, span: Span) -> Option<usize> {
    (!span.is_nowhere()).then(|| view.source.line(span.start))
}
