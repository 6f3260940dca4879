//! The checkpoint inside one sync: what has been done, and what makes it valid to go on.
//!
//! It is the `sync_token` of the unfinished sync. Where to read on is not in it but in notes, one per open cursor,
//! so that a page costs the same however many cursors are open.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{Cursor, Deferred, ResourceTypeId, Scope, Timestamp, Usage};
use serde::{Deserialize, Serialize};

use crate::filter::LeaveOut;
use crate::later::Later;
use crate::{Completeness, Integrity, SyncError, SyncStore, Unusable};

/// Written by this version of the format; another number is never interpreted.
const FORMAT: u32 = 4;

/// How many reasons are told apart.
const MOST_REASONS: usize = 64;

/// What the others are counted under.
const OTHER_REASONS: &str = "other reasons";

/// The most that a checkpoint can have counted. What says more is damaged, and adding to it would come to an end.
const MOST: u64 = 1 << 62;

/// Key of the note with the baseline.
pub(crate) const BASELINE: &str = "baseline";
/// Key of the note with what is different in the inventory taken after reading.
pub(crate) const INVENTORY: &str = "inventory-after";
/// Key of the note with what the comparison with the inventories found.
pub(crate) const COMPLETENESS: &str = "completeness";
/// Key of the note with what became of references that lead nowhere.
pub(crate) const INTEGRITY: &str = "integrity";
/// Key of the note with the number of grants before expansion.
pub(crate) const GRANTS_READ: &str = "grants-read";
/// Prefix of the notes with open cursors.
pub(crate) const CURSOR: &str = "cursor/";
/// Prefix of the notes with people who were on more than one page.
pub(crate) const REPEATED: &str = "repeated/";
/// Prefix of the notes with deferred statements.
pub(crate) const DEFERRED: &str = "deferred/";

/// How far a sync is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    format: u32,
    /// What the pages depend on: the connector's fingerprint and the scope.
    pub(crate) fingerprint: String,
    /// When it was written.
    pub(crate) at: Timestamp,
    /// Pages stored, per stream.
    pub(crate) pages: BTreeMap<String, u64>,
    /// What did not become a fact, per reason.
    pub(crate) dropped: BTreeMap<String, u64>,
    /// Reasons to doubt that the source showed everything.
    pub(crate) doubts: BTreeSet<String>,
    /// Pages in a row, per stream, that brought nothing new.
    pub(crate) stale: BTreeMap<String, u32>,
    /// Whether what is read now was read before and is looked at again.
    pub(crate) recovering: bool,
    /// People who were looked for again, because they were missing or had changed.
    pub(crate) reread: u64,
    /// Cursors that are open, so that a note that was lost is not taken for a list that was read to its end.
    #[serde(default)]
    pub(crate) open: Option<u64>,
    /// Deferred statements stored so far; numbers their notes.
    pub(crate) deferred: u64,
    /// What earlier runs of this sync cost.
    pub(crate) usage: Usage,
    /// Runs so far, this one included.
    pub(crate) runs: u32,
}

impl Checkpoint {
    pub(crate) fn new(fingerprint: String, at: Timestamp) -> Self {
        Self {
            format: FORMAT,
            fingerprint,
            at,
            pages: BTreeMap::new(),
            dropped: BTreeMap::new(),
            doubts: BTreeSet::new(),
            stale: BTreeMap::new(),
            recovering: false,
            reread: 0,
            open: None,
            deferred: 0,
            usage: Usage::default(),
            runs: 1,
        }
    }

