//! Rows of a matrix merged into the rows a reader asked for.
//!
//! In: the classes of `fmnet-sim`. Out: [`Merged`], a row for each class, set of groups
//! or subnet, each pair of rows with everything that any of its pairs of classes
//! reaches, and whether all of them reach it.

use std::collections::BTreeMap;

use fmnet_core::model::{InterfaceId, Model};
use fmnet_sim::explain;
use fmnet_sim::matrix::{Content, Matrix, MatrixEnd};

use crate::args::Grouping;
use crate::render::{Detail, MatrixTable};

/// Members that a row is said to have, without `--detail`.
const MOST_MEMBERS: usize = 12;

/// A matrix with the rows that were asked for.
#[derive(Clone, Debug)]
pub struct Merged<'m> {
    /// Rows, which are also the columns.
    pub rows: Vec<Row>,
    /// Pairs of rows of which any pair of members reaches anything, by row, then column.
    pub cells: Vec<MergedCell<'m>>,
}

/// A row, which is also a column.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name, not escaped.
    pub label: String,
    /// How many workloads it stands for; 1 for the internet.
    pub count: usize,
    /// Its interfaces, in order; none for the internet.
    pub members: Vec<InterfaceId>,
}

/// One pair of rows.
#[derive(Clone, Debug)]
pub struct MergedCell<'m> {
    /// Row.
    pub from: usize,
    /// Column.
    pub to: usize,
    /// What is reached, each once, in the order first met.
    pub contents: Vec<Share<'m>>,
}

/// What is reached, and by how many of the pairs.
#[derive(Clone, Copy, Debug)]
pub struct Share<'m> {
    /// What.
    pub content: &'m Content,
    /// Whether every pair of the two rows' members has just this.
    pub is_all: bool,
}

/// What tells rows apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RowKey {
    Internet,
    Class(usize),
    Named(String),
}

/// Merges the rows of `matrix`, the internet first, the others as their first members come.
#[must_use]
pub fn merge<'m>(model: &Model, matrix: &'m Matrix, by: Grouping) -> Merged<'m> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places: BTreeMap<RowKey, usize> = BTreeMap::new();
    let mut place_of: Vec<usize> = Vec::with_capacity(matrix.ends.len());
    for (index, end) in matrix.ends.iter().enumerate() {
        let members = members(end);
        let place = *places.entry(key(model, index, end, by)).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(row) => row.members.extend(members),
            None => rows.push(Row { label: label(model, end, by), count: 1, members: members.to_vec() }),
        }
        place_of.push(place);
    }
    for row in rows.iter_mut().filter(|row| !row.members.is_empty()) {
        row.members.sort_unstable();
        row.count = explain::count_things(model, &row.members);
    }
    let cells = cells(matrix, &place_of);
    Merged { rows, cells }
}

fn members(end: &MatrixEnd) -> &[InterfaceId] {
    match end {
        MatrixEnd::Internet => &[],
        MatrixEnd::Class(members) => members,
    }
}

fn key(model: &Model, index: usize, end: &MatrixEnd, by: Grouping) -> RowKey {
    match (end, by) {
        (MatrixEnd::Internet, _) => RowKey::Internet,
        (MatrixEnd::Class(_), Grouping::Interface) => RowKey::Class(index),
        (MatrixEnd::Class(_), Grouping::Group | Grouping::Subnet) => RowKey::Named(label(model, end, by)),
    }
}

/// The name of a row. Members of a class share their subnet and groups.
fn label(model: &Model, end: &MatrixEnd, by: Grouping) -> String {
    let first = members(end).first().map(|&id| &model.interfaces[id]);
    match (first, by) {
        (None, _) | (_, Grouping::Interface) => explain::matrix_end(model, end),
        (Some(first), Grouping::Subnet) => format!("subnet {}", model.subnets[first.subnet].name),
        (Some(first), Grouping::Group) => {
            let names: Vec<&str> = first.groups.iter().map(|&id| model.security_groups[id].name.as_str()).collect();
            let word = if names.len() == 1 { "group" } else { "groups" };
            format!("{word} {}", names.join(" + "))
        }
    }
}

/// The cells of the merged rows.
fn cells<'m>(matrix: &'m Matrix, place_of: &[usize]) -> Vec<MergedCell<'m>> {
    let size = |end: &MatrixEnd| members(end).len().max(1) as u64;
    let mut sizes: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
    for (end, &place) in matrix.ends.iter().zip(place_of) {
        let entry = sizes.entry(place).or_default();
        // An end meets itself only where it has two members or more.
        *entry = (entry.0 + size(end), entry.1 + u64::from(size(end) == 1));
    }
    let pairs = |from: usize, to: usize| {
        let of = |place| sizes.get(&place).copied().unwrap_or_default();
        let alone = if from == to { of(from).1 } else { 0 };
        (of(from).0 * of(to).0).saturating_sub(alone)
    };
    let mut found: BTreeMap<(usize, usize), Vec<(u32, u64)>> = BTreeMap::new();
    for cell in &matrix.cells {
        let ends = matrix.ends.get(cell.from as usize).zip(matrix.ends.get(cell.to as usize));
        let places = place_of.get(cell.from as usize).zip(place_of.get(cell.to as usize));
        let (Some((from_end, to_end)), Some((&from, &to))) = (ends, places) else { continue };
        let weight = size(from_end) * size(to_end);
        let shares = found.entry((from, to)).or_default();
        match shares.iter_mut().find(|share| share.0 == cell.content) {
            Some(share) => share.1 += weight,
            None => shares.push((cell.content, weight)),
        }
    }
    found
        .into_iter()
        .map(|((from, to), shares)| {
            let share = |&(content, weight): &(u32, u64)| {
                let content = matrix.contents.get(content as usize)?;
                Some(Share { content, is_all: weight >= pairs(from, to) })
            };
            MergedCell { from, to, contents: shares.iter().filter_map(share).collect() }
        })
        .collect()
}

impl Merged<'_> {
    /// The same in words, for people.
    #[must_use]
    pub fn table(&self, model: &Model, detail: Detail) -> MatrixTable {
        let words = |from: &MatrixEnd, share: &Share<'_>| {
            let word = if share.is_all { "" } else { "some: " };
            let lines = explain::content(model, from, share.content);
            lines.into_iter().map(|line| format!("{word}{line}")).collect::<Vec<_>>()
        };
        let cell = |cell: &MergedCell<'_>| {
            let members = self.rows.get(cell.from).map(|row| row.members.clone()).unwrap_or_default();
            let from = if members.is_empty() { MatrixEnd::Internet } else { MatrixEnd::Class(members) };
            (cell.from, cell.to, cell.contents.iter().flat_map(|share| words(&from, share)).collect())
        };
        let most = match detail {
            Detail::Summary => MOST_MEMBERS,
            Detail::Full => usize::MAX,
        };
        let members = |row: &Row| match row.count {
            0 | 1 => String::new(),
            _ => explain::members(model, &row.members, most),
        };
        MatrixTable {
            labels: self.rows.iter().map(|row| row.label.clone()).collect(),
            counts: self.rows.iter().map(|row| row.count).collect(),
            members: self.rows.iter().map(members).collect(),
            cells: self.cells.iter().map(cell).collect(),
        }
    }
}
