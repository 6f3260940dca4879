//! A `sync_full` task: sync into a file that survives a kill, send it, and the log of it when C1 asks for that.

use std::fs::File;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1::task::SyncFullTask;
use jiff::Timestamp;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use tonic::Code;

use super::Context;
use crate::data_dir::DataDir;
use crate::debug_log::DebugLog;
use crate::error::TaskError;
use crate::finish::Outcome;
use crate::heartbeat::{Heartbeat, Lost};
use crate::sync::{SyncRequest, SyncScope};
use crate::unsent::Unsent;
use crate::upload::{Asset, upload};

/// How long an upload may still take once the service is to stop.
const LAST_UPLOAD: Duration = Duration::from_secs(10);

/// The outcome, and the heartbeat that is to go on until C1 has heard of it.
pub(super) async fn perform(
    context: &Context,
    task_id: &str,
    debug: bool,
    task: SyncFullTask,
    next_heartbeat: Option<prost_types::Duration>,
) -> (Outcome, Heartbeat) {
    let heartbeat = Heartbeat::start(
        context.c1.clone(),
        context.events.clone(),
        context.host_id().to_owned(),
        task_id.to_owned(),
        next_heartbeat,
        context.stopping.child_token(),
    )
    .await;
    let done = work(context, task_id, debug, task, &heartbeat).await;
    let outcome = match (done, heartbeat.lost()) {
        (Ok(()), _) => Ok(None),
        (Err(_), Some(Lost::Cancelled)) => Err(TaskError::lasting(Code::Cancelled, "C1 cancelled the task")),
        (Err(_), Some(Lost::Silence)) => {
            Err(TaskError::retryable(Code::Unavailable, "C1 took no heartbeats, so the sync was stopped"))
        }
        (Err(error), None) if error.code == Code::Cancelled => Err(TaskError::retryable(
            Code::Cancelled,
            "the connector is being stopped; what was read is kept for the next sync of the same",
        )),
        (Err(error), None) => Err(error),
    };
    (outcome, heartbeat)
}

async fn work(
    context: &Context,
    task_id: &str,
    debug: bool,
    task: SyncFullTask,
    heartbeat: &Heartbeat,
) -> Result<(), TaskError> {
    let stop = heartbeat.stop();
    let scope = SyncScope::from(task);
    let parameters = serde_json::to_string(&scope)
        .map_err(|error| TaskError::lasting(Code::Internal, format!("the task cannot be read: {error}")))?;
    let subject = context.syncer.subject();
    let key = DataDir::key(&[&context.tenant, &subject, &parameters]);
    let place = unless_stopped(stop, context.data.place(&key)).await?;
    let place = place.map_err(|error| disk(&error))?;
    let debug_log = if debug {
        Some(Arc::new(DebugLog::new(place.folder()).map_err(|error| disk(&error))?))
    } else {
        None
    };
    if stop.is_cancelled() {
        return Err(stopped());
    }
    let unsent = Unsent::of(&place.file());
    if on_disk(&unsent, |unsent| unsent.is_pending(Timestamp::now())).await? {
        let told = "What an earlier task sealed and C1 has not taken is sent; nothing is read again.";
        tracing::info!(task_id, "{told}");
        if let Some(log) = &debug_log {
            log.line("info", told, &[]);
        }
    } else {
        on_disk(&unsent, Unsent::begin).await?;
        sync(context, task_id, scope, place.file(), debug_log.clone(), stop).await?;
    }
    let asset = File::open(place.file()).and_then(Asset::new).map_err(|error| disk(&error))?;
    let sent = send(context, task_id, &asset, stop).await;
    // What C1 finds wrong with a file it would find again, and after a cancelled task it wants another one. Any other refusal
    // is about the task or the credentials, and says nothing about the file.
    let unwanted = |error: &TaskError| error.code == Code::InvalidArgument;
    if sent.as_ref().err().is_none_or(unwanted) || heartbeat.lost() == Some(Lost::Cancelled) {
        unsent.settle();
    }
    sent?;
    if let Some(log) = debug_log {
        let log = log.file().and_then(Asset::new).map_err(|error| disk(&error))?;
        if let Err(error) = send(context, task_id, &log, stop).await {
            tracing::warn!(task_id, %error, "The file was sent, but the debug log was not.");
        }
    }
    Ok(())
}

/// Makes the file, and notes in the log of the task how that ended.
async fn sync(
    context: &Context,
    task_id: &str,
    scope: SyncScope,
    file: PathBuf,
    debug_log: Option<Arc<DebugLog>>,
    stop: &CancellationToken,
) -> Result<(), TaskError> {
    let request = SyncRequest { task_id: task_id.to_owned(), scope, file, debug_log: debug_log.clone() };
    // Not cut short: it hears of the stop itself, and leaves a checkpoint.
    let synced = context.syncer.sync(request, stop.clone()).await;
    if let Some(log) = &debug_log {
        match &synced {
            Ok(()) => log.line("info", "The sync is sealed.", &[]),
            Err(error) => log.line("error", &error.message, &[]),
        }
    }
    // The log is most wanted when the sync failed, but an asset that is no c1z must not be the only one.
    synced
}

/// Looks after the mark, away from the threads that heartbeats need: checksums take a while.
async fn on_disk<T: Send + 'static>(
    unsent: &Unsent,
    work: impl FnOnce(&Unsent) -> std::io::Result<T> + Send + 'static,
) -> Result<T, TaskError> {
    let unsent = unsent.clone();
    let done = spawn_blocking(move || work(&unsent)).await;
    done.map_err(std::io::Error::other).and_then(|done| done).map_err(|error| disk(&error))
}

/// Sends a file; briefly once the service is to stop, and not at all once C1 does not want it any more.
async fn send(
    context: &Context,
    task_id: &str,
    asset: &Asset,
    stop: &CancellationToken,
) -> Result<(), TaskError> {
    let ending = async {
        stop.cancelled().await;
        if context.stopping.is_cancelled() {
            tokio::time::sleep(LAST_UPLOAD).await;
        }
    };
    tokio::select! {
        sent = upload(&context.c1, &*context.events, context.host_id(), task_id, asset) => sent,
        () = ending => Err(stopped()),
    }
}

async fn unless_stopped<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Result<T, TaskError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(stopped()),
        done = work => Ok(done),
    }
}

fn stopped() -> TaskError {
    TaskError::retryable(Code::Cancelled, "stopped")
}

fn disk(error: &std::io::Error) -> TaskError {
    TaskError::retryable(Code::FailedPrecondition, format!("the data folder cannot be used: {error}"))
}
