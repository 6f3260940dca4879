//! Makes facts of statements that had to wait for other pages.

use governance_model::{Connector, Deferred, GrantId, Known, KnownError, ResourceId};

use crate::checkpoint::{self, Checkpoint, decode};
use crate::read::Reading;
use crate::store::{Change, SyncStore};
use crate::{SyncError, filter};

/// Makes facts of the statements that had to wait, and commits them together with the end of their notes.
pub(crate) fn deferred<C: Connector, S: SyncStore>(
    reading: &Reading<'_, C>,
    store: &mut S,
    checkpoint: &mut Checkpoint,
) -> Result<(), SyncError> {
    let notes = store.notes(checkpoint::DEFERRED).map_err(SyncError::store)?;
    if notes.is_empty() {
        return Ok(());
    }
    let deferred =
        notes.iter().map(|(key, value)| decode(key, value)).collect::<Result<Vec<Deferred>, _>>()?;
    let mut page = reading.connector.resolve(reading.baseline, &deferred, &StoreKnown(store))?;
    filter::keep(&mut page, reading.scope, reading.leave_out);
    for dropped in &page.dropped {
        checkpoint.left_out(&dropped.reason, dropped.count);
    }
    checkpoint.at = reading.clock.now();
    let change = Change {
        facts: Some(&page.facts),
        discovered_at: Some(checkpoint.at),
        token: Some(checkpoint.write()?),
        remove_notes: notes.into_iter().map(|(key, _)| key).collect(),
        ..Change::default()
    };
    store.commit(&change).map_err(SyncError::store)?;
    Ok(())
}

/// What the store holds, as the connector may ask.
struct StoreKnown<'a, S>(&'a S);

impl<S: SyncStore> Known for StoreKnown<'_, S> {
    fn contains(&self, id: &ResourceId) -> Result<bool, KnownError> {
        self.0.contains(id).map_err(Into::into)
    }

    fn holds(&self, id: &GrantId) -> Result<bool, KnownError> {
        self.0.holds(id).map_err(Into::into)
    }
}
