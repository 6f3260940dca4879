//! The arithmetic of a pace that a server made slower: halved by a refusal, mended step by step by successes.
//!
//! Shares are whole numbers, so that a pace that recovers arrives exactly at the configured one.

use std::time::Duration;

/// The configured pace.
const WHOLE: u64 = 1 << 20;
/// What a success gives back: a half is mended by 16 of them, a step small enough to meet the server's limit softly.
const STEP: u64 = WHOLE / 32;
/// The longest interval that a refusal leads to.
const SLOWEST: Duration = Duration::from_secs(60);

/// How much of a pace is left.
#[derive(Debug)]
pub(super) struct Slowdown {
    configured: Duration,
    /// The least share: one request in [`SLOWEST`], or everything when the configured pace is slower than that.
    floor: u64,
    share: u64,
    /// How often the pace was lowered. A request that left before the last time says nothing about the pace after it.
    lowered: u64,
}

impl Slowdown {
    pub(super) fn new(configured: Duration) -> Self {
        let floor = configured.as_nanos() * u128::from(WHOLE) / SLOWEST.as_nanos();
        let floor = u64::try_from(floor).unwrap_or(WHOLE).clamp(1, WHOLE);
        Self { configured, floor, share: WHOLE, lowered: 0 }
    }

    /// Which pace a request leaves under.
    pub(super) fn generation(&self) -> u64 {
        self.lowered
    }

    /// The interval between two requests, when it is not the configured one.
    pub(super) fn interval(&self) -> Option<Duration> {
        if self.share == WHOLE {
            return None;
        }
        let nanos = (self.configured.as_nanos() * u128::from(WHOLE)).div_ceil(u128::from(self.share));
        // The floor is rounded down, so the interval is cut to the round number here.
        Some(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)).min(SLOWEST))
    }

    /// A request that left in `generation` was refused.
    pub(super) fn refused(&mut self, generation: u64) {
        if generation == self.lowered {
            self.share = (self.share / 2).max(self.floor);
            self.lowered += 1;
        }
    }

    /// A request that left in `generation` was answered.
    pub(super) fn succeeded(&mut self, generation: u64) {
        if generation == self.lowered {
            self.share = (self.share + STEP).min(WHOLE);
        }
    }
}
