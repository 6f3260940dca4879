//! `cargo xtask bench`: builds the program and the harness of `crates/bench-trials` as they are released, and measures.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// What to measure.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Only what is soon measured; fails when a sync costs far more than it did.
    #[arg(long)]
    quick: bool,
    /// Numbers of users, such as 10k,100k.
    #[arg(long, value_name = "N,…")]
    sizes: Option<String>,
    /// How often each sync is run.
    #[arg(long, value_name = "N")]
    runs: Option<u32>,
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
    let [program, harness] = build()?;
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

/// Builds both, and says where they are.
fn build() -> Result<[PathBuf; 2]> {
    const PACKAGES: [&str; 2] = ["baton-clockify", "bench-trials"];
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "--bins", "--message-format", "json-render-diagnostics"])
        .args(PACKAGES.iter().flat_map(|package| ["--package", package]))
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the program does not build ({})", output.status);
    }
    let messages = String::from_utf8(output.stdout).context("cargo's messages are not UTF-8")?;
    let messages: Vec<serde_json::Value> =
        messages.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let mut found = PACKAGES.map(|package| {
        let is_program = |message: &&serde_json::Value| message["target"]["name"] == package;
        let paths = messages.iter().filter(is_program).filter_map(|message| message["executable"].as_str());
        paths.map(PathBuf::from).next_back()
    });
    match [found[0].take(), found[1].take()] {
        [Some(program), Some(harness)] => Ok([program, harness]),
        _ => bail!("cargo did not say where the programs are"),
    }
}
