//! The syncs of one round, and what must be true after every run of them.

use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use clockify_sim::Endpoint;
use fastrand::Rng;
use rustix::process::Signal;

use super::Tally;
use super::blow::Blow;
use super::disk::{self, Unfinished};
use super::process::{Ended, Program};
use crate::expected::Expected;

/// The documented exit code of a run that stopped and will be resumed.
const RESUMABLE: i32 = 75;
/// The exit code of a run that gave up on a failing server.
const UNAVAILABLE: i32 = 14;
/// How soon a run must end after SIGTERM or SIGINT.
const STOP: Duration = Duration::from_secs(5);
/// How often an undisturbed run may fail because of faults before the sync is given up.
const TRIES: u32 = 10;
/// Pages that a cut may lose: those being fetched, and those fetched and waiting to be stored.
const IN_FLIGHT: usize = 16;

/// The syncs of one round.
pub(super) struct Trial<'a> {
    pub(super) program: Program<'a>,
    pub(super) page_size: usize,
    /// Full and partial pages of users.
    pub(super) pages: usize,
    pub(super) expected: &'a Expected,
    pub(super) calm: Calm,
    pub(super) tally: &'a mut Tally,
    /// The syncs that the file holds.
    pub(super) earlier: Vec<String>,
}

/// What an undisturbed sync is like.
#[derive(Clone, Copy)]
pub(super) struct Calm {
    pub(super) took: Duration,
    pub(super) requests: usize,
}

impl Calm {
    /// What is left of it with so many pages stored.
    fn rest(self, stored: usize) -> Self {
        let requests = self.requests.saturating_sub(stored).max(1);
        Self {
            took: self.took * u32::try_from(requests).unwrap() / u32::try_from(self.requests).unwrap(),
            requests,
        }
    }
}

