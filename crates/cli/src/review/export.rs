//! `export`: a whole sync as one file.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use access_review::export::{self, About, Counts, Options, Verdict};
use access_review::{Error, Snapshot, findings, text};
use anyhow::Result;
use c1z::atomic::{self, AtomicFile};
use clap::{Args, ValueEnum};
use sync_engine::{Clock, SystemClock};

use super::source::{self, SourceArgs};
use crate::exit::Exit;
use crate::failure::Failure;

/// What to write, and where.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What kind of file to write.
    #[arg(value_name = "FORMAT")]
    format: Kind,

    /// Where to write it, `-` for stdout [default: the c1z's name with another ending, in the current folder].
    #[arg(short, long, value_name = "PATH")]
    out: Option<PathBuf>,

    /// Replace a workbook that is there already, and whatever reviewers wrote into it.
    #[arg(long)]
    overwrite: bool,

    #[command(flatten)]
    source: SourceArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// One table: the columns of the official tool's export, then what they leave out; formulas defused.
    Csv,
    /// A workbook: a sheet to review in, and one for each kind of row.
    Xlsx,
    /// One JSON document: where it is from, and an array for each kind of row.
    Json,
    /// One JSON object per line; the field `record` says what it is.
    Jsonl,
}

impl Kind {
    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }
}

pub(crate) fn export(args: &ExportArgs, file: &Path) -> Result<()> {
    let out = args.out.clone().unwrap_or_else(|| beside(file, args.format));
    let to_stdout = out == Path::new("-");
    if to_stdout && args.format == Kind::Xlsx && io::stdout().is_terminal() {
        return Err(Failure::new(Exit::InvalidArgument, "a workbook is not for a terminal")
            .with_hint("name a file with --out, or send stdout to one")
            .into());
    }
    if !to_stdout {
        may_write(&out, file, args)?;
    }
    let opened = source::open(file)?;
    let snapshot =
        Snapshot::open(&opened, &args.source.selection()).map_err(|error| source::failure(&error))?;
    let at = SystemClock.now();
    let assessment = match args.format {
        Kind::Csv => None,
        _ => Some(
            findings::evaluate(&snapshot, &findings::Options::new(at))
                .map_err(|error| source::failure(&error))?,
        ),
    };
    let tool = concat!("baton-clockify ", env!("CARGO_PKG_VERSION")).to_owned();
    // Beside what is written anyway; stdout has no folder.
    let temporary = (!to_stdout).then(|| atomic::folder_of(&out));
    let options = Options { at, tool, assessment, temporary };
    if to_stdout {
        return printed(args.format, &snapshot, &options);
    }
    let counts = written(&out, |file| write(file, args.format, &snapshot, &options))
        .map_err(|error| not_written(&out, &error))?;
    let about = About::of(&snapshot, &options).map_err(|error| source::failure(&error))?;
    let summary = summary(&out, &counts, &about);
    source::to_stdout(|out| Ok(out.write_all(summary.as_bytes())?))
}

/// The c1z's name with another ending, in the current folder, as the official tool does it.
fn beside(file: &Path, kind: Kind) -> PathBuf {
    let stem = file.file_stem().unwrap_or("sync".as_ref());
    Path::new(stem).with_extension(kind.ending())
}

const OUT: &str = "name a file in a folder that exists and can be written with --out";

/// Refuses to write over what cannot be made again.
fn may_write(out: &Path, file: &Path, args: &ExportArgs) -> Result<()> {
    if atomic::resolved(out) == atomic::resolved(file) {
        let message = format!("{} is the c1z itself", out.display());
        return Err(Failure::new(Exit::InvalidArgument, message)
            .with_hint("name another file with --out")
            .into());
    }
    if args.format == Kind::Xlsx && !args.overwrite && out.exists() {
        let message = format!("{} is there already, maybe with what reviewers wrote into it", out.display());
        return Err(Failure::new(Exit::FailedPrecondition, message)
            .with_hint("name another file with --out, or replace it with --overwrite")
            .into());
    }
    Ok(())
}

