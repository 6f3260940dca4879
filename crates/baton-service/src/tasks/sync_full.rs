//! A `sync_full` task: sync into a file that survives a kill, send it, and the log of it when C1 asks for that.

use std::fs::File;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1::task::SyncFullTask;
use tokio_util::sync::CancellationToken;
use tonic::Code;

use super::Context;
use crate::data_dir::DataDir;
use crate::debug_log::DebugLog;
use crate::error::TaskError;
use crate::finish::Outcome;
use crate::heartbeat::{Heartbeat, Lost};
use crate::sync::{SyncRequest, SyncScope};
use crate::upload::upload;

/// How long an upload may still take once the service is to stop.
const LAST_UPLOAD: Duration = Duration::from_secs(10);

pub(super) async fn perform(
    context: &Context,
    task_id: &str,
    debug: bool,
    task: SyncFullTask,
    next_heartbeat: Option<prost_types::Duration>,
) -> Outcome {
    let heartbeat = Heartbeat::start(
        context.c1.clone(),
        context.events.clone(),
        context.host_id().to_owned(),
        task_id.to_owned(),
        next_heartbeat,
        context.stopping.child_token(),
    )
    .await;
    let done = work(context, task_id, debug, task, heartbeat.stop()).await;
    match (done, heartbeat.lost()) {
        (Ok(()), _) => Ok(None),
        (Err(_), Some(Lost::Cancelled)) => Err(TaskError::lasting(Code::Cancelled, "C1 cancelled the task")),
        (Err(_), Some(Lost::Silence)) => {
            Err(TaskError::retryable(Code::Unavailable, "C1 took no heartbeats, so the sync was stopped"))
        }
        (Err(error), None) if error.code == Code::Cancelled => Err(TaskError::retryable(
            Code::Cancelled,
            "the connector is being stopped; what was read and not sealed yet is kept for the next sync of the same",
        )),
        (Err(error), None) => Err(error),
    }
}

async fn work(
    context: &Context,
    task_id: &str,
    debug: bool,
    task: SyncFullTask,
    stop: &CancellationToken,
) -> Result<(), TaskError> {
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
    let request =
        SyncRequest { task_id: task_id.to_owned(), scope, file: place.file(), debug_log: debug_log.clone() };
    // Not cut short: it hears of the stop itself, and leaves a checkpoint.
    let synced = context.syncer.sync(request, stop.clone()).await;
    if let Some(log) = &debug_log {
        match &synced {
            Ok(()) => log.line("info", "The sync is sealed.", &[]),
            Err(error) => log.line("error", &error.message, &[]),
        }
    }
    // The log is most wanted when the sync failed, but an asset that is no c1z must not be the only one.
    synced?;
    let file = File::open(place.file()).map_err(|error| disk(&error))?;
    send(context, task_id, &file, stop).await?;
    if let Some(log) = debug_log {
        let log = log.file().map_err(|error| disk(&error))?;
        if let Err(error) = send(context, task_id, &log, stop).await {
            tracing::warn!(task_id, %error, "The file was sent, but the debug log was not.");
        }
    }
    Ok(())
}

/// Sends a file; briefly once the service is to stop, and not at all once C1 does not want it any more.
async fn send(
    context: &Context,
    task_id: &str,
    file: &File,
    stop: &CancellationToken,
) -> Result<(), TaskError> {
    let ending = async {
        stop.cancelled().await;
        if context.stopping.is_cancelled() {
            tokio::time::sleep(LAST_UPLOAD).await;
        }
    };
    tokio::select! {
        sent = upload(&context.c1, &*context.events, context.host_id(), task_id, file) => sent,
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
