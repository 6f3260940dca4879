//! `syncs`: the syncs that a file holds.

use std::path::Path;

use access_review::format;
use access_review::syncs::SyncRow;
use anyhow::Result;
use clap::Args;

use super::source::{self, OutputArgs};

/// How to list syncs.
#[derive(Debug, Args)]
pub(crate) struct SyncsArgs {
    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn syncs(args: &SyncsArgs, file: &Path) -> Result<()> {
    let file = source::open(file)?;
    // Each row says itself whether it is sealed.
    let style = args.output.output.plain_style();
    source::to_stdout(|out| format::write(out, style, SyncRow::all(&file)?).map(drop))
}
