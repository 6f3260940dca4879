//! Every command and flag as JSON: what `docs/commands.md` is made of, and what other checks of the repository ask.

use anyhow::{Context, Result};
use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command};
use serde::Serialize;

use crate::environment;

/// Everything that can be set.
#[derive(Serialize)]
struct Reference {
    #[serde(flatten)]
    program: Described,
    variables: Vec<Variable>,
}

/// A variable of the environment.
#[derive(Serialize)]
struct Variable {
    name: String,
    purpose: String,
}

/// A command, with its own flags and those below it.
#[derive(Serialize)]
struct Described {
    /// With the names of the commands above it.
    name: String,
    about: String,
    usage: String,
    hidden: bool,
    arguments: Vec<Argument>,
    commands: Vec<Described>,
}

/// A flag, or a value without one.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, as clap has it")]
struct Argument {
    name: String,
    long: Option<String>,
    short: Option<char>,
    aliases: Vec<String>,
    /// What stands for its value; none for a switch.
    value: Option<String>,
    variable: Option<String>,
    default: Option<String>,
    choices: Vec<Choice>,
    required: bool,
    repeated: bool,
    /// Whether commands below take it as well.
    global: bool,
    hidden: bool,
    heading: Option<String>,
    help: String,
}

/// One of the values that a flag takes.
#[derive(Serialize)]
struct Choice {
    name: String,
    help: String,
}

/// The whole program.
pub(super) fn text(mut program: Command) -> Result<String> {
    program.build();
    let name = program.get_name().to_owned();
    let variables = environment::variables().into_iter();
    let reference = Reference {
        program: command(&program, name, true),
        variables: variables.map(|known| Variable { name: known.name, purpose: known.purpose }).collect(),
    };
    let mut text = serde_json::to_string_pretty(&reference).context("cannot print the flags")?;
    text.push('\n');
    Ok(text)
}

fn command(command: &Command, name: String, is_top: bool) -> Described {
    // Global flags were copied into every command below; they are described once.
    let own = |argument: &&Arg| is_top || !argument.is_global_set();
    let is_help = |argument: &&Arg| {
        matches!(argument.get_action(), ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong)
    };
    Described {
        about: plain(command.get_long_about().or(command.get_about())),
        usage: command.clone().render_usage().to_string().trim_start_matches("Usage: ").to_owned(),
        hidden: command.is_hide_set(),
        arguments: command
            .get_arguments()
            .filter(own)
            .filter(|argument| is_top || !is_help(argument))
            .map(argument)
            .collect(),
        commands: command
            .get_subcommands()
            .filter(|inner| inner.get_name() != "help")
            .map(|inner| self::command(inner, format!("{name} {}", inner.get_name()), false))
            .collect(),
        name,
    }
}

fn argument(argument: &Arg) -> Argument {
    let takes_values = argument.get_action().takes_values();
    let is_switch = is_switch(argument);
    let names = argument.get_value_names().map(|names| names.join(" "));
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let choices =
        if argument.is_hide_possible_values_set() { Vec::new() } else { argument.get_possible_values() };
    Argument {
        name: argument.get_id().to_string(),
        long: argument.get_long().map(str::to_owned),
        short: argument.get_short(),
        aliases: argument.get_visible_aliases().into_iter().flatten().map(str::to_owned).collect(),
        value: names.filter(|_| takes_values && !is_switch),
        variable: argument.get_env().map(|name| name.to_string_lossy().into_owned()),
        default: Some(defaults.join(",")).filter(|text| !text.is_empty() && !is_switch),
        choices: choices
            .iter()
            .filter(|choice| takes_values && !choice.is_hide_set())
            .map(|choice| Choice { name: choice.get_name().to_owned(), help: plain(choice.get_help()) })
            .collect(),
        required: argument.is_required_set(),
        repeated: matches!(argument.get_action(), ArgAction::Append)
            || argument.get_value_delimiter().is_some(),
        global: argument.is_global_set(),
        hidden: argument.is_hide_set(),
        heading: argument.get_help_heading().map(str::to_owned),
        help: plain(argument.get_long_help().or(argument.get_help())),
    }
}

/// Whether it may stand without a value, and is off when it is not there.
fn is_switch(argument: &Arg) -> bool {
    let stands_alone = argument.get_num_args().is_some_and(|range| range.min_values() == 0);
    let is_on_or_off =
        argument.get_value_names().is_none_or(|names| names.iter().all(|name| *name == "BOOL"));
    stands_alone && is_on_or_off
}

fn plain(text: Option<&StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}
