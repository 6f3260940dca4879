//! `status`: is the file up to date, what failed and why, what comes next.
//!
//! Works with and without `schedule`: where its status file does not show a sync that is young enough, the newest sealed
//! sync in the output is looked at as well.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use c1z::OutputState;
use clap::{Args, ValueEnum};
use governance_model::Timestamp;
use serde_json::json;
use sync_engine::schedule::{Health, ScheduleStatus, Succeeded, Verdict, status_path};
use sync_engine::{Clock, SystemClock};

use crate::args::SyncArgs;
use crate::duration;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits;
use crate::problems::Problems;
use crate::remote;
use crate::sealed::{self, SealedSync};
use crate::summary::printable;

/// Flags of the status.
#[derive(Clone, Debug, Args)]
pub(crate) struct StatusArgs {
    /// The status file of a schedule [default: .NAME.status.json beside the output].
    #[arg(long, env = "BATON_STATUS_FILE", value_name = "PATH")]
    status_file: Option<PathBuf>,

    /// The last sealed sync counts as stale when it is older than this.
    #[arg(long, env = "BATON_STATUS_MAX_AGE", value_name = "TIME", default_value = "26h")]
    max_age: String,

    /// How to print it.
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    output: Output,
}

/// How the status is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Everything that is known.
struct Known {
    health: Health,
    schedule: Option<ScheduleStatus>,
    sealed: Option<SealedSync>,
    max_age: Duration,
    now: Timestamp,
}

/// Prints the status; an error when it is not healthy.
pub(crate) fn run(flags: &StatusArgs, args: &SyncArgs, mut problems: Problems) -> Result<()> {
    let max_age = duration::parse(&flags.max_age).map_err(|error| {
        problems.wrong("max-age", error);
        problems.hint("such as --max-age 26h");
        problems.into_failure()
    })?;
    let path = flags.status_file.clone().unwrap_or_else(|| status_path(&remote::local(&args.file)));
    let schedule = ScheduleStatus::read(&path).map_err(|error| {
        Failure::new(Exit::FailedPrecondition, format!("{:#}", anyhow::Error::from(error)))
            .with_hint("remove that file; a schedule writes a new one")
    })?;
    let file = output(flags, args, schedule.as_ref());
    let now = SystemClock.now();
    let mut health = Health::judge(schedule.as_ref(), None, max_age, now);
    let mut sealed = None;
    if health.verdict != Verdict::Healthy {
        // Somebody may have run a sync beside the schedule, or there is no schedule.
        sealed = sealed::newest(&file)?;
        health = Health::judge(schedule.as_ref(), sealed.as_ref().map(|sync| sync.ended_at), max_age, now);
    }
    if let Some(problem) = missing(&file, schedule.as_ref()) {
        health.verdict = Verdict::Stale;
        health.problems.insert(0, problem);
    }
    let known = Known { health, schedule, sealed, max_age, now };
    let text = match flags.output {
        Output::Table => known.table(),
        Output::Json => known.json()?,
    };
    io::stdout().write_all(text.as_bytes()).context("cannot print the status")?;
    if known.health.verdict == Verdict::Healthy {
        Ok(())
    } else {
        Err(Failure::new(Exit::Stale, printable(&known.health.problems.join("; "))).into())
    }
}

/// The file that syncs are sealed in: the one that was named, or, where only the status file was, the one it names.
fn output(flags: &StatusArgs, args: &SyncArgs, schedule: Option<&ScheduleStatus>) -> PathBuf {
    let told = schedule.and_then(|status| status.output.as_deref());
    match told {
        Some(told)
            if flags.status_file.is_some() && !remote::is_meant_by(&args.file) && !args.file.exists() =>
        {
            PathBuf::from(told)
        }
        _ => args.file.clone(),
    }
}

/// What is wrong with the file that a schedule says it sealed a sync in. A look at its beginning is enough for something that
/// may be asked every minute.
fn missing(file: &Path, schedule: Option<&ScheduleStatus>) -> Option<String> {
    schedule?.last_success.as_ref()?;
    if let Ok(Some(address)) = remote::address(file) {
        return match remote::wait(remote::version(address)) {
            Ok(Some(_)) => None,
            Ok(None) => Some(format!("the sealed sync is gone: there is no {}", file.display())),
            Err(error) => Some(format!("the sealed sync cannot be read: {error}")),
        };
    }
    match c1z::output_state(file, limits::from_environment()) {
        Ok(OutputState::Sealed { .. }) => None,
        Ok(OutputState::Missing) => Some(format!("the sealed sync is gone: there is no {}", file.display())),
        Err(error) => Some(format!("the sealed sync cannot be read: {:#}", anyhow::Error::from(error))),
    }
}

