//! Making a pack. It appears whole or not at all, and what is there already stays as it is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use c1z::atomic::{self, AtomicFile, AtomicFolder};
use governance_model::Timestamp;

use super::check::{self, Checked};
use super::digest::{Measure, Measured, sha256};
use super::make::{Content, Inputs, Recipe, Sink, entry, make};
use super::names::{C1Z, IDENTITIES, MANIFEST, OVERRIDES, SIGNATURE, SINCE, SUMS};
use super::{Manifest, Open, Parameters, Previous, Refusal, Signer, Since, Tool, sums};
use crate::{Error, Selection};

/// What goes into a pack.
#[derive(Debug)]
pub struct Order<'a> {
    /// The c1z. It is copied first, and only the copy is read.
    pub c1z: &'a Path,
    /// Which sync of it.
    pub selection: Selection,
    /// By which measures.
    pub parameters: Parameters,
    /// The other file to compare with; needed for [`Since::File`], and for nothing else.
    pub since: Option<&'a Path>,
    /// The identity list.
    pub identities: Option<&'a Path>,
    /// The overrides to it.
    pub overrides: Option<&'a Path>,
    /// The pack before this one.
    pub previous: Option<&'a Path>,
    /// Who signs.
    pub signer: Option<&'a Signer>,
    /// What makes the pack.
    pub tool: Tool,
    /// When.
    pub made_at: Timestamp,
}

/// A pack that was made.
#[derive(Clone, Debug)]
pub struct Created {
    /// What it says about itself.
    pub manifest: Manifest,
    /// The digest of that, which stands for the whole pack.
    pub manifest_sha256: String,
    /// How many files it has.
    pub files: usize,
    /// The size of all of them, in bytes.
    pub size: u64,
}

/// Makes a pack in a folder that must not exist.
///
/// # Errors
/// When a file cannot be read, the sync is not sealed and that was not asked for, the previous pack does not hold, or the
/// folder cannot be written. There is no folder then.
pub fn create(folder: &Path, order: &Order<'_>, open: Open<'_>) -> Result<Created, Error> {
    let place = AtomicFolder::create(folder).map_err(|error| not_made(folder, error))?;
    let mut sink = Disk { folder: place.path() };
    let mut entries = BTreeMap::new();
    let since = order.since.filter(|_| order.parameters.since == Since::File);
    let inputs = [since, order.identities, order.overrides];
    let inputs =
        [(C1Z, Some(order.c1z))].into_iter().chain([SINCE, IDENTITIES, OVERRIDES].into_iter().zip(inputs));
    for (name, from) in inputs {
        if let Some(from) = from {
            entries.insert(name.to_owned(), entry(name, sink.copy(name, from)?));
        }
    }
    let mut parameters = order.parameters.clone();
    parameters.note_lists(place.path())?;
    let previous = order.previous.map(|path| follow(path, order.made_at)).transpose()?;
    // What is wrong with a file is said of the file that was named, not of the copy.
    let opened = |name: &str, original: &Path| {
        open(&place.path().join(name)).map_err(|error| open(original).err().unwrap_or(error))
    };
    let file = opened(C1Z, order.c1z)?;
    let since = since.map(|path| opened(SINCE, path)).transpose()?;

    let recipe = Recipe {
        tool: order.tool.clone(),
        made_at: order.made_at,
        selection: order.selection.clone(),
        parameters,
        previous: previous.as_ref().map(|(note, _)| note.clone()),
        public_key: order.signer.map(Signer::public_key),
    };
    let inputs = Inputs { folder: place.path(), file: &file, since: since.as_ref(), entries };
    let manifest = make(inputs, &recipe, &mut sink)?;
    if let Some((_, source)) = previous
        && source != manifest.source.id
    {
        return Err(Refusal::PreviousOfOtherSource { previous: source, this: manifest.source.id }.into());
    }
    let bytes = manifest.to_bytes()?;
    let signature = order.signer.map(|signer| signer.sign(&bytes));
    let listing = sums::text(&manifest.files, &bytes, signature.as_deref());
    let own =
        [(MANIFEST, Some(&bytes[..])), (SIGNATURE, signature.as_deref()), (SUMS, Some(listing.as_bytes()))];
    let mut size = manifest.files.values().map(|entry| entry.size).sum();
    let mut files = manifest.files.len();
    for (name, content) in own.into_iter().filter_map(|(name, content)| Some((name, content?))) {
        let path = place.path().join(name);
        atomic::write(&path, content).map_err(|error| Refusal::io("write", &path, error))?;
        size += content.len() as u64;
        files += 1;
    }
    // Read back, because a second program may have been at work in the same place.
    if let Some(problem) = check::check(place.path())?.problems().first() {
        return Err(Refusal::NotAsWritten(problem.clone()).into());
    }
    place.commit().map_err(|error| not_made(folder, error))?;
    Ok(Created { manifest, manifest_sha256: sha256(&bytes), files, size })
}

fn not_made(folder: &Path, error: io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::AlreadyExists => Refusal::Exists(folder.to_owned()),
        _ => Refusal::io("make the folder", folder, error),
    }
}

/// The pack before, and the source that it is of.
fn follow(path: &Path, made_at: Timestamp) -> Result<(Previous, String), Error> {
    let checked = check::check(path)?;
    if let Some(first) = checked.problems().first() {
        let more = checked.problems().len() - 1;
        return Err(Refusal::PreviousBroken { path: path.to_owned(), first: first.clone(), more }.into());
    }
    let Checked::Read(pack) = checked else {
        return Err(Refusal::NoFolder(path.to_owned()).into());
    };
    if pack.manifest.made_at > made_at {
        return Err(Refusal::PreviousIsLater(pack.manifest.made_at).into());
    }
    let note = Previous {
        manifest_sha256: sha256(&pack.bytes),
        made_at: pack.manifest.made_at,
        sync_id: pack.manifest.sync.id,
    };
    Ok((note, pack.manifest.source.id))
}

/// Files that are written into the folder, for their owner alone.
struct Disk<'p> {
    folder: &'p Path,
}

impl Disk<'_> {
    fn copy(&mut self, name: &'static str, from: &Path) -> Result<Measure, Error> {
        let mut source = File::open(from).map_err(|error| Refusal::io("open", from, error))?;
        self.put(name, &mut |out| {
            io::copy(&mut source, out).map_err(|error| Refusal::io("copy", from, error))?;
            Ok(())
        })
    }
}

impl Sink for Disk<'_> {
    fn put(&mut self, name: &'static str, content: Content<'_>) -> Result<Measure, Error> {
        let path = self.folder.join(name);
        let failed = |error| Refusal::io("write", &path, error);
        let file = AtomicFile::create(&path).map_err(failed)?;
        let mut out = Measured::new(BufWriter::with_capacity(1 << 16, file));
        content(&mut out).map_err(|error| match error {
            Error::Output(error) => failed(error).into(),
            other => other,
        })?;
        out.flush().map_err(failed)?;
        let (buffer, measure) = out.finish();
        buffer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(AtomicFile::commit)
            .map_err(failed)?;
        Ok(measure)
    }
}
