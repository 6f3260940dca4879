//! The main job: read the workspace, write the file, say what is in it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clockify_connector::{ClockifyConnector, Settings};
use governance_model::{ConnectorError, Timestamp};
use sync_engine::{LeaveOut, Options, Sealed, Stop, SyncError, SyncReport, SystemClock};

use crate::args::SyncArgs;
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::line::Line;
use crate::problems::Problems;
use crate::progress::Progress;
use crate::remote::{self, Place, Station};
use crate::summary::Facts;
use crate::{lock, signals, summary};

/// A finished sync.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) report: SyncReport,
    pub(crate) sealed: Sealed,
    /// The file as it was named.
    pub(crate) file: PathBuf,
    pub(crate) took: Duration,
    /// What the summary tells, or why it cannot be told.
    pub(crate) facts: Result<Facts, String>,
    /// Whether nothing of what people have was asked for.
    pub(crate) resources_only: bool,
    /// Keeps the sealed file on this disk until everything that is to be said about it has been.
    _station: Station,
}

/// Syncs as the command line says, and prints the summary.
pub(crate) async fn run(args: &SyncArgs, problems: Problems, line: &Line) -> Result<()> {
    let config = Config::check(args, problems)?;
    let done = sync(&config, &Progress::new(line)).await?;
    // The job is done once the file is in place; a summary that cannot be made or printed does not undo it.
    let printed = summary::render(&done, &config.scope).and_then(|mut text| {
        text.push_str(&summary::reading(&done));
        io::stdout().write_all(text.as_bytes()).context("cannot print the summary")
    });
    if let Err(error) = printed {
        tracing::warn!(file = %done.file.display(), "The sync is sealed, but: {error:#}.");
    }
    Ok(())
}

/// Runs one sync to its end.
pub(crate) async fn sync(config: &Config, progress: &Progress) -> Result<Done> {
    let begun = Instant::now();
    let client = config
        .client()
        .observer(progress.clone())
        .build()
        .map_err(|error| Failure::new(Exit::InvalidArgument, error.to_string()))?;
    let settings = Settings { page_size: config.page_size, projects: config.projects };
    let connector = ClockifyConnector::new(client, config.workspace, settings);

    let (stopper, stop) = Stop::pair();
    let listening = signals::listen(stopper, progress.clone());
    let outcome = sync_with(config, &connector, stop, progress).await;
    drop(listening);
    progress.finish();
    let (report, sealed, facts, station) = outcome?;
    if let Some(path) = &config.report_file {
        write_report(path, &report)?;
    }
    Ok(Done {
        report,
        sealed,
        file: config.file.clone(),
        took: begun.elapsed(),
        resources_only: config.resources_only,
        facts,
        _station: station,
    })
}

/// Locks the output and lets the engine work on it.
async fn sync_with(
    config: &Config,
    connector: &ClockifyConnector,
    stop: Stop,
    progress: &Progress,
) -> Result<(SyncReport, Sealed, Result<Facts, String>, Station)> {
    let place = Place::of(&config.file)?;
    let failed = |error: &SyncError| place.name(failure(error));
    let stores = lock::take(config, &place, stop.clone(), progress).await.map_err(|error| failed(&error))?;
    let stores = if config.resources_only { stores.resources_only() } else { stores };
    let facts = Arc::new(Mutex::new(Err("nothing was read back".to_owned())));
    let seen = Arc::clone(&facts);
    let stores = stores.shown_to(move |view| {
        let read = Facts::read(view).map_err(|error| format!("{error:#}"));
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = read;
    });
    let station = place.station(stores, &stop).await?;
    let options = Options {
        scope: config.scope.clone(),
        leave_out: LeaveOut { entitlements: config.resources_only, ..LeaveOut::default() },
        concurrency: config.workers,
        allow_shrink: config.allow_shrink,
        resume_max_age: config.resume_max_age,
        max_wait: config.max_wait,
        demonstration: config.demonstration,
        stop,
    };
    let outcome = sync_engine::sync(connector, &station.stores, &SystemClock, &options, progress).await;
    let (report, sealed) = outcome.map_err(|error| failed(&error))?;
    let nothing = Err(String::new());
    let facts = std::mem::replace(&mut *facts.lock().unwrap_or_else(PoisonError::into_inner), nothing);
    Ok((report, sealed, facts, station))
}

fn write_report(path: &Path, report: &SyncReport) -> Result<()> {
    let text = serde_json::to_string_pretty(report).context("cannot write the report as JSON")?;
    c1z::atomic::write(path, text.as_bytes()).map_err(|error| {
        let message =
            format!("the sync is sealed, but cannot write its report to {}: {error}", path.display());
        Failure::new(Exit::FailedPrecondition, message)
            .with_hint("make room or correct the rights there; --report-file names another place")
            .into()
    })
}

