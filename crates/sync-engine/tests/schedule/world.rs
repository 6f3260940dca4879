//! A clock that follows tokio's paused time, and a sink that keeps every status.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use governance_model::Timestamp;
use jiff::SignedDuration;
use sync_engine::Clock;
use sync_engine::schedule::{Backoff, Jitter, Plan, Schedule, ScheduleStatus, StatusBoard, StatusSink};
use tokio::time::Instant;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

pub(crate) const fn hours(count: u64) -> Duration {
    minutes(count * 60)
}

/// The virtual time of day; can be set, as people and time servers do.
pub(crate) struct VirtualClock {
    base: Mutex<Timestamp>,
    begun: Instant,
}

impl VirtualClock {
    pub(crate) fn starting(text: &str) -> Arc<Self> {
        Arc::new(Self { base: Mutex::new(at(text)), begun: Instant::now() })
    }

    pub(crate) fn jump(&self, by: SignedDuration) {
        let mut base = self.base.lock().unwrap();
        *base += by;
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        *self.base.lock().unwrap() + SignedDuration::try_from(self.begun.elapsed()).unwrap()
    }
}

/// Everything that was published.
#[derive(Clone, Default)]
pub(crate) struct Published(pub(crate) Arc<Mutex<Vec<ScheduleStatus>>>);

impl StatusSink for Published {
    fn publish(&self, status: &ScheduleStatus) {
        self.0.lock().unwrap().push(status.clone());
    }
}

impl Published {
    pub(crate) fn last(&self) -> ScheduleStatus {
        self.0.lock().unwrap().last().unwrap().clone()
    }
}

pub(crate) fn board(clock: &Arc<VirtualClock>) -> (StatusBoard, Published) {
    let published = Published::default();
    let status = ScheduleStatus::new("1.2.3", 4711, clock.now(), "for a test");
    (StatusBoard::new(clock.clone(), Box::new(published.clone()), status), published)
}

pub(crate) fn plan(schedule: Schedule) -> Plan {
    Plan {
        schedule,
        jitter: Jitter::none(),
        backoff: Backoff::default(),
        last_success: None,
        unfinished: false,
    }
}

pub(crate) fn every(interval: Duration) -> Schedule {
    Schedule::every(interval).unwrap()
}

pub(crate) fn cron(expression: &str, zone: &str) -> Schedule {
    let zone = jiff::tz::TimeZone::get(zone).unwrap();
    Schedule::cron(expression, zone, at("2026-01-01T00:00:00Z")).unwrap()
}
