//! How a sync fails.

use governance_model::{ConnectorError, ErrorClass};
use thiserror::Error;

use crate::LockError;

/// Why a sync did not seal. Unless it says otherwise, what was read is kept and the next run goes on from there.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SyncError {
    /// Another run works on the same output.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The source failed.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
    /// The output cannot be written, or must not be overwritten. Nothing was asked of the source.
    #[error("the output cannot be used")]
    Output(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store failed.
    #[error("cannot store the sync")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A resource type was asked for that the connector does not offer.
    #[error("invalid resource type '{0}' in filter")]
    UnknownResourceType(String),
    /// The sync would say that things are gone which very likely are not.
    #[error("the sync looks wrong and was not sealed: {what}")]
    SuspiciousShrink {
        /// What is gone.
        what: String,
        /// What may explain it, if the connector knows.
        hint: Option<String>,
    },
    /// The output holds syncs of another source.
    #[error("the output holds syncs of another source, {name} ({id})")]
    OtherSource {
        /// What people call that source.
        name: String,
        /// Its id.
        id: String,
    },
    /// A series of pages goes round in circles.
    #[error("the pages of {stream} bring nothing new any more and do not end")]
    EndlessPages {
        /// The series.
        stream: String,
    },
    /// The engine was asked to stop.
    #[error("stopped before the end")]
    Stopped,
    /// The checkpoint or a note is not what this version writes.
    #[error("the checkpoint cannot be understood: {0}")]
    Checkpoint(String),
    /// The thread that writes was lost.
    #[error("the writing thread ended unexpectedly")]
    Writer,
}

impl SyncError {
    pub(crate) fn store(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Store(Box::new(error))
    }

    /// The class of the failure, in gRPC's terms.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Lock(_) | Self::Output(_) | Self::OtherSource { .. } | Self::SuspiciousShrink { .. } => {
                ErrorClass::FailedPrecondition
            }
            Self::Connector(error) => error.class,
            Self::UnknownResourceType(_) => ErrorClass::InvalidArgument,
            Self::Stopped => ErrorClass::Cancelled,
            Self::EndlessPages { .. } | Self::Store(_) | Self::Checkpoint(_) | Self::Writer => {
                ErrorClass::Internal
            }
        }
    }
}
