//! One sheet of rows: heading, widths, filters, and what kind of cell each column has.

use governance_model::Timestamp;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use super::refused;
use crate::Error;
use crate::export::facts::shown;

/// How many rows a sheet has, its heading included: Excel's limit.
const ROWS: u32 = 1_048_576;

/// A sheet that is being written from top to bottom.
pub(super) struct Sheet<'w> {
    pub(super) cells: &'w mut Worksheet,
    columns: Vec<Column>,
    next: u32,
    limit: u32,
    date: Format,
}

/// A column, by its name.
struct Column {
    kind: Kind,
    width: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Number,
    Time,
}

impl Column {
    /// How columns are shown; one that is not listed is text of middling width.
    fn named(name: &str) -> Self {
        let (kind, width) = match name {
            "name" | "principal" | "subject" => (Kind::Text, 26.0),
            "email" => (Kind::Text, 40.0),
            "status" | "principal_status" | "mfa" | "severity" | "public" | "archived" => (Kind::Text, 12.0),
            "status_reason" | "roles" | "groups" | "manages" | "managers" | "how" | "scopes" | "resource" => {
                (Kind::Text, 34.0)
            }
            "title" | "detail" | "why" | "remediation" | "description" => (Kind::Text, 60.0),
            "created_at" | "last_login" => (Kind::Time, 19.0),
            "members" | "enabled_members" | "holders" | "enabled_holders" => (Kind::Number, 17.0),
            "id" | "subject_id" => (Kind::Text, 28.0),
            _ => (Kind::Text, 18.0),
        };
        Self { kind, width }
    }
}

/// The heading's look, the same on all sheets.
pub(super) fn heading() -> Format {
    Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(Color::RGB(0x1F_3A_5F))
        .set_align(FormatAlign::Top)
        .set_text_wrap()
        .set_border_bottom(FormatBorder::Thin)
}

/// A moment's look. Excel has no time zones, so the headings say UTC.
pub(super) fn moment() -> Format {
    Format::new().set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Left)
}

/// A moment as a cell has it; nothing before 1900, which Excel does not know.
pub(super) fn date(at: Timestamp) -> Option<ExcelDateTime> {
    ExcelDateTime::from_timestamp(at.as_second()).ok().filter(|date| date.to_excel() >= 1.0)
}

impl<'w> Sheet<'w> {
    pub(super) fn add(workbook: &'w mut Workbook, name: &str) -> Result<Self, Error> {
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(refused)?;
        sheet.set_name(name).map_err(refused)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        Ok(Self { cells: sheet, columns: Vec::new(), next: 0, limit: ROWS, date: moment() })
    }

    pub(super) fn heading<'a>(&mut self, names: impl Iterator<Item = &'a str>) -> Result<(), Error> {
        let format = heading();
        for (index, name) in (0..).zip(names) {
            let column = Column::named(name);
            let title = match column.kind {
                Kind::Time => format!("{} (UTC)", titled(name)),
                Kind::Text | Kind::Number => titled(name),
            };
            self.cells.write_string_with_format(0, index, title, &format).map_err(refused)?;
            self.cells.set_column_width(index, column.width).map_err(refused)?;
            self.columns.push(column);
        }
        self.cells.set_freeze_panes(1, 1).map_err(refused)?;
        self.cells.set_repeat_rows(0, 0).map_err(refused)?;
        self.next = 1;
        Ok(())
    }

    pub(super) fn row<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> Result<(), Error> {
        let row = self.take_row()?;
        for ((index, cell), column) in (0..).zip(cells).zip(&self.columns) {
            let number = if column.kind == Kind::Number { cell.parse::<u32>().ok() } else { None };
            let time = if column.kind == Kind::Time { cell.parse().ok().and_then(date) } else { None };
            if let Some(number) = number {
                self.cells.write_number(row, index, number).map_err(refused)?;
            } else if let Some(time) = time {
                self.cells.write_datetime_with_format(row, index, time, &self.date).map_err(refused)?;
            } else if !cell.is_empty() {
                self.cells.write_string(row, index, shown(cell)).map_err(refused)?;
            }
        }
        Ok(())
    }

    /// The next row's number.
    pub(super) fn take_row(&mut self) -> Result<u32, Error> {
        if self.next >= self.limit {
            return Err(Error::TooManyRows { sheet: self.cells.name(), limit: self.limit });
        }
        self.next += 1;
        Ok(self.next - 1)
    }

    /// Adds the filters.
    pub(super) fn finish(self) -> Result<(), Error> {
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.cells.autofilter(0, 0, self.next.saturating_sub(1), last).map_err(refused)?;
        Ok(())
    }
}

/// `created_at` as a heading: `Created at`.
fn titled(name: &str) -> String {
    let name = match name {
        "id" => return "ID".to_owned(),
        "mfa" => return "MFA".to_owned(),
        "email" => return "E-mail".to_owned(),
        name => name.replace('_', " "),
    };
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str()).replace(" id", " ID")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_that_is_full_says_so() {
        let mut workbook = Workbook::new();
        let mut sheet = Sheet::add(&mut workbook, "Grants").unwrap();
        sheet.limit = 3;
        sheet.heading(["name"].into_iter()).unwrap();
        sheet.row(["one"].into_iter()).unwrap();
        sheet.row(["two"].into_iter()).unwrap();
        let error = sheet.row(["three"].into_iter()).unwrap_err().to_string();
        assert!(error.contains("Grants") && error.contains("csv"), "{error}");
    }

    #[test]
    fn headings_read_like_words() {
        assert_eq!(
            ["created_at", "subject_id", "mfa", "id"].map(titled),
            ["Created at", "Subject ID", "MFA", "ID"]
        );
    }
}
