//! A sheet, row by row: never is more than a row of it in memory, however far apart its cells are.

use std::io::{Read, Seek};

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType, Reader, Xlsx};

use super::Refusal;

/// How much text of one sheet is read.
const MOST_TEXT: usize = 1 << 30;

/// What a cell says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Number(f64),
    /// Year, month, day, hour, minute, second.
    Moment([u16; 6]),
}

impl Cell {
    fn of(data: &DataRef<'_>) -> Option<Self> {
        match data {
            DataRef::Empty => None,
            DataRef::String(text) | DataRef::DurationIso(text) | DataRef::DateTimeIso(text) => {
                Some(Self::Text(text.clone()))
            }
            DataRef::SharedString(text) => Some(Self::Text((*text).to_owned())),
            #[expect(clippy::cast_precision_loss, reason = "whole numbers in cells are small")]
            DataRef::Int(number) => Some(Self::Number(*number as f64)),
            DataRef::Float(number) => Some(Self::Number(*number)),
            DataRef::Bool(truth) => Some(Self::Text(truth.to_string())),
            DataRef::DateTime(moment) => Some(Self::Moment(parts(moment))),
            DataRef::Error(error) => Some(Self::Text(error.to_string())),
        }
    }

    /// Text without what stands around it; a number as it would be typed.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Moment([year, month, day, ..]) => format!("{year:04}-{month:02}-{day:02}"),
        }
    }

    /// A day: a date, a number that is one in Excel, or whatever text somebody typed.
    pub(super) fn day(&self, is_1904: bool) -> String {
        match self {
            Self::Number(number) if *number >= 1.0 && *number < 2_958_466.0 => {
                let moment = ExcelDateTime::new(*number, ExcelDateTimeType::DateTime, is_1904);
                Self::Moment(parts(&moment)).text()
            }
            other => other.text().trim().to_owned(),
        }
    }
}

fn parts(moment: &ExcelDateTime) -> [u16; 6] {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    [year, month.into(), day.into(), hour.into(), minute.into(), second.into()]
}

/// Gives each row that holds anything to `row`, as long as that returns true.
pub(super) fn rows<R: Read + Seek>(
    workbook: &mut Xlsx<R>,
    sheet: &str,
    mut row: impl FnMut(Vec<(u32, Cell)>) -> Result<bool, Refusal>,
) -> Result<(), Refusal> {
    let unreadable = |error: calamine::XlsxError| Refusal::Unreadable(error.to_string());
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let (mut at, mut cells, mut bytes) = (0, Vec::new(), 0);
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (number, column) = cell.get_position();
        if number != at {
            at = number;
            if !cells.is_empty() && !row(std::mem::take(&mut cells))? {
                return Ok(());
            }
        }
        if let Some(value) = Cell::of(cell.get_value()) {
            if let Cell::Text(text) = &value {
                bytes += text.len();
            }
            if bytes > MOST_TEXT {
                return Err(Refusal::TooLarge("1 GiB of text on one sheet"));
            }
            cells.push((column, value));
        }
    }
    if !cells.is_empty() {
        row(cells)?;
    }
    Ok(())
}

/// The names of the sheets that hold cells.
pub(super) fn sheets<R: Read + Seek>(workbook: &Xlsx<R>) -> Vec<String> {
    workbook.sheet_names()
}
