//! Gives members of collections what the collections hold, and counts it.

use crate::checkpoint::GRANTS_READ;
use crate::report::Integrity;
use crate::store::{Change, SyncStore};
use crate::verify::{note, noted};
use crate::{Clock, SyncError};

/// Expands, and returns how many grants that made. The number of grants that were read is noted first: what an expansion
/// wrote before it was cut off counts as well.
///
/// # Errors
/// When the store fails.
pub(crate) fn expand<S: SyncStore>(
    store: &mut S,
    integrity: &mut Integrity,
    clock: &dyn Clock,
) -> Result<u64, SyncError> {
    let read = if let Some(read) = noted(store, GRANTS_READ)? {
        read
    } else {
        let read = grants(store)?;
        let change = Change { put_notes: vec![note(GRANTS_READ, &read)?], ..Change::default() };
        store.commit(&change).map_err(SyncError::store)?;
        read
    };
    let expanded = store.expand(clock.now()).map_err(SyncError::store)?;
    integrity.dropped_edges = expanded.dropped_edges;
    Ok(grants(store)?.saturating_sub(read))
}

fn grants<S: SyncStore>(store: &S) -> Result<u64, SyncError> {
    Ok(store.counts().map_err(SyncError::store)?.grants.values().sum())
}
