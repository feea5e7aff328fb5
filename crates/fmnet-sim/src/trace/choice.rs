//! What configuration does not determine (R9): a packet is walked once for each
//! combination of alternatives that it meets. `docs/semantics/choices.md` is the contract.
//!
//! In: a walk by a script. Out: the fate that every such walk agrees on, or that they do not.

use crate::fate::{ChoicePoint, Fate, Leg, MOST_RUNS, Unmodelled};

/// The choices of one run.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// Which alternative to take at each choice point, in the order met; beyond its end, the first.
    script: Vec<usize>,
    made: Vec<Made>,
    /// Whether it met one that made more combinations than are followed.
    is_beyond: bool,
}

#[derive(Clone, Copy, Debug)]
struct Made {
    point: ChoicePoint,
    leg: Leg,
    count: usize,
    taken: usize,
}

/// What came of one run.
pub(super) struct Run {
    pub(super) fate: Fate,
    pub(super) choices: Choices,
}

impl Choices {
    /// Those of a run by `script`.
    pub(super) fn by(script: Vec<usize>) -> Self {
        Self { script, ..Self::default() }
    }

    /// The alternative to take of the `count` that `point` has; none where the run ends.
    pub(super) fn take(&mut self, leg: Leg, point: ChoicePoint, count: usize) -> Option<usize> {
        if count <= 1 {
            return Some(0);
        }
        if let Some(before) = self.made.iter().find(|made| made.point == point) {
            return Some(before.taken);
        }
        let taken = self.script.get(self.made.len()).copied().unwrap_or(0);
        self.made.push(Made { point, leg, count, taken });
        let combinations = self.made.iter().fold(1usize, |product, made| product.saturating_mul(made.count));
        self.is_beyond = combinations > MOST_RUNS as usize;
        (!self.is_beyond).then_some(taken)
    }

    /// The script of the run after this one; none after the last.
    fn next(&self) -> Option<Vec<usize>> {
        // A run that ended beyond takes nothing at its last choice point.
        let mut made = self.made.clone();
        if self.is_beyond {
            made.pop();
        }
        while let Some(last) = made.pop() {
            if last.taken + 1 < last.count {
                let before = made.iter().map(|made| made.taken);
                return Some(before.chain([last.taken + 1]).collect());
            }
        }
        None
    }
}

/// The fate of a packet that `walk` walks by a script.
pub(super) fn settle(walk: impl Fn(Choices) -> Run) -> Fate {
    let first = walk(Choices::default());
    let outcome = first.fate.outcome();
    let mut is_settled = !first.choices.is_beyond;
    let mut script = first.choices.next();
    while let (true, Some(next)) = (is_settled, script) {
        let run = walk(Choices::by(next));
        is_settled = !run.choices.is_beyond && run.fate.outcome() == outcome;
        script = run.choices.next();
    }
    let made = first.choices.made.iter();
    if is_settled {
        return Fate { choices: made.map(|made| made.point).collect(), ..first.fate };
    }
    let unmodelled = made.map(|made| (made.leg, Unmodelled::Undetermined(made.point))).collect();
    Fate { blockers: Vec::new(), hops: Vec::new(), unmodelled, choices: Vec::new() }
}
