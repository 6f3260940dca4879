//! Why there is no pack, or nothing to check.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::Problem;
use crate::findings::ListError;

/// Why a pack cannot be made or looked at.
#[derive(Debug, Error)]
pub enum Refusal {
    /// Something has that name.
    #[error("{} exists already, and a pack is never changed", .0.display())]
    Exists(PathBuf),
    /// There is no such folder.
    #[error("{} is not a folder", .0.display())]
    NoFolder(PathBuf),
    /// A file or folder cannot be read or written.
    #[error("cannot {what} {}: {error}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        error: io::Error,
    },
    /// A list that accounts are matched with cannot be used.
    #[error("cannot use {file}: {error}")]
    List {
        /// Its name in the pack.
        file: &'static str,
        /// Why.
        error: ListError,
    },
    /// A manifest names a rule that this version does not have.
    #[error("this version has no rule {0:?}")]
    UnknownRule(String),
    /// The private key cannot be used.
    #[error("{0}")]
    Key(&'static str),
    /// The pack to follow does not hold.
    #[error("the previous pack {} does not hold: {first}{}", path.display(), and_more(*.more))]
    PreviousBroken {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it first.
        first: Problem,
        /// How many more things are wrong.
        more: usize,
    },
    /// The pack to follow is of another source.
    #[error("the previous pack is of {previous:?}, and this one of {this:?}")]
    PreviousOfOtherSource {
        /// The source of the previous pack.
        previous: String,
        /// The source of this one.
        this: String,
    },
    /// The pack to follow was made later.
    #[error("the previous pack was made later, at {0:.0}")]
    PreviousIsLater(governance_model::Timestamp),
    /// What was just written reads otherwise.
    #[error("what was written reads otherwise: {0}")]
    NotAsWritten(Problem),
}

impl Refusal {
    pub(super) fn io(what: &'static str, path: &Path, error: io::Error) -> Self {
        Self::Io { what, path: path.to_owned(), error }
    }
}

fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(", and {more} more") }
}
