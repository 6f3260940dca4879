//! The client-side rate limit: how fast requests may leave.
//!
//! A pace is a value; the limiter that keeps it, and lowers it when the server asks for less, is private. Concurrency is
//! left to the caller.

mod hold;
mod limiter;
mod slowdown;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

pub(crate) use hold::Hold;
pub(crate) use limiter::{Limiter, Patience, Ticket};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

const TEN: NonZeroU32 = NonZeroU32::new(10).expect("10 is above zero");
const FIFTEEN: NonZeroU32 = NonZeroU32::new(15).expect("15 is above zero");

/// Why a text or a number is no pace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaceError {
    /// Zero requests, or a period of zero.
    #[error("a pace needs at least one request and a period above zero")]
    Zero,
    /// Not `<number>/<s|m|h>` and not `unlimited`.
    #[error("a pace is written like 10/s, 90/m, 30/h or unlimited, not {0:?}")]
    Format(String),
}

/// How many requests may be sent in which time.
///
/// It is the most that a client sends. An answer 429 halves it, down to one request per minute, and voids the burst; each
/// success gives back a 32nd of it, until it is whole again, and the burst with it. Several answers to requests that left
/// before the pace was halved halve it once. A pace below one request per minute, such as that of the Free plan, is a quota
/// already and is not lowered; [`Pace::unlimited`] has nothing that could be. See [`crate::Client::pace_now`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace(Option<Rate>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    requests: NonZeroU32,
    per: Duration,
    burst: NonZeroU32,
}

impl Rate {
    fn interval(self) -> Duration {
        self.per / self.requests.get()
    }
}

impl Pace {
    /// Requests spread evenly over a period, one at a time: 10 per second means one each 100 ms.
    ///
    /// # Errors
    ///
    /// When either is zero, or the period is too short for that many requests.
    pub fn new(requests: u32, per: Duration) -> Result<Self, PaceError> {
        let requests = NonZeroU32::new(requests).ok_or(PaceError::Zero)?;
        if (per / requests.get()).is_zero() {
            return Err(PaceError::Zero);
        }
        Ok(Self(Some(Rate { requests, per, burst: NonZeroU32::MIN })))
    }

    /// Never more than `requests` in any period of that length: half at once, the rest spread over the period.
    /// This is the pace for a hard quota that may count from any moment.
    ///
    /// # Errors
    ///
    /// As [`Pace::new`]; a single request has no half and is simply spread.
    pub fn within(requests: u32, period: Duration) -> Result<Self, PaceError> {
        let burst = requests / 2;
        let pace = Self::new(requests - burst, period)?;
        Ok(NonZeroU32::new(burst).map_or(pace, |burst| pace.with_burst(burst)))
    }

    /// The quota of a new Free workspace: 30 requests in an hour (clockify reference 7).
    pub fn free_plan() -> Self {
        Self(Some(Rate { requests: FIFTEEN, per: HOUR, burst: FIFTEEN }))
    }

    /// No limit, for a server that has none.
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// The time between two requests once the burst is used up; nothing when there is no limit.
    pub fn interval(&self) -> Option<Duration> {
        self.0.map(Rate::interval)
    }

    /// One request in each interval, and no burst.
    fn spread(interval: Duration) -> Self {
        Self(Some(Rate { requests: NonZeroU32::MIN, per: interval, burst: NonZeroU32::MIN }))
    }

    /// Lets this many requests leave at once after a pause.
    #[must_use]
    pub fn with_burst(self, burst: NonZeroU32) -> Self {
        Self(self.0.map(|rate| Rate { burst, ..rate }))
    }
}

impl Default for Pace {
    /// 10 requests per second, the lowest of the limits that Clockify's users report for paid plans.
    fn default() -> Self {
        Self(Some(Rate { requests: TEN, per: SECOND, burst: NonZeroU32::MIN }))
    }
}

impl FromStr for Pace {
    type Err = PaceError;

    /// Reads `10/s`, `90/m`, `30/h` or `unlimited`. An hourly number is a quota, see [`Pace::within`]; the others
    /// are spread evenly.
    fn from_str(text: &str) -> Result<Self, PaceError> {
        let text = text.trim();
        if text == "unlimited" {
            return Ok(Self::unlimited());
        }
        let format = || PaceError::Format(text.to_owned());
        let (requests, unit) = text.split_once('/').ok_or_else(format)?;
        let requests = requests.parse().map_err(|_| format())?;
        match unit {
            "s" => Self::new(requests, SECOND),
            "m" => Self::new(requests, MINUTE),
            "h" => Self::within(requests, HOUR),
            _ => Err(format()),
        }
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("unlimited"),
            Some(Rate { requests, per, burst }) if burst.get() == 1 => write!(f, "{requests} in {per:?}"),
            Some(Rate { requests, per, burst }) => write!(f, "{burst} at once, then {requests} in {per:?}"),
        }
    }
}
