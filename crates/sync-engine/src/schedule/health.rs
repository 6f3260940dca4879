//! Is the last sealed sync young enough, and do runs succeed?

use std::time::Duration;

use governance_model::Timestamp;
use jiff::SignedDuration;
use serde::Serialize;

use super::status::ScheduleStatus;

/// So many failures in a row are a problem even if each of them may pass.
const MANY_FAILURES: u32 = 3;

/// The class of runs that stopped on their own and go on later, as they do when a quota is used up; only the age of the last
/// success tells whether that is a problem.
const STOPPED: &str = "cancelled";

/// How late a run may be before the schedule counts as dead.
pub const OVERDUE_AFTER: Duration = Duration::from_secs(5 * 60);

/// How long a run may say nothing before it counts as dead. A request may take five minutes, and a run that waits says until
/// when.
pub const SILENT_AFTER: Duration = Duration::from_secs(15 * 60);

/// The judgement in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing speaks against it.
    Healthy,
    /// The sync is young enough, and runs fail, or do not happen.
    Failing,
    /// There is no sync, or none that is young enough.
    Stale,
}

/// The judgement, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// In one word.
    pub verdict: Verdict,
    /// Every problem, for people; empty when healthy.
    pub problems: Vec<String>,
    /// When the newest sealed sync ended.
    pub last_success: Option<Timestamp>,
}

impl Health {
    /// Judges by a schedule's status, by the end of the newest sealed sync in the file, or by both: the later success
    /// counts, whoever had it.
    ///
    /// A run that failed is a problem when nothing but a person can help, or when it is the third in a row; a schedule is
    /// when its next run is more than [`OVERDUE_AFTER`] late, or its present one silent for more than [`SILENT_AFTER`],
    /// unless it was stopped.
    pub fn judge(
        status: Option<&ScheduleStatus>,
        sealed: Option<Timestamp>,
        max_age: Duration,
        now: Timestamp,
    ) -> Self {
        let told = status.and_then(|status| status.last_success.as_ref()).map(|success| success.at);
        let last_success = told.max(sealed);
        let mut problems = Vec::new();
        let mut verdict = Verdict::Healthy;

        if let Some(status) = status {
            // A success that the schedule does not know of came from a run beside it, and settles its failures.
            let settled = status.last_failure.as_ref().is_none_or(|failed| last_success > Some(failed.at));
            if let Some(failed) =
                status.last_failure.as_ref().filter(|_| status.consecutive_failures > 0 && !settled)
                && failed.class != STOPPED
                && (!failed.transient || status.consecutive_failures >= MANY_FAILURES)
            {
                verdict = Verdict::Failing;
                problems.push(match status.consecutive_failures {
                    1 => format!("the last run failed: {}", failed.reason),
                    many => format!("the last {many} runs failed: {}", failed.reason),
                });
            }
            if let Some(next) = status.next_run.filter(|_| status.stopped_at.is_none())
                && older(next, now, OVERDUE_AFTER)
            {
                verdict = Verdict::Failing;
                problems
                    .push("the next run is overdue; the schedule does not seem to run any more".to_owned());
            }
            if let Some(progress) = status.progress.as_ref().filter(|_| status.stopped_at.is_none()) {
                let waits_until = progress.waiting.as_ref().map(|wait| wait.until);
                if older(waits_until.max(Some(progress.updated_at)).unwrap_or(now), now, SILENT_AFTER) {
                    verdict = Verdict::Failing;
                    problems.push(
                        "the present run has been silent for long; the schedule does not seem to run any more"
                            .to_owned(),
                    );
                }
            }
        }
        match last_success {
            None => {
                verdict = Verdict::Stale;
                problems.push("there is no sealed sync".to_owned());
            }
            Some(at) if older(at, now, max_age) => {
                verdict = Verdict::Stale;
                problems.push("the last sealed sync is too old".to_owned());
            }
            Some(_) => {}
        }
        Self { verdict, problems, last_success }
    }
}

/// Whether `at` is more than `age` ago.
fn older(at: Timestamp, now: Timestamp, age: Duration) -> bool {
    SignedDuration::try_from(age).is_ok_and(|age| now.duration_since(at) > age)
}
