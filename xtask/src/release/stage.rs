//! A folder with what is committed, as the release will have it, and with what is built from that.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::git::Git;
use super::plan::Plan;
use crate::files::root;

/// The folder.
#[derive(Debug)]
pub(super) struct Stage {
    /// Holds the two below, and nothing else is in their paths that differs between stages.
    pub(super) folder: PathBuf,
    pub(super) source: PathBuf,
    pub(super) built: PathBuf,
    /// The commit.
    pub(super) revision: String,
    /// When it was made, in seconds since 1970: the only time that gets into an archive.
    pub(super) time: u64,
}

impl Stage {
    /// Lays out the commit and what the release changes in it. What was built there before stays, for packages of others to be
    /// taken from; those of the workspace are built anew, because their files are new.
    pub(super) fn lay_out(name: &str, git: &Git, plan: &Plan) -> Result<Self> {
        let folder = root().join("target/release-stage").join(name);
        let stage = Self {
            source: folder.join("source"),
            built: folder.join("target"),
            folder,
            revision: git.head()?,
            time: git.time()?,
        };
        remove(&stage.source)?;
        unpack(&git.tar()?, &stage.source)?;
        plan.apply(&stage.source)?;
        Ok(stage)
    }

    /// So that the next build begins from nothing.
    pub(super) fn forget_what_was_built(&self) -> Result<()> {
        remove(&self.built)
    }

    /// Removes the whole folder.
    pub(super) fn remove(&self) -> Result<()> {
        remove(&self.folder)
    }
}

fn unpack(tar: &[u8], folder: &Path) -> Result<()> {
    let context = || format!("cannot lay out the commit in {}", folder.display());
    fs::create_dir_all(folder).with_context(context)?;
    let mut archive = tar::Archive::new(tar);
    // Cargo tells by the time of a file whether it has built it already.
    archive.set_preserve_mtime(false);
    archive.unpack(folder).with_context(context)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}
