//! What happens in a sync, for the program's log and for the log that C1 may ask for.

use std::sync::Arc;

use baton_service::DebugLog;
use baton_service::metrics::Metrics;
use baton_service::telemetry::SyncSpans;
use serde_json::json;
use sync_engine::{Event, Observer};

use crate::progress::Progress;

/// Hears a sync of one task.
pub(super) struct TaskObserver {
    pub(super) progress: Progress,
    pub(super) metrics: Metrics,
    pub(super) spans: SyncSpans,
    pub(super) debug_log: Option<Arc<DebugLog>>,
}

impl Observer for TaskObserver {
    fn event(&self, event: &Event<'_>) {
        self.progress.event(event);
        Observer::event(&self.metrics, event);
        self.spans.event(event);
        let Some(log) = &self.debug_log else { return };
        match event {
            Event::Started { sync_id } => log.line("info", "Sync started.", &[("sync_id", json!(sync_id))]),
            Event::Resumed { sync_id, started_at, checkpoint_at, pages } => log.line(
                "info",
                "Sync resumed.",
                &[
                    ("sync_id", json!(sync_id)),
                    ("started_at", json!(started_at.to_string())),
                    ("checkpoint_at", json!(checkpoint_at.to_string())),
                    ("pages", json!(pages)),
                ],
            ),
            Event::Ended { sync_id, ended_at } => log.line(
                "info",
                "An ended sync is put in place.",
                &[("sync_id", json!(sync_id)), ("ended_at", json!(ended_at.to_string()))],
            ),
            Event::Discarded { reason } => {
                log.line(
                    "warn",
                    "An unfinished sync was thrown away.",
                    &[("reason", json!(format!("{reason:?}")))],
                );
            }
            Event::Validated(baseline) => log.line(
                "info",
                "The key works.",
                &[("workspace", json!(baseline.source_id)), ("details", json!(baseline.details))],
            ),
            Event::Phase(phase) => log.line("debug", "Next step.", &[("phase", json!(format!("{phase:?}")))]),
            Event::PageStored { stream, resources, pages } => log.line(
                "debug",
                "Page stored.",
                &[("stream", json!(stream)), ("resources", json!(resources)), ("pages", json!(pages))],
            ),
            Event::Waiting { reason, seconds, .. } => log.line(
                "warn",
                "Waiting.",
                &[("reason", json!(reason.as_str())), ("seconds", json!(seconds))],
            ),
            Event::Rereading { people, pages } => log.line(
                "info",
                "Reading again where people were missing or changed.",
                &[("people", json!(people)), ("pages", json!(pages))],
            ),
            Event::SealStep(step) => log.line("debug", "Sealing.", &[("step", json!(step))]),
            _ => {}
        }
    }
}
