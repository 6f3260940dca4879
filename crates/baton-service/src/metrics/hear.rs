//! Counts what the service and the sync engine tell.

use std::time::Duration;

use sync_engine::{Observer, WaitReason};

use super::Metrics;
use crate::{Event, Events};

impl Events for Metrics {
    fn event(&self, event: &Event<'_>) {
        match *event {
            Event::Polled { code, .. } => self.polled(code),
            Event::TaskStarted { kind, .. } => self.task_started(kind.as_str()),
            Event::TaskEnded { kind, code, took, .. } => self.task_ended(kind.as_str(), code, took),
            Event::Heartbeat { code } => self.heartbeat(code),
            Event::Upload { code, bytes, took } => self.upload(code, bytes, took),
            Event::Reported { code, tries } => self.reported(code, tries),
            Event::Welcome => {}
        }
    }
}

impl Observer for Metrics {
    fn event(&self, event: &sync_engine::Event<'_>) {
        match event {
            sync_engine::Event::PageStored { .. } => self.checkpoint(),
            sync_engine::Event::Waiting { reason: WaitReason::Quota, seconds, .. } => {
                self.rate_limited(Duration::from_secs(*seconds));
            }
            _ => {}
        }
    }
}
