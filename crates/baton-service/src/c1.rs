//! The seam to C1: what the service asks of it. The real one is [`crate::GrpcC1`]; tests script their own.

use async_trait::async_trait;
use baton_proto::c1::connectorapi::baton::v1 as api;
use futures_util::stream::BoxStream;
use tonic::Status;

/// C1, as a connector sees it. A call is made once, except that one which C1 answers with `Unauthenticated` is made again
/// with a new access token; every other retry is the caller's.
#[async_trait]
pub trait C1: Send + Sync {
    /// Says who and where the connector is.
    ///
    /// # Errors
    /// What C1 or the way to it says.
    async fn hello(&self, request: api::BatonServiceHelloRequest) -> Result<(), Status>;

    /// Asks for a task.
    ///
    /// # Errors
    /// What C1 or the way to it says.
    async fn get_task(
        &self,
        request: api::BatonServiceGetTaskRequest,
    ) -> Result<api::BatonServiceGetTaskResponse, Status>;

    /// Says that a task is still worked on.
    ///
    /// # Errors
    /// What C1 or the way to it says.
    async fn heartbeat(
        &self,
        request: api::BatonServiceHeartbeatRequest,
    ) -> Result<api::BatonServiceHeartbeatResponse, Status>;

    /// Says how a task ended.
    ///
    /// # Errors
    /// What C1 or the way to it says.
    async fn finish_task(&self, request: api::BatonServiceFinishTaskRequest) -> Result<(), Status>;

    /// Sends a file, as the messages that make it up. Not made again on `Unauthenticated`: the messages are gone then; the
    /// next call has a new access token.
    ///
    /// # Errors
    /// What C1 or the way to it says.
    async fn upload_asset(
        &self,
        messages: BoxStream<'static, api::BatonServiceUploadAssetRequest>,
    ) -> Result<(), Status>;
}
