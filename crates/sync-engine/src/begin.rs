//! How a run starts: with an unfinished sync that may be continued, or with a new one.

use std::collections::BTreeSet;
use std::time::Duration;

use governance_model::{Baseline, Connector, Cursor, Scope, Timestamp, Usage};
use jiff::SignedDuration;

use crate::checkpoint::{self, Checkpoint, decode};
use crate::patience::Patience;
use crate::report::SyncReport;
use crate::store::{Change, Counts, SyncStart, SyncStore, SyncStores};
use crate::{Clock, Event, Observer, Options, Phase, SyncError, Unusable};

/// What a run works with.
pub(crate) struct Run<'a, C, T> {
    pub(crate) connector: &'a C,
    pub(crate) stores: &'a T,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) options: &'a Options,
    pub(crate) observer: &'a dyn Observer,
    /// What the connector had cost before.
    pub(crate) before: Usage,
}

/// A sync that is ready to read pages.
pub(crate) struct Begun<S> {
    pub(crate) store: S,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) baseline: Baseline,
    pub(crate) cursors: Vec<Cursor>,
    /// Whether an earlier run stored what is there, and nobody has looked through it yet.
    pub(crate) is_resumed: bool,
}

/// Where a run starts.
pub(crate) enum Start<S> {
    /// With pages.
    Reading(Box<Begun<S>>),
    /// With sealing: an earlier run ended the sync, with this report, and could not put its file in place.
    Ended(S, Box<SyncReport>),
}

