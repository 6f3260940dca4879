//! Tells C1 that a task is still worked on, and hears from it whether that is still wanted.

use std::sync::Arc;
use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1 as api;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tonic::Code;

use crate::c1::C1;
use crate::events::{Event, Events};

/// The server's interval when it says none, and its limits.
const USUAL: Duration = Duration::from_secs(30);
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(300);

/// So many failures in a row, over at least this time, and C1 has given the task to somebody else. The time keeps a server
/// with a short interval from losing its tasks in an outage of a minute.
const FAILURES: u32 = 10;
const SILENCE: Duration = Duration::from_secs(120);

/// Why a task is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// C1 does not want it any more.
    Cancelled,
    /// C1 cannot be told that it is worked on.
    Silence,
}

/// Beats until it is dropped.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    beating: JoinHandle<()>,
    lost: Arc<std::sync::OnceLock<Lost>>,
    stop: CancellationToken,
}

impl Heartbeat {
    /// Sends the first heartbeat and waits for its answer, then goes on beside the work. A first one that fails is no reason
    /// to drop the task. `stop` is cancelled when the work is to end.
    pub(crate) async fn start(
        c1: Arc<dyn C1>,
        events: Arc<dyn Events>,
        host_id: String,
        task_id: String,
        first_interval: Option<prost_types::Duration>,
        stop: CancellationToken,
    ) -> Self {
        let lost = Arc::new(std::sync::OnceLock::new());
        let mut beat = Beat {
            c1,
            events,
            request: api::BatonServiceHeartbeatRequest { host_id, task_id, ..Default::default() },
            interval: interval(first_interval),
            failures: 0,
            heard: Instant::now(),
        };
        let mut verdict = tokio::select! {
            verdict = beat.once() => verdict,
            // The work will not begin, and its end is told without this answer.
            () = stop.cancelled() => None,
        };
        if let Some(verdict) = verdict {
            // A task that was cancelled before it began must not begin.
            let _ = lost.set(verdict);
            stop.cancel();
        }
        let (stopping, told) = (stop.clone(), lost.clone());
        let beating = tokio::spawn(async move {
            while verdict.is_none() {
                sleep(beat.interval).await;
                verdict = beat.once().await;
            }
            if let Some(verdict) = verdict {
                // Set once: the loop ends here.
                let _ = told.set(verdict);
                stopping.cancel();
            }
        });
        Self { beating, lost, stop }
    }

    /// Cancelled when the work is to stop.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Why the work is to stop, if it is.
    pub(crate) fn lost(&self) -> Option<Lost> {
        self.lost.get().copied()
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.beating.abort();
    }
}

struct Beat {
    c1: Arc<dyn C1>,
    events: Arc<dyn Events>,
    request: api::BatonServiceHeartbeatRequest,
    interval: Duration,
    failures: u32,
    heard: Instant,
}

impl Beat {
    /// One heartbeat; what it means for the task.
    async fn once(&mut self) -> Option<Lost> {
        let task_id = &self.request.task_id;
        match self.c1.heartbeat(self.request.clone()).await {
            Ok(answer) => {
                self.events.event(&Event::Heartbeat { code: Code::Ok });
                self.failures = 0;
                self.heard = Instant::now();
                self.interval = interval(answer.next_heartbeat);
                let cancelled = answer.cancelled || answer.cancelled_task_ids.contains(task_id);
                if cancelled {
                    tracing::info!(task_id, "C1 cancelled the task.");
                }
                cancelled.then_some(Lost::Cancelled)
            }
            Err(status) => {
                self.events.event(&Event::Heartbeat { code: status.code() });
                self.failures += 1;
                let (failures, error) = (self.failures, status.message());
                tracing::warn!(task_id, failures, code = ?status.code(), error, "A heartbeat failed.");
                let given_up = failures >= FAILURES && self.heard.elapsed() >= SILENCE;
                given_up.then_some(Lost::Silence)
            }
        }
    }
}

/// The interval that the server asks for, within limits.
fn interval(asked: Option<prost_types::Duration>) -> Duration {
    match asked.and_then(|asked| Duration::try_from(asked).ok()) {
        None | Some(Duration::ZERO) => USUAL,
        Some(asked) => asked.clamp(SHORTEST, LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_interval_is_kept_within_limits() {
        let asked = |seconds, nanos| interval(Some(prost_types::Duration { seconds, nanos })).as_secs();
        assert_eq!(interval(None), USUAL);
        assert_eq!([asked(0, 0), asked(0, 1), asked(7, 0), asked(900, 0), asked(-5, 0)], [30, 1, 7, 300, 30]);
    }
}
