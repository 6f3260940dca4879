//! The program, built for a task that runs it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Cargo, as this task was started by it.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Builds the program by a profile of cargo's, and says where it is.
pub(crate) fn build(profile: &str) -> Result<PathBuf> {
    let mut command = cargo();
    command.args(["build", "--package", "baton-clockify", "--profile", profile]);
    executable(command)
}

/// Runs a `cargo build` of the program, and says where it is.
pub(crate) fn executable(mut build: Command) -> Result<PathBuf> {
    build.args(["--message-format", "json-render-diagnostics"]);
    let output = build.stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the program does not build ({})", output.status);
    }
    let messages = String::from_utf8(output.stdout).context("cargo's messages are not UTF-8")?;
    let is_program = |message: &serde_json::Value| message["target"]["kind"][0] == "bin";
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(is_program)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo did not say where the program is")
}
