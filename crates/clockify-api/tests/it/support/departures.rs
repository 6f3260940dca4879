//! An observer that notes when requests leave, what is waited for, and how the pace changes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clockify_api::{Clock, Observer, PaceChange, Request, Wait, WaitReason};

#[derive(Default)]
struct Notes {
    departures: Vec<Duration>,
    waits: Vec<(Duration, WaitReason)>,
    changes: Vec<PaceChange>,
}

/// Notes by the client's own clock.
#[derive(Clone)]
pub(crate) struct Departures<C> {
    clock: C,
    notes: Arc<Mutex<Notes>>,
}

impl<C: Clock> Departures<C> {
    pub(crate) fn new(clock: C) -> Self {
        Self { clock, notes: Arc::default() }
    }

    /// When each request left.
    pub(crate) fn times(&self) -> Vec<Duration> {
        self.notes.lock().unwrap().departures.clone()
    }

    /// The times between one departure and the next.
    pub(crate) fn gaps(&self) -> Vec<Duration> {
        self.times().windows(2).map(|pair| pair[1].checked_sub(pair[0]).unwrap()).collect()
    }

    /// Every wait that was announced.
    pub(crate) fn waits(&self) -> Vec<(Duration, WaitReason)> {
        self.notes.lock().unwrap().waits.clone()
    }

    /// Every change of the pace.
    pub(crate) fn changes(&self) -> Vec<PaceChange> {
        self.notes.lock().unwrap().changes.clone()
    }
}

impl<C: Clock> Observer for Departures<C> {
    fn request_started(&self, _: &Request) {
        self.notes.lock().unwrap().departures.push(self.clock.now());
    }

    fn waiting(&self, _: &Request, wait: &Wait) {
        self.notes.lock().unwrap().waits.push((wait.duration, wait.reason));
    }

    fn pace_changed(&self, change: &PaceChange) {
        self.notes.lock().unwrap().changes.push(*change);
    }
}
