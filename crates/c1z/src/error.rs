//! What can go wrong with a c1z, apart from its envelope.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error as ThisError;

use crate::EnvelopeError;

/// Why a c1z or a working database could not be read or written.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The file is not a readable c1z of version 1.
    #[error("cannot read {}: {reason}", path.display())]
    Envelope {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: EnvelopeError,
    },
    /// A file cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// SQLite failed: a full disk, a lock, damaged pages.
    #[error("cannot {action}")]
    Sqlite {
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        source: rusqlite::Error,
    },
    /// The database lacks something that every c1z has, or has something else in its place.
    #[error("the database is not that of a c1z: {reason}")]
    Schema {
        /// What is missing or wrong.
        reason: String,
    },
    /// A working database cannot be continued.
    #[error("the working database {} cannot be continued: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What SQLite says, when it was SQLite that failed.
        source: Option<rusqlite::Error>,
    },
    /// The sync has been finished; all that is left is to seal it.
    #[error("sync {0:?} is finished and takes no more rows")]
    Ended(String),
    /// A fact has an id that is empty or longer than 1024 bytes, and is not stored.
    #[error("a row for {table} has an id that is empty or too long: {id:?}")]
    InvalidId {
        /// The table it was meant for.
        table: &'static str,
        /// The id of the row, cut short when it is long.
        id: String,
    },
    /// A column that is part of a row's identity, or of a sync run, holds something that it must not.
    #[error("row {external_id:?} of {table} has something unusable in column {column}")]
    Column {
        /// The table.
        table: &'static str,
        /// The external id of the row, or the sync id of a sync run; its row number when that is unusable itself.
        external_id: String,
        /// The column.
        column: &'static str,
    },
    /// A column that should hold an instant holds something else.
    #[error("row {external_id:?} of {table} has no instant in column {column}: {text:?}")]
    Timestamp {
        /// The table.
        table: &'static str,
        /// The external id of the row, or the sync id of a sync run.
        external_id: String,
        /// The column.
        column: &'static str,
        /// What it holds.
        text: String,
    },
    /// The message in a row cannot be decoded.
    #[error("the data of row {external_id:?} of {table} cannot be decoded")]
    Undecodable {
        /// The table.
        table: &'static str,
        /// The external id of the row.
        external_id: String,
        /// The decoder's word for it.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The file holds no sync that can be shown.
    #[error("the file holds no finished sync")]
    NoFinishedSync,
    /// The file does not hold the sync asked for.
    #[error("the file holds no sync {0:?}")]
    NoSuchSync(String),
    /// The sync asked for was never finished.
    #[error("sync {0:?} was never finished")]
    UnfinishedSync(String),
    /// Entitlements that exclude each other are not marked as the protocol asks (invariant I5).
    #[error("exclusion group {group:?} is malformed: {reason}")]
    ExclusionGroup {
        /// The group.
        group: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A grant names, as the source of an expansion, an entitlement of something other than its principal.
    #[error(
        "grant {grant:?} expands from entitlement {entitlement:?}, which is not one of its principal {principal:?}"
    )]
    ForeignExpansion {
        /// The grant.
        grant: String,
        /// The entitlement it names.
        entitlement: String,
        /// Its principal.
        principal: String,
    },
    /// The sealed file did not get to where it is wanted.
    #[error("the sync is sealed, and did not get to where it belongs")]
    Delivery {
        /// Why not.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Grants expand through more steps than allowed.
    #[error("grants expand through {depth} steps, more than the limit of {limit}")]
    ExpansionDepth {
        /// The longest chain.
        depth: usize,
        /// The limit.
        limit: usize,
    },
}

impl Error {
    /// Whether it says that a working database is beyond repair, rather than out of reach at the moment.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. }
            | Self::Undecodable { .. }
            | Self::Column { .. }
            | Self::Timestamp { .. } => true,
            Self::Sqlite { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
            ),
            _ => false,
        }
    }

    /// Whether there was no room on the disk.
    pub fn is_disk_full(&self) -> bool {
        let full = |error: &io::Error| {
            matches!(
                error.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
            )
        };
        match self {
            Self::Io { source, .. } | Self::Envelope { reason: EnvelopeError::Write(source), .. } => {
                full(source)
            }
            Self::Sqlite { source, .. } => source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            _ => false,
        }
    }

    /// Whether it says that what stands at the output's place is not a whole c1z of version 1.
    pub fn is_about_output(&self) -> bool {
        match self {
            Self::Envelope { reason, .. } => !matches!(reason, EnvelopeError::Write(_)),
            _ => false,
        }
    }

    /// What a person can do about it, when there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Envelope { reason, .. } => reason.hint(),
            _ => None,
        }
    }

    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    pub(crate) fn sqlite(action: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Sqlite { action, source }
    }

    pub(crate) fn envelope(path: &Path) -> impl FnOnce(EnvelopeError) -> Self {
        let path = path.to_owned();
        move |reason| Self::Envelope { path, reason }
    }

    /// An id may be as long as memory allows and is cut to what fits a line.
    pub(crate) fn invalid_id(table: &'static str, id: &str) -> Self {
        Self::InvalidId { table, id: id.chars().take(80).collect() }
    }
}
