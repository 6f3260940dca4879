//! Files that appear whole or not at all.
//!
//! Content goes to a temporary file beside the target, for its owner alone (mode 0600 on Unix); [`AtomicFile::commit`]
//! makes it durable and renames it over the target. On every other path the temporary file is removed. Its name is
//! fixed by the target's (`.<name>.baton-tmp`), so what a killed run left behind is removed by the next writer.
//! Two writers of one target at the same time are not prevented here; whoever calls holds a lock or does not mind that
//! one of them fails.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf, is_separator};

pub use crate::folder::AtomicFolder;
use crate::platform;

/// A file being written that does not exist under its name yet.
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    file: File,
    temporary: Temporary,
}

impl AtomicFile {
    /// Begins to write `target`. A symbolic link is followed: the file it points at is what will be replaced.
    ///
    /// # Errors
    /// When the temporary file cannot be created beside the target, or what stands there is no file: a device or a pipe
    /// would be replaced by one, and is refused as a folder is.
    pub fn create(target: &Path) -> io::Result<Self> {
        let names_a_folder =
            target.as_os_str().as_encoded_bytes().last().is_some_and(|last| is_separator(char::from(*last)));
        let target = resolved(target);
        match fs::metadata(&target) {
            Ok(found) if found.is_dir() => {
                return Err(io::Error::new(ErrorKind::IsADirectory, "the target is a folder"));
            }
            Ok(found) if !found.is_file() => {
                return Err(io::Error::new(
                    ErrorKind::InvalidInput,
                    "the target is a device or a pipe, not a file",
                ));
            }
            _ if names_a_folder => {
                return Err(io::Error::new(
                    ErrorKind::NotFound,
                    "there is no such folder, and no name for a file",
                ));
            }
            _ => {}
        }
        let (temporary, file) = Temporary::create(&beside(&target, "baton-tmp")?)?;
        Ok(Self { target, file, temporary })
    }

    /// Makes the content durable and gives it its name, replacing what had it.
    ///
    /// # Errors
    /// When the content cannot be made durable or renamed, the target is as it was. When only the folder cannot be
    /// synchronised, the target is the new file already, and a power loss may still undo that.
    pub fn commit(self) -> io::Result<()> {
        self.file.sync_all()?;
        // Windows renames no file that is open.
        drop(self.file);
        fs::rename(&self.temporary.path, &self.target)?;
        self.temporary.keep();
        platform::sync_folder(&folder_of(&self.target))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Writes `content` to `target`, whole or not at all.
///
/// # Errors
/// As [`AtomicFile::create`] and [`AtomicFile::commit`], and when writing fails.
pub fn write(target: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = AtomicFile::create(target)?;
    file.write_all(content)?;
    file.commit()
}

/// A path at which nothing may be left behind.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
    keep: bool,
}

impl Temporary {
    /// Creates a private file at a path, after removing what a killed run may have left there.
    pub(crate) fn create(path: &Path) -> io::Result<(Self, File)> {
        remove_if_present(path)?;
        let file = platform::create_private(path)?;
        Ok((Self { path: path.to_owned(), keep: false }, file))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn keep(mut self) {
        self.keep = true;
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.keep
            && let Err(error) = remove_if_present(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "a temporary file could not be removed");
        }
    }
}

/// Where a name leads: through links, also when nothing is there yet. A name that cannot be followed stays as it is, and
/// using it will say why.
pub fn resolved(target: &Path) -> PathBuf {
    if let Ok(found) = fs::canonicalize(target) {
        return found;
    }
    // A link to a file that does not exist yet; more than a few in a row are a loop.
    let mut at = target.to_owned();
    for _ in 0..16 {
        let Ok(next) = fs::read_link(&at) else { break };
        at = at.parent().map_or_else(|| next.clone(), |folder| folder.join(&next));
    }
    let name = at.file_name().map(ToOwned::to_owned);
    let folder = at.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (name, fs::canonicalize(folder)) {
        (Some(name), Ok(folder)) => folder.join(name),
        _ => at,
    }
}

/// The path of a hidden companion of a file, in the same folder: `.<name>.<suffix>`.
pub(crate) fn beside(target: &Path, suffix: &str) -> io::Result<PathBuf> {
    let name = target
        .file_name()
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "the path does not end in a file name"))?;
    let mut companion = OsString::from(".");
    companion.push(name);
    companion.push(".");
    companion.push(suffix);
    Ok(target.with_file_name(companion))
}

/// Removes a file; that there is none is no error.
pub(crate) fn remove_if_present(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The folder that a file is in; the current one for a bare name.
pub fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
