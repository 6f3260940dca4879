//! Reads pages: several at a time, written in their order together with the checkpoint that says so.
//!
//! The source's answers are awaited and mapped on the engine's task; the store works on a blocking thread. What arrives
//! while it is busy is written next, all of it at once: making something durable costs the same for one page as for eight.
//! A page that has been fetched may lead to the next fetch before it is written, but pages of one stream are written in
//! order, so the open cursors in the store are always a place from which everything that is missing can be had.
//! What an earlier run stored is looked through while the first pages are on their way, and nothing is written before.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use governance_model::{Baseline, Connector, Cursor, Page, Scope, Usage};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::checkpoint::{self, Checkpoint, cursor_key, cursor_note, deferred_key};
use crate::filter::LeaveOut;
use crate::patience::Patience;
use crate::store::{Change, Committed, SyncStore};
use crate::{Clock, Event, Observer, Stop, SyncError, filter};

/// How long answers that are under way are waited for once the sync is to end early.
const GRACE: Duration = Duration::from_secs(2);

/// While so many rows wait to be written, nothing more is asked for: a page of large groups has tens of thousands of
/// grants, and few of those must be in memory at the same time.
const MOST_WAITING: usize = 4_000;

/// What reading needs to know and does not change.
pub(crate) struct Reading<'a, C> {
    pub(crate) connector: &'a C,
    pub(crate) baseline: &'a Baseline,
    pub(crate) scope: &'a Scope,
    pub(crate) leave_out: LeaveOut,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) observer: &'a dyn Observer,
    /// Requests at the same time; at least 1.
    pub(crate) concurrency: usize,
    /// What earlier runs cost.
    pub(crate) earlier: Usage,
    /// What the connector had cost before this run: a service has one for all of them.
    pub(crate) before: Usage,
    /// Asks to stop early.
    pub(crate) stop: Stop,
}

impl<C: Connector> Reading<'_, C> {
    /// What all runs together have cost so far.
    pub(crate) fn cost(&self) -> Usage {
        self.earlier.and(self.connector.usage().since(self.before))
    }
}

/// A page on its way to the store.
struct Fetched {
    cursor: Cursor,
    page: Page,
}

impl Fetched {
    fn rows(&self) -> usize {
        let facts = &self.page.facts;
        facts.resources.len() + facts.entitlements.len() + facts.grants.len()
    }
}

/// A store to write to.
pub(crate) enum Supply<S> {
    /// That can be written to.
    Ready(S),
    /// In which an earlier run stored what nobody has looked through yet.
    Unchecked(S),
}

/// What the store is busy with, on its thread.
struct Job<S> {
    /// What it writes; nothing while it looks through what is there.
    writing: Option<Writing>,
    handle: JoinHandle<Done<S>>,
}

/// What comes back from the store's thread.
struct Done<S> {
    store: S,
    /// What was written, to be given up where it was made: freeing memory that another thread allocates from makes both
    /// wait for each other.
    pages: Vec<Page>,
    outcome: Result<Vec<Committed>, SyncError>,
}

/// What holds once pages are written.
struct Writing {
    pages: Vec<Written>,
    checkpoint: Checkpoint,
}

/// A page among them.
struct Written {
    stream: String,
    /// Its place in its stream, counted from 1.
    number: u64,
    resources: u64,
}

/// Reads everything that the cursors lead to, waiting for a source whose quota is used up as long as patience lasts.
///
/// # Errors
/// The first failure of source or store, or [`SyncError::Stopped`]. What was fetched before that is stored.
pub(crate) async fn patiently<C: Connector, S: SyncStore>(
    reading: &Reading<'_, C>,
    mut supply: Supply<S>,
    checkpoint: &mut Checkpoint,
    mut cursors: Vec<Cursor>,
    patience: &mut Patience<'_>,
) -> Result<S, SyncError> {
    loop {
        let pages = checkpoint.total_pages();
        let (store, error) = match all(reading, supply, checkpoint, cursors).await {
            Ok(store) => return Ok(store),
            Err((None, error)) => return Err(error),
            Err((Some(store), error)) => (store, error),
        };
        if checkpoint.total_pages() > pages {
            patience.reset();
        }
        patience.outlast(error).await?;
        cursors = checkpoint::open_cursors(&store)?;
        supply = Supply::Ready(store);
    }
}

