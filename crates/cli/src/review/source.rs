//! Which sync of which file is asked, and how the answer is written: flags that every question shares.

use std::io::{self, BufWriter, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use access_review::format::{Format, Style};
use access_review::{Error, Selection, Snapshot};
use anyhow::Result;
use c1z::{C1zFile, SyncType};
use clap::{Args, ValueEnum};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::remote::{self, Fetched};
use crate::sealed;

/// Which sync is asked.
#[derive(Clone, Debug, Args)]
pub(crate) struct SourceArgs {
    /// The sync with this id; the newest sealed one when not given.
    #[arg(long = "sync", visible_alias = "sync-id", value_name = "ID")]
    pub(crate) sync: Option<String>,

    /// Read a sync that was cut off or still runs, too; everything made of it is marked.
    #[arg(long)]
    pub(crate) include_unfinished: bool,
}

/// How rows are written.
#[derive(Clone, Debug, Args)]
pub(crate) struct OutputArgs {
    /// How to write the answer.
    #[arg(
        short,
        long = "output",
        visible_alias = "output-format",
        value_name = "FORMAT",
        default_value = "table"
    )]
    pub(crate) output: OutputFormat,
}

/// See [`Format`].
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OutputFormat {
    /// Columns for people.
    #[value(alias = "console")]
    Table,
    /// One JSON array.
    Json,
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values, formulas defused.
    Csv,
}

impl OutputFormat {
    pub(crate) fn style(self, snapshot: &Snapshot<'_>) -> Style {
        Style { unfinished: !snapshot.is_sealed(), ..self.plain_style() }
    }

    /// For what says itself whether it is sealed.
    pub(crate) fn plain_style(self) -> Style {
        Style { format: self.format(), unfinished: false, width: terminal_width() }
    }

    pub(crate) fn format(self) -> Format {
        match self {
            Self::Table => Format::Table,
            Self::Json => Format::Json,
            Self::Jsonl => Format::JsonLines,
            Self::Csv => Format::Csv,
        }
    }
}

impl SourceArgs {
    pub(crate) fn selection(&self) -> Selection {
        Selection { sync: self.sync.clone(), include_unfinished: self.include_unfinished }
    }
}

/// How many columns stdout has, if it is a terminal.
fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// Runs what may write a workbook. Its library panics on a full disk, which becomes an error that says what there is to say;
/// the text of the panic would only stand above it.
pub(crate) fn without_panic_text<T>(work: impl FnOnce() -> T) -> T {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    done.unwrap_or_else(|payload| {
        // Any other panic is a bug, and must not be silent.
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or(payload.downcast_ref::<&str>().copied());
        panic!("{}", text.unwrap_or("a panic without a text"))
    })
}

/// Opens a file, after fetching it where it is in an object store.
pub(crate) fn open(file: &Path) -> Result<C1zFile> {
    let fetched = fetched(file)?;
    let found = fetched.path();
    sealed::open(found).map(|opened| opened.named(file)).map_err(|error| unopened(file, found, error))
}

fn unopened(file: &Path, found: &Path, error: c1z::Error) -> anyhow::Error {
    let missing = !found.exists();
    let exit = if missing { Exit::NotFound } else { Exit::FailedPrecondition };
    let hint = if missing { Some("sync first, or name the file with --file") } else { unreadable(&error) };
    let failure = Failure::new(exit, format!("{:#}", anyhow::Error::from(error)))
        .naming(&file.to_string_lossy(), &found.to_string_lossy());
    match hint {
        Some(hint) => failure.with_hint(hint).into(),
        None => failure.into(),
    }
}

/// What to do about a file that is there and cannot be read as a c1z.
pub(crate) fn unreadable(error: &c1z::Error) -> Option<&'static str> {
    error.hint().or(match error {
        c1z::Error::Envelope { .. } => {
            Some("name a c1z file that a connector wrote, as `sync.c1z` is, with --file")
        }
        c1z::Error::Io { .. } => Some("name a file that this account may read, with --file"),
        _ => None,
    })
}

