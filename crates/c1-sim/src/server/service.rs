//! `BatonService`: every call checked, carried out, and its outcome taken down.

use std::sync::Arc;

use baton_proto::c1::connectorapi::baton::v1::baton_service_server::BatonService;
use baton_proto::c1::connectorapi::baton::v1::{
    BatonServiceFinishTaskRequest, BatonServiceFinishTaskResponse, BatonServiceGetTaskRequest,
    BatonServiceGetTaskResponse, BatonServiceGetTasksRequest, BatonServiceGetTasksResponse,
    BatonServiceHeartbeatRequest, BatonServiceHeartbeatResponse, BatonServiceHelloRequest,
    BatonServiceHelloResponse, BatonServiceUploadAssetRequest, BatonServiceUploadAssetResponse,
    StartDebuggingRequest, StartDebuggingResponse,
};
use tonic::{Request, Response, Status, Streaming};

use super::route::{Mark, Shared};
use super::{tasks, upload};
use crate::fault::Endpoint;
use crate::rules::Check;
use crate::state::Standing;

/// The service. One is made for each request.
pub(super) struct Baton(pub(super) Arc<Shared>);

/// A call in progress.
pub(super) struct Call<'a> {
    pub(super) shared: &'a Shared,
    pub(super) endpoint: Endpoint,
    pub(super) mark: Mark,
    pub(super) host: String,
}

impl Call<'_> {
    /// Refuses what breaks a rule of the messages.
    pub(super) fn check(&self, check: Check) -> Result<(), Status> {
        check.map_err(|what| {
            self.shared.memory.violated(self.endpoint, &self.host, &what, true);
            Status::invalid_argument(what)
        })
    }

    /// Takes down what is wrong although no rule of the messages forbids it.
    pub(super) fn remark(&self, what: &str) {
        self.shared.memory.violated(self.endpoint, &self.host, what, false);
    }

    /// Refuses a call about a task that is not the host's.
    pub(super) fn refuse(&self, task: &str, standing: Standing) -> Status {
        let (what, status) = match standing {
            Standing::Unknown => ("there is no such task", Status::not_found("there is no such task")),
            Standing::Finished => {
                ("the task was finished before", Status::failed_precondition("the task is finished"))
            }
            _ => (
                "the task is not this host's",
                Status::failed_precondition("the task is another host's or nobody's"),
            ),
        };
        let what = format!("task_id: {what}: {task:?}");
        self.shared.memory.violated(self.endpoint, &self.host, &what, true);
        status
    }
}

impl Baton {
    /// Runs a call whose message is whole.
    fn call<T, R>(
        &self,
        endpoint: Endpoint,
        request: Request<T>,
        names: impl FnOnce(&T) -> (&str, &str),
        work: impl FnOnce(&Call<'_>, T) -> Result<R, Status>,
    ) -> Result<Response<R>, Status> {
        let mark = mark(&request);
        let message = request.into_inner();
        let (host, task) = names(&message);
        self.0.understood(mark, host, task);
        let call = Call { shared: &self.0, endpoint, mark, host: host.to_owned() };
        let result = work(&call, message);
        self.0.answered(mark.number, result.as_ref().err().map_or(0, |status| status.code().into()));
        result.map(Response::new)
    }
}

fn mark<T>(request: &Request<T>) -> Mark {
    request.extensions().get().copied().unwrap_or_default()
}

#[tonic::async_trait]
impl BatonService for Baton {
    async fn hello(
        &self,
        request: Request<BatonServiceHelloRequest>,
    ) -> Result<Response<BatonServiceHelloResponse>, Status> {
        self.call(Endpoint::Hello, request, |message| (&message.host_id, &message.task_id), tasks::hello)
    }

    async fn get_task(
        &self,
        request: Request<BatonServiceGetTaskRequest>,
    ) -> Result<Response<BatonServiceGetTaskResponse>, Status> {
        self.call(
            Endpoint::GetTask,
            request,
            |message| (&message.host_id, ""),
            |call, message| tasks::get_task(call, &message),
        )
    }

    async fn get_tasks(
        &self,
        request: Request<BatonServiceGetTasksRequest>,
    ) -> Result<Response<BatonServiceGetTasksResponse>, Status> {
        self.call(Endpoint::GetTasks, request, |message| (&message.host_id, ""), tasks::get_tasks)
    }

    async fn heartbeat(
        &self,
        request: Request<BatonServiceHeartbeatRequest>,
    ) -> Result<Response<BatonServiceHeartbeatResponse>, Status> {
        self.call(
            Endpoint::Heartbeat,
            request,
            |message| (&message.host_id, &message.task_id),
            tasks::heartbeat,
        )
    }

    async fn finish_task(
        &self,
        request: Request<BatonServiceFinishTaskRequest>,
    ) -> Result<Response<BatonServiceFinishTaskResponse>, Status> {
        self.call(
            Endpoint::FinishTask,
            request,
            |message| (&message.host_id, &message.task_id),
            |call, message| tasks::finish_task(call, &message),
        )
    }

    async fn upload_asset(
        &self,
        request: Request<Streaming<BatonServiceUploadAssetRequest>>,
    ) -> Result<Response<BatonServiceUploadAssetResponse>, Status> {
        let mark = mark(&request);
        let result = upload::take(&self.0, mark, request.into_inner()).await;
        self.0.answered(mark.number, result.as_ref().err().map_or(0, |status| status.code().into()));
        result.map(Response::new)
    }

    async fn start_debugging(
        &self,
        request: Request<StartDebuggingRequest>,
    ) -> Result<Response<StartDebuggingResponse>, Status> {
        self.call(
            Endpoint::StartDebugging,
            request,
            |_| ("", ""),
            |call, _| {
                call.remark("no connector calls this");
                Ok(StartDebuggingResponse { status: false })
            },
        )
    }
}
