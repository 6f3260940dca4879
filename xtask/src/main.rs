//! Repository tasks, run as `cargo xtask <task>`. Each task is a module; this file only dispatches.

mod bench;
mod ci;
mod dependencies;
mod deploy;
mod docs;
mod files;
mod fixtures;
mod platform;
mod program;
mod readme;
mod release;
mod rules;
mod say;
mod shell;
#[cfg(unix)]
mod torture;

use clap::Parser as _;

/// Repository tasks.
#[derive(Debug, clap::Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
enum Task {
    /// Measures what the program costs, beside what its rows cost at the least.
    Bench(bench::Options),
    /// Checks everything that must hold before a change lands.
    Ci,
    /// Makes the files that the program says of itself, or checks that they are fresh.
    Docs(docs::Options),
    /// Makes the files in `fixtures/` that are not written by hand.
    Fixtures(fixtures::Options),
    /// Runs the commands of the README against a look-alike.
    Readme,
    /// Makes a release: a rehearsal, unless `--execute` is given.
    Release(release::Options),
    /// Checks what the repository's texts have to hold.
    Rules,
    /// Kills the program again and again while it syncs, and compares every file with what it must hold.
    #[cfg(unix)]
    Torture(torture::Options),
}

/// The declaration, for whoever asks which tasks there are.
fn command() -> clap::Command {
    <Task as clap::CommandFactory>::command()
}

fn main() -> anyhow::Result<()> {
    match Task::parse() {
        Task::Bench(options) => bench::run(&options),
        Task::Ci => ci::run(),
        Task::Docs(options) => docs::run(&options),
        Task::Fixtures(options) => fixtures::run(&options),
        Task::Readme => readme::run(),
        Task::Release(options) => release::run(&options),
        Task::Rules => rules::run(),
        #[cfg(unix)]
        Task::Torture(options) => torture::run(&options),
    }
}
