//! Turns what a sync tells into spans: the sync, its phases, and the requests made meanwhile.
//!
//! The engine and the HTTP client tell what happens to whoever listens, and know nothing of tracing. Spans carry ids, numbers
//! and fixed names, nothing that names a person.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sync_engine::{Event, Observer, Phase};
use tracing::{Id, Span};

/// The spans of one sync. They end at the latest when this and the clones of its span are dropped.
#[derive(Debug)]
pub struct SyncSpans {
    sync: Span,
    phase: Mutex<Option<Span>>,
}

impl SyncSpans {
    /// Begins the span of a sync, inside of the current one: that of its task.
    pub fn begin() -> Self {
        let sync =
            tracing::info_span!("sync", sync_id = tracing::field::Empty, resumed = tracing::field::Empty);
        Self { sync, phase: Mutex::new(None) }
    }

    /// The span of the sync, for the future that makes it.
    pub fn span(&self) -> Span {
        self.sync.clone()
    }
}

impl Observer for SyncSpans {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started { sync_id } => {
                self.sync.record("sync_id", sync_id).record("resumed", false);
            }
            Event::Resumed { sync_id, .. } | Event::Ended { sync_id, .. } => {
                self.sync.record("sync_id", sync_id).record("resumed", true);
            }
            Event::Phase(phase) => {
                let mut open = lock(&self.phase);
                // The one before ends first.
                *open = None;
                *open = Some(tracing::info_span!(parent: &self.sync, "phase", name = name(*phase)));
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

/// The spans of requests to the source, each inside of the span that is current when it begins.
#[derive(Debug, Default)]
pub struct RequestSpans {
    open: Mutex<Vec<(Key, Span)>>,
}

/// What tells requests that are under way at the same time from each other.
#[derive(Debug, PartialEq, Eq)]
struct Key {
    inside: Option<Id>,
    endpoint: &'static str,
    page: Option<u32>,
}

impl Key {
    fn of(endpoint: &'static str, page: Option<u32>) -> Self {
        Self { inside: Span::current().id(), endpoint, page }
    }
}

impl RequestSpans {
    /// A request begins. Called on the task that makes it.
    pub fn started(&self, endpoint: &'static str, page: Option<u32>, attempt: u32) {
        let status = tracing::field::Empty;
        let span = tracing::info_span!(
            "request",
            otel.kind = "client",
            endpoint,
            page,
            attempt,
            http.response.status_code = status
        );
        let key = Key::of(endpoint, page);
        let mut open = lock(&self.open);
        // One with the same key was cut off, and ends here.
        open.retain(|(other, _)| *other != key);
        open.push((key, span));
    }

    /// A request ended, with a status, or with none when it got no answer or was cut off. Called on the same task: a request
    /// that nobody tells the end of would keep the spans around it open for ever.
    pub fn finished(&self, endpoint: &'static str, page: Option<u32>, status: Option<u16>) {
        let key = Key::of(endpoint, page);
        let mut open = lock(&self.open);
        if let Some(at) = open.iter().position(|(other, _)| *other == key) {
            let (_, span) = open.swap_remove(at);
            if let Some(status) = status {
                span.record("http.response.status_code", status);
            }
        }
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
