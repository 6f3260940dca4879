//! The log of one task, as JSON lines, for C1 when it asks for it. In a file without a name where the system has such, so
//! that nothing of it stays behind, however the process ends.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value};

/// How large it may get; a log that is longer says nothing more to anybody.
const MAX: u64 = 16 * 1024 * 1024;

/// A log of one task.
#[derive(Debug)]
pub struct DebugLog(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    file: File,
    written: u64,
}

impl DebugLog {
    /// An empty one; `folder` says on which disk.
    ///
    /// # Errors
    /// When there can be no file.
    pub fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self(Mutex::new(Inner { file: tempfile::tempfile_in(folder)?, written: 0 })))
    }

    /// Writes a line: when, what, and `fields`. What cannot be written is lost: the work matters more than its log.
    pub fn line(&self, level: &str, message: &str, fields: &[(&str, Value)]) {
        let mut line = Map::new();
        line.insert("level".to_owned(), level.into());
        line.insert("ts".to_owned(), Timestamp::now().to_string().into());
        line.insert("msg".to_owned(), message.into());
        line.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let mut bytes = Value::Object(line).to_string().into_bytes();
        bytes.push(b'\n');
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = bytes.len() as u64;
        if inner.written + size <= MAX && inner.file.write_all(&bytes).is_ok() {
            inner.written += size;
        }
    }

    /// The file, from its beginning.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn file(&self) -> io::Result<File> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.file.flush()?;
        let mut file = inner.file.try_clone()?;
        file.rewind()?;
        Ok(file)
    }
}
