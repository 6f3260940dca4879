//! The arithmetic of waiting between the attempts of one call.

use std::time::Duration;

use fastrand::Rng;

use super::{Jitter, RetryPolicy};

/// What to do after a failed attempt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Wait(Duration),
    GiveUp,
}

/// The retries of one call.
pub(crate) struct Backoff<'a> {
    policy: &'a RetryPolicy,
    failures: u32,
    previous: Duration,
}

impl<'a> Backoff<'a> {
    pub(crate) fn new(policy: &'a RetryPolicy) -> Self {
        Self { policy, failures: 0, previous: policy.base }
    }

    /// Decides after a failure: `asked` is what the server wants in answer to this call, `imposed` how long it keeps
    /// everybody from sending, and `elapsed` the time since the first attempt.
    pub(crate) fn after_failure(
        &mut self,
        asked: Option<Duration>,
        imposed: Duration,
        elapsed: Duration,
        rng: &mut Rng,
    ) -> Decision {
        self.failures += 1;
        if self.failures >= self.policy.max_attempts {
            return Decision::GiveUp;
        }
        let wait = self.computed(rng).max(asked.unwrap_or_default());
        if elapsed.saturating_add(wait.max(imposed)) > self.policy.total {
            return Decision::GiveUp;
        }
        Decision::Wait(wait)
    }

    fn computed(&mut self, rng: &mut Rng) -> Duration {
        let RetryPolicy { base, longest, jitter, .. } = *self.policy;
        let doublings = 2_u32.saturating_pow(self.failures - 1);
        let ceiling = base.saturating_mul(doublings).min(longest);
        match jitter {
            Jitter::None => ceiling,
            Jitter::Full => between(Duration::ZERO, ceiling, rng),
            Jitter::Decorrelated => {
                let upper = self.previous.saturating_mul(3).max(base);
                self.previous = between(base, upper, rng).min(longest);
                self.previous
            }
        }
    }
}

fn between(low: Duration, high: Duration, rng: &mut Rng) -> Duration {
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(rng.u64(micros(low)..=micros(high)))
}
