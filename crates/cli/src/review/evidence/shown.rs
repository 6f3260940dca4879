//! What people read about a pack, after it was made and after it was checked.

use std::io::{self, Write};
use std::path::Path;

use access_review::evidence::{Chain, Changes, Created, Derived, Manifest, Signed, Tool, Verification};
use access_review::text;

/// What was made.
pub(super) fn created(out: &mut dyn Write, folder: &Path, created: &Created) -> io::Result<()> {
    let mut page = Page { out };
    let manifest = &created.manifest;
    page.line(&format!("Made {}: {} files, {}.", folder.display(), created.files, size(created.size)))?;
    about(&mut page, manifest)?;
    page.fact("Manifest", &format!("SHA-256 {}", created.manifest_sha256))?;
    page.fact("", "Note it where the pack's keeper cannot change it: it stands for every byte of the pack.")?;
    match &manifest.previous {
        None => page.fact("Chain", "the first of its chain; name this pack with --previous next time")?,
        Some(previous) => {
            page.fact("Chain", &format!("follows the pack made {:.0}, which holds", previous.made_at))?;
        }
    }
    match &manifest.signature {
        Some(note) => page.fact("Signed", &format!("by the key {}", note.key_sha256))?,
        None => page.fact("Signed", "no: whoever can change all files can make another pack; see --sign")?,
    }
    page.line("")?;
    page.line(&format!("Check it with: baton-clockify evidence verify {}", folder.display()))
}

/// What a check showed.
pub(super) fn verified(
    out: &mut dyn Write,
    folder: &Path,
    found: &Verification,
    tool: &Tool,
) -> io::Result<()> {
    let mut page = Page { out };
    page.line(&format!("Evidence pack {}", folder.display()))?;
    if let Some(manifest) = &found.manifest {
        about(&mut page, manifest)?;
        page.fact("Made", &format!("{:.0} by {}", manifest.made_at, manifest.tool.label()))?;
    }
    if let Some(digest) = &found.manifest_sha256 {
        page.fact("Manifest", &format!("SHA-256 {digest}"))?;
    }
    page.line("")?;
    for problem in &found.problems {
        page.fact("WRONG", &problem.to_string())?;
    }
    if found.holds {
        let count = found.manifest.as_ref().map_or(0, |manifest| manifest.files.len());
        page.fact(
            "ok",
            &format!("files: {count}, each of the size and SHA-256 that the manifest says, no other"),
        )?;
    }
    derived(&mut page, found, tool)?;
    signature(&mut page, found)?;
    chain(&mut page, found)?;
    page.line("")?;
    if !found.holds {
        return page.line("The pack DOES NOT HOLD.");
    }
    if let Some(manifest) = found.manifest.as_ref().filter(|manifest| !manifest.is_evidence()) {
        page.line(&format!("The pack is unchanged, but: {}", manifest.statement.as_str()))?;
        return Ok(());
    }
    page.line("The pack holds.")
}

fn about(page: &mut Page<'_>, manifest: &Manifest) -> io::Result<()> {
    if !manifest.is_evidence() {
        page.line(manifest.statement.as_str())?;
    }
    page.fact("Of", &manifest.source.label())?;
    if manifest.source.demonstration {
        page.fact("", "a demonstration with invented people")?;
    }
    let ended = manifest.sync.ended_at.map_or("never finished".to_owned(), |at| format!("{at:.0}"));
    page.fact("Sync", &format!("{}, {ended}", manifest.sync.id))?;
    if let Some(who) = &manifest.operator {
        let name = if who.name.is_empty() { &who.id } else { &who.name };
        page.fact("Read by", &format!("the key of {name}"))?;
    }
    let complete = match manifest.complete.as_str() {
        "verified" => "verified against the source's own list of members".to_owned(),
        other if manifest.reasons.is_empty() => other.to_owned(),
        other => format!("{}: {}", other.to_uppercase(), manifest.reasons.join("; ")),
    };
    page.fact("Complete", &complete)?;
    let count = |kind: &str| manifest.counts.get(kind).copied().unwrap_or(0);
    page.fact(
        "Holds",
        &format!("{} users, {} grants, {} findings", count("users"), count("grants"), count("findings")),
    )?;
    match &manifest.changes {
        Changes::NotCompared(reason) => page.fact("Changes", reason),
        Changes::Compared(changed) => {
            let since = &changed.since;
            let ended = since.ended_at.map(|at| format!(" of {at:.0}")).unwrap_or_default();
            page.fact("Changes", &format!("{} since sync {}{ended}", changed.total, since.sync_id))
        }
    }
}

fn derived(page: &mut Page<'_>, found: &Verification, tool: &Tool) -> io::Result<()> {
    match &found.derived {
        Derived::Same => page.fact(
            "ok",
            "made anew: report, exports, findings and changes are the same bytes when made of sync.c1z",
        ),
        Derived::ByAnotherVersion(differing) => {
            let maker = found.manifest.as_ref().map(|manifest| manifest.tool.label()).unwrap_or_default();
            let names = differing.join(", ");
            page.fact(
                "not",
                &format!(
                    "made anew: {} makes something else of sync.c1z ({names}). The pack was made by {maker}: only that \
                     version can tell whether these were changed",
                    tool.label()
                ),
            )
        }
        Derived::Not(reason) => page.fact("not", &format!("made anew, because {reason}")),
        Derived::Wrong => Ok(()),
    }
}

fn signature(page: &mut Page<'_>, found: &Verification) -> io::Result<()> {
    let key = || {
        let note = found.manifest.as_ref().and_then(|manifest| manifest.signature.as_ref());
        note.map(|note| note.key_sha256.clone()).unwrap_or_default()
    };
    match found.signature {
        Signed::ByTheGivenKey => page.fact("ok", &format!("signed by the key that was given, {}", key())),
        Signed::ByItsOwnKey => page.fact(
            "not",
            &format!(
                "known who signed: the signature is by the key {}, which is in the pack itself; --public-key compares it with \
                 the signer's",
                key()
            ),
        ),
        Signed::Unsigned => page.fact(
            "not",
            "signed: whoever changed files could have made the whole pack anew, manifest included; compare the manifest's \
             SHA-256 with one that was noted elsewhere",
        ),
        Signed::Wrong => Ok(()),
    }
}

fn chain(page: &mut Page<'_>, found: &Verification) -> io::Result<()> {
    let previous = found.manifest.as_ref().and_then(|manifest| manifest.previous.as_ref());
    match (found.chain, previous) {
        (Chain::First, _) => page.fact("ok", "chain: it follows no other pack"),
        (Chain::Holds, _) => page.fact("ok", "chain: it follows the pack that was given, which holds"),
        (Chain::NotCompared, Some(previous)) => page.fact(
            "not",
            &format!(
                "compared with the pack before, made {:.0}, whose manifest has the SHA-256 {}; --previous compares it",
                previous.made_at, previous.manifest_sha256
            ),
        ),
        _ => Ok(()),
    }
}

/// A size for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

struct Page<'o> {
    out: &'o mut dyn Write,
}

impl Page<'_> {
    fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text::terminal(line))
    }

    fn fact(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.line(&format!("{name:<9} {value}"))
    }
}
