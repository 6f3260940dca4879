//! Turns what a sync tells into spans: the sync, its phases, and the requests made in them.
//!
//! The engine and the HTTP client tell what happens to whoever listens, and know nothing of tracing. Spans carry ids, numbers
//! and fixed names, nothing that names a person.

use std::sync::{Mutex, PoisonError};

use sync_engine::{Event, Observer, Phase};
use tracing::Span;

/// The spans of one sync. They end at the latest when this is dropped.
#[derive(Debug)]
pub struct SyncSpans {
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    sync: Span,
    phase: Option<Span>,
    requests: Vec<(RequestKey, Span)>,
}

/// What tells requests that are made side by side from each other.
#[derive(Debug, PartialEq, Eq)]
struct RequestKey {
    operation: String,
    attempt: u32,
}

impl SyncSpans {
    /// Begins the span of a sync, inside of the current one: that of its task.
    pub fn begin() -> Self {
        let sync =
            tracing::info_span!("sync", sync_id = tracing::field::Empty, resumed = tracing::field::Empty);
        Self { open: Mutex::new(Open { sync, phase: None, requests: Vec::new() }) }
    }

    /// A request to the source begins. The operation is what it is for, fit for a span: a name, and a page at most.
    pub fn request_started(&self, operation: String, attempt: u32) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let parent = open.phase.as_ref().unwrap_or(&open.sync);
        let span = tracing::info_span!(
            parent: parent,
            "request",
            operation,
            attempt,
            http.response.status_code = tracing::field::Empty
        );
        let key = RequestKey { operation, attempt };
        // One with the same key was cut off, and ends here.
        open.requests.retain(|(other, _)| *other != key);
        open.requests.push((key, span));
    }

    /// A request ended, with a status or with none.
    pub fn request_finished(&self, operation: String, attempt: u32, status: Option<u16>) {
        let key = RequestKey { operation, attempt };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.requests.iter().position(|(other, _)| *other == key) {
            let (_, span) = open.requests.swap_remove(at);
            if let Some(status) = status {
                span.record("http.response.status_code", status);
            }
        }
    }
}

impl Observer for SyncSpans {
    fn event(&self, event: &Event<'_>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { sync_id } => {
                open.sync.record("sync_id", sync_id).record("resumed", false);
            }
            Event::Resumed { sync_id, .. } | Event::Ended { sync_id, .. } => {
                open.sync.record("sync_id", sync_id).record("resumed", true);
            }
            Event::Phase(phase) => {
                // The one before ends first.
                open.phase = None;
                open.phase = Some(tracing::info_span!(parent: &open.sync, "phase", name = name(*phase)));
            }
            _ => {}
        }
    }
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Validate => "validate",
        Phase::Read => "read",
        Phase::Verify => "verify",
        Phase::Expand => "expand",
        Phase::Seal => "seal",
        _ => "other",
    }
}
