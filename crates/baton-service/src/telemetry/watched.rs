//! Says once that a collector cannot be reached, and once that it can be again.
//!
//! The exporter itself would either say nothing or say it for each batch, which is every second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// Whether the collector fails at the moment; one for all that is sent to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch(Arc<AtomicBool>);

impl Watch {
    fn note(&self, outcome: &OTelSdkResult) {
        match outcome {
            Err(error) if !self.0.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%error, "The OpenTelemetry collector takes nothing; what it should get is lost until it does.");
            }
            Ok(()) if self.0.swap(false, Ordering::Relaxed) => {
                tracing::info!("The OpenTelemetry collector takes traces and logs again.");
            }
            _ => {}
        }
    }
}

/// An exporter that is watched.
#[derive(Debug)]
pub(super) struct Watched<E> {
    inner: E,
    watch: Watch,
}

impl<E> Watched<E> {
    pub(super) fn new(inner: E, watch: Watch) -> Self {
        Self { inner, watch }
    }
}

impl<E: SpanExporter> SpanExporter for Watched<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let outcome = self.inner.export(batch).await;
        self.watch.note(&outcome);
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

impl<E: LogExporter> LogExporter for Watched<E> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let outcome = self.inner.export(batch).await;
        self.watch.note(&outcome);
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
