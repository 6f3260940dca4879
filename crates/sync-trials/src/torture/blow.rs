//! Which signal hits, and when.

use std::time::Duration;

use fastrand::Rng;
use rustix::process::Signal;

/// One planned signal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blow {
    pub(super) signal: Signal,
    pub(super) moment: Moment,
}

/// When it hits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// So long after the start.
    After(Duration),
    /// Once the look-alike was asked so many times by this run, and then so long after.
    Requests(usize, Duration),
    /// Once the list of members was asked for again, and then so long after: around expansion and sealing.
    Verified(Duration),
}

impl Blow {
    /// Draws one for a run that takes `whole` and so many `requests` when nothing disturbs it.
    pub(super) fn draw(rng: &mut Rng, whole: Duration, requests: usize) -> Self {
        let signal = match rng.u32(..3) {
            0 => Signal::KILL,
            1 => Signal::TERM,
            _ => Signal::INT,
        };
        let moment = match rng.u32(..8) {
            0 | 1 => Moment::After(whole.mul_f64(rng.f64())),
            2..=5 => Moment::Requests(rng.usize(1..=requests.max(1)), LITTLE.mul_f64(rng.f64())),
            _ => Moment::Verified(SEALING.mul_f64(rng.f64())),
        };
        Self { signal, moment }
    }
}

/// So long after a request, its answer may be on the way, being stored, or stored.
const LITTLE: Duration = Duration::from_millis(10);

/// So long after the second list of members, a small sync is sealed.
const SEALING: Duration = Duration::from_millis(30);
