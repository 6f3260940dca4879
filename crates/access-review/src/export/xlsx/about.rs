//! The `About` sheet: where the workbook comes from, how far it can be trusted, and how to use it.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet};

use super::refused;
use super::review::Written;
use super::sheet::{date, moment};
use crate::Error;
use crate::export::facts::shown;
use crate::export::{About, Counts, Options};

/// What `reviewed` finds its way by.
pub(crate) const SYNC_ID: &str = "Sync ID";
pub(crate) const SOURCE_ID: &str = "Source ID";
pub(crate) const SYNC_ENDED: &str = "Sync ended (UTC)";
pub(crate) const REVIEW_ROWS: &str = "Rows to review";
pub(crate) const REVIEW_DIGEST: &str = "Digest of these rows";

/// How wide the columns are, in characters.
const NAMES: u16 = 44;
const VALUES: u16 = 100;
/// How high a line of text is, in points.
const LINE: f64 = 15.0;

/// How to use the workbook.
const HOW: [(&str, &str); 4] = [
    (
        "Decide",
        "On the sheet Review, each row is one grant. Choose keep, revoke or change, and say why, who decided and when, in the yellow cells.",
    ),
    (
        "Filter",
        "Each heading has a filter. The facts are locked, without a password; take the protection off if you want to sort.",
    ),
    (
        "Return",
        "Give the workbook back as .xlsx. `baton-clockify review check REVIEWED.xlsx --against NEW.c1z` then shows what was done.",
    ),
    (
        "Edits",
        "Each row carries a digest of its facts, so a fact that was changed by mistake is noticed. Somebody who wants to cheat can make a new digest; comparing with the sync itself shows that, too.",
    ),
];

pub(super) fn write(
    workbook: &mut Workbook,
    about: &About,
    counts: &Counts,
    review: &Written,
    options: &Options,
) -> Result<(), Error> {
    let sheet = workbook.worksheet_from_name("About").map_err(refused)?;
    sheet.set_column_width(0, NAMES).map_err(refused)?;
    sheet.set_column_width(1, VALUES).map_err(refused)?;
    let mut page = Page::new(sheet);
    page.title(&format!("Access review of {}", about.source()))?;
    if !about.sealed {
        page.text("UNFINISHED SYNC", "It was cut off or is still running, so rows are missing here.")?;
    }
    if about.demonstration {
        page.text("Demonstration", "A look-alike with invented people, not a real workspace.")?;
    }
    page.section("The facts")?;
    page.text("Source", &about.source_name)?;
    page.text(SOURCE_ID, &about.source_id)?;
    if let Some(operator) = &about.operator {
        let email = if operator.email.is_empty() { String::new() } else { format!(" <{}>", operator.email) };
        page.text("Read with the key of", &format!("{}{email} ({})", operator.label(), operator.id))?;
    }
    page.text("File", &about.file)?;
    page.text(SYNC_ID, &about.sync_id)?;
    page.text("Sync type", &about.sync_type)?;
    page.time("Sync began (UTC)", Some(about.started_at))?;
    page.time(SYNC_ENDED, about.ended_at)?;
    page.time("Exported (UTC)", Some(about.exported_at))?;
    page.text("Age at export", &about.age_seconds.map(age).unwrap_or_default())?;
    page.text("Exported by", &about.tool)?;
    page.text("Parameters", &about.parameters)?;
    for (name, value) in &about.details {
        page.text(name, value)?;
    }
    completeness(&mut page, about)?;
    page.section("What is in it")?;
    for (name, count) in [
        ("Users", counts.users),
        ("Groups", counts.groups),
        ("Roles", counts.roles),
        ("Projects", counts.projects),
        ("Other resources", counts.other_resources),
        ("Entitlements", counts.entitlements),
        ("Grants", counts.grants),
    ] {
        page.number(name, count)?;
    }
    if let Some(assessment) = &options.assessment {
        page.number("Findings", counts.findings)?;
        for rule in &assessment.not_checked {
            page.text("Not checked", &format!("{}: {}", rule.rule, rule.reason))?;
        }
    }
    page.number(REVIEW_ROWS, review.rows)?;
    page.text(REVIEW_DIGEST, &review.digest)?;
    page.section("How to review")?;
    for (name, text) in HOW {
        page.text(name, text)?;
    }
    Ok(())
}