/// As [`patiently`], without the patience; a failure gives the store back if it can be used.
async fn all<C: Connector, S: SyncStore>(
    reading: &Reading<'_, C>,
    supply: Supply<S>,
    checkpoint: &mut Checkpoint,
    cursors: Vec<Cursor>,
) -> Result<S, (Option<S>, SyncError)> {
    let mut stop = reading.stop.clone();
    let mut pending = VecDeque::from(cursors);
    let mut in_flight = FuturesUnordered::new();
    let mut fetched: VecDeque<Fetched> = VecDeque::new();
    let (mut idle, mut job) = match supply {
        Supply::Ready(store) => (Some(store), None),
        Supply::Unchecked(store) => (None, Some(look_through(store))),
    };
    let mut rows_in_writing = 0;
    let mut spent = Vec::new();
    let mut failure: Option<SyncError> = None;
    let mut give_up_at = Instant::now();

    loop {
        let is_unchecked = job.as_ref().is_some_and(|job| job.writing.is_none());
        while failure.is_none()
            && in_flight.len() < reading.concurrency
            && (!is_unchecked || in_flight.len() + fetched.len() < reading.concurrency)
            && fetched.len() < reading.concurrency
            && rows_in_writing + fetched.iter().map(Fetched::rows).sum::<usize>() < MOST_WAITING
        {
            let Some(cursor) = pending.pop_front() else { break };
            in_flight.push(async move {
                let answer = reading.connector.page(reading.baseline, &cursor).await;
                (cursor, answer)
            });
        }
        if !fetched.is_empty()
            && let Some(store) = idle.take()
        {
            let next = std::mem::take(&mut fetched);
            rows_in_writing = next.iter().map(Fetched::rows).sum();
            job = Some(write(reading, store, checkpoint, next).map_err(|error| (None, error))?);
        }
        drop(std::mem::take(&mut spent));
        if in_flight.is_empty() && job.is_none() {
            break;
        }
        tokio::select! {
            biased;
            done = joined(&mut job), if job.is_some() => {
                let writing = job.take().and_then(|job| job.writing);
                rows_in_writing = 0;
                let Done { store, pages, outcome } = done.map_err(|error| (None, error))?;
                spent = pages;
                let committed = outcome.map_err(|error| (None, error))?;
                let store = &*idle.insert(store);
                let Some(Writing { pages: written, checkpoint: after }) = writing else {
                    resumed(reading, store, checkpoint);
                    continue;
                };
                *checkpoint = after;
                for (Written { stream, number, resources }, committed) in written.into_iter().zip(&committed) {
                    // Pages that are read again on purpose hold mostly what is there.
                    if !checkpoint.recovering {
                        check_stale(checkpoint, &stream, resources, committed).map_err(|error| (None, error))?;
                    }
                    reading.observer.event(&Event::PageStored { stream: &stream, resources, pages: number });
                }
            }
            Some((cursor, answer)) = in_flight.next(), if !in_flight.is_empty() => match answer {
                Ok(mut page) => {
                    filter::keep(&mut page, reading.scope, reading.leave_out);
                    // A series goes on before others begin: its pages can only be asked for one after the other.
                    if let Some(next) = &page.next {
                        pending.push_front(next.clone());
                    }
                    fetched.push_back(Fetched { cursor, page });
                }
                Err(error) => {
                    if failure.is_none() {
                        give_up_at = Instant::now() + GRACE;
                    }
                    failure.get_or_insert(error.into());
                }
            },
            () = stop.asked(), if failure.is_none() => {
                failure = Some(SyncError::Stopped);
                give_up_at = Instant::now() + GRACE;
            }
            () = tokio::time::sleep_until(give_up_at), if failure.is_some() && !in_flight.is_empty() => {
                in_flight.clear();
            }
        }
    }
    match (failure, idle) {
        (Some(failure), Some(mut store)) => {
            note_cost(&mut store, checkpoint, reading.cost(), reading.clock);
            Err((Some(store), failure))
        }
        (Some(failure), None) => Err((None, failure)),
        (None, Some(store)) => Ok(store),
        (None, None) => Err((None, SyncError::Writer)),
    }
}

/// Keeps what a run that ends early has cost. Nothing depends on it, so failing to is no second failure.
pub(crate) fn note_cost<S: SyncStore>(
    store: &mut S,
    checkpoint: &mut Checkpoint,
    cost: Usage,
    clock: &dyn Clock,
) {
    checkpoint.usage = cost;
    checkpoint.at = clock.now();
    let noted = checkpoint.write().and_then(|token| {
        store.commit(&Change { token: Some(token), ..Change::default() }).map_err(SyncError::store)
    });
    if let Err(error) = noted {
        tracing::debug!(%error, "What this run cost could not be noted.");
    }
}

/// A series may bring this many pages in a row without anything new before it counts as endless.
const MAX_STALE: u32 = 3;

