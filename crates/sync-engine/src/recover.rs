//! Looks again at people whom the pages missed, or who changed while they were read.
//!
//! Pages are numbered, so a row that moves between two requests can be skipped. The source's own list, taken again after
//! reading, says who is missing and whose status changed; the connector says on which pages they are now; those pages are
//! read once more, and their rows replace the earlier ones. It is done once: who stays missing becomes a stand-in.

use std::collections::BTreeSet;

use governance_model::{Connector, Cursor, Inventory};

use crate::checkpoint::{self, Checkpoint, cursor_note, decode};
use crate::later::Later;
use crate::patience::Patience;
use crate::read::{self, Reading};
use crate::store::{Change, SyncStore};
use crate::{Event, SyncError};

/// The inventory after reading: from the source once, from the store when a resumed run already has it.
pub(crate) async fn inventory<C: Connector, S: SyncStore>(
    reading: &Reading<'_, C>,
    store: &mut S,
    checkpoint: &mut Checkpoint,
    patience: &mut Patience<'_>,
) -> Result<Option<Inventory>, SyncError> {
    if !reading.scope.includes(&reading.baseline.inventory_type) {
        return Ok(None);
    }
    if let Some(kept) = store.note(checkpoint::INVENTORY).map_err(SyncError::store)? {
        let later: Later = decode(checkpoint::INVENTORY, &kept)?;
        return Ok(Some(later.after(reading.baseline.inventory.as_ref())));
    }
    let mut stop = reading.stop.clone();
    let inventory = loop {
        let answer = tokio::select! {
            biased;
            () = stop.asked() => return Err(SyncError::Stopped),
            answer = reading.connector.inventory(reading.baseline) => answer,
        };
        match answer {
            Ok(inventory) => break inventory,
            Err(error) => {
                read::note_cost(store, checkpoint, reading.cost(), reading.clock);
                patience.outlast(error.into()).await?;
            }
        }
    };
    patience.reset();
    let Some(inventory) = inventory else { return Ok(None) };
    let later = Later::between(reading.baseline.inventory.as_ref(), &inventory);
    let encoded = serde_json::to_vec(&later).map_err(|error| SyncError::Checkpoint(error.to_string()))?;
    let change = Change { put_notes: vec![(checkpoint::INVENTORY.to_owned(), encoded)], ..Change::default() };
    store.commit(&change).map_err(SyncError::store)?;
    Ok(Some(inventory))
}

/// The pages to read again, stored as open cursors; none when nothing is amiss, or when it has been done.
pub(crate) fn plan<C: Connector, S: SyncStore>(
    reading: &Reading<'_, C>,
    store: &mut S,
    checkpoint: &mut Checkpoint,
    after: &Inventory,
) -> Result<Vec<Cursor>, SyncError> {
    if checkpoint.recovering {
        return Ok(Vec::new());
    }
    // One mark for each: nearly everybody has been read.
    let mut amiss = vec![true; after.entries.len()];
    let mut listed = after.entries.finder();
    store
        .for_each_id(&reading.baseline.inventory_type, &mut |id| {
            if let Some((place, _)) = listed.find(id) {
                amiss[place] = false;
            }
        })
        .map_err(SyncError::store)?;
    if let Some(before) = &reading.baseline.inventory {
        mark_changed(before, after, &mut amiss);
    }
    let prefix = format!("{}{}:", checkpoint::REPEATED, reading.baseline.inventory_type);
    for (key, _) in store.notes(&prefix).map_err(SyncError::store)? {
        if let Some((place, _)) = key.strip_prefix(&prefix).and_then(|id| listed.find(id)) {
            amiss[place] = true;
        }
    }
    let wanted = after.entries.keys().zip(&amiss).filter(|(_, amiss)| **amiss);
    let wanted: BTreeSet<&str> = wanted.map(|(id, _)| id.as_str()).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let cursors = reading.connector.locate(reading.baseline, &wanted, after);
    checkpoint.recovering = true;
    checkpoint.opened(&cursors);
    checkpoint.reread = wanted.len() as u64;
    checkpoint.at = reading.clock.now();
    let change = Change {
        token: Some(checkpoint.write()?),
        put_notes: cursors.iter().map(cursor_note).collect::<Result<_, _>>()?,
        ..Change::default()
    };
    store.commit(&change).map_err(SyncError::store)?;
    reading.observer.event(&Event::Rereading { people: checkpoint.reread, pages: cursors.len() as u64 });
    Ok(cursors)
}

/// Marks people whose raw status is not what it was.
fn mark_changed(before: &Inventory, after: &Inventory, marks: &mut [bool]) {
    let mut listed = before.entries.finder();
    for ((id, status), mark) in after.entries.iter().zip(marks) {
        *mark |= listed.find(id).is_some_and(|(_, was)| was != status);
    }
}
