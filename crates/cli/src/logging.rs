//! Logs, to stderr.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::args::{LogFormat, LogLevel, SyncArgs};
use crate::line::Line;

/// Starts logging, past the progress line. A second call changes nothing.
pub(crate) fn start(args: &SyncArgs, line: &Line) {
    let ours = match args.log_level {
        Some(LogLevel::Debug) => "debug",
        Some(LogLevel::Error) => "error",
        Some(LogLevel::Warn) => "warn",
        // The progress line shows the rest.
        None if line.is_shown() => "warn",
        Some(LogLevel::Info) | None => "info",
    };
    // Libraries below us log requests and headers at lower levels; only their warnings are of interest.
    let crates =
        ["baton_clockify", "baton_service", "c1z", "clockify_api", "clockify_connector", "sync_engine"];
    let directives = crates.map(|name| format!("{name}={ours}"));
    let filter = format!("warn,{}", directives.join(","));
    let format = args.log_format.unwrap_or(if io::stdout().is_terminal() {
        LogFormat::Console
    } else {
        LogFormat::Json
    });
    let builder = fmt::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(line.clone())
        // What cannot be written to stderr is lost; complaining about it there would end the program.
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal());
    let started = match format {
        LogFormat::Console => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if started.is_err() {
        tracing::debug!("Logging was started before.");
    }
}
