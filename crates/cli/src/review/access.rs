//! `access`: everything that one person reaches, or everybody who reaches one thing.

use std::io::{self, Write};
use std::path::Path;

use access_review::access::{Audience, Note, Reach};
use access_review::find::{self, Found};
use access_review::format::Format;
use access_review::{Error, Snapshot, text};
use anyhow::Result;
use clap::Args;

use super::candidates::{nobody, several};
use super::source::{self, OutputArgs, SourceArgs};

/// Whose access, or access to what.
#[derive(Debug, Args)]
pub(crate) struct AccessArgs {
    /// A person, by id, e-mail address or name; any other principal as TYPE:ID.
    #[arg(value_name = "WHO", required_unless_present = "resource")]
    who: Option<String>,

    /// The other way round: who reaches this, as TYPE:ID or TYPE:NAME, such as role:owner or group:Engineering.
    #[arg(short, long, value_name = "TYPE:ID", conflicts_with = "who")]
    resource: Option<String>,

    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn access(args: &AccessArgs, file: &Path) -> Result<()> {
    source::with_snapshot(file, &args.source, |snapshot, settle| match (&args.who, &args.resource) {
        (_, Some(resource)) => on_resource(args, snapshot, resource, settle),
        (Some(who), None) => of_principal(args, snapshot, who, settle),
        (None, None) => Ok(()),
    })
}

/// Waits until it is known that what was read is sound: what somebody reaches must not be said of damaged pages.
type Settle<'s> = dyn Fn() -> Result<()> + 's;

fn of_principal(args: &AccessArgs, snapshot: &Snapshot<'_>, who: &str, settle: &Settle<'_>) -> Result<()> {
    let failed = |error: Error| source::failure(&error);
    let reach = match find::person(snapshot, who).map_err(failed)? {
        Found::One(resource) => Reach::of(snapshot, *resource),
        Found::Missing(id) => Reach::of_missing(snapshot, &id),
        Found::Several { candidates, more } => return Err(several(who, &candidates, more)),
        Found::None { near } => return Err(nobody("person", who, &near)),
    };
    let reach = reach.map_err(failed)?;
    settle()?;
    remarks(args, &reach.notes)?;
    source::to_stdout(|out| reach.write(out, args.output.output.style(snapshot), snapshot))
}

fn on_resource(
    args: &AccessArgs,
    snapshot: &Snapshot<'_>,
    resource: &str,
    settle: &Settle<'_>,
) -> Result<()> {
    let failed = |error: Error| source::failure(&error);
    let found = match find::thing(snapshot, resource).map_err(failed)? {
        Found::One(found) => Audience::of(snapshot, &found),
        Found::Missing(id) => Audience::of_missing(snapshot, &id),
        Found::Several { candidates, more } => return Err(several(resource, &candidates, more)),
        Found::None { near } => return Err(nobody("resource", resource, &near)),
    };
    let audience = found.map_err(failed)?;
    settle()?;
    remarks(args, &audience.notes)?;
    source::to_stdout(|out| audience.write(out, args.output.output.style(snapshot), snapshot))
}

/// What is to be known besides the rows, for people who sent those to a program.
fn remarks(args: &AccessArgs, notes: &[Note]) -> Result<()> {
    if args.output.output.format() == Format::Table {
        return Ok(());
    }
    let mut out = io::stderr().lock();
    for Note(note) in notes {
        writeln!(out, "note: {}", text::terminal(note))?;
    }
    Ok(())
}
