//! `fmnet.matrix/1`.

use fmnet_sim::matrix::{Content, Partly};
use serde::Serialize;

use crate::args::Grouping;
use crate::command::matrix::merge::{Merged, MergedCell, Row, Share};
use crate::failure::Failure;
use crate::render::View;

#[derive(Serialize)]
struct Document<'m> {
    schema: &'static str,
    design: &'m str,
    by: &'static str,
    ends: Vec<EndJson<'m>>,
    cells: Vec<CellJson<'m>>,
}

#[derive(Serialize)]
struct EndJson<'m> {
    kind: &'static str,
    label: &'m str,
    count: usize,
    members: Vec<&'m str>,
}

#[derive(Serialize)]
struct CellJson<'m> {
    from: usize,
    to: usize,
    contents: Vec<ContentJson<'m>>,
}

#[derive(Serialize)]
struct ContentJson<'m> {
    answered: &'m str,
    partly: Vec<PartlyJson<'m>>,
    unknown: &'m str,
    unanswered: &'m str,
    share: &'static str,
}

/// Traffic of which some is answered.
#[derive(Serialize)]
pub(super) struct PartlyJson<'m> {
    traffic: &'m str,
    from: &'m str,
    to: &'m str,
    whole: bool,
}

/// What of a cell is answered only in part.
pub(super) fn partly(content: &Content) -> Vec<PartlyJson<'_>> {
    let partly = content.partly.iter();
    partly.map(|Partly { traffic, from, is_whole, to }| PartlyJson { traffic, from, to, whole: *is_whole }).collect()
}

/// Rows and the cells that hold anything.
///
/// # Errors
///
/// [`Failure::Said`] where it cannot be written.
pub fn document(view: &View<'_>, merged: &Merged<'_>, by: Grouping) -> Result<String, Failure> {
    let ends = merged.rows.iter().map(|row| end(view, row)).collect();
    super::pretty(&Document {
        schema: "fmnet.matrix/1",
        design: &view.source.name,
        by: match by {
            Grouping::Interface => "interface",
            Grouping::Group => "group",
            Grouping::Subnet => "subnet",
        },
        ends,
        cells: merged.cells.iter().map(cell).collect(),
    })
}

fn end<'m>(view: &View<'m>, row: &'m Row) -> EndJson<'m> {
    EndJson {
        kind: if row.members.is_empty() { "internet" } else { "interfaces" },
        label: &row.label,
        count: row.count,
        members: row.members.iter().map(|&id| view.model.interfaces[id].name.as_str()).collect(),
    }
}

fn cell<'m>(cell: &MergedCell<'m>) -> CellJson<'m> {
    let content = |share: &Share<'m>| ContentJson {
        answered: &share.content.answered,
        partly: partly(share.content),
        unknown: &share.content.unknown,
        unanswered: &share.content.unanswered,
        share: if share.is_all { "all" } else { "some" },
    };
    CellJson { from: cell.from, to: cell.to, contents: cell.contents.iter().map(content).collect() }
}
