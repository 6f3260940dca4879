//! The command line with no more of its commands than one run can need. Every command takes over a hundred flags that are
//! declared once for all, and clap gives each command a copy of each: megabytes, of which a run uses one set.

use std::ffi::OsString;

use clap::Command;

/// Keeps of the commands those that these arguments may name, and gives them to `empty` together with the flags of the whole.
/// Where no command is named, all stay as names to be listed, and no flag is handed on to them. Says whether any was left out.
pub(super) fn cut(whole: &Command, empty: Command, arguments: &[OsString]) -> (Command, bool) {
    let is_named = |command: &&Command| {
        let mut names = std::iter::once(command.get_name()).chain(command.get_all_aliases());
        names.any(|name| arguments.iter().skip(1).any(|argument| argument == name))
    };
    let lean = empty.groups(whole.get_groups().cloned());
    let mut named = whole.get_subcommands().filter(is_named).peekable();
    if named.peek().is_some() {
        return (lean.args(whole.get_arguments()).subcommands(named), true);
    }
    let flags = whole.get_arguments().map(|argument| argument.clone().global(false));
    (lean.args(flags).subcommands(whole.get_subcommands().map(name_only)), false)
}

fn name_only(command: &Command) -> Command {
    let name = Command::new(command.get_name().to_owned()).hide(command.is_hide_set());
    match command.get_about() {
        Some(about) => name.about(about.clone()),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::FromArgMatches;

    use crate::args::{Cli, command, command_for};

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[track_caller]
    fn check_same(line: &str) {
        let [whole, lean] = [command(), command_for(&words(line)).0].map(|command| {
            match command.try_get_matches_from(words(line)).and_then(|found| Cli::from_arg_matches(&found)) {
                Ok(cli) => format!("{cli:?}"),
                Err(error) => error.to_string(),
            }
        });
        assert_eq!(whole, lean, "{line}");
    }

    #[test]
    fn the_help_of_all_is_that_of_the_whole() {
        for line in ["x --help", "x -h", "x help", "x --version"] {
            check_same(line);
        }
    }

    #[test]
    fn what_is_read_is_that_of_the_whole() {
        for line in [
            "x",
            "x --file a.c1z --clockify-api-key k --log-level debug",
            "x --file users",
            "x users --admin -f a.c1z",
            "x -f a.c1z users --log-format json",
            "x schedule --every 1h --sync-projects --clockify-rate-limit 5/s",
            "x access users --file a.c1z",
            "x evidence create folder -f a.c1z",
            "x demo --users 5",
        ] {
            check_same(line);
        }
    }

    #[test]
    fn the_commands_that_are_not_named_are_not_there() {
        let (lean, is_cut) = command_for(&words("x users"));
        assert!(is_cut);
        let names = lean.get_subcommands().map(clap::Command::get_name);
        assert_eq!(names.collect::<Vec<_>>(), ["users", "help"]);
        let (none, is_cut) = command_for(&words("users --version"));
        assert!(!is_cut);
        let is_empty = |one: &clap::Command| one.get_arguments().all(|flag| flag.get_id() == "help");
        assert!(none.get_subcommands().all(is_empty));
    }
}
