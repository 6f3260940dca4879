//! One run per output: an advisory lock beside the output file.
//!
//! The operating system gives the lock back when its holder ends, however it ends, so a dead process blocks nobody.
//! The empty lock file itself stays: removing it would let two runs each lock a different file of the same name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Held while a run works on an output; given back when dropped.
#[derive(Debug)]
pub struct OutputLock {
    _file: File,
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
    #[error("cannot lock {}", .path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl OutputLock {
    /// Takes the lock of an output, without waiting.
    ///
    /// # Errors
    /// [`LockError::Held`] when another run has it, [`LockError::Io`] when the folder does not take the lock file.
    pub fn acquire(output: &Path) -> Result<Self, LockError> {
        let path = beside(output, "lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| LockError::Io { path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held { output: output.to_owned() }),
            Err(TryLockError::Error(source)) => Err(LockError::Io { path, source }),
        }
    }
}

/// A hidden companion of the output: `dir/.name.suffix`.
pub(crate) fn beside(output: &Path, suffix: &str) -> PathBuf {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    output.with_file_name(format!(".{name}.{suffix}"))
}
