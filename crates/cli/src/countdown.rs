//! What a wait looks like while it lasts. Pure: the time is an argument.

use governance_model::Timestamp;
use jiff::tz::TimeZone;
use sync_engine::WaitReason;

/// A wait, and when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) reason: WaitReason,
    pub(crate) until: Timestamp,
}

impl Wait {
    /// Whether nothing else goes on meanwhile.
    pub(crate) fn stops_everything(&self) -> bool {
        matches!(self.reason, WaitReason::Quota | WaitReason::OtherRun)
    }

    /// With the time left and the time of day, as clocks show them where the terminal is.
    pub(crate) fn on_a_terminal(&self, now: Timestamp, zone: &TimeZone) -> String {
        let until = self.until.to_zoned_datetime(zone.clone());
        let today = now.to_zoned_datetime(zone.clone()).date();
        let day = if until.date() == today { "" } else { "%Y-%m-%d " };
        self.sentence(now, &until.strftime(&format!("{day}%H:%M:%S")).to_string())
    }

    /// With the time left and the instant, for a log.
    pub(crate) fn in_a_log(&self, now: Timestamp) -> String {
        self.sentence(now, &format!("{:.0}", self.until))
    }

    fn sentence(&self, now: Timestamp, at: &str) -> String {
        let left = left(now, self.until);
        match self.reason {
            WaitReason::Quota => format!("Clockify's quota is used up: going on in {left} (at {at})"),
            WaitReason::Pace => format!("next request in {left} (at {at})"),
            WaitReason::Retry => format!("Clockify does not answer: trying again in {left} (at {at})"),
            WaitReason::OtherRun => {
                format!(
                    "another run is working on the file: waiting for its end, for {left} at most (until {at})"
                )
            }
            _ => format!("waiting for {left} (until {at})"),
        }
    }
}

/// Minutes and seconds, and hours where there are any; begun seconds count, so that it ends with 0:00 and not with it.
fn left(now: Timestamp, until: Timestamp) -> String {
    let left = until.duration_since(now);
    let seconds = left.as_secs().max(0) + i64::from(left.subsec_nanos() > 0);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn wait(reason: WaitReason, until: &str) -> Wait {
        Wait { reason, until: until.parse().unwrap() }
    }

    #[test]
    fn the_time_left_counts_down_second_by_second() {
        let until: Timestamp = "2026-11-24T14:00:00Z".parse().unwrap();
        for (before, shown) in [
            (90_061_000, "25:01:01"),
            (3_600_000, "1:00:00"),
            (3_599_001, "1:00:00"),
            (3_599_000, "59:59"),
            (2_467_000, "41:07"),
            (60_000, "1:00"),
            (9_001, "0:10"),
            (9_000, "0:09"),
            (1_000, "0:01"),
            (1, "0:01"),
            (0, "0:00"),
        ] {
            assert_eq!(left(until - Duration::from_millis(before), until), shown, "{before} ms before");
        }
        assert_eq!(left(until + Duration::from_secs(5), until), "0:00");
    }

    #[test]
    fn a_terminal_shows_the_clock_of_its_place() {
        let now = "2026-11-24T13:18:53Z".parse().unwrap();
        let quota = wait(WaitReason::Quota, "2026-11-24T14:00:00Z");
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(
            quota.on_a_terminal(now, &TimeZone::UTC),
            "Clockify's quota is used up: going on in 41:07 (at 14:00:00)"
        );
        assert_eq!(
            quota.on_a_terminal(now, &berlin),
            "Clockify's quota is used up: going on in 41:07 (at 15:00:00)"
        );
        let tomorrow = wait(WaitReason::Pace, "2026-11-24T23:00:00Z");
        assert_eq!(tomorrow.on_a_terminal(now, &berlin), "next request in 9:41:07 (at 2026-11-25 00:00:00)");
    }

    #[test]
    fn a_log_names_the_instant() {
        let now = "2026-11-24T13:59:57.4Z".parse().unwrap();
        let quota = wait(WaitReason::Quota, "2026-11-24T14:00:00.25Z");
        assert_eq!(
            quota.in_a_log(now),
            "Clockify's quota is used up: going on in 0:03 (at 2026-11-24T14:00:00Z)"
        );
    }
}
