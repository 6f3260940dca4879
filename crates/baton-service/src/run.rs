//! The life of the service: hello, tasks, and an orderly end.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use baton_proto::c1::connector::v2::ConnectorMetadata;
use baton_proto::c1::connectorapi::baton::v1::task::TaskType;
use baton_proto::c1::connectorapi::baton::v1::{
    BatonServiceGetTaskRequest, BatonServiceGetTaskResponse, Task,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::{Code, Status};

use crate::c1::C1;
use crate::data_dir::DataDir;
use crate::error::ServiceError;
use crate::events::{Event, Events};
use crate::hello::Greeting;
use crate::identity::Identity;
use crate::known::Known;
use crate::sync::Syncer;
use crate::tasks::{Context, Provisioner, perform};

/// The longest pause that C1 can ask for, and the one after an answer that brought nothing to do and asked for none.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
const IDLE_PAUSE: Duration = Duration::from_secs(1);

/// How long an answer is waited for that is on its way when the service is to stop.
const LAST_ANSWER: Duration = Duration::from_secs(2);

/// The longest wait after failures in a row.
const LONGEST_WAIT: u64 = 60;

/// How the service runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// This instance.
    pub identity: Identity,
    /// The program and its version.
    pub package: (String, String),
    /// What the connector is and can do.
    pub metadata: ConnectorMetadata,
    /// The client id: syncs of one are not gone on with under another.
    pub tenant: String,
    /// How many tasks are worked on at a time.
    pub task_concurrency: usize,
    /// Where unfinished syncs are kept.
    pub data_dir: PathBuf,
    /// How long tasks may take to end once the service is to stop.
    pub grace: Duration,
}

/// How the service ended, asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Tasks that did not end in time. Their syncs can go on.
    pub left: usize,
}

/// Runs until `stop` is cancelled.
///
/// # Errors
/// When C1 turns the connector away, or the data folder cannot be used.
pub async fn run(
    settings: Settings,
    c1: Arc<dyn C1>,
    syncer: Arc<dyn Syncer>,
    provisioner: Arc<dyn Provisioner>,
    events: Arc<dyn Events>,
    stop: CancellationToken,
) -> Result<Ended, ServiceError> {
    let Settings { identity, package, metadata, tenant, task_concurrency, data_dir, grace } = settings;
    let data = DataDir::open(&data_dir)
        .map_err(|source| ServiceError::DataFolder { folder: data_dir.clone(), source })?;
    let greeting = Greeting { identity, package: package.0, version: package.1, metadata };
    tokio::select! {
        welcome = greeting.say(&c1, "") => welcome.map_err(ServiceError::TurnedAway)?,
        () = stop.cancelled() => return Ok(Ended { left: 0 }),
    }
    events.event(&Event::Welcome);
    tracing::info!(host_id = greeting.identity.host_id, "C1 knows this connector; waiting for tasks.");

    let known = Known::default();
    let stopping = stop.clone();
    let context = Context { c1, events, syncer, provisioner, greeting, tenant, data, known, stopping };
    let mut tasks = Tasks {
        context: Arc::new(context),
        workers: Arc::new(Semaphore::new(task_concurrency.max(1))),
        tracker: TaskTracker::new(),
    };
    tasks.take(&stop).await;
    Ok(Ended { left: tasks.end(grace).await })
}

struct Tasks {
    context: Arc<Context>,
    workers: Arc<Semaphore>,
    tracker: TaskTracker,
}

impl Tasks {
    /// Takes tasks until the service is to stop.
    async fn take(&mut self, stop: &CancellationToken) {
        let mut failures: u64 = 0;
        while !stop.is_cancelled() {
            let worker = tokio::select! {
                worker = self.workers.clone().acquire_owned() => worker,
                () = stop.cancelled() => return,
            };
            // The semaphore is never closed.
            let Ok(worker) = worker else { return };
            let begun = Instant::now();
            let request =
                BatonServiceGetTaskRequest { host_id: self.context.greeting.identity.host_id.clone() };
            let mut asking = self.context.c1.get_task(request);
            let answer = tokio::select! {
                answer = &mut asking => answer,
                // C1 may have given a task away already. It is begun, so that C1 hears that it was not done.
                () = stop.cancelled() => match timeout(LAST_ANSWER, asking).await {
                    Ok(answer) => answer,
                    Err(_) => return,
                },
            };
            let code = answer.as_ref().err().map_or(Code::Ok, Status::code);
            self.context.events.event(&Event::Polled { code, took: begun.elapsed() });
            let pause = match answer {
                Ok(answer) => {
                    failures = 0;
                    self.begin(answer, worker)
                }
                Err(status) => {
                    failures = failures.saturating_add(1);
                    let seconds = failures.saturating_mul(failures).min(LONGEST_WAIT);
                    let error = status.message();
                    tracing::warn!(?code, error, seconds, "C1 cannot be asked for tasks; it is asked again.");
                    Duration::from_secs(seconds)
                }
            };
            tokio::select! {
                () = sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Begins what an answer brings; the pause before the next question.
    fn begin(&self, answer: BatonServiceGetTaskResponse, worker: OwnedSemaphorePermit) -> Duration {
        let BatonServiceGetTaskResponse { task, next_poll, next_heartbeat, .. } = answer;
        let asked = next_poll.and_then(|pause| Duration::try_from(pause).ok()).unwrap_or_default();
        let asked = asked.min(LONGEST_PAUSE);
        let idle = asked.max(IDLE_PAUSE);
        let Some(task) = task.filter(is_something) else { return idle };
        let Some(running) = self.context.known.begin(&task.id) else {
            tracing::info!(task_id = task.id, "C1 hands out a task that is worked on already.");
            return idle;
        };
        let context = self.context.clone();
        self.tracker.spawn(async move {
            perform(context, task, next_heartbeat).await;
            drop((running, worker));
        });
        asked
    }

    /// Waits for what is being done, for so long; how many tasks did not end.
    async fn end(self, grace: Duration) -> usize {
        self.tracker.close();
        if !self.tracker.is_empty() {
            tracing::info!(tasks = self.tracker.len(), "The service stops; tasks are being ended.");
        }
        match timeout(grace, self.tracker.wait()).await {
            Ok(()) => 0,
            Err(_) => self.tracker.len(),
        }
    }
}

/// Whether there is anything to do. A task without an id cannot be told the end of.
fn is_something(task: &Task) -> bool {
    if task.id.is_empty() && !matches!(task.task_type, Some(TaskType::None(_)) | None) {
        tracing::warn!("C1 hands out a task without an id.");
    }
    !task.id.is_empty() && !matches!(task.task_type, Some(TaskType::None(_)))
}
