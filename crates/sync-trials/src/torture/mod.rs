//! The process sweep: the real program, killed again and again.
//!
//! The look-alike runs in the calling process, the program in one of its own. Each sync of each round is hit by signals at
//! instants drawn from the seed, a few times over, while transient faults fire, and is then let go to its end. What is on
//! the disk after every blow and at the end is compared with the look-alike's own content. A sweep that hit too little is
//! a failure too, see [`Tally::guard`].
//!
//! The instants are drawn from the seed; when the program gets to a point in its work is up to the machine. So the same
//! seed tries the same workspaces, faults and signals, and not the same instructions.

mod blow;
mod disk;
mod process;
mod round;
mod tally;
mod trial;

use std::path::PathBuf;

pub use tally::Tally;

/// What to try.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program.
    pub program: PathBuf,
    /// How many signals must hit a running program.
    pub kills: u32,
    /// What everything is drawn from.
    pub seed: u64,
}

/// Runs the sweep, and tells `progress` about every round.
///
/// # Errors
///
/// When the sweep itself cannot go on: the program or the look-alike does not start, or the disk fails. What the program
/// does wrong is counted in the [`Tally`].
pub fn run(options: &Options, mut progress: impl FnMut(&Tally)) -> std::io::Result<Tally> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut tally = Tally::new(options.seed);
    for number in 0.. {
        let kills = tally.kills();
        // On a slow machine more signals miss; a sweep that is too weak goes on for a while before it gives up.
        if kills >= options.kills && (tally.guard().is_none() || kills >= options.kills.saturating_mul(3)) {
            break;
        }
        round::run(&runtime, options, number, &mut tally)?;
        progress(&tally);
    }
    Ok(tally)
}
