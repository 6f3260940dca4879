//! The look-alike in a process of its own, so that what it takes is not counted.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clockify_sim::{SeededWorkspace, Simulator};
use serde::{Deserialize, Serialize};

use crate::size::Size;

/// What to serve.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[arg(long)]
    users: usize,
    #[arg(long)]
    groups: usize,
    #[arg(long)]
    members: usize,
    #[arg(long, default_value = "1")]
    seed: u64,
    /// How long every request waits, in milliseconds.
    #[arg(long, default_value = "0")]
    latency: u64,
}

/// How to reach it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) base_url: String,
    pub(crate) workspace: String,
    pub(crate) key: String,
}

/// Says where it is, and with each line read how many requests it has had; ends with the standard input, so that it never
/// outlives whoever started it.
pub(crate) fn serve(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let content = SeededWorkspace::new(options.seed)
        .users(options.users)
        .groups(options.groups)
        .members_per_group(options.members)
        .projects(0);
    let starting = Simulator::builder(content).latency(Duration::from_millis(options.latency)).start();
    let simulator = runtime.block_on(starting)?;
    let address = Address {
        base_url: simulator.base_url(),
        workspace: simulator.workspace_id(),
        key: simulator.api_key().to_owned(),
    };
    let mut out = std::io::stdout();
    writeln!(out, "{}", serde_json::to_string(&address)?)?;
    for line in std::io::stdin().lines() {
        line?;
        writeln!(out, "{}", simulator.requests().len())?;
    }
    Ok(())
}

/// A look-alike that runs.
pub(crate) struct LookAlike {
    pub(crate) address: Address,
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl LookAlike {
    pub(crate) fn start(size: Size, latency: Duration) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(["--users", &size.users.to_string(), "--groups", &size.groups.to_string()])
            .args(["--members", &size.members.to_string(), "--latency", &latency.as_millis().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the look-alike")?;
        let (asks, answers) = (child.stdin.take(), child.stdout.take());
        let asks = asks.context("the look-alike has no standard input")?;
        let mut answers = BufReader::new(answers.context("the look-alike has no standard output")?);
        let mut line = String::new();
        answers.read_line(&mut line)?;
        let address = serde_json::from_str(&line).context("the look-alike did not say where it is")?;
        Ok(Self { address, child, asks, answers })
    }

    /// How many requests it has had.
    pub(crate) fn requests(&mut self) -> Result<usize> {
        writeln!(self.asks)?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        line.trim().parse().context("the look-alike did not say how many requests it had")
    }

    /// The program with everything that leads it here.
    pub(crate) fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("BATON_CLOCKIFY_API_KEY", self.address.key.clone()),
            ("BATON_CLOCKIFY_WORKSPACE_ID", self.address.workspace.clone()),
            ("BATON_CLOCKIFY_BASE_URL", self.address.base_url.clone()),
            ("BATON_CLOCKIFY_RATE_LIMIT", "unlimited".to_owned()),
        ]
    }
}

impl Drop for LookAlike {
    fn drop(&mut self) {
        // It holds nothing that an abrupt end could spoil.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
