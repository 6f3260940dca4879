//! `baton-clockify`: who has access to what in a Clockify workspace.
//!
//! The binary only wires: flags become a configuration, the connector and the engine do the work, and what they
//! report becomes text, progress and an exit code.

mod args;
mod build_info;
mod compat;
mod config;
mod countdown;
mod demo;
mod describe;
mod doctor;
mod duration;
mod environment;
mod exit;
mod failure;
mod health;
mod layers;
mod limits;
mod line;
mod lock;
mod logging;
mod platform;
mod problems;
mod progress;
mod relations;
mod remote;
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
mod temporary;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::error::ErrorKind;

use crate::args::{Cli, Command, LogLevel};
use crate::describe::DescribeCommand;
use crate::exit::Exit;
use crate::layers::{Ended, Given, Parsed};
use crate::line::Line;
use crate::problems::Problems;

fn main() -> ExitCode {
    if let Some(command) = DescribeCommand::alone(std::env::args_os()) {
        return answered(describe::run(&command));
    }
    let parsed = match layers::parse() {
        Ok(parsed) => parsed,
        Err(Ended::Usage(error)) => return usage(&error),
        Err(Ended::Wrong(failure)) => return ended(&failure.into()),
    };
    answered(match &parsed.cli.command {
        // Answers at once: nothing is started for it, and wrong settings do not matter.
        Some(Command::Describe(command)) => describe::run(command),
        _ => run(parsed),
    })
}

fn answered(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => Exit::Success.into(),
        Err(error) => ended(&error),
    }
}

fn ended(error: &anyhow::Error) -> ExitCode {
    // Nothing can be done about a standard error that does not take the message.
    let _ = io::stderr().write_all(failure::render(error).as_bytes());
    failure::exit_of(error).into()
}

/// Help and version go to stdout and are no failure; the rest is a wrong argument.
fn usage(error: &clap::Error) -> ExitCode {
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // As above.
    let _ = error.print();
    if asked_for { Exit::Success.into() } else { Exit::InvalidArgument.into() }
}

fn run(parsed: Parsed) -> Result<()> {
    let Parsed { mut cli, given, mut problems, warnings } = parsed;
    let serves = cli.command.is_none() && (given.is_set("client-id") || given.is_set("client-secret"));
    if serves || matches!(cli.command, Some(Command::Schedule(_))) {
        // A line per run is worth more than a progress line that nobody looks at for days.
        cli.sync.log_level.get_or_insert(LogLevel::Info);
    }
    let debug_left = logging::end_of_debug(&mut cli.sync, &mut problems);
    let line = Line::new(&cli.sync);
    // One thread runs all that waits for something, and others what blocks: what one thread allocates, another could only
    // give back to it, and each keeps what it was given. What stays also has to be heard while one of its tasks is busy.
    let stays = serves || matches!(cli.command, Some(Command::Schedule(_)));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(if stays { 2 } else { 1 })
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let (layers, telemetry) = telemetry::start(
        &cli.otel,
        cli.service.host_id.as_deref(),
        cli.sync.log_level,
        &runtime,
        &mut problems,
    );
    let end_debug = logging::start(&cli.sync, &line, layers, &mut problems);
    if let Some(left) = debug_left {
        runtime.spawn(async move {
            tokio::time::sleep(left).await;
            end_debug();
        });
    }
    for warning in &warnings {
        tracing::warn!("{warning}");
    }
    remote::begin(&cli.service, &cli.sync);
    check_flags(&cli, &given, serves, &mut problems);
    // On the runtime's own thread, and not on this one beside it.
    let answered = runtime.spawn(async move { answer(&cli, serves, problems, &line).await });
    let result = runtime.block_on(answered).unwrap_or_else(|ended| match ended.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(ended) => Err(ended.into()),
    });
    telemetry.finish();
    // A page that is being written is finished by then; nothing else is worth waiting for.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    result
}

/// What can be said of the flags whatever is done with them.
fn check_flags(cli: &Cli, given: &Given, serves: bool, problems: &mut Problems) {
    if syncs(cli) {
        relations::check(given, problems);
        let is_schedule = matches!(cli.command, Some(Command::Schedule(_)));
        if (is_schedule || cli.command.is_none() && !serves)
            && let Some(warning) = compat::service_flags_without_a_service(given)
        {
            tracing::warn!("{warning}");
        }
        if is_schedule && given.is_set("client-id") {
            tracing::warn!("A schedule takes no tasks from C1: client-id makes no difference here.");
        }
        if let Some(warning) = compat::flags_without_effect(given) {
            tracing::warn!("{warning}");
        }
        if let Some(warning) = compat::sync_flags_in_a_service(given).filter(|_| serves) {
            tracing::warn!("{warning}");
        }
        if !serves {
            service::check(&cli.service, matches!(cli.command, Some(Command::Doctor(_))), problems);
        }
        if cli.sync.parallel_sync {
            tracing::warn!("--parallel-sync is the old name of --workers -1.");
        }
    }
    compat::check(given, syncs(cli), problems);
    temporary::name(cli.sync.c1z_temp_dir.as_ref(), problems);
}

/// Does what the command line asks for, unless something is wrong with it.
async fn answer(cli: &Cli, serves: bool, problems: Problems, line: &Line) -> Result<()> {
    let problems = if syncs(cli) { problems } else { problems.check()? };
    match &cli.command {
        None if serves => service::run(&cli.service, &cli.health, &cli.sync, problems, line).await,
        None => sync::run(&cli.sync, problems, line).await,
        Some(Command::Schedule(flags)) => schedule::run(flags, &cli.sync, problems, line).await,
        Some(Command::Status(flags)) => status::run(flags, &cli.sync, problems),
        Some(Command::Review(question)) => review::run(question, &cli.sync),
        Some(Command::Doctor(flags)) => doctor::run(flags, &cli.sync, problems).await,
        Some(Command::HealthCheck(flags)) => health::check(flags, &cli.health).await,
        Some(Command::Demo(demo)) => demo::run(demo, &cli.sync, problems, line).await,
        Some(Command::Describe(command)) => describe::run(command),
    }
}

/// Whether the user's own workspace is asked for: these commands report what is wrong together with their own settings.
fn syncs(cli: &Cli) -> bool {
    matches!(cli.command, None | Some(Command::Schedule(_) | Command::Doctor(_)))
}
