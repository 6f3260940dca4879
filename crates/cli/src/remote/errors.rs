//! What a failure of an object store means to a person.

use remote_file::Error;
use thiserror::Error as ThisError;

use crate::exit::Exit;
use crate::failure::Failure;

/// What is kept when the file could not be sent.
const KEPT: &str =
    "nothing is lost: the next run of the same command only sends the file, and asks Clockify nothing";

/// The run was asked to stop while it sent the file.
#[derive(Debug, ThisError)]
#[error("stopped while the file was being sent")]
pub(super) struct StoppedSending;

/// The failure, with its exit code and what to do.
pub(crate) fn failure(error: &Error) -> Failure {
    let exit = match error {
        Error::Settings { .. } | Error::Half { .. } | Error::Proxy { .. } | Error::Region { .. } => {
            Exit::InvalidArgument
        }
        Error::NoCredentials { .. } | Error::Unauthenticated { .. } => Exit::Unauthenticated,
        Error::Denied { .. } => Exit::PermissionDenied,
        Error::NoBucket { .. } => Exit::NotFound,
        Error::Unavailable { .. } | Error::Certificate { .. } => Exit::Unavailable,
        _ => Exit::FailedPrecondition,
    };
    let message = match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    let failure = Failure::new(exit, message).passing(error.passes());
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// The same about a file that is sealed and did not get to its place; `None` when something else failed.
pub(crate) fn undelivered(error: &c1z::Error) -> Option<Failure> {
    let c1z::Error::Delivery { source } = error else { return None };
    if source.is::<StoppedSending>() {
        return Some(Failure::new(Exit::Resumable, StoppedSending.to_string()).with_hint(KEPT));
    }
    let failed = failure(source.downcast_ref::<Error>()?);
    Some(failed.prefixed("the sync is complete, but not in its place: ", KEPT))
}
