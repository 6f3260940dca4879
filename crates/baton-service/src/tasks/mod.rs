//! What is done about a task, one module per kind. Every task ends with an outcome that C1 is told, but for a `hello`.

mod hello;
mod provision;
mod sync_full;
mod unsupported;

use std::sync::Arc;

use baton_proto::c1::connectorapi::baton::v1::Task;
use baton_proto::c1::connectorapi::baton::v1::task::TaskType;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tracing::Instrument;

use crate::c1::C1;
use crate::data_dir::DataDir;
use crate::error::TaskError;
use crate::events::{Event, Events, TaskKind};
use crate::finish::{self, Outcome};
use crate::heartbeat::Heartbeat;
use crate::hello::Greeting;
use crate::known::Known;
use crate::sync::Syncer;

pub use provision::{Provisioner, ProvisioningDisabled, Work};

/// What tasks need.
pub(crate) struct Context {
    pub(crate) c1: Arc<dyn C1>,
    pub(crate) events: Arc<dyn Events>,
    pub(crate) syncer: Arc<dyn Syncer>,
    pub(crate) provisioner: Arc<dyn Provisioner>,
    pub(crate) greeting: Greeting,
    /// Whose syncs these are: part of the key of their folder.
    pub(crate) tenant: String,
    pub(crate) data: DataDir,
    pub(crate) known: Known,
    /// Cancelled when the service is to stop.
    pub(crate) stopping: CancellationToken,
}

impl Context {
    fn host_id(&self) -> &str {
        &self.greeting.identity.host_id
    }
}

/// Does a task and tells C1 how it ended.
pub(crate) async fn perform(
    context: Arc<Context>,
    task: Task,
    next_heartbeat: Option<prost_types::Duration>,
) {
    let begun = tokio::time::Instant::now();
    let (task_id, kind) = (task.id.clone(), TaskKind::of(task.task_type.as_ref()));
    if let Some(ending) = context.known.untold(&task_id) {
        tracing::info!(task_id, "C1 is told again how a task ended that it hands out a second time.");
        report(&context, ending).await;
        return;
    }
    tracing::info!(task_id, kind = kind.as_str(), "A task begins.");
    context.events.event(&Event::TaskStarted { task_id: &task_id, kind });
    // In a task of its own, so that even a panic has an ending that C1 hears of.
    let (ended, failed) = (tracing::field::Empty, tracing::field::Empty);
    let span = tracing::info_span!(
        "task",
        task_id,
        kind = kind.as_str(),
        rpc.grpc.status_code = ended,
        otel.status_code = failed
    );
    let doing = tokio::spawn(attempt(context.clone(), task, next_heartbeat).instrument(span.clone()));
    // The heartbeat goes on until C1 has heard of the ending: what it hears nothing of for long, it gives to somebody else.
    let (outcome, _heartbeat) = doing.await.unwrap_or_else(|error| {
        tracing::error!(task_id, %error, "A task ended unexpectedly.");
        let error = TaskError::retryable(
            Code::Internal,
            "the task ended unexpectedly; the connector's log says more",
        );
        (Some(Err(error)), None)
    });
    let code = match &outcome {
        Some(Err(error)) => error.code,
        Some(Ok(_)) | None => Code::Ok,
    };
    span.record("rpc.grpc.status_code", code as i32);
    if code != Code::Ok {
        span.record("otel.status_code", "ERROR");
    }
    drop(span);
    context.events.event(&Event::TaskEnded { task_id: &task_id, kind, code, took: begun.elapsed() });
    if let Some(Err(error)) = &outcome {
        tracing::warn!(task_id, kind = kind.as_str(), ?code, %error, "A task failed.");
    } else {
        tracing::info!(task_id, kind = kind.as_str(), "A task is done.");
    }
    if let Some(outcome) = outcome {
        report(&context, finish::message(context.host_id(), &task_id, outcome)).await;
    }
}

async fn report(
    context: &Context,
    ending: baton_proto::c1::connectorapi::baton::v1::BatonServiceFinishTaskRequest,
) {
    let told = finish::deliver(&context.c1, &*context.events, &ending, &context.stopping).await;
    if let Err(status) = told {
        let (task_id, error) = (&ending.task_id, status.message());
        tracing::error!(task_id, code = ?status.code(), error, "C1 could not be told how a task ended.");
        context.known.keep(ending);
    }
}

/// Does a task; `None` when there is nothing to tell C1.
async fn attempt(
    context: Arc<Context>,
    task: Task,
    next_heartbeat: Option<prost_types::Duration>,
) -> (Option<Outcome>, Option<Heartbeat>) {
    let Task { id, debug, task_type, .. } = task;
    let outcome = match task_type {
        Some(TaskType::None(_)) => None,
        Some(TaskType::Hello(_)) => hello::answer(&context, &id).await,
        Some(TaskType::SyncFull(sync)) => {
            let (outcome, heartbeat) = sync_full::perform(&context, &id, debug, sync, next_heartbeat).await;
            return (Some(outcome), Some(heartbeat));
        }
        other => Some(match Work::from_task(other) {
            Ok(work) => context.provisioner.perform(&id, work).await,
            Err(kind) => Err(unsupported::refusal(kind)),
        }),
    };
    (outcome, None)
}
