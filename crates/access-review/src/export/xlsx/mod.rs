//! A workbook: `About`, a `Review` sheet to decide in, and a sheet per kind of row.
//!
//! Sheets are written row by row to temporary files in the system's folder for them, so memory does not grow with the
//! sync; those files have no name and are gone with the process. All cells with text are strings, so no formula is ever in
//! a workbook, and all are defused as in CSV besides, because a sheet may be saved as CSV later. Facts are not protected
//! by a password: the protection is against slips, and `reviewed` says how an edit is noticed.

pub(crate) mod about;
pub(crate) mod review;
mod sheet;

use std::any::Any;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};

use c1z::EntitlementFilter;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use self::sheet::Sheet;
use super::{About, Counts, Options, OtherResource};
use crate::findings::FindingRow;
use crate::format::Row;
use crate::rows::{EntitlementRow, GrantQuery, GrantRow, Group, Person, Project, Role};
use crate::{Error, Snapshot};

/// Writes a sync as a workbook.
///
/// # Errors
/// When the file cannot be read, the output or a temporary file not be written, or there is more than a sheet takes.
pub fn xlsx(out: impl Write + Send, snapshot: &Snapshot<'_>, options: &Options) -> Result<Counts, Error> {
    // A full disk under the temporary files is a panic in the library that writes them.
    let written = panic::catch_unwind(AssertUnwindSafe(|| write(out, snapshot, options)));
    written.unwrap_or_else(|panic| Err(Error::Output(io::Error::other(reason(panic.as_ref())))))
}

/// A writer that tells of its failure at the end: the library writes to stderr about one that it meets.
struct Remembering<W> {
    out: W,
    failed: Option<io::Error>,
}

impl<W: Write> Remembering<W> {
    fn try_to<T>(&mut self, instead: T, work: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.failed.is_some() {
            return Ok(instead);
        }
        match work(&mut self.out) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.failed = Some(error);
                Ok(instead)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Remembering<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.try_to(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.try_to((), W::flush)
    }
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    format!("a temporary file of the workbook could not be written, maybe its disk is full ({text})")
}

fn write(out: impl Write + Send, snapshot: &Snapshot<'_>, options: &Options) -> Result<Counts, Error> {
    let about = About::of(snapshot, options)?;
    let created = ExcelDateTime::from_timestamp(options.at.as_second()).map_err(refused)?;
    let mut workbook = Workbook::new();
    if let Some(folder) = &options.temporary
        && workbook.set_tempdir(std::env::temp_dir()).is_err()
    {
        workbook.set_tempdir(folder).map_err(refused)?;
    }
    workbook.set_properties(
        &DocProperties::new()
            .set_title(format!("Access review of {}", about.source()))
            .set_author(&options.tool)
            // The only time in the file that the library would otherwise take from the clock.
            .set_creation_datetime(&created),
    );
    // They stand first and are filled last, when everything is counted.
    Sheet::add(&mut workbook, "About")?;
    let unfinished = !about.sealed;
    let review = review::write(&mut workbook, snapshot, unfinished)?;
    let mut counts = Counts {
        users: rows(&mut workbook, "Users", unfinished, Person::all(snapshot))?,
        groups: rows(&mut workbook, "Groups", unfinished, Group::all(snapshot))?,
        roles: rows(&mut workbook, "Roles", unfinished, Role::all(snapshot))?,
        ..Counts::default()
    };
    let mut projects = Project::all(snapshot).peekable();
    if projects.peek().is_some() {
        counts.projects = rows(&mut workbook, "Projects", unfinished, projects)?;
    }
    let mut others = OtherResource::all(snapshot).peekable();
    if others.peek().is_some() {
        counts.other_resources = rows(&mut workbook, "Other resources", unfinished, others)?;
    }
    let grants = GrantRow::all(snapshot, &GrantQuery::default());
    counts.grants = rows(&mut workbook, "Grants", unfinished, grants)?;
    for entitlement in EntitlementRow::all(snapshot, &EntitlementFilter::default()) {
        entitlement?;
        counts.entitlements += 1;
    }
    if let Some(assessment) = &options.assessment {
        let found = assessment.findings.iter().flat_map(crate::findings::Finding::rows);
        rows::<FindingRow>(&mut workbook, "Findings", unfinished, found.map(Ok))?;
        counts.findings = assessment.findings.len() as u64;
    }
    about::write(&mut workbook, &about, &counts, &review, options)?;
    let mut out = Remembering { out, failed: None };
    workbook.save_to_writer(&mut out).map_err(refused)?;
    out.failed.map_or(Ok(()), Err)?;
    Ok(counts)
}

/// A sheet of rows as the listings have them.
fn rows<T: Row>(
    workbook: &mut Workbook,
    name: &str,
    unfinished: bool,
    rows: impl Iterator<Item = Result<T, Error>>,
) -> Result<u64, Error> {
    let mut sheet = Sheet::add(workbook, name)?;
    let mark = unfinished.then_some("unfinished");
    sheet.heading(T::COLUMNS.iter().copied().chain(mark))?;
    let mut count = 0;
    for row in rows {
        let cells = row?.cells();
        sheet.row(cells.iter().map(String::as_str).chain(unfinished.then_some("yes")))?;
        count += 1;
    }
    sheet.finish()?;
    Ok(count)
}

fn refused(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => Error::Output(error),
        other => Error::Workbook(other.to_string()),
    }
}