/// Goes on with an unfinished sync that may be continued, or begins a new one.
pub(crate) async fn start<C: Connector, T: SyncStores>(
    run: &Run<'_, C, T>,
    fingerprint: String,
    patience: &mut Patience<'_>,
) -> Result<Start<T::Store>, SyncError> {
    let reason = match look(run, &fingerprint)? {
        Found::Usable(start) => return Ok(start),
        Found::Unusable(reason) => reason,
    };
    let begun = begin(run, fingerprint, patience, reason).await?;
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

/// What is left of an earlier run.
enum Found<S> {
    /// A sync to go on with.
    Usable(Start<S>),
    /// Nothing, or something that cannot be used, and why not. It is thrown away when the new sync is certain to begin:
    /// a mistyped id or key must not cost what has been read.
    Unusable(Option<Unusable>),
}

/// A sync that began longer ago than this is never continued (interop reference 1.5).
const OLDEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A clock may be set back by so much between two runs; a sync that began later than that is not believed.
const CLOCK_STEP: SignedDuration = SignedDuration::from_hours(1);

fn look<C: Connector, T: SyncStores>(
    run: &Run<'_, C, T>,
    fingerprint: &str,
) -> Result<Found<T::Store>, SyncError> {
    let Run { stores, clock, options, observer, .. } = *run;
    let unusable = |reason| Ok(Found::Unusable(Some(reason)));
    let store = match stores.open() {
        Ok(Some(store)) => store,
        Ok(None) => return Ok(Found::Unusable(stores.is_left_over().then_some(Unusable::Empty))),
        Err(error) if T::is_damage(&error) => return unusable(Unusable::Damaged),
        Err(error) => return Err(SyncError::store(error)),
    };
    let start = store.start();
    let (now, started_at) = (clock.now(), start.started_at);
    let age = now.duration_since(started_at);
    if age > OLDEST || -age > CLOCK_STEP {
        return unusable(Unusable::Begun { at: started_at });
    }
    let read = if store.is_ended() {
        ended(store, fingerprint, clock, options)
    } else {
        load(store, fingerprint, clock, options)
    };
    let mut found = match read {
        Ok(found) => found,
        Err(SyncError::Store(error)) if error.downcast_ref().is_some_and(T::is_damage) => {
            return unusable(Unusable::Damaged);
        }
        Err(error) => return Err(error),
    };
    match &mut found {
        // Said when it has been looked through.
        Found::Usable(Start::Reading(begun)) => begun.checkpoint.runs += 1,
        Found::Usable(Start::Ended(_, report)) => {
            observer.event(&Event::Ended { sync_id: &start.sync_id, ended_at: report.ended_at });
        }
        Found::Unusable(_) => {}
    }
    Ok(found)
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

/// Whether the syncs in the output may stay in it beside one of this source. Those of a look-alike may go.
///
/// # Errors
/// [`SyncError::OtherSource`] when they are another source's: their history must not be pushed out.
pub(crate) fn keep_earlier<T: SyncStores>(stores: &T, source_id: &str) -> Result<bool, SyncError> {
    let previous = stores.previous().map_err(|error| SyncError::Output(Box::new(error)))?;
    let report = previous.and_then(|previous| previous.report);
    let Some(report) = report.and_then(|text| serde_json::from_str::<SyncReport>(&text).ok()) else {
        return Ok(true);
    };
    if report.source_id == source_id {
        return Ok(true);
    }
    if report.demonstration {
        tracing::info!(source = report.source_id, "The syncs of the look-alike in the output make room.");
        return Ok(false);
    }
    Err(SyncError::OtherSource { name: report.source_name, id: report.source_id })
}

/// Reads the state of an unfinished sync.
fn load<S: SyncStore>(
    store: S,
    fingerprint: &str,
    clock: &dyn Clock,
    options: &Options,
) -> Result<Found<S>, SyncError> {
    let unusable = |reason| Ok(Found::Unusable(Some(reason)));
    let token = store.token().map_err(SyncError::store)?;
    if token.is_empty() {
        // Cut off before anything was stored there is nothing to go on with, and nothing to tell.
        let holds_anything = store.note(checkpoint::BASELINE).map_err(SyncError::store)?.is_some()
            || store.counts().map_err(SyncError::store)? != Counts::default();
        return Ok(Found::Unusable(holds_anything.then_some(Unusable::Checkpoint)));
    }
    let checkpoint = match Checkpoint::read(&token, fingerprint) {
        Ok(checkpoint) => checkpoint,
        Err(reason) => return unusable(reason),
    };
    if let Some(reason) = too_old(checkpoint.at, clock, options) {
        return unusable(reason);
    }
    if checkpoint.at.duration_since(clock.now()) > CLOCK_STEP {
        return unusable(Unusable::Checkpoint);
    }
    let Some(baseline) = store.note(checkpoint::BASELINE).map_err(SyncError::store)? else {
        return unusable(Unusable::Checkpoint);
    };
    let Ok(baseline) = decode(checkpoint::BASELINE, &baseline) else {
        return unusable(Unusable::Checkpoint);
    };
    let read = checkpoint::check_notes(&store).and_then(|()| checkpoint::open_cursors(&store));
    let cursors = match read {
        Ok(cursors) if checkpoint.left_open(&cursors) => cursors,
        Ok(_) | Err(SyncError::Checkpoint(_)) => return unusable(Unusable::Checkpoint),
        Err(error) => return Err(error),
    };
    Ok(Found::Usable(Start::Reading(Box::new(Begun {
        store,
        checkpoint,
        baseline,
        cursors,
        is_resumed: true,
    }))))
}

/// Reads the report of a sync that an earlier run ended and could not put in place.
fn ended<S: SyncStore>(
    mut store: S,
    fingerprint: &str,
    clock: &dyn Clock,
    options: &Options,
) -> Result<Found<S>, SyncError> {
    store.check().map_err(SyncError::store)?;
    let report = store.report().map_err(SyncError::store)?;
    let report = report.and_then(|text| serde_json::from_str::<SyncReport>(&text).ok());
    let reason = match &report {
        None => Some(Unusable::Checkpoint),
        Some(report) if report.sync_id != store.start().sync_id => Some(Unusable::Checkpoint),
        Some(report) if report.fingerprint != fingerprint => {
            Some(Unusable::conditions(fingerprint, &report.fingerprint))
        }
        Some(report) => too_old(report.ended_at, clock, options),
    };
    Ok(match (reason, report) {
        (None, Some(report)) => Found::Usable(Start::Ended(store, Box::new(report))),
        (reason, _) => Found::Unusable(reason),
    })
}

/// Whether what was last done at this time lies too far back to go on with.
fn too_old(at: Timestamp, clock: &dyn Clock, options: &Options) -> Option<Unusable> {
    let age = Duration::try_from(clock.now().duration_since(at)).unwrap_or_default();
    let allowed = options.resume_max_age;
    (age > allowed).then_some(Unusable::TooOld { age, allowed })
}

/// Validates, then begins a new sync whose first commit holds all that a resume needs. What was there before is thrown
/// away, for the reason given.
///
/// # Errors
/// The failure of source or store, or [`SyncError::Stopped`].
pub(crate) async fn begin<C: Connector, T: SyncStores>(
    run: &Run<'_, C, T>,
    fingerprint: String,
    patience: &mut Patience<'_>,
    discarded: Option<Unusable>,
) -> Result<Begun<T::Store>, SyncError> {
    let Run { connector, stores, clock, options, observer, before } = *run;
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
    keep_earlier(stores, &baseline.source_id)?;
    let cursors = connector.plan(&baseline, &options.scope);

    if let Some(reason) = &discarded {
        observer.event(&Event::Discarded { reason });
    }
    let sync_id = c1z::ksuid::sync_id(started_at);
    let start = SyncStart { sync_id, started_at };
    let mut store = stores.create(&start).map_err(SyncError::store)?;
    observer.event(&Event::Started { sync_id: &start.sync_id });

    let mut checkpoint = Checkpoint::new(fingerprint, clock.now());
    checkpoint.usage = connector.usage().since(before);
    checkpoint.opened(&cursors);
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
    checkpoint.usage = Usage::default();
    Ok(Begun { store, checkpoint, baseline, cursors, is_resumed: false })
}
