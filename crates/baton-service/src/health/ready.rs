//! Whether the service takes tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tonic::Code;

use crate::{Event, Events};

const STARTING: u8 = 0;
const READY: u8 = 1;
const STOPPING: u8 = 2;
const REFUSED: u8 = 3;

/// Whether the service takes tasks: not before C1 took its hello, not while C1 refuses its credentials, and no more once it is
/// about to stop.
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

    /// C1 was asked for a task. An outage changes nothing: it is C1's, and a new process would meet it as well.
    fn polled(&self, code: Code) {
        let (from, to) = match code {
            Code::Unauthenticated | Code::PermissionDenied => (READY, REFUSED),
            Code::Ok => (REFUSED, READY),
            _ => return,
        };
        // As above.
        let _ = self.0.compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Why it is not ready, if it is not.
    pub(super) fn objection(&self) -> Option<&'static str> {
        match self.0.load(Ordering::Relaxed) {
            STARTING => Some("C1 has not answered the hello yet"),
            READY => None,
            REFUSED => Some("C1 refuses the credentials"),
            _ => Some("the service is stopping"),
        }
    }
}

impl Events for Readiness {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Welcome => self.ready(),
            Event::Polled { code, .. } => self.polled(*code),
            _ => {}
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

    #[test]
    fn refused_credentials_are_told_until_they_are_taken_again() {
        let readiness = Readiness::default();
        let polled = |code| {
            readiness.event(&Event::Polled { code, took: std::time::Duration::ZERO });
            readiness.objection()
        };
        assert_eq!(polled(Code::Ok), Some("C1 has not answered the hello yet"));
        readiness.event(&Event::Welcome);
        assert_eq!(polled(Code::Unavailable), None, "an outage");
        assert_eq!(polled(Code::Unauthenticated), Some("C1 refuses the credentials"));
        assert_eq!(polled(Code::Unavailable), Some("C1 refuses the credentials"), "no news about them");
        assert_eq!(polled(Code::Ok), None);
        assert!(polled(Code::PermissionDenied).is_some());
        readiness.stopping();
        assert_eq!(polled(Code::Ok), Some("the service is stopping"));
    }
}
