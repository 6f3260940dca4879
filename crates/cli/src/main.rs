//! `baton-clockify`: who has access to what in a Clockify workspace.
//!
//! The binary only wires: flags become a configuration, the connector and the engine do the work, and what they
//! report becomes text, progress and an exit code.

mod args;
mod config;
mod countdown;
mod demo;
mod duration;
mod exit;
mod failure;
mod health;
mod limits;
mod line;
mod lock;
mod logging;
mod progress;
mod review;
mod schedule;
mod sealed;
mod sentences;
mod service;
mod signals;
mod status;
mod summary;
mod sync;
mod telemetry;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::error::ErrorKind;

use crate::args::{Cli, Command, LogLevel};
use crate::exit::Exit;
use crate::line::Line;

fn main() -> ExitCode {
    let mut cli = match args::parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let serves = cli.command.is_none() && cli.service.is_asked_for();
    if serves || matches!(cli.command, Some(Command::Schedule(_))) {
        // A line per run is worth more than a progress line that nobody looks at for days.
        cli.sync.log_level.get_or_insert(LogLevel::Info);
    }
    let line = Line::new(&cli.sync);
    match run(&cli, &line) {
        Ok(()) => Exit::Success.into(),
        Err(error) => {
            // Nothing can be done about a standard error that does not take the message.
            let _ = io::stderr().write_all(failure::render(&error).as_bytes());
            failure::exit_of(&error).into()
        }
    }
}

/// Help and version go to stdout and are no failure; the rest is a wrong argument.
fn usage(error: &clap::Error) -> ExitCode {
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // As above.
    let _ = error.print();
    if asked_for { Exit::Success.into() } else { Exit::InvalidArgument.into() }
}

fn run(cli: &Cli, line: &Line) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let exported = telemetry::start(&cli.otel, cli.service.host_id.as_deref(), cli.sync.log_level, &runtime);
    let (layers, telemetry) = exported?;
    logging::start(&cli.sync, line, layers);
    let result = runtime.block_on(async {
        match &cli.command {
            None if cli.service.is_asked_for() => {
                service::run(&cli.service, &cli.health, &cli.sync, line).await
            }
            None => sync::run(&cli.sync, line).await,
            Some(Command::Schedule(flags)) => schedule::run(flags, &cli.sync, line).await,
            Some(Command::Status(flags)) => status::run(flags, &cli.sync),
            Some(Command::Review(question)) => review::run(question, &cli.sync),
            Some(Command::HealthCheck(flags)) => health::check(flags, &cli.health).await,
            Some(Command::Demo(demo)) => demo::run(demo, &cli.sync, line).await,
        }
    });
    telemetry.finish();
    // A page that is being written is finished by then; nothing else is worth waiting for.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    result
}
