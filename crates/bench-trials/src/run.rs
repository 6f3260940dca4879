//! The measurements, one after the other, and whether what they say is good enough.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;

use crate::reading::{self, Asked};
use crate::report;
use crate::resuming::{self, Resumed};
use crate::size::Size;
use crate::starting::{self, Started};
use crate::syncing::{self, Synced};

/// The most CPU that a sync of 10,000 users may take in a smoke test, in floors: half as much again as the 1.5 that are the target
/// (`docs/performance.md`), because machines that test are busy with other things.
const MOST: f64 = 2.25;

/// From how many users on a sync says something about rows, and not about the start of a process.
const JUDGED: usize = 10_000;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The program, as released.
    #[arg(long)]
    program: PathBuf,
    /// Only what is soon measured: small workspaces, resuming and starting up. Fails when a sync takes far more than its floor.
    #[arg(long)]
    quick: bool,
    /// Numbers of users.
    #[arg(long, value_delimiter = ',')]
    sizes: Vec<Size>,
    /// How often each sync is run; the one that took the least CPU counts.
    #[arg(long)]
    runs: Option<u32>,
    /// Leave out everything but syncs.
    #[arg(long)]
    syncs_only: bool,
    /// Writes what was measured here as JSON, too.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Everything that was measured.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Measured {
    pub(crate) synced: Vec<Synced>,
    pub(crate) resumed: Option<Resumed>,
    pub(crate) started: Vec<Started>,
    pub(crate) asked: Vec<Asked>,
    /// Bytes of the program.
    pub(crate) program: u64,
}

/// Measures, and prints tables in Markdown.
pub(crate) fn run(options: &Options) -> Result<()> {
    let program = options.program.canonicalize().context("there is no program")?;
    let sizes = match (&options.sizes[..], options.quick) {
        ([], true) => ["1k", "10k"].map(|size| size.parse().expect("these are sizes")).to_vec(),
        ([], false) => {
            ["1k", "10k", "50k", "100k"].map(|size| size.parse().expect("these are sizes")).to_vec()
        }
        (sizes, _) => sizes.to_vec(),
    };
    let runs = options.runs.unwrap_or(3);
    let whole = !options.quick && !options.syncs_only;
    let mut measured = Measured { program: std::fs::metadata(&program)?.len(), ..Measured::default() };
    let last = sizes.last().copied();
    for size in sizes {
        let folder = tempfile::tempdir()?;
        let is_read = whole && size.users >= 10_000;
        measured.synced.push(syncing::measure(&program, folder.path(), size, runs, is_read)?);
        if is_read {
            measured.asked.extend(reading::measure(&program, folder.path(), size.users)?);
        }
    }
    if !options.syncs_only {
        let folder = tempfile::tempdir()?;
        measured.started = starting::measure(&program, folder.path())?;
        measured.resumed = last.map(|size| resuming::measure(&program, folder.path(), size)).transpose()?;
    }
    let mut out = std::io::stdout();
    out.write_all(report::tables(&measured).as_bytes())?;
    if let Some(path) = &options.json {
        std::fs::File::create(path)?.write_all(serde_json::to_string_pretty(&measured)?.as_bytes())?;
    }
    judge(&measured, options.quick)
}

/// Fails when a sync takes far more than its floor, or when a request too many was made.
fn judge(measured: &Measured, quick: bool) -> Result<()> {
    if quick && measured.synced.iter().all(|synced| synced.users < JUDGED) {
        bail!("a quick run judges workspaces of {JUDGED} users and more, and there was none");
    }
    for synced in &measured.synced {
        let Synced { users, requests, needed, .. } = synced;
        if requests != needed {
            bail!("{users} users took {requests} requests, and {needed} are needed");
        }
        if quick && synced.users >= JUDGED && synced.ratio() > MOST {
            bail!(
                "a sync of {users} users took {:.2} times the CPU of its floor; {:.2} are too many",
                synced.ratio(),
                MOST,
            );
        }
    }
    Ok(())
}