fn write(
    out: &mut (dyn Write + Send),
    kind: Kind,
    snapshot: &Snapshot<'_>,
    options: &Options,
) -> Result<Counts, Error> {
    match kind {
        Kind::Csv => export::csv(&mut *out, snapshot, options),
        Kind::Json => export::json(&mut *out, snapshot, options),
        Kind::Jsonl => export::json_lines(&mut *out, snapshot, options),
        Kind::Xlsx => source::without_panic_text(|| export::xlsx(out, snapshot, options)),
    }
}

/// Writes a file, whole or not at all.
fn written(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<Counts, Error>,
) -> Result<Counts, Error> {
    let mut file = BufWriter::with_capacity(1 << 16, AtomicFile::create(path)?);
    let counts = write(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.commit()?;
    Ok(counts)
}

/// Writes to stdout. A reader that goes away is no failure.
fn printed(kind: Kind, snapshot: &Snapshot<'_>, options: &Options) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
    match write(&mut out, kind, snapshot, options).and_then(|_| Ok(out.flush()?)) {
        Err(error) if error.is_broken_pipe() => Ok(()),
        Err(error) => Err(source::failure(&error)),
        Ok(()) => Ok(()),
    }
}

fn not_written(path: &Path, error: &Error) -> anyhow::Error {
    match error {
        Error::Output(error) => {
            let message = format!("cannot write {}: {error}", path.display());
            Failure::new(Exit::FailedPrecondition, message).with_hint(OUT).into()
        }
        Error::TooManyRows { .. } => Failure::new(Exit::FailedPrecondition, error.to_string()).into(),
        error => source::failure(error),
    }
}

/// What was written, for people.
fn summary(path: &Path, counts: &Counts, about: &About) -> String {
    let mut things = Vec::new();
    for (count, one, many) in [
        (counts.users, "user", "users"),
        (counts.groups, "group", "groups"),
        (counts.roles, "role", "roles"),
        (counts.projects, "project", "projects"),
        (counts.other_resources, "other resource", "other resources"),
        (counts.grants, "grant", "grants"),
        (counts.findings, "finding", "findings"),
    ] {
        if count > 0 {
            things.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    }
    let complete = match about.complete {
        Verdict::Verified => "complete".to_owned(),
        Verdict::NotVerified => format!("NOT known to be complete: {}", about.reasons.join("; ")),
        Verdict::Unknown => "not known to be complete".to_owned(),
    };
    let ended = about.ended_at.map_or("not sealed".to_owned(), |at| format!("of {at:.0}"));
    let text = format!(
        "Wrote {}: {}.\nSync {} {ended}, {complete}.",
        path.display(),
        things.join(", "),
        about.sync_id
    );
    let lines: Vec<_> = text.lines().map(|line| text::terminal(line).into_owned()).collect();
    format!("{}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_in_the_middle_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sync.csv");
        let fail = |out: &mut (dyn Write + Send)| {
            out.write_all(&vec![b'x'; 200_000])?;
            Err(Error::Output(io::Error::from(io::ErrorKind::StorageFull)))
        };
        let names = || std::fs::read_dir(folder.path()).unwrap().count();
        assert!(written(&path, fail).is_err());
        assert_eq!(names(), 0, "no half of a file, under whatever name");

        atomic::write(&path, b"before").unwrap();
        assert!(written(&path, fail).is_err());
        assert_eq!((std::fs::read(&path).unwrap(), names()), (b"before".to_vec(), 1));

        written(&path, |out| Ok(out.write_all(b"after").map(|()| Counts::default())?)).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"after");
    }

    #[test]
    fn a_file_is_named_like_the_c1z() {
        assert_eq!(beside(Path::new("/data/acme.c1z"), Kind::Xlsx), Path::new("acme.xlsx"));
        assert_eq!(beside(Path::new("sync.c1z"), Kind::Csv), Path::new("sync.csv"));
    }
}
