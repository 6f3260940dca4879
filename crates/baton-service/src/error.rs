//! How a task fails, and how the service does.

use baton_proto::google::rpc;
use thiserror::Error;
use tonic::{Code, Status};

/// The longest message that C1 is sent about a failed task.
const MAX_MESSAGE: usize = 4096;

/// Why a task failed, as C1 is told.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct TaskError {
    /// What kind of failure it is.
    pub code: Code,
    /// What happened, and what to do about it.
    pub message: String,
    /// Whether C1 need not try again.
    pub non_retryable: bool,
}

impl TaskError {
    /// A failure that may pass.
    pub fn retryable(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), non_retryable: false }
    }

    /// A failure that does not pass by itself.
    pub fn lasting(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), non_retryable: true }
    }

    /// The same as a status on the wire.
    pub(crate) fn status(&self) -> rpc::Status {
        let mut message = self.message.clone();
        if message.len() > MAX_MESSAGE {
            let cut = (0..=MAX_MESSAGE).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
            message.truncate(cut);
        }
        rpc::Status { code: self.code as i32, message, details: Vec::new() }
    }
}

/// Why the service ended although nobody asked it to.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// C1 turned the connector away for good.
    #[error("C1 turned this connector away: {} ({})", .0.message(), .0.code().description())]
    TurnedAway(Status),
    /// The folder for unfinished syncs cannot be used.
    #[error("cannot use the data folder {}", .folder.display())]
    DataFolder {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Whether C1 will say the same however often it is asked (interop reference 7.4).
pub(crate) fn is_final(code: Code) -> bool {
    matches!(
        code,
        Code::Unauthenticated
            | Code::PermissionDenied
            | Code::InvalidArgument
            | Code::Unimplemented
            | Code::FailedPrecondition
            | Code::NotFound
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_are_cut_between_characters() {
        let status = TaskError::lasting(Code::Internal, "é".repeat(5000)).status();
        assert_eq!(status.message.len(), 4096);
        assert_eq!(status.code, 13);
    }
}
