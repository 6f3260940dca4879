//! Whether the service takes tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::{Event, Events};

const STARTING: u8 = 0;
const READY: u8 = 1;
const STOPPING: u8 = 2;

/// Whether the service takes tasks: not before C1 took its hello, and no more once it is about to stop.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicU8>);

impl Readiness {
    /// The service takes tasks from now on. It does not come back from stopping.
    pub fn ready(&self) {
        // Whoever comes too late changes nothing.
        let _ = self.0.compare_exchange(STARTING, READY, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The service takes no further task.
    pub fn stopping(&self) {
        self.0.store(STOPPING, Ordering::Relaxed);
    }

    /// Why it is not ready, if it is not.
    pub(super) fn objection(&self) -> Option<&'static str> {
        match self.0.load(Ordering::Relaxed) {
            STARTING => Some("C1 has not answered the hello yet"),
            READY => None,
            _ => Some("the service is stopping"),
        }
    }
}

impl Events for Readiness {
    fn event(&self, event: &Event<'_>) {
        if matches!(event, Event::Welcome) {
            self.ready();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_comes_after_the_welcome_and_never_after_stopping() {
        let readiness = Readiness::default();
        assert!(readiness.objection().is_some());
        readiness.event(&Event::Welcome);
        assert_eq!(readiness.objection(), None);
        readiness.stopping();
        readiness.event(&Event::Welcome);
        assert_eq!(readiness.objection(), Some("the service is stopping"));
    }
}
