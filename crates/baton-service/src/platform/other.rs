//! Everything that is not Unix: no `uname`, no permission bits, and folders that cannot be opened.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

use super::Machine;

pub(crate) fn machine() -> Machine {
    Machine {
        // Windows names the machine there, and child processes inherit it.
        hostname: std::env::var("COMPUTERNAME").unwrap_or_default(),
        platform: std::env::consts::OS.to_owned(),
        platform_family: std::env::consts::FAMILY.to_owned(),
        kernel_arch: std::env::consts::ARCH.to_owned(),
        ..Machine::default()
    }
}

/// Makes a folder, and those above it; who may look into it comes from there.
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

/// The system sees to it that a name outlives a power cut.
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
