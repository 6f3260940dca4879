//! Next runs, against instants taken from the time zones' rules by hand, and against a walk minute by minute.

use std::time::Duration;

use governance_model::Timestamp;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use sync_engine::schedule::{Schedule, ScheduleError};

use crate::world::{at, cron, every, hours, minutes};

/// The runs after an instant.
#[track_caller]
fn check(schedule: &Schedule, after: &str, expected: &[&str]) {
    let mut now = at(after);
    for expected in expected {
        now = schedule.next_after(now).unwrap();
        assert_eq!(now, at(expected), "{schedule} after {after}");
    }
}

#[test]
fn a_daily_run_in_berlin_where_the_clock_jumps_forward() {
    // 2026-03-29: 02:00 CET is followed by 03:00 CEST, so 02:30 does not exist.
    check(
        &cron("30 2 * * *", "Europe/Berlin"),
        "2026-03-27T12:00:00Z",
        &["2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"],
    );
}

#[test]
fn a_daily_run_in_berlin_where_the_clock_goes_back() {
    // 2026-10-25: 03:00 CEST is followed by 02:00 CET, so 02:30 comes twice.
    check(
        &cron("30 2 * * *", "Europe/Berlin"),
        "2026-10-24T12:00:00Z",
        &["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"],
    );
}

#[test]
fn a_daily_run_in_new_york_where_the_clock_jumps_forward() {
    // 2026-03-08: 02:00 EST is followed by 03:00 EDT.
    check(
        &cron("15 2 * * *", "America/New_York"),
        "2026-03-07T00:00:00Z",
        &["2026-03-07T02:15:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:15:00-04:00"],
    );
}

#[test]
fn a_daily_run_in_new_york_where_the_clock_goes_back() {
    // 2026-11-01: 02:00 EDT is followed by 01:00 EST.
    check(
        &cron("30 1 * * *", "America/New_York"),
        "2026-10-31T12:00:00Z",
        &["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"],
    );
}

#[test]
fn an_hourly_run_comes_every_real_hour() {
    for (zone, from) in [
        ("Europe/Berlin", "2026-03-28T12:00:00Z"),
        ("Europe/Berlin", "2026-10-24T12:00:00Z"),
        ("America/New_York", "2026-03-07T12:00:00Z"),
        ("America/New_York", "2026-10-31T12:00:00Z"),
    ] {
        let schedule = cron("0 * * * *", zone);
        let mut now = at(from);
        for _ in 0..48 {
            let next = schedule.next_after(now).unwrap();
            assert_eq!(next.duration_since(now), SignedDuration::from_hours(1), "{zone} after {now}");
            now = next;
        }
    }
}

#[test]
fn an_interval_is_real_time_whatever_the_clock_does() {
    let daily = every(hours(24));
    check(&daily, "2026-03-28T01:30:00Z", &["2026-03-29T01:30:00Z", "2026-03-30T01:30:00Z"]);
}

#[test]
fn days_by_date_or_by_name() {
    let utc = |expression| cron(expression, "UTC");
    check(&utc("0 5 * * MON-FRI"), "2026-11-27T06:00:00Z", &["2026-11-30T05:00:00Z"]);
    check(&utc("@daily"), "2026-11-27T06:00:00Z", &["2026-11-28T00:00:00Z"]);
    // Both fields are given, so either is enough, as cron has it.
    check(
        &utc("0 0 1 * SUN"),
        "2026-11-27T00:00:00Z",
        &["2026-11-29T00:00:00Z", "2026-12-01T00:00:00Z", "2026-12-06T00:00:00Z"],
    );
    check(&utc("0 0 29 2 *"), "2026-01-01T00:00:00Z", &["2028-02-29T00:00:00Z"]);
}

#[test]
fn a_run_that_is_due_in_the_same_second_is_over() {
    let daily = cron("0 2 * * *", "UTC");
    check(&daily, "2026-11-24T02:00:00Z", &["2026-11-25T02:00:00Z"]);
    check(&daily, "2026-11-24T02:00:00.5Z", &["2026-11-25T02:00:00Z"]);
    check(&daily, "2026-11-24T01:59:59.9Z", &["2026-11-24T02:00:00Z"]);
}

