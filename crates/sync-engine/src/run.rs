//! One sync from beginning to end, or from wherever the last run left it.

use std::collections::BTreeSet;

use governance_model::{
    Baseline, Connector, Cursor, Deferred, GrantId, Inventory, Known, KnownError, ResourceId, Scope,
};

use crate::checkpoint::{self, Checkpoint, decode};
use crate::read::{self, Reading};
use crate::report::{Drift, SyncReport};
use crate::store::{Change, Sealed, SyncStart, SyncStore, SyncStores};
use crate::{Clock, Event, Observer, Phase, Stop, SyncError, filter, verify};

/// How to sync.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which part of the source to read.
    pub scope: Scope,
    /// Pages fetched at the same time; at least 1.
    pub concurrency: usize,
    /// Seal even if the sync looks as if people had vanished.
    pub allow_shrink: bool,
    /// Asks the sync to stop early.
    pub stop: Stop,
}

impl Default for Options {
    fn default() -> Self {
        Self { scope: Scope::default(), concurrency: 4, allow_shrink: false, stop: Stop::never() }
    }
}

/// Runs one sync and seals it, resuming an unfinished one if its checkpoint is still valid.
///
/// Must run inside a tokio runtime with time enabled. Sealing blocks the calling task.
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
    check_scope(connector, &options.scope)?;
    stores.check().map_err(|error| SyncError::Output(Box::new(error)))?;
    let fingerprint = checkpoint::fingerprint(&connector.descriptor().fingerprint, &options.scope);

    let mut begun = match resume(stores, &fingerprint, clock, observer)? {
        Some(Resumed::Reading(begun)) => *begun,
        Some(Resumed::Ended(store)) => {
            observer.event(&Event::Phase(Phase::Seal));
            return seal(store, None, observer);
        }
        None => begin(connector, stores, fingerprint, clock, options, observer).await?,
    };
    let earlier = begun.checkpoint.usage;

    observer.event(&Event::Phase(Phase::Read));
    let reading = Reading {
        connector,
        baseline: &begun.baseline,
        scope: &options.scope,
        clock,
        observer,
        concurrency: options.concurrency.max(1),
        earlier,
    };
    let stop = options.stop.clone();
    let mut store = match read::all(&reading, begun.store, &mut begun.checkpoint, begun.cursors, stop).await {
        Ok(store) => store,
        Err(error) => {
            forget_if_worthless(stores, &error, &begun.baseline);
            return Err(error);
        }
    };

    observer.event(&Event::Phase(Phase::Resolve));
    resolve(connector, &mut store, &begun.baseline, &mut begun.checkpoint, &options.scope, clock)?;

    observer.event(&Event::Phase(Phase::Verify));
    let after = match inventory_after(connector, &mut store, &begun.baseline, &options.scope).await {
        Ok(after) => after,
        Err(error) => {
            let cost = read::sum(earlier, connector.usage());
            read::note_cost(&mut store, &mut begun.checkpoint, cost, clock);
            return Err(error);
        }
    };
    let mut completeness =
        verify::completeness(connector, &mut store, &begun.baseline, after.as_ref(), &options.scope, clock)?;
    completeness.doubt(&begun.checkpoint.doubts);
    let mut integrity = verify::integrity(connector, &mut store, clock)?;
    if !options.allow_shrink
        && let Err(error) = verify::shrink(&store, &begun.baseline, &options.scope)
    {
        // Going on with it would refuse it again for ever; the next run reads afresh.
        drop(store);
        if matches!(error, SyncError::SuspiciousShrink(_)) {
            stores.discard().map_err(SyncError::store)?;
        }
        return Err(error);
    }

    observer.event(&Event::Phase(Phase::Expand));
    let expanded = store.expand(clock.now()).map_err(SyncError::store)?;
    integrity.dropped_edges = expanded.dropped_edges;

    observer.event(&Event::Phase(Phase::Seal));
    let start = store.start();
    let report = SyncReport {
        sync_id: start.sync_id,
        source_id: begun.baseline.source_id,
        source_name: begun.baseline.source_name,
        operator: begun.baseline.operator,
        started_at: start.started_at,
        ended_at: clock.now(),
        runs: begun.checkpoint.runs,
        pages: begun.checkpoint.pages,
        usage: read::sum(earlier, connector.usage()),
        resources: store.counts().map_err(SyncError::store)?,
        dropped: begun.checkpoint.dropped,
        completeness,
        integrity,
        drift: Drift { repeated_resources: begun.checkpoint.repeated },
        expanded_grants: expanded.created,
        details: begun.baseline.details,
    };
    seal(store, Some(report), observer)
}

