//! Commands in which the program describes itself: to C1, to shells, to readers. They need no credentials, no network and
//! no runtime, and start nothing.

pub(crate) mod capabilities;
mod completion;
mod configuration;
mod man;
mod reference;

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};

use anyhow::Result;
use clap::Subcommand;

use crate::args;
use crate::exit::Exit;
use crate::failure::Failure;

/// What is described.
#[derive(Debug, Subcommand)]
pub(crate) enum DescribeCommand {
    /// Print what the connector can do with each kind of resource, as JSON that C1 reads.
    Capabilities,
    /// Print the settings of the connector, as JSON from which C1 draws its form.
    Config,
    /// Print a script that completes commands and flags in a shell.
    Completion(completion::CompletionArgs),
    /// Print the manual page, or write one for each command into a folder.
    Man(man::ManArgs),
    /// Print every command and flag as JSON, from which `docs/commands.md` is made.
    #[command(name = "_reference", hide = true)]
    Reference,
}

impl DescribeCommand {
    /// The command, if the command line consists of nothing else. It has no flag that could be wrong then, and declaring all
    /// flags of all commands takes more than the answer itself.
    pub(crate) fn alone(arguments: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut arguments = arguments.into_iter().skip(1);
        match (arguments.next()?.to_str()?, arguments.next()) {
            ("capabilities", None) => Some(Self::Capabilities),
            ("config", None) => Some(Self::Config),
            _ => None,
        }
    }
}

/// Describes.
///
/// # Errors
/// When the description cannot be written.
pub(crate) fn run(command: &DescribeCommand) -> Result<()> {
    match command {
        DescribeCommand::Capabilities => print(capabilities::text()?.as_bytes()),
        DescribeCommand::Config => print(configuration::text()?.as_bytes()),
        DescribeCommand::Completion(args) => print(completion::script(args, &args::command()).as_bytes()),
        DescribeCommand::Man(args) => man::run(args, args::command()),
        DescribeCommand::Reference => print(reference::text(args::command())?.as_bytes()),
    }
}

/// The commands below one that people are told of; `help` only says what the others say.
fn shown(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help")
}

/// Writes to stdout. A reader that goes away is no failure.
fn print(text: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Unknown, format!("cannot write to standard output: {error}")).into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;
    use crate::args::{Cli, Command};

    /// What is taken for a command by itself is what the whole command line takes it for.
    #[test]
    fn a_command_by_itself_is_that_command() {
        for (line, is_it) in [
            ("x capabilities", true),
            ("x config", true),
            ("x capabilities --log-level debug", false),
            ("x --log-level debug capabilities", false),
            ("x completion bash", false),
            ("x man", false),
            ("x help capabilities", false),
            ("x", false),
            ("capabilities", false),
        ] {
            let words = || line.split(' ').map(OsString::from);
            let alone = DescribeCommand::alone(words()).map(|command| format!("{command:?}"));
            assert_eq!(alone.is_some(), is_it, "{line}");
            let Some(alone) = alone else { continue };
            let whole = args::command().try_get_matches_from(words()).unwrap();
            let Some(Command::Describe(whole)) = Cli::from_arg_matches(&whole).unwrap().command else {
                panic!("{line}")
            };
            assert_eq!(alone, format!("{whole:?}"));
        }
    }
}
