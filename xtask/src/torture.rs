//! `cargo xtask torture`: the process sweep of `sync_trials::torture`, with the program built first.

use std::io::{IsTerminal as _, Write as _};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use sync_trials::torture;

/// How hard to try.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// How many signals must hit a running program.
    #[arg(long, value_name = "N", default_value = "200")]
    pub(crate) kills: u32,
    /// Draws workspaces, faults, signals and instants; another one each time when not given.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Try the release build, which is faster and so is hit at other points.
    #[arg(long)]
    pub(crate) release: bool,
}

/// Builds the program and tortures it; fails on any mismatch, and when the sweep hit too little to mean anything.
pub(crate) fn run(options: &Options) -> Result<()> {
    let begun = Instant::now();
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    let program = crate::program::build(if options.release { "release" } else { "dev" })?;
    let mut err = std::io::stderr();
    let alive = err.is_terminal();
    let tally = torture::run(&torture::Options { program, kills: options.kills, seed }, |tally| {
        if alive {
            let _ = write!(err, "\r{} of {} kills", tally.kills(), options.kills);
        }
    })
    .with_context(|| format!("the sweep cannot go on (seed {seed})"))?;
    let newline = if alive { "\n" } else { "" };
    writeln!(std::io::stdout(), "{newline}{tally}time           {:>7}  seconds", begun.elapsed().as_secs())?;
    if !tally.mismatches().is_empty() {
        bail!("the program did not keep its promises {} times", tally.mismatches().len());
    }
    match tally.guard() {
        Some(reason) => bail!(reason),
        None => Ok(()),
    }
}
