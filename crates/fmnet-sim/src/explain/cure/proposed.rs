//! What the edits of one page have said already.
//!
//! In: the edits in the order they are shown. Out: numbers of ACL rules that no other
//! edit of the page takes, and lists of groups with the lines of every edit so far, so that
//! all of them together are a design; and which packets were asked about, so that an edit
//! can say what more it admits.

use std::collections::BTreeMap;

use fmnet_core::address::Ranges;
use fmnet_core::model::network_acl::AclRule;
use fmnet_core::model::{NetworkAclId, SecurityGroupId};

use crate::answer::Answer;
use crate::explain::addresses::ranges;
use crate::explain::seen::Far;
use crate::fate::Direction;
use crate::set::Level;

/// The highest number of an ACL rule (R51).
const LAST: u16 = 32766;

/// What the edits of one page have said so far: begin with the default.
#[derive(Clone, Debug, Default)]
pub struct Proposed {
    lines: BTreeMap<(NetworkAclId, Direction), BTreeMap<u16, String>>,
    /// The lists of groups that a design does not write yet.
    written: BTreeMap<(SecurityGroupId, Direction), Vec<String>>,
    /// Sources and destinations asked about, where the question leaves some out.
    asked: [Option<Ranges>; 2],
}

impl Proposed {
    /// The edits that follow are for parts of `answer`.
    pub fn about(&mut self, answer: &Answer) {
        let all = |level: Level| {
            fmnet_core::address::union(answer.parts.iter().flat_map(|part| ranges(part, level)).collect())
        };
        let (from, to) = (&answer.question.from, &answer.question.to);
        self.asked = [
            (!from.except.is_empty()).then(|| all(Level::Source)),
            (!to.except.is_empty()).then(|| all(Level::Destination)),
        ];
    }

    /// The addresses asked about at an end, where the question leaves some out.
    pub(super) fn asked(&self, far: Far) -> Option<&Ranges> {
        let [from, to] = &self.asked;
        match far {
            Far::Source => from.as_ref(),
            Far::Destination => to.as_ref(),
            Far::Translated(_) => None,
        }
    }

    /// The lines of a group's list that has to be written: those of the edits before, then
    /// `lines`, so that the last of the edits says all of it.
    pub(super) fn written(&mut self, list: (SecurityGroupId, Direction), lines: &[String]) -> Vec<String> {
        let written = self.written.entry(list).or_default();
        for line in lines {
            if !written.contains(line) {
                written.push(line.clone());
            }
        }
        written.clone()
    }

    /// A number for each of `lines`, before the rule that decides or after the last;
    /// none where there is no room. A line that was proposed before keeps its number.
    pub(super) fn number(
        &mut self,
        list: (NetworkAclId, Direction),
        rules: &[AclRule],
        deciding: Option<&AclRule>,
        lines: &[String],
    ) -> Option<Vec<(u16, String)>> {
        let taken = self.lines.entry(list).or_default();
        let before = deciding.map_or(u16::MAX, |rule| rule.number);
        let known = |line: &String| taken.iter().find(|(number, other)| **number < before && *other == line);
        let mut numbered: Vec<(u16, String)> =
            lines.iter().filter_map(|line| known(line).map(|(&number, line)| (number, line.clone()))).collect();
        let new: Vec<&String> = lines.iter().filter(|line| known(line).is_none()).collect();
        let is_free = |number: &u16| rules.iter().all(|rule| rule.number != *number) && !taken.contains_key(number);
        let mut free = match deciding {
            Some(rule) => before_rule(rules, rule, new.len(), is_free)?,
            None => after_all(rules, new.len(), is_free)?,
        };
        free.sort_unstable();
        for (number, line) in free.into_iter().zip(new) {
            taken.insert(number, line.clone());
            numbered.push((number, line.clone()));
        }
        numbered.sort_unstable();
        Some(numbered)
    }
}

/// Free numbers between a rule and the one before it, nearest to it first.
fn before_rule(rules: &[AclRule], rule: &AclRule, count: usize, is_free: impl Fn(&u16) -> bool) -> Option<Vec<u16>> {
    let below = rules.iter().map(|other| other.number).filter(|&number| number < rule.number).max().unwrap_or(0);
    [10_u16, 5, 2, 1].into_iter().find_map(|step| {
        let places =
            (1..).map_while(|place: u16| rule.number.checked_sub(step * place).filter(|&number| number > below));
        enough(places.filter(&is_free), count)
    })
}

/// Free numbers after the last rule.
fn after_all(rules: &[AclRule], count: usize, is_free: impl Fn(&u16) -> bool) -> Option<Vec<u16>> {
    let last = rules.iter().map(|rule| rule.number).max().unwrap_or(90);
    [10_u16, 1].into_iter().find_map(|step| {
        let places = (1..).map_while(|place: u16| {
            step.checked_mul(place).and_then(|far| last.checked_add(far)).filter(|&number| number <= LAST)
        });
        enough(places.filter(&is_free), count)
    })
}

fn enough(places: impl Iterator<Item = u16>, count: usize) -> Option<Vec<u16>> {
    let found: Vec<u16> = places.take(count).collect();
    (found.len() == count).then_some(found)
}
