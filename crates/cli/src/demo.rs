//! `demo`: the main job against a Clockify look-alike on this machine, over real HTTP.

use std::io::{self, Write};

use anyhow::{Context, Result};
use clockify_sim::{SeededWorkspace, Simulator};

use crate::args::{DemoArgs, SyncArgs};
use crate::config::Config;
use crate::line::Line;
use crate::problems::Problems;
use crate::progress::Progress;
use crate::{signals, summary, sync};

/// The key that the look-alike accepts; it opens nothing else.
const DEMO_KEY: &str = "demo-key-for-the-look-alike";

/// Makes every workspace of one size the same.
const DEMO_SEED: u64 = 1;

/// Runs the demonstration.
pub(crate) async fn run(demo: &DemoArgs, args: &SyncArgs, problems: Problems, line: &Line) -> Result<()> {
    let workspace = match demo.users {
        None => SeededWorkspace::demo(),
        Some(users) => SeededWorkspace::new(DEMO_SEED)
            .users(users)
            .groups(demo.groups.unwrap_or(users.div_ceil(20)))
            .projects(users.div_ceil(10)),
    };
    let simulator = Simulator::builder(workspace)
        .api_key(DEMO_KEY)
        .start()
        .await
        .context("cannot start the Clockify look-alike on this machine")?;

    let args = SyncArgs {
        clockify_api_key: Some(DEMO_KEY.to_owned()),
        clockify_workspace_id: Some(simulator.workspace_id()),
        clockify_base_url: simulator.base_url(),
        clockify_trusted_host: None,
        ..args.clone()
    };
    let config = Config::check(&args, problems)?;
    let config = Config { demonstration: true, ..config };
    let done = sync::sync(&config, &Progress::new(line)).await?;

    let mut text = String::from("A Clockify look-alike on this machine, invented people only.\n\n");
    text.push_str(&summary::render(&done, &config.scope)?);
    text.push_str(&summary::reading(&done));
    if demo.keep_running {
        text.push_str(&keep_running(&args));
    } else {
        let ours = [
            (
                format!("{} demo --keep-running", summary::program()),
                "keep the look-alike up and sync from it yourself",
            ),
            (
                format!("{} --help", summary::program()),
                "read your own workspace: needs a key and a workspace id",
            ),
        ];
        text.push_str(&summary::next("Then", &ours));
    }
    // The look-alike may stay for hours, and whoever tries it may write to the same file.
    drop(done);
    io::stdout().write_all(text.as_bytes()).context("cannot print the summary")?;
    if demo.keep_running {
        signals::first().await;
    }
    simulator.shutdown().await.context("the look-alike ended badly")
}

/// How to talk to the look-alike from another terminal.
fn keep_running(args: &SyncArgs) -> String {
    format!(
        "\nThe look-alike keeps running until Ctrl-C. In another terminal:\n\n  \
         export BATON_CLOCKIFY_API_KEY={DEMO_KEY}\n  \
         export BATON_CLOCKIFY_WORKSPACE_ID={}\n  \
         export BATON_CLOCKIFY_BASE_URL={}\n  \
         {} --file other.c1z\n",
        args.clockify_workspace_id.as_deref().unwrap_or_default(),
        args.clockify_base_url,
        summary::program(),
    )
}
