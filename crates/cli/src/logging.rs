//! Logs: to stderr past the progress line, to files, or both.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

use baton_service::telemetry::BoxedLayer;
use governance_model::Timestamp;
use sync_engine::{Clock, SystemClock};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, reload};

use crate::args::{LogFormat, LogLevel, SyncArgs};
use crate::line::Line;
use crate::problems::Problems;

/// The crates that say what happens here.
pub(crate) const CRATES: [&str; 7] = [
    "baton_clockify",
    "baton_service",
    "c1z",
    "clockify_api",
    "clockify_connector",
    "remote_file",
    "sync_engine",
];

/// Ends the debug level if its time is over already, and says how long it still is on if it is.
pub(crate) fn end_of_debug(args: &mut SyncArgs, problems: &mut Problems) -> Option<Duration> {
    let text = args.log_level_debug_expires_at.as_deref()?;
    let Ok(end) = text.trim().parse::<Timestamp>() else {
        let problem = format!("value must be a time such as 2026-01-31T12:00:00Z but got '{text}'");
        problems.wrong("log-level-debug-expires-at", problem);
        return None;
    };
    if args.log_level != Some(LogLevel::Debug) {
        return None;
    }
    let left = Duration::try_from(SystemClock.now().duration_until(end)).ok().filter(|left| !left.is_zero());
    if left.is_none() {
        args.log_level = Some(LogLevel::Info);
    }
    left
}

/// Starts logging to where the user says, and to whoever else hears. Gives what ends the debug level. A second call changes
/// nothing.
pub(crate) fn start(
    args: &SyncArgs,
    line: &Line,
    others: Vec<BoxedLayer>,
    problems: &mut Problems,
) -> impl FnOnce() + Send + use<> {
    let ours = match args.log_level {
        Some(LogLevel::Debug) => "debug",
        Some(LogLevel::Error) => "error",
        Some(LogLevel::Warn) => "warn",
        // The progress line shows the rest.
        None if line.is_shown() => "warn",
        Some(LogLevel::Info) | None => "info",
    };
    let format = args.log_format.unwrap_or(if io::stdout().is_terminal() {
        LogFormat::Console
    } else {
        LogFormat::Json
    });
    let targets = Targets::open(&args.log_path, line, problems);
    let on_terminal = targets.is_stderr_alone() && io::stderr().is_terminal();
    let layer = fmt::layer()
        .with_writer(targets)
        // What cannot be written to stderr is lost; complaining about it there would end the program.
        .log_internal_errors(false)
        .with_ansi(on_terminal);
    let (filter, handle) = reload::Layer::new(directives(ours));
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
    move || {
        tracing::info!("The time of --log-level debug is over.");
        // It fails only when nothing is logged any more.
        let _ = handle.reload(directives("info"));
    }
}

/// Libraries below us log requests and headers at lower levels; only their warnings are of interest.
fn directives(ours: &str) -> EnvFilter {
    let directives = CRATES.map(|name| format!("{name}={ours}"));
    EnvFilter::new(format!("warn,{}", directives.join(",")))
}

/// Where lines go.
#[derive(Clone)]
struct Targets {
    /// Past the progress line.
    stderr: Option<Line>,
    stdout: bool,
    files: Arc<[File]>,
}

impl Targets {
    /// Opens what is named, as the Go SDK's logger does: `stderr`, `stdout`, or files that lines are added to.
    fn open(paths: &[String], line: &Line, problems: &mut Problems) -> Self {
        let paths: Vec<_> = paths.iter().map(|path| path.trim()).filter(|path| !path.is_empty()).collect();
        let mut files = Vec::new();
        for path in &paths {
            if matches!(*path, "stderr" | "stdout") {
                continue;
            }
            match OpenOptions::new().create(true).append(true).open(path) {
                Ok(file) => files.push(file),
                Err(error) => {
                    problems.wrong("log-path", format!("cannot open {path}: {error}"));
                    problems.hint("--log-path takes files in folders that exist and can be written, or stderr or stdout");
                }
            }
        }
        let stdout = paths.contains(&"stdout");
        let stderr = paths.contains(&"stderr") || (files.is_empty() && !stdout);
        Self { stderr: stderr.then(|| line.clone()), stdout, files: files.into() }
    }

    fn is_stderr_alone(&self) -> bool {
        !self.stdout && self.files.is_empty()
    }
}

impl<'a> MakeWriter<'a> for Targets {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

/// A line that one place does not take still goes to the others.
impl Write for &Targets {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut outcome = Ok(());
        if let Some(line) = &self.stderr {
            outcome = outcome.and(line.make_writer().write_all(bytes));
        }
        if self.stdout {
            outcome = outcome.and(io::stdout().write_all(bytes));
        }
        for mut file in self.files.iter() {
            outcome = outcome.and(file.write_all(bytes));
        }
        outcome.map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
