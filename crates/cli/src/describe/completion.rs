//! Scripts that complete commands and flags in a shell.

use clap::{Args, Command, ValueEnum};
use clap_complete::Shell as Generator;

use crate::args::NAME;
use crate::build_info;

/// For which shell.
#[derive(Clone, Debug, Args)]
pub(crate) struct CompletionArgs {
    /// The shell that is to complete.
    shell: Shell,
}

/// Shells with a script.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[expect(clippy::enum_variant_names, reason = "the shell is called so")]
enum Shell {
    /// `source <(baton-clockify completion bash)`
    Bash,
    /// `source <(baton-clockify completion zsh)`
    Zsh,
    /// `baton-clockify completion fish | source`
    Fish,
    /// `baton-clockify completion powershell | Out-String | Invoke-Expression`
    #[value(name = "powershell")]
    PowerShell,
}

/// The script of one shell.
pub(super) fn script(args: &CompletionArgs, program: &Command) -> String {
    let generator = match args.shell {
        Shell::Bash => Generator::Bash,
        Shell::Zsh => Generator::Zsh,
        Shell::Fish => Generator::Fish,
        Shell::PowerShell => Generator::PowerShell,
    };
    let mut script = Vec::new();
    clap_complete::generate(generator, &mut visible(program), NAME, &mut script);
    let script = String::from_utf8(script).expect("names and help are text");
    match args.shell {
        // The generator takes the hyphen in the name for the border between two commands where it defines what a command
        // completes, and not where it looks for that, so that nothing below the program would be completed.
        Shell::Bash => script.replace(&NAME.replace('-', "__subcmd__"), &NAME.replace('-', "__")),
        _ => script,
    }
}

/// The program without what its help does not show: nobody looks for that by pressing a key.
fn visible(command: &Command) -> Command {
    let shown = Command::new(command.get_name().to_owned())
        // Asked for by the flag that prints it; a script has no version.
        .version(build_info::VERSION)
        .args(command.get_arguments().filter(|argument| !argument.is_hide_set()).cloned())
        .subcommands(super::shown(command).map(visible))
        .disable_version_flag(true)
        .disable_help_flag(true)
        .disable_help_subcommand(true);
    match command.get_about() {
        Some(about) => shown.about(about.clone()),
        None => shown,
    }
}
