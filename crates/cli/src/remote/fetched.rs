//! A file to read: where it is, or a copy of one in an object store that is gone afterwards.

use std::path::{Path, PathBuf};

use remote_file::Address;
use tempfile::TempDir;

use super::{failure, open};
use crate::exit::Exit;
use crate::failure::Failure;

/// A file on this disk. A copy is its owner's alone, and is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Fetched {
    path: PathBuf,
    _folder: Option<TempDir>,
}

impl Fetched {
    /// One that was here already.
    pub(crate) fn here(path: &Path) -> Self {
        Self { path: path.to_owned(), _folder: None }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Fetches a file; `None` when there is none.
pub(crate) async fn fetch(address: Address) -> Result<Option<Fetched>, Failure> {
    let file = open(address)?;
    let folder = tempfile::Builder::new().prefix("c1z-").tempdir().map_err(|error| {
        let message = format!("cannot make a temporary folder to fetch {} into: {error}", file.address());
        Failure::new(Exit::FailedPrecondition, message).with_hint("TMPDIR names another place for it")
    })?;
    let path = folder.path().join("sync.c1z");
    let found = file.fetch(&path).await.map_err(|error| failure(&error))?;
    Ok(found.map(|_| Fetched { path, _folder: Some(folder) }))
}
