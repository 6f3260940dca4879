//! Makes the syncs that C1 asks for, with the connector and the engine of the one-shot program.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use baton_service::metrics::{Metrics, Outcome};
use baton_service::telemetry::SyncSpans;
use baton_service::{SyncRequest, SyncScope, Syncer, TaskError};
use clockify_api::Client;
use clockify_connector::{ClockifyConnector, Settings};
use governance_model::{Connector, ResourceTypeId, Scope};
use sync_engine::{C1zStores, LeaveOut, Options, Stop, SyncError, SyncReport, SystemClock};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tracing::Instrument;

use super::errors;
use super::observer::TaskObserver;
use super::watch::Requests;
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits;
use crate::progress::Progress;

/// Syncs the workspace that the program was set up for.
pub(super) struct ClockifySyncer {
    config: Arc<Config>,
    /// One for all tasks, so that they keep to one pace together.
    connector: Arc<ClockifyConnector>,
    progress: Progress,
    metrics: Metrics,
    /// Of the same pace, for whoever checks the key.
    client: Client,
}

impl ClockifySyncer {
    pub(super) fn new(config: Config, progress: Progress, metrics: &Metrics) -> Result<Self, Failure> {
        let client = config
            .client()
            .observer(Requests::new(progress.clone(), metrics.clone()))
            .build()
            .map_err(|error| Failure::new(Exit::InvalidArgument, error.to_string()))?;
        let settings = Settings { page_size: config.page_size, projects: config.projects };
        let connector = Arc::new(ClockifyConnector::new(client.clone(), config.workspace, settings));
        Ok(Self { config: Arc::new(config), connector, progress, metrics: metrics.clone(), client })
    }

    pub(super) fn client(&self) -> Client {
        self.client.clone()
    }

    pub(super) fn connector(&self) -> Arc<ClockifyConnector> {
        self.connector.clone()
    }

    /// The types to read: the task's, or else the program's own.
    fn scope(&self, asked: &SyncScope) -> Result<Scope, TaskError> {
        if asked.resource_types.is_empty() {
            return Ok(self.config.scope.clone());
        }
        let offered: BTreeSet<ResourceTypeId> =
            self.connector.resource_types().into_iter().map(|offered| offered.id).collect();
        let wanted: BTreeSet<_> = asked.resource_types.iter().map(ResourceTypeId::new).collect();
        if let Some(unknown) = wanted.iter().find(|id| !offered.contains(*id)) {
            let mut message = format!("invalid resource type '{unknown}' in filter");
            if *unknown == clockify_connector::PROJECT {
                message.push_str("; the connector reads projects when it runs with --sync-projects");
            }
            return Err(TaskError::lasting(Code::InvalidArgument, message));
        }
        Ok(Scope { resource_types: Some(wanted) })
    }
}

#[async_trait]
impl Syncer for ClockifySyncer {
    fn subject(&self) -> String {
        let types = match &self.config.scope.resource_types {
            None => "all".to_owned(),
            Some(types) => types.iter().map(ResourceTypeId::as_str).collect::<Vec<_>>().join(","),
        };
        let rights = if self.config.resources_only { "without" } else { "with" };
        format!("{};types={types};{rights} entitlements", self.connector.descriptor().fingerprint)
    }

    async fn sync(&self, request: SyncRequest, stop: CancellationToken) -> Result<(), TaskError> {
        let scope = self.scope(&request.scope)?;
        let spans = SyncSpans::begin();
        let span = spans.span();
        let metrics = self.metrics.clone();
        let observer = TaskObserver {
            progress: self.progress.clone(),
            metrics: metrics.clone(),
            spans,
            debug_log: request.debug_log.clone(),
        };
        tell_of_substitutes(&request);
        let (stopper, asked) = Stop::pair();
        let relay = tokio::spawn(async move {
            stop.cancelled().await;
            stopper.stop();
            // Kept, because a stop whose asking side is gone is never heard.
            std::future::pending::<()>().await;
        });
        let resources_only = self.config.resources_only || request.scope.skip_entitlements_and_grants;
        let leave_out = LeaveOut {
            grants: request.scope.skip_grants,
            entitlements: resources_only,
            expansion: request.scope.skip_expand_grants,
        };
        let options = Options {
            scope,
            leave_out,
            concurrency: self.config.workers,
            allow_shrink: self.config.allow_shrink,
            resume_max_age: self.config.resume_max_age,
            max_wait: self.config.max_wait,
            stop: asked,
            ..Options::default()
        };
        let connector = self.connector.clone();
        // On a thread of its own: sealing blocks, and heartbeats must go on.
        let work = spawn_blocking(move || {
            Handle::current().block_on(
                async move {
                    let begun = Instant::now();
                    let outcome = sync(&connector, &request, &options, &observer).await;
                    // Its last phase ends before the sync does.
                    drop(observer);
                    let ended = match &outcome {
                        Ok(_) => Outcome::Success,
                        Err(SyncError::Stopped) => Outcome::Stopped,
                        Err(_) => Outcome::Failure,
                    };
                    metrics.sync_ended(ended, begun.elapsed(), outcome.as_ref().ok());
                    outcome.map(drop)
                }
                .instrument(span),
            )
        });
        let outcome = work.await;
        relay.abort();
        match outcome {
            Ok(outcome) => outcome.map_err(|error| errors::task(&error)),
            Err(error) => {
                Err(TaskError::retryable(Code::Internal, format!("the sync ended unexpectedly: {error}")))
            }
        }
    }
}

async fn sync(
    connector: &ClockifyConnector,
    request: &SyncRequest,
    options: &Options,
    observer: &TaskObserver,
) -> Result<SyncReport, SyncError> {
    // One sync in the file: C1 keeps the history. It stays there as a measure for the next.
    let mut stores = C1zStores::lock(&request.file)?.limits(limits::from_environment()).keep_syncs(1);
    if options.leave_out.entitlements {
        stores = stores.resources_only();
    }
    let (report, sealed) = sync_engine::sync(connector, &stores, &SystemClock, options, observer).await?;
    let verified = report.completeness.verified;
    tracing::info!(task_id = request.task_id, sync_id = report.sync_id, verified, "The sync is sealed.");
    drop(sealed);
    Ok(report)
}

/// Says where the file will not be quite what C1 asked for, but something that serves as well.
fn tell_of_substitutes(request: &SyncRequest) {
    let told = |what: &str| {
        tracing::warn!(task_id = request.task_id, "{what}");
        if let Some(log) = &request.debug_log {
            log.line("warn", what, &[]);
        }
    };
    if !request.scope.resources.is_empty() {
        told(
            "C1 asks for single resources; Clockify has no cheaper way to read them, so everything is synced.",
        );
    }
    if !matches!(request.scope.storage_engine.as_str(), "" | "sqlite") {
        told("C1 asks for another kind of file; it gets a c1z with a SQLite database in it.");
    }
}
