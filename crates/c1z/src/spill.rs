//! Where SQLite puts what it cannot keep in its cache: journals of single statements, and what it sorts.
//!
//! It wants a folder for temporary files, and fails in the middle of a statement when there is none, as in a container with a
//! read-only root and nothing else.

use std::path::PathBuf;
use std::sync::LazyLock;

use rusqlite::Connection;

/// Whether SQLite finds a folder; asked once, because the answer belongs to the machine.
static HAS_FOLDER: LazyLock<bool> =
    LazyLock::new(|| folders().any(|folder| tempfile::tempfile_in(folder).is_ok()));

/// Where SQLite looks, besides a folder that somebody has named for it alone.
fn folders() -> impl Iterator<Item = PathBuf> {
    let usual = ["/var/tmp", "/usr/tmp", "/tmp", "."].map(PathBuf::from);
    [std::env::temp_dir()].into_iter().chain(usual)
}

/// Keeps it in memory where there is no such folder. Elsewhere a file is better, because a large sync sorts a lot.
pub(crate) fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    if *HAS_FOLDER { Ok(()) } else { connection.execute_batch("pragma temp_store = memory") }
}
