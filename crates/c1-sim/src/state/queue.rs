//! The tasks: who has them, since when, and how they ended.

use baton_proto::c1::connectorapi::baton::v1::{Task, task};
use serde::Serialize;

use crate::script::{TaskKind, TaskScript};

/// How long an id is.
const ID_LENGTH: usize = 27;

/// All tasks in the order in which they were scripted.
pub(crate) struct Queue {
    tasks: Vec<Entry>,
    pub(crate) sync_lost_ms: u64,
    pub(crate) others_lost_ms: u64,
}

struct Entry {
    id: String,
    script: TaskScript,
    state: TaskState,
    holders: Vec<Holder>,
    former: Vec<String>,
    hand_outs: u32,
    duplicates_left: u32,
    beats: u32,
    cancelled: bool,
}

/// A host that a task was given to.
#[derive(Clone, Debug)]
struct Holder {
    host: String,
    last_ms: u64,
    finished: bool,
    answer_lost: bool,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Nobody has it.
    Queued,
    /// Somebody has it.
    Running,
    /// It ended.
    Finished,
}

/// A task as a test sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskView {
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: TaskKind,
    /// Where it stands.
    pub state: TaskState,
    /// The hosts that have it, or had it when it ended.
    pub hosts: Vec<String>,
    /// How often it was given to anybody.
    pub hand_outs: u32,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

/// What a host has to do with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There is no such task.
    Unknown,
    /// It was never given to this host.
    NotHeld,
    /// It was taken from this host, which had been silent for too long.
    Lost,
    /// It is the host's.
    Held,
    /// The host has finished it.
    Finished,
}

/// What is answered to an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FinishAnswer {
    /// It is taken down.
    Accepted,
    /// It was taken down before, and the answer was lost.
    Repeated,
    /// The host may not say so.
    Refused(Standing),
}

impl Queue {
    pub(crate) fn new(sync_lost_ms: u64, others_lost_ms: u64) -> Self {
        Self { tasks: Vec::new(), sync_lost_ms, others_lost_ms }
    }

    pub(crate) fn add(&mut self, script: TaskScript) -> String {
        let id = script.id.clone().unwrap_or_else(new_id);
        self.tasks.push(Entry {
            id: id.clone(),
            duplicates_left: script.duplicates,
            script,
            state: TaskState::Queued,
            holders: Vec::new(),
            former: Vec::new(),
            hand_outs: 0,
            beats: 0,
            cancelled: false,
        });
        id
    }

    pub(crate) fn views(&self) -> Vec<TaskView> {
        self.tasks.iter().map(Entry::view).collect()
    }

    /// Marks a task as cancelled; its next heartbeat is told.
    pub(crate) fn cancel(&mut self, id: &str) -> bool {
        let task = self.tasks.iter_mut().find(|task| task.id == id);
        task.map(|task| task.cancelled = true).is_some()
    }

    /// Gives a host the next task, and says how often that task has been given away: a lost one, one to be duplicated, or
    /// the first that waits.
    pub(crate) fn hand_out(
        &mut self,
        host: &str,
        known: &[String],
        at_ms: u64,
        again: bool,
    ) -> Option<(Task, u32)> {
        self.take_back_lost(at_ms);
        let open = |task: &Entry| !known.contains(&task.id);
        let running = |task: &Entry| task.state == TaskState::Running && !task.cancelled && open(task);
        let duplicate =
            self.tasks.iter().position(|task| running(task) && (again || task.duplicates_left > 0));
        let waiting = || self.tasks.iter().position(|task| task.state == TaskState::Queued && open(task));
        let place = duplicate.or_else(waiting)?;
        let task = &mut self.tasks[place];
        if duplicate.is_some() {
            task.duplicates_left = task.duplicates_left.saturating_sub(1);
        }
        Some(task.give(host, at_ms))
    }

    pub(crate) fn standing(&self, id: &str, host: &str) -> Standing {
        let Some(task) = self.tasks.iter().find(|task| task.id == id) else { return Standing::Unknown };
        match task.holders.iter().find(|holder| holder.host == host) {
            None if task.former.iter().any(|former| former == host) => Standing::Lost,
            None => Standing::NotHeld,
            Some(holder) if holder.finished => Standing::Finished,
            Some(_) => Standing::Held,
        }
    }

