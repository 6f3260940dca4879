//! What can go wrong while a file is read for people.

use std::io;

use thiserror::Error;

/// Why something could not be read or written.
#[derive(Debug, Error)]
pub enum Error {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] c1z::Error),
    /// The rows cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// A row cannot be put into the format.
    #[error("cannot write a row as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The same, as CSV.
    #[error("cannot write a row as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// There is more than a sheet of a workbook takes.
    #[error(
        "there are more rows than the {limit} that the sheet {sheet} takes: export as csv, json or jsonl instead"
    )]
    TooManyRows {
        /// The sheet.
        sheet: String,
        /// How many rows it takes, its heading included.
        limit: u32,
    },
    /// A workbook cannot be written.
    #[error("cannot write the workbook: {0}")]
    Workbook(String),
    /// A file besides the c1z cannot be read.
    #[error("cannot read the file: {0}")]
    Input(io::Error),
    /// A workbook that came back cannot be checked.
    #[error(transparent)]
    Reviewed(#[from] crate::reviewed::Refusal),
    /// Two syncs cannot be compared.
    #[error(transparent)]
    Refused(#[from] crate::diff::Refusal),
    /// An evidence pack cannot be made or looked at.
    #[error(transparent)]
    Evidence(#[from] crate::evidence::Refusal),
}

impl Error {
    /// Whether the reader of the output has gone away, as `head` does; no failure in the eyes of a person.
    pub fn is_broken_pipe(&self) -> bool {
        match self {
            Self::Output(error) => error.kind() == io::ErrorKind::BrokenPipe,
            Self::Json(error) => error.io_error_kind() == Some(io::ErrorKind::BrokenPipe),
            Self::Csv(error) => match error.kind() {
                csv::ErrorKind::Io(error) => error.kind() == io::ErrorKind::BrokenPipe,
                _ => false,
            },
            Self::File(_)
            | Self::Refused(_)
            | Self::Evidence(_)
            | Self::TooManyRows { .. }
            | Self::Workbook(_)
            | Self::Input(_)
            | Self::Reviewed(_) => false,
        }
    }
}
