//! Unix: `uname`, on Linux the description of the distribution, and folders with permission bits.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use rustix::system::uname;

use super::Machine;

pub(crate) fn machine() -> Machine {
    let names = uname();
    let text = |name: &std::ffi::CStr| name.to_string_lossy().into_owned();
    let release = release();
    let said = |key| value(&release, key);
    let platform = said("ID").unwrap_or_else(|| text(names.sysname()).to_lowercase());
    Machine {
        hostname: text(names.nodename()),
        platform_version: said("VERSION_ID").unwrap_or_default(),
        platform_family: said("ID_LIKE").unwrap_or_else(|| platform.clone()),
        platform,
        kernel_version: text(names.release()),
        kernel_arch: text(names.machine()),
    }
}

/// Makes a folder, and those above it, that nobody else can look into.
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes the names in a folder outlive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The description of the distribution; nothing where there is none, as in images without a distribution.
fn release() -> String {
    ["/etc/os-release", "/usr/lib/os-release"]
        .into_iter()
        .find_map(|path| std::fs::read_to_string(Path::new(path)).ok())
        .unwrap_or_default()
}

/// The value of a key in the shell-like lines of `os-release`.
fn value(release: &str, key: &str) -> Option<String> {
    let line = release.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
    let value = line.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_and_without_quotes() {
        let release = "NAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID=\"13\"\nID_LIKE=''\n";
        assert_eq!(value(release, "ID").as_deref(), Some("debian"));
        assert_eq!(value(release, "VERSION_ID").as_deref(), Some("13"));
        assert_eq!(value(release, "ID_LIKE"), None);
        assert_eq!(value(release, "VERSION"), None);
    }
}
