//! What others ask for in return: the licences of everything that is in the program, word for word.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::packages::Package;

/// Beginnings of the names of files that a licence asks to be passed on.
const NAMES: &[&str] = &["licen", "copying", "copyright", "notice", "unlicense"];

/// The text. Licences that several packages have word for word are in it once.
pub(super) fn text(packages: &[Package]) -> Result<String> {
    let mut packages: Vec<&Package> =
        packages.iter().filter(|package| package.is_linked && !package.is_ours()).collect();
    packages.sort_by(|a, b| a.id.cmp(&b.id));
    let mut text = String::from("The program has these packages of others in it, under these licences.\n\n");
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in &packages {
        let shown = format!("{} {}", package.id.0, package.id.1);
        let _ = writeln!(text, "{shown}: {}", package.licence.as_deref().unwrap_or("see below"));
        for licence in licences(&package.folder)? {
            let owners = owners.entry(licence).or_default();
            if owners.last() != Some(&shown) {
                owners.push(shown.clone());
            }
        }
    }
    let mut texts: Vec<(Vec<String>, String)> =
        owners.into_iter().map(|(text, owners)| (owners, text)).collect();
    texts.sort();
    for (owners, licence) in texts {
        let _ = write!(text, "\n{}\n{}\n\n{licence}\n", "-".repeat(80), owners.join(", "));
    }
    Ok(text)
}

/// The texts beside a package's manifest, and one folder further down, where sources of C libraries are.
fn licences(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let mut folders = vec![folder.to_owned()];
    let mut is_top = true;
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        let mut entries = entries.collect::<Result<Vec<_>, _>>().context("cannot list a package")?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
            if path.is_dir() {
                if is_top {
                    folders.push(path);
                }
            } else if NAMES.iter().any(|known| name.starts_with(known)) && !is_code(&name) {
                let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                let text = String::from_utf8_lossy(&text).replace("\r\n", "\n");
                texts.push(text.trim_matches('\n').to_owned());
            }
        }
        is_top = false;
    }
    texts.sort();
    texts.dedup();
    Ok(texts)
}

fn is_code(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, kind)| ["rs", "py", "sh", "json", "toml", "hbs"].contains(&kind))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::files::replace;

    #[test]
    fn each_licence_is_in_it_once_with_whose_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let package = |name: &str, linked: bool, ours: bool| Package {
            id: (name.to_owned(), "1.0.0".to_owned()),
            licence: Some("MIT".to_owned()),
            repository: None,
            checksum: (!ours).then(String::new),
            folder: folder.path().join(name),
            is_linked: linked,
            depends_on: BTreeSet::new(),
        };
        for (path, text) in [
            ("a/LICENSE-MIT", "shared\r\nwords\n"),
            ("a/license.rs", "code"),
            ("a/src/deep/LICENSE", "too deep"),
            ("b/COPYING", "shared\nwords"),
            ("b/clib/LICENSE", "of the library"),
            ("builds/LICENSE", "not in it"),
            ("ours/LICENSE", "our own"),
        ] {
            let path = folder.path().join(path);
            replace(path.parent().unwrap(), path.file_name().unwrap().to_str().unwrap(), text.as_bytes())
                .unwrap();
        }
        let packages = [
            package("b", true, false),
            package("a", true, false),
            package("builds", false, false),
            package("ours", true, true),
        ];
        let text = text(&packages).unwrap();
        let rule = "-".repeat(80);
        let expected = format!(
            "The program has these packages of others in it, under these licences.\n\na 1.0.0: MIT\nb 1.0.0: MIT\n\
             \n{rule}\na 1.0.0, b 1.0.0\n\nshared\nwords\n\n{rule}\nb 1.0.0\n\nof the library\n"
        );
        assert_eq!(text, expected);
    }
}
