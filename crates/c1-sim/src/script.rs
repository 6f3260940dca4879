//! What tasks a test can script.

use baton_proto::c1::connector::v2;
use baton_proto::c1::connectorapi::baton::v1::task::{self, TaskType};
use serde::{Deserialize, Serialize};

/// A task to be handed out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskScript {
    /// What is asked for.
    pub kind: TaskKind,
    /// The id; by default a new one of 27 characters.
    #[serde(default)]
    pub id: Option<String>,
    /// Whether a debug log is asked for.
    #[serde(default)]
    pub debug: bool,
    /// Which heartbeat of the task is answered with its cancellation, counted from 1.
    #[serde(default)]
    pub cancel_at_beat: Option<u32>,
    /// How often it is handed out once more while it runs.
    #[serde(default)]
    pub duplicates: u32,
    /// The message in place of `kind`'s own.
    #[serde(skip)]
    pub message: Option<TaskType>,
}

/// The kinds of tasks, under the names of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they are what their names say in the protocol")]
pub enum TaskKind {
    None,
    Hello,
    SyncFull(SyncFull),
    Grant,
    Revoke,
    CreateAccount,
    CreateResource,
    DeleteResource,
    RotateCredentials,
    EventFeed,
    CreateTicketTask,
    ListTicketSchemas,
    GetTicket,
    BulkCreateTickets,
    BulkGetTickets,
    ActionListSchemas,
    ActionGetSchema,
    ActionInvoke,
    ActionStatus,
    CreateSyncDiff,
    CompactSyncs,
    ListEventFeeds,
    ListEvents,
    IssueCredential,
}

/// The options of a sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SyncFull {
    /// Leave inherited grants out.
    pub skip_expand_grants: bool,
    /// Leave entitlements and grants out.
    pub skip_entitlements_and_grants: bool,
    /// Leave grants out.
    pub skip_grants: bool,
    /// Only these types.
    pub sync_resource_type_ids: Vec<String>,
    /// Only these resources, each as type and id.
    pub targeted_sync_resources: Vec<(String, String)>,
    /// `sqlite`, `pebble` or nothing.
    pub storage_engine: String,
}

impl TaskScript {
    /// A task of this kind.
    pub fn new(kind: TaskKind) -> Self {
        Self { kind, id: None, debug: false, cancel_at_beat: None, duplicates: 0, message: None }
    }

    /// A sync without options.
    pub fn sync() -> Self {
        Self::new(TaskKind::SyncFull(SyncFull::default()))
    }

    /// Cancels the task with the answer to its `beat`-th heartbeat.
    #[must_use]
    pub fn cancel_at_beat(mut self, beat: u32) -> Self {
        self.cancel_at_beat = Some(beat);
        self
    }

    /// Asks for a debug log.
    #[must_use]
    pub fn debug(mut self) -> Self {
        self.debug = true;
        self
    }

    /// Gives the task this id.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// Hands the task out this many times more while it runs.
    #[must_use]
    pub fn duplicates(mut self, times: u32) -> Self {
        self.duplicates = times;
        self
    }

    /// Sends this message in place of the kind's own.
    #[must_use]
    pub fn message(mut self, message: TaskType) -> Self {
        self.message = Some(message);
        self
    }

    pub(crate) fn task_type(&self) -> TaskType {
        self.message.clone().unwrap_or_else(|| self.kind.task_type())
    }
}

impl TaskKind {
    /// Every kind, each once.
    pub fn all() -> Vec<Self> {
        vec![
            Self::None,
            Self::Hello,
            Self::SyncFull(SyncFull::default()),
            Self::Grant,
            Self::Revoke,
            Self::CreateAccount,
            Self::CreateResource,
            Self::DeleteResource,
            Self::RotateCredentials,
            Self::EventFeed,
            Self::CreateTicketTask,
            Self::ListTicketSchemas,
            Self::GetTicket,
            Self::BulkCreateTickets,
            Self::BulkGetTickets,
            Self::ActionListSchemas,
            Self::ActionGetSchema,
            Self::ActionInvoke,
            Self::ActionStatus,
            Self::CreateSyncDiff,
            Self::CompactSyncs,
            Self::ListEventFeeds,
            Self::ListEvents,
            Self::IssueCredential,
        ]
    }

