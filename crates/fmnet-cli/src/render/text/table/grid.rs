//! A matrix of many rows as a grid of letters.
//!
//! In: a [`MatrixTable`] and the width of the page. Out: a line a row, a letter a
//! column, and a legend that says what the letters mean; nothing where it does not fit.

use fmnet_sim::explain::plain;

use super::{Page, Paint, columns, plain_lines};
use crate::render::MatrixTable;

/// A name is cut to no less than this.
const LEAST_NAME: usize = 16;
/// What cells say, in the order in which they first occur.
const MARKS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+*#%&@=$~^<>?!";

/// The grid, each cell with the position of its mark.
pub(super) struct Grid<'t> {
    table: &'t MatrixTable,
    contents: Vec<&'t [String]>,
    cells: Vec<Vec<Option<usize>>>,
    /// Columns of the rows' names.
    name: usize,
}

impl<'t> Grid<'t> {
    /// The grid, if it fits the page and there are marks enough.
    pub(super) fn of(table: &'t MatrixTable, width: usize) -> Option<Self> {
        let rows = table.labels.len();
        let mut contents: Vec<&[String]> = Vec::new();
        let mut cells = vec![vec![None; rows]; rows];
        for (from, to, lines) in &table.cells {
            let known = contents.iter().position(|other| *other == lines.as_slice());
            let mark = known.unwrap_or_else(|| {
                contents.push(lines);
                contents.len() - 1
            });
            if let Some(cell) = cells.get_mut(*from).and_then(|row| row.get_mut(*to)) {
                *cell = Some(mark);
            }
        }
        let widest = (0..rows).map(|row| columns(&short(table, row))).max().unwrap_or(0);
        // The number of the row, its name, its cells, and the gaps between the three.
        let left = width.checked_sub(rows + digits(rows) + 4)?;
        let fits = contents.len() <= MARKS.chars().count() && left >= widest.min(LEAST_NAME);
        fits.then(|| Self { table, contents, cells, name: widest.min(left) })
    }

    /// Writes it, and what its letters mean.
    pub(super) fn lay_out(&self, page: &mut Page) {
        let rows = self.cells.len();
        let number = digits(rows);
        page.line(0, "rows reach columns (the numbers above are those of the rows); . is nothing, letters below");
        page.gap();
        let mut text = String::new();
        for place in (0..number).rev() {
            let digit = |row: usize| match (row + 1) / 10_usize.pow(place as u32) {
                0 => ' ',
                more => char::from_digit((more % 10) as u32, 10).unwrap_or(' '),
            };
            let digits: String = (0..rows).map(digit).collect();
            text.push_str(&format!("{}{digits}\n", " ".repeat(number + self.name + 3)));
        }
        for (row, cells) in self.cells.iter().enumerate() {
            let name = cut(&short(self.table, row), self.name);
            let gap = " ".repeat(self.name.saturating_sub(columns(&name)) + 2);
            let marks: String = cells.iter().map(|cell| cell.map_or('.', mark)).collect();
            text.push_str(&format!("{:>number$} {name}{gap}{marks}\n", row + 1));
        }
        page.block(&text);
        page.heading("Letters");
        for (at, lines) in self.contents.iter().enumerate() {
            for (place, line) in plain_lines(lines).iter().enumerate() {
                let letter = if place == 0 { mark(at).to_string() } else { String::new() };
                page.entry(2, &letter, 3, Paint::None, line);
            }
        }
    }
}

/// The first member of a row, with how many more there are.
fn short(table: &MatrixTable, row: usize) -> String {
    let label = table.labels.get(row).map(|label| plain(label)).unwrap_or_default();
    let members = table.members.get(row).map(String::as_str).unwrap_or_default();
    match table.counts.get(row) {
        Some(&count) if count > 1 => {
            let first = members.split(", ").next().unwrap_or_default();
            let is_list = !first.is_empty() && label.starts_with(first);
            format!("{} ({count})", if is_list { first } else { &label })
        }
        Some(_) | None => label,
    }
}

/// `name` in at most `most` columns.
fn cut(name: &str, most: usize) -> String {
    if columns(name) <= most {
        return name.to_owned();
    }
    let mut kept = String::new();
    for letter in name.chars() {
        if columns(&kept) + columns(&letter.to_string()) + 2 > most {
            break;
        }
        kept.push(letter);
    }
    kept.push_str("..");
    kept
}

fn mark(at: usize) -> char {
    MARKS.chars().nth(at).unwrap_or('?')
}

fn digits(number: usize) -> usize {
    number.to_string().len()
}
