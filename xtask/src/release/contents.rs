//! What is in an archive: the program, what shells and `man` need of it, and what its users are owed.

use std::fs;

use anyhow::{Context as _, Result, bail};

use super::archive::Entry;
use super::build::{Built, said};
use super::packages::Package;
use super::stage::Stage;
use super::third_party;
use crate::shell::PROGRAM;

/// Shells and the names under which they look for completions.
const SHELLS: &[(&str, &str)] = &[
    ("bash", "baton-clockify.bash"),
    ("zsh", "_baton-clockify"),
    ("fish", "baton-clockify.fish"),
    ("powershell", "baton-clockify.ps1"),
];

/// Everything, for one target.
pub(super) fn of(
    stage: &Stage,
    target: &str,
    built: &Built,
    packages: &[Package],
    bom: &str,
) -> Result<Vec<Entry>> {
    let suffix = if target.contains("-windows-") { ".exe" } else { "" };
    let mut entries = vec![
        Entry { executable: true, ..Entry::file(format!("{PROGRAM}{suffix}"), built.program.clone()) },
        Entry::file("sbom.cdx.json", bom),
        Entry::file("THIRD-PARTY.txt", third_party::text(packages)?),
    ];
    for name in ["CHANGELOG.md", "LICENSE", "README.md"] {
        let text = fs::read(stage.source.join(name)).with_context(|| format!("cannot read {name}"))?;
        entries.push(Entry::file(name, text));
    }
    for (shell, name) in SHELLS {
        entries.push(Entry::file(format!("completions/{name}"), said(&built.path, &["completion", shell])?));
    }
    entries.extend(pages(built)?);
    Ok(entries)
}

/// One manual page for each command.
fn pages(built: &Built) -> Result<Vec<Entry>> {
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    let path = folder.path().to_str().context("the folder for temporary files is not UTF-8")?;
    said(&built.path, &["man", "--dir", path])?;
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder.path()).context("cannot list the manual pages")? {
        let entry = entry.context("cannot list the manual pages")?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let page = fs::read(entry.path()).with_context(|| format!("cannot read {name}"))?;
        pages.push(Entry::file(format!("man/man1/{name}"), page));
    }
    if !pages.iter().any(|page| page.path == "man/man1/baton-clockify.1") {
        bail!("the program wrote no manual page");
    }
    Ok(pages)
}
