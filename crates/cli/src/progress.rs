//! What a person sees while a sync runs: a line on a terminal, log lines otherwise.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governance_model::Timestamp;
use sync_engine::schedule::StatusBoard;
use sync_engine::{Clock, Event, Observer, Phase, SystemClock, WaitReason};

use crate::countdown::Wait;
use crate::line::Line;
use crate::sentences;

/// Waits of the HTTP client that are shorter are nothing to speak of.
const SHORTEST_WAIT: Duration = Duration::from_secs(2);

/// Shows a sync's progress on stderr.
#[derive(Clone)]
pub(crate) struct Progress {
    line: Line,
    board: Option<Arc<StatusBoard>>,
    /// The end of the HTTP client's wait that was told last: requests side by side wait for the same moment.
    told: Arc<Mutex<Timestamp>>,
}

impl Progress {
    /// Shows the line from now on.
    pub(crate) fn new(line: &Line) -> Self {
        line.begin();
        Self { line: line.clone(), board: None, told: Arc::new(Mutex::new(Timestamp::MIN)) }
    }

    /// Passes everything on to the status of a schedule.
    pub(crate) fn telling(mut self, board: Arc<StatusBoard>) -> Self {
        self.board = Some(board);
        self
    }

    /// Takes the line away.
    pub(crate) fn finish(&self) {
        self.line.finish();
    }

    /// Says what nobody should miss: above the line where there is one, in the log otherwise.
    pub(crate) fn say(&self, sentence: &str) {
        if self.line.is_shown() {
            self.line.say(sentence);
        } else {
            tracing::warn!("{sentence}");
        }
    }

    fn waits(&self, reason: WaitReason, until: Timestamp) -> Wait {
        let wait = Wait { reason, until };
        self.line.waits(Some(wait));
        wait
    }

    /// A wait of the HTTP client begins.
    fn client_waits(&self, reason: WaitReason, duration: Duration) {
        if duration < SHORTEST_WAIT {
            return;
        }
        let now = SystemClock.now();
        let until = now.saturating_add(duration).unwrap_or(Timestamp::MAX);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.duration_until(until).as_secs() < 1 {
            return;
        }
        *told = until;
        drop(told);
        self.pass_on(&Event::Waiting { reason, seconds: duration.as_secs(), until });
        let wait = self.waits(reason, until);
        tracing::info!(%until, "Waiting: {}.", wait.in_a_log(now));
    }

    fn pass_on(&self, event: &Event<'_>) {
        if let Some(board) = &self.board {
            board.event(event);
        }
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        self.pass_on(event);
        let now = SystemClock.now();
        match event {
            Event::Started { sync_id } => tracing::info!(sync_id, "Sync started."),
            Event::Resumed { sync_id, started_at, checkpoint_at, pages } => {
                self.say(&sentences::resumed(sync_id, *started_at, *checkpoint_at, pages, now));
            }
            Event::Ended { sync_id, ended_at } => self.say(&sentences::ended(sync_id, *ended_at, now)),
            Event::Discarded { reason } => self.say(&sentences::discarded(reason, now)),
            Event::Validated(baseline) => {
                let members = baseline.inventory.as_ref().map_or(0, |list| list.entries.len());
                tracing::info!(workspace = baseline.source_id, members, "The key works.");
            }
            Event::Phase(phase) => {
                self.line.doing(doing(*phase));
                tracing::debug!(?phase, "Next step.");
            }
            Event::PageStored { stream, resources, pages } => {
                self.line.doing(format!("reading {stream}: page {pages}"));
                tracing::info!(stream, resources, pages, "Page stored.");
            }
            Event::Waiting { reason, seconds, until } => {
                let wait = self.waits(*reason, *until);
                if !self.line.is_shown() {
                    tracing::warn!(seconds, %until, "Waiting: {}.", wait.in_a_log(now));
                }
            }
            Event::StillWaiting { reason, seconds, until } => {
                let wait = self.waits(*reason, *until);
                tracing::info!(seconds, %until, "Still waiting: {}.", wait.in_a_log(now));
            }
            Event::WaitOver => {
                self.line.waits(None);
                tracing::info!("The wait is over.");
            }
            Event::Rereading { people, pages } => {
                tracing::info!(people, pages, "Reading again where people were missing or changed.");
            }
            Event::SealStep(step) => {
                self.line.doing(format!("sealing: {step}"));
                tracing::debug!(step, "Sealing.");
            }
            _ => {}
        }
    }
}

impl clockify_api::Observer for Progress {
    fn waiting(&self, _request: &clockify_api::Request, wait: &clockify_api::Wait) {
        let reason = match wait.reason {
            clockify_api::WaitReason::RateLimited => WaitReason::Quota,
            clockify_api::WaitReason::Pace => WaitReason::Pace,
            _ => WaitReason::Retry,
        };
        self.client_waits(reason, wait.duration);
    }
}

fn doing(phase: Phase) -> &'static str {
    match phase {
        Phase::Validate => "checking the key and the workspace",
        Phase::Read => "reading",
        Phase::Verify => "checking that everybody is there",
        Phase::Expand => "expanding grants",
        Phase::Seal => "sealing",
        _ => "working",
    }
}
