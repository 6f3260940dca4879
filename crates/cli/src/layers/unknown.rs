//! Flags that do not exist: each is told in the words of the Go SDK (interop reference 4.6), together with what else is wrong.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command};

use crate::args::NAME;
use crate::compat;
use crate::problems::Problems;

/// A flag that does not exist.
pub(super) struct UnknownFlag {
    name: String,
    /// What was most likely meant.
    meant: Option<String>,
}

impl UnknownFlag {
    /// From what clap says, if it says that.
    fn of(error: &clap::Error) -> Option<Self> {
        let text = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => Some(text.clone()),
            _ => None,
        };
        if error.kind() != ErrorKind::UnknownArgument {
            return None;
        }
        let name = text(ContextKind::InvalidArg).filter(|name| name.starts_with('-'))?;
        Some(Self { name, meant: text(ContextKind::SuggestedArg) })
    }

    /// Takes it off the command line; `false` when it is not found there, as in `-xyz`.
    fn remove_from(&self, arguments: &mut Vec<OsString>) -> bool {
        let is_it = |argument: &OsString| {
            let text = argument.to_string_lossy();
            text == self.name || text.strip_prefix(&*self.name).is_some_and(|rest| rest.starts_with('='))
        };
        let at = arguments.iter().position(is_it);
        at.map(|at| arguments.remove(at)).is_some()
    }

    /// Adds it to what is wrong.
    pub(super) fn tell(&self, problems: &mut Problems) {
        problems.sentence(format!("unknown flag: {}", self.name));
        problems.hint(match &self.meant {
            Some(meant) => format!("is {meant} meant in place of {}?", self.name),
            None => format!("{NAME} --help lists the flags, and {NAME} COMMAND --help those of a command"),
        });
    }
}

/// Parses a command line without the flags that do not exist, and takes them off it.
///
/// # Errors
/// What else clap says, if there is nothing unknown, or something that cannot be told apart from the values of others.
pub(super) fn set_aside(
    command: &Command,
    arguments: &mut Vec<OsString>,
) -> Result<(ArgMatches, Vec<UnknownFlag>), clap::Error> {
    let given = arguments.clone();
    let mut unknown: Vec<UnknownFlag> = Vec::new();
    loop {
        match command.clone().try_get_matches_from(&*arguments) {
            Ok(matches) => return Ok((matches, unknown)),
            Err(error) => match UnknownFlag::of(&error) {
                Some(flag) if flag.remove_from(arguments) => unknown.push(flag),
                // The command says more than the flags that belong to it.
                _ if unknown.is_empty() || compat::command_of_the_go_sdk(&error).is_some() => {
                    return Err(error);
                }
                // A value of such a flag is in the way: then there is no more to say than clap said at first.
                _ => {
                    let first = command.clone().try_get_matches_from(&given);
                    return first.map(|matches| (matches, Vec::new()));
                }
            },
        }
    }
}
