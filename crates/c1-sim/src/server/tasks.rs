//! The calls about tasks, once a request is in hand.

use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1::baton_service_finish_task_request::FinalState;
use baton_proto::c1::connectorapi::baton::v1::task::{NoneTask, TaskType};
use baton_proto::c1::connectorapi::baton::v1::{
    BatonServiceFinishTaskRequest, BatonServiceFinishTaskResponse, BatonServiceGetTaskRequest,
    BatonServiceGetTaskResponse, BatonServiceGetTasksRequest, BatonServiceGetTasksResponse,
    BatonServiceHeartbeatRequest, BatonServiceHeartbeatResponse, BatonServiceHelloRequest,
    BatonServiceHelloResponse, Task,
};
use serde_json::Value;
use tonic::Status;

use super::service::Call;
use crate::rules;
use crate::state::{Beat, Finish, FinishAnswer, HandOut, Hello, Standing};

pub(super) fn hello(
    call: &Call<'_>,
    request: BatonServiceHelloRequest,
) -> Result<BatonServiceHelloResponse, Status> {
    call.check(rules::hello(&request))?;
    for remark in rules::hello_remarks(&request) {
        call.remark(&remark);
    }
    let memory = &call.shared.memory;
    if !request.task_id.is_empty() {
        let mut state = memory.lock();
        let asked_for = state.queue.is_hello(&request.task_id);
        let answer = if asked_for {
            state.queue.finish(&request.task_id, &request.host_id, call.mark.answer_lost)
        } else {
            FinishAnswer::Refused(state.queue.standing(&request.task_id, &request.host_id))
        };
        drop(state);
        if let FinishAnswer::Refused(standing) = answer {
            return Err(call.refuse(&request.task_id, standing));
        }
    }
    let json = baton_proto::json(&request).unwrap_or(Value::Null);
    let (host, task) = (request.host_id.clone(), request.task_id.clone());
    let hello = Hello { at_ms: memory.at_ms(), host, task, json, message: request };
    memory.lock().seen.hellos.push(hello);
    Ok(BatonServiceHelloResponse::default())
}

pub(super) fn get_task(
    call: &Call<'_>,
    request: &BatonServiceGetTaskRequest,
) -> Result<BatonServiceGetTaskResponse, Status> {
    call.check(rules::get_task(request))?;
    let nothing = || Task { task_type: Some(TaskType::None(NoneTask::default())), ..Task::default() };
    let task = next(call, &request.host_id, &[]).unwrap_or_else(nothing);
    let (next_poll, next_heartbeat) = pace(call);
    Ok(BatonServiceGetTaskResponse { task: Some(task), next_poll, next_heartbeat, annotations: Vec::new() })
}

pub(super) fn get_tasks(
    call: &Call<'_>,
    request: BatonServiceGetTasksRequest,
) -> Result<BatonServiceGetTasksResponse, Status> {
    call.check(rules::get_tasks(&request))?;
    let mut known = request.known_task_ids;
    let mut tasks = Vec::new();
    for _ in 0..request.page_size {
        let Some(task) = next(call, &request.host_id, &known) else { break };
        known.push(task.id.clone());
        tasks.push(task);
    }
    let (next_poll, next_heartbeat) = pace(call);
    Ok(BatonServiceGetTasksResponse { tasks, next_poll, next_heartbeat, annotations: Vec::new() })
}

fn next(call: &Call<'_>, host: &str, known: &[String]) -> Option<Task> {
    let at_ms = call.shared.memory.at_ms();
    let mut state = call.shared.memory.lock();
    let (task, times) = state.queue.hand_out(host, known, at_ms, call.mark.again)?;
    let hand_out = HandOut { at_ms, host: host.to_owned(), task: task.id.clone(), times };
    state.seen.hand_outs.push(hand_out);
    Some(task)
}

