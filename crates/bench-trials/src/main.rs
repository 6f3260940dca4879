//! What the program costs: whole syncs, resuming, starting up and reading, each in a process of its own, beside the
//! *floor*, which is what the same rows cost when they are only put into SQLite and compressed.
//!
//! Called by `cargo xtask bench`, which builds the program and this harness. Nothing here judges whether what
//! the program wrote is right; that is what `sync-trials` is for.

#[cfg(unix)]
mod floor;
#[cfg(unix)]
mod look_alike;
#[cfg(unix)]
mod measure;
#[cfg(unix)]
mod reading;
#[cfg(unix)]
mod report;
#[cfg(unix)]
mod resuming;
#[cfg(unix)]
mod run;
#[cfg(unix)]
mod size;
#[cfg(unix)]
mod starting;
#[cfg(unix)]
mod syncing;

/// What to do; the harness starts itself again for all but the first.
#[cfg(unix)]
#[derive(Debug, clap::Parser)]
enum Task {
    /// Measures and prints tables.
    Run(run::Options),
    /// Serves a look-alike until its standard input ends.
    Serve(look_alike::Options),
    /// Runs one command and says what it took.
    Measure(measure::Options),
    /// Puts the rows of a file into an empty database and compresses it, and says what that took.
    Floor(floor::Options),
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    match <Task as clap::Parser>::parse() {
        Task::Run(options) => run::run(&options),
        Task::Serve(options) => look_alike::serve(&options),
        Task::Measure(options) => measure::serve(&options),
        Task::Floor(options) => floor::serve(&options),
    }
}

#[cfg(not(unix))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("what a process took is measured on Unix only")
}
