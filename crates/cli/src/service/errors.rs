//! What failures mean: to C1, which hears of tasks, and to whoever runs the service.

use baton_service::{ConnectError, ServiceError, TaskError};
use governance_model::{ConnectorError, ErrorClass};
use sync_engine::SyncError;
use tonic::Code;

use crate::exit::Exit;
use crate::failure::{Failure, chain};

const SYSTEM_ROOTS: &str =
    "install the system's CA certificates, or name a file of them with SSL_CERT_FILE or --ca-cert";
const TURNED_AWAY: &str = "the client id and the client secret must be a pair that C1 issued together and has not revoked; \
                           in C1, open the connector's settings, make new credentials, and set BATON_CLIENT_ID and \
                           BATON_CLIENT_SECRET to them; also check that this machine's clock is right";

/// What a failed sync is to C1.
pub(super) fn task(error: &SyncError) -> TaskError {
    let message = message(error);
    match error {
        // Time has to pass, and nothing else.
        SyncError::Connector(refused) if refused.rate_limited => {
            TaskError::retryable(Code::ResourceExhausted, message)
        }
        // Verdicts: the same again would be refused again, and it is for a person to look.
        SyncError::SuspiciousShrink { .. }
        | SyncError::OtherSource { .. }
        | SyncError::UnknownResourceType(_) => TaskError::lasting(code(error.class()), message),
        _ if matches!(error.class(), ErrorClass::InvalidArgument | ErrorClass::Unimplemented) => {
            TaskError::lasting(code(error.class()), message)
        }
        _ => TaskError::retryable(code(error.class()), message),
    }
}

/// The message, everything underneath, and what the source advises.
fn message(error: &SyncError) -> String {
    let mut text = chain(error);
    let hint = match error {
        SyncError::Connector(ConnectorError { hint, .. }) | SyncError::SuspiciousShrink { hint, .. } => {
            hint.as_deref()
        }
        _ => None,
    };
    if let Some(hint) = hint {
        text.push_str(" (");
        text.push_str(hint);
        text.push(')');
    }
    text
}

fn code(class: ErrorClass) -> Code {
    match class {
        ErrorClass::Cancelled => Code::Cancelled,
        ErrorClass::InvalidArgument => Code::InvalidArgument,
        ErrorClass::DeadlineExceeded => Code::DeadlineExceeded,
        ErrorClass::NotFound => Code::NotFound,
        ErrorClass::PermissionDenied => Code::PermissionDenied,
        ErrorClass::FailedPrecondition => Code::FailedPrecondition,
        ErrorClass::Unimplemented => Code::Unimplemented,
        ErrorClass::Unavailable => Code::Unavailable,
        ErrorClass::Unauthenticated => Code::Unauthenticated,
        ErrorClass::Internal => Code::Internal,
        _ => Code::Unknown,
    }
}

/// Why C1 cannot be spoken to at all.
pub(super) fn connecting(error: &ConnectError) -> Failure {
    let message = format!("{:#}", chain(error));
    let exit = match error {
        ConnectError::Proxy(_) => Exit::InvalidArgument,
        _ => Exit::FailedPrecondition,
    };
    let failure = Failure::new(exit, message);
    match error {
        ConnectError::Tls(_) => failure.with_hint(SYSTEM_ROOTS),
        ConnectError::Proxy(problem) => failure.with_hint(problem.hint()),
        _ => failure,
    }
}

/// Why the service ended.
pub(super) fn service(error: &ServiceError) -> Failure {
    let message = chain(error);
    match error {
        ServiceError::TurnedAway(status) => {
            let exit = match status.code() {
                Code::Unauthenticated => Exit::Unauthenticated,
                Code::PermissionDenied => Exit::PermissionDenied,
                Code::InvalidArgument => Exit::InvalidArgument,
                Code::Unimplemented => Exit::Unimplemented,
                Code::NotFound => Exit::NotFound,
                Code::FailedPrecondition => Exit::FailedPrecondition,
                _ => Exit::Unknown,
            };
            let failure = Failure::new(exit, message);
            match exit {
                Exit::Unauthenticated => failure.with_hint(TURNED_AWAY),
                Exit::NotFound => failure.with_hint(
                    "there is no C1 at that host; the client id names it between @ and /, and BATON_C1_API_HOST overrides it",
                ),
                _ => failure,
            }
        }
        ServiceError::DataFolder { .. } => Failure::new(Exit::FailedPrecondition, message)
            .with_hint("the folder must be writable, and on a disk that outlives the container; name another with --data-dir"),
        _ => Failure::new(Exit::Unknown, message),
    }
}
