//! How long a sync waits for a source that asks to come back later.

use std::time::Duration;

use governance_model::{ConnectorError, Timestamp};

use crate::{Clock, Event, Observer, Options, Stop, SyncError, WaitReason};

/// The first wait when the source does not say how long; each further one in a row is twice as long.
const FIRST: Duration = Duration::from_secs(60);
/// The longest wait of our own choosing.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// How often a wait says that it goes on. Also how soon a clock that was set, or a machine that slept, is noticed.
const REMINDER: Duration = Duration::from_secs(60);

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
        self.wait(wait).await?;
        self.observer.event(&Event::WaitOver);
        Ok(())
    }

    async fn wait(&mut self, wait: Duration) -> Result<(), SyncError> {
        let reason = WaitReason::Quota;
        let until = self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        self.observer.event(&Event::Waiting { reason, seconds: whole_seconds(wait), until });
        let mut left = wait;
        loop {
            let slice = left.min(REMINDER);
            tokio::select! {
                biased;
                () = self.stop.asked() => return Err(SyncError::Stopped),
                () = self.clock.sleep(slice) => {}
            }
            // By the time that was slept and by the clock, so that it ends even if somebody sets the clock back.
            let by_clock = Duration::try_from(until.duration_since(self.clock.now())).unwrap_or_default();
            left = left.saturating_sub(slice).min(by_clock);
            if left.is_zero() {
                return Ok(());
            }
            self.observer.event(&Event::StillWaiting { reason, seconds: whole_seconds(left), until });
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

/// Rounded up, so that nobody comes too early.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
