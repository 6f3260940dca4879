//! Findings written out: for people, for programs, for spreadsheets, for code scanners.

mod sarif;
mod table;

use std::io::Write;

use super::{Assessment, Finding};
use crate::format::{self, Format, Style};
use crate::{Error, Snapshot};

pub use sarif::Tool;

impl Assessment {
    /// Writes what was found: a page for people, or an array, an object a line, or a row for each row of evidence. What was
    /// not checked and the notes stand only on the page for people.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&self, snapshot: &Snapshot<'_>, out: &mut dyn Write, style: Style) -> Result<(), Error> {
        match style.format {
            Format::Table => table::write(self, snapshot, out, style.unfinished),
            Format::Json | Format::JsonLines => {
                format::write(out, style, self.findings.iter().map(Ok)).map(drop)
            }
            Format::Csv => {
                format::write(out, style, self.findings.iter().flat_map(Finding::rows).map(Ok)).map(drop)
            }
        }
    }

    /// Writes a SARIF 2.1.0 log, with a result for each row of evidence, which code scanners follow from one log to the next.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write_sarif(
        &self,
        snapshot: &Snapshot<'_>,
        out: &mut dyn Write,
        tool: &Tool<'_>,
    ) -> Result<(), Error> {
        sarif::write(self, snapshot, out, tool)
    }
}
