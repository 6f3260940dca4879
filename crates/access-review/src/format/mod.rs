//! Rows written out: as a table for people, as JSON, JSON Lines or CSV for programs.
//!
//! Rows are written as they come; only a table looks ahead, over its first 250 rows, to know how wide its columns
//! are. What comes from a sync that is not sealed is marked in every format. A failure in the middle leaves JSON without
//! its closing bracket, so that half an answer is no answer.

pub(crate) mod cells;
mod layout;
mod table;
pub(crate) mod width;

use std::io::Write;

pub(crate) use layout::Layout;
use serde::Serialize;
pub(crate) use table::UNFINISHED;

use crate::{Error, json_text, text};

/// How rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// One JSON array.
    Json,
    /// One JSON object per line.
    JsonLines,
    /// Comma-separated values with a heading, after RFC 4180, formulas defused.
    Csv,
}

/// A row that can be written in every format.
pub trait Row: Serialize {
    /// What the columns of tables and CSV are called; the names of the JSON fields where they mean the same.
    const COLUMNS: &'static [&'static str];

    /// The cells of tables and CSV, as many as there are columns, raw: whoever writes them defuses them.
    fn cells(&self) -> Vec<String>;

    /// The columns that a terminal too narrow for all of them does not show, the first of these first; then come those on
    /// the right. Nothing is left out anywhere else.
    const LEFT_OUT_FIRST: &'static [&'static str] = &[];
}

/// How rows are written, and what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// The format.
    pub format: Format,
    /// Whether the rows come from a sync that is not sealed, which is then said with them: above and below a table, in a
    /// column of CSV, and in a field `unfinished` of each JSON object.
    pub unfinished: bool,
    /// How many columns the terminal has that a table goes to; nothing when it goes anywhere else, and is then complete.
    pub width: Option<usize>,
}

/// Writes rows, and says how many there were.
///
/// # Errors
/// When a row is an error, or the output cannot be written.
pub fn write<T: Row>(
    out: &mut dyn Write,
    style: Style,
    rows: impl Iterator<Item = Result<T, Error>>,
) -> Result<u64, Error> {
    let Style { format, unfinished, .. } = style;
    match format {
        Format::Table => table::write(out, style, rows),
        Format::Json => json(out, unfinished, rows),
        Format::JsonLines => json_lines(out, unfinished, rows),
        Format::Csv => csv(out, unfinished, rows),
    }
}

/// A row with the mark of a sync that is not sealed.
#[derive(Serialize)]
struct Marked<'a, T> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unfinished: bool,
    #[serde(flatten)]
    row: &'a T,
}

fn object<T: Row>(out: &mut dyn Write, unfinished: bool, row: &T) -> Result<(), Error> {
    if unfinished {
        json_text::line(out, &Marked { unfinished, row })?;
    } else {
        json_text::line(out, row)?;
    }
    Ok(())
}

fn json<T: Row>(
    out: &mut dyn Write,
    unfinished: bool,
    rows: impl Iterator<Item = Result<T, Error>>,
) -> Result<u64, Error> {
    let mut count = 0;
    out.write_all(b"[")?;
    for row in rows {
        out.write_all(if count == 0 { b"\n" } else { b",\n" })?;
        object(out, unfinished, &row?)?;
        count += 1;
    }
    out.write_all(if count == 0 { b"]\n" } else { b"\n]\n" })?;
    Ok(count)
}

fn json_lines<T: Row>(
    out: &mut dyn Write,
    unfinished: bool,
    rows: impl Iterator<Item = Result<T, Error>>,
) -> Result<u64, Error> {
    let mut count = 0;
    for row in rows {
        object(out, unfinished, &row?)?;
        out.write_all(b"\n")?;
        count += 1;
    }
    Ok(count)
}

fn csv<T: Row>(
    out: &mut dyn Write,
    unfinished: bool,
    rows: impl Iterator<Item = Result<T, Error>>,
) -> Result<u64, Error> {
    let mut count = 0;
    let mut writer = ::csv::Writer::from_writer(out);
    let mark = |text: &'static str| unfinished.then(|| text.to_owned());
    writer.write_record(T::COLUMNS.iter().map(|&name| name.to_owned()).chain(mark("unfinished")))?;
    for row in rows {
        let cells = row?.cells();
        let cells = cells.iter().map(|cell| text::cell(cell).into_owned());
        writer.write_record(cells.chain(mark("yes")))?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}