#[test]
fn what_is_not_a_schedule() {
    let from = at("2026-01-01T00:00:00Z");
    let error = |text: &str| Schedule::cron(text, TimeZone::UTC, from).unwrap_err();
    for text in ["", "   ", "2 * * *", "0 0 2 * * *", "61 2 * * *", "0 2 * * FUNDAY", "every day"] {
        assert!(matches!(error(text), ScheduleError::Cron { .. }), "{text:?}: {}", error(text));
    }
    let shown = error("0 \u{1b}[31m2 * * *").to_string();
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert_eq!(error("0 0 30 2 *"), ScheduleError::Never("0 0 30 2 *".to_owned()));
    for interval in [Duration::ZERO, Duration::from_millis(999), hours(366 * 24 + 1)] {
        assert_eq!(Schedule::every(interval).unwrap_err(), ScheduleError::Interval);
    }
    assert_eq!(every(hours(6)).check_jitter(hours(6)), Err(ScheduleError::Jitter));
    assert_eq!(every(hours(6)).check_jitter(minutes(359)), Ok(()));
}

#[test]
fn a_schedule_says_what_it_is() {
    assert_eq!(every(minutes(90)).to_string(), "every 1h 30m");
    assert_eq!(cron(" 0 2 * * * ", "Europe/Berlin").to_string(), "cron 0 2 * * * (Europe/Berlin)");
}

/// The first instant of each local day at which the clock shows this time or, having jumped over it, a later one.
fn by_walking(zone: &TimeZone, hour: i8, minute: i8, after: Timestamp) -> Timestamp {
    let step = SignedDuration::from_mins(1);
    // Whole minutes from far enough before that the day's first instant is among them.
    let mut now = Timestamp::from_second((after.as_second() / 60 - 30 * 60) * 60).unwrap();
    let mut reached = None;
    loop {
        now += step;
        let wall = now.to_zoned_datetime(zone.clone()).datetime();
        if (wall.hour(), wall.minute()) >= (hour, minute) && reached != Some(wall.date()) {
            let first_day = reached.is_none();
            reached = Some(wall.date());
            // The first day may have begun before the walk.
            if !first_day && now > after {
                return now;
            }
        }
    }
}

fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "America/Sao_Paulo",
        "UTC",
    ])
}

/// Instants of two years; every second one is near a change of the clock.
fn instants() -> impl Strategy<Value = Timestamp> {
    let changes =
        ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"];
    let near = (prop::sample::select(changes.to_vec()), -90_000_i64..90_000)
        .prop_map(|(change, off)| at(change) + SignedDuration::from_secs(off));
    let any = (0_i64..63_072_000).prop_map(|off| at("2026-01-01T00:00:00Z") + SignedDuration::from_secs(off));
    prop_oneof![near, any]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_daily_run_is_what_a_walk_finds(zone in zones(), hour in 0_i8..24, minute in 0_i8..60, after in instants()) {
        let schedule = cron(&format!("{minute} {hour} * * *"), zone);
        let zone = TimeZone::get(zone).unwrap();
        prop_assert_eq!(schedule.next_after(after).unwrap(), by_walking(&zone, hour, minute, after));
    }

    #[test]
    fn the_next_run_is_later_and_nothing_lies_between(
        zone in zones(),
        expression in prop::sample::select(vec![
            "*/5 * * * *", "0 */2 * * *", "30 2,14 * * *", "0 2 * * *", "17 3 * * MON", "0 0 1 * *",
        ]),
        after in instants(),
        part in 0.0_f64..1.0,
    ) {
        let schedule = cron(expression, zone);
        let next = schedule.next_after(after).unwrap();
        prop_assert!(next > after);
        let between = after + next.duration_since(after).mul_f64(part);
        if between < next {
            prop_assert_eq!(schedule.next_after(between).unwrap(), next);
        }
    }
}