    pub(crate) fn is_hello(&self, id: &str) -> bool {
        self.tasks.iter().any(|task| task.id == id && task.script.kind == TaskKind::Hello)
    }

    pub(crate) fn is_cancelled(&self, id: &str) -> bool {
        self.tasks.iter().any(|task| task.id == id && task.cancelled)
    }

    /// Takes a sign of life, and says whether the task is cancelled.
    pub(crate) fn beat(&mut self, id: &str, host: &str, at_ms: u64, cancel: bool) -> bool {
        let Some(task) = self.tasks.iter_mut().find(|task| task.id == id) else { return false };
        task.touch(host, at_ms);
        task.beats += 1;
        task.cancelled |= cancel || task.script.cancel_at_beat.is_some_and(|beat| task.beats >= beat);
        task.cancelled
    }

    /// Takes an upload's piece for a sign of life.
    pub(crate) fn touch(&mut self, id: &str, host: &str, at_ms: u64) {
        if let Some(task) = self.tasks.iter_mut().find(|task| task.id == id) {
            task.touch(host, at_ms);
        }
    }

    /// Takes down an outcome. `answer_lost` when the host will not hear that it was.
    pub(crate) fn finish(&mut self, id: &str, host: &str, answer_lost: bool) -> FinishAnswer {
        let standing = self.standing(id, host);
        let task = self.tasks.iter_mut().find(|task| task.id == id);
        let holder = task.and_then(|task| {
            let holder = task.holders.iter_mut().find(|holder| holder.host == host)?;
            task.state = TaskState::Finished;
            Some(holder)
        });
        match (standing, holder) {
            (Standing::Held, Some(holder)) => {
                holder.finished = true;
                holder.answer_lost = answer_lost;
                FinishAnswer::Accepted
            }
            (Standing::Finished, Some(holder)) if holder.answer_lost => {
                holder.answer_lost = answer_lost;
                FinishAnswer::Repeated
            }
            (standing, _) => FinishAnswer::Refused(standing),
        }
    }

    fn take_back_lost(&mut self, at_ms: u64) {
        let (sync, others) = (self.sync_lost_ms, self.others_lost_ms);
        for task in &mut self.tasks {
            let patience = if matches!(task.script.kind, TaskKind::SyncFull(_)) { sync } else { others };
            let silent = task.holders.iter().all(|holder| at_ms.saturating_sub(holder.last_ms) > patience);
            if task.state == TaskState::Running && !task.cancelled && silent {
                task.former.extend(task.holders.drain(..).map(|holder| holder.host));
                task.state = TaskState::Queued;
            }
        }
    }
}

impl Entry {
    fn view(&self) -> TaskView {
        TaskView {
            id: self.id.clone(),
            kind: self.script.kind.clone(),
            state: self.state,
            hosts: self.holders.iter().map(|holder| holder.host.clone()).collect(),
            hand_outs: self.hand_outs,
            cancelled: self.cancelled,
        }
    }

    fn give(&mut self, host: &str, at_ms: u64) -> (Task, u32) {
        // Nothing to do is done at once.
        let idle = self.script.kind == TaskKind::None;
        self.state = if idle { TaskState::Finished } else { TaskState::Running };
        self.hand_outs += 1;
        if self.holders.iter().all(|holder| holder.host != host) {
            let host = host.to_owned();
            self.holders.push(Holder { host, last_ms: at_ms, finished: false, answer_lost: false });
        }
        self.touch(host, at_ms);
        let task = Task {
            id: self.id.clone(),
            status: task::Status::Running.into(),
            debug: self.script.debug,
            task_type: Some(self.script.task_type()),
        };
        (task, self.hand_outs)
    }

    fn touch(&mut self, host: &str, at_ms: u64) {
        for holder in self.holders.iter_mut().filter(|holder| holder.host == host) {
            holder.last_ms = at_ms;
        }
    }
}

/// An id in the form of a KSUID.
fn new_id() -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(ID_LENGTH).collect()
}
