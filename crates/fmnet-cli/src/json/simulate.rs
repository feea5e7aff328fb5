//! `fmnet.simulate/1`.

use fmnet_core::diagnostic::{Diagnostic, Severity};
use fmnet_core::intent::IntentKind;
use fmnet_sim::matrix::{Matrix, MatrixEnd};
use fmnet_sim::verify::Proof;
use serde::Serialize;

use super::answer::AnswerJson;
use super::matrix::{PartlyJson, partly};
use crate::failure::Failure;
use crate::render::View;

#[derive(Serialize)]
struct Document<'m> {
    schema: &'static str,
    design: String,
    vpc: String,
    region: String,
    holds: bool,
    counts: Counts,
    intents: Vec<IntentJson>,
    warnings: Vec<WarningJson>,
    internet_reaches: Vec<ReachJson<'m>>,
    reaches_internet: Vec<ReachJson<'m>>,
}

#[derive(Serialize)]
struct Counts {
    intents: usize,
    hold: usize,
    fail: usize,
}

#[derive(Serialize)]
struct IntentJson {
    text: String,
    line: Option<usize>,
    kind: &'static str,
    holds: bool,
    answer: AnswerJson,
}

#[derive(Serialize)]
struct WarningJson {
    code: &'static str,
    severity: &'static str,
    message: String,
    line: Option<usize>,
    help: Vec<String>,
}

/// What the internet reaches of a class, or a class of the internet.
#[derive(Serialize)]
struct ReachJson<'m> {
    interfaces: Vec<&'m str>,
    answered: &'m str,
    partly: Vec<PartlyJson<'m>>,
    unknown: &'m str,
    unanswered: &'m str,
}

/// Verdicts, warnings, and what is exposed.
///
/// # Errors
///
/// [`Failure::Said`] where it cannot be written.
pub fn document(
    view: &View<'_>,
    proofs: &[Proof],
    matrix: &Matrix,
    warnings: &[Diagnostic],
) -> Result<String, Failure> {
    let hold = proofs.iter().filter(|proof| proof.holds()).count();
    super::pretty(&Document {
        schema: "fmnet.simulate/1",
        design: view.source.name.clone(),
        vpc: view.model.vpc().name.clone(),
        region: view.model.vpc().region.clone(),
        holds: hold == proofs.len(),
        counts: Counts { intents: proofs.len(), hold, fail: proofs.len() - hold },
        intents: proofs.iter().map(|proof| intent(view, proof)).collect(),
        warnings: warnings.iter().map(|diagnostic| warning(view, diagnostic)).collect(),
        internet_reaches: internet(view, matrix, Way::FromInternet),
        reaches_internet: internet(view, matrix, Way::ToInternet),
    })
}

fn intent(view: &View<'_>, proof: &Proof) -> IntentJson {
    let span = proof.intent.span;
    IntentJson {
        text: proof.intent.text.clone(),
        line: (!span.is_nowhere()).then(|| view.source.line(span.start)),
        kind: match proof.intent.kind {
            IntentKind::Allow => "allow",
            IntentKind::AllowSome => "allow_some",
            IntentKind::Deny => "deny",
        },
        holds: proof.holds(),
        answer: AnswerJson::of(view, &proof.answer),
    }
}

fn warning(view: &View<'_>, diagnostic: &Diagnostic) -> WarningJson {
    let label = diagnostic.labels.iter().find(|label| !label.span.is_nowhere());
    WarningJson {
        code: diagnostic.code,
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: diagnostic.message.clone(),
        line: label.map(|label| view.source.line(label.span.start)),
        help: diagnostic.help.clone(),
    }
}

#[derive(Clone, Copy)]
enum Way {
    FromInternet,
    ToInternet,
}

fn internet<'m>(view: &View<'m>, matrix: &'m Matrix, way: Way) -> Vec<ReachJson<'m>> {
    let end = |index: u32| matrix.ends.get(index as usize);
    let cell = |cell: &fmnet_sim::matrix::Cell| {
        let (near, far) = match way {
            Way::FromInternet => (end(cell.from)?, end(cell.to)?),
            Way::ToInternet => (end(cell.to)?, end(cell.from)?),
        };
        let (MatrixEnd::Internet, MatrixEnd::Class(members)) = (near, far) else { return None };
        let content = matrix.contents.get(cell.content as usize)?;
        let names = members.iter().map(|&id| view.model.interfaces[id].name.as_str());
        Some(ReachJson {
            interfaces: names.collect(),
            answered: &content.answered,
            partly: partly(content),
            unknown: &content.unknown,
            unanswered: &content.unanswered,
        })
    };
    matrix.cells.iter().filter_map(cell).collect()
}
