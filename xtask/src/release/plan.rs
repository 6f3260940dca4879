//! What a release changes in the repository, worked out before anything is changed.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::changelog;
use super::version::Version;
use crate::files::{Files, replace};
use crate::rules::{of_workspace, renamed};
use crate::say::say;

/// The changes.
#[derive(Debug)]
pub(super) struct Plan {
    /// Files and what they will hold.
    pub(super) changes: BTreeMap<String, String>,
    /// Whether the workspace has this version already.
    pub(super) is_current: bool,
}

impl Plan {
    /// For a release of this version; its date is that of the newest commit, in seconds since 1970.
    ///
    /// # Errors
    /// When the version is older than the present one, or the changelog has nothing to say about it.
    pub(super) fn of(files: &Files, version: Version, time: u64) -> Result<Self> {
        let manifest = files.text("Cargo.toml").context("there is no Cargo.toml")?;
        let old = of_workspace(manifest).context("Cargo.toml has no version")?;
        let current: Version = old.parse()?;
        if version < current {
            bail!("the workspace is of version {current} already, which is newer than {version}");
        }
        let new = version.to_string();
        let mut changes = BTreeMap::new();
        for (path, text) in files.iter() {
            let rewritten = match path {
                "CHANGELOG.md" => Some(changelog::released(text, version, &date(time)?)?),
                _ if path.ends_with("Cargo.lock") => Some(locked(text, old, &new)),
                // What the program printed in a test, and prints with the new version after this.
                _ if path.rsplit_once('.').is_some_and(|(_, kind)| kind == "snap") => {
                    Some(told(text, old, &new))
                }
                _ => renamed(path, text, &new),
            };
            if let Some(rewritten) = rewritten.filter(|rewritten| rewritten != text) {
                changes.insert(path.to_owned(), rewritten);
            }
        }
        Ok(Self { changes, is_current: version == current })
    }

    /// Says which files change.
    pub(super) fn tell(&self) {
        if self.changes.is_empty() {
            say("release: no file names another version");
        }
        for path in self.changes.keys() {
            say(&format!("release: changes {path}"));
        }
    }

    /// Changes the files below a folder.
    pub(super) fn apply(&self, root: &Path) -> Result<()> {
        for (path, text) in &self.changes {
            let whole = root.join(path);
            let (folder, name) = (whole.parent().unwrap_or(root), whole.file_name().unwrap_or_default());
            replace(folder, &name.to_string_lossy(), text.as_bytes())?;
        }
        Ok(())
    }
}

/// The day, in UTC.
fn date(time: u64) -> Result<String> {
    let time = jiff::Timestamp::from_second(i64::try_from(time)?).context("the commit is of no time")?;
    Ok(time.strftime("%Y-%m-%d").to_string())
}

/// A lock file whose packages of this workspace, those without a source, have the new version.
fn locked(text: &str, old: &str, new: &str) -> String {
    let packages = text.split("[[package]]").map(|package| {
        if package.contains("\nsource = ") {
            package.to_owned()
        } else {
            package.replacen(&format!("\nversion = \"{old}\"\n"), &format!("\nversion = \"{new}\"\n"), 1)
        }
    });
    packages.collect::<Vec<_>>().join("[[package]]")
}

/// A text with one version in the place of another; numbers that only have it in them stay.
fn told(text: &str, old: &str, new: &str) -> String {
    let is_part = |letter: char| letter.is_ascii_digit() || letter == '.';
    let mut parts = text.split(old).peekable();
    let mut told = String::new();
    while let Some(part) = parts.next() {
        told.push_str(part);
        if let Some(next) = parts.peek() {
            // The end of a sentence is no part of a number.
            let goes_on =
                next.strip_prefix('.').unwrap_or(next).starts_with(|letter: char| letter.is_ascii_digit());
            told.push_str(if part.ends_with(is_part) || goes_on { old } else { new });
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\nsource = \"registry\"\n\n\
                        [[package]]\nname = \"ours\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n]\n\n\
                        [[package]]\nname = \"ours-fuzz\"\nversion = \"0.0.0\"\n";

    fn files() -> Files {
        Files::invented(&[
            ("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\"\n"),
            ("Cargo.lock", LOCK),
            ("fuzz/Cargo.lock", LOCK),
            ("CHANGELOG.md", "## [Unreleased]\n\n- New.\n"),
            ("deploy/a.yaml", "image: r.example/baton-clockify:0.1.0\n"),
            ("docs/a.md", "nothing\n"),
            ("crates/a/tests/b.snap", "baton-clockify 0.1.0. 10.1.0 0.1.0.1 0.1.01 engine=0.1.0;\n"),
        ])
    }

    #[test]
    fn everything_that_names_the_version_changes() {
        let plan = Plan::of(&files(), "0.2.0".parse().unwrap(), 1_772_582_400).unwrap();
        let lock =
            LOCK.replace("name = \"ours\"\nversion = \"0.1.0\"", "name = \"ours\"\nversion = \"0.2.0\"");
        let expected = [
            ("CHANGELOG.md", "## [Unreleased]\n\n## [0.2.0] - 2026-03-04\n\n- New.\n"),
            ("Cargo.lock", lock.as_str()),
            ("Cargo.toml", "[workspace.package]\nversion = \"0.2.0\"\n"),
            ("crates/a/tests/b.snap", "baton-clockify 0.2.0. 10.1.0 0.1.0.1 0.1.01 engine=0.2.0;\n"),
            ("deploy/a.yaml", "image: r.example/baton-clockify:0.2.0\n"),
            ("fuzz/Cargo.lock", lock.as_str()),
        ];
        let found: Vec<_> = plan.changes.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert_eq!(found, expected);
        assert!(!plan.is_current);
    }

    #[test]
    fn the_first_release_changes_the_changelog_alone_and_an_older_one_is_refused() {
        let plan = Plan::of(&files(), "0.1.0".parse().unwrap(), 0).unwrap();
        assert_eq!(plan.changes.keys().collect::<Vec<_>>(), ["CHANGELOG.md"]);
        assert!(plan.is_current);
        assert!(Plan::of(&files(), "0.0.9".parse().unwrap(), 0).is_err());
    }
}
