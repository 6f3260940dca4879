//! Switches whose value stands behind a space, `--metrics true`: Go tools, too, take the value of a switch only behind an equals
//! sign, and would run a command of that name.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::Command;

use crate::problems::Problems;

/// A switch, and the value behind it.
pub(super) struct Spaced {
    flag: String,
    value: String,
}

impl Spaced {
    /// Adds it to what is wrong.
    pub(super) fn tell(&self, problems: &mut Problems) {
        let Self { flag, value } = self;
        problems
            .sentence(format!("{flag} takes its value behind an equals sign, and {value:?} stands alone"));
        problems.hint(format!("write {flag}={value}"));
    }
}

/// Finds them, and joins each with its value, to find what else is wrong.
pub(super) fn join(command: &Command, arguments: &mut Vec<OsString>) -> Vec<Spaced> {
    let mut switches = BTreeSet::new();
    collect(command, &mut switches);
    let mut found = Vec::new();
    let mut at = 1;
    while at + 1 < arguments.len() && arguments[at] != "--" {
        let flag = arguments[at].to_string_lossy().into_owned();
        let value = arguments[at + 1].to_string_lossy().into_owned();
        if switches.contains(&flag) && ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word)) {
            arguments[at].push(format!("={value}"));
            arguments.remove(at + 1);
            found.push(Spaced { flag, value });
        }
        at += 1;
    }
    found
}

/// The names of all flags that may have a value and need none.
fn collect(command: &Command, switches: &mut BTreeSet<String>) {
    let is_switch = |range: clap::builder::ValueRange| range.min_values() == 0 && range.max_values() > 0;
    for argument in command.get_arguments().filter(|flag| flag.get_num_args().is_some_and(is_switch)) {
        switches.extend(argument.get_long().map(|name| format!("--{name}")));
        switches.extend(argument.get_short().map(|letter| format!("-{letter}")));
    }
    for below in command.get_subcommands() {
        collect(below, switches);
    }
}
