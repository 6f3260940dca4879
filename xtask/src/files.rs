//! The files of the repository: those that git tracks, and new ones that it does not ignore.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    above.expect("xtask is a folder of the workspace").to_owned()
}

/// Texts by path, with `/` between folders. What is not text is there without its content.
#[derive(Debug, Default)]
pub(crate) struct Files(BTreeMap<String, String>);

impl Files {
    /// Those below a folder that git looks after.
    ///
    /// # Errors
    /// When git is missing, or a file cannot be read.
    pub(crate) fn of(root: &Path) -> Result<Self> {
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
        let listed = git.output().context("cannot start git")?;
        if !listed.status.success() {
            bail!("git cannot list the files: {}", String::from_utf8_lossy(&listed.stderr).trim());
        }
        let listed = String::from_utf8(listed.stdout).context("the name of a file is not UTF-8")?;
        let mut files = BTreeMap::new();
        for path in listed.split_terminator('\0') {
            let whole = root.join(path);
            // What was removed and not yet committed is still listed.
            if whole.is_file() {
                let content = fs::read(&whole).with_context(|| format!("cannot read {path}"))?;
                files.insert(path.to_owned(), String::from_utf8(content).unwrap_or_default());
            }
        }
        Ok(Self(files))
    }

    /// Invented ones.
    #[cfg(test)]
    pub(crate) fn invented(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    /// Path and text of each, in the order of the paths.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of one.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Whether there is a file or a folder of this path.
    pub(crate) fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        path.is_empty()
            || self.0.contains_key(path)
            || self.0.range(folder.clone()..).next().is_some_and(|(name, _)| name.starts_with(&folder))
    }
}

/// Writes a file so that it appears whole or not at all.
pub(crate) fn replace(folder: &Path, name: &str, content: &[u8]) -> Result<()> {
    let (temporary, target) = (folder.join(format!("{name}.new")), folder.join(name));
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut file =
        fs::File::create(&temporary).with_context(|| format!("cannot create {}", temporary.display()))?;
    file.write_all(content).with_context(|| format!("cannot write {}", temporary.display()))?;
    file.sync_all().with_context(|| format!("cannot write {}", temporary.display()))?;
    fs::rename(&temporary, &target).with_context(|| format!("cannot write {}", target.display()))
}