fn completeness(page: &mut Page<'_>, about: &About) -> Result<(), Error> {
    page.section("Is everybody in it?")?;
    page.text("Completeness", about.complete.as_str())?;
    for reason in &about.reasons {
        page.text("Because", reason)?;
    }
    if let Some(known) = &about.completeness {
        page.number("Listed before reading", known.listed_before)?;
        page.number("Listed after reading", known.listed_after)?;
        page.number("Read", known.read)?;
        page.number("Listed, not returned", known.missing.len() as u64)?;
        page.number("Read, not listed", known.unlisted)?;
        page.number("Joined meanwhile", known.joined)?;
        page.number("Left meanwhile", known.left)?;
    }
    for (what, pages) in &about.pages {
        page.number(&format!("Pages of {what}"), *pages)?;
    }
    for (reason, count) in &about.dropped {
        page.number(&format!("Left out: {reason}"), *count)?;
    }
    Ok(())
}

/// A length of time in the two units that matter.
fn age(seconds: i64) -> String {
    let (sign, seconds) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{sign}{minutes} min"),
        (0, hours) => format!("{sign}{hours} h {minutes} min"),
        (days, hours) => format!("{sign}{days} d {hours} h"),
    }
}

impl About {
    /// What to call the source.
    pub(super) fn source(&self) -> &str {
        let names = [&self.source_name, &self.source_id];
        names.into_iter().find(|text| !text.is_empty()).unwrap_or(&self.file)
    }
}

/// Lines of a name and a value, from top to bottom.
struct Page<'w> {
    sheet: &'w mut Worksheet,
    next: u32,
    name: Format,
    value: Format,
    section: Format,
    title: Format,
    time: Format,
}

impl<'w> Page<'w> {
    fn new(sheet: &'w mut Worksheet) -> Self {
        let top = Format::new().set_align(FormatAlign::Top);
        Self {
            sheet,
            next: 0,
            name: top.clone(),
            value: top.clone().set_text_wrap().set_align(FormatAlign::Left),
            section: top.clone().set_bold().set_font_size(12),
            title: top.set_bold().set_font_size(16),
            time: moment().set_align(FormatAlign::Top).set_align(FormatAlign::Left),
        }
    }

    fn row(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn title(&mut self, text: &str) -> Result<(), Error> {
        let row = self.row();
        self.sheet.set_row_height(row, 2.0 * LINE).map_err(refused)?;
        self.sheet.write_string_with_format(row, 0, shown(text), &self.title).map_err(refused)?;
        Ok(())
    }

    fn section(&mut self, text: &str) -> Result<(), Error> {
        self.row();
        let row = self.row();
        self.sheet.write_string_with_format(row, 0, text, &self.section).map_err(refused)?;
        Ok(())
    }

    /// A line; none when there is nothing to say.
    fn text(&mut self, name: &str, value: &str) -> Result<(), Error> {
        if value.is_empty() {
            return Ok(());
        }
        let row = self.row();
        // Programs do not agree on whether they make room for wrapped text by themselves. Fewer characters than the
        // column has fit a line, because words break.
        let lines = (value.chars().count() / 85 + 1).min(20);
        if let (2.., Ok(lines)) = (lines, u8::try_from(lines)) {
            self.sheet.set_row_height(row, LINE * f64::from(lines)).map_err(refused)?;
        }
        self.sheet.write_string_with_format(row, 0, shown(name), &self.name).map_err(refused)?;
        self.sheet.write_string_with_format(row, 1, shown(value), &self.value).map_err(refused)?;
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "cells hold floating-point numbers; counts stay far below 2^53"
    )]
    fn number(&mut self, name: &str, value: u64) -> Result<(), Error> {
        let row = self.row();
        self.sheet.write_string_with_format(row, 0, shown(name), &self.name).map_err(refused)?;
        self.sheet.write_number_with_format(row, 1, value as f64, &self.value).map_err(refused)?;
        Ok(())
    }

    fn time(&mut self, name: &str, at: Option<governance_model::Timestamp>) -> Result<(), Error> {
        let Some(at) = at else { return self.text(name, "never") };
        let Some(cell) = date(at) else { return self.text(name, &at.to_string()) };
        let row = self.row();
        self.sheet.write_string_with_format(row, 0, name, &self.name).map_err(refused)?;
        self.sheet.write_datetime_with_format(row, 1, cell, &self.time).map_err(refused)?;
        Ok(())
    }
}