/// A file on this disk: the one that was named, or a copy, until it is dropped, of one in an object store.
pub(crate) fn fetched(file: &Path) -> Result<Fetched> {
    let Some(address) = remote::address(file)? else { return Ok(Fetched::here(file)) };
    remote::wait(remote::fetch(address))?.ok_or_else(|| {
        let message = format!("there is no {}", file.display());
        Failure::new(Exit::NotFound, message).with_hint("sync first, or name the file with --file").into()
    })
}

/// Whether a file may be there: one on this disk is looked for, one in an object store is taken for granted until fetched.
pub(crate) fn may_be_there(file: &Path) -> bool {
    remote::is_meant_by(file) || file.exists()
}

/// Opens a file and a sync in it, and lets `answer` write to stdout. A reader that goes away, as `head` does, is no failure.
pub(crate) fn answer(
    file: &Path,
    source: &SourceArgs,
    answer: impl FnOnce(&Snapshot<'_>, &mut dyn Write) -> Result<(), Error>,
) -> Result<()> {
    with_snapshot(file, source, |snapshot, _| to_stdout(|out| answer(snapshot, out)))
}

/// Opens a file and a sync in it, for what goes to stdout and becomes no file: pages are checked meanwhile, and when they are damaged,
/// this fails whatever has been answered. An answer that is no listing waits for the check by calling what it is given.
pub(crate) fn with_snapshot(
    file: &Path,
    source: &SourceArgs,
    answer: impl FnOnce(&Snapshot<'_>, &dyn Fn() -> Result<()>) -> Result<()>,
) -> Result<()> {
    let fetched = fetched(file)?;
    let found = fetched.path();
    let unopened = |error| unopened(file, found, error);
    let opened = sealed::open_early(found).map_err(unopened)?.named(file);
    let settle = || opened.settle().map_err(unopened);
    let answered = in_snapshot(&opened, source, |snapshot| answer(snapshot, &settle));
    // Damage explains whatever went wrong before.
    settle()?;
    answered
}

fn in_snapshot(
    file: &C1zFile,
    source: &SourceArgs,
    answer: impl FnOnce(&Snapshot<'_>) -> Result<()>,
) -> Result<()> {
    let snapshot = Snapshot::open(file, &source.selection()).map_err(|error| failure(&error))?;
    if snapshot.run().sync_type == SyncType::ResourcesOnly {
        tracing::warn!(
            "This sync was made without entitlements and grants: nobody having anything means nothing."
        );
    }
    answer(&snapshot)
}

/// Writes to stdout, through one buffer.
pub(crate) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> Result<(), Error>) -> Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = write(&mut out).and_then(|()| Ok(out.flush()?));
    match written {
        Err(error) if error.is_broken_pipe() => Ok(()),
        Err(error) => Err(failure(&error)),
        Ok(()) => Ok(()),
    }
}

/// What a question that cannot be answered means to a person.
pub(crate) fn failure(error: &Error) -> anyhow::Error {
    let (exit, hint) = match error {
        Error::File(c1z::Error::NoSuchSync(_)) => {
            (Exit::NotFound, Some("`baton-clockify syncs` lists what the file holds"))
        }
        Error::File(c1z::Error::NoFinishedSync | c1z::Error::UnfinishedSync(_)) => (
            Exit::FailedPrecondition,
            Some(
                "a sync that was cut off goes on with the next run; --include-unfinished shows what is there",
            ),
        ),
        Error::File(_) => (Exit::FailedPrecondition, None),
        _ => (Exit::Unknown, None),
    };
    let failure = Failure::new(exit, error.to_string());
    match hint {
        Some(hint) => failure.with_hint(hint).into(),
        None => failure.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_for_another_reason_is_not_silenced() {
        assert_eq!(without_panic_text(|| 7), 7);
        let payload =
            panic::catch_unwind(|| without_panic_text(|| -> u8 { panic!("number {}", 7) })).unwrap_err();
        assert_eq!(payload.downcast_ref::<String>().map(String::as_str), Some("number 7"));
    }
}
