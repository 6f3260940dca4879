//! Says hello to C1: who the connector is, what it can do and where it runs (interop reference 7.4).

use std::sync::Arc;
use std::time::Duration;

use baton_proto::c1::connector::v2::ConnectorMetadata;
use baton_proto::c1::connectorapi::baton::v1 as api;
use baton_proto::c1::connectorapi::baton::v1::baton_service_hello_request::BuildInfo;
use tokio::time::sleep;
use tonic::Status;

use crate::c1::C1;
use crate::error::is_final;
use crate::identity::Identity;

/// The first and the longest wait between two hellos.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// What a hello says besides the task it answers.
#[derive(Clone, Debug)]
pub(crate) struct Greeting {
    pub(crate) identity: Identity,
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) metadata: ConnectorMetadata,
}

impl Greeting {
    fn message(&self, task_id: &str) -> api::BatonServiceHelloRequest {
        api::BatonServiceHelloRequest {
            host_id: self.identity.host_id.clone(),
            task_id: task_id.to_owned(),
            build_info: Some(BuildInfo {
                lang_version: concat!("rust ", env!("CARGO_PKG_RUST_VERSION")).to_owned(),
                package: self.package.clone(),
                package_version: self.version.clone(),
            }),
            os_info: Some(self.identity.os.clone()),
            connector_metadata: Some(self.metadata.clone()),
            annotations: Vec::new(),
        }
    }

    /// Says hello until C1 takes it. `task_id` is empty at the start.
    ///
    /// # Errors
    /// When C1 will say no however often it is asked.
    pub(crate) async fn say(&self, c1: &Arc<dyn C1>, task_id: &str) -> Result<(), Status> {
        let mut wait = FIRST_WAIT;
        loop {
            let status = match c1.hello(self.message(task_id)).await {
                Ok(()) => return Ok(()),
                Err(status) => status,
            };
            if is_final(status.code()) {
                return Err(status);
            }
            let (code, error, seconds) = (status.code(), status.message(), wait.as_secs());
            tracing::warn!(?code, error, seconds, "C1 cannot be greeted yet; it is tried again.");
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}