    /// Reads a checkpoint; `Err` says why it cannot be used.
    pub(crate) fn read(token: &str, fingerprint: &str) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_str(token).map_err(|_| Unusable::Checkpoint)?;
        if format != FORMAT {
            return Err(Unusable::Format { found: format, known: FORMAT });
        }
        let checkpoint: Self = serde_json::from_str(token).map_err(|_| Unusable::Checkpoint)?;
        if checkpoint.fingerprint != fingerprint {
            return Err(Unusable::conditions(fingerprint, &checkpoint.fingerprint));
        }
        if checkpoint.total() > MOST {
            return Err(Unusable::Checkpoint);
        }
        Ok(checkpoint)
    }

    /// Notes that these cursors are open from now on.
    pub(crate) fn opened(&mut self, cursors: &[Cursor]) {
        let keys: BTreeSet<_> = cursors.iter().map(cursor_key).collect();
        self.open = Some(keys.len() as u64);
    }

    /// Notes that one cursor was followed, and whether another one follows it.
    pub(crate) fn followed(&mut self, next: bool) {
        self.open = self.open.map(|open| open.saturating_sub(1) + u64::from(next));
    }

    /// Whether these are the cursors that it left open.
    pub(crate) fn left_open(&self, cursors: &[Cursor]) -> bool {
        self.open.is_none_or(|open| open == cursors.len() as u64)
    }

    /// Counts what was left out. Reasons may quote the source, and the checkpoint is written with every page, so that there
    /// must not be many.
    pub(crate) fn left_out(&mut self, reason: &str, count: u64) {
        let is_listed = self.dropped.contains_key(reason) || self.dropped.len() < MOST_REASONS;
        let reason = if is_listed { reason } else { OTHER_REASONS };
        *self.dropped.entry(reason.to_owned()).or_default() += count;
    }

    /// Notes reasons to doubt that the source showed everything, as far as [`Checkpoint::left_out`] does.
    pub(crate) fn doubt(&mut self, doubts: &[String]) {
        for doubt in doubts {
            if self.doubts.len() < MOST_REASONS {
                self.doubts.insert(doubt.clone());
            }
        }
    }

    /// Everything it counts, added up.
    fn total(&self) -> u64 {
        let Usage { requests, retries, bytes } = self.usage;
        // These are counted in half the width, and reach its end sooner.
        let narrow = |count: u32| u64::from(count) << 32;
        let single = [self.reread, self.deferred, requests, retries, bytes, narrow(self.runs)];
        let stale = self.stale.values().map(|count| narrow(*count));
        let counts = self.pages.values().chain(self.dropped.values()).copied().chain(single).chain(stale);
        let counts = counts.chain(self.open);
        counts.fold(0, u64::saturating_add)
    }

    pub(crate) fn write(&self) -> Result<String, SyncError> {
        serde_json::to_string(self).map_err(|error| SyncError::Checkpoint(error.to_string()))
    }

    pub(crate) fn total_pages(&self) -> u64 {
        self.pages.values().sum()
    }
}

/// Everything that decides what a sync's pages hold.
pub(crate) fn fingerprint(connector: &str, scope: &Scope, leave_out: LeaveOut) -> String {
    let types = match &scope.resource_types {
        None => "all".to_owned(),
        Some(types) => types.iter().map(ResourceTypeId::as_str).collect::<Vec<_>>().join(","),
    };
    let mut text = format!("{connector};engine={};types={types}", env!("CARGO_PKG_VERSION"));
    let LeaveOut { grants, entitlements, expansion } = leave_out;
    for (left, what) in [(grants, "grants"), (entitlements, "entitlements"), (expansion, "expansion")] {
        if left {
            text.push_str(";without=");
            text.push_str(what);
        }
    }
    text
}

/// The note of an open cursor.
pub(crate) fn cursor_note(cursor: &Cursor) -> Result<(String, Vec<u8>), SyncError> {
    let value = serde_json::to_vec(cursor).map_err(|error| SyncError::Checkpoint(error.to_string()))?;
    Ok((cursor_key(cursor), value))
}

/// The key of an open cursor's note.
pub(crate) fn cursor_key(cursor: &Cursor) -> String {
    format!("{CURSOR}{}/{}", cursor.stream, cursor.position)
}

/// The key of a deferred statement's note; sorts by number.
pub(crate) fn deferred_key(number: u64) -> String {
    format!("{DEFERRED}{number:012}")
}

/// Where to read on.
pub(crate) fn open_cursors<S: SyncStore>(store: &S) -> Result<Vec<Cursor>, SyncError> {
    let notes = store.notes(CURSOR).map_err(SyncError::store)?;
    notes.iter().map(|(key, value)| decode(key, value)).collect()
}

/// Reads every note that will be needed later in the sync. One that is damaged must be found before the sync goes on:
/// found in the middle, it would keep every later run from the end.
///
/// # Errors
/// [`SyncError::Checkpoint`] when one cannot be read, and when the store fails.
pub(crate) fn check_notes<S: SyncStore>(store: &S) -> Result<(), SyncError> {
    check::<Later, _>(store, INVENTORY)?;
    check::<Completeness, _>(store, COMPLETENESS)?;
    check::<Integrity, _>(store, INTEGRITY)?;
    check::<u64, _>(store, GRANTS_READ)?;
    let deferred = store.notes(DEFERRED).map_err(SyncError::store)?;
    deferred.iter().try_for_each(|(key, value)| decode::<Deferred>(key, value).map(drop))
}

fn check<T: for<'a> Deserialize<'a>, S: SyncStore>(store: &S, key: &str) -> Result<(), SyncError> {
    let note = store.note(key).map_err(SyncError::store)?;
    note.map_or(Ok(()), |value| decode::<T>(key, &value).map(drop))
}

/// Reads a note that this version wrote.
pub(crate) fn decode<T: for<'a> Deserialize<'a>>(key: &str, value: &[u8]) -> Result<T, SyncError> {
    serde_json::from_slice(value).map_err(|error| SyncError::Checkpoint(format!("note {key}: {error}")))
}
