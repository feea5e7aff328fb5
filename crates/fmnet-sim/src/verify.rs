//! Intents against the network.
//!
//! In: a model. Out: a [`Proof`] for each of its intents, and, only if every one
//! holds, a [`VerifiedModel`].

use fmnet_core::graph::Graph;
use fmnet_core::intent::{Intent, IntentKind};
use fmnet_core::model::Model;

use crate::answer::{Answer, Verdict};
use crate::query;

/// An intent and what became of it.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The intent.
    pub intent: Intent,
    /// The evidence.
    pub answer: Answer,
}

impl Proof {
    /// Whether the intent holds. One that comes out unknown does not.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self.intent.kind {
            IntentKind::Allow => self.answer.verdict == Verdict::Reachable,
            IntentKind::AllowSome => matches!(self.answer.verdict, Verdict::Reachable | Verdict::Partial),
            IntentKind::Deny => self.answer.verdict == Verdict::Blocked,
        }
    }
}

/// Answers every intent of the graph's model, in order.
#[must_use]
pub fn prove(graph: &Graph<'_>) -> Vec<Proof> {
    graph.model.intents.iter().map(|intent| Proof { intent: intent.clone(), answer: answer(graph, intent) }).collect()
}

/// Answers an intent's question; a `deny` is about every source port there is.
fn answer(graph: &Graph<'_>, intent: &Intent) -> Answer {
    match intent.kind {
        IntentKind::Allow | IntentKind::AllowSome => query::answer(graph, &intent.question),
        IntentKind::Deny => query::answer_every_port(graph, &intent.question),
    }
}

/// A model whose every intent held. The private field means that only [`verify`]
/// makes one, so that applying an unverified design does not compile.
#[derive(Clone, Debug)]
pub struct VerifiedModel(Model);

impl VerifiedModel {
    /// The model.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.0
    }
}

/// Proves every intent of `model`.
///
/// # Errors
///
/// The proofs of all intents, where one of them does not hold.
pub fn verify(model: Model) -> Result<VerifiedModel, Vec<Proof>> {
    let proofs = prove(&Graph::build(&model));
    if proofs.iter().all(Proof::holds) { Ok(VerifiedModel(model)) } else { Err(proofs) }
}
