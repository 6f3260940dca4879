//! What `--skip-full-sync` makes of a sync task: the key is checked, and C1 gets a finished sync without anybody in it, as from
//! connectors built on the Go SDK.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use baton_service::{SyncRequest, Syncer, TaskError};
use clockify_connector::ClockifyConnector;
use governance_model::Connector;
use sync_engine::{
    C1zStoreError, C1zStores, Clock, SyncError, SyncStart, SyncStore, SyncStores, SystemClock,
};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use tonic::Code;

use super::errors;
use crate::limits;

/// Makes empty syncs of the workspace that the program was set up for.
pub(super) struct EmptySyncs {
    connector: Arc<ClockifyConnector>,
}

impl EmptySyncs {
    pub(super) fn new(connector: Arc<ClockifyConnector>) -> Self {
        tracing::warn!("--skip-full-sync is set: C1 gets syncs without anybody in them.");
        Self { connector }
    }
}

#[async_trait]
impl Syncer for EmptySyncs {
    fn subject(&self) -> String {
        // A place of its own: no real sync is to be measured against an empty one.
        format!("{};empty", self.connector.descriptor().fingerprint)
    }

    async fn sync(&self, request: SyncRequest, stop: CancellationToken) -> Result<(), TaskError> {
        tokio::select! {
            valid = self.connector.validate() => valid.map_err(|error| errors::task(&error.into()))?,
            () = stop.cancelled() => return Err(TaskError::retryable(Code::Cancelled, "stopped")),
        };
        spawn_blocking(move || seal(&request.file))
            .await
            .map_err(|error| {
                TaskError::retryable(Code::Internal, format!("the sync ended unexpectedly: {error}"))
            })?
            .map_err(|error| errors::task(&error))
    }
}

fn seal(file: &Path) -> Result<(), SyncError> {
    let store = |error: C1zStoreError| SyncError::Store(Box::new(error));
    let stores = C1zStores::lock(file)?.limits(limits::from_environment()).keep_syncs(1);
    // Of a process that was killed while it sealed. There is nothing to go on with.
    stores.discard().map_err(store)?;
    let now = SystemClock.now();
    let start = SyncStart { sync_id: c1z::ksuid::sync_id(now), started_at: now };
    let sealed = stores.create(&start).and_then(|empty| empty.seal(SystemClock.now(), false, &mut |_| {}));
    sealed.map(drop).map_err(store)
}