/// A sync that is ready to read pages.
struct Begun<S> {
    store: S,
    checkpoint: Checkpoint,
    baseline: Baseline,
    cursors: Vec<Cursor>,
}

enum Resumed<S> {
    Reading(Box<Begun<S>>),
    Ended(S),
}

fn check_scope<C: Connector>(connector: &C, scope: &Scope) -> Result<(), SyncError> {
    let Some(wanted) = &scope.resource_types else { return Ok(()) };
    let offered: BTreeSet<_> = connector.resource_types().into_iter().map(|offered| offered.id).collect();
    match wanted.iter().find(|id| !offered.contains(*id)) {
        Some(unknown) => Err(SyncError::UnknownResourceType(unknown.to_string())),
        None => Ok(()),
    }
}

/// Looks for an unfinished sync that may be continued; throws away one that may not.
fn resume<T: SyncStores>(
    stores: &T,
    fingerprint: &str,
    clock: &dyn Clock,
    observer: &dyn Observer,
) -> Result<Option<Resumed<T::Store>>, SyncError> {
    let store = match stores.open() {
        Ok(Some(store)) => store,
        Ok(None) => return Ok(None),
        Err(error) if T::is_damage(&error) => {
            observer.event(&Event::Discarded { reason: "its working database is damaged" });
            stores.discard().map_err(SyncError::store)?;
            return Ok(None);
        }
        Err(error) => return Err(SyncError::store(error)),
    };
    if store.is_ended() {
        return Ok(Some(Resumed::Ended(store)));
    }
    match load(store, fingerprint)? {
        Ok(mut begun) => {
            let start = begun.store.start();
            observer.event(&Event::Resumed {
                sync_id: &start.sync_id,
                started_at: start.started_at,
                checkpoint_at: begun.checkpoint.at,
                pages: begun.checkpoint.total_pages(),
            });
            begun.checkpoint.runs += 1;
            begun.checkpoint.at = clock.now();
            Ok(Some(Resumed::Reading(Box::new(begun))))
        }
        Err(reason) => {
            observer.event(&Event::Discarded { reason: &reason });
            stores.discard().map_err(SyncError::store)?;
            Ok(None)
        }
    }
}

/// Throws an unfinished sync away when it failed for good before it held anybody: a key without rights must not leave
/// files behind. Whatever holds people is kept, because somebody may put the cause right and go on.
fn forget_if_worthless<T: SyncStores>(stores: &T, error: &SyncError, baseline: &Baseline) {
    if !matches!(error, SyncError::Connector(error) if !error.class.is_transient()) {
        return;
    }
    let people = stores.open().ok().flatten().and_then(|store| store.counts().ok());
    let holds_people = people.is_none_or(|counts| counts.contains_key(baseline.inventory_type.as_str()));
    if !holds_people && let Err(error) = stores.discard() {
        tracing::debug!(%error, "The unfinished sync stays.");
    }
}

/// Reads the state of an unfinished sync; the inner error says why it cannot be continued.
fn load<S: SyncStore>(store: S, fingerprint: &str) -> Result<Result<Begun<S>, String>, SyncError> {
    let token = store.token().map_err(SyncError::store)?;
    let checkpoint = match Checkpoint::read(&token, fingerprint) {
        Ok(checkpoint) => checkpoint,
        Err(reason) => return Ok(Err(reason)),
    };
    let Some(baseline) = store.note(checkpoint::BASELINE).map_err(SyncError::store)? else {
        return Ok(Err("its checkpoint is damaged".to_owned()));
    };
    let Ok(baseline) = decode(checkpoint::BASELINE, &baseline) else {
        return Ok(Err("its checkpoint is damaged".to_owned()));
    };
    let mut cursors = Vec::new();
    for (key, value) in store.notes(checkpoint::CURSOR).map_err(SyncError::store)? {
        match decode(&key, &value) {
            Ok(cursor) => cursors.push(cursor),
            Err(_) => return Ok(Err("its checkpoint is damaged".to_owned())),
        }
    }
    Ok(Ok(Begun { store, checkpoint, baseline, cursors }))
}

