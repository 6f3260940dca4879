//! Whether a value is one that a flag takes, asked of the flag's own declaration.

use std::ffi::OsString;

use clap::builder::ValueParser;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command};

/// The flag as it is tried, alone.
const TRIED: &str = "value";

/// Tries values.
///
/// # Errors
/// What is wrong with the first one that is, in the words of the Go SDK.
pub(super) fn check(declared: &Arg, values: &[OsString]) -> Result<(), String> {
    values.iter().try_for_each(|value| check_one(declared, value))
}

fn check_one(declared: &Arg, value: &OsString) -> Result<(), String> {
    let alone = Arg::new(TRIED)
        .long(TRIED)
        .action(ArgAction::Set)
        .num_args(1)
        .require_equals(true)
        .ignore_case(declared.is_ignore_case_set())
        .value_parser(ValueParser::clone(declared.get_value_parser()));
    let mut argument = OsString::from(format!("--{TRIED}="));
    argument.push(value);
    let tried = Command::new(TRIED).no_binary_name(true).arg(alone).try_get_matches_from([argument]);
    tried.map(drop).map_err(|error| problem(declared, value, &error))
}

fn problem(declared: &Arg, value: &OsString, error: &clap::Error) -> String {
    let shown = value.to_string_lossy();
    let offered: Vec<_> =
        declared.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if !offered.is_empty() {
        return format!("value must be one of [{}] but got '{shown}'", offered.join(" "));
    }
    match error.kind() {
        ErrorKind::InvalidUtf8 => "value must be text".to_owned(),
        _ => std::error::Error::source(error).map_or_else(
            || {
                let context = error.get(ContextKind::InvalidValue);
                context
                    .map_or_else(|| "value is missing".to_owned(), |value| format!("invalid value '{value}'"))
            },
            ToString::to_string,
        ),
    }
}
