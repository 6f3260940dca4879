//! The newest sealed sync of a file, as far as schedules and their status ask for it.

use std::collections::BTreeMap;
use std::path::Path;

use c1z::atomic::folder_of;
use c1z::{C1zFile, SyncChoice, SyncType};
use governance_model::Timestamp;
use serde::{Deserialize, Serialize};
use sync_engine::REPORT_ASSET;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::{limits, remote, temporary};

/// A sealed sync.
#[derive(Debug, Serialize)]
pub(crate) struct SealedSync {
    pub(crate) sync_id: String,
    pub(crate) ended_at: Timestamp,
    /// Rows in it, by their kind.
    pub(crate) counts: BTreeMap<String, u64>,
    /// Whether everybody is in it; unknown when another program wrote the sync.
    pub(crate) verified: Option<bool>,
}

/// The newest finished full sync of a file; `None` when there is no file or no such sync in it.
///
/// # Errors
/// When what stands there cannot be read as a c1z.
pub(crate) fn newest(file: &Path) -> Result<Option<SealedSync>, Failure> {
    let held;
    let found = match remote::address(file)? {
        None if !file.exists() => return Ok(None),
        None => file,
        Some(address) => match remote::wait(remote::fetch(address))? {
            None => return Ok(None),
            Some(fetched) => {
                held = fetched;
                held.path()
            }
        },
    };
    read(found).map_err(|error| {
        let message = format!("{:#}", anyhow::Error::from(error));
        Failure::new(Exit::FailedPrecondition, message)
            .naming(&file.to_string_lossy(), &found.to_string_lossy())
            .with_hint("move that file away, or name another one with --file")
    })
}

/// Opens the file, with its decoded copy in the folder that the user names, or in the system's for temporary files; beside the
/// file where there is no such folder, because one writable folder is all that a sync needs.
pub(crate) fn open(file: &Path) -> Result<C1zFile, c1z::Error> {
    open_in(file, &folder_of(file))
}

/// As [`open`], and pages may still be under check: see [`C1zFile::open_early`].
pub(crate) fn open_early(file: &Path) -> Result<C1zFile, c1z::Error> {
    opened(&folder_of(file), |temporary| C1zFile::open_early(file, limits::from_environment(), temporary))
}

/// As [`open`], with another folder to fall back on, for a file whose own folder must hold nothing else.
pub(crate) fn open_in(file: &Path, folder: &Path) -> Result<C1zFile, c1z::Error> {
    opened(folder, |temporary| C1zFile::open_in(file, limits::from_environment(), temporary))
}

fn opened(folder: &Path, open: impl Fn(&Path) -> Result<C1zFile, c1z::Error>) -> Result<C1zFile, c1z::Error> {
    if let Some(named) = temporary::folder() {
        return open(&named);
    }
    open(&std::env::temp_dir()).or_else(|error| match error {
        c1z::Error::Io { .. } => open(folder),
        other => Err(other),
    })
}

fn read(file: &Path) -> Result<Option<SealedSync>, c1z::Error> {
    #[derive(Deserialize)]
    struct Report {
        completeness: Completeness,
    }
    #[derive(Deserialize)]
    struct Completeness {
        verified: bool,
    }

    let file = open(file)?;
    let finished = |run: c1z::SyncRun| {
        let ended_at = run.ended_at.filter(|_| run.sync_type == SyncType::Full)?;
        Some((ended_at, run.sync_id))
    };
    let Some((ended_at, sync_id)) = file.syncs()?.into_iter().filter_map(finished).max() else {
        return Ok(None);
    };
    let view = file.sync(&SyncChoice::Id(sync_id.clone()))?;
    let stats = view.stats()?;
    let mut counts = stats.resources_by_resource_type;
    counts.insert("grants".to_owned(), stats.grants);
    let report = view.asset(REPORT_ASSET)?.and_then(|json| serde_json::from_slice::<Report>(&json).ok());
    let verified = report.map(|report| report.completeness.verified);
    Ok(Some(SealedSync { sync_id, ended_at, counts, verified }))
}
