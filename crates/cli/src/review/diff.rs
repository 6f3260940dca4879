//! `diff`: what changed between two syncs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use access_review::diff::{Comparison, Options, Refusal, previous};
use access_review::{Error, Selection, Snapshot};
use anyhow::Result;
use c1z::C1zFile;
use clap::Args;

use super::source::{self, OutputArgs, OutputFormat};
use crate::exit::Exit;
use crate::failure::Failure;

/// What to compare, and how to say it.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The older side: a c1z, or the id of a sync in --file; the sync before the newer one when not given.
    #[arg(value_name = "OLD")]
    old: Option<String>,

    /// The newer side, likewise; the newest sealed sync of --file when not given.
    #[arg(value_name = "NEW")]
    new: Option<String>,

    /// The sync to take from the older side's file; its newest sealed one when not given.
    #[arg(long, value_name = "ID")]
    old_sync: Option<String>,

    /// The sync to take from the newer side's file.
    #[arg(long, value_name = "ID")]
    new_sync: Option<String>,

    /// Compare syncs of two workspaces, too.
    #[arg(long)]
    across_workspaces: bool,

    /// Read syncs that were cut off or still run, too; everything made of them is marked.
    #[arg(long)]
    include_unfinished: bool,

    /// Write one OCSF event per line instead, for a SIEM.
    #[arg(long, conflicts_with = "output")]
    ocsf: bool,

    #[command(flatten)]
    output: OutputArgs,
}

/// One side: a file, and the sync in it if one was named.
struct Side {
    file: PathBuf,
    sync: Option<String>,
}

pub(crate) fn diff(args: &DiffArgs, file: &Path) -> Result<()> {
    let new = side(args.new.as_deref(), args.new_sync.as_deref(), file, "--new-sync")?;
    let old = side(args.old.as_deref(), args.old_sync.as_deref(), file, "--old-sync")?;
    let new_file = source::open(&new.file)?;
    let new_snapshot = open(&new_file, new.sync, args)?;
    // Decoding a file twice would cost time and room for nothing.
    let other_file = if old.file == new.file { None } else { Some(source::open(&old.file)?) };
    let old_file = other_file.as_ref().unwrap_or(&new_file);
    let old_sync = match old.sync {
        None if args.old.is_none() => Some(before(&new_file, &new_snapshot)?),
        chosen => chosen,
    };
    let old_snapshot = open(old_file, old_sync, args)?;

    let options = Options { across_sources: args.across_workspaces, ..Options::default() };
    let comparison =
        Comparison::new(&old_snapshot, &new_snapshot, options).map_err(|error| failure(&error))?;
    if args.ocsf || !matches!(args.output.output, OutputFormat::Table) {
        remarks(&comparison)?;
    }
    source::to_stdout(|out| {
        if args.ocsf {
            comparison.write_ocsf(out)
        } else {
            comparison.write(out, args.output.output.format())
        }
    })?;
    if comparison.summary().is_equal() { Ok(()) } else { Err(Failure::answer(Exit::Different).into()) }
}

/// What an argument names. A file wins over a sync of that name, which no sync has.
fn side(argument: Option<&str>, sync: Option<&str>, file: &Path, flag: &str) -> Result<Side> {
    let sync = sync.map(str::to_owned);
    let Some(argument) = argument else { return Ok(Side { file: file.to_owned(), sync }) };
    if source::may_be_there(Path::new(argument)) {
        return Ok(Side { file: PathBuf::from(argument), sync });
    }
    let named = Failure::new(
        Exit::NotFound,
        format!("{argument:?} is neither a file nor a sync in {}", file.display()),
    )
    .with_hint("`baton-clockify syncs` lists what the file holds; another file is named by its path");
    if !source::may_be_there(file) || argument.contains(['/', '\\', '.']) {
        return Err(named.into());
    }
    if sync.is_some() {
        let message = format!("{argument:?} names a sync already, and {flag} another one");
        let hint = "give the id of a sync once; a file may stand in its place, and the sync in it be named";
        return Err(Failure::new(Exit::InvalidArgument, message).with_hint(hint).into());
    }
    let holds = source::open(file)?.syncs().map_err(|error| source::failure(&error.into()))?;
    if holds.iter().any(|run| run.sync_id == argument) {
        return Ok(Side { file: file.to_owned(), sync: Some(argument.to_owned()) });
    }
    Err(named.into())
}

fn open<'f>(file: &'f C1zFile, sync: Option<String>, args: &DiffArgs) -> Result<Snapshot<'f>> {
    let selection = Selection { sync, include_unfinished: args.include_unfinished };
    Snapshot::open(file, &selection).map_err(|error| failure(&error))
}

/// The sync before the newer one, when nobody names the older side.
fn before(file: &C1zFile, new: &Snapshot<'_>) -> Result<String> {
    let run = previous(file, new.run()).map_err(|error| failure(&error))?;
    run.map(|run| run.sync_id).ok_or_else(|| failure(&Refusal::SingleSync.into()))
}

/// What limits the answer, for people who sent it to a program.
fn remarks(comparison: &Comparison<'_>) -> Result<()> {
    let mut text = String::new();
    for remark in &comparison.summary().remarks {
        text.push_str("warning: ");
        text.push_str(&access_review::text::terminal(&remark.text));
        text.push('\n');
    }
    Ok(io::stderr().write_all(text.as_bytes())?)
}

pub(super) fn failure(error: &Error) -> anyhow::Error {
    let Error::Refused(refusal) = error else { return source::failure(error) };
    let hint = match refusal {
        Refusal::SingleSync => {
            "there is no earlier sync in the file to compare with: sync again, or name an older file as OLD"
        }
        Refusal::DifferentSources { .. } => "--across-workspaces compares them all the same",
        Refusal::Partial { .. } => "`baton-clockify syncs` lists the full ones",
        Refusal::Disordered { .. } => "the file was written with another order of text; write it again",
    };
    Failure::new(Exit::FailedPrecondition, refusal.to_string()).with_hint(hint).into()
}
