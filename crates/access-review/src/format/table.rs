//! A table for people. Text is stripped of what a terminal would obey.

use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};

use super::Row;
use crate::{Error, text};

/// How many rows are looked at before the columns get their widths; what is wider further down sticks out.
pub(super) const AHEAD: usize = 2_000;

/// Stands above and below rows that are not the whole truth.
const UNFINISHED: &str = "UNFINISHED SYNC: it was cut off or is still running, so rows are missing here.";

pub(super) fn write<T: Row>(
    out: &mut dyn Write,
    unfinished: bool,
    mut rows: impl Iterator<Item = Result<T, Error>>,
) -> Result<u64, Error> {
    let mut count = 0;
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(T::COLUMNS.iter().map(|name| name.replace('_', " ").to_uppercase()));
    for row in rows.by_ref().take(AHEAD) {
        table.add_row(cells(&row?));
        count += 1;
    }
    if unfinished {
        writeln!(out, "{UNFINISHED}\n")?;
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    let widths: Vec<usize> =
        table.column_max_content_widths().iter().map(|width| usize::from(*width)).collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in cells(&row?).iter().zip(&widths) {
            let padding = width.saturating_sub(cell.chars().count());
            line.push(' ');
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', padding + 1));
        }
        writeln!(out, "{}", line.trim_end())?;
        count += 1;
    }
    if unfinished {
        writeln!(out, "\n{UNFINISHED}")?;
    }
    Ok(count)
}

fn cells<T: Row>(row: &T) -> Vec<String> {
    row.cells().iter().map(|cell| text::terminal(cell).into_owned()).collect()
}
