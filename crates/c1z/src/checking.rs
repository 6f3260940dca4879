//! Checking the pages of a copy while its rows are read already. Decoding and checking a large file takes half a second, and
//! nobody should wait for the second half before the first row.
//!
//! What is read meanwhile counts only once the verdict is known. Damaged pages can give rows without end: from the moment in
//! which damage is found, SQLite gives up whatever it does for the reader.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, InterruptHandle};

use crate::Error;

/// How many instructions of SQLite's machine the reader may take between two looks at what has been found.
const LOOK_EVERY: i32 = 100_000;

/// A check that is under way, or has ended and nobody has asked how.
pub(crate) struct Checking {
    thread: Option<JoinHandle<Result<(), Error>>>,
    stop: InterruptHandle,
}

impl fmt::Debug for Checking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checking").field("thread", &self.thread).finish_non_exhaustive()
    }
}

impl Checking {
    /// Lets `work` check with a connection of its own what the reader's connection reads.
    ///
    /// # Errors
    /// When the reader's connection cannot be told to look.
    pub(crate) fn start(
        reader: &mut Connection,
        own: Connection,
        work: impl FnOnce(&Connection) -> Result<(), Error> + Send + 'static,
    ) -> Result<Self, Error> {
        let is_damaged = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_damaged);
        reader
            .progress_handler(LOOK_EVERY, Some(move || seen.load(Ordering::Relaxed)))
            .map_err(Error::sqlite("watch over reading"))?;
        let stop = own.get_interrupt_handle();
        let thread = thread::spawn(move || {
            let verdict = work(&own);
            is_damaged.store(verdict.is_err(), Ordering::Relaxed);
            verdict
        });
        Ok(Self { thread: Some(thread), stop })
    }

    /// Waits for the verdict.
    ///
    /// # Errors
    /// What was found.
    pub(crate) fn verdict(mut self) -> Result<(), Error> {
        let panicked = |_| Err(Error::Schema { reason: "its pages could not be looked through".to_owned() });
        self.thread.take().map_or(Ok(()), |thread| thread.join().unwrap_or_else(panicked))
    }
}

impl Drop for Checking {
    /// Gives up, because nobody asks any more. The copy must not be removed under a connection.
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.stop.interrupt();
            // How it ends does not matter.
            let _ = thread.join();
        }
    }
}
