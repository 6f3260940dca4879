//! How long a sync waits for a source that asks to come back later.

use std::time::Duration;

use governance_model::ConnectorError;

use crate::{Clock, Event, Observer, Options, Stop, SyncError};

/// The first wait when the source does not say how long; each further one in a row is twice as long.
const FIRST: Duration = Duration::from_secs(60);
/// The longest wait of our own choosing.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What is left of the time that may be spent waiting.
pub(crate) struct Patience<'a> {
    left: Duration,
    next: Duration,
    stop: Stop,
    clock: &'a dyn Clock,
    observer: &'a dyn Observer,
}

impl<'a> Patience<'a> {
    pub(crate) fn new(options: &Options, clock: &'a dyn Clock, observer: &'a dyn Observer) -> Self {
        Self { left: options.max_wait, next: FIRST, stop: options.stop.clone(), clock, observer }
    }

    /// Waits if the error is a quota that opens again within the time left; otherwise gives the error back.
    ///
    /// # Errors
    /// The error itself, or [`SyncError::Stopped`].
    pub(crate) async fn outlast(&mut self, error: SyncError) -> Result<(), SyncError> {
        let SyncError::Connector(refused) = &error else { return Err(error) };
        let wait = self.wait_for(refused);
        if !refused.rate_limited || wait > self.left {
            return Err(error);
        }
        self.left -= wait;
        self.next = (self.next * 2).min(LONGEST);
        tracing::info!(seconds = wait.as_secs(), "The source asks to come back later.");
        self.observer.event(&Event::Waiting { seconds: wait.as_secs(), until: self.clock.now() + wait });
        tokio::select! {
            biased;
            () = self.stop.asked() => Err(SyncError::Stopped),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    /// Says that the source answers again.
    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }

    fn wait_for(&self, refused: &ConnectorError) -> Duration {
        refused.retry_after.unwrap_or(self.next)
    }
}
