//! One run per output: an advisory lock beside the output file.
//!
//! The operating system gives the lock back when its holder ends, however it ends, so a dead process blocks nobody; at
//! most it leaves the empty lock file. A holder that ends in order removes that file on Unix. A file that was opened
//! just before it was removed must not count as a lock, so whoever gets a lock looks whether it is still the file of
//! that name. Elsewhere the file stays.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::platform;

/// Held while a run works on an output; given back when dropped.
#[derive(Debug)]
pub struct OutputLock {
    path: PathBuf,
    file: File,
}

/// Why an output could not be locked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run holds it.
    #[error("another run is working on {}", .output.display())]
    Held {
        /// The output that was asked for.
        output: PathBuf,
    },
    /// The lock file could not be made.
    #[error("cannot write in the folder of {}", .output.display())]
    Io {
        /// The output that was asked for.
        output: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The lock file is there and cannot be used.
    #[error("cannot lock {} with {}", .output.display(), .lock.display())]
    File {
        /// The output that was asked for.
        output: PathBuf,
        /// The lock file.
        lock: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl LockError {
    /// The same about the output as it was named, which may be a link to the one that is locked.
    pub(crate) fn about(self, named: &Path) -> Self {
        let output = named.to_owned();
        match self {
            Self::Held { .. } => Self::Held { output },
            Self::Io { source, .. } => Self::Io { output, source },
            Self::File { lock, source, .. } => Self::File { output, lock, source },
        }
    }
}

impl OutputLock {
    /// Takes the lock of an output, without waiting.
    ///
    /// # Errors
    /// [`LockError::Held`] when another run has it, [`LockError::Io`] when the folder does not take the lock file,
    /// [`LockError::File`] when what stands in its place is no lock file of ours.
    pub fn acquire(output: &Path) -> Result<Self, LockError> {
        let path = beside(output, "lock");
        let failed = |source| {
            let output = output.to_owned();
            if path.symlink_metadata().is_ok() {
                return LockError::File { output, lock: path.clone(), source };
            }
            LockError::Io { output, source }
        };
        loop {
            let file =
                OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(LockError::Held { output: output.to_owned() }),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
            if platform::is_still(&file, &path).map_err(failed)? {
                return Ok(Self { path, file });
            }
        }
    }
}

impl Drop for OutputLock {
    fn drop(&mut self) {
        // Removed while it is still held, so that nobody else's lock file can be meant.
        if let Err(error) = platform::remove_held(&self.path) {
            tracing::debug!(%error, path = %self.path.display(), "The lock file stays.");
        }
        if let Err(error) = self.file.unlock() {
            tracing::debug!(%error, path = %self.path.display(), "The lock goes with the process.");
        }
    }
}

/// A hidden companion of the output: `dir/.name.suffix`.
pub(crate) fn beside(output: &Path, suffix: &str) -> PathBuf {
    let mut companion = OsString::from(".");
    companion.push(output.file_name().unwrap_or_default());
    companion.push(".");
    companion.push(suffix);
    output.with_file_name(companion)
}
