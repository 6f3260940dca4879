//! Who watches the service: probes, metrics and traces.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use async_trait::async_trait;
use baton_service::Events;
use baton_service::health::{Checkup, Monitor, Pages, Readiness, Validate};
use baton_service::metrics::{Build, Metrics};
use baton_service::telemetry::RequestSpans;
use clockify_api::{Client, Finished, Observer, Operation, PaceChange, Request, Wait, WaitReason};
use tokio_util::sync::CancellationToken;

use crate::build_info;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::health::HealthArgs;
use crate::progress::Progress;

/// What all metrics begin with.
const NAMESPACE: &str = "clockify";

/// What watches one service.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) metrics: Metrics,
    pub(super) readiness: Readiness,
}

impl Watch {
    pub(super) fn new() -> Self {
        let build =
            Build { version: build_info::VERSION.to_owned(), revision: build_info::REVISION.to_owned() };
        Self { metrics: Metrics::new(NAMESPACE, build), readiness: Readiness::default() }
    }

    /// Whoever hears what the service does.
    pub(super) fn events(&self) -> Arc<dyn Events> {
        let all: Vec<Arc<dyn Events>> =
            vec![Arc::new(self.metrics.clone()), Arc::new(self.readiness.clone())];
        Arc::new(all)
    }

    /// Answers probes and scrapes until `stop`, where the flags say so.
    ///
    /// # Errors
    /// When the flags are wrong or the address cannot be had.
    pub(super) async fn answer(
        &self,
        flags: &HealthArgs,
        client: Client,
        stop: CancellationToken,
    ) -> Result<()> {
        let Some(address) = flags.listen() else { return Ok(()) };
        let health = flags.health_check.then(|| (Checkup::new(Key(client)), self.readiness.clone()));
        let pages = Pages { health, metrics: flags.metrics.then(|| self.metrics.clone()) };
        let monitor = Monitor::bind(address, pages).await.map_err(|error| {
            Failure::new(Exit::FailedPrecondition, format!("cannot listen at {address} for probes: {error}"))
                .with_hint(
                    "another program has that port, or this machine has no such address; choose others with \
                            --health-check-port and --health-check-bind-address",
                )
        })?;
        if let Ok(address) = monitor.address() {
            tracing::info!(%address, health = flags.health_check, metrics = flags.metrics, "Probes are answered.");
        }
        tokio::spawn(async move {
            if let Err(error) = monitor.serve(stop).await {
                tracing::error!(%error, "Probes are not answered any more.");
            }
        });
        Ok(())
    }
}

/// Whether Clockify takes the key, at the price of one small request.
struct Key(Client);

#[async_trait]
impl Validate for Key {
    async fn validate(&self) -> Result<(), String> {
        self.0.me().await.map(drop).map_err(|error| error.to_string())
    }
}

/// Watches the HTTP client.
pub(super) struct Requests {
    progress: Progress,
    metrics: Metrics,
    spans: RequestSpans,
    /// Why the last attempt at an operation failed, for the next one to name as its reason.
    failed: Mutex<HashMap<Operation, &'static str>>,
}

impl Requests {
    pub(super) fn new(progress: Progress, metrics: Metrics) -> Self {
        Self { progress, metrics, spans: RequestSpans::default(), failed: Mutex::default() }
    }
}

impl Observer for Requests {
    fn request_started(&self, request: &Request) {
        self.spans.started(request.operation.endpoint().as_str(), request.operation.page(), request.attempt);
        let reason = self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(&request.operation);
        if request.attempt > 1 {
            self.metrics.retry(reason.unwrap_or("other"));
        }
    }

    fn request_finished(&self, request: &Request, outcome: &Finished<'_>) {
        let endpoint = request.operation.endpoint().as_str();
        self.spans.finished(endpoint, request.operation.page(), outcome.status);
        self.metrics.request(endpoint, outcome.status, outcome.elapsed);
        if outcome.error.is_some() {
            let reason = match outcome.status {
                Some(429) => WaitReason::RateLimited,
                Some(500..) => WaitReason::ServerError,
                _ => WaitReason::Transport,
            };
            let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.insert(request.operation, reason.as_str());
        }
    }

    fn request_cut_off(&self, request: &Request) {
        let endpoint = request.operation.endpoint().as_str();
        self.spans.finished(endpoint, request.operation.page(), None);
        self.metrics.request_cut_off(endpoint);
    }

    fn waiting(&self, request: &Request, wait: &Wait) {
        if matches!(wait.reason, WaitReason::Pace | WaitReason::RateLimited) {
            self.metrics.rate_limited(wait.duration);
        }
        self.progress.waiting(request, wait);
    }

    fn pace_changed(&self, change: &PaceChange) {
        self.progress.pace_changed(change);
    }
}
