//! Commands of the Go SDK that this program does not have (interop reference 4.1): each is answered with why not and what to do
//! instead, and not as a name that was mistyped.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::exit::Exit;
use crate::failure::Failure;

const SERVICE_MANAGER: &str = "this program registers nothing with a service manager of Windows";
const SERVICE_MANAGER_HINT: &str = "to run as a service under C1, set BATON_CLIENT_ID and BATON_CLIENT_SECRET and let what \
                                    starts programs on that machine start it; docs/service-mode.md has the settings";

/// The command, why it is not to be had, and what to do.
const COMMANDS: [(&str, &str, &str); 6] = [
    (
        "_connector-service",
        "a sync and the connector are one process here, so there is no child to start",
        "run it without a command; docs/decisions/0007-no-child-process.md says why",
    ),
    (
        "lambda",
        "this program does not run inside AWS Lambda",
        "run it as a service under C1, or on a schedule: docs/service-mode.md, docs/scheduling.md",
    ),
    ("setup", SERVICE_MANAGER, SERVICE_MANAGER_HINT),
    ("start", SERVICE_MANAGER, SERVICE_MANAGER_HINT),
    ("stop", SERVICE_MANAGER, SERVICE_MANAGER_HINT),
    ("remove", SERVICE_MANAGER, SERVICE_MANAGER_HINT),
];

/// The answer to a command of the Go SDK, if it is one that clap does not know.
pub(crate) fn answer(error: &clap::Error) -> Option<Failure> {
    let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(given))) =
        (error.kind(), error.get(ContextKind::InvalidSubcommand))
    else {
        return None;
    };
    let (name, why, instead) = COMMANDS.iter().find(|(name, ..)| name == given)?;
    let message = format!("command \"{name}\" cannot be used: {why}");
    Some(Failure::new(Exit::Unimplemented, message).with_hint(*instead))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    #[test]
    fn none_of_them_is_a_command_here() {
        let command = args::command();
        for (name, ..) in COMMANDS {
            assert!(command.find_subcommand(name).is_none(), "{name}");
        }
    }
}
