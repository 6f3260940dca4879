//! What a sweep did, and whether that was enough to mean something.

use std::fmt;
use std::time::Duration;

use rustix::process::Signal;

/// What happened.
#[derive(Clone, Debug)]
pub struct Tally {
    pub(super) seed: u64,
    pub(super) sigkill: u32,
    pub(super) sigterm: u32,
    pub(super) sigint: u32,
    pub(super) in_progress: u32,
    pub(super) before_sealing: u32,
    pub(super) nothing_begun: u32,
    pub(super) already_sealed: u32,
    pub(super) resumes: u32,
    pub(super) syncs: u32,
    pub(super) runs: u32,
    pub(super) requests: usize,
    pub(super) repeated: usize,
    pub(super) faults: u32,
    pub(super) slowest_stop: Duration,
    pub(super) mismatches: Vec<String>,
}

impl Tally {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            sigkill: 0,
            sigterm: 0,
            sigint: 0,
            in_progress: 0,
            before_sealing: 0,
            nothing_begun: 0,
            already_sealed: 0,
            resumes: 0,
            syncs: 0,
            runs: 0,
            requests: 0,
            repeated: 0,
            faults: 0,
            slowest_stop: Duration::ZERO,
            mismatches: Vec::new(),
        }
    }

    /// How many signals hit a running program.
    pub fn kills(&self) -> u32 {
        self.sigkill + self.sigterm + self.sigint
    }

    /// What the program did wrong, each with the round it happened in.
    pub fn mismatches(&self) -> &[String] {
        &self.mismatches
    }

    pub(super) fn hit(&mut self, signal: Signal) {
        match signal {
            Signal::KILL => self.sigkill += 1,
            Signal::TERM => self.sigterm += 1,
            _ => self.sigint += 1,
        }
    }

    /// Why the sweep proves nothing, if it does not: at least half of the signals must have hit a sync in progress, each
    /// signal must have been among them, every third must have led to a resume, and faults must have fired.
    pub fn guard(&self) -> Option<String> {
        let kills = self.kills();
        let too_few = [
            (self.in_progress + self.before_sealing, kills / 2, "signals that hit a sync in progress"),
            (self.resumes, kills / 3, "resumed syncs"),
            (self.sigkill.min(self.sigterm).min(self.sigint), 1, "signals of each kind"),
            (self.faults, 1, "faults that fired"),
            (self.syncs, 1, "syncs that were sealed"),
        ];
        let (found, needed, what) = too_few.into_iter().find(|&(found, needed, _)| found < needed.max(1))?;
        Some(format!("the sweep proves too little: {found} {what}, and {needed} are needed"))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = format!("SIGKILL {}, SIGTERM {}, SIGINT {}", self.sigkill, self.sigterm, self.sigint);
        writeln!(f, "kills          {:>7}  {kinds}", self.kills())?;
        writeln!(f, "  in progress  {:>7}  while a sync was being read", self.in_progress)?;
        writeln!(f, "  sealing      {:>7}  with everything read and nothing sealed", self.before_sealing)?;
        writeln!(f, "  too early    {:>7}  before anything was stored", self.nothing_begun)?;
        writeln!(f, "  too late     {:>7}  with the file in place", self.already_sealed)?;
        writeln!(f, "resumes        {:>7}  under the same sync id", self.resumes)?;
        writeln!(
            f,
            "syncs          {:>7}  sealed and compared with the look-alike, in {} runs",
            self.syncs, self.runs
        )?;
        writeln!(
            f,
            "requests       {:>7}  of which {} repeated one that a signal cut off",
            self.requests, self.repeated
        )?;
        writeln!(f, "faults fired   {:>7}  transient ones", self.faults)?;
        writeln!(
            f,
            "slowest stop   {:>7.2}  seconds from SIGTERM or SIGINT to the end",
            self.slowest_stop.as_secs_f64()
        )?;
        writeln!(f, "mismatches     {:>7}  seed {}", self.mismatches.len(), self.seed)?;
        for mismatch in &self.mismatches {
            writeln!(f, "  {mismatch}")?;
        }
        Ok(())
    }
}
