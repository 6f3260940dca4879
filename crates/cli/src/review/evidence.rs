//! `evidence create` and `evidence verify`: a folder for an auditor, and its check.

mod shown;

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use access_review::evidence::{
    self, Order, Parameters, PublicKey, Query, Refusal, Signer, Since, Tool, Verification,
};
use access_review::{Error, text};
use anyhow::Result;
use c1z::C1zFile;
use c1z::atomic::folder_of;
use clap::{Args, Subcommand, ValueEnum};
use sync_engine::{Clock as _, SystemClock};

use super::report::SINCE;
use super::rules::RuleArgs;
use super::source::{self, SourceArgs};
use super::{binary, diff};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::platform;
use crate::remote::{self, Fetched};
use crate::sealed;

/// What to do where a pack is wanted, or is, in an object store.
const COPY: &str =
    "name a folder here, and copy it to or from the store as a whole, with the store's own tools";

/// What to do with evidence.
#[derive(Debug, Args)]
pub(crate) struct EvidenceArgs {
    #[command(subcommand)]
    command: EvidenceCommand,
}

/// See [`EvidenceArgs`].
#[derive(Debug, Subcommand)]
enum EvidenceCommand {
    /// Make a pack: the c1z, everything made of it, and a manifest with the SHA-256 of each file.
    Create(Box<CreateArgs>),
    /// Check a pack, each byte of it, and make everything anew to compare; exit code 15 when it does not hold.
    Verify(VerifyArgs),
}

/// Where to make a pack, and of what.
#[derive(Debug, Args)]
struct CreateArgs {
    /// The folder to make; it must not exist.
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// What to compare with: an older c1z, which is then copied into the pack, or the id of a sync in --file; the sync
    /// before in --file when not given.
    #[arg(long, value_name = "OLD")]
    since: Option<String>,

    /// The pack before this one: it is checked, and named by its digest, so that neither can be exchanged alone.
    #[arg(long, value_name = "DIR")]
    previous: Option<PathBuf>,

    /// Sign with this Ed25519 key, as `openssl genpkey -algorithm ed25519 -out KEYFILE` makes it.
    #[arg(long, value_name = "KEYFILE")]
    sign: Option<PathBuf>,

    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    source: SourceArgs,
}

/// Which pack to check, and what to compare it with.
#[derive(Debug, Args)]
struct VerifyArgs {
    /// The pack.
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// The signer's public key, got on another way than the pack; a pack that this key did not sign does not hold.
    #[arg(long, value_name = "PEM")]
    public_key: Option<PathBuf>,

    /// The pack that this one must follow.
    #[arg(long, value_name = "DIR")]
    previous: Option<PathBuf>,

    /// How to write the answer.
    #[arg(
        short,
        long = "output",
        visible_alias = "output-format",
        value_name = "FORMAT",
        default_value = "table"
    )]
    output: VerifyFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum VerifyFormat {
    /// Lines for people.
    #[value(alias = "console")]
    Table,
    /// One JSON object.
    Json,
}

pub(crate) fn evidence(args: &EvidenceArgs, file: &Path) -> Result<()> {
    match &args.command {
        EvidenceCommand::Create(args) => create(args, file),
        EvidenceCommand::Verify(args) => verify(args),
    }
}

fn create(args: &CreateArgs, file: &Path) -> Result<()> {
    if remote::is_meant_by(&args.folder) {
        let shown = args.folder.to_string_lossy();
        let message =
            format!("{} is no folder on this disk, and packs are made in one", text::terminal(&shown));
        return Err(Failure::new(Exit::InvalidArgument, message).with_hint(COPY).into());
    }
    let fetched = source::fetched(file)?;
    let c1z = fetched.path();
    if !c1z.exists() {
        // Says so in the words of every other question.
        source::open(file)?;
    }
    let made_at = SystemClock.now();
    // Read here, so that what is wrong with a list is said of the file that was named.
    let rules = args.rules.options(made_at)?;
    let (since, other) = since(args.since.as_deref(), file)?;
    let other = other.map(source::fetched).transpose()?;
    let [identities, overrides] = args.rules.lists();
    let signer = args.sign.as_deref().map(signer).transpose()?;
    let order = Order {
        c1z,
        selection: args.source.selection(),
        parameters: Parameters::new(&rules, since),
        since: other.as_ref().map(Fetched::path),
        identities,
        overrides,
        previous: args.previous.as_deref(),
        signer: signer.as_ref(),
        tool: Tool { sha256: binary::sha256(), ..tool() },
        made_at,
    };
    let created = source::without_panic_text(|| {
        evidence::create(&args.folder, &order, &|file| open(file, &args.folder))
    });
    let created = created.map_err(|error| failure(&error))?;
    source::to_stdout(|out| Ok(shown::created(out, &args.folder, &created)?))
}

