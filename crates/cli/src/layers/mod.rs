//! Where the value of a flag comes from: the command line, else its variable (or a file that a variable names, for a secret),
//! else a credential of systemd's, else the configuration file, else the default.
//!
//! The command line is parsed twice. The first time every value is text, so that what is set can be looked up in all layers and
//! every wrong value be found, not only the first. The second time the other layers stand in for the defaults, and clap makes
//! the typed arguments.

mod file;
mod given;
mod look;
mod secrets;
mod spaced;
mod unknown;
mod values;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command, FromArgMatches};

use crate::args::{self, Cli};
use crate::compat;
use crate::failure::Failure;
use crate::problems::Problems;

pub(crate) use file::CONFIG_PATH;
pub(crate) use given::{Given, Layer};
pub(crate) use secrets::{CREDENTIALS_DIRECTORY, SECRETS, file_variable};

use given::Setting;
use look::Layers;
use spaced::Spaced;
use unknown::UnknownFlag;

/// The command line, with every layer in it.
pub(crate) struct Parsed {
    pub(crate) cli: Cli,
    pub(crate) given: Given,
    /// What is wrong so far. Where it is anything, `cli` has only what is right.
    pub(crate) problems: Problems,
    /// To be said once logging is set up.
    pub(crate) warnings: Vec<String>,
}

/// Why there is no command line to go on with.
pub(crate) enum Ended {
    /// What clap says: a flag that does not exist, or the help that was asked for.
    Usage(clap::Error),
    /// What is wrong with values, for a command that looks at nothing else, or a command that is not offered.
    Wrong(Failure),
}

/// A variable that is set to something: templates make an empty one of a value nobody gave.
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Reads all layers.
///
/// # Errors
/// See [`Ended`].
pub(crate) fn parse() -> Result<Parsed, Ended> {
    let given: Vec<OsString> = std::env::args_os().collect();
    let mut arguments = given.clone();
    let (lean, is_cut) = args::command_for(&given);
    let text = match as_text(lean, &mut arguments) {
        Ok(text) if text.unknown.is_empty() && text.spaced.is_empty() => text,
        // A value may look like a command: then others are missing in the help of all.
        Err(error) if is_help(&error) && is_cut => {
            return Err(Ended::Usage(usage(error, args::command(), &given)));
        }
        Err(error) if is_help(&error) => return Err(Ended::Usage(error)),
        // What to say of a wrong command line depends on all commands and their flags.
        _ => {
            arguments = given;
            as_text(args::command(), &mut arguments).map_err(|error| {
                match compat::command_of_the_go_sdk(&error) {
                    Some(failure) => Ended::Wrong(failure),
                    None => Ended::Usage(error),
                }
            })?
        }
    };
    parse_typed(text, arguments)
}

/// A command line whose values are text.
struct AsText {
    declared: Command,
    matches: ArgMatches,
    spaced: Vec<Spaced>,
    unknown: Vec<UnknownFlag>,
}

/// Parses a command line for the first time. What is wrong with its flags is put right in it, to find what else is wrong.
fn as_text(declared: Command, arguments: &mut Vec<OsString>) -> Result<AsText, clap::Error> {
    let texts = each_argument(declared.clone(), &|argument| {
        argument
            .env(None::<&'static str>)
            .default_value(None::<&'static str>)
            .value_parser(ValueParser::os_string())
    });
    let spaced = spaced::join(&texts, arguments);
    match unknown::set_aside(&texts, arguments) {
        Ok((matches, unknown)) => Ok(AsText { declared, matches, spaced, unknown }),
        Err(error) => Err(usage(error, declared, arguments)),
    }
}

/// Looks up what is set in the other layers, and parses the command line for the second time.
fn parse_typed(text: AsText, arguments: Vec<OsString>) -> Result<Parsed, Ended> {
    let AsText { declared, matches, spaced, unknown } = text;
    let mut layers = Layers::read(&declared, &matches);
    let chosen = matches.subcommand_name();
    let wrong_by_flag = layers.check() || !unknown.is_empty() || !spaced.is_empty();
    let Layers { given, mut problems, warnings, .. } = layers;
    for flag in &unknown {
        flag.tell(&mut problems);
    }
    for flag in &spaced {
        flag.tell(&mut problems);
    }

    let stands_in = |field: &str, setting: &Setting| {
        (setting.layer != Layer::Flag || wrong_by_flag) && !problems.is_wrong(field)
    };
    let defaults: BTreeMap<&str, &[OsString]> = given
        .0
        .iter()
        .filter(|(field, setting)| stands_in(field, setting))
        .map(|(_, setting)| (&*setting.variable, &*setting.values))
        .collect();
    let command = each_argument(declared, &|argument| {
        let values = variable_of(&argument).and_then(|name| defaults.get(&*name));
        let argument = argument.env(None::<&'static str>);
        match values {
            Some(values) => argument.default_values(values.iter()),
            None => argument,
        }
    });
    // What clap would refuse is left out, to find what else is wrong.
    let arguments = match (wrong_by_flag, chosen) {
        (false, _) => arguments,
        (true, None) => vec![args::NAME.into()],
        (true, Some(name)) if args::asks_clockify(Some(name)) => vec![args::NAME.into(), name.into()],
        (true, Some(_)) => return Err(Ended::Wrong(problems.into_failure())),
    };
    let cli = command
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .map_err(Ended::Usage)?;
    Ok(Parsed { cli, given, problems, warnings })
}

/// What clap says. Help is made of the command line as it is declared, so that it shows the program's own defaults, and neither
/// what is in a file nor a secret.
fn usage(error: clap::Error, declared: Command, arguments: &[OsString]) -> clap::Error {
    if is_help(&error) { declared.try_get_matches_from(arguments).err().unwrap_or(error) } else { error }
}

fn is_help(error: &clap::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// Changes every argument that has a variable: those are the ones that can be set in every layer.
fn each_argument(command: Command, change: &dyn Fn(Arg) -> Arg) -> Command {
    let command =
        command.mut_args(|argument| if argument.get_env().is_some() { change(argument) } else { argument });
    command.mut_subcommands(|command| each_argument(command, change))
}

fn variable_of(argument: &Arg) -> Option<String> {
    argument.get_env()?.to_str().map(str::to_owned)
}

/// The name in the configuration file: the variable's without its beginning, which is the flag's for all flags that are not a
/// command's own.
pub(crate) fn key_of(variable: &str) -> String {
    variable.strip_prefix("BATON_").unwrap_or(variable).to_lowercase().replace('_', "-")
}

/// The values in one text.
fn split(text: &OsStr, delimiter: Option<char>) -> Vec<OsString> {
    match (delimiter, text.to_str()) {
        (Some(delimiter), Some(text)) => text.split(delimiter).map(|value| value.trim().into()).collect(),
        _ => vec![text.to_owned()],
    }
}

/// All names that a configuration file may hold.
pub(crate) fn keys(command: &Command) -> Vec<String> {
    let mut names: Vec<_> =
        command.get_arguments().filter_map(variable_of).map(|name| key_of(&name)).collect();
    for below in command.get_subcommands() {
        names.extend(keys(below));
    }
    names.sort_unstable();
    names.dedup();
    names
}