const SHRINK: &str = "the previous file is untouched, and the next run reads afresh; check that the key's owner still \
                      is an admin, and if the workspace really looks like that, add --allow-shrink";
const FOLDER: &str = "the folder must exist and be writable; or write to another place with --file";
const OUTPUT: &str = "nothing was overwritten; move that file away, or write to another place with --file";

/// What a failed sync means to a person.
pub(crate) fn failure(error: &SyncError) -> Failure {
    if let SyncError::Store(source) = error
        && let Some(undelivered) = source.downcast_ref().and_then(remote::undelivered)
    {
        return undelivered;
    }
    let exit = match error {
        // Everything read is kept, and nothing has to be put right: only time has to pass.
        SyncError::Connector(refused) if refused.rate_limited => Exit::Resumable,
        SyncError::Store(error) if error.downcast_ref().is_some_and(is_about_the_disk) => {
            Exit::FailedPrecondition
        }
        _ => Exit::from_class(error.class()),
    };
    let hint = hint(error);
    let (message, source) = split(error);
    let message = match source {
        Some(source) => format!("{message}: {source}"),
        None => message,
    };
    let retry_after = match error {
        SyncError::Connector(refused) => refused.retry_after,
        _ => None,
    };
    let held = matches!(error, SyncError::Lock(sync_engine::LockError::Held { .. }));
    let failure = Failure::new(exit, message).retrying_after(retry_after).passing(held);
    match hint {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// The message and the messages of everything underneath, in one line.
fn split(error: &SyncError) -> (String, Option<String>) {
    let message = error.to_string();
    let mut parts = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let text = inner.to_string();
        if !message.contains(&text) && !parts.iter().any(|part: &String| part.contains(&text)) {
            parts.push(text);
        }
        source = inner.source();
    }
    let below = if parts.is_empty() { None } else { Some(parts.join(": ")) };
    (message, below)
}

fn hint(error: &SyncError) -> Option<String> {
    match error {
        SyncError::Connector(refused) if refused.rate_limited => Some(come_back(refused)),
        SyncError::Connector(error) => error.hint.clone(),
        SyncError::SuspiciousShrink { hint: Some(why), .. } => Some(format!("{why}\n      {SHRINK}")),
        SyncError::Lock(sync_engine::LockError::Held { .. }) => {
            Some("wait until it is done, or write to another file with --file".to_owned())
        }
        SyncError::SuspiciousShrink { .. } => Some(SHRINK.to_owned()),
        SyncError::OtherSource { .. } => Some(
            "write each workspace to a file of its own with --file; or move that file away if its history is not needed"
                .to_owned(),
        ),
        SyncError::Stopped => Some("run the same command again to go on".to_owned()),
        SyncError::Lock(sync_engine::LockError::File { .. }) => {
            Some("move what stands there away, or give this account the right to write it".to_owned())
        }
        SyncError::Lock(_) => Some(FOLDER.to_owned()),
        SyncError::Output(error) => Some(
            error
                .downcast_ref::<sync_engine::C1zStoreError>()
                .and_then(sync_engine::C1zStoreError::hint)
                .map_or_else(|| OUTPUT.to_owned(), |hint| format!("{OUTPUT}\n      {hint}")),
        ),
        SyncError::Store(error) => error
            .downcast_ref::<sync_engine::C1zStoreError>()
            .and_then(store_hint),
        _ => None,
    }
}

/// What to do about a working database or an output that cannot be read or written.
fn store_hint(error: &sync_engine::C1zStoreError) -> Option<String> {
    if error.is_disk_full() {
        return Some(
            "the disk is full; what was read is kept, so make room and run the same command again".to_owned(),
        );
    }
    if error.is_about_output() {
        let hint = error.hint().map(|hint| format!("\n      {hint}")).unwrap_or_default();
        return Some(format!("{OUTPUT}; what was read is kept{hint}"));
    }
    if let sync_engine::C1zStoreError::Io { path, .. } = error {
        let path = path.display();
        return Some(format!(
            "nothing that was sealed was touched; see to {path}, and run the same command again"
        ));
    }
    error.hint().map(str::to_owned)
}

/// Whether the place, and not the program, is to blame.
fn is_about_the_disk(error: &sync_engine::C1zStoreError) -> bool {
    error.is_disk_full() || matches!(error, sync_engine::C1zStoreError::Io { .. })
}

/// When to run again after a quota was used up.
fn come_back(refused: &ConnectorError) -> String {
    let quota = refused.hint.as_deref().unwrap_or("what was read is kept");
    match refused.retry_after {
        Some(wait) => {
            let at = Timestamp::now().saturating_add(wait).unwrap_or(Timestamp::MAX);
            format!("run the same command again after {at:.0}; {quota}")
        }
        None => format!("run the same command again later; {quota}"),
    }
}
