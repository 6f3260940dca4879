//! The end of a sync: its report is kept with it, and its file is put in place.

use crate::report::SyncReport;
use crate::store::{Change, Sealed, SyncStore};
use crate::{Event, Observer, SyncError};

/// Keeps the report with the sync, and puts the file in place. Without a report it is that of an earlier run, which ended
/// the sync and could not seal it.
pub(crate) fn seal<S: SyncStore>(
    mut store: S,
    report: Option<SyncReport>,
    observer: &dyn Observer,
) -> Result<(SyncReport, Sealed), SyncError> {
    let report = if let Some(report) = report {
        let text =
            serde_json::to_string(&report).map_err(|error| SyncError::Checkpoint(error.to_string()))?;
        let change = Change { report: Some(text), discovered_at: Some(report.ended_at), ..Change::default() };
        store.commit(&change).map_err(SyncError::store)?;
        report
    } else {
        let text = store.report().map_err(SyncError::store)?.unwrap_or_default();
        serde_json::from_str(&text)
            .map_err(|error| SyncError::Checkpoint(format!("the report kept with the ended sync: {error}")))?
    };
    let ended_at = report.ended_at;
    let sealed =
        store.seal(ended_at, &mut |step| observer.event(&Event::SealStep(step))).map_err(SyncError::store)?;
    Ok((report, sealed))
}
