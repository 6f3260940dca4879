//! What the service tells whoever counts: metrics, traces, health.

use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1::task::TaskType;
use tonic::Code;

/// Something that happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// C1 took the connector's first hello.
    Welcome,
    /// C1 was asked for a task.
    Polled {
        /// How it answered; `Ok` also when there was nothing to do.
        code: Code,
        /// How long it took.
        took: Duration,
    },
    /// A task begins.
    TaskStarted {
        /// Its id.
        task_id: &'a str,
        /// What it asks for.
        kind: TaskKind,
    },
    /// A task ended, well (`Ok`) or not.
    TaskEnded {
        /// Its id.
        task_id: &'a str,
        /// What it asked for.
        kind: TaskKind,
        /// How it ended.
        code: Code,
        /// How long it took.
        took: Duration,
    },
    /// C1 was told, or not, that a task is still worked on.
    Heartbeat {
        /// How it answered.
        code: Code,
    },
    /// A file was sent, or not.
    Upload {
        /// How C1 answered.
        code: Code,
        /// Its size.
        bytes: u64,
        /// How long it took.
        took: Duration,
    },
    /// C1 was told, or not, how a task ended.
    Reported {
        /// How it answered at last.
        code: Code,
        /// How often it was told.
        tries: u32,
    },
}

/// Hears what the service does. Called where it happens, so it should be quick.
pub trait Events: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event<'_>);
}

/// Each of them hears everything, in their order.
impl Events for Vec<std::sync::Arc<dyn Events>> {
    fn event(&self, event: &Event<'_>) {
        for hearer in self {
            hearer.event(event);
        }
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEvents;

impl Events for NoEvents {
    fn event(&self, _event: &Event<'_>) {}
}

/// What a task asks for, by the name of its field in the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKind(&'static str);

impl TaskKind {
    /// The name.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    pub(crate) fn of(task: Option<&TaskType>) -> Self {
        Self(match task {
            None => "unknown",
            Some(TaskType::None(_)) => "none",
            Some(TaskType::Hello(_)) => "hello",
            Some(TaskType::SyncFull(_)) => "sync_full",
            Some(TaskType::Grant(_)) => "grant",
            Some(TaskType::Revoke(_)) => "revoke",
            Some(TaskType::CreateAccount(_)) => "create_account",
            Some(TaskType::CreateResource(_)) => "create_resource",
            Some(TaskType::DeleteResource(_)) => "delete_resource",
            Some(TaskType::RotateCredentials(_)) => "rotate_credentials",
            Some(TaskType::IssueCredential(_)) => "issue_credential",
            Some(TaskType::EventFeed(_)) => "event_feed",
            Some(TaskType::ListEvents(_)) => "list_events",
            Some(TaskType::ListEventFeeds(_)) => "list_event_feeds",
            Some(TaskType::CreateTicketTask(_)) => "create_ticket",
            Some(TaskType::ListTicketSchemas(_)) => "list_ticket_schemas",
            Some(TaskType::GetTicket(_)) => "get_ticket",
            Some(TaskType::BulkCreateTickets(_)) => "bulk_create_tickets",
            Some(TaskType::BulkGetTickets(_)) => "bulk_get_tickets",
            Some(TaskType::ActionListSchemas(_)) => "action_list_schemas",
            Some(TaskType::ActionGetSchema(_)) => "action_get_schema",
            Some(TaskType::ActionInvoke(_)) => "action_invoke",
            Some(TaskType::ActionStatus(_)) => "action_status",
            Some(TaskType::CreateSyncDiff(_)) => "create_sync_diff",
            Some(TaskType::CompactSyncs(_)) => "compact_syncs",
        })
    }
}
