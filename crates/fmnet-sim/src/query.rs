//! Questions to answers.

use fmnet_core::graph::Graph;
use fmnet_core::intent::Question;
use fmnet_core::traffic::PortRange;

use crate::answer::{Answer, Verdict};

/// Answers `question`.
#[must_use]
pub fn answer(graph: &Graph<'_>, question: &Question) -> Answer {
    let _ = graph;
    Answer {
        question: question.clone(),
        source_ports: PortRange::CLIENTS,
        verdict: Verdict::Unknown,
        one_way: Verdict::Unknown,
        parts: Vec::new(),
        placements: Vec::new(),
        other_source_ports: None,
        assumptions: Vec::new(),
        notes: Vec::new(),
    }
}
