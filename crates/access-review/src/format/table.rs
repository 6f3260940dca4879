//! A table for people. Text is stripped of what a terminal would obey.

use std::io::Write;

use super::layout::Layout;
use super::{Row, Style, width};
use crate::{Error, text};

/// How many rows are looked at before the columns get their widths; what is wider further down sticks out, or is cut.
const AHEAD: usize = 250;

/// Stands above and below rows that are not the whole truth.
pub(crate) const UNFINISHED: &str =
    "UNFINISHED SYNC: it was cut off or is still running, so rows are missing here.";

pub(super) fn write<T: Row>(
    out: &mut dyn Write,
    style: Style,
    mut rows: impl Iterator<Item = Result<T, Error>>,
) -> Result<u64, Error> {
    let headings: Vec<String> = T::COLUMNS.iter().map(|name| heading(name)).collect();
    let mut widths: Vec<usize> = headings.iter().map(|name| width::of(name)).collect();
    let mut first = Vec::new();
    for row in rows.by_ref().take(AHEAD) {
        let cells = cells(&row?);
        for (widest, cell) in widths.iter_mut().zip(&cells) {
            *widest = width::of(cell).max(*widest);
        }
        first.push(cells);
    }
    let leave = |name: &&str| T::COLUMNS.iter().position(|column| column == name);
    let first_out: Vec<usize> = T::LEFT_OUT_FIRST.iter().filter_map(leave).collect();
    let layout = Layout::new(&widths, &first_out, style.width);

    if style.unfinished {
        writeln!(out, "{UNFINISHED}\n")?;
    }
    writeln!(out, "{}", layout.line(&headings).trim_end())?;
    let mut count = 0;
    let mut cut = false;
    for row in first.into_iter().map(Ok).chain(rows.map(|row| row.map(|row| cells(&row)))) {
        let cells = row?;
        cut |= layout.cuts(&cells);
        writeln!(out, "{}", layout.line(&cells).trim_end())?;
        count += 1;
    }
    if count == 0 {
        writeln!(out, "(none)")?;
    }
    if let Some(terminal) = style.width
        && (cut || !layout.left_out().is_empty())
    {
        let names: Vec<_> = layout.left_out().iter().map(|&at| T::COLUMNS[at].replace('_', " ")).collect();
        let what = match (names.is_empty(), cut) {
            (true, _) => "Cut (…)".to_owned(),
            (false, true) => format!("Cut (…) and left out ({})", names.join(", ")),
            (false, false) => format!("Left out ({})", names.join(", ")),
        };
        writeln!(
            out,
            "\n{what} to fit {terminal} columns; a pipe, a file, and every other --output get all of it."
        )?;
    }
    if style.unfinished {
        writeln!(out, "\n{UNFINISHED}")?;
    }
    Ok(count)
}

fn heading(name: &str) -> String {
    name.replace('_', " ").to_uppercase()
}

fn cells<T: Row>(row: &T) -> Vec<String> {
    row.cells().iter().map(|cell| text::terminal(cell).into_owned()).collect()
}
