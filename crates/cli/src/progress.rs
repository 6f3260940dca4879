//! What a person sees while a sync runs: a line on a terminal, log lines otherwise.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sync_engine::schedule::StatusBoard;
use sync_engine::{Event, Observer, Phase};

use crate::args::SyncArgs;

/// Shows a sync's progress on stderr.
pub(crate) struct Progress {
    bar: ProgressBar,
    board: Option<Arc<StatusBoard>>,
}

impl Progress {
    /// A progress line where there is one to be shown.
    pub(crate) fn new(args: &SyncArgs) -> Self {
        let bar = if is_shown(args) { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4}  {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, board: None }
    }

    /// Passes everything on to the status of a schedule.
    pub(crate) fn telling(mut self, board: Arc<StatusBoard>) -> Self {
        self.board = Some(board);
        self
    }

    /// Takes the line away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Whether there is a progress line: stderr is a terminal, nobody asked for log lines, and `NO_PROGRESS` is not set.
pub(crate) fn is_shown(args: &SyncArgs) -> bool {
    args.log_level.is_none() && io::stderr().is_terminal() && std::env::var_os("NO_PROGRESS").is_none()
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        if let Some(board) = &self.board {
            board.event(event);
        }
        match event {
            Event::Started { sync_id } => tracing::info!(sync_id, "Sync started."),
            Event::Resumed { sync_id, started_at, checkpoint_at, pages } => {
                tracing::warn!(sync_id, %started_at, %checkpoint_at, pages, "Resuming the sync that was cut off.");
            }
            Event::Ended { sync_id, ended_at } => {
                tracing::warn!(sync_id, %ended_at, "Sealing the sync that ended and could not be put in place.");
            }
            Event::Discarded { reason } => {
                tracing::warn!(reason, "The unfinished sync cannot be resumed; starting afresh.");
            }
            Event::Validated(baseline) => {
                let members = baseline.inventory.as_ref().map_or(0, |list| list.entries.len());
                tracing::info!(workspace = baseline.source_id, members, "The key works.");
            }
            Event::Phase(phase) => {
                self.bar.set_message(doing(*phase));
                tracing::debug!(?phase, "Next step.");
            }
            Event::PageStored { stream, resources, pages } => {
                self.bar.set_message(format!("reading {stream}: page {pages}"));
                tracing::info!(stream, resources, pages, "Page stored.");
            }
            Event::Waiting { seconds, until } => {
                self.bar.set_message(format!("waiting until {until:.0}: Clockify's quota is used up"));
                tracing::warn!(seconds, %until, "Clockify's quota is used up; waiting for it.");
            }
            Event::Rereading { people, pages } => {
                tracing::info!(people, pages, "Reading again where people were missing or changed.");
            }
            Event::SealStep(step) => {
                self.bar.set_message(format!("sealing: {step}"));
                tracing::debug!(step, "Sealing.");
            }
            _ => {}
        }
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