/// Stops a series that brings nothing new any more.
fn check_stale(
    checkpoint: &mut Checkpoint,
    stream: &str,
    resources: u64,
    committed: &Committed,
) -> Result<(), SyncError> {
    let repeated = committed.repeated.len() as u64;
    let stale = checkpoint.stale.entry(stream.to_owned()).or_default();
    *stale = if repeated > 0 && repeated == resources { *stale + 1 } else { 0 };
    if *stale >= MAX_STALE {
        return Err(SyncError::EndlessPages { stream: stream.to_owned() });
    }
    Ok(())
}

/// Waits for what the store is busy with; never done when it is not.
async fn joined<S>(job: &mut Option<Job<S>>) -> Result<Done<S>, SyncError> {
    match job {
        Some(job) => (&mut job.handle).await.map_err(|_| SyncError::Writer),
        None => std::future::pending().await,
    }
}

/// Says that a sync goes on, once it is known that it can.
fn resumed<C: Connector, S: SyncStore>(reading: &Reading<'_, C>, store: &S, checkpoint: &Checkpoint) {
    let start = store.start();
    reading.observer.event(&Event::Resumed {
        sync_id: &start.sync_id,
        started_at: start.started_at,
        checkpoint_at: checkpoint.at,
        pages: &checkpoint.pages,
    });
}

/// Starts looking through what an earlier run stored.
fn look_through<S: SyncStore>(mut store: S) -> Job<S> {
    let handle = tokio::task::spawn_blocking(move || {
        let sound = store.check().map_err(SyncError::store);
        Done { store, pages: Vec::new(), outcome: sound.map(|()| Vec::new()) }
    });
    Job { writing: None, handle }
}

/// Starts writing pages together with the checkpoint that says they are done.
fn write<C: Connector, S: SyncStore>(
    reading: &Reading<'_, C>,
    mut store: S,
    checkpoint: &Checkpoint,
    fetched: VecDeque<Fetched>,
) -> Result<Job<S>, SyncError> {
    let now = reading.clock.now();
    let mut after = checkpoint.clone();
    after.at = now;
    after.usage = reading.cost();
    let mut written = Vec::with_capacity(fetched.len());
    let mut notes = Vec::with_capacity(fetched.len());
    let mut pages = Vec::with_capacity(fetched.len());
    for Fetched { cursor, page } in fetched {
        notes.push((count(&mut after, &cursor, &page)?, cursor_key(&cursor)));
        let number = after.pages.get(&cursor.stream).copied().unwrap_or_default();
        let resources = page.facts.resources.len() as u64;
        written.push(Written { stream: cursor.stream, number, resources });
        pages.push(page);
    }
    let mut token = Some(after.write()?);
    // Where somebody comes more than once, rows have moved: which reading is the later one is not known, and they are read
    // again at the end.
    let note_repeated = (!after.recovering).then_some(checkpoint::REPEATED);
    let handle = tokio::task::spawn_blocking(move || {
        let last = pages.len().saturating_sub(1);
        let changes: Vec<_> = std::iter::zip(&pages, notes)
            .enumerate()
            .map(|(place, (page, (put_notes, done)))| Change {
                facts: Some(&page.facts),
                discovered_at: Some(now),
                token: token.take_if(|_| place == last),
                put_notes,
                remove_notes: vec![done],
                note_repeated,
                ..Change::default()
            })
            .collect();
        let outcome = store.commit_all(&changes).map_err(SyncError::store);
        drop(changes);
        Done { store, pages, outcome }
    });
    Ok(Job { writing: Some(Writing { pages: written, checkpoint: after }), handle })
}

type Notes = Vec<(String, Vec<u8>)>;

/// Counts a page into the checkpoint, and gives the notes that are written with it.
fn count(checkpoint: &mut Checkpoint, cursor: &Cursor, page: &Page) -> Result<Notes, SyncError> {
    *checkpoint.pages.entry(cursor.stream.clone()).or_default() += 1;
    checkpoint.followed(page.next.is_some());
    // What a page drops when it is read again has been counted.
    if !checkpoint.recovering {
        for dropped in &page.dropped {
            checkpoint.left_out(&dropped.reason, dropped.count);
        }
    }
    checkpoint.doubt(&page.doubts);
    let mut notes = Vec::new();
    for deferred in &page.deferred {
        let value = serde_json::to_vec(deferred).map_err(|error| SyncError::Checkpoint(error.to_string()))?;
        notes.push((deferred_key(checkpoint.deferred), value));
        checkpoint.deferred += 1;
    }
    if let Some(next) = &page.next {
        notes.push(cursor_note(next)?);
    }
    Ok(notes)
}
