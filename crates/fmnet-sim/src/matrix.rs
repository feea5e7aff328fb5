//! Everything to everything, by classes of interfaces that no rule tells apart.
//!
//! In: a [`Graph`]. Out: a [`Matrix`] with a row for each class and one for the internet.

use fmnet_core::graph::Graph;
use fmnet_core::model::InterfaceId;

/// Who reaches whom.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// Rows, which are also the columns.
    pub ends: Vec<MatrixEnd>,
    /// What cells hold, each once.
    pub contents: Vec<Content>,
    /// Cells in which anything is answered or unknown, by row, then column.
    pub cells: Vec<Cell>,
}

/// A row or column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatrixEnd {
    /// The internet, both families.
    Internet,
    /// A class: its members behave alike, so they are one row. Never empty.
    Class(Vec<InterfaceId>),
}

/// What one end reaches at another, from ordinary client ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Traffic that is answered whatever the addresses and source ports, in words; empty if none.
    pub answered: String,
    /// Traffic of which only some addresses or source ports are answered, in words; empty if none.
    pub partly: String,
    /// Traffic whose fate is not known, in words; empty if none.
    pub unknown: String,
}

/// One pair of ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Row, by position in `ends`.
    pub from: u32,
    /// Column, by position in `ends`.
    pub to: u32,
    /// Position in `contents`.
    pub content: u32,
}

/// Everything to everything.
#[must_use]
pub fn matrix(graph: &Graph<'_>) -> Matrix {
    let _ = graph;
    Matrix { ends: Vec::new(), contents: Vec::new(), cells: Vec::new() }
}
