//! Where decoded copies of c1z files go while they are read.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::problems::Problems;

/// The Go tools' variable for it, which their flag outweighs.
pub(crate) const VARIABLE: &str = "BATON_TMPDIR";

/// For the whole process: files are read in many places, and a limit of the machine is the same for all of them.
static NAMED: OnceLock<PathBuf> = OnceLock::new();

/// Takes the folder that the user names, if any.
pub(crate) fn name(flag: Option<&PathBuf>, problems: &mut Problems) {
    let variable = || std::env::var_os(VARIABLE).map(PathBuf::from);
    let folder = flag.cloned().or_else(variable).filter(|path| !path.as_os_str().is_empty());
    let Some(folder) = folder else { return };
    if folder.is_dir() {
        // Named once, at the start.
        let _ = NAMED.set(folder);
    } else {
        problems.sentence(format!("the specified c1z temp dir does not exist: {}", folder.display()));
        problems.hint("make that folder, or leave out --c1z-temp-dir, BATON_C1Z_TEMP_DIR and BATON_TMPDIR");
    }
}

/// The folder that the user named.
pub(crate) fn folder() -> Option<PathBuf> {
    NAMED.get().cloned()
}
