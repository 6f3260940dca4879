//! `stats`: what a sync holds, where it comes from, and whether it is complete.

use std::path::Path;

use access_review::stats::Statistics;
use anyhow::Result;

use super::list::ListArgs;
use super::source::answer;

pub(crate) fn stats(args: &ListArgs, file: &Path) -> Result<()> {
    answer(file, &args.source, |snapshot, out| {
        Statistics::of(snapshot)?.write(out, args.output.output.style(snapshot))
    })
}
