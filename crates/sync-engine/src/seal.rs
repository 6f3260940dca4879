//! The end of a sync: its report is kept with it, and its file is put in place.

use tokio::runtime::{Handle, RuntimeFlavor};

use crate::report::SyncReport;
use crate::store::{Change, Sealed, SyncStore};
use crate::{Event, Observer, SyncError};

/// Keeps the report with the sync, and puts the file in place.
pub(crate) fn seal<S: SyncStore>(
    mut store: S,
    report: SyncReport,
    keep_earlier: bool,
    observer: &dyn Observer,
) -> Result<(SyncReport, Sealed), SyncError> {
    if !store.is_ended() {
        let text =
            serde_json::to_string(&report).map_err(|error| SyncError::Checkpoint(error.to_string()))?;
        let change = Change { report: Some(text), discovered_at: Some(report.ended_at), ..Change::default() };
        store.commit(&change).map_err(SyncError::store)?;
    }
    let progress = &mut |step: &str| observer.event(&Event::SealStep(step));
    let sealed =
        blocking(|| store.seal(report.ended_at, keep_earlier, progress)).map_err(SyncError::store)?;
    Ok((report, sealed))
}

/// Does what takes long without letting go of the thread, and lets the runtime's other tasks go on meanwhile where it can
/// have another thread for them.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
