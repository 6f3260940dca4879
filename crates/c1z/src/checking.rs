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
    sides: Vec<Side>,
    is_unwanted: Arc<AtomicBool>,
}

/// One thread of it.
struct Side {
    thread: JoinHandle<Result<(), Error>>,
    stop: InterruptHandle,
}

impl fmt::Debug for Checking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checking").field("sides", &self.sides.len()).finish_non_exhaustive()
    }
}

impl Checking {
    /// Lets `check` look at tables, on each side with a connection of its own, while the reader's connection reads them.
    ///
    /// # Errors
    /// When the reader's connection cannot be told to look.
    pub(crate) fn start(
        reader: &mut Connection,
        sides: [(Connection, Vec<&'static str>); 2],
        check: fn(&Connection, &str) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let is_damaged = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_damaged);
        reader
            .progress_handler(LOOK_EVERY, Some(move || seen.load(Ordering::Relaxed)))
            .map_err(Error::sqlite("watch over reading"))?;
        let is_unwanted = Arc::new(AtomicBool::new(false));
        let start = |(own, tables): (Connection, Vec<&'static str>)| {
            let stop = own.get_interrupt_handle();
            let (is_damaged, is_unwanted) = (Arc::clone(&is_damaged), Arc::clone(&is_unwanted));
            let thread = thread::spawn(move || {
                let mut left = tables.iter().take_while(|_| !is_unwanted.load(Ordering::Relaxed));
                let verdict = left.try_for_each(|table| check(&own, table));
                is_damaged.fetch_or(verdict.is_err(), Ordering::Relaxed);
                verdict
            });
            Side { thread, stop }
        };
        Ok(Self { sides: sides.into_iter().map(start).collect(), is_unwanted })
    }

    /// Waits for the verdict.
    ///
    /// # Errors
    /// What was found, on the first side if on both.
    pub(crate) fn verdict(mut self) -> Result<(), Error> {
        let panicked = |_| Err(Error::Schema { reason: "its pages could not be looked through".to_owned() });
        let sides = self.sides.drain(..).map(|side| side.thread.join().unwrap_or_else(panicked));
        sides.fold(Ok(()), Result::and)
    }
}

impl Drop for Checking {
    /// Gives up, because nobody asks any more. The copy must not be removed under a connection.
    fn drop(&mut self) {
        self.is_unwanted.store(true, Ordering::Relaxed);
        for side in self.sides.drain(..) {
            side.stop.interrupt();
            // How it ends does not matter.
            let _ = side.thread.join();
        }
    }
}
