//! The loop: wait, run, look at what came of it, plan the next run.
//!
//! There is one run at a time, because the next one is only planned when the last has ended. Whatever the job does, fail or
//! panic, the schedule goes on: also with a key that is refused or a setting that is wrong, because a key may be renewed and
//! a workspace unlocked without anybody thinking of this process. Such failures are retried with the same backoff, and are
//! in the status with their class.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt;
use governance_model::{ErrorClass, Timestamp};
use jiff::SignedDuration;

use super::backoff::Backoff;
use super::board::StatusBoard;
use super::jitter::Jitter;
use super::when::Schedule;
use crate::lock::beside;
use crate::{Clock, Stop};

/// Sleeps are cut into pieces of this length, so that a clock that was set, or a machine that slept, is noticed.
const LOOK_AT_THE_CLOCK: Duration = Duration::from_secs(60);

/// How long a stop may take to arrive here after a run has obeyed it. Both usually hear of one signal, in any order.
const STOP_ARRIVES_WITHIN: Duration = Duration::from_secs(1);

/// Everything that decides when runs are due.
#[derive(Clone, Debug)]
pub struct Plan {
    /// When regular runs are due.
    pub schedule: Schedule,
    /// How far they are spread.
    pub jitter: Jitter,
    /// How long to wait after a failure; never beyond the next regular run.
    pub backoff: Backoff,
    /// When the newest sealed sync ended.
    pub last_success: Option<Timestamp>,
    /// Whether an unfinished sync waits to be resumed.
    pub unfinished: bool,
}

/// What a run achieved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The id of the sealed sync.
    pub sync_id: String,
    /// Rows in it, by their kind.
    pub counts: BTreeMap<String, u64>,
    /// Whether everybody is in it, if that is known.
    pub verified: Option<bool>,
    /// When the sync ended, if that was not just now: a run that only puts in place what an earlier one read has old news.
    pub ended_at: Option<Timestamp>,
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFailure {
    /// The class of the failure.
    pub class: ErrorClass,
    /// What went wrong, in one line.
    pub reason: String,
    /// What to do, when there is something.
    pub hint: Option<String>,
    /// How long the source asked to wait; outweighs the backoff and the next regular run.
    pub retry_after: Option<Duration>,
}

/// How a schedule ended; it ends only when it is asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleEnd {
    /// Between two runs, or after one that succeeded.
    Idle,
    /// In a run, which did not finish.
    Interrupted,
}

/// Whether an unfinished sync of an output waits to be resumed. It lies where the output really is.
pub fn unfinished(output: &Path) -> bool {
    beside(&c1z::atomic::resolved(output), "work").exists()
}

impl JobFailure {
    /// A failure of a class.
    pub fn new(class: ErrorClass, reason: impl Into<String>) -> Self {
        Self { class, reason: reason.into(), hint: None, retry_after: None }
    }

    /// The class as the status file names it.
    pub(super) fn class_name(&self) -> &'static str {
        match self.class {
            ErrorClass::Cancelled => "cancelled",
            ErrorClass::InvalidArgument => "invalid_argument",
            ErrorClass::DeadlineExceeded => "deadline_exceeded",
            ErrorClass::NotFound => "not_found",
            ErrorClass::PermissionDenied => "permission_denied",
            ErrorClass::FailedPrecondition => "failed_precondition",
            ErrorClass::Unimplemented => "unimplemented",
            ErrorClass::Internal => "internal",
            ErrorClass::Unavailable => "unavailable",
            ErrorClass::Unauthenticated => "unauthenticated",
            _ => "unknown",
        }
    }

    fn panicked(panic: &(dyn Any + Send)) -> Self {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        let reason = match message {
            Some(message) => format!("the run panicked: {}", message.lines().next().unwrap_or_default()),
            None => "the run panicked".to_owned(),
        };
        Self::new(ErrorClass::Internal, reason)
    }
}

impl Plan {
    /// The first run of a process: at once if a sync is unfinished, if there is none, or if a regular time has passed since
    /// the last one; otherwise at the next regular time.
    pub(super) fn first(&mut self, now: Timestamp) -> Option<Timestamp> {
        let Some(last) = self.last_success.filter(|_| !self.unfinished) else { return Some(now) };
        self.after_success(last, now)
    }

