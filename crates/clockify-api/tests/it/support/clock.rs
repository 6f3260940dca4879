//! A clock that stands still until somebody waits.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clockify_api::{Clock, Sleep};
use jiff::Timestamp;

/// A wait ends at once, moves the clock on by its length, and is remembered.
#[derive(Clone)]
pub(crate) struct ManualClock {
    state: Arc<Mutex<State>>,
}

struct State {
    now: Duration,
    origin: Timestamp,
    waits: Vec<Duration>,
}

impl ManualClock {
    /// Starts at a date and time of day.
    pub(crate) fn at(origin: &str) -> Self {
        let origin = origin.parse().unwrap();
        Self { state: Arc::new(Mutex::new(State { now: Duration::ZERO, origin, waits: Vec::new() })) }
    }

    pub(crate) fn new() -> Self {
        Self::at("2026-11-24T04:00:00Z")
    }

    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.state.lock().unwrap().waits.clone()
    }

    pub(crate) fn advance(&self, duration: Duration) {
        self.state.lock().unwrap().now += duration;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        self.state.lock().unwrap().now
    }

    fn timestamp(&self) -> Timestamp {
        let state = self.state.lock().unwrap();
        state.origin + jiff::SignedDuration::try_from(state.now).unwrap()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let state = Arc::clone(&self.state);
        Box::pin(async move {
            let mut state = state.lock().unwrap();
            state.now += duration;
            state.waits.push(duration);
        })
    }
}
