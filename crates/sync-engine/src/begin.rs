//! How a run starts: with an unfinished sync that may be continued, or with a new one.

use std::collections::BTreeSet;
use std::time::Duration;

use governance_model::{Baseline, Connector, Cursor, Scope};

use crate::checkpoint::{self, Checkpoint, decode};
use crate::patience::Patience;
use crate::store::{Change, SyncStart, SyncStore, SyncStores};
use crate::{Clock, Event, Observer, Options, Phase, SyncError};

/// A sync that is ready to read pages.
pub(crate) struct Begun<S> {
    pub(crate) store: S,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) baseline: Baseline,
    pub(crate) cursors: Vec<Cursor>,
}

/// Where a run starts.
pub(crate) enum Start<S> {
    /// With pages.
    Reading(Box<Begun<S>>),
    /// With sealing: an earlier run ended the sync and could not put its file in place.
    Ended(S),
}

/// Goes on with an unfinished sync that may be continued, or begins a new one.
pub(crate) async fn start<C: Connector, T: SyncStores>(
    connector: &C,
    stores: &T,
    fingerprint: String,
    clock: &dyn Clock,
    options: &Options,
    observer: &dyn Observer,
    patience: &mut Patience<'_>,
) -> Result<Start<T::Store>, SyncError> {
    if let Some(resumed) = resume(stores, &fingerprint, clock, options, observer)? {
        return Ok(resumed);
    }
    let begun = begin(connector, stores, fingerprint, clock, options, observer, patience).await?;
    Ok(Start::Reading(Box::new(begun)))
}

/// Refuses a scope with types that the connector does not offer.
pub(crate) fn check_scope<C: Connector>(connector: &C, scope: &Scope) -> Result<(), SyncError> {
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
    options: &Options,
    observer: &dyn Observer,
) -> Result<Option<Start<T::Store>>, SyncError> {
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
        return Ok(Some(Start::Ended(store)));
    }
    if store.token().map_err(SyncError::store)?.is_empty() {
        // It was cut off before anything was stored: there is nothing to go on with, and nothing to tell.
        stores.discard().map_err(SyncError::store)?;
        return Ok(None);
    }
    match load(store, fingerprint, clock, options)? {
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
            Ok(Some(Start::Reading(Box::new(begun))))
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
pub(crate) fn forget_if_worthless<T: SyncStores>(stores: &T, error: &SyncError, baseline: &Baseline) {
    if !matches!(error, SyncError::Connector(error) if !error.class.is_transient()) {
        return;
    }
    let people = stores.open().ok().flatten().and_then(|store| store.counts().ok());
    let holds_people =
        people.is_none_or(|counts| counts.resources.contains_key(baseline.inventory_type.as_str()));
    if !holds_people && let Err(error) = stores.discard() {
        tracing::debug!(%error, "The unfinished sync stays.");
    }
}

/// Reads the state of an unfinished sync; the inner error says why it cannot be continued.
fn load<S: SyncStore>(
    store: S,
    fingerprint: &str,
    clock: &dyn Clock,
    options: &Options,
) -> Result<Result<Begun<S>, String>, SyncError> {
    let token = store.token().map_err(SyncError::store)?;
    let checkpoint = match Checkpoint::read(&token, fingerprint) {
        Ok(checkpoint) => checkpoint,
        Err(reason) => return Ok(Err(reason)),
    };
    let age = Duration::try_from(clock.now().duration_since(checkpoint.at)).unwrap_or_default();
    if age > options.resume_max_age {
        return Ok(Err(format!(
            "its checkpoint is {} min old, and {} min are allowed",
            age.as_secs() / 60,
            options.resume_max_age.as_secs() / 60
        )));
    }
    let Some(baseline) = store.note(checkpoint::BASELINE).map_err(SyncError::store)? else {
        return Ok(Err("its checkpoint is damaged".to_owned()));
    };
    let Ok(baseline) = decode(checkpoint::BASELINE, &baseline) else {
        return Ok(Err("its checkpoint is damaged".to_owned()));
    };
    let Ok(cursors) = checkpoint::open_cursors(&store) else {
        return Ok(Err("its checkpoint is damaged".to_owned()));
    };
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
    patience: &mut Patience<'_>,
) -> Result<Begun<T::Store>, SyncError> {
    observer.event(&Event::Phase(Phase::Validate));
    let started_at = clock.now();
    let mut stop = options.stop.clone();
    let baseline = loop {
        let answer = tokio::select! {
            biased;
            () = stop.asked() => return Err(SyncError::Stopped),
            answer = connector.validate() => answer,
        };
        match answer {
            Ok(baseline) => break baseline,
            Err(error) => patience.outlast(error.into()).await?,
        }
    };
    patience.reset();
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
