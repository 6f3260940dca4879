//! A spread, so that many schedules do not ask at the same second.

use std::time::Duration;

use governance_model::Timestamp;
use jiff::SignedDuration;

/// Delays regular runs by a random time of up to a maximum.
#[derive(Clone, Debug)]
pub struct Jitter {
    max: Duration,
    random: fastrand::Rng,
}

impl Jitter {
    /// At most `max` late; one seed always gives the same delays.
    pub fn new(max: Duration, seed: u64) -> Self {
        Self { max, random: fastrand::Rng::with_seed(seed) }
    }

    /// None at all.
    pub fn none() -> Self {
        Self::new(Duration::ZERO, 0)
    }

    /// Delays a run, but never up to the regular time `after` it.
    pub(super) fn delay(&mut self, run: Timestamp, after: Option<Timestamp>) -> Timestamp {
        let room = after
            .map_or(Duration::MAX, |after| Duration::try_from(after.duration_since(run)).unwrap_or_default());
        let bound = u64::try_from(self.max.min(room).as_millis()).unwrap_or(u64::MAX);
        if bound == 0 {
            return run;
        }
        let late = i64::try_from(self.random.u64(..bound)).unwrap_or(i64::MAX);
        run.checked_add(SignedDuration::from_millis(late)).unwrap_or(run)
    }
}
