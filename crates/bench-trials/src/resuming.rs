//! A sync that is killed in the middle: how soon the next run asks for the first page that is missing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::look_alike::LookAlike;
use crate::size::Size;
use crate::syncing::PAGE_SIZE;

/// How often the look-alike is asked whether something came.
const LOOK: Duration = Duration::from_micros(500);
/// How long a run may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What resuming took.
#[derive(Debug, Serialize)]
pub(crate) struct Resumed {
    /// Requests before the kill.
    pub(crate) before: usize,
    /// Seconds from the start of the next run to its first request.
    pub(crate) first: f64,
    /// Seconds until its end.
    pub(crate) wall: f64,
    /// Requests of both runs together.
    pub(crate) requests: usize,
    pub(crate) needed: usize,
}

/// Kills a sync when half of its requests have been made, and runs it again.
pub(crate) fn measure(program: &Path, folder: &Path, size: Size) -> Result<Resumed> {
    let mut look_alike = LookAlike::start(size, Duration::ZERO)?;
    let needed = size.requests(PAGE_SIZE);
    let start = |look_alike: &LookAlike| {
        Command::new(program)
            .current_dir(folder)
            .env_clear()
            .envs(look_alike.variables())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    };
    let mut child = start(&look_alike)?;
    wait(|| Ok(look_alike.requests()? >= needed / 2))?;
    child.kill()?;
    child.wait()?;
    // Whoever was served when the program went away is served to the end.
    std::thread::sleep(Duration::from_millis(300));

    let before = look_alike.requests()?;
    let begun = Instant::now();
    let mut child = start(&look_alike)?;
    let asked = wait(|| Ok(look_alike.requests()? > before));
    let first = begun.elapsed().as_secs_f64();
    let status = child.wait()?;
    asked?;
    ensure!(status.success(), "the run that went on ended with {status}");
    let wall = begun.elapsed().as_secs_f64();
    Ok(Resumed { before, first, wall, requests: look_alike.requests()?, needed })
}

fn wait(mut until: impl FnMut() -> Result<bool>) -> Result<()> {
    let begun = Instant::now();
    while !until()? {
        ensure!(begun.elapsed() < PATIENCE, "nothing came for {PATIENCE:?}");
        std::thread::sleep(LOOK);
    }
    Ok(())
}
