//! Checking a pack, as anyone can: first each byte, then whether the c1z in it really gives the rest.

use std::io;
use std::path::Path;

use serde::Serialize;

use super::check::{self, Checked, Pack};
use super::digest::{Measure, Measured, sha256};
use super::make::{Content, Inputs, Recipe, Sink, make};
use super::names::{C1Z, INPUTS, MANIFEST, SIGNATURE, SINCE};
use super::{Manifest, Open, Problem, ProblemCode, PublicKey, Refusal, Since, Tool};
use crate::{Error, Selection};

/// What to compare a pack with.
#[derive(Debug)]
pub struct Query<'a> {
    /// The key that must have signed it, from elsewhere.
    pub public_key: Option<&'a PublicKey>,
    /// The pack that it must follow.
    pub previous: Option<&'a Path>,
    /// Who checks.
    pub tool: Tool,
}

/// What a check showed.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// Whether nothing is wrong.
    pub holds: bool,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
    /// The digest of the manifest, which stands for the whole pack; nothing when there is none.
    pub manifest_sha256: Option<String>,
    /// Who signed, and whether that was compared.
    pub signature: Signed,
    /// Whether it follows another pack.
    pub chain: Chain,
    /// Whether the rest was made anew.
    pub derived: Derived,
    /// What the pack says about itself. Believe it only when nothing is wrong.
    pub manifest: Option<Manifest>,
}

/// See [`Verification`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signed {
    /// By nobody.
    Unsigned,
    /// By the key in the pack, which was compared with no other.
    ByItsOwnKey,
    /// By the key that was given.
    ByTheGivenKey,
    /// Something is wrong with it.
    Wrong,
}

/// See [`Verification`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chain {
    /// It follows none.
    First,
    /// It follows one that was not given.
    NotCompared,
    /// It follows the one that was given, which holds.
    Holds,
    /// Something is wrong with it.
    Wrong,
}

/// See [`Verification`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Derived {
    /// Everything was made anew and is the same.
    Same,
    /// Another version made the pack; these files become something else with this one.
    ByAnotherVersion(Vec<String>),
    /// It was not, and why.
    Not(String),
    /// Something became something else, see the problems.
    Wrong,
}

/// Checks a pack.
///
/// # Errors
/// When there is no folder, or making everything anew fails for a reason that is not the pack's, such as a full disk.
pub fn verify(folder: &Path, query: &Query<'_>, open: Open<'_>) -> Result<Verification, Error> {
    let mut pack = match check::check(folder)? {
        Checked::Read(pack) => pack,
        Checked::Unreadable(problems) => return Ok(nothing_to_compare(problems)),
    };
    // Whoever signed, and whatever pack came before: the files can be what they say.
    let intact = pack.problems.is_empty();
    let mut signature = match (&pack.manifest.signature, &pack.key) {
        (None, _) => Signed::Unsigned,
        (Some(_), Some(_)) if pack.problems.iter().all(|problem| problem.code != ProblemCode::Signature) => {
            Signed::ByItsOwnKey
        }
        _ => Signed::Wrong,
    };
    if let Some(wanted) = query.public_key {
        signature = by(wanted, signature, &mut pack);
    }
    let chain = chain(query.previous, &mut pack)?;
    let derived = if intact {
        derive(folder, &mut pack, &query.tool, open)?
    } else {
        Derived::Not("the files are not what the manifest says".to_owned())
    };
    let Pack { manifest, bytes, problems, .. } = *pack;
    Ok(Verification {
        holds: problems.is_empty(),
        problems,
        manifest_sha256: Some(sha256(&bytes)),
        signature,
        chain,
        derived,
        manifest: Some(manifest),
    })
}

fn nothing_to_compare(problems: Vec<Problem>) -> Verification {
    Verification {
        holds: false,
        problems,
        manifest_sha256: None,
        signature: Signed::Wrong,
        chain: Chain::Wrong,
        derived: Derived::Not("there is no manifest to go by".to_owned()),
        manifest: None,
    }
}

/// Whether the key that was given signed.
fn by(wanted: &PublicKey, found: Signed, pack: &mut Pack) -> Signed {
    let text = match (found, &pack.key) {
        (Signed::ByItsOwnKey, Some(key)) if key == wanted => return Signed::ByTheGivenKey,
        (Signed::ByItsOwnKey, Some(key)) => {
            format!("it is by the key {}, and not by {}", key.fingerprint(), wanted.fingerprint())
        }
        (Signed::Unsigned, _) => "the pack is not signed, and should be by the key that was given".to_owned(),
        _ => return Signed::Wrong,
    };
    pack.problems.push(Problem::new(ProblemCode::Signature, SIGNATURE, text));
    Signed::Wrong
}

