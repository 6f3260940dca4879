//! Does this machine know what time it is?

use super::ask::Asked;
use crate::doctor::report::Check;

const NAME: &str = "clock";

/// What the time of an answer on its way and the seconds of HTTP make, and nobody minds.
const CLOSE: u64 = 5;

/// From here on certificates, C1's tokens and the times in a sync suffer, in seconds.
const TOO_MUCH: u64 = 60;

pub(super) fn check(asked: &Asked) -> Check {
    let Some(head) = asked.heads.iter().find(|head| head.server_time.is_some()) else {
        return Check::skipped(NAME, "no answer with a date has come");
    };
    let there = head.server_time.unwrap_or(head.local_time);
    let ahead = head.local_time.as_second() - there.as_second();
    let apart = ahead.unsigned_abs();
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    if apart < CLOSE {
        return Check::ok(NAME, format!("within {CLOSE} s of the server's"));
    }
    let found = format!("this machine's clock is {apart} s {way} the server's");
    if apart < TOO_MUCH {
        return Check::ok(NAME, found);
    }
    Check::warning(
        NAME,
        found,
        "set this machine's clock, best by NTP: certificates, C1's tokens and the age of a sync depend on it",
    )
}
