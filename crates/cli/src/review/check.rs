//! `review check`: what became of the decisions in a workbook that came back.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use access_review::format::{self, Format};
use access_review::reviewed::{Checked, Closure, Outcome, Refusal, Workbook, check};
use access_review::{Error, Selection, Snapshot, text};
use anyhow::Result;
use clap::{Args, Subcommand};

use super::source::{self, OutputArgs, OutputFormat};
use crate::exit::Exit;
use crate::failure::Failure;

/// What to do with a review.
#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    #[command(subcommand)]
    command: ReviewedCommand,
}

/// See [`ReviewArgs`].
#[derive(Debug, Subcommand)]
enum ReviewedCommand {
    /// Say which decisions of a workbook were carried out; exit code 77 when any is open.
    Check(CheckArgs),
}

/// Which workbook, and what to compare it with.
#[derive(Debug, Args)]
struct CheckArgs {
    /// The workbook that came back, as `export xlsx` wrote it and reviewers filled it in.
    #[arg(value_name = "REVIEWED.xlsx")]
    workbook: PathBuf,

    /// A c1z of a later sync [default: --file].
    #[arg(long, value_name = "NEW.c1z")]
    against: Option<PathBuf>,

    /// The later sync's id; the newest sealed one when not given.
    #[arg(long, value_name = "ID")]
    sync: Option<String>,

    /// The c1z with the sync that was reviewed, to compare each fact with; found by itself when it is in the later file.
    #[arg(long, value_name = "OLD.c1z")]
    from: Option<PathBuf>,

    /// List what was kept and is as it was, too.
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn review(args: &ReviewArgs, file: &Path) -> Result<()> {
    let ReviewedCommand::Check(args) = &args.command;
    let workbook = Workbook::read(&args.workbook).map_err(|error| failure(&args.workbook, &error))?;
    let against = source::open(args.against.as_deref().unwrap_or(file))?;
    let select = |sync: Option<String>| Selection { sync, include_unfinished: false };
    let new =
        Snapshot::open(&against, &select(args.sync.clone())).map_err(|error| source::failure(&error))?;

    let other = args.from.as_deref().map(source::open).transpose()?;
    let holder = other.as_ref().unwrap_or(&against);
    let original = match Snapshot::open(holder, &select(Some(workbook.sync_id.clone()))) {
        Ok(original) => Some(original),
        // Only whoever names a file expects the sync in it.
        Err(_) if other.is_none() => None,
        Err(error) => return Err(source::failure(&error)),
    };
    let closure =
        check(&workbook, original.as_ref(), &new).map_err(|error| failure(&args.workbook, &error))?;
    let is_table = matches!(args.output.output, OutputFormat::Table);
    let heading = heading(&workbook, &new, &closure);
    if !is_table {
        io::stderr().write_all(heading.as_bytes())?;
    }
    source::to_stdout(|out| {
        if is_table {
            out.write_all(heading.as_bytes())?;
        }
        let style = args.output.output.plain_style();
        let mut rows = closure.rows.iter().filter(|row| args.all || !is_as_it_was(row)).cloned().peekable();
        if style.format == Format::Table && rows.peek().is_none() {
            return Ok(());
        }
        if is_table {
            out.write_all(b"\n")?;
        }
        format::write(out, style, rows.map(Ok)).map(drop)
    })?;
    if closure.is_closed() { Ok(()) } else { Err(Failure::answer(Exit::Different).into()) }
}

/// Whether there is nothing to say about a row.
fn is_as_it_was(row: &Checked) -> bool {
    row.closed && row.outcome == Outcome::Kept && row.detail.is_empty()
}

/// The answer in a few lines.
fn heading(workbook: &Workbook, new: &Snapshot<'_>, closure: &Closure) -> String {
    let of =
        |at: Option<governance_model::Timestamp>| at.map(|at| format!(" of {at:.0}")).unwrap_or_default();
    let reviewed = if workbook.sync_id.is_empty() { "an unknown sync" } else { &workbook.sync_id };
    let mut lines = vec![
        format!("Reviewed: {reviewed}{}", of(workbook.sync_ended)),
        format!("Checked against: {}{}", new.run().sync_id, of(new.run().ended_at)),
        closure.sentence(),
    ];
    lines.extend(closure.remarks.iter().map(|remark| format!("warning: {remark}")));
    lines.iter().fold(String::new(), |mut heading, line| {
        heading.push_str(&text::terminal(line));
        heading.push('\n');
        heading
    })
}

fn failure(workbook: &Path, error: &Error) -> anyhow::Error {
    match error {
        Error::Input(reason) => {
            let missing = reason.kind() == io::ErrorKind::NotFound;
            let exit = if missing { Exit::NotFound } else { Exit::FailedPrecondition };
            Failure::new(exit, format!("cannot read {}: {reason}", workbook.display()))
                .with_hint(
                    "name the workbook that `baton-clockify export xlsx` wrote and reviewers filled in",
                )
                .into()
        }
        Error::Reviewed(refusal) => {
            let hint = match refusal {
                Refusal::Unreadable(_) | Refusal::TooLarge(_) => "it must be an .xlsx file",
                Refusal::NoReview | Refusal::NoColumn { .. } => {
                    "it must be a workbook that `baton-clockify export xlsx` wrote, with its sheet Review"
                }
                Refusal::OtherSource { .. } => "name a c1z of the same workspace with --against",
                Refusal::Older { .. } => "sync again, then check against the new file",
            };
            let message = format!("{}: {refusal}", workbook.display());
            Failure::new(Exit::FailedPrecondition, message).with_hint(hint).into()
        }
        error => source::failure(error),
    }
}