    /// The run after a sync that ended at a time: at once if a regular time has passed since.
    pub(super) fn after_success(&mut self, ended_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
        // A success in the future is that of a clock that was wrong.
        match self.schedule.next_after(ended_at.min(now)) {
            Some(due) if due <= now => Some(now),
            due => self.spread(due),
        }
    }

    /// The run after one that failed.
    pub(super) fn after_failure(
        &mut self,
        now: Timestamp,
        failures: u32,
        retry_after: Option<Duration>,
    ) -> Timestamp {
        let regular = self.after_success(now, now);
        let retry = later(now, self.backoff.after(failures));
        let planned = regular.map_or(retry, |regular| regular.min(retry));
        retry_after.map_or(planned, |wait| planned.max(later(now, wait)))
    }

    fn spread(&mut self, due: Option<Timestamp>) -> Option<Timestamp> {
        let due = due?;
        Some(self.jitter.delay(due, self.schedule.next_after(due)))
    }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

/// Runs the job whenever the plan says so, one run at a time, until it is asked to stop.
///
/// The stop does not reach into a run: whoever makes the job gives it the same [`Stop`], or another way to end early. Must
/// run inside a tokio runtime with time enabled.
pub async fn run_schedule<J, F>(
    board: &StatusBoard,
    mut plan: Plan,
    mut stop: Stop,
    mut job: J,
) -> ScheduleEnd
where
    J: FnMut() -> F,
    F: Future<Output = Result<Outcome, JobFailure>>,
{
    let clock = board.clock();
    let mut next = plan.first(clock.now());
    loop {
        board.waiting(next);
        tokio::select! {
            biased;
            () = stop.asked() => {
                board.stopped(clock.now());
                return ScheduleEnd::Idle;
            }
            () = sleep_until(clock, next) => {}
        }

        board.running(clock.now());
        let run = tokio::select! {
            biased;
            run = AssertUnwindSafe(async { job().await }).catch_unwind() => run,
            never = board.tell_late() => match never {},
        };
        let result = run.unwrap_or_else(|panic| Err(JobFailure::panicked(&*panic)));
        let now = clock.now();
        let failed = result.is_err();
        next = match result {
            Ok(outcome) => {
                let ended_at = outcome.ended_at.unwrap_or(now).min(now);
                let next = plan.after_success(ended_at, now);
                log_success(&outcome, next);
                board.succeeded(ended_at, outcome);
                next
            }
            Err(failure) => {
                let asked = is_asked(&mut stop, &failure, clock).await;
                let failures = if asked && failure.class == ErrorClass::Cancelled {
                    // That is what was asked for.
                    board.failures()
                } else {
                    board.failed(now, &failure)
                };
                let next = Some(plan.after_failure(now, failures.max(1), failure.retry_after));
                if !asked {
                    log_failure(&failure, failures, next);
                }
                next
            }
        };
        if failed && stop.asked().now_or_never().is_some() {
            board.stopped(clock.now());
            return ScheduleEnd::Interrupted;
        }
    }
}

/// Whether the schedule is asked to stop. A run that was cancelled says that it is, even if the word is still on its way.
async fn is_asked(stop: &mut Stop, failure: &JobFailure, clock: &dyn Clock) -> bool {
    if failure.class != ErrorClass::Cancelled {
        return stop.asked().now_or_never().is_some();
    }
    tokio::select! {
        biased;
        () = stop.asked() => true,
        () = clock.sleep(STOP_ARRIVES_WITHIN) => false,
    }
}

async fn sleep_until(clock: &dyn Clock, when: Option<Timestamp>) {
    let Some(when) = when else { return std::future::pending().await };
    loop {
        let left = Duration::try_from(when.duration_since(clock.now())).unwrap_or_default();
        if left.is_zero() {
            return;
        }
        clock.sleep(left.min(LOOK_AT_THE_CLOCK)).await;
    }
}

fn log_success(outcome: &Outcome, next: Option<Timestamp>) {
    let counts: Vec<_> = outcome.counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    tracing::info!(
        sync_id = outcome.sync_id,
        counts = counts.join(", "),
        verified = outcome.verified.unwrap_or_default(),
        next_run = next.map(|next| format!("{next:.0}")),
        "Run succeeded."
    );
}

fn log_failure(failure: &JobFailure, failures: u32, next: Option<Timestamp>) {
    tracing::error!(
        class = failure.class_name(),
        reason = failure.reason,
        hint = failure.hint,
        failures,
        next_run = next.map(|next| format!("{next:.0}")),
        "Run failed."
    );
}
