//! The live status: the runner and the sync report to it, and it passes on what has changed.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governance_model::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::runner::{JobFailure, Outcome};
use super::status::{Failed, RunProgress, RunWait, ScheduleStatus, Succeeded};
use crate::{Clock, Event, Observer};

/// Progress is passed on at most this often.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// Where a status goes.
pub trait StatusSink: Send + Sync {
    /// Takes the status. Must not fail: a status that gets lost ends no schedule.
    fn publish(&self, status: &ScheduleStatus);
}

/// A sink that writes the status file, and logs when that fails.
#[derive(Debug)]
pub struct StatusFile(PathBuf);

impl StatusFile {
    /// Writes to this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

impl StatusSink for StatusFile {
    fn publish(&self, status: &ScheduleStatus) {
        if let Err(error) = status.write(&self.0) {
            tracing::warn!(%error, path = %self.0.display(), "The status file cannot be written.");
        }
    }
}

/// The status of a schedule while it runs. Also an [`Observer`], to be told what the sync does.
pub struct StatusBoard {
    clock: Arc<dyn Clock>,
    sink: Box<dyn StatusSink>,
    state: Mutex<State>,
    /// Progress was held back, and is to be passed on when its time has come.
    held_back: Notify,
}

struct State {
    status: ScheduleStatus,
    /// When progress was last passed on.
    told: Option<Instant>,
}

impl std::fmt::Debug for StatusBoard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatusBoard").field("status", &self.state().status).finish_non_exhaustive()
    }
}

impl StatusBoard {
    /// Begins with a status; nothing is passed on yet.
    pub fn new(clock: Arc<dyn Clock>, sink: Box<dyn StatusSink>, status: ScheduleStatus) -> Self {
        Self { clock, sink, state: Mutex::new(State { status, told: None }), held_back: Notify::new() }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Failed runs since the last success, those of earlier processes included.
    pub(super) fn failures(&self) -> u32 {
        self.state().status.consecutive_failures
    }

    /// The next run is known.
    pub(super) fn waiting(&self, next: Option<Timestamp>) {
        self.change(|status| {
            status.next_run = next;
            status.progress = None;
        });
    }

    /// A run begins.
    pub(super) fn running(&self, now: Timestamp) {
        self.change(|status| {
            status.next_run = None;
            status.progress = Some(RunProgress {
                since: now,
                updated_at: now,
                phase: "start".to_owned(),
                pages: 0,
                waiting: None,
            });
        });
    }

    /// A run sealed a sync. What comes next follows at once, and is passed on together with this.
    pub(super) fn succeeded(&self, at: Timestamp, outcome: Outcome) {
        let mut state = self.state();
        state.status.consecutive_failures = 0;
        state.status.last_success = Some(Succeeded {
            at,
            sync_id: outcome.sync_id,
            counts: outcome.counts,
            verified: outcome.verified,
        });
    }

    /// A run failed. As with [`StatusBoard::succeeded`], passed on with what comes next.
    pub(super) fn failed(&self, now: Timestamp, failure: &JobFailure) -> u32 {
        let status = &mut self.state().status;
        status.consecutive_failures = status.consecutive_failures.saturating_add(1);
        status.last_failure = Some(Failed {
            at: now,
            class: failure.class_name().to_owned(),
            transient: failure.class.is_transient(),
            reason: failure.reason.clone(),
            hint: failure.hint.clone(),
        });
        status.consecutive_failures
    }

    /// The schedule ends on purpose.
    pub(super) fn stopped(&self, now: Timestamp) {
        self.change(|status| {
            status.next_run = None;
            status.progress = None;
            status.stopped_at = Some(now);
        });
    }

    /// Nothing here panics while it holds the lock, and a status after a panic elsewhere is better than none.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut ScheduleStatus)) {
        let mut state = self.state();
        change(&mut state.status);
        state.told = None;
        // Under the lock, so that an older status never overwrites a newer one.
        self.sink.publish(&state.status);
    }

    fn progress(&self, change: impl FnOnce(&mut RunProgress)) {
        let mut state = self.state();
        let Some(progress) = &mut state.status.progress else { return };
        change(progress);
        progress.updated_at = self.clock.now();
        self.tell(&mut state);
    }

    /// Passes progress on, unless that was done just now.
    fn tell(&self, state: &mut State) {
        let now = Instant::now();
        if state.told.is_some_and(|told| now.duration_since(told) < PROGRESS_EVERY) {
            self.held_back.notify_one();
            return;
        }
        state.told = Some(now);
        self.sink.publish(&state.status);
    }

    /// Passes on what was held back, so that the last word before a long silence is heard. Never ends.
    pub(super) async fn tell_late(&self) -> Infallible {
        loop {
            self.held_back.notified().await;
            tokio::time::sleep(PROGRESS_EVERY).await;
            let mut state = self.state();
            if state.status.progress.is_some() {
                self.tell(&mut state);
            }
        }
    }
}

impl Observer for StatusBoard {
    fn event(&self, event: &Event<'_>) {
        let now = self.clock.now();
        self.progress(|progress| {
            // Other requests may be answered while one waits.
            progress.waiting.take_if(|wait| wait.until <= now);
            match event {
                Event::Resumed { pages, .. } => progress.pages = pages.values().sum(),
                Event::Phase(phase) => progress.phase = format!("{phase:?}").to_lowercase(),
                Event::PageStored { .. } => progress.pages += 1,
                Event::Waiting { reason, until, .. } | Event::StillWaiting { reason, until, .. } => {
                    progress.waiting = Some(RunWait { what: reason.as_str().to_owned(), until: *until });
                }
                Event::WaitOver => progress.waiting = None,
                _ => {}
            }
        });
    }
}
