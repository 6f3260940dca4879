//! `schedule`: the main job again and again, with a status file for `status` and for whoever watches.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use governance_model::{ErrorClass, Timestamp};
use jiff::tz::TimeZone;
use sync_engine::schedule::{
    Backoff, Jitter, JobFailure, Outcome, Plan, Schedule, ScheduleEnd, ScheduleStatus, StatusBoard,
    StatusFile, run_schedule, status_path, unfinished,
};
use sync_engine::{Clock, LockError, OutputLock, Stop, SystemClock};

use crate::args::SyncArgs;
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::limits;
use crate::line::Line;
use crate::problems::Problems;
use crate::progress::Progress;
use crate::remote::{self, Place};
use crate::sync::{self, Done};
use crate::{duration, sealed, signals};

/// How long a run may take to end after it was asked to, before it is left as it is. Every page that was stored is safe.
const GRACE: Duration = Duration::from_secs(4);

/// Flags of the schedule.
#[derive(Clone, Debug, Args)]
pub(crate) struct ScheduleArgs {
    /// Sync this long after the end of the last sync, such as 6h, 90m or 1d; at once when that is over already.
    #[arg(long, env = "BATON_SCHEDULE_EVERY", value_name = "TIME")]
    every: Option<String>,

    /// Sync by a cron expression of five fields, such as "0 2 * * *"; at once when a time was missed.
    #[arg(long, env = "BATON_SCHEDULE_CRON", value_name = "EXPRESSION")]
    cron: Option<String>,

    /// Time zone of --cron, such as Europe/Berlin [default: the machine's].
    #[arg(long, env = "BATON_SCHEDULE_TIMEZONE", value_name = "ZONE")]
    timezone: Option<String>,

    /// Begin each regular run up to this much later, at random.
    #[arg(long, env = "BATON_SCHEDULE_JITTER", value_name = "TIME", default_value = "0s")]
    jitter: String,

    /// Where the status is kept [default: .NAME.status.json beside the output].
    #[arg(long, env = "BATON_STATUS_FILE", value_name = "PATH")]
    status_file: Option<PathBuf>,
}

impl ScheduleArgs {
    /// The schedule and its spread, unless something is wrong with them.
    fn parse(&self, now: Timestamp, problems: &mut Problems) -> Option<(Schedule, Duration)> {
        let jitter = duration::parse(&self.jitter).map_err(|error| problems.wrong("jitter", error)).ok();
        let schedule = match (&self.every, &self.cron) {
            (Some(every), _) => duration::parse(every)
                .and_then(|every| Schedule::every(every).map_err(|error| error.to_string()))
                .map_err(|error| problems.wrong("every", error))
                .ok(),
            (None, Some(cron)) => match zone(self.timezone.as_deref()) {
                Ok(zone) => {
                    Schedule::cron(cron, zone, now).map_err(|error| problems.wrong("cron", error)).ok()
                }
                Err(error) => {
                    problems.wrong("timezone", error);
                    None
                }
            },
            (None, None) => {
                problems.sentence("at least one of the flags in the group [every cron] is required");
                problems.hint("say when to sync: --every 6h, or --cron \"0 2 * * *\"");
                None
            }
        };
        let (schedule, jitter) = (schedule?, jitter?);
        schedule.check_jitter(jitter).map_err(|error| problems.wrong("jitter", error)).ok()?;
        Some((schedule, jitter))
    }
}

/// A time zone by its name, or the machine's; UTC where the machine has none.
fn zone(name: Option<&str>) -> Result<TimeZone, String> {
    match name {
        Some(name) => TimeZone::get(name.trim())
            .map_err(|_| format!("{name:?} is not a time zone; names are like Europe/Berlin or UTC")),
        None => Ok(TimeZone::try_system().unwrap_or(TimeZone::UTC)),
    }
}

