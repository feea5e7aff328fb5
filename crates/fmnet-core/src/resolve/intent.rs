//! What the owners intend.
//!
//! In: `expect`. Out: the model's intents, in file order, every name an id. A name must
//! be exact here: only commands may shorten one.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::endpoint::{Directory, listed};
use crate::intent::{Endpoint, EndpointSet, Intent, Question};
use crate::model::Model;
use crate::spec::{EndpointSetSpec, EndpointSpec, IntentSpec, Spanned};
use crate::traffic::{PortRange, Protocol, Traffic};
use crate::words::echo;

/// Resolves every intent.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    let mut intents = Vec::with_capacity(spec.intents.len());
    let directory = Directory::new(&cx.model);
    let mut unknown = Vec::new();
    for intent in &spec.intents {
        let from = ends(&directory, &intent.from, &mut unknown);
        let to = ends(&directory, &intent.to, &mut unknown);
        intents.push(assemble(&cx.model, intent, from, to));
    }
    for end in unknown {
        // Where a part could not be read, a design without workloads has them in it.
        if cx.is_misread && cx.model.instances.is_empty() && cx.model.databases.is_empty() {
            break;
        }
        let diagnostic = mistake(&directory, end, &mut cx.found.patience);
        cx.found.all.push(diagnostic);
    }
    cx.model.intents = intents;
}

/// Puts an intent together of its resolved ends.
pub(crate) fn assemble(model: &Model, spec: &IntentSpec, from: EndpointSet, to: EndpointSet) -> Intent {
    let traffic = match spec.traffic.is_empty() {
        true => default_traffic(model, &to),
        false => spec.traffic.iter().map(|traffic| traffic.value).collect(),
    };
    let source_ports = spec.source_ports.as_ref().map(|ports| ports.value);
    let traffic_except = spec.traffic_except.iter().map(|traffic| traffic.value).collect();
    let question = Question { from, to, traffic, traffic_except, source_ports };
    Intent { kind: spec.kind, question, text: spec.text.clone(), span: spec.span }
}

/// The traffic that is meant where none is named: a database's own port, else any.
pub(crate) fn default_traffic(model: &Model, to: &EndpointSet) -> Vec<Traffic> {
    let mut traffic = Vec::with_capacity(to.include.len());
    for end in &to.include {
        match *end {
            Endpoint::Database(id) => {
                let ports = PortRange::one(model.databases[id].port);
                traffic.push(Traffic::Of { protocol: Protocol::TCP, ports });
            }
            Endpoint::Internet
            | Endpoint::Internet4
            | Endpoint::Internet6
            | Endpoint::Place(_)
            | Endpoint::OnPremises(_)
            | Endpoint::Net(_)
            | Endpoint::Interface(_)
            | Endpoint::Instance(_)
            | Endpoint::Group(_)
            | Endpoint::Subnet(_)
            | Endpoint::Vpc(_) => return vec![Traffic::Any],
        }
    }
    traffic.sort_unstable();
    traffic.dedup();
    if traffic.is_empty() { vec![Traffic::Any] } else { traffic }
}

/// Looks up both halves of a set; what is unknown is added to `unknown`.
pub(crate) fn ends<'s>(
    directory: &Directory<'_>,
    spec: &'s EndpointSetSpec,
    unknown: &mut Vec<&'s Spanned<EndpointSpec>>,
) -> EndpointSet {
    let mut half = |ends: &'s [Spanned<EndpointSpec>]| {
        let mut found = Vec::with_capacity(ends.len());
        for end in ends {
            match directory.exact(&end.value) {
                Some(known) => found.extend(known),
                None => unknown.push(end),
            }
        }
        found
    };
    EndpointSet { include: half(&spec.include), except: half(&spec.except) }
}

/// What is wrong with an end that is unknown.
pub(crate) fn mistake(directory: &Directory<'_>, end: &Spanned<EndpointSpec>, patience: &mut usize) -> Diagnostic {
    let several = directory.candidates(&end.value);
    if !several.is_empty() {
        let message = match &end.value {
            EndpointSpec::Group(name)
            | EndpointSpec::Subnet(name)
            | EndpointSpec::Vpc(name)
            | EndpointSpec::Name(name) => format!("several things are called {}", echo(name)),
            EndpointSpec::Tag(..) | EndpointSpec::Net(_) => "several things are meant".to_owned(),
        };
        let diagnostic = Diagnostic::error("ambiguous-name", message, end.span, "which of them?");
        return diagnostic.help(format!("write {}", listed(&several)));
    }
    let (code, message) = match &end.value {
        EndpointSpec::Group(name) => ("InvalidGroup.NotFound", format!("no security group is called {}", echo(name))),
        EndpointSpec::Subnet(name) => ("InvalidSubnetID.NotFound", format!("no subnet is called {}", echo(name))),
        EndpointSpec::Vpc(name) => ("InvalidVpcID.NotFound", format!("no VPC is called {}", echo(name))),
        EndpointSpec::Tag(key, value) => {
            ("unknown-name", format!("nothing carries the tag {}", echo(&format!("{key}={value}"))))
        }
        EndpointSpec::Name(name) => ("unknown-name", format!("nothing is called {}", echo(name))),
        EndpointSpec::Net(net) => ("unknown-name", format!("nothing has `{net}`")),
    };
    let diagnostic = Diagnostic::error(code, message, end.span, "unknown");
    if *patience == 0 {
        return diagnostic;
    }
    *patience = patience.saturating_sub(directory.len());
    match directory.nearest(&end.value) {
        Some(near) => diagnostic.patch(format!("did you mean `{near}`?"), end.span, near),
        None => diagnostic,
    }
}
