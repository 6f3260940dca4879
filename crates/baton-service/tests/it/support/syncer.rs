//! A source that is made up: it writes what it is told to, when it is told to.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use baton_service::{SyncRequest, Syncer, TaskError};
use tokio_util::sync::CancellationToken;
use tonic::Code;

/// A scripted syncer.
#[derive(Default)]
pub(crate) struct Scripted {
    /// What goes into the file.
    pub(crate) content: Vec<u8>,
    /// How long a sync takes.
    pub(crate) takes: Duration,
    /// How it fails, if it does.
    pub(crate) fails: Option<TaskError>,
    /// Whether it panics.
    pub(crate) panics: bool,
    pub(crate) begun: AtomicUsize,
    pub(crate) stopped: AtomicUsize,
    pub(crate) seen: Mutex<Vec<SyncRequest>>,
}

impl Scripted {
    pub(crate) fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    pub(crate) fn stopped(&self) -> usize {
        self.stopped.load(Ordering::SeqCst)
    }

    pub(crate) fn of(content: &[u8]) -> Arc<Self> {
        Arc::new(Self { content: content.to_vec(), ..Self::default() })
    }

    pub(crate) fn taking(takes: Duration) -> Arc<Self> {
        Arc::new(Self { content: b"file".to_vec(), takes, ..Self::default() })
    }
}

#[async_trait]
impl Syncer for Scripted {
    fn subject(&self) -> String {
        "made up".to_owned()
    }

    async fn sync(&self, request: SyncRequest, stop: CancellationToken) -> Result<(), TaskError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.seen.lock().unwrap().push(request.clone());
        assert!(!self.panics, "as it was told");
        if let Some(log) = &request.debug_log {
            log.line("info", "made up", &[("rows", 7.into())]);
        }
        tokio::select! {
            () = tokio::time::sleep(self.takes) => {}
            () = stop.cancelled() => {
                self.stopped.fetch_add(1, Ordering::SeqCst);
                return Err(TaskError::retryable(Code::Cancelled, "stopped"));
            }
        }
        if let Some(error) = &self.fails {
            return Err(error.clone());
        }
        #[expect(clippy::disallowed_methods, reason = "a test may be cut off in the middle of its files")]
        fs::write(&request.file, &self.content).unwrap();
        Ok(())
    }
}