/// When to ask and to give a sign of life next.
fn pace(call: &Call<'_>) -> (Option<prost_types::Duration>, Option<prost_types::Duration>) {
    let state = call.shared.memory.lock();
    (duration(state.next_poll_ms), duration(state.next_heartbeat_ms))
}

fn duration(ms: u64) -> Option<prost_types::Duration> {
    Duration::from_millis(ms).try_into().ok()
}

pub(super) fn heartbeat(
    call: &Call<'_>,
    request: BatonServiceHeartbeatRequest,
) -> Result<BatonServiceHeartbeatResponse, Status> {
    call.check(rules::heartbeat(&request))?;
    let mut tasks = vec![request.task_id];
    for id in request.task_ids {
        if !tasks.contains(&id) {
            tasks.push(id);
        }
    }
    let mut response = BatonServiceHeartbeatResponse::default();
    for (place, id) in tasks.into_iter().enumerate() {
        let cancelled = beat(call, &id)?;
        if cancelled {
            response.cancelled |= place == 0;
            response.cancelled_task_ids.push(id);
        }
    }
    response.next_heartbeat = pace(call).1;
    Ok(response)
}

fn beat(call: &Call<'_>, id: &str) -> Result<bool, Status> {
    let memory = &call.shared.memory;
    let at_ms = memory.at_ms();
    let standing = memory.lock().queue.standing(id, &call.host);
    match standing {
        // A sign of life may be on its way while the outcome is.
        Standing::Held | Standing::Finished => {}
        // The host could not know that it was given up.
        Standing::Lost => return Err(Status::not_found("the task was given to another host")),
        Standing::Unknown | Standing::NotHeld => return Err(call.refuse(id, standing)),
    }
    let mut state = memory.lock();
    let cancelled = state.queue.beat(id, &call.host, at_ms, call.mark.cancel);
    let beat = Beat { at_ms, host: call.host.clone(), task: id.to_owned(), cancelled };
    state.seen.beats.push(beat);
    Ok(cancelled)
}

pub(super) fn finish_task(
    call: &Call<'_>,
    request: &BatonServiceFinishTaskRequest,
) -> Result<BatonServiceFinishTaskResponse, Status> {
    call.check(rules::finish_task(request))?;
    let mut finish = outcome(request);
    finish.at_ms = call.shared.memory.at_ms();
    match (finish.success, finish.code) {
        (true, code) if code != 0 => call.remark("status: a success has the code of an error"),
        (false, 0) => call.remark("status: an error has no code"),
        _ => {}
    }
    let mut state = call.shared.memory.lock();
    let hello = state.queue.is_hello(&request.task_id);
    let answer = state.queue.finish(&request.task_id, &request.host_id, call.mark.answer_lost);
    finish.accepted = !matches!(answer, FinishAnswer::Refused(_));
    finish.repeated = answer == FinishAnswer::Repeated;
    state.seen.finishes.push(finish);
    drop(state);
    if hello {
        call.remark("task_id: a hello task ends with Hello, not with FinishTask");
    }
    match answer {
        FinishAnswer::Refused(standing) => Err(call.refuse(&request.task_id, standing)),
        FinishAnswer::Accepted | FinishAnswer::Repeated => Ok(BatonServiceFinishTaskResponse::default()),
    }
}

fn outcome(request: &BatonServiceFinishTaskRequest) -> Finish {
    let status = request.status.clone().unwrap_or_default();
    let (success, non_retryable, response) = match &request.final_state {
        Some(FinalState::Success(success)) => (true, false, success.response.clone()),
        Some(FinalState::Error(error)) => (false, error.non_retryable, error.response.clone()),
        None => (false, false, None),
    };
    Finish {
        at_ms: 0,
        host: request.host_id.clone(),
        task: request.task_id.clone(),
        success,
        code: status.code,
        message: status.message,
        non_retryable,
        response_type: response.as_ref().map(|response| response.type_url.clone()),
        response: response.map(|response| response.value).unwrap_or_default(),
        accepted: false,
        repeated: false,
    }
}