/// Validates, then begins a new sync whose first commit holds all that a resume needs.
async fn begin<C: Connector, T: SyncStores>(
    connector: &C,
    stores: &T,
    fingerprint: String,
    clock: &dyn Clock,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Begun<T::Store>, SyncError> {
    observer.event(&Event::Phase(Phase::Validate));
    let started_at = clock.now();
    let mut stop = options.stop.clone();
    let baseline = tokio::select! {
        biased;
        () = stop.asked() => return Err(SyncError::Stopped),
        baseline = connector.validate() => baseline?,
    };
    observer.event(&Event::Validated(&baseline));
    let cursors = connector.plan(&baseline, &options.scope);

    let sync_id = c1z::ksuid::sync_id(started_at);
    let start = SyncStart { sync_id, started_at };
    let mut store = stores.create(&start).map_err(SyncError::store)?;
    observer.event(&Event::Started { sync_id: &start.sync_id });

    let mut checkpoint = Checkpoint::new(fingerprint, clock.now());
    checkpoint.usage = connector.usage();
    let encoded = serde_json::to_vec(&baseline).map_err(|error| SyncError::Checkpoint(error.to_string()))?;
    let mut put_notes = vec![(checkpoint::BASELINE.to_owned(), encoded)];
    for cursor in &cursors {
        put_notes.push(checkpoint::cursor_note(cursor)?);
    }
    let mut types = connector.resource_types();
    types.retain(|offered| options.scope.includes(&offered.id));
    let change = Change {
        resource_types: &types,
        discovered_at: Some(clock.now()),
        token: Some(checkpoint.write()?),
        put_notes,
        ..Change::default()
    };
    store.commit(&change).map_err(SyncError::store)?;
    // What this run costs is added up from here on by the connector itself.
    checkpoint.usage = governance_model::Usage::default();
    Ok(Begun { store, checkpoint, baseline, cursors })
}

/// Makes facts of the statements that had to wait, and commits them together with the end of their notes.
fn resolve<C: Connector, S: SyncStore>(
    connector: &C,
    store: &mut S,
    baseline: &Baseline,
    checkpoint: &mut Checkpoint,
    scope: &Scope,
    clock: &dyn Clock,
) -> Result<(), SyncError> {
    let notes = store.notes(checkpoint::DEFERRED).map_err(SyncError::store)?;
    if notes.is_empty() {
        return Ok(());
    }
    let deferred =
        notes.iter().map(|(key, value)| decode(key, value)).collect::<Result<Vec<Deferred>, _>>()?;
    let mut page = connector.resolve(baseline, &deferred, &StoreKnown(store))?;
    filter::keep(&mut page, scope);
    for dropped in &page.dropped {
        *checkpoint.dropped.entry(dropped.reason.clone()).or_default() += dropped.count;
    }
    checkpoint.at = clock.now();
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

/// The inventory after reading: from the source once, from the store when a resumed run already has it.
async fn inventory_after<C: Connector, S: SyncStore>(
    connector: &C,
    store: &mut S,
    baseline: &Baseline,
    scope: &Scope,
) -> Result<Option<Inventory>, SyncError> {
    if !scope.includes(&baseline.inventory_type) {
        return Ok(None);
    }
    if let Some(kept) = store.note(checkpoint::INVENTORY).map_err(SyncError::store)? {
        return decode(checkpoint::INVENTORY, &kept).map(Some);
    }
    let Some(inventory) = connector.inventory(baseline).await? else { return Ok(None) };
    let encoded = serde_json::to_vec(&inventory).map_err(|error| SyncError::Checkpoint(error.to_string()))?;
    let change = Change { put_notes: vec![(checkpoint::INVENTORY.to_owned(), encoded)], ..Change::default() };
    store.commit(&change).map_err(SyncError::store)?;
    Ok(Some(inventory))
}

/// Keeps the report with the sync, and puts the file in place. Without a report it is that of an earlier run, which ended
/// the sync and could not seal it.
fn seal<S: SyncStore>(
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
