//! Everything that is not Unix: a lock file stays, because an open file need not be removable.

use std::fs::File;
use std::io;
use std::path::Path;

/// Nobody removes lock files here.
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
pub(crate) fn is_still(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// It stays, empty.
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
pub(crate) fn remove_held(_path: &Path) -> io::Result<()> {
    Ok(())
}
