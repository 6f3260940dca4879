//! When a failed request is sent again: a policy as a value, and the arithmetic of waiting.
//!
//! Nothing here waits or sends. Which errors qualify is said by [`crate::Error::is_retryable`].

mod advice;
mod backoff;

use std::time::Duration;

pub(crate) use advice::advice;
pub(crate) use backoff::{Backoff, Decision};

/// How a wait is made random, so that many clients do not come back at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Jitter {
    /// Not at all: base, twice the base, four times the base, up to the longest wait.
    None,
    /// Between zero and what [`Jitter::None`] would wait.
    Full,
    /// Between the base and three times the wait before, up to the longest wait.
    Decorrelated,
}

/// How often and how long a failed read is tried again.
///
/// The wait before a retry is the computed one or what the server asks for (`Retry-After`, and after 429
/// `X-RateLimit-Reset`), whichever is longer. When it would not end inside the total time, the client gives up at
/// once and [`crate::Error::retry_after`] says how long the server asked to wait. So a call never sits out a long wait:
/// whoever made it decides whether to wait, with the reason in sight, or to stop.
///
/// What the server asks for in `Retry-After` holds for every call of the client and its clones: none sends before that
/// time, and those that cannot wait for it fail at once without having sent anything. The total time does not limit how
/// long a call waits for the client's own [`crate::Pace`].
///
/// Time is injectable through [`crate::Clock`], randomness through [`RetryPolicy::with_seed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    pub(crate) max_attempts: u32,
    pub(crate) total: Duration,
    pub(crate) base: Duration,
    pub(crate) longest: Duration,
    pub(crate) jitter: Jitter,
    pub(crate) seed: Option<u64>,
    pub(crate) instant: bool,
}

impl RetryPolicy {
    /// One attempt, no retry.
    pub fn none() -> Self {
        Self::default().with_max_attempts(1)
    }

    /// The default policy without any waiting: waits are computed and reported, and take no time.
    pub fn for_tests() -> Self {
        Self { instant: true, ..Self::default().with_seed(0) }
    }

    /// How many times a request is sent at most, the first time included. Zero counts as one.
    #[must_use]
    pub fn with_max_attempts(self, max_attempts: u32) -> Self {
        Self { max_attempts: max_attempts.max(1), ..self }
    }

    /// The time, from the first attempt, after which no wait for a further one ends. Also the longest that a call waits
    /// for its first attempt because the server asked another call to wait.
    #[must_use]
    pub fn with_total_time(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    /// The wait before the first retry, before it is made random.
    #[must_use]
    pub fn with_base_delay(self, base: Duration) -> Self {
        Self { base, ..self }
    }

    /// The longest computed wait. The server may ask for more.
    #[must_use]
    pub fn with_max_delay(self, longest: Duration) -> Self {
        Self { longest, ..self }
    }

    /// How waits are made random.
    #[must_use]
    pub fn with_jitter(self, jitter: Jitter) -> Self {
        Self { jitter, ..self }
    }

    /// Makes the random part of the waits repeatable.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }
}

impl Default for RetryPolicy {
    /// Six attempts in one minute, waits from half a second to 30 seconds with full jitter: enough for a server that
    /// restarts, and no time lost on one that is gone or on a quota that is used up.
    fn default() -> Self {
        Self {
            max_attempts: 6,
            total: Duration::from_secs(60),
            base: Duration::from_millis(500),
            longest: Duration::from_secs(30),
            jitter: Jitter::Full,
            seed: None,
            instant: false,
        }
    }
}
