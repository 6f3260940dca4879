//! When a schedule counts as healthy.

use std::time::Duration;

use governance_model::Timestamp;
use sync_engine::schedule::{Failed, Health, RunProgress, RunWait, ScheduleStatus, Succeeded, Verdict};

use crate::world::{at, hours};

const NOW: &str = "2026-11-24T12:00:00Z";
const MAX_AGE: Duration = hours(26);

fn status(last_success: Option<&str>) -> ScheduleStatus {
    let mut status = ScheduleStatus::new("1.2.3", 1, at("2026-11-01T00:00:00Z"), "every 6h");
    status.last_success = last_success.map(|text| Succeeded {
        at: at(text),
        sync_id: String::new(),
        counts: std::collections::BTreeMap::default(),
        verified: None,
    });
    status
}

fn failing(status: &mut ScheduleStatus, count: u32, transient: bool) {
    status.consecutive_failures = count;
    status.last_failure = Some(Failed {
        at: at("2026-11-24T11:00:00Z"),
        class: "some".to_owned(),
        transient,
        reason: "it broke".to_owned(),
        hint: None,
    });
}

#[track_caller]
fn verdict(status: Option<&ScheduleStatus>, sealed: Option<&str>, expected: Verdict, problems: &[&str]) {
    let health = Health::judge(status, sealed.map(at), MAX_AGE, at(NOW));
    assert_eq!(health.verdict, expected, "{health:?}");
    assert_eq!(health.problems, problems);
}

#[test]
fn by_age() {
    verdict(Some(&status(Some("2026-11-24T11:00:00Z"))), None, Verdict::Healthy, &[]);
    verdict(Some(&status(Some("2026-11-23T10:00:00Z"))), None, Verdict::Healthy, &[]);
    let stale = "the last sealed sync is too old";
    verdict(Some(&status(Some("2026-11-23T09:59:59Z"))), None, Verdict::Stale, &[stale]);
    verdict(Some(&status(None)), None, Verdict::Stale, &["there is no sealed sync"]);
    // Without a schedule the file alone tells.
    verdict(None, Some("2026-11-24T11:00:00Z"), Verdict::Healthy, &[]);
    verdict(None, Some("2026-11-20T11:00:00Z"), Verdict::Stale, &[stale]);
    verdict(None, None, Verdict::Stale, &["there is no sealed sync"]);
    // The later of both counts.
    verdict(Some(&status(Some("2026-11-01T00:00:00Z"))), Some("2026-11-24T11:00:00Z"), Verdict::Healthy, &[]);
    verdict(Some(&status(Some("2026-11-24T11:00:00Z"))), Some("2026-11-01T00:00:00Z"), Verdict::Healthy, &[]);
}

#[test]
fn by_failures() {
    let mut told = status(Some("2026-11-24T10:00:00Z"));
    for count in [1, 2] {
        failing(&mut told, count, true);
        verdict(Some(&told), None, Verdict::Healthy, &[]);
    }
    failing(&mut told, 3, true);
    verdict(Some(&told), None, Verdict::Failing, &["the last 3 runs failed: it broke"]);
    failing(&mut told, 1, false);
    verdict(Some(&told), None, Verdict::Failing, &["the last run failed: it broke"]);
    // Stopped on its own, to go on when there is quota again.
    failing(&mut told, 9, true);
    told.last_failure.as_mut().unwrap().class = "cancelled".to_owned();
    verdict(Some(&told), None, Verdict::Healthy, &[]);
    failing(&mut told, 1, false);
    // A run beside the schedule succeeded after the failure.
    verdict(Some(&told), Some("2026-11-24T11:30:00Z"), Verdict::Healthy, &[]);
    // A failure that was followed by a success is history.
    failing(&mut told, 0, false);
    verdict(Some(&told), None, Verdict::Healthy, &[]);
}

#[test]
fn by_a_run_that_does_not_happen() {
    let mut told = status(Some("2026-11-24T10:00:00Z"));
    told.next_run = Some(at("2026-11-24T11:56:00Z"));
    verdict(Some(&told), None, Verdict::Healthy, &[]);
    told.next_run = Some(at("2026-11-24T11:54:00Z"));
    let overdue = "the next run is overdue; the schedule does not seem to run any more";
    verdict(Some(&told), None, Verdict::Failing, &[overdue]);
    told.stopped_at = Some(at("2026-11-24T11:00:00Z"));
    verdict(Some(&told), None, Verdict::Healthy, &[]);
}

#[test]
fn by_a_run_that_says_nothing_any_more() {
    let mut told = status(Some("2026-11-24T10:00:00Z"));
    let silent = "the present run has been silent for long; the schedule does not seem to run any more";
    told.progress = Some(RunProgress {
        since: at("2026-11-24T11:00:00Z"),
        updated_at: at("2026-11-24T11:46:00Z"),
        phase: "read".to_owned(),
        pages: 7,
        waiting: None,
    });
    let put = |told: &mut ScheduleStatus, updated_at: &str, until: Option<&str>| {
        let progress = told.progress.as_mut().unwrap();
        progress.updated_at = at(updated_at);
        progress.waiting = until.map(|until| RunWait { what: "quota".to_owned(), until: at(until) });
    };
    verdict(Some(&told), None, Verdict::Healthy, &[]);
    put(&mut told, "2026-11-24T11:44:00Z", None);
    verdict(Some(&told), None, Verdict::Failing, &[silent]);
    // A wait is no silence, and is followed by a request.
    put(&mut told, "2026-11-24T11:00:00Z", Some("2026-11-24T12:30:00Z"));
    verdict(Some(&told), None, Verdict::Healthy, &[]);
    put(&mut told, "2026-11-24T11:00:00Z", Some("2026-11-24T11:46:00Z"));
    verdict(Some(&told), None, Verdict::Healthy, &[]);
    put(&mut told, "2026-11-24T11:00:00Z", Some("2026-11-24T11:44:00Z"));
    verdict(Some(&told), None, Verdict::Failing, &[silent]);
    put(&mut told, "2026-11-24T11:50:00Z", Some("2026-11-24T11:44:00Z"));
    verdict(Some(&told), None, Verdict::Healthy, &[]);
    put(&mut told, "2026-11-24T11:00:00Z", None);
    told.stopped_at = Some(at("2026-11-24T11:01:00Z"));
    verdict(Some(&told), None, Verdict::Healthy, &[]);
}

#[test]
fn a_success_in_the_future_is_no_reason_to_panic() {
    verdict(Some(&status(Some("2030-01-01T00:00:00Z"))), None, Verdict::Healthy, &[]);
    let health = Health::judge(None, Some(Timestamp::MIN), Duration::MAX, Timestamp::MAX);
    assert_eq!(health.verdict, Verdict::Healthy);
}
