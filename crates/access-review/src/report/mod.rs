//! The report: one HTML file that a reviewer opens from disk, reads, searches, prints and files.
//!
//! What everybody must be able to read stands in it as HTML: the verdict, the numbers, administrative access, findings and
//! changes. The tables of people, groups and other resources are made by its script from data in the same file, because ten
//! thousand rows of HTML open slowly. The page loads nothing and sends nothing, and says so to the browser: its policy allows
//! exactly its own script and styles, by their hashes.
//!
//! HTML comes from askama templates, which escape all text that is not marked; the only texts that are marked are the script
//! and the styles. The same sync, findings, changes and times give the same bytes.

mod about;
mod census;
mod changes;
mod findings;
mod graph;
mod page;
mod policy;
mod script;
mod text;

use std::io::Write;

use governance_model::Timestamp;

use crate::diff::Comparison;
use crate::findings::Assessment;
use crate::{Error, Snapshot};

/// What a report is made of, besides the sync.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// When it is made.
    pub made_at: Timestamp,
    /// By which program and version.
    pub tool: &'a str,
}

/// What the sync is compared with.
#[derive(Clone, Copy, Debug)]
pub enum Changes<'a> {
    /// Nothing, and why, as a sentence.
    None(&'a str),
    /// An earlier sync.
    Since(&'a Comparison<'a>),
}

/// Writes the report. The page is held in memory while it is made, a few hundred bytes for each person.
///
/// # Errors
/// When the sync cannot be read or the output cannot be written.
pub fn write(
    out: &mut dyn Write,
    snapshot: &Snapshot<'_>,
    assessment: &Assessment,
    changes: Changes<'_>,
    options: Options<'_>,
) -> Result<(), Error> {
    page::write(out, snapshot, assessment, changes, options)
}
