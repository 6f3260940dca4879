//! Logs, to stderr.

use std::io::{self, IsTerminal};

use baton_service::telemetry::BoxedLayer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::args::{LogFormat, LogLevel, SyncArgs};
use crate::line::Line;

/// The crates that say what happens here.
pub(crate) const CRATES: [&str; 6] =
    ["baton_clockify", "baton_service", "c1z", "clockify_api", "clockify_connector", "sync_engine"];

/// Starts logging, past the progress line, and to whoever else hears. A second call changes nothing.
pub(crate) fn start(args: &SyncArgs, line: &Line, others: Vec<BoxedLayer>) {
    let ours = match args.log_level {
        Some(LogLevel::Debug) => "debug",
        Some(LogLevel::Error) => "error",
        Some(LogLevel::Warn) => "warn",
        // The progress line shows the rest.
        None if line.is_shown() => "warn",
        Some(LogLevel::Info) | None => "info",
    };
    // Libraries below us log requests and headers at lower levels; only their warnings are of interest.
    let directives = CRATES.map(|name| format!("{name}={ours}"));
    let filter = format!("warn,{}", directives.join(","));
    let format = args.log_format.unwrap_or(if io::stdout().is_terminal() {
        LogFormat::Console
    } else {
        LogFormat::Json
    });
    let layer = fmt::layer()
        .with_writer(line.clone())
        // What cannot be written to stderr is lost; complaining about it there would end the program.
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal());
    let filter = EnvFilter::new(filter);
    // A list of layers without any would switch every event off.
    let others = (!others.is_empty()).then_some(others);
    let registry = tracing_subscriber::registry().with(others);
    let started = match format {
        LogFormat::Console => registry.with(layer.with_target(false).with_filter(filter)).try_init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true).with_filter(filter)).try_init(),
    };
    if started.is_err() {
        tracing::debug!("Logging was started before.");
    }
}
