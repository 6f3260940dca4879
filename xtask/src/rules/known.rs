//! Which flags and variables there are, asked of the program itself and of this one.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// The flags and commands of a program.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// By name, and whether a value follows.
    flags: BTreeMap<String, bool>,
    /// Those that commands below take as well.
    global: BTreeMap<String, bool>,
    takes_values: bool,
    commands: BTreeMap<String, Tree>,
}

/// What there is.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) program: Tree,
    pub(super) xtask: Tree,
    /// Every variable that the program reads.
    pub(super) variables: BTreeSet<String>,
}

impl Known {
    /// Builds the program and asks it.
    pub(super) fn of_program() -> Result<Self> {
        let program = crate::program::build("dev")?;
        let said = Command::new(program).arg("_reference").output().context("cannot start the program")?;
        if !said.status.success() {
            bail!("the program does not tell its flags: {}", String::from_utf8_lossy(&said.stderr).trim());
        }
        let said = serde_json::from_slice(&said.stdout).context("the program's flags are not JSON")?;
        Ok(Self::of_reference(&said))
    }

    fn of_reference(said: &Value) -> Self {
        let variables = said["variables"].as_array().into_iter().flatten();
        Self {
            program: Tree::of_reference(said),
            xtask: Tree::of_clap(&crate::command()),
            variables: variables
                .filter_map(|variable| variable["name"].as_str().map(str::to_owned))
                .collect(),
        }
    }

    /// Some for tests.
    #[cfg(test)]
    pub(super) fn invented() -> Self {
        let flag = |long: &str, value: Option<&str>, global: bool| serde_json::json!({ "long": long, "aliases": [], "value": value, "global": global });
        let own = serde_json::json!({ "long": null, "aliases": [], "value": "DIR", "global": false });
        Self::of_reference(&serde_json::json!({
            "name": "baton-clockify",
            "arguments": [flag("file", Some("PATH"), true), flag("api-key", Some("KEY"), false)],
            "commands": [
                { "name": "baton-clockify users", "arguments": [flag("admin", None, false)], "commands": [] },
                { "name": "baton-clockify evidence", "arguments": [], "commands": [
                    { "name": "baton-clockify evidence create",
                      "arguments": [flag("sign", Some("FILE"), false), own],
                      "commands": [] },
                ] },
            ],
            "variables": [
                { "name": "BATON_FILE" }, { "name": "BATON_API_KEY" }, { "name": "BATON_API_KEY_FILE" },
                { "name": "BATON_LIMIT" }, { "name": "NO_PROGRESS" },
            ],
        }))
    }
}

impl Tree {
    /// From what `baton-clockify _reference` prints.
    fn of_reference(said: &Value) -> Self {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let mut tree = Self::default();
        for argument in list(&said["arguments"]) {
            let takes_value = !argument["value"].is_null();
            let names: Vec<String> = [&argument["long"]]
                .into_iter()
                .chain(&list(&argument["aliases"]))
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect();
            tree.takes_values |= names.is_empty();
            let flags = if argument["global"] == true { &mut tree.global } else { &mut tree.flags };
            flags.extend(names.into_iter().map(|name| (name, takes_value)));
        }
        for command in list(&said["commands"]) {
            let name = command["name"].as_str().and_then(|name| name.rsplit(' ').next()).unwrap_or_default();
            tree.commands.insert(name.to_owned(), Self::of_reference(&command));
        }
        tree
    }

    /// From the declaration.
    fn of_clap(command: &clap::Command) -> Self {
        let mut tree = Self::default();
        for argument in command.get_arguments() {
            match argument.get_long() {
                Some(name) => {
                    tree.flags.insert(name.to_owned(), argument.get_action().takes_values());
                }
                None => tree.takes_values = true,
            }
        }
        for below in command.get_subcommands() {
            tree.commands.insert(below.get_name().to_owned(), Self::of_clap(below));
        }
        tree
    }

    /// Whether any command takes the flag.
    pub(super) fn has_flag(&self, name: &str) -> bool {
        self.flags.contains_key(name)
            || self.global.contains_key(name)
            || self.commands.values().any(|command| command.has_flag(name))
    }

    /// Whether there is a command of this name, at any depth.
    pub(super) fn has_command(&self, name: &str) -> bool {
        self.commands.contains_key(name) || self.commands.values().any(|command| command.has_command(name))
    }

    /// Whether a command of the top has this name.
    pub(super) fn begins_with(&self, name: &str) -> bool {
        self.commands.contains_key(name)
    }

    /// What of these words the program would not know: flags, and the command.
    pub(super) fn unknown(&self, words: &[String]) -> Vec<String> {
        let mut tree = self;
        let mut global: BTreeMap<&str, bool> = BTreeMap::new();
        global.extend([("help", false), ("version", false)]);
        global.extend(tree.global.iter().map(|(name, value)| (name.as_str(), *value)));
        let mut unknown = Vec::new();
        let mut words = words.iter().map(|word| word.trim_matches(['[', ']']));
        while let Some(word) = words.next() {
            if let Some(flag) = word.strip_prefix("--") {
                let (name, has_value) = flag.split_once('=').map_or((flag, false), |(name, _)| (name, true));
                match tree.flags.get(name).or_else(|| global.get(name)) {
                    Some(true) if !has_value => {
                        let _ = words.next();
                    }
                    Some(_) => {}
                    None if name.is_empty() => break,
                    None => unknown.push(format!("--{name}")),
                }
            } else if word.starts_with('-') && word.len() == 2 {
                // Short flags are few; those of this program all take a value but for help and version.
                if !matches!(word, "-h" | "-V" | "-p") {
                    let _ = words.next();
                }
            } else if let Some(below) = tree.commands.get(word) {
                tree = below;
                global.extend(tree.global.iter().map(|(name, value)| (name.as_str(), *value)));
            } else if !tree.takes_values && !tree.commands.is_empty() && word != "help" {
                unknown.push(format!("the command {word}"));
                break;
            }
        }
        unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_followed_into_commands() {
        let known = Known::invented();
        for (line, expected) in [
            ("users --admin --file a", &[][..]),
            ("--api-key users --file=a users --admin", &[]),
            ("users --api-key K", &["--api-key"]),
            ("evidence create DIR --sign K --version", &[]),
            ("evidence crate DIR", &["the command crate"]),
            ("users --amdin", &["--amdin"]),
            ("usres", &["the command usres"]),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(known.program.unknown(&words), expected, "{line}");
        }
    }
}