impl Known {
    fn json(&self) -> Result<String> {
        let age = self.health.last_success.map(|at| self.now.duration_since(at).as_secs());
        let text = json!({
            "health": self.health.verdict,
            "problems": self.health.problems,
            "last_success": self.health.last_success,
            "age_seconds": age,
            "max_age_seconds": self.max_age.as_secs(),
            "schedule": self.schedule,
            "sealed": self.sealed,
        });
        let mut text = serde_json::to_string_pretty(&text).context("cannot print the status as JSON")?;
        text.push('\n');
        Ok(text)
    }

    fn table(&self) -> String {
        let mut text = String::new();
        let health = match self.health.verdict {
            Verdict::Healthy => "healthy",
            Verdict::Failing => "FAILING",
            Verdict::Stale => "STALE",
            _ => "unknown",
        };
        let problems = self.health.problems.iter().map(|problem| format!(": {}", printable(problem)));
        line(&mut text, "Health", &format!("{health}{}", problems.take(1).collect::<String>()));
        for problem in self.health.problems.iter().skip(1) {
            line(&mut text, "", &printable(problem));
        }
        self.last_success(&mut text);
        if let Some(status) = &self.schedule {
            self.schedule(&mut text, status);
        } else {
            line(&mut text, "Schedule", "none known here");
        }
        text
    }

    fn last_success(&self, text: &mut String) {
        let Some(at) = self.health.last_success else {
            line(text, "Synced", "never");
            return;
        };
        line(text, "Synced", &format!("{} ago, {at:.0}", duration::show(self.now.duration_since(at))));
        let told = self.schedule.as_ref().and_then(|status| status.last_success.as_ref());
        let sealed = self.sealed.as_ref().filter(|sync| sync.ended_at == at).map(|sync| Succeeded {
            at,
            sync_id: sync.sync_id.clone(),
            counts: sync.counts.clone(),
            verified: sync.verified,
        });
        let Some(success) = told.filter(|told| told.at == at).or(sealed.as_ref()) else { return };
        let verdict = match success.verified {
            Some(true) => "complete",
            Some(false) => "NOT verified as complete",
            None => "completeness unknown",
        };
        let counts: Vec<_> =
            success.counts.iter().map(|(kind, count)| format!("{} {count}", printable(kind))).collect();
        line(text, "", &format!("{verdict}; {}", counts.join(", ")));
        line(text, "", &format!("sync {}", printable(&success.sync_id)));
    }

    fn wait(&self, what: &str, until: Timestamp) -> String {
        let what = match what {
            "quota" => "Clockify's quota",
            "pace" => "the next request that the pace allows",
            "retry" => "Clockify to answer",
            "other_run" => "another run on the file to end",
            other => other,
        };
        let left = duration::show(self.now.duration_until(until));
        format!("waiting for {}: {left} left, until {until:.0}", printable(what))
    }

    fn schedule(&self, text: &mut String, status: &ScheduleStatus) {
        if let Some(failed) = &status.last_failure {
            let ago = duration::show(self.now.duration_since(failed.at));
            let row = match status.consecutive_failures {
                0 => String::new(),
                1 => ", the last run".to_owned(),
                many => format!(", {many} runs in a row"),
            };
            line(text, "Failed", &format!("{ago} ago, {:.0}{row}", failed.at));
            line(text, "", &format!("{}: {}", printable(&failed.class), printable(&failed.reason)));
            if let Some(hint) = &failed.hint {
                line(text, "", &format!("hint: {}", printable(hint)));
            }
        }
        if let Some(progress) = &status.progress {
            let since = duration::show(self.now.duration_since(progress.since));
            let pages = progress.pages;
            line(
                text,
                "Running",
                &format!("for {since}: {}, {pages} pages stored", printable(&progress.phase)),
            );
            if let Some(wait) = &progress.waiting {
                line(text, "", &self.wait(&wait.what, wait.until));
            }
        }
        if let Some(next) = status.next_run {
            let wait = self.now.duration_until(next);
            let when = if wait.is_negative() {
                format!("{} ago", duration::show(-wait))
            } else {
                format!("in {}", duration::show(wait))
            };
            line(text, "Next run", &format!("{when}, {next:.0}"));
        }
        line(text, "Schedule", &printable(&status.schedule));
        let process = match status.stopped_at {
            Some(at) => format!("stopped at {at:.0}"),
            None => format!("process {} since {:.0}", status.pid, status.started_at),
        };
        line(text, "", &format!("{process}, version {}", printable(&status.version)));
    }
}

fn line(text: &mut String, label: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{label:<10}{value}");
}
