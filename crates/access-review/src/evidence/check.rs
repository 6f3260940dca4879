//! The first look at a pack: whether each byte is the one that the manifest names. Nothing in it is believed yet.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use serde::Deserialize;

use super::digest;
use super::names::{self, MANIFEST, SIGNATURE, SUMS};
use super::{Entry, Manifest, Problem, ProblemCode, PublicKey, Refusal, manifest, signature, sums};
use crate::Error;

/// No manifest of ours is larger; a larger one is not read.
const LARGEST: u64 = 64 << 20;

/// What was seen.
#[derive(Debug)]
pub(super) enum Checked {
    /// The manifest could be read.
    Read(Box<Pack>),
    /// It could not, so there is nothing to compare with.
    Unreadable(Vec<Problem>),
}

/// A pack with a manifest.
#[derive(Debug)]
pub(super) struct Pack {
    pub(super) manifest: Manifest,
    /// The manifest as it stands there.
    pub(super) bytes: Vec<u8>,
    /// The key that the manifest names.
    pub(super) key: Option<PublicKey>,
    pub(super) problems: Vec<Problem>,
}

impl Checked {
    pub(super) fn problems(&self) -> &[Problem] {
        match self {
            Self::Read(pack) => &pack.problems,
            Self::Unreadable(problems) => problems,
        }
    }
}

/// Reads each file of a pack and compares.
///
/// # Errors
/// When there is no folder. All else that is wrong is an answer.
pub(super) fn check(folder: &Path) -> Result<Checked, Error> {
    let found = entries(folder)?;
    let mut problems = Vec::new();
    for (name, is_file) in &found {
        if !is_file {
            let text = "it is no plain file, so what it shows can change any time";
            problems.push(Problem::new(ProblemCode::NotAFile, name, text));
        }
    }
    let (manifest, bytes) = match read_manifest(folder) {
        Ok(read) => read,
        Err(problem) => {
            problems.push(problem);
            return Ok(Checked::Unreadable(problems));
        }
    };
    form(&manifest, &bytes, &mut problems);
    for name in manifest.files.keys().filter(|name| names::about(name).is_none()) {
        let text = format!("it lists {name:?}, which is no file of a pack");
        problems.push(Problem::new(ProblemCode::Manifest, MANIFEST, text));
    }
    let own = [Some(MANIFEST), Some(SUMS), manifest.signature.as_ref().map(|_| SIGNATURE)];
    for name in found.keys() {
        if !manifest.files.contains_key(name) && !own.contains(&Some(name.as_str())) {
            problems.push(Problem::new(ProblemCode::Added, name, "the manifest does not list it"));
        }
    }
    for (name, entry) in manifest.files.iter().filter(|(name, _)| names::about(name).is_some()) {
        if found.get(name) != Some(&false) {
            problems.extend(compare(folder, name, entry));
        }
    }
    let (key, signed) = signature(folder, &manifest, &bytes, &mut problems);
    let listing = sums::text(&manifest.files, &bytes, signed.as_deref());
    match read(folder, SUMS) {
        Ok(read) if read == listing.as_bytes() => {}
        Ok(_) => {
            let text = "it is not what follows from the manifest";
            problems.push(Problem::new(ProblemCode::Sums, SUMS, text));
        }
        Err(problem) => problems.push(problem),
    }
    Ok(Checked::Read(Box::new(Pack { manifest, bytes, key, problems })))
}

/// The names in the folder, and whether each is a plain file.
fn entries(folder: &Path) -> Result<BTreeMap<String, bool>, Error> {
    if !folder.is_dir() {
        return Err(Refusal::NoFolder(folder.to_owned()).into());
    }
    let failed = |error| Refusal::io("read the folder", folder, error);
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // Of the entry itself, not of what a link leads to.
        let is_file = entry.file_type().map_err(failed)?.is_file();
        found.insert(entry.file_name().to_string_lossy().into_owned(), is_file);
    }
    Ok(found)
}

