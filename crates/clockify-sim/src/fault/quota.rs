//! A number of requests that a period allows.

use std::time::Duration;

/// So many requests in each period, counted over all endpoints; what exceeds it gets 429 (clockify reference 7).
///
/// Periods follow the clock of the simulator, see [`SimulatorBuilder::clock`](crate::SimulatorBuilder::clock): a test that
/// gives the simulator and its client one virtual clock drives an hourly quota in no time.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// How many requests a period allows.
    pub requests: u32,
    /// How long a period lasts; the first one starts with the first request, a later one with the first request after the
    /// end of the one before.
    pub period: Duration,
    /// Whether a refusal says in `Retry-After` when the period ends.
    pub retry_after: bool,
}

impl Quota {
    /// The quota of a new Free workspace: 30 requests an hour, without `Retry-After`.
    pub fn free_plan() -> Self {
        Self { requests: 30, period: Duration::from_secs(3_600), retry_after: false }
    }
}
