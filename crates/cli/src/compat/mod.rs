//! Flags of the Go SDK's command line that this program declares so that nothing is met with silence: those it takes without
//! having a use for them, and those that it answers with why not and what to do instead.
//!
//! The table is the declaration: `declare` makes clap's of it. A flag that begins to work moves to a place of its own.

mod commands;
mod features;
mod flags;
mod service_only;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction};

use crate::args::switch;
use crate::exit::Exit;
use crate::layers::Given;
use crate::problems::Problems;

pub(crate) use commands::answer as command_of_the_go_sdk;
use features::Feature;
use flags::FLAGS;
pub(crate) use service_only::{
    told as service_flags_without_a_service, told_in_a_service as sync_flags_in_a_service,
};

/// A flag of the Go SDK.
struct Flag {
    name: &'static str,
    variable: &'static str,
    kind: Kind,
    feature: Feature,
}

/// What its value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    List,
    Switch,
    Number,
}

/// Adds the flags to the command line, hidden, because nobody gains by trying them.
pub(crate) fn declare(mut command: clap::Command) -> clap::Command {
    for flag in FLAGS {
        let argument =
            Arg::new(flag.name).long(flag.name).env(flag.variable).hide(true).help(flag.feature.help());
        let argument = match flag.kind {
            Kind::Text => argument.value_name("VALUE"),
            Kind::List => argument.value_name("VALUES").value_delimiter(',').action(ArgAction::Append),
            Kind::Switch => argument
                .value_name("BOOL")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .value_parser(switch),
            Kind::Number => argument.value_name("N").value_parser(ValueParser::new(number)),
        };
        command = command.arg(match flag.name {
            // A command that reads a file may have that letter for a flag of its own.
            "provisioning" => argument.short('p'),
            _ => argument.global(true),
        });
    }
    command
}

fn number(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| format!("value must be a number but got '{text}'"))
}

/// Refuses what was asked for and is not offered. Commands that do not sync only look at the command line: variables and files
/// may be meant for others.
pub(crate) fn check(given: &Given, syncs: bool, problems: &mut Problems) {
    let mut refused: Vec<(Feature, Vec<&str>)> = Vec::new();
    for flag in FLAGS {
        let asked = given.is_set(flag.name) && (syncs || given.is_by_flag(flag.name));
        if !asked || !flag.feature.is_refused() || is_as_here(flag, given, problems) {
            continue;
        }
        match refused.iter_mut().find(|(feature, _)| *feature == flag.feature) {
            Some((_, names)) => names.push(flag.name),
            None => refused.push((flag.feature, vec![flag.name])),
        }
    }
    for (feature, names) in refused {
        let undoing: Vec<_> = names.iter().filter_map(|name| given.undoing(name)).collect();
        let undoing = undoing.join(", ");
        problems.hint(match feature.instead() {
            Some(instead) => format!("{undoing}; {instead}"),
            None => undoing,
        });
        let names: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        problems.refused(
            feature.exit(),
            format!("flag(s) {} cannot be used: {}", names.join(", "), feature.why()),
        );
    }
}

/// What to say of flags that were set and are taken without a use for them, if any were.
pub(crate) fn flags_without_effect(given: &Given) -> Option<String> {
    let set = FLAGS.iter().filter(|flag| flag.feature == Feature::WithoutEffect && given.is_set(flag.name));
    let names: Vec<_> = set.map(|flag| flag.name).collect();
    (!names.is_empty()).then(|| {
        format!(
            "[{}] makes no difference here: nothing is kept in a session store, and a file always keeps the sync before.",
            names.join(" ")
        )
    })
}

/// Whether the value asked for is the one that there is: the kind of file that is written anyway.
fn is_as_here(flag: &Flag, given: &Given, problems: &mut Problems) -> bool {
    if flag.feature != Feature::OtherStorage {
        return false;
    }
    match given.text(flag.name).unwrap_or_default() {
        "sqlite" => true,
        "pebble" => false,
        other => {
            problems.wrong(flag.name, format!("value must be one of [sqlite pebble] but got '{other}'"));
            true
        }
    }
}

/// Whether C1 is to change things in Clockify, which no part of the program can yet.
pub(crate) const PROVISIONING_DISABLED: &str = "provisioning is not enabled in this version";

impl Feature {
    fn exit(self) -> Exit {
        if self == Self::Provisioning { Exit::FailedPrecondition } else { Exit::Unimplemented }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variable_is_made_of_its_flag() {
        for flag in FLAGS {
            let expected = format!("BATON_{}", flag.name.to_uppercase().replace('-', "_"));
            assert_eq!(flag.variable, expected);
        }
    }
}
