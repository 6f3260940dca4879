//! Syncs on a schedule: when the next run is due, what happens after a failure, and a status that others can read.
//!
//! [`run_schedule`] is generic over the job, and its time is that of a [`Clock`](crate::Clock) and of tokio, so that tests
//! drive it through years. Deliberately absent: what the job does, signals, printing, the environment, and any lock of its
//! own (the job's sync holds the output's).

mod backoff;
mod board;
mod civil;
mod health;
mod jitter;
mod runner;
mod status;
mod when;

pub use backoff::Backoff;
pub use board::{StatusBoard, StatusFile, StatusSink};
pub use health::{Health, OVERDUE_AFTER, SILENT_AFTER, Verdict};
pub use jitter::Jitter;
pub use runner::{JobFailure, Outcome, Plan, ScheduleEnd, run_schedule, unfinished};
pub use status::{Failed, RunProgress, RunWait, ScheduleStatus, StatusError, Succeeded, status_path};
pub use when::{Schedule, ScheduleError};
