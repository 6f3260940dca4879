//! Tasks for which this connector has nothing: refused at once and for good, so that C1 does not try again.

use tonic::Code;

use crate::error::TaskError;
use crate::events::TaskKind;

pub(super) fn refusal(kind: TaskKind) -> TaskError {
    let message = format!("this connector does not support tasks of the type {}", kind.as_str());
    TaskError::lasting(Code::Unimplemented, message)
}