impl Trial<'_> {
    /// One sync: hit so many times, and let go. An error says what the program did wrong.
    pub(super) fn sync(&mut self, rng: &mut Rng, blows: u32) -> Result<(), String> {
        let mut cut: Option<Unfinished> = None;
        let (first, faults) = (self.asked(), self.faults());
        let mut cuts = 0;
        for _ in 0..blows {
            let before = self.mark();
            let rest = self.calm.rest(self.stored(cut.as_ref()));
            let blow = Blow::draw(rng, rest.took, rest.requests);
            let ended = self.program.run_into(blow).map_err(|error| error.to_string())?;
            self.tally.runs += 1;
            if ended.hit {
                self.tally.hit(blow.signal);
                self.stopped_rightly(blow.signal, &ended)?;
            } else if !allowed(&ended) {
                return Err(format!("a run ended with {}", ended.status));
            }
            self.nothing_asked_again(before, cut.as_ref())?;
            let was = cut.take();
            if self.has_sealed(was.as_ref().map(|cut| cut.sync_id.as_str()))? {
                self.tally.already_sealed += u32::from(ended.hit);
                return self.account(first, faults, cuts);
            }
            cut = disk::unfinished(self.program.folder).map_err(|error| error.to_string())?;
            cuts += 1;
            if let (Some(was), Some(now)) = (&was, &cut)
                && was.sync_id != now.sync_id
            {
                return Err(format!("{} was thrown away for {}", was.sync_id, now.sync_id));
            }
            if was.is_some() && cut.is_none() {
                return Err("the unfinished sync has gone".to_owned());
            }
            if ended.hit {
                match &cut {
                    Some(cut) if cut.ended => self.tally.before_sealing += 1,
                    Some(_) => self.tally.in_progress += 1,
                    None => self.tally.nothing_begun += 1,
                }
            }
            self.tally.resumes += u32::from(was.is_some());
        }
        for _ in 0..TRIES {
            let before = self.mark();
            let ended = self.program.run().map_err(|error| error.to_string())?;
            self.tally.runs += 1;
            if !allowed(&ended) {
                return Err(format!("the last run ended with {}", ended.status));
            }
            self.nothing_asked_again(before, cut.as_ref())?;
            if self.has_sealed(cut.as_ref().map(|cut| cut.sync_id.as_str()))? {
                self.tally.resumes += u32::from(cut.is_some());
                return self.account(first, faults, cuts);
            }
            cuts += 1;
        }
        Err(format!("the sync did not end in {TRIES} undisturbed runs"))
    }

    /// A stop by SIGTERM or SIGINT is soon over and says what it is.
    fn stopped_rightly(&mut self, signal: Signal, ended: &Ended) -> Result<(), String> {
        if signal == Signal::KILL {
            return Ok(());
        }
        self.tally.slowest_stop = self.tally.slowest_stop.max(ended.took);
        // The program may not have got to the point where it listens for signals.
        let deaf = ended.status.signal() == Some(signal.as_raw());
        if !deaf && !matches!(ended.status.code(), Some(0 | RESUMABLE)) {
            return Err(format!("{signal:?} ended the program with {}", ended.status));
        }
        if ended.took > STOP {
            return Err(format!("{signal:?} was obeyed only after {:?}", ended.took));
        }
        Ok(())
    }

    /// Whether the file holds one more sync than before; what it holds must be right at any time, and the sync that was
    /// cut off must not have been replaced by another one.
    fn has_sealed(&mut self, cut: Option<&str>) -> Result<bool, String> {
        let ids = disk::sealed(&self.program.output(), self.expected)?;
        if !ids.starts_with(&self.earlier) {
            return Err(format!("the file held {:?} and holds {ids:?}", self.earlier));
        }
        let new = &ids[self.earlier.len()..];
        match (new, cut) {
            ([], _) => return Ok(false),
            ([new], Some(cut)) if new != cut => {
                return Err(format!("{cut} was cut off and {new} was sealed"));
            }
            ([_], _) => {}
            _ => return Err(format!("one sync was run and {} were sealed", new.len())),
        }
        self.earlier = ids;
        self.tally.syncs += 1;
        Ok(true)
    }

    /// A run asks only for those pages of users that were not stored before it.
    fn nothing_asked_again(&self, before: Mark, cut: Option<&Unfinished>) -> Result<(), String> {
        let requests = self.program.simulator.requests();
        let asked =
            requests[before.asked..].iter().filter(|request| request.endpoint == Endpoint::Users).count();
        let stored = self.stored(cut);
        let pages = self.pages;
        // One more for a page that shows where the list ends.
        let allowed = (pages + 1).saturating_sub(stored) + (self.faults() - before.faults) as usize;
        if asked > allowed {
            return Err(format!("{asked} pages of users were asked for, with {stored} of {pages} stored"));
        }
        Ok(())
    }

    /// Over a whole sync, each cut costs no more than the pages in flight.
    fn account(&mut self, first: usize, faults: u32, cuts: usize) -> Result<(), String> {
        let asked = self.asked() - first;
        let retried = (self.faults() - faults) as usize;
        let repeated = asked.saturating_sub(self.calm.requests + retried);
        self.tally.repeated += repeated;
        if repeated > cuts * IN_FLIGHT {
            return Err(format!("{cuts} cuts made {repeated} requests again"));
        }
        Ok(())
    }

    /// Pages of users that are stored for certain.
    fn stored(&self, cut: Option<&Unfinished>) -> usize {
        cut.map_or(0, |cut| cut.users / self.page_size)
    }

    fn mark(&self) -> Mark {
        Mark { asked: self.asked(), faults: self.faults() }
    }

    fn asked(&self) -> usize {
        self.program.simulator.requests().len()
    }

    fn faults(&self) -> u32 {
        self.program.simulator.faults_fired().iter().map(|(_, times)| times).sum()
    }
}

/// Where the look-alike was before a run.
#[derive(Clone, Copy)]
struct Mark {
    asked: usize,
    faults: u32,
}

/// What a run that was not hit may end with while transient faults fire.
fn allowed(ended: &Ended) -> bool {
    matches!(ended.status.code(), Some(0 | RESUMABLE | UNAVAILABLE))
}
