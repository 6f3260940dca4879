//! What git knows, and the commit and the tag of a release.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::version::Version;

/// A repository.
#[derive(Debug)]
pub(super) struct Git(PathBuf);

impl Git {
    pub(super) fn at(root: &Path) -> Self {
        Self(root.to_owned())
    }

    /// What is not committed, a line each.
    pub(super) fn changed(&self) -> Result<Vec<String>> {
        Ok(self.says(&["status", "--porcelain"])?.lines().map(str::to_owned).collect())
    }

    /// The commit.
    pub(super) fn head(&self) -> Result<String> {
        Ok(self.says(&["rev-parse", "--verify", "HEAD"])?.trim().to_owned())
    }

    /// When the commit was made, or what `SOURCE_DATE_EPOCH` says, in seconds since 1970.
    pub(super) fn time(&self) -> Result<u64> {
        if let Ok(given) = std::env::var("SOURCE_DATE_EPOCH") {
            return given.trim().parse().context("SOURCE_DATE_EPOCH is not a number of seconds");
        }
        self.says(&["log", "-1", "--format=%ct"])?.trim().parse().context("the commit has no time")
    }

    pub(super) fn has_tag(&self, version: Version) -> Result<bool> {
        Ok(!self.says(&["tag", "--list", &format!("v{version}")])?.trim().is_empty())
    }

    /// What is committed, as a tar file without compression.
    pub(super) fn tar(&self) -> Result<Vec<u8>> {
        self.run(&["-c", "core.autocrlf=false", "archive", "--format=tar", "HEAD"])
    }

    /// Commits these files and nothing else.
    pub(super) fn commit(&self, files: &BTreeMap<String, String>, subject: &str) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let mut arguments = vec!["commit", "--quiet", "--message", subject, "--only", "--"];
        arguments.extend(files.keys().map(String::as_str));
        self.run(&arguments).map(drop)
    }

    pub(super) fn tag(&self, version: Version) -> Result<()> {
        let (name, message) = (format!("v{version}"), message(version));
        self.run(&["tag", "--annotate", &name, "--message", &message]).map(drop)
    }

    fn says(&self, arguments: &[&str]) -> Result<String> {
        String::from_utf8(self.run(arguments)?).context("git says something that is not UTF-8")
    }

    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let out =
            Command::new("git").args(arguments).current_dir(&self.0).output().context("cannot start git")?;
        if !out.status.success() {
            bail!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&out.stderr).trim());
        }
        Ok(out.stdout)
    }
}

fn message(version: Version) -> String {
    format!("baton-clockify {version}")
}

/// What makes the tag by hand.
pub(super) fn tag_command(version: Version) -> String {
    format!("git tag --annotate v{version} --message '{}'", message(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty repository of somebody invented, which no setting of the machine reaches.
    fn repository(folder: &Path) -> Git {
        let git = Git::at(folder);
        git.run(&["init", "--quiet"]).unwrap();
        for (name, value) in [
            ("user.name", "Ida Example"),
            ("user.email", "ida@example.com"),
            ("commit.gpgsign", "false"),
            ("tag.gpgsign", "false"),
            ("core.hooksPath", "none"),
        ] {
            git.run(&["config", name, value]).unwrap();
        }
        git
    }

    fn write(path: &Path, text: &str) {
        let (folder, name) = (path.parent().unwrap(), path.file_name().unwrap().to_str().unwrap());
        crate::files::replace(folder, name, text.as_bytes()).unwrap();
    }

    #[test]
    fn a_release_commits_its_files_alone_and_tags_that() {
        let folder = tempfile::tempdir().unwrap();
        let git = repository(folder.path());
        write(&folder.path().join("a"), "1");
        write(&folder.path().join("b"), "1");
        git.run(&["add", "."]).unwrap();
        git.run(&["commit", "--quiet", "--message", "First"]).unwrap();
        assert_eq!(git.changed().unwrap(), [""; 0]);

        write(&folder.path().join("a"), "2");
        write(&folder.path().join("b"), "2");
        write(&folder.path().join("c"), "new");
        assert_eq!(git.changed().unwrap(), [" M a", " M b", "?? c"]);
        let version = "1.2.3".parse().unwrap();
        git.commit(&BTreeMap::from([("a".to_owned(), "2".to_owned())]), "Release 1.2.3").unwrap();
        assert!(!git.has_tag(version).unwrap());
        git.tag(version).unwrap();
        assert!(git.has_tag(version).unwrap());
        assert_eq!(git.changed().unwrap(), [" M b", "?? c"]);
        assert_eq!(git.says(&["show", "v1.2.3:a"]).unwrap(), "2");
        assert_eq!(git.says(&["cat-file", "-t", "v1.2.3"]).unwrap(), "tag\n");
        assert_eq!(git.says(&["remote"]).unwrap(), "");
    }
}
