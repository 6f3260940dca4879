//! The status of a schedule, as its file holds it: what went well, what failed and why, what comes next.
//!
//! The file is an interface: fields are only added, readers ignore what they do not know, and another meaning gets another
//! format number. Ids and counts only: nothing in it names a person.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use governance_model::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::lock::beside;

/// Written by this version; another number is never interpreted.
const FORMAT: u32 = 1;

/// What a schedule says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleStatus {
    format: u32,
    /// The version of the program that wrote it.
    #[serde(default)]
    pub version: String,
    /// The process that wrote it.
    #[serde(default)]
    pub pid: u32,
    /// When that process began.
    pub started_at: Timestamp,
    /// When runs are due, for people.
    #[serde(default)]
    pub schedule: String,
    /// The file that the syncs are sealed in, with its folder.
    #[serde(default)]
    pub output: Option<String>,
    /// The last run that sealed a sync.
    #[serde(default)]
    pub last_success: Option<Succeeded>,
    /// The last run that did not, however long ago.
    #[serde(default)]
    pub last_failure: Option<Failed>,
    /// Failed runs since the last success.
    #[serde(default)]
    pub consecutive_failures: u32,
    /// When the next run is due; `None` while one runs.
    #[serde(default)]
    pub next_run: Option<Timestamp>,
    /// The run that is going on.
    #[serde(default)]
    pub progress: Option<RunProgress>,
    /// When the schedule was stopped, if it was; one that was killed has none.
    #[serde(default)]
    pub stopped_at: Option<Timestamp>,
}

/// A run that sealed a sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succeeded {
    /// When the sync ended, which may be in an earlier run than the one that put it in place.
    pub at: Timestamp,
    /// The sync's id.
    #[serde(default)]
    pub sync_id: String,
    /// Rows in it, by their kind.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
    /// Whether everybody is in it, if that is known.
    #[serde(default)]
    pub verified: Option<bool>,
}

/// A run that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// When it ended.
    pub at: Timestamp,
    /// The class of the failure, such as `unavailable` or `unauthenticated`.
    #[serde(default)]
    pub class: String,
    /// Whether it may pass without anybody doing anything.
    #[serde(default)]
    pub transient: bool,
    /// What went wrong, in one line.
    #[serde(default)]
    pub reason: String,
    /// What to do, when there is something.
    #[serde(default)]
    pub hint: Option<String>,
}

/// A run that is going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunProgress {
    /// When it began.
    pub since: Timestamp,
    /// When it last said something; told at most once a second.
    pub updated_at: Timestamp,
    /// The step of the sync, such as `read` or `seal`.
    #[serde(default)]
    pub phase: String,
    /// Pages stored in this sync, by earlier runs of it too.
    #[serde(default)]
    pub pages: u64,
    /// What it waits for, while it does.
    #[serde(default)]
    pub waiting: Option<RunWait>,
}

/// A run that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunWait {
    /// What for: the name of a [`WaitReason`](crate::WaitReason).
    #[serde(default, rename = "for")]
    pub what: String,
    /// When it goes on.
    pub until: Timestamp,
}

/// Why a status could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StatusError {
    /// The file cannot be read.
    #[error("cannot read the status file {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not a status.
    #[error("{} is not a status file", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Another version wrote it in a way that this one does not know.
    #[error("the status file {} has format {found}, this version reads {FORMAT}", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format number.
        found: u32,
    },
}

/// Where the status of an output's schedule is, if nobody says otherwise: `.<name>.status.json` beside it.
pub fn status_path(output: &Path) -> PathBuf {
    beside(output, "status.json")
}

impl ScheduleStatus {
    /// That of a schedule that begins and knows of no run.
    pub fn new(version: &str, pid: u32, started_at: Timestamp, schedule: &str) -> Self {
        Self {
            format: FORMAT,
            version: version.to_owned(),
            pid,
            started_at,
            schedule: schedule.to_owned(),
            output: None,
            last_success: None,
            last_failure: None,
            consecutive_failures: 0,
            next_run: None,
            progress: None,
            stopped_at: None,
        }
    }

    /// Names the output.
    #[must_use]
    pub fn of_output(mut self, output: &Path) -> Self {
        let output = std::path::absolute(output).unwrap_or_else(|_| output.to_owned());
        self.output = Some(output.to_string_lossy().into_owned());
        self
    }

    /// Keeps what an earlier process of the same schedule knew of its runs.
    #[must_use]
    pub fn continuing(mut self, earlier: Self) -> Self {
        self.last_success = earlier.last_success;
        self.last_failure = earlier.last_failure;
        self.consecutive_failures = earlier.consecutive_failures;
        self
    }

    /// Reads a status file; `None` when there is none. Fields that newer versions added are ignored.
    ///
    /// # Errors
    /// When the file cannot be read, is no status, or has another format.
    pub fn read(path: &Path) -> Result<Option<Self>, StatusError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StatusError::Io { path: path.to_owned(), source }),
        };
        let damaged = |source| StatusError::Damaged { path: path.to_owned(), source };
        let Format { format } = serde_json::from_slice(&text).map_err(damaged)?;
        if format != FORMAT {
            return Err(StatusError::Format { path: path.to_owned(), found: format });
        }
        serde_json::from_slice(&text).map_err(damaged).map(Some)
    }

    /// Writes the status file, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written; what stood there is untouched.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        text.push(b'\n');
        c1z::atomic::write(path, &text)
    }
}
