//! One time for everybody: the client's waits, the engine's waits and the look-alike's quota are on the same clock.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Stands still until somebody waits; then it is at once as late as the end of that wait. Waits at the same time overlap, as
/// real ones do.
#[derive(Clone, Default)]
pub(crate) struct VirtualClock(Arc<Mutex<Duration>>);

impl VirtualClock {
    /// The time since the clock was made.
    pub(crate) fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    pub(crate) fn advance(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }

    fn date(&self) -> Timestamp {
        let begun: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        begun + SignedDuration::try_from(self.elapsed()).unwrap()
    }

    fn wait(&self, duration: Duration) -> impl Future<Output = ()> + Send + use<> {
        let time = Arc::clone(&self.0);
        let end = self.elapsed() + duration;
        async move {
            let mut time = time.lock().unwrap();
            *time = end.max(*time);
        }
    }
}

impl clockify_api::Clock for VirtualClock {
    fn now(&self) -> Duration {
        self.elapsed()
    }

    fn timestamp(&self) -> Timestamp {
        self.date()
    }

    fn sleep(&self, duration: Duration) -> clockify_api::Sleep {
        Box::pin(self.wait(duration))
    }
}

impl sync_engine::Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.date()
    }

    fn sleep(&self, duration: Duration) -> sync_engine::Sleep<'_> {
        Box::pin(self.wait(duration))
    }
}
