//! `cargo xtask bench`: builds the program and the harness of `crates/bench-trials` as they are released, and measures.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::program;

/// What to measure.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Only what is soon measured; fails when a sync takes far more than its floor.
    #[arg(long)]
    quick: bool,
    /// Numbers of users, such as 10k,100k.
    #[arg(long, value_name = "N,…")]
    sizes: Option<String>,
    /// How often each sync is run.
    #[arg(long, value_name = "N")]
    runs: Option<u32>,
    /// Measure the program as it is published, built for size; otherwise the release build.
    #[arg(long)]
    published: bool,
    /// Leave out everything but syncs.
    #[arg(long)]
    syncs_only: bool,
    /// Write what was measured here as JSON, too.
    #[arg(long, value_name = "PATH")]
    json: Option<PathBuf>,
}

impl Options {
    /// The smoke test of `ci`.
    pub(crate) fn quick() -> Self {
        Self { quick: true, ..Self::default() }
    }
}

/// Builds and measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    // Each alone, as everybody builds the program: together they would have other features of what both depend on, and all
    // of that would be compiled once more.
    let program = program::build(if options.published { "dist" } else { "release" })?;
    let mut harness = program::cargo();
    harness.args(["build", "--release", "--package", "bench-trials"]);
    let harness = program::executable(harness)?;
    let mut command = Command::new(harness);
    command.args(["run", "--program"]).arg(program);
    if options.quick {
        command.arg("--quick");
    }
    if options.syncs_only {
        command.arg("--syncs-only");
    }
    if let Some(sizes) = &options.sizes {
        command.args(["--sizes", sizes]);
    }
    if let Some(runs) = options.runs {
        command.args(["--runs", &runs.to_string()]);
    }
    if let Some(json) = &options.json {
        command.arg("--json").arg(json);
    }
    let status = command.status().context("cannot start the harness")?;
    if !status.success() {
        bail!("what was measured is not good enough, or could not be measured ({status})");
    }
    Ok(())
}
