//! Syncs the example's directory into a `.c1z` file: `cargo run -p in-memory -- harbour.c1z`.

use std::path::PathBuf;

use anyhow::Context as _;
use in_memory::{Directory, DirectoryConnector};
use sync_engine::{C1zStores, NoObserver, Options, SystemClock};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "this is a program, and this is what it found")]
async fn main() -> anyhow::Result<()> {
    let output: PathBuf = std::env::args_os().nth(1).context("name the file to write")?.into();
    let connector = DirectoryConnector::new(Directory::harbour());
    let stores = C1zStores::lock(&output)?;
    let options = Options::default();
    let (report, sealed) =
        sync_engine::sync(&connector, &stores, &SystemClock, &options, &NoObserver).await?;
    println!(
        "{}: {} users, {} teams, {} grants ({} by way of a team)",
        sealed.path.display(),
        report.rows.resources["user"],
        report.rows.resources["team"],
        report.rows.grants["team"],
        report.expanded_grants,
    );
    Ok(())
}
