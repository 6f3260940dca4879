//! Everything the look-alike remembers, behind one lock.

mod plan;
mod queue;
mod seen;
mod tokens;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub(crate) use plan::Plan;
pub(crate) use queue::{FinishAnswer, Queue, Standing};
pub use queue::{TaskState, TaskView};
pub use seen::{Beat, Exchange, Finish, HandOut, Hello, RequestRecord, Seen, Upload, Violation};
pub(crate) use tokens::{Presented, Tokens};

use crate::fault::Endpoint;

/// What changes while the look-alike runs.
pub(crate) struct State {
    pub(crate) tokens: Tokens,
    pub(crate) queue: Queue,
    pub(crate) plan: Plan,
    pub(crate) seen: Seen,
    pub(crate) next_poll_ms: u64,
    pub(crate) next_heartbeat_ms: u64,
}

/// The state and the clock that its records are dated by.
pub(crate) struct Memory {
    begun: Instant,
    state: Mutex<State>,
}

impl Memory {
    pub(crate) fn new(state: State) -> Self {
        Self { begun: Instant::now(), state: Mutex::new(state) }
    }

    /// Milliseconds since the beginning.
    pub(crate) fn at_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The state. A test that panicked while it held the lock does not make it unreadable.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that a rule was broken.
    pub(crate) fn violated(&self, endpoint: Endpoint, host: &str, what: &str, refused: bool) {
        let at_ms = self.at_ms();
        let violation = Violation { at_ms, endpoint, host: host.to_owned(), what: what.to_owned(), refused };
        self.lock().seen.violations.push(violation);
    }
}
