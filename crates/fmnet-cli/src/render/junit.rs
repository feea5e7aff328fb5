//! Intents as JUnit test cases, for continuous integration.
//!
//! In: proofs. Out: XML with one test case an intent; the failed ones carry what the
//! plain text report says of them, the numbers of the edits included. An intent that came out unknown is an error, never a pass.

use fmnet_sim::answer::Verdict;
use fmnet_sim::explain::{Proposed, plain};
use fmnet_sim::verify::Proof;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Detail, Style, View, text};
use crate::failure::Failure;

/// The report.
///
/// # Errors
///
/// [`Failure::Said`] where the XML cannot be written.
pub fn report(view: &View<'_>, proofs: &[Proof], detail: Detail) -> Result<String, Failure> {
    let plainly = View { style: Style::Plain, ..*view };
    let mut suite = TestSuite::new(plain(&view.model.vpc().name));
    let mut proposed = Proposed::default();
    for proof in proofs {
        suite.add_test_case(case(&plainly, proof, detail, &mut proposed));
    }
    write(suite)
}

/// The report on a file that is refused: one case in error, with what is wrong.
///
/// # Errors
///
/// As [`report`].
pub fn rejected(name: &str, mistakes: &str) -> Result<String, Failure> {
    let name = plain(name);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("rejected");
    status.set_message(format!("{name} is not a valid network"));
    // Colours of a terminal have no place in a report.
    status.set_description(anstream::adapter::strip_str(mistakes).to_string());
    let mut case = TestCase::new("the design is a valid network", status);
    case.set_classname(name.as_str());
    case.extra.insert("file".into(), name.as_str().into());
    let mut suite = TestSuite::new(name);
    suite.add_test_case(case);
    write(suite)
}

fn write(suite: TestSuite) -> Result<String, Failure> {
    let mut report = Report::new("fmnet simulate");
    report.add_test_suite(suite);
    report.to_string().map_err(|error| Failure::failed(format!("cannot write the report: {error}")))
}

fn case(view: &View<'_>, proof: &Proof, detail: Detail, proposed: &mut Proposed) -> TestCase {
    let verdict = proof.answer.verdict;
    let status = if proof.holds() {
        TestCaseStatus::success()
    } else {
        let kind = if verdict == Verdict::Unknown { NonSuccessKind::Error } else { NonSuccessKind::Failure };
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(verdict.as_str());
        status.set_message(format!("`{}` came out {verdict}", plain(&proof.intent.text)));
        status.set_description(text::intent(view, proof, detail, proposed));
        status
    };
    let mut case = TestCase::new(plain(&proof.intent.text), status);
    case.set_classname(plain(&view.model.vpc().name));
    let span = proof.intent.span;
    if !span.is_nowhere() {
        case.extra.insert("file".into(), plain(&view.source.file(span.start).name).into());
        case.extra.insert("line".into(), view.source.line(span.start).to_string().into());
    }
    case
}
