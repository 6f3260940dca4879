//! Time as the client sees it: a trait, so that tests decide what time it is and how long a wait takes.
//!
//! Retries and the rate limit wait through it. Timeouts of sockets do not: they belong to the HTTP stack and run
//! on tokio's own timer.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// A wait in progress.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where the client takes its time from.
pub trait Clock: Send + Sync + 'static {
    /// The time since some fixed moment. It never goes back.
    fn now(&self) -> Duration;

    /// The date and time of day, needed for a `Retry-After` that names a date.
    fn timestamp(&self) -> Timestamp;

    /// Ends when the given time has passed on this clock.
    fn sleep(&self, duration: Duration) -> Sleep;
}

/// The real clock. It waits on tokio's timer, so a paused tokio clock pauses it as well.
#[derive(Clone, Copy)]
pub struct TokioClock {
    origin: Instant,
}

impl TokioClock {
    /// Starts at zero now.
    pub fn new() -> Self {
        Self { origin: Instant::now() }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

impl fmt::Debug for TokioClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokioClock")
    }
}
