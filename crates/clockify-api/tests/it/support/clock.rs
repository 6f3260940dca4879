//! Clocks that stand still: until somebody waits, or until the test moves them on.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
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

/// A wait ends when the test has moved the clock on by its length.
#[derive(Clone, Default)]
pub(crate) struct SteppedClock {
    state: Arc<Mutex<(Duration, Vec<Waker>)>>,
}

impl SteppedClock {
    pub(crate) fn advance(&self, duration: Duration) {
        let mut state = self.state.lock().unwrap();
        state.0 += duration;
        state.1.drain(..).for_each(Waker::wake);
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Duration {
        self.state.lock().unwrap().0
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::try_from(self.now()).unwrap()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let state = Arc::clone(&self.state);
        let end = self.now() + duration;
        Box::pin(poll_fn(move |cx| {
            let mut state = state.lock().unwrap();
            if state.0 >= end {
                return Poll::Ready(());
            }
            state.1.push(cx.waker().clone());
            Poll::Pending
        }))
    }
}
