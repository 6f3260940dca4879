//! Which sync a sync is compared with when nobody says.

use c1z::{C1zFile, SyncRun, SyncType};

use crate::Error;

/// The sealed full sync that ended last before `run` did; `None` when there is none.
///
/// # Errors
/// When the file's list of syncs cannot be read.
pub fn previous(file: &C1zFile, run: &SyncRun) -> Result<Option<SyncRun>, Error> {
    // Of two that ended together the greater id is the newer one, as where the newest is chosen.
    let order = |run: &SyncRun| (run.ended_at, run.sync_id.clone());
    let before = |other: &SyncRun| {
        other.sync_type == SyncType::Full
            && other.ended_at.is_some()
            && other.sync_id != run.sync_id
            && (run.ended_at.is_none() || order(other) < order(run))
    };
    Ok(file.syncs()?.into_iter().filter(before).max_by_key(order))
}
