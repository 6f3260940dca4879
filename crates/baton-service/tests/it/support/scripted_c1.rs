//! C1 as a script: what it answers, and when it was asked what, on the clock of the test.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use baton_proto::c1::connectorapi::baton::v1 as api;
use baton_proto::c1::connectorapi::baton::v1::baton_service_finish_task_request::FinalState;
use baton_proto::c1::connectorapi::baton::v1::task::TaskType;
use baton_service::C1;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use tokio::time::Instant;
use tonic::{Code, Status};

/// What was asked, and when, in seconds from the beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Hello(u64, String),
    GetTask(u64),
    Heartbeat(u64),
    Finish(u64, String, i32, bool),
    Upload(u64),
}

/// What is answered; whatever the script does not say goes well and brings nothing.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) hellos: VecDeque<Status>,
    pub(crate) tasks: VecDeque<Result<api::BatonServiceGetTaskResponse, Status>>,
    pub(crate) heartbeats: VecDeque<Result<api::BatonServiceHeartbeatResponse, Status>>,
    /// Whether every heartbeat beyond the script fails.
    pub(crate) heartbeats_fail: bool,
    pub(crate) finishes: VecDeque<Status>,
    pub(crate) uploads: VecDeque<Status>,
    /// How many seconds the first answer to each of these takes: a question for a task, a heartbeat, an ending.
    pub(crate) first_take: [u64; 3],
    /// When there is no task: when to ask again.
    pub(crate) idle_poll: u64,
    /// From which second to which nothing can be reached.
    pub(crate) away: Range<u64>,
}

pub(crate) struct ScriptedC1 {
    begun: Instant,
    script: Mutex<Script>,
    calls: Mutex<Vec<Call>>,
}

impl ScriptedC1 {
    pub(crate) fn of(script: Script) -> Arc<Self> {
        Arc::new(Self { begun: Instant::now(), script: Mutex::new(script), calls: Mutex::default() })
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn task(&self, answer: api::BatonServiceGetTaskResponse) {
        self.script.lock().unwrap().tasks.push_back(Ok(answer));
    }

    pub(crate) fn polls(&self) -> Vec<u64> {
        let poll = |call| if let Call::GetTask(at) = call { Some(at) } else { None };
        self.calls().into_iter().filter_map(poll).collect()
    }

    pub(crate) fn beats(&self) -> Vec<u64> {
        let beat = |call| if let Call::Heartbeat(at) = call { Some(at) } else { None };
        self.calls().into_iter().filter_map(beat).collect()
    }

    pub(crate) fn finishes(&self) -> Vec<(u64, i32, bool)> {
        let finish = |call| {
            if let Call::Finish(at, _, code, lasting) = call { Some((at, code, lasting)) } else { None }
        };
        self.calls().into_iter().filter_map(finish).collect()
    }

    pub(crate) fn uploads(&self) -> Vec<u64> {
        let upload = |call| if let Call::Upload(at) = call { Some(at) } else { None };
        self.calls().into_iter().filter_map(upload).collect()
    }

    fn at(&self) -> u64 {
        self.begun.elapsed().as_secs()
    }

    async fn take(&self, which: usize) {
        let seconds = std::mem::take(&mut self.script.lock().unwrap().first_take[which]);
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Takes a call down, unless C1 is away.
    fn note(&self, call: Call) -> Result<(), Status> {
        if self.script.lock().unwrap().away.contains(&self.at()) {
            return Err(down());
        }
        self.calls.lock().unwrap().push(call);
        Ok(())
    }
}

#[async_trait]
impl C1 for ScriptedC1 {
    async fn hello(&self, request: api::BatonServiceHelloRequest) -> Result<(), Status> {
        self.note(Call::Hello(self.at(), request.task_id))?;
        self.script.lock().unwrap().hellos.pop_front().map_or(Ok(()), Err)
    }

    async fn get_task(
        &self,
        _request: api::BatonServiceGetTaskRequest,
    ) -> Result<api::BatonServiceGetTaskResponse, Status> {
        self.note(Call::GetTask(self.at()))?;
        self.take(0).await;
        let mut script = self.script.lock().unwrap();
        let idle = script.idle_poll;
        script.tasks.pop_front().unwrap_or_else(|| {
            Ok(api::BatonServiceGetTaskResponse { next_poll: seconds(idle), ..Default::default() })
        })
    }

    async fn heartbeat(
        &self,
        _request: api::BatonServiceHeartbeatRequest,
    ) -> Result<api::BatonServiceHeartbeatResponse, Status> {
        self.note(Call::Heartbeat(self.at()))?;
        self.take(1).await;
        let mut script = self.script.lock().unwrap();
        let beyond = if script.heartbeats_fail { Err(down()) } else { Ok(beat(30)) };
        script.heartbeats.pop_front().unwrap_or(beyond)
    }

    async fn finish_task(&self, request: api::BatonServiceFinishTaskRequest) -> Result<(), Status> {
        let lasting = match request.final_state.unwrap() {
            FinalState::Error(error) => error.non_retryable,
            FinalState::Success(_) => false,
        };
        self.note(Call::Finish(self.at(), request.task_id, request.status.unwrap().code, lasting))?;
        self.take(2).await;
        self.script.lock().unwrap().finishes.pop_front().map_or(Ok(()), Err)
    }

    async fn upload_asset(
        &self,
        mut messages: BoxStream<'static, api::BatonServiceUploadAssetRequest>,
    ) -> Result<(), Status> {
        self.note(Call::Upload(self.at()))?;
        while messages.next().await.is_some() {}
        self.script.lock().unwrap().uploads.pop_front().map_or(Ok(()), Err)
    }
}

pub(crate) fn down() -> Status {
    Status::new(Code::Unavailable, "down")
}

pub(crate) fn beat(next: u64) -> api::BatonServiceHeartbeatResponse {
    api::BatonServiceHeartbeatResponse { next_heartbeat: seconds(next), ..Default::default() }
}

#[expect(clippy::unnecessary_wraps, reason = "the messages have it so")]
pub(crate) fn seconds(seconds: u64) -> Option<prost_types::Duration> {
    Some(Duration::from_secs(seconds).try_into().unwrap())
}

/// A task that is handed out, and when to ask for the next.
pub(crate) fn handed(id: &str, kind: TaskType, next_poll: u64) -> api::BatonServiceGetTaskResponse {
    let task = api::Task { id: id.to_owned(), task_type: Some(kind), ..Default::default() };
    api::BatonServiceGetTaskResponse { task: Some(task), next_poll: seconds(next_poll), ..Default::default() }
}

pub(crate) fn sync(id: &str, next_poll: u64) -> api::BatonServiceGetTaskResponse {
    handed(id, TaskType::SyncFull(api::task::SyncFullTask::default()), next_poll)
}
