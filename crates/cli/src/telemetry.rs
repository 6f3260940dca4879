//! Traces and logs to an OpenTelemetry collector, when one is named.

use std::time::Duration;

use baton_service::Identity;
use baton_service::telemetry::{BoxedLayer, Collector, Export, Exporting, export};
use clap::Args;
use tokio::runtime::Runtime;
use tracing_subscriber::filter::LevelFilter;

use crate::args::{LogLevel, switch};
use crate::logging;
use crate::problems::Problems;

/// How long the end of the program waits for what was not sent yet.
const LAST: Duration = Duration::from_secs(3);

/// Where traces and logs go besides stderr.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "OpenTelemetry")]
#[expect(clippy::struct_field_names, reason = "the flags are called so")]
pub(crate) struct OtelArgs {
    /// Collector to send traces and logs to, HOST or HOST:PORT [port: 4317], by OTLP over gRPC.
    #[arg(long, env = "BATON_OTEL_COLLECTOR_ENDPOINT", value_name = "ADDRESS", global = true)]
    pub(crate) otel_collector_endpoint: Option<String>,

    /// File of root certificates for the collector, as PEM; those of the system are trusted anyway.
    #[arg(
        long,
        env = "BATON_OTEL_COLLECTOR_ENDPOINT_TLS_CERT_PATH",
        value_name = "PATH",
        hide = true,
        global = true
    )]
    pub(crate) otel_collector_endpoint_tls_cert_path: Option<String>,

    /// Root certificates for the collector themselves, as PEM.
    #[arg(
        long,
        env = "BATON_OTEL_COLLECTOR_ENDPOINT_TLS_CERT",
        value_name = "PEM",
        hide = true,
        global = true
    )]
    pub(crate) otel_collector_endpoint_tls_cert: Option<String>,

    /// Send in the clear.
    #[arg(long, env = "BATON_OTEL_COLLECTOR_ENDPOINT_TLS_INSECURE", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", value_parser = switch, hide = true, global = true)]
    pub(crate) otel_collector_endpoint_tls_insecure: bool,

    /// Send no traces.
    #[arg(long, env = "BATON_OTEL_TRACING_DISABLED", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", value_parser = switch, hide = true, global = true)]
    pub(crate) otel_tracing_disabled: bool,

    /// Send no logs.
    #[arg(long, env = "BATON_OTEL_LOGGING_DISABLED", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", value_parser = switch, hide = true, global = true)]
    pub(crate) otel_logging_disabled: bool,
}

/// What goes on until the end of the program.
#[derive(Default)]
pub(crate) struct Telemetry(Option<Exporting>);

impl Telemetry {
    /// Sends what is left. The runtime must still be there.
    pub(crate) fn finish(self) {
        if let Some(exporting) = self.0 {
            exporting.finish(LAST);
        }
    }
}

/// Begins to send, if a collector is named. A collector that is not there is no problem; flags that are wrong are.
pub(crate) fn start(
    flags: &OtelArgs,
    instance: Option<&str>,
    level: Option<LogLevel>,
    runtime: &Runtime,
    problems: &mut Problems,
) -> (Vec<BoxedLayer>, Telemetry) {
    let endpoint = flags.otel_collector_endpoint.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let nothing = || (Vec::new(), Telemetry::default());
    let Some(endpoint) = endpoint else { return nothing() };
    let collector = if flags.otel_collector_endpoint_tls_insecure {
        Collector::in_the_clear(endpoint)
    } else {
        match roots(flags) {
            Ok(roots) => Collector::with_tls(endpoint, roots),
            Err(problem) => {
                problems.wrong("otel-collector-endpoint-tls-cert-path", problem);
                return nothing();
            }
        }
    };
    let collector = match collector {
        Ok(collector) => collector,
        Err(error) => {
            problems.wrong("otel-collector-endpoint", error);
            return nothing();
        }
    };
    let logs = match level {
        _ if flags.otel_logging_disabled => LevelFilter::OFF,
        Some(LogLevel::Debug) => LevelFilter::DEBUG,
        Some(LogLevel::Info) | None => LevelFilter::INFO,
        Some(LogLevel::Warn) => LevelFilter::WARN,
        Some(LogLevel::Error) => LevelFilter::ERROR,
    };
    let settings = Export {
        collector,
        service: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        instance: Identity::here(instance, env!("CARGO_PKG_NAME")).host_id,
        crates: logging::CRATES.to_vec(),
        traces: !flags.otel_tracing_disabled,
        logs,
    };
    let _inside = runtime.enter();
    match export(&settings) {
        Ok((layers, exporting)) => (layers, Telemetry(Some(exporting))),
        Err(error) => {
            problems.wrong("otel-collector-endpoint", error);
            nothing()
        }
    }
}

fn roots(flags: &OtelArgs) -> Result<Vec<u8>, String> {
    if let Some(path) = &flags.otel_collector_endpoint_tls_cert_path {
        return std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"));
    }
    Ok(flags.otel_collector_endpoint_tls_cert.clone().unwrap_or_default().into_bytes())
}
