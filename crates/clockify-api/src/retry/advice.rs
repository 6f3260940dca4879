//! What a server says about when to come back.
//!
//! Clockify documents no such header; both are read because a proxy or a later version may send them (clockify
//! reference 7).

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Below this a reset is a number of seconds from now, from here on a moment in seconds since 1970.
const EPOCH_SECONDS: u64 = 1_000_000_000;
/// From here on a reset is a moment in milliseconds since 1970.
const EPOCH_MILLIS: u64 = 1_000_000_000_000;

/// How long the server asks to wait. `X-RateLimit-Reset` counts only after 429: on other answers it describes a
/// quota that is not used up.
pub(crate) fn advice(headers: &HeaderMap, status: u16, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(wait) = text(RETRY_AFTER.as_str()).and_then(|value| retry_after(value, now)) {
        return Some(wait);
    }
    if status == 429 { text("x-ratelimit-reset").and_then(|value| reset(value, now)) } else { None }
}

/// Seconds or an HTTP date. A date in the past means now.
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = Timestamp::try_from(httpdate::parse_http_date(value).ok()?).ok()?;
    Some(until(date, now))
}

fn reset(value: &str, now: Timestamp) -> Option<Duration> {
    let number: u64 = value.parse().ok()?;
    let moment = match number {
        ..EPOCH_SECONDS => return Some(Duration::from_secs(number)),
        EPOCH_SECONDS..EPOCH_MILLIS => Timestamp::from_second(i64::try_from(number).ok()?),
        EPOCH_MILLIS.. => Timestamp::from_millisecond(i64::try_from(number).ok()?),
    };
    Some(until(moment.ok()?, now))
}

fn until(moment: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(moment.duration_since(now)).unwrap_or_default()
}
