//! Tasks that change something in the source. One seam takes them all: [`Provisioner`].

use async_trait::async_trait;
use baton_proto::c1::connectorapi::baton::v1::task::{
    CreateAccountTask, CreateResourceTask, DeleteResourceTask, GrantTask, IssueCredentialTask, RevokeTask,
    RotateCredentialsTask, TaskType,
};
use prost_types::Any;
use tonic::Code;

use crate::error::TaskError;
use crate::events::TaskKind;

/// A change that C1 wants made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Work {
    /// Give somebody something.
    Grant(GrantTask),
    /// Take it away.
    Revoke(RevokeTask),
    /// Make an account.
    CreateAccount(CreateAccountTask),
    /// Make a resource.
    CreateResource(CreateResourceTask),
    /// Remove a resource.
    DeleteResource(DeleteResourceTask),
    /// Replace a credential.
    RotateCredentials(RotateCredentialsTask),
    /// Hand out a credential.
    IssueCredential(IssueCredentialTask),
}

impl Work {
    /// The change that a task asks for; what it asks for instead when it asks for none.
    pub(crate) fn from_task(task: Option<TaskType>) -> Result<Self, TaskKind> {
        let kind = TaskKind::of(task.as_ref());
        match task {
            Some(TaskType::Grant(task)) => Ok(Self::Grant(task)),
            Some(TaskType::Revoke(task)) => Ok(Self::Revoke(task)),
            Some(TaskType::CreateAccount(task)) => Ok(Self::CreateAccount(task)),
            Some(TaskType::CreateResource(task)) => Ok(Self::CreateResource(task)),
            Some(TaskType::DeleteResource(task)) => Ok(Self::DeleteResource(task)),
            Some(TaskType::RotateCredentials(task)) => Ok(Self::RotateCredentials(task)),
            Some(TaskType::IssueCredential(task)) => Ok(Self::IssueCredential(task)),
            _ => Err(kind),
        }
    }
}

/// Makes changes in the source.
#[async_trait]
pub trait Provisioner: Send + Sync {
    /// Makes one; the answer is the response message that its kind of task has.
    ///
    /// # Errors
    /// Why not.
    async fn perform(&self, task_id: &str, work: Work) -> Result<Option<Any>, TaskError>;
}

/// Makes no changes at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProvisioningDisabled;

#[async_trait]
impl Provisioner for ProvisioningDisabled {
    async fn perform(&self, _task_id: &str, _work: Work) -> Result<Option<Any>, TaskError> {
        Err(TaskError::lasting(Code::FailedPrecondition, "provisioning is not enabled"))
    }
}
