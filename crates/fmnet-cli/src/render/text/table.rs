//! Who reaches whom, as text.
//!
//! In: a [`MatrixTable`]. Out: a table where it fits the page, else a list by row in
//! which columns with the same content share a line.

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{ContentArrangement, Table};
use fmnet_sim::explain::plain;

use super::page::{Page, Paint, columns};
use crate::render::{MatrixTable, View};

/// More columns than this are read better as a list.
const MOST_COLUMNS: usize = 8;

/// Lays the table out.
pub(super) fn matrix(view: &View<'_>, table: &MatrixTable) -> String {
    let mut page = Page::new(view.width, view.style);
    lay_out(&mut page, table, view.width);
    let of: Vec<usize> = (0..table.labels.len()).filter(|&row| !named(table, row).is_empty()).collect();
    if !of.is_empty() {
        page.heading("Rows of several");
    }
    for row in of {
        page.line(2, &format!("{}: {}", label(table, row), named(table, row)));
    }
    page.finish()
}

/// The members of a row, where its name does not say them.
fn named(table: &MatrixTable, row: usize) -> &str {
    table.members.get(row).map(String::as_str).unwrap_or_default()
}

fn lay_out(page: &mut Page, table: &MatrixTable, width: usize) {
    if table.labels.is_empty() {
        page.line(0, "nothing to ask about: the network has no interfaces");
        return;
    }
    if table.labels.len() <= MOST_COLUMNS {
        let text = as_table(table);
        if text.lines().all(|line| columns(line) <= width) {
            page.line(0, "rows reach columns:");
            page.block(&text);
            return;
        }
    }
    list(page, table);
}

/// A row's name with its count.
pub(super) fn label(table: &MatrixTable, row: usize) -> String {
    let name = table.labels.get(row).map(|name| plain(name)).unwrap_or_default();
    match table.counts.get(row) {
        Some(&count) if count > 1 => format!("{name} ({count})"),
        Some(_) | None => name,
    }
}

fn as_table(matrix: &MatrixTable) -> String {
    let mut table = Table::new();
    // Width and terminal are the page's to know, never comfy-table's to find out.
    table.load_style(ASCII_MARKDOWN).force_no_tty().set_content_arrangement(ContentArrangement::Disabled);
    let names: Vec<String> = (0..matrix.labels.len()).map(|row| label(matrix, row)).collect();
    table.set_header(std::iter::once("from \\ to".to_owned()).chain(names.iter().cloned()));
    for (row, name) in names.iter().enumerate() {
        let cell = |column: usize| {
            let found = matrix.cells.iter().find(|&&(from, to, _)| (from, to) == (row, column));
            found.map_or_else(|| ".".to_owned(), |(_, _, text)| plain(text).replace("; ", "\n"))
        };
        table.add_row(std::iter::once(name.clone()).chain((0..names.len()).map(cell)));
    }
    table.to_string()
}

fn list(page: &mut Page, table: &MatrixTable) {
    for Rows { rows, cells } in alike(table) {
        let names: Vec<String> = rows.iter().map(|&row| label(table, row)).collect();
        page.gap();
        page.entry(0, "FROM", 5, Paint::Heading, &names.join("; "));
        if cells.is_empty() {
            page.line(2, "to nobody");
        }
        for (content, targets) in by_content(cells.iter().map(|&(to, text)| (to, text))) {
            let names: Vec<String> = targets.iter().map(|&to| label(table, to)).collect();
            page.line(2, &format!("to {}: {}", names.join("; "), plain(content)));
        }
    }
}

/// Rows that reach the same, and what.
struct Rows<'t> {
    rows: Vec<usize>,
    cells: Vec<(usize, &'t str)>,
}

/// Rows that reach the same are one.
fn alike(table: &MatrixTable) -> Vec<Rows<'_>> {
    let mut found: Vec<Rows<'_>> = Vec::new();
    for row in 0..table.labels.len() {
        let mine = table.cells.iter().filter(|&&(from, _, _)| from == row);
        let cells: Vec<(usize, &str)> = mine.map(|(_, to, text)| (*to, text.as_str())).collect();
        match found.iter_mut().find(|other| other.cells == cells) {
            Some(alike) => alike.rows.push(row),
            None => found.push(Rows { rows: vec![row], cells }),
        }
    }
    found
}

/// Columns that share what is reached, in order of their first.
pub(super) fn by_content<'a>(cells: impl Iterator<Item = (usize, &'a str)>) -> Vec<(&'a str, Vec<usize>)> {
    let mut found: Vec<(&str, Vec<usize>)> = Vec::new();
    for (to, content) in cells {
        match found.iter_mut().find(|(other, _)| *other == content) {
            Some((_, targets)) => targets.push(to),
            None => found.push((content, vec![to])),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Style;

    fn table(columns: usize) -> MatrixTable {
        let labels =
            (0..columns).map(|row| if row == 0 { "internet".to_owned() } else { format!("tier-{row}") }).collect();
        let counts = (0..columns).map(|row| if row == 0 { 1 } else { 40 }).collect();
        let mut cells = vec![(0, 1, "tcp/443; tcp/22 from 203.0.113.7".to_owned())];
        cells.extend((1..columns).map(|row| (row, 0, "any".to_owned())));
        MatrixTable { labels, counts, members: Vec::new(), cells }
    }

    fn laid_out(table: &MatrixTable, width: usize) -> String {
        let mut page = Page::new(width, Style::Plain);
        lay_out(&mut page, table, width);
        page.finish()
    }

    #[test]
    fn few_columns_are_a_table() {
        let expected = "\
rows reach columns:
| from \\ to   | internet | tier-1 (40)             |
|-------------|----------|-------------------------|
| internet    | .        | tcp/443                 |
|             |          | tcp/22 from 203.0.113.7 |
| tier-1 (40) | any      | .                       |
";
        assert_eq!(laid_out(&table(2), 80), expected);
    }

    #[test]
    fn what_does_not_fit_is_a_list() {
        let expected = "\
FROM internet
  to tier-1 (40): tcp/443; tcp/22 from
    203.0.113.7

FROM tier-1 (40)
  to internet: any
";
        assert_eq!(laid_out(&table(2), 40), expected);
    }

    #[test]
    fn rows_alike_are_one() {
        let text = laid_out(&table(60), 100);
        assert!(text.starts_with(
            "FROM internet\n  to tier-1 (40): tcp/443; tcp/22 from 203.0.113.7\n\nFROM tier-1 (40); tier-2 (40);"
        ));
        assert_eq!(text.matches("FROM").count(), 2);
        assert!(text.lines().all(|line| columns(line) <= 100));
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        assert_eq!(laid_out(&MatrixTable::default(), 80), "nothing to ask about: the network has no interfaces\n");
    }
}