/// Whether the pack that was given is the one before.
fn chain(previous: Option<&Path>, pack: &mut Pack) -> Result<Chain, Error> {
    let (path, note) = match (previous, &pack.manifest.previous) {
        (None, None) => return Ok(Chain::First),
        (None, Some(_)) => return Ok(Chain::NotCompared),
        (Some(_), None) => {
            let text = "it names no pack before this one, though one was given";
            pack.problems.push(Problem::new(ProblemCode::Chain, MANIFEST, text));
            return Ok(Chain::Wrong);
        }
        (Some(path), Some(note)) => (path, note),
    };
    let shown = path.display().to_string();
    let mut wrong: Vec<Problem> = Vec::new();
    let checked = check::check(path)?;
    for problem in checked.problems() {
        wrong.push(Problem::new(
            ProblemCode::Chain,
            format!("{shown}/{}", problem.file),
            problem.text.clone(),
        ));
    }
    if let Checked::Read(before) = &checked {
        let found = sha256(&before.bytes);
        if found != note.manifest_sha256 {
            let text = format!(
                "the SHA-256 of its manifest is {found}, and this pack follows {}",
                note.manifest_sha256
            );
            wrong.push(Problem::new(ProblemCode::Chain, shown, text));
        } else if (before.manifest.made_at, &before.manifest.sync.id) != (note.made_at, &note.sync_id) {
            let text = "what it says of the pack before is not what that says of itself";
            wrong.push(Problem::new(ProblemCode::Chain, MANIFEST, text));
        } else if before.manifest.source.id != pack.manifest.source.id {
            let text = "the pack before is of another source";
            wrong.push(Problem::new(ProblemCode::Chain, MANIFEST, text));
        }
    }
    let holds = wrong.is_empty();
    pack.problems.append(&mut wrong);
    Ok(if holds { Chain::Holds } else { Chain::Wrong })
}

/// Makes everything anew and compares with the manifest, the manifest included.
fn derive(folder: &Path, pack: &mut Pack, tool: &Tool, open: Open<'_>) -> Result<Derived, Error> {
    let same_version = pack.manifest.tool.is_like(tool);
    let made = match anew(folder, pack, open) {
        Ok(made) => made,
        Err(error) if !is_about_the_pack(&error) => return Err(error),
        Err(error) if same_version => {
            let text = format!("nothing can be made of it anew: {error}");
            pack.problems.push(Problem::new(ProblemCode::NotReproduced, C1Z, text));
            return Ok(Derived::Wrong);
        }
        Err(error) => return Ok(Derived::Not(format!("this version cannot: {error}"))),
    };
    let mut differing = differing(&pack.manifest, &made);
    if differing.is_empty() && made.to_bytes()? != pack.bytes {
        differing.push(MANIFEST.to_owned());
    }
    if differing.is_empty() {
        return Ok(Derived::Same);
    }
    if !same_version {
        return Ok(Derived::ByAnotherVersion(differing));
    }
    for name in differing {
        let text = "made anew from sync.c1z it is something else, so it was changed after it was made";
        pack.problems.push(Problem::new(ProblemCode::NotReproduced, name, text));
    }
    Ok(Derived::Wrong)
}

fn anew(folder: &Path, pack: &Pack, open: Open<'_>) -> Result<Manifest, Error> {
    let manifest = &pack.manifest;
    let mut parameters = manifest.parameters.clone();
    parameters.note_lists(folder)?;
    // Another file is there only to be compared with.
    let is_input = |name: &str| INPUTS.contains(&name) && (name != SINCE || parameters.since == Since::File);
    let entries = manifest.files.iter().filter(|(name, _)| is_input(name));
    let entries = entries.map(|(name, entry)| {
        let measure = Measure { sha256: entry.sha256.clone(), size: entry.size };
        (name.clone(), super::make::entry(name, measure))
    });
    let entries = entries.collect();
    let recipe = Recipe {
        tool: manifest.tool.clone(),
        made_at: manifest.made_at,
        selection: Selection {
            sync: Some(manifest.sync.id.clone()),
            include_unfinished: !manifest.is_evidence(),
        },
        parameters,
        previous: manifest.previous.clone(),
        public_key: pack.key.clone(),
    };
    let file = open(&folder.join(C1Z))?;
    let since = match manifest.parameters.since {
        Since::File => Some(open(&folder.join(SINCE))?),
        Since::PreviousSync | Since::Sync(_) => None,
    };
    let inputs = Inputs { folder, file: &file, since: since.as_ref(), entries };
    make(inputs, &recipe, &mut Nowhere)
}

/// The files that are not the same in both.
fn differing(said: &Manifest, made: &Manifest) -> Vec<String> {
    let names = said.files.keys().chain(made.files.keys().filter(|name| !said.files.contains_key(*name)));
    names.filter(|name| said.files.get(*name) != made.files.get(*name)).cloned().collect()
}

/// Whether a failure says something about the pack, rather than about this machine.
fn is_about_the_pack(error: &Error) -> bool {
    match error {
        Error::File(error) => !matches!(error, c1z::Error::Io { .. }),
        Error::Evidence(Refusal::Io { error, .. }) => error.kind() == io::ErrorKind::NotFound,
        Error::Evidence(_) | Error::Refused(_) => true,
        _ => false,
    }
}

/// Files that are measured and go nowhere.
struct Nowhere;

impl Sink for Nowhere {
    fn put(&mut self, _name: &'static str, content: Content<'_>) -> Result<Measure, Error> {
        let mut out = Measured::new(io::sink());
        content(&mut out)?;
        Ok(out.finish().1)
    }
}