/// Nothing is put into a pack that its manifest does not list, not even for a moment.
fn open(file: &Path, pack: &Path) -> Result<C1zFile, c1z::Error> {
    sealed::open_in(file, &folder_of(pack))
}

fn verify(args: &VerifyArgs) -> Result<()> {
    if remote::is_meant_by(&args.folder) {
        let shown = args.folder.to_string_lossy();
        let message =
            format!("{} is no folder on this disk, and packs are checked in one", text::terminal(&shown));
        return Err(Failure::new(Exit::InvalidArgument, message).with_hint(COPY).into());
    }
    let key = args.public_key.as_deref().map(PublicKey::read).transpose();
    let key = key.map_err(|error| failure(&error.into()))?;
    let query = Query { public_key: key.as_ref(), previous: args.previous.as_deref(), tool: tool() };
    let found = source::without_panic_text(|| {
        evidence::verify(&args.folder, &query, &|file| open(file, &args.folder))
    });
    let found = found.map_err(|error| failure(&error))?;
    source::to_stdout(|out| {
        match args.output {
            VerifyFormat::Table => shown::verified(out, &args.folder, &found, &tool())?,
            VerifyFormat::Json => {
                serde_json::to_writer_pretty(&mut *out, &found)?;
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    })?;
    if found.holds { Ok(()) } else { Err(broken(&args.folder, &found).into()) }
}

fn tool() -> Tool {
    Tool {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sha256: None,
    }
}

fn broken(folder: &Path, found: &Verification) -> Failure {
    let count = found.problems.len();
    let things = if count == 1 { "1 thing is".to_owned() } else { format!("{count} things are") };
    let shown = folder.to_string_lossy();
    Failure::new(Exit::DataLoss, format!("{} does not hold: {things} wrong", text::terminal(&shown)))
        .with_hint("do not rely on it; ask whoever made it for an unchanged copy")
}

/// What to compare with, and the other file if it is one.
fn since<'a>(named: Option<&'a str>, file: &Path) -> Result<(Since, Option<&'a Path>)> {
    Ok(match named {
        None => (Since::PreviousSync, None),
        Some(path) if source::may_be_there(Path::new(path)) => (Since::File, Some(Path::new(path))),
        Some(id) if id.contains(['/', '\\', '.']) => {
            let message = format!("{id:?} is neither a file nor a sync in {}", file.display());
            return Err(Failure::new(Exit::NotFound, message).with_hint(SINCE).into());
        }
        Some(id) => (Since::Sync(id.to_owned()), None),
    })
}

/// Reads the private key, and warns when others can, too.
fn signer(path: &Path) -> Result<Signer> {
    let signer = Signer::read(path).map_err(|error| failure(&error.into()))?;
    if std::fs::metadata(path).is_ok_and(|found| platform::is_open_to_others(&found)) {
        let shown = path.to_string_lossy();
        let shown = text::terminal(&shown);
        writeln!(io::stderr(), "warning: others can read the key {shown}; `chmod 600` changes that")?;
    }
    Ok(signer)
}

fn failure(error: &Error) -> anyhow::Error {
    let Error::Evidence(refusal) = error else { return diff::failure(error) };
    let (exit, hint) = match refusal {
        Refusal::Exists(_) => (Exit::FailedPrecondition, Some("name a folder that does not exist yet")),
        Refusal::NoFolder(_) => {
            (Exit::NotFound, Some("name the folder of a pack, as `baton-clockify evidence create` makes it"))
        }
        Refusal::Io { error, .. } if error.kind() == ErrorKind::NotFound => {
            (Exit::NotFound, Some("correct the path; the folder that it lies in must exist"))
        }
        Refusal::Key(_) => (
            Exit::InvalidArgument,
            Some(
                "`openssl genpkey -algorithm ed25519 -out KEYFILE` makes one, and `openssl pkey -in KEYFILE -pubout` its public half",
            ),
        ),
        Refusal::UnknownRule(_) => (
            Exit::InvalidArgument,
            Some("check the pack with the version of the program that made it, or a later one"),
        ),
        Refusal::List { .. } => (Exit::InvalidArgument, None),
        Refusal::PreviousBroken { .. } => {
            (Exit::DataLoss, Some("a chain must not go on from a pack that was changed"))
        }
        Refusal::Io { .. }
        | Refusal::PreviousOfOtherSource { .. }
        | Refusal::PreviousIsLater(_)
        | Refusal::NotAsWritten(_) => (Exit::FailedPrecondition, None),
    };
    let message = refusal.to_string();
    let failure = Failure::new(exit, text::terminal(&message));
    match hint {
        Some(hint) => failure.with_hint(hint).into(),
        None => failure.into(),
    }
}
