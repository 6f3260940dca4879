//! A clock on which every wait is over at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clockify_api::{Clock, Sleep};
use jiff::Timestamp;

/// Time that passes only by waiting.
#[derive(Debug, Default)]
pub(super) struct SteppedClock(AtomicU64);

impl Clock for SteppedClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    fn timestamp(&self) -> Timestamp {
        // 2026-03-01, so that dates in answers lie before and behind it.
        Timestamp::constant(1_772_323_200, 0)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        // One more, so that no wait is ever found to be unfinished.
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        let _ =
            self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(now.saturating_add(millis)));
        Box::pin(std::future::ready(()))
    }
}
