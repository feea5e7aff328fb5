//! Who reaches whom, as text.
//!
//! In: a [`MatrixTable`]. Out: a table where it fits the page; for many rows a grid of
//! letters with a legend; else, or in full, a list by row in which columns with the same
//! content share a line.

mod grid;

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{ContentArrangement, Table};
use fmnet_sim::explain::plain;

use super::page::{Page, Paint, columns};
use crate::render::{Detail, MatrixTable, View};

/// More columns than this are read better as a grid or a list.
const MOST_COLUMNS: usize = 8;

/// Lays the table out.
pub(super) fn matrix(view: &View<'_>, table: &MatrixTable, detail: Detail) -> String {
    let mut page = Page::new(view.width, view.style);
    lay_out(&mut page, table, view.width, detail);
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
    let members = table.members.get(row).map(String::as_str).unwrap_or_default();
    let is_said = table.labels.get(row).is_some_and(|label| plain(label).replace(" and ", ", ") == members);
    if is_said { "" } else { members }
}

fn lay_out(page: &mut Page, table: &MatrixTable, width: usize, detail: Detail) {
    if table.labels.is_empty() {
        page.line(0, "nothing to ask about: the network has no interfaces");
        return;
    }
    if detail == Detail::Full {
        list(page, table);
        return;
    }
    if table.labels.len() <= MOST_COLUMNS {
        let text = as_table(table);
        if text.lines().all(|line| columns(line) <= width) {
            page.line(0, "rows reach columns:");
            page.block(&text);
            return;
        }
    } else if let Some(grid) = grid::Grid::of(table, width) {
        grid.lay_out(page);
        return;
    }
    list(page, table);
}

fn plain_lines(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| plain(line)).collect()
}

/// A row's name with its count.
fn label(table: &MatrixTable, row: usize) -> String {
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
            found.map_or_else(|| ".".to_owned(), |(_, _, text)| plain_lines(text).join("\n"))
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
        for (content, targets) in by_content(cells.iter().copied()) {
            let names: Vec<String> = targets.iter().map(|&to| label(table, to)).collect();
            match content {
                [one] if !one.contains(": ") => page.line(2, &format!("to {}: {}", names.join("; "), plain(one))),
                lines => {
                    page.line(2, &format!("to {}", names.join("; ")));
                    plain_lines(lines).iter().for_each(|line| page.line(4, line));
                }
            }
        }
    }
}

/// Rows that reach the same, and what.
struct Rows<'t> {
    rows: Vec<usize>,
    cells: Vec<(usize, &'t [String])>,
}

/// Rows that reach the same are one.
fn alike(table: &MatrixTable) -> Vec<Rows<'_>> {
    let mut found: Vec<Rows<'_>> = Vec::new();
    for row in 0..table.labels.len() {
        let mine = table.cells.iter().filter(|&&(from, _, _)| from == row);
        let cells: Vec<(usize, &[String])> = mine.map(|(_, to, text)| (*to, text.as_slice())).collect();
        match found.iter_mut().find(|other| other.cells == cells) {
            Some(alike) => alike.rows.push(row),
            None => found.push(Rows { rows: vec![row], cells }),
        }
    }
    found
}

/// Columns that share what is reached, in order of their first.
fn by_content<'a>(cells: impl Iterator<Item = (usize, &'a [String])>) -> Vec<(&'a [String], Vec<usize>)> {
    let mut found: Vec<(&[String], Vec<usize>)> = Vec::new();
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
        let mut cells =
            vec![(0, 1, ["from everyone: tcp/443", "from vpn (203.0.113.7): tcp/22"].map(str::to_owned).to_vec())];
        cells.extend((1..columns).map(|row| (row, 0, vec!["any".to_owned()])));
        MatrixTable { labels, counts, members: Vec::new(), cells }
    }

    fn laid_out(table: &MatrixTable, width: usize, detail: Detail) -> String {
        let mut page = Page::new(width, Style::Plain);
        lay_out(&mut page, table, width, detail);
        page.finish()
    }

    #[test]
    fn few_columns_are_a_table() {
        let expected = "\
rows reach columns:
| from \\ to   | internet | tier-1 (40)                    |
|-------------|----------|--------------------------------|
| internet    | .        | from everyone: tcp/443         |
|             |          | from vpn (203.0.113.7): tcp/22 |
| tier-1 (40) | any      | .                              |
";
        assert_eq!(laid_out(&table(2), 80, Detail::Summary), expected);
    }

    #[test]
    fn what_does_not_fit_is_a_list() {
        let expected = "\
FROM internet
  to tier-1 (40)
    from everyone: tcp/443
    from vpn (203.0.113.7): tcp/22

FROM tier-1 (40)
  to internet: any
";
        assert_eq!(laid_out(&table(2), 40, Detail::Summary), expected);
    }

    #[test]
    fn many_columns_are_a_grid() {
        let expected = "\
rows reach columns (the numbers above are those of the rows); . is nothing, letters below

                         1
                1234567890
 1 internet     .a........
 2 tier-1 (40)  b.........
 3 tier-2 (40)  b.........
 4 tier-3 (40)  b.........
 5 tier-4 (40)  b.........
 6 tier-5 (40)  b.........
 7 tier-6 (40)  b.........
 8 tier-7 (40)  b.........
 9 tier-8 (40)  b.........
10 tier-9 (40)  b.........

Letters
  a  from everyone: tcp/443
     from vpn (203.0.113.7): tcp/22
  b  any
";
        assert_eq!(laid_out(&table(10), 100, Detail::Summary), expected);
        // Names give way before the grid does.
        assert!(laid_out(&table(60), 82, Detail::Summary).lines().all(|line| columns(line) <= 90));
        assert!(laid_out(&table(60), 70, Detail::Summary).starts_with("FROM internet"));
    }

    #[test]
    fn rows_alike_are_one() {
        let text = laid_out(&table(60), 100, Detail::Full);
        assert!(text.starts_with("FROM internet\n  to tier-1 (40)\n    from everyone: tcp/443\n"), "{text}");
        assert!(text.contains("FROM tier-1 (40); tier-2 (40);"));
        assert_eq!(text.matches("FROM").count(), 2);
        assert!(text.lines().all(|line| columns(line) <= 100));
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let text = laid_out(&MatrixTable::default(), 80, Detail::Summary);
        assert_eq!(text, "nothing to ask about: the network has no interfaces\n");
    }
}
