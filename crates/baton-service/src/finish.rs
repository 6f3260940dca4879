//! Tells C1 how a task ended, and does not give up easily: a task whose ending is not told hangs there.

use std::sync::Arc;
use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1 as api;
use baton_proto::c1::connectorapi::baton::v1::baton_service_finish_task_request::{
    Error, FinalState, Success,
};
use baton_proto::google::rpc;
use prost_types::Any;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use crate::c1::C1;
use crate::error::TaskError;
use crate::events::{Event, Events};

/// How long C1 is told while the service runs, and once it is to stop.
const PATIENCE: Duration = Duration::from_secs(600);
const AT_THE_END: Duration = Duration::from_secs(30);

/// How long one try may take then: a call that hangs must not use it all up.
const LAST_TRY: Duration = Duration::from_secs(5);

/// The first wait between two tries, and the longest while the service runs and at the end.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_AT_THE_END: Duration = Duration::from_secs(3);

/// How a task ended: with an answer for C1, if its kind has one, or a failure.
pub(crate) type Outcome = Result<Option<Any>, TaskError>;

/// The message that says so.
pub(crate) fn message(host_id: &str, task_id: &str, outcome: Outcome) -> api::BatonServiceFinishTaskRequest {
    let (status, state) = match outcome {
        Ok(response) => {
            (rpc::Status::default(), FinalState::Success(Success { annotations: Vec::new(), response }))
        }
        Err(error) => {
            let state = Error { non_retryable: error.non_retryable, annotations: Vec::new(), response: None };
            (error.status(), FinalState::Error(state))
        }
    };
    api::BatonServiceFinishTaskRequest {
        host_id: host_id.to_owned(),
        task_id: task_id.to_owned(),
        status: Some(status),
        final_state: Some(state),
    }
}

/// Tells C1, again and again if need be.
///
/// # Errors
/// What C1 said last. The ending may be told again when the task is handed out again.
pub(crate) async fn deliver(
    c1: &Arc<dyn C1>,
    events: &dyn Events,
    message: &api::BatonServiceFinishTaskRequest,
    stopping: &CancellationToken,
) -> Result<(), Status> {
    let task_id = &message.task_id;
    let mut deadline = Instant::now() + PATIENCE;
    let mut ends_soon = false;
    let mut wait = FIRST_WAIT;
    let mut tries = 0;
    loop {
        tries += 1;
        if stopping.is_cancelled() && !ends_soon {
            ends_soon = true;
            deadline = deadline.min(Instant::now() + AT_THE_END);
        }
        let limit = if ends_soon { deadline.min(Instant::now() + LAST_TRY) } else { deadline };
        let told = tokio::select! {
            told = timeout_at(limit, c1.finish_task(message.clone())) => told,
            // It was begun with patience, and may hang. Telling the same thing twice does no harm.
            () = async { stopping.cancelled().await; sleep(LAST_TRY).await }, if !ends_soon => continue,
        };
        let status = match told {
            Ok(Ok(())) => {
                events.event(&Event::Reported { code: Code::Ok, tries });
                return Ok(());
            }
            Ok(Err(status)) => status,
            Err(_) => Status::deadline_exceeded("C1 does not answer"),
        };
        let over = Instant::now() + wait >= deadline;
        if over || is_settled(status.code()) {
            events.event(&Event::Reported { code: status.code(), tries });
            return Err(status);
        }
        let error = status.message();
        tracing::warn!(task_id, tries, code = ?status.code(), error, "C1 cannot be told yet how a task ended.");
        tokio::select! {
            () = sleep(wait) => {
                let longest = if ends_soon { LONGEST_AT_THE_END } else { LONGEST_WAIT };
                wait = (wait * 2).min(longest);
            }
            // Once, to try again at once and then with less patience.
            () = stopping.cancelled(), if !ends_soon => wait = FIRST_WAIT,
        }
    }
}

/// Whether C1 has made up its mind about the message. Not among them: `Unauthenticated`, which an outage of the token
/// endpoint or a clock can cause.
fn is_settled(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::Unimplemented
            | Code::OutOfRange
    )
}
