//! A `hello` task: C1 wants to hear again who this is. The hello is the answer; there is no ending to tell.

use tonic::Status;

use super::Context;
use crate::error::TaskError;
use crate::finish::Outcome;

pub(super) async fn answer(context: &Context, task_id: &str) -> Option<Outcome> {
    let said = tokio::select! {
        said = context.greeting.say(&context.c1, task_id) => said,
        () = context.stopping.cancelled() => Err(Status::cancelled("the connector is being stopped")),
    };
    // Only a hello that C1 does not take has an ending, so that the task does not hang.
    let status = said.err()?;
    Some(Err(TaskError::retryable(status.code(), format!("the hello was not taken: {}", status.message()))))
}