    /// The message, with as much in it as makes it valid.
    fn task_type(&self) -> TaskType {
        match self {
            Self::None => TaskType::None(task::NoneTask::default()),
            Self::Hello => TaskType::Hello(task::HelloTask::default()),
            Self::SyncFull(sync) => TaskType::SyncFull(sync.message()),
            Self::Grant => TaskType::Grant(task::GrantTask {
                entitlement: Some(membership()),
                principal: Some(person()),
                ..task::GrantTask::default()
            }),
            Self::Revoke => TaskType::Revoke(task::RevokeTask {
                grant: Some(v2::Grant {
                    id: "group:g1:member:user:u1".to_owned(),
                    entitlement: Some(membership()),
                    principal: Some(person()),
                    ..v2::Grant::default()
                }),
                ..task::RevokeTask::default()
            }),
            Self::CreateAccount => TaskType::CreateAccount(task::CreateAccountTask {
                account_info: Some(v2::AccountInfo {
                    login: "new@example.com".to_owned(),
                    ..v2::AccountInfo::default()
                }),
                ..task::CreateAccountTask::default()
            }),
            Self::CreateResource => {
                TaskType::CreateResource(task::CreateResourceTask { resource: Some(person()) })
            }
            Self::DeleteResource => TaskType::DeleteResource(task::DeleteResourceTask {
                resource_id: person().id,
                ..task::DeleteResourceTask::default()
            }),
            Self::RotateCredentials => TaskType::RotateCredentials(task::RotateCredentialsTask {
                resource_id: person().id,
                ..task::RotateCredentialsTask::default()
            }),
            Self::EventFeed => TaskType::EventFeed(task::EventFeedTask::default()),
            Self::CreateTicketTask => TaskType::CreateTicketTask(task::CreateTicketTask::default()),
            Self::ListTicketSchemas => TaskType::ListTicketSchemas(task::ListTicketSchemasTask::default()),
            Self::GetTicket => TaskType::GetTicket(task::GetTicketTask {
                ticket_id: "T-1".to_owned(),
                ..task::GetTicketTask::default()
            }),
            Self::BulkCreateTickets => TaskType::BulkCreateTickets(task::BulkCreateTicketsTask::default()),
            Self::BulkGetTickets => TaskType::BulkGetTickets(task::BulkGetTicketsTask::default()),
            Self::ActionListSchemas => TaskType::ActionListSchemas(task::ActionListSchemasTask::default()),
            Self::ActionGetSchema => TaskType::ActionGetSchema(task::ActionGetSchemaTask {
                name: "disable".to_owned(),
                ..task::ActionGetSchemaTask::default()
            }),
            Self::ActionInvoke => TaskType::ActionInvoke(task::ActionInvokeTask {
                name: "disable".to_owned(),
                ..task::ActionInvokeTask::default()
            }),
            Self::ActionStatus => TaskType::ActionStatus(task::ActionStatusTask {
                name: "disable".to_owned(),
                ..task::ActionStatusTask::default()
            }),
            Self::CreateSyncDiff => TaskType::CreateSyncDiff(task::CreateSyncDiffTask::default()),
            Self::CompactSyncs => TaskType::CompactSyncs(task::CompactSyncs::default()),
            Self::ListEventFeeds => TaskType::ListEventFeeds(task::ListEventFeedsTask::default()),
            Self::ListEvents => TaskType::ListEvents(task::ListEventsTask::default()),
            Self::IssueCredential => TaskType::IssueCredential(task::IssueCredentialTask {
                identity_id: person().id,
                ..task::IssueCredentialTask::default()
            }),
        }
    }
}

impl SyncFull {
    fn message(&self) -> task::SyncFullTask {
        let resource = |(kind, id): &(String, String)| resource(kind, id);
        task::SyncFullTask {
            annotations: Vec::new(),
            skip_expand_grants: self.skip_expand_grants,
            skip_entitlements_and_grants: self.skip_entitlements_and_grants,
            targeted_sync_resources: self.targeted_sync_resources.iter().map(resource).collect(),
            sync_resource_type_ids: self.sync_resource_type_ids.clone(),
            skip_grants: self.skip_grants,
            storage_engine: self.storage_engine.clone(),
        }
    }
}

fn resource(kind: &str, id: &str) -> v2::Resource {
    let id = v2::ResourceId { resource_type: kind.to_owned(), resource: id.to_owned(), ..Default::default() };
    v2::Resource { id: Some(id), ..v2::Resource::default() }
}

fn person() -> v2::Resource {
    resource("user", "u1")
}

fn membership() -> v2::Entitlement {
    v2::Entitlement {
        id: "group:g1:member".to_owned(),
        resource: Some(resource("group", "g1")),
        slug: "member".to_owned(),
        ..v2::Entitlement::default()
    }
}
