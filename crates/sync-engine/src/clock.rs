//! Where the time of day comes from, and how waits pass.

use std::pin::Pin;
use std::time::Duration;

use governance_model::Timestamp;

/// A wait in progress.
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The time of day, as a seam: tests set it, the program reads the system's.
pub trait Clock: Send + Sync {
    /// The time now, in UTC.
    fn now(&self) -> Timestamp;

    /// Ends when the given time has passed on this clock. Unless a clock says otherwise, that is tokio's timer, so a paused
    /// tokio clock pauses it as well.
    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