fn read(folder: &Path, name: &'static str) -> Result<Vec<u8>, Problem> {
    let failed = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => Problem::new(ProblemCode::Missing, name, "it is not there"),
        _ => Problem::new(ProblemCode::Unreadable, name, format!("it cannot be read: {error}")),
    };
    let path = folder.join(name);
    // Opening a pipe would wait for somebody to write into it.
    if !fs::metadata(&path).map_err(failed)?.is_file() {
        return Err(Problem::new(ProblemCode::Unreadable, name, "it is no plain file"));
    }
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Problem::new(ProblemCode::Unreadable, name, "it is too large to be one of ours"));
    }
    Ok(bytes)
}

#[derive(Deserialize)]
struct Form {
    format: u32,
}

fn read_manifest(folder: &Path) -> Result<(Manifest, Vec<u8>), Problem> {
    let bytes = read(folder, MANIFEST)?;
    let wrong = |text: String| Problem::new(ProblemCode::Manifest, MANIFEST, text);
    // First the number alone, because another form has other fields.
    match serde_json::from_slice::<Form>(&bytes) {
        Ok(Form { format: manifest::FORMAT }) => {}
        Ok(Form { format }) => {
            let ours = manifest::FORMAT;
            return Err(wrong(format!("it has the form {format}, and this version knows the form {ours}")));
        }
        Err(error) => return Err(wrong(format!("it is no manifest: {error}"))),
    }
    let manifest =
        serde_json::from_slice(&bytes).map_err(|error| wrong(format!("it is no manifest: {error}")))?;
    Ok((manifest, bytes))
}

/// There is one way to write a manifest, so that nothing can be hidden in it.
fn form(manifest: &Manifest, bytes: &[u8], problems: &mut Vec<Problem>) {
    let same = manifest.to_bytes().is_ok_and(|written| written == bytes);
    if !same {
        let text = "it is not written as the program writes it, so it was changed";
        problems.push(Problem::new(ProblemCode::Manifest, MANIFEST, text));
    }
}

fn compare(folder: &Path, name: &str, entry: &Entry) -> Option<Problem> {
    let measure = match digest::of_file(&folder.join(name)) {
        Ok(measure) => measure,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Some(Problem::new(ProblemCode::Missing, name, "it is not there"));
        }
        Err(error) => {
            return Some(Problem::new(ProblemCode::Unreadable, name, format!("it cannot be read: {error}")));
        }
    };
    if measure.size != entry.size {
        let text = format!("it has {} bytes, and the manifest says {}", measure.size, entry.size);
        return Some(Problem::new(ProblemCode::Changed, name, text));
    }
    (measure.sha256 != entry.sha256).then(|| {
        let text = format!("its SHA-256 is {}, and the manifest says {}", measure.sha256, entry.sha256);
        Problem::new(ProblemCode::Changed, name, text)
    })
}

/// The key that the manifest names, and the signature, which must be of that key.
fn signature(
    folder: &Path,
    manifest: &Manifest,
    bytes: &[u8],
    problems: &mut Vec<Problem>,
) -> (Option<PublicKey>, Option<Vec<u8>>) {
    let Some(note) = &manifest.signature else { return (None, None) };
    let mut wrong = |file, text| problems.push(Problem::new(ProblemCode::Signature, file, text));
    let key = PublicKey::from_pem(&note.public_key);
    match &key {
        Some(key) if note.algorithm == signature::ALGORITHM => {
            if super::SignatureNote::of(key) != *note {
                wrong(MANIFEST, "what it says of the public key does not fit the key");
            }
        }
        _ => wrong(MANIFEST, "the public key in it is none"),
    }
    let signed = match read(folder, SIGNATURE) {
        Ok(signed) => signed,
        Err(problem) => {
            problems.push(problem);
            return (key, None);
        }
    };
    if let Some(key) = &key
        && !key.accepts(bytes, &signed)
    {
        wrong(SIGNATURE, "it is no signature of this manifest by the key in it");
    }
    (key, Some(signed))
}