/// Syncs on a schedule until a signal comes.
pub(crate) async fn run(
    flags: &ScheduleArgs,
    args: &SyncArgs,
    mut problems: Problems,
    line: &Line,
) -> Result<()> {
    let now = SystemClock.now();
    let schedule = flags.parse(now, &mut problems);
    let config = Config::check(args, problems)?;
    let (schedule, jitter) = schedule.context("a schedule that is wrong was not reported")?;
    let place = Place::of(&config.file)?;
    check_output(&config, &place).await?;
    // From here on a signal is heard, also one that comes before the first run.
    let signal = signals::first();
    let _only = only_schedule(place.local()).map_err(|error| place.name(error))?;
    let path = flags.status_file.clone().unwrap_or_else(|| status_path(place.local()));
    let last_success = sealed::newest(&config.file)?.map(|sync| sync.ended_at);
    let status = begin_status(&path, now, &schedule, &config.file)?;

    tracing::info!(%schedule, file = %config.file.display(), status_file = %path.display(), "Schedule started.");
    let plan = Plan {
        schedule,
        jitter: Jitter::new(jitter, fastrand::u64(..)),
        backoff: Backoff::default(),
        last_success,
        unfinished: unfinished(place.local()),
    };
    let board = Arc::new(StatusBoard::new(Arc::new(SystemClock), Box::new(StatusFile::new(path)), status));
    let progress = Progress::new(line).telling(board.clone());
    let (stopper, stop) = Stop::pair();
    let listening = tokio::spawn(async move {
        signal.await;
        tracing::info!("The schedule stops.");
        stopper.stop();
        // Kept, because a stop whose asking side is gone is never heard.
        std::future::pending::<()>().await;
    });
    let job = || async {
        let done = tokio::select! {
            done = sync::sync(&config, &progress) => done,
            () = overstayed(stop.clone()) => Err(interrupted().into()),
        };
        done.map(|done| outcome(&done)).map_err(|error| job_failure(&error))
    };
    let end = run_schedule(&board, plan, stop.clone(), job).await;
    listening.abort();
    match end {
        ScheduleEnd::Idle => Ok(()),
        ScheduleEnd::Interrupted => Err(interrupted().into()),
    }
}

/// One schedule per output: two would write one status, and each would call the other's runs its own.
fn only_schedule(output: &Path) -> Result<OutputLock, Failure> {
    let output = c1z::atomic::resolved(output);
    let mut name = output.file_name().unwrap_or_default().to_owned();
    name.push(".schedule");
    OutputLock::acquire(&output.with_file_name(name)).map_err(|error| match error {
        LockError::Held { .. } => {
            Failure::new(Exit::FailedPrecondition, format!("another schedule runs for {}", output.display()))
                .with_hint("stop that one first, or write to another file with --file")
        }
        other => Failure::new(Exit::FailedPrecondition, format!("{:#}", anyhow::Error::from(other))),
    })
}

/// Mistakes that every run would make are reported before the first.
async fn check_output(config: &Config, place: &Place) -> Result<(), Failure> {
    if let Some(remote) = place.remote() {
        return remote.check().await.map_err(|error| remote::failure(&error));
    }
    c1z::check_output(&config.file, limits::from_environment()).map(drop).map_err(|error| {
        let message = format!("the output cannot be used: {:#}", anyhow::Error::from(error));
        Failure::new(Exit::FailedPrecondition, message)
            .with_hint("the folder must exist and be writable, and what stands there be a c1z; see --file")
    })
}

/// The status to begin with, written already: who cannot keep a status should hear of it at once.
fn begin_status(
    path: &Path,
    now: Timestamp,
    schedule: &Schedule,
    output: &Path,
) -> Result<ScheduleStatus, Failure> {
    let mut status =
        ScheduleStatus::new(env!("CARGO_PKG_VERSION"), std::process::id(), now, &schedule.to_string())
            .of_output(output);
    if remote::is_meant_by(output) {
        status.output = Some(output.to_string_lossy().into_owned());
    }
    let status = match ScheduleStatus::read(path) {
        Ok(Some(earlier)) => status.continuing(earlier),
        Ok(None) => status,
        Err(error) => {
            tracing::warn!(%error, "The status file cannot be continued; starting a new one.");
            status
        }
    };
    status.write(path).map_err(|error| {
        let message = format!("cannot write the status file {}: {error}", path.display());
        Failure::new(Exit::FailedPrecondition, message).with_hint("name another place with --status-file")
    })?;
    Ok(status)
}

async fn overstayed(mut stop: Stop) {
    stop.asked().await;
    tokio::time::sleep(GRACE).await;
}

fn interrupted() -> Failure {
    Failure::new(Exit::Resumable, "stopped in the middle of a sync; the next run goes on from there")
        .with_hint("run the same command again to go on")
}

fn outcome(done: &Done) -> Outcome {
    let mut counts = done.report.rows.resources.clone();
    counts.insert("grants".to_owned(), done.report.rows.grants.values().sum());
    Outcome {
        sync_id: done.report.sync_id.clone(),
        counts,
        verified: Some(done.report.completeness.verified),
        ended_at: Some(done.report.ended_at),
    }
}

fn job_failure(error: &anyhow::Error) -> JobFailure {
    let class =
        if failure::passes(error) { ErrorClass::Unavailable } else { failure::exit_of(error).class() };
    JobFailure {
        hint: failure::hint_of(error).map(str::to_owned),
        retry_after: failure::retry_after_of(error),
        ..JobFailure::new(class, format!("{error:#}"))
    }
}
