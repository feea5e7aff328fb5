//! What configuration does not determine (R9): one flow for each alternative, and one
//! answer out of what becomes of them. `docs/semantics/choices.md` is the contract.

use std::rc::Rc;

use super::{Evidence, Flow, Piece, Reach};
use crate::fate::{ChoicePoint, Leg, MOST_RUNS, Outcome, Unmodelled};
use crate::set::PacketSet;

/// An alternative taken, the last first.
#[derive(Debug)]
pub(super) struct Chosen {
    point: ChoicePoint,
    leg: Leg,
    /// Which alternative.
    taken: u32,
    /// How many combinations the choice points met so far have.
    combinations: u32,
    before: Option<Rc<Chosen>>,
}

/// A piece of one run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) piece: Piece,
    pub(super) chosen: Rc<Chosen>,
}

impl Reach<'_> {
    /// `flow` once for each of `count` alternatives of `point`, with the number of the
    /// alternative; once alone where it has met the point before.
    pub(super) fn alternatives(&mut self, flow: Flow, point: ChoicePoint, count: usize) -> Vec<(usize, Flow)> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count <= 1 {
            return vec![(0, flow)];
        }
        if let Some(taken) = flow.chosen.as_deref().and_then(|chosen| chosen.taken_at(point)) {
            return vec![(taken as usize, flow)];
        }
        let so_far = flow.chosen.as_ref().map_or(1, |chosen| chosen.combinations);
        let combinations = so_far.saturating_mul(count);
        let chosen = |taken| {
            let before = flow.chosen.clone();
            Some(Rc::new(Chosen { point, leg: flow.leg, taken, combinations, before }))
        };
        if combinations > MOST_RUNS {
            let chosen = chosen(0);
            self.finish(Flow { chosen, ..flow });
            return Vec::new();
        }
        (0..count).map(|taken| (taken as usize, Flow { chosen: chosen(taken), ..flow.clone() })).collect()
    }

    /// Makes one answer of what became of every run.
    pub(super) fn settle(&mut self) {
        if self.runs.is_empty() {
            return;
        }
        let (firsts, others): (Vec<Run>, Vec<Run>) =
            std::mem::take(&mut self.runs).into_iter().partition(|run| run.chosen.is_first());
        for first in firsts {
            let mut differing = if first.outcome().is_none() { first.piece.packets } else { PacketSet::EMPTY };
            let unlike = |other: &&Run| other.outcome().is_none() || other.outcome() != first.outcome();
            for other in others.iter().filter(unlike) {
                let both = self.sets.intersect(first.piece.packets, other.piece.packets);
                differing = self.sets.union(differing, both);
            }
            let alike = self.sets.subtract(first.piece.packets, differing);
            let choices = first.chosen.points();
            if !alike.is_empty() && self.tells(first.outcome()) {
                let choices = choices.iter().map(|&(_, point)| point).collect();
                self.done.push(Piece { packets: alike, choices, ..first.piece.clone() });
            }
            if !differing.is_empty() {
                let unmodelled =
                    choices.into_iter().map(|(leg, point)| (leg, Unmodelled::Undetermined(point))).collect();
                let (blockers, hops) = (Vec::new(), Vec::new());
                self.done.push(Piece { packets: differing, blockers, hops, unmodelled, ..first.piece });
            }
        }
    }

    /// Whether packets with this outcome are told of at all.
    fn tells(&self, outcome: Option<Outcome>) -> bool {
        match outcome {
            Some(Outcome::Blocked | Outcome::ReplyLost) => self.evidence == Evidence::Full,
            Some(Outcome::Answered | Outcome::Unknown) | None => true,
        }
    }
}

impl Run {
    /// The outcome; none where the run has too many choices to be followed.
    fn outcome(&self) -> Option<Outcome> {
        (self.chosen.combinations <= MOST_RUNS).then(|| self.piece.outcome())
    }
}

impl Chosen {
    /// From the last to the first.
    fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |chosen| chosen.before.as_deref())
    }

    fn taken_at(&self, point: ChoicePoint) -> Option<u32> {
        self.all().find(|chosen| chosen.point == point).map(|chosen| chosen.taken)
    }

    /// Whether every alternative taken is the first.
    fn is_first(&self) -> bool {
        self.all().all(|chosen| chosen.taken == 0)
    }

    /// The choice points, each with the leg on which it was met, in the order met.
    fn points(&self) -> Vec<(Leg, ChoicePoint)> {
        let mut points: Vec<_> = self.all().map(|chosen| (chosen.leg, chosen.point)).collect();
        points.reverse();
        points
    }
}
