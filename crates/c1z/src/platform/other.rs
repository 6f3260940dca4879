//! Platforms without permission bits: a file inherits the access rules of its folder, and a folder cannot be opened
//! to synchronise it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a file that must not exist yet.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Creates a folder that must not exist yet.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir(path)
}

/// Nothing to take away: access comes from the folder.
pub(crate) fn make_private(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Renames are durable when the file system says so; there is no call for it here.
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
