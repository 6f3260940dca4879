//! Unix: an open file can be removed, and another one take its name.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Whether an open file is the one that its name leads to now.
pub(crate) fn is_still(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(there) => Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes a file that is open and locked.
pub(crate) fn remove_held(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)
}
