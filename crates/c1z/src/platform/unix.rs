//! Unix: permission bits, and folders that can be synchronised.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, set_permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Readable and writable by its owner alone.
const PRIVATE: u32 = 0o600;
/// The same for a folder.
const PRIVATE_FOLDER: u32 = 0o700;

/// Creates a file that must not exist yet, for its owner alone from the first moment on.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(PRIVATE).open(path)
}

/// Creates a folder that must not exist yet, for its owner alone.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(PRIVATE_FOLDER).create(path)
}

/// Takes everybody else's access to an existing file away.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    set_permissions(path, Permissions::from_mode(PRIVATE))
}

/// Makes changes to the entries of a folder survive a power loss.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
