//! The `Review` sheet: one row per grant, its facts locked, and room for a decision.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatBorder, ProtectionOptions, Workbook,
};

use super::refused;
use super::sheet::{Sheet, heading};
use crate::export::{Facts, Seal};
use crate::rows::{GrantQuery, GrantRow};
use crate::{Error, Snapshot};

/// What the sheet is called.
pub(crate) const NAME: &str = "Review";
/// What the reviewer fills in.
pub(crate) const ANSWERS: [&str; 4] = ["Decision", "Rationale", "Reviewer", "Date"];
/// What a decision can be.
pub(crate) const DECISIONS: [&str; 3] = ["keep", "revoke", "change"];
/// What the column with the row's digest is called.
pub(crate) const DIGEST: &str = "Row digest";

/// How many facts stand before the answers; the rest, which only programs need, stands behind them.
const BEFORE: usize = 8;

/// How wide the columns are, in the order of the sheet.
const WIDTHS: [f64; 17] =
    [26.0, 40.0, 12.0, 12.0, 14.0, 28.0, 28.0, 24.0, 12.0, 40.0, 22.0, 12.0, 14.0, 28.0, 28.0, 44.0, 36.0];

/// What a workbook says about all rows of the sheet, so that one that is gone is noticed.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) rows: u64,
    pub(super) digest: String,
}

pub(super) fn write(
    workbook: &mut Workbook,
    snapshot: &Snapshot<'_>,
    unfinished: bool,
) -> Result<Written, Error> {
    let looks = Looks::new();
    let mut sheet = Sheet::add(workbook, NAME)?;
    let title = heading();
    let (before, behind) = Facts::COLUMNS.split_at(BEFORE);
    let names = before.iter().chain(&ANSWERS).chain(behind).copied();
    for ((index, name), width) in (0..).zip(names.chain([DIGEST])).zip(WIDTHS) {
        sheet.cells.write_string_with_format(0, index, name, &title).map_err(refused)?;
        sheet.cells.set_column_width(index, width).map_err(refused)?;
    }
    if unfinished {
        let mark = "UNFINISHED SYNC: rows are missing";
        sheet.cells.write_string_with_format(0, LAST + 1, mark, &title).map_err(refused)?;
        sheet.cells.set_column_width(LAST + 1, 34.0).map_err(refused)?;
    }
    sheet.take_row()?;
    let mut seal = Seal::default();
    for grant in GrantRow::all(snapshot, &GrantQuery::default()) {
        let facts = Facts::of(&grant?);
        let row = sheet.take_row()?;
        let digest = facts.digest();
        seal.add(&digest);
        let text = |facts: &[String], index: usize| facts[index].clone();
        for index in 0..BEFORE {
            let format = if index == Facts::STATUS { looks.status(&facts.0[index]) } else { &looks.fact };
            let column = column(index);
            let cell = text(&facts.0, index);
            sheet.cells.write_string_with_format(row, column, cell, format).map_err(refused)?;
        }
        for index in 0..ANSWERS.len() {
            let format = if index == 3 { &looks.date } else { &looks.answer };
            sheet.cells.write_blank(row, column(BEFORE + index), format).map_err(refused)?;
        }
        for index in BEFORE..Facts::COLUMNS.len() {
            let column = column(index + ANSWERS.len());
            let cell = text(&facts.0, index);
            sheet.cells.write_string_with_format(row, column, cell, &looks.id).map_err(refused)?;
        }
        sheet.cells.write_string_with_format(row, LAST, digest, &looks.id).map_err(refused)?;
    }
    let rows = u32::try_from(seal.rows).unwrap_or(u32::MAX);
    rules(&mut sheet, rows)?;
    Ok(Written { rows: seal.rows, digest: seal.finish() })
}

/// The last column.
const LAST: u16 = 16;

fn column(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// What may be typed where.
fn rules(sheet: &mut Sheet<'_>, rows: u32) -> Result<(), Error> {
    let answers = column(BEFORE);
    let protection = ProtectionOptions {
        use_autofilter: true,
        sort: true,
        format_columns: true,
        format_rows: true,
        ..ProtectionOptions::new()
    };
    let sheet = &mut *sheet.cells;
    sheet.set_freeze_panes(1, 1).map_err(refused)?;
    sheet.set_repeat_rows(0, 0).map_err(refused)?;
    sheet.autofilter(0, 0, rows, LAST).map_err(refused)?;
    sheet.protect_with_options(&protection);
    // What only programs read is not printed.
    sheet.set_print_area(0, 0, rows, answers + column(ANSWERS.len()) - 1).map_err(refused)?;
    if rows == 0 {
        return Ok(());
    }
    let decision = DataValidation::new()
        .allow_list_strings(&DECISIONS)
        .and_then(|rule| rule.set_error_title("Decision"))
        .and_then(|rule| rule.set_error_message("Choose keep, revoke or change."))
        .map_err(refused)?
        .set_error_style(DataValidationErrorStyle::Stop);
    sheet.add_data_validation(1, answers, rows, answers, &decision).map_err(refused)?;
    let hint = |title: &str, text: &str| {
        DataValidation::new()
            .allow_any_value()
            .set_input_title(title)
            .and_then(|rule| rule.set_input_message(text))
            .map_err(refused)
    };
    let rationale = hint("Rationale", "Why this access is right, wrong, or should be another.")?;
    sheet.add_data_validation(1, answers + 1, rows, answers + 1, &rationale).map_err(refused)?;
    let date = hint("Date", "The day of the decision, such as 2026-11-24.")?;
    sheet.add_data_validation(1, answers + 3, rows, answers + 3, &date).map_err(refused)?;
    Ok(())
}

/// How cells look.
struct Looks {
    fact: Format,
    not_enabled: Format,
    id: Format,
    answer: Format,
    date: Format,
}

impl Looks {
    fn new() -> Self {
        let answer = Format::new()
            .set_unlocked()
            .set_background_color(Color::RGB(0xFF_F8_E1))
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0xD9_C8_8F));
        Self {
            fact: Format::new(),
            not_enabled: Format::new().set_font_color(Color::RGB(0xB0_2A_1E)),
            id: Format::new().set_font_color(Color::RGB(0x80_80_80)),
            date: answer.clone().set_num_format("yyyy-mm-dd"),
            answer,
        }
    }

    fn status(&self, status: &str) -> &Format {
        if matches!(status, "enabled" | "") { &self.fact } else { &self.not_enabled }
    }
}
