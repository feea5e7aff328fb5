//! Laws of the matrix: it agrees with single questions, and with itself on any number
//! of threads.
//!
//! In: the text of a design and randomness. Out: counts, or a cell that says otherwise.

use fmnet_core::graph::Graph;
use fmnet_core::intent::{Endpoint, EndpointSet, Question};
use fmnet_core::traffic::Traffic;
use fmnet_sim::answer::{Answer, Verdict};
use fmnet_sim::fate::Outcome;
use fmnet_sim::matrix::{Content, Matrix, MatrixEnd, matrix};
use fmnet_sim::query;

use super::{Checked, Counts, contradiction};
use crate::arb;
use crate::random::Random;

/// A cell holds what a question between two members of its ends is answered.
///
/// # Errors
///
/// The first cell that says otherwise.
pub fn agrees_with_questions(text: &str, random: &mut Random) -> Checked {
    let Some(design) = arb::read(text) else { return Ok(Counts::REFUSED) };
    let graph = Graph::build(&design.model);
    let matrix = matrix(&graph);
    let mut counts = Counts { designs: 1, ..Counts::default() };
    for (row, from) in matrix.ends.iter().enumerate() {
        for (column, to) in matrix.ends.iter().enumerate() {
            let Some(question) = question(from, to, random) else { continue };
            let answer = query::answer(&graph, &question);
            // From the internet a cell is about every source port there is.
            let every_port =
                if *from == MatrixEnd::Internet { query::answer_every_port(&graph, &question) } else { answer.clone() };
            let content = content(&matrix, row, column);
            counts.questions += 1;
            if !fits(content, &answer, &every_port) {
                let what = format!("{question:?} is {}, and the cell holds {content:?}", answer.verdict);
                return Err(contradiction(text, what));
            }
        }
    }
    Ok(counts)
}

/// One thread and four give the same bytes.
///
/// # Errors
///
/// If they do not, or no threads can be had.
pub fn threads_change_nothing(text: &str) -> Checked {
    let Some(design) = arb::read(text) else { return Ok(Counts::REFUSED) };
    let graph = Graph::build(&design.model);
    let mut seen: Vec<String> = Vec::new();
    for threads in [1, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| contradiction(text, error.to_string()))?;
        seen.push(pool.install(|| format!("{:?}", matrix(&graph))));
    }
    seen.dedup();
    if seen.len() > 1 {
        return Err(contradiction(text, "the matrix depends on the number of threads"));
    }
    Ok(Counts { designs: 1, questions: 2, ..Counts::default() })
}

/// Everything from some member of `from` to another member of `to`.
fn question(from: &MatrixEnd, to: &MatrixEnd, random: &mut Random) -> Option<Question> {
    let (from, to) = match (from, to) {
        (MatrixEnd::Internet, MatrixEnd::Internet) => return None,
        (MatrixEnd::Internet, MatrixEnd::Class(to)) => (Endpoint::Internet, Endpoint::Interface(*random.one_of(to)?)),
        (MatrixEnd::Class(from), MatrixEnd::Internet) => {
            (Endpoint::Interface(*random.one_of(from)?), Endpoint::Internet)
        }
        (MatrixEnd::Class(from), MatrixEnd::Class(to)) => {
            let first = *random.one_of(from)?;
            let others: Vec<_> = to.iter().copied().filter(|&id| id != first).collect();
            (Endpoint::Interface(first), Endpoint::Interface(*random.one_of(&others)?))
        }
    };
    let only = |end| EndpointSet { include: vec![end], except: Vec::new() };
    Some(Question {
        from: only(from),
        to: only(to),
        traffic: vec![Traffic::Any],
        traffic_except: Vec::new(),
        source_ports: None,
    })
}

fn content(matrix: &Matrix, row: usize, column: usize) -> Option<&Content> {
    let here = |cell: &&fmnet_sim::matrix::Cell| cell.from as usize == row && cell.to as usize == column;
    let cell = matrix.cells.iter().find(here)?;
    matrix.contents.get(cell.content as usize)
}

/// Whether a cell says the same as the answers: of what is answered and unknown from the
/// source ports it is about, of what is never answered, and of what clients get whole.
fn fits(content: Option<&Content>, answer: &Answer, every_port: &Answer) -> bool {
    let has = |outcome| every_port.parts.iter().any(|part| part.outcome == outcome);
    let Some(Content { answered, partly, unknown, unanswered }) = content else {
        return !has(Outcome::Answered) && !has(Outcome::Unknown);
    };
    let some = !answered.is_empty() || !partly.is_empty();
    some == has(Outcome::Answered)
        && unknown.is_empty() != has(Outcome::Unknown)
        && (unanswered.is_empty() || has(Outcome::ReplyLost))
        && (answer.verdict != Verdict::Reachable || partly.is_empty())
}
