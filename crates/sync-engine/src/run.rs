//! One sync from beginning to end, or from wherever the last run left it.

use std::time::Duration;

use governance_model::{Connector, Scope};

use crate::begin::{self, Begun, Run, Start};
use crate::checkpoint;
use crate::filter::LeaveOut;
use crate::patience::Patience;
use crate::read::{self, Reading, Supply};
use crate::report::{Drift, SyncReport};
use crate::store::{Sealed, SyncStore, SyncStores};
use crate::{
    Clock, Event, Observer, Phase, Stop, SyncError, Unusable, expand, recover, resolve, seal, verify,
};

/// How to sync.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which part of the source to read.
    pub scope: Scope,
    /// What to leave out of it.
    pub leave_out: LeaveOut,
    /// Pages fetched at the same time; at least 1.
    pub concurrency: usize,
    /// Seal even if the sync looks as if people had vanished.
    pub allow_shrink: bool,
    /// An unfinished sync whose checkpoint is older than this is not resumed.
    pub resume_max_age: Duration,
    /// How long, in all, to wait for a source that asks to come back later.
    pub max_wait: Duration,
    /// Whether the source is a look-alike for demonstrations: its syncs may be pushed out by those of another source.
    pub demonstration: bool,
    /// Asks the sync to stop early.
    pub stop: Stop,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            scope: Scope::default(),
            leave_out: LeaveOut::default(),
            concurrency: 8,
            allow_shrink: false,
            resume_max_age: Duration::from_secs(24 * 60 * 60),
            max_wait: Duration::ZERO,
            demonstration: false,
            stop: Stop::never(),
        }
    }
}

/// Runs one sync and seals it, resuming an unfinished one if its checkpoint is still valid.
///
/// Must run inside a tokio runtime with time enabled. Sealing blocks the calling task, and in a runtime with several threads
/// hands the others on (`tokio::task::block_in_place`): it must not be called in a `LocalSet` of such a one.
///
/// # Errors
/// See [`SyncError`]; whatever was read before the failure stays in the store for the next run.
pub async fn sync<C: Connector, T: SyncStores>(
    connector: &C,
    stores: &T,
    clock: &dyn Clock,
    options: &Options,
    observer: &dyn Observer,
) -> Result<(SyncReport, Sealed), SyncError> {
    begin::check_scope(connector, &options.scope)?;
    stores.check().map_err(|error| SyncError::Output(Box::new(error)))?;
    let fingerprint =
        checkpoint::fingerprint(&connector.descriptor().fingerprint, &options.scope, options.leave_out);
    let mut patience = Patience::new(options, clock, observer);

    let run = Run { connector, stores, clock, options, observer, before: connector.usage() };
    let start = begin::start(&run, fingerprint.clone(), &mut patience).await?;
    let (store, report) = match start {
        Start::Ended(store, report) => (store, *report),
        Start::Reading(begun) => {
            let is_resumed = begun.is_resumed;
            match read_whole(&run, *begun, &mut patience).await {
                Err(SyncError::Store(error))
                    if is_resumed && error.downcast_ref().is_some_and(T::is_damage) =>
                {
                    let begun =
                        begin::begin(&run, fingerprint, &mut patience, Some(Unusable::Damaged)).await?;
                    read_whole(&run, begun, &mut patience).await?
                }
                whole => whole?,
            }
        }
    };
    let keep_earlier = begin::keep_earlier(stores, &report.source_id)?;
    observer.event(&Event::Phase(Phase::Seal));
    seal::seal(store, report, keep_earlier, observer)
}

/// Everything between having begun and sealing.
async fn read_whole<C: Connector, T: SyncStores>(
    run: &Run<'_, C, T>,
    begun: Begun<T::Store>,
    patience: &mut Patience<'_>,
) -> Result<(T::Store, SyncReport), SyncError> {
    let Run { connector, stores, clock, options, observer, before } = *run;
    let Begun { store, mut checkpoint, baseline, cursors, is_resumed } = begun;
    let reading = Reading {
        connector,
        baseline: &baseline,
        scope: &options.scope,
        leave_out: options.leave_out,
        clock,
        observer,
        concurrency: options.concurrency.max(1),
        earlier: checkpoint.usage,
        before,
        stop: options.stop.clone(),
    };

    observer.event(&Event::Phase(Phase::Read));
    let supply = if is_resumed { Supply::Unchecked(store) } else { Supply::Ready(store) };
    let read = read::patiently(&reading, supply, &mut checkpoint, cursors, patience).await;
    let mut store = match read {
        Ok(store) => store,
        Err(error) => {
            begin::forget_if_worthless(stores, &error, &baseline);
            return Err(error);
        }
    };
    observer.event(&Event::Phase(Phase::Verify));
    let after = recover::inventory(&reading, &mut store, &mut checkpoint, patience).await?;
    if let Some(after) = &after {
        let cursors = recover::plan(&reading, &mut store, &mut checkpoint, after)?;
        if !cursors.is_empty() {
            let supply = Supply::Ready(store);
            store = read::patiently(&reading, supply, &mut checkpoint, cursors, patience).await?;
        }
    }
    resolve::deferred(&reading, &mut store, &mut checkpoint)?;
    let mut completeness = verify::completeness(&reading, &mut store, after.as_ref())?;
    completeness.doubt(&checkpoint.doubts);
    let mut integrity = verify::integrity(connector, &mut store, clock)?;
    if !options.allow_shrink
        && let Err(error) = verify::shrink(&reading, stores, &store, &completeness)
    {
        // Going on with it would refuse it again for ever; the next run reads afresh.
        drop(store);
        if matches!(error, SyncError::SuspiciousShrink { .. }) {
            stores.discard().map_err(SyncError::store)?;
        }
        return Err(error);
    }

    observer.event(&Event::Phase(Phase::Expand));
    let expanded_grants = if options.leave_out.any_expansion() {
        0
    } else {
        expand::expand(&mut store, &mut integrity, clock)?
    };

    let repeated_resources = store.notes(checkpoint::REPEATED).map_err(SyncError::store)?.len() as u64;
    let start = store.start();
    let report = SyncReport {
        sync_id: start.sync_id,
        fingerprint: checkpoint.fingerprint,
        demonstration: options.demonstration,
        started_at: start.started_at,
        ended_at: clock.now(),
        runs: checkpoint.runs,
        usage: reading.cost(),
        pages: checkpoint.pages,
        rows: store.counts().map_err(SyncError::store)?,
        dropped: checkpoint.dropped,
        completeness,
        integrity,
        drift: Drift { repeated_resources, reread: checkpoint.reread },
        expanded_grants,
        source_id: baseline.source_id,
        source_name: baseline.source_name,
        operator: baseline.operator,
        details: baseline.details,
    };
    Ok((store, report))
}
