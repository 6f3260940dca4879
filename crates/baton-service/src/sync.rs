//! The seam to whatever syncs: what a task asks for, and where the file goes.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use baton_proto::c1::connector::v2;
use baton_proto::c1::connectorapi::baton::v1::task::SyncFullTask;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::debug_log::DebugLog;
use crate::error::TaskError;

/// Makes syncs.
#[async_trait]
pub trait Syncer: Send + Sync {
    /// What is synced (which source, which of its parts), as one string without secrets: an unfinished sync goes on only for
    /// the same.
    fn subject(&self) -> String;

    /// Makes a sync and puts it, sealed, at `request.file`; goes on with an unfinished one that it left beside that place.
    ///
    /// # Errors
    /// Why not. A sync that was stopped is `Cancelled` and can go on.
    async fn sync(&self, request: SyncRequest, stop: CancellationToken) -> Result<(), TaskError>;
}

/// What to sync, and where to.
#[derive(Clone, Debug)]
pub struct SyncRequest {
    /// The task.
    pub task_id: String,
    /// What of it.
    pub scope: SyncScope,
    /// Where the file goes. The folder is this sync's own, and stays until a sync for the same ended.
    pub file: PathBuf,
    /// Where to write down what happens, when C1 asks for that.
    pub debug_log: Option<Arc<DebugLog>>,
}

/// Which part of the source to sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyncScope {
    /// Resource types; all when empty.
    pub resource_types: Vec<String>,
    /// Resources, as `type:id`; all when empty. Not part of what a sync depends on, as everything is read in any case.
    #[serde(skip)]
    pub resources: Vec<String>,
    /// Whether to leave grants out.
    pub skip_grants: bool,
    /// Whether to leave entitlements and grants out.
    pub skip_entitlements_and_grants: bool,
    /// Whether not to give the members of a group what the group has.
    pub skip_expand_grants: bool,
    /// What kind of file C1 would like; empty when it does not mind. Not part of it either: there is one kind.
    #[serde(skip)]
    pub storage_engine: String,
}

impl From<SyncFullTask> for SyncScope {
    fn from(task: SyncFullTask) -> Self {
        let sorted = |mut list: Vec<String>| {
            list.sort_unstable();
            list.dedup();
            list
        };
        let id = |resource: v2::Resource| {
            let id = resource.id.unwrap_or_default();
            format!("{}:{}", id.resource_type, id.resource)
        };
        Self {
            resource_types: sorted(task.sync_resource_type_ids),
            resources: sorted(task.targeted_sync_resources.into_iter().map(id).collect()),
            skip_grants: task.skip_grants,
            skip_entitlements_and_grants: task.skip_entitlements_and_grants,
            skip_expand_grants: task.skip_expand_grants,
            storage_engine: task.storage_engine,
        }
    }
}
