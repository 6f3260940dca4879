//! `report`: one HTML file for a reviewer.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use access_review::diff::{Comparison, Options as DiffOptions, previous};
use access_review::findings::evaluate;
use access_review::report::{self, Changes, Options};
use access_review::{Error, Selection, Snapshot, text};
use anyhow::Result;
use c1z::C1zFile;
use c1z::atomic::{self, AtomicFile};
use clap::Args;
use sync_engine::{Clock as _, SystemClock};

use super::diff;
use super::rules::RuleArgs;
use super::source::{self, SourceArgs};
use crate::exit::Exit;
use crate::failure::Failure;

/// What the report is called where it says who made it.
const TOOL: &str = concat!("baton-clockify ", env!("CARGO_PKG_VERSION"));

/// What is said when the file has no earlier sync.
const ALONE: &str =
    "The file holds no earlier sync. Sync again into the same file, or name an older one with --since.";

/// Where to write the report, and what to compare with.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Where to write it, `-` for stdout [default: the c1z's name with the ending html, in the current folder].
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,

    /// What to compare with: an older c1z, or the id of a sync in --file; the sync before in --file when not given.
    #[arg(long, value_name = "OLD")]
    since: Option<String>,

    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    source: SourceArgs,
}

/// What `--since` may name.
pub(super) const SINCE: &str = "--since takes the path of an older c1z, or the id of a sync; `baton-clockify syncs` lists those in the file";

pub(crate) fn report(args: &ReportArgs, file: &Path) -> Result<()> {
    let out = args.out.clone().unwrap_or_else(|| beside(file));
    if atomic::resolved(&out) == atomic::resolved(file) {
        let message = format!("{} is the c1z itself", out.display());
        return Err(Failure::new(Exit::InvalidArgument, message)
            .with_hint("name another file with --out, such as report.html")
            .into());
    }
    let made_at = SystemClock.now();
    let rules = args.rules.options(made_at)?;
    let opened = source::open(file)?;
    let snapshot =
        Snapshot::open(&opened, &args.source.selection()).map_err(|error| source::failure(&error))?;
    let assessment = evaluate(&snapshot, &rules).map_err(|error| source::failure(&error))?;
    let since = Since::find(args.since.as_deref(), file, &opened, &snapshot)?;
    let older = since.open(&opened)?;
    let comparison = match &older {
        Some(older) => Some(compare(older, &snapshot, args.since.is_some())?),
        None => None,
    };
    let changes = match &comparison {
        None => Changes::None(ALONE),
        Some(Ok(comparison)) => Changes::Since(comparison),
        Some(Err(refusal)) => Changes::None(refusal),
    };
    let options = Options { made_at, tool: TOOL };
    let write = |out: &mut dyn Write| report::write(out, &snapshot, &assessment, changes, options);
    if out.as_os_str() == "-" {
        return source::to_stdout(write);
    }
    to_file(&out, write)?;
    source::to_stdout(|to| {
        let shown = out.to_string_lossy();
        writeln!(to, "Wrote {}. Open it in a browser; it needs no network.", text::terminal(&shown))?;
        Ok(())
    })
}

/// The c1z's name with another ending, in the current folder, as exports are named.
fn beside(file: &Path) -> PathBuf {
    Path::new(file.file_stem().unwrap_or("sync".as_ref())).with_extension("html")
}

/// Where the older side of the comparison is.
enum Since {
    /// In the same file, under this id.
    Here(String),
    /// In another file, the newest sealed one.
    Elsewhere(Box<C1zFile>),
    /// Nowhere.
    Nowhere,
}

impl Since {
    fn find(named: Option<&str>, file: &Path, opened: &C1zFile, snapshot: &Snapshot<'_>) -> Result<Self> {
        match named {
            Some(path) if source::may_be_there(Path::new(path)) => {
                Ok(Self::Elsewhere(Box::new(source::open(Path::new(path))?)))
            }
            Some(id) if id.contains(['/', '\\', '.']) => {
                let message = format!("{id:?} is neither a file nor a sync in {}", file.display());
                Err(Failure::new(Exit::NotFound, message).with_hint(SINCE).into())
            }
            Some(id) => Ok(Self::Here(id.to_owned())),
            None => {
                let before = previous(opened, snapshot.run()).map_err(|error| source::failure(&error))?;
                Ok(before.map_or(Self::Nowhere, |run| Self::Here(run.sync_id)))
            }
        }
    }

    fn open<'f>(&'f self, same: &'f C1zFile) -> Result<Option<Snapshot<'f>>> {
        let (file, sync) = match self {
            Self::Here(id) => (same, Some(id.clone())),
            Self::Elsewhere(file) => (&**file, None),
            Self::Nowhere => return Ok(None),
        };
        let selection = Selection { sync, include_unfinished: false };
        Ok(Some(Snapshot::open(file, &selection).map_err(|error| source::failure(&error))?))
    }
}

/// Compares. Why that cannot be done is a failure when it was asked for, and otherwise a sentence for the page.
fn compare<'s>(
    older: &'s Snapshot<'s>,
    newer: &'s Snapshot<'s>,
    asked_for: bool,
) -> Result<Result<Comparison<'s>, String>> {
    match Comparison::new(older, newer, DiffOptions::default()) {
        Ok(comparison) => Ok(Ok(comparison)),
        Err(Error::Refused(refusal)) if !asked_for => {
            Ok(Err(format!("The sync before cannot be compared with: {refusal}.")))
        }
        Err(error) => Err(diff::failure(&error)),
    }
}

/// Writes a file that appears whole or not at all, readable by its owner alone.
fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), Error>) -> Result<()> {
    let whole = || -> Result<(), Error> {
        let mut file = BufWriter::with_capacity(1 << 16, AtomicFile::create(path)?);
        write(&mut file)?;
        Ok(file.into_inner().map_err(io::IntoInnerError::into_error)?.commit()?)
    };
    whole().map_err(|error| match error {
        Error::Output(error) => {
            Failure::new(Exit::FailedPrecondition, format!("cannot write {}: {error}", path.display()))
                .with_hint("name a file in a folder that exists and can be written with --out")
                .into()
        }
        error => source::failure(&error),
    })
}
