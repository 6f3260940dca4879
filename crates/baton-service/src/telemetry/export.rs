//! Sends spans and log records to a collector.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, SpanExporter, WithExportConfig, WithTonicConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::Registry;

use super::watched::{Watch, Watched};
use super::{Collector, TelemetryError};

/// How long the collector may take for a batch, retries included.
const LIMIT: Duration = Duration::from_secs(5);

/// What hears spans and events, for the program's subscriber.
pub type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// What is sent, and as whom.
#[derive(Clone, Debug)]
pub struct Export {
    /// Where to.
    pub collector: Collector,
    /// The name of the service.
    pub service: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Which of several instances this is.
    pub instance: String,
    /// The crates whose spans and events are sent; what libraries say stays here.
    pub crates: Vec<&'static str>,
    /// Whether traces are sent.
    pub traces: bool,
    /// The least severe events that are sent, if any are.
    pub logs: LevelFilter,
}

/// What an export runs on.
pub struct Exporting {
    traces: Option<SdkTracerProvider>,
    logs: Option<SdkLoggerProvider>,
}

/// Begins to send. Nothing is opened before there is something to send, so a collector that is not there is no error.
/// Works inside of a runtime only, which has to live until [`Exporting::finish`].
///
/// # Errors
/// When the settings cannot be used.
pub fn export(export: &Export) -> Result<(Vec<BoxedLayer>, Exporting), TelemetryError> {
    let channel = export.collector.channel(&format!("{}/{}", export.service, export.version))?;
    let resource = Resource::builder_empty()
        .with_service_name(export.service)
        .with_attribute(KeyValue::new("service.version", export.version))
        .with_attribute(KeyValue::new("service.instance.id", export.instance.clone()))
        .build();
    let watch = Watch::default();
    let only = |level| Targets::new().with_targets(export.crates.iter().map(|name| (*name, level)));
    let mut layers: Vec<BoxedLayer> = Vec::new();
    let mut exporting = Exporting { traces: None, logs: None };
    if export.traces {
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.clone())
            .with_batch_exporter(Watched::new(spans(channel.clone())?, watch.clone()))
            .build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(export.service))
            .with_location(false)
            .with_threads(false)
            .with_filter(only(LevelFilter::INFO));
        layers.push(Box::new(layer));
        exporting.traces = Some(provider);
    }
    if export.logs != LevelFilter::OFF {
        let provider = SdkLoggerProvider::builder()
            .with_resource(resource)
            .with_batch_exporter(Watched::new(logs(channel)?, watch))
            .build();
        let layer = OpenTelemetryTracingBridge::new(&provider).with_filter(only(export.logs));
        layers.push(Box::new(layer));
        exporting.logs = Some(provider);
    }
    Ok((layers, exporting))
}

fn spans(channel: Channel) -> Result<SpanExporter, TelemetryError> {
    SpanExporter::builder()
        .with_tonic()
        .with_channel(channel)
        .with_timeout(LIMIT)
        .with_interceptor(limited)
        .build()
        .map_err(|error| TelemetryError::Exporter(error.to_string()))
}

fn logs(channel: Channel) -> Result<LogExporter, TelemetryError> {
    LogExporter::builder()
        .with_tonic()
        .with_channel(channel)
        .with_timeout(LIMIT)
        .with_interceptor(limited)
        .build()
        .map_err(|error| TelemetryError::Exporter(error.to_string()))
}

/// The exporter's own limit counts between attempts only; this one ends an attempt that hangs.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an interceptor")]
fn limited(mut request: Request<()>) -> Result<Request<()>, Status> {
    request.set_timeout(LIMIT);
    Ok(request)
}

impl Exporting {
    /// Sends what is left, waiting no longer than the limit for all of it together. Blocks; the runtime that the export began
    /// in must still be able to work meanwhile. Whatever is told afterwards is not sent.
    pub fn finish(self, limit: Duration) {
        let (done, wait) = mpsc::channel();
        if let Some(provider) = self.traces {
            let done = done.clone();
            thread::spawn(move || {
                // Nobody is left to be told of a failure: the exporter said what it had to say.
                let _ = provider.shutdown_with_timeout(limit);
                drop(done);
            });
        }
        if let Some(provider) = self.logs {
            thread::spawn(move || {
                // As above.
                let _ = provider.shutdown_with_timeout(limit);
                drop(done);
            });
        } else {
            drop(done);
        }
        // Ends when both have let go of their end, or with the limit.
        let _: Result<(), _> = wait.recv_timeout(limit);
    }
}
