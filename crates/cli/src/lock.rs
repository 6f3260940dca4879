//! Takes the output's lock, waiting for another run as long as the configuration allows.

use std::time::{Duration, Instant};

use governance_model::Timestamp;
use sync_engine::{C1zStores, Clock, Event, LockError, Observer, Stop, SyncError, SystemClock, WaitReason};

use crate::config::Config;
use crate::progress::Progress;
use crate::remote::Place;
use crate::{limits, temporary};

/// How often a lock that another run holds is tried.
const POLL: Duration = Duration::from_millis(200);

/// How often it is said that the run still waits.
const REMINDER: Duration = Duration::from_secs(60);

/// Takes the lock of an output: of the file itself, or of what stands for it on this disk.
///
/// # Errors
/// When another run holds it for too long, the folder does not take the lock file, or the run is to stop.
pub(crate) async fn take(
    config: &Config,
    place: &Place,
    mut stop: Stop,
    progress: &Progress,
) -> Result<C1zStores, SyncError> {
    let reason = WaitReason::OtherRun;
    let begun = Instant::now();
    let until = SystemClock.now().saturating_add(config.wait_lock).unwrap_or(Timestamp::MAX);
    let mut told: Option<Instant> = None;
    loop {
        let left = config.wait_lock.saturating_sub(begun.elapsed());
        place.renew();
        match C1zStores::lock(place.local()) {
            Err(LockError::Held { .. }) if !left.is_zero() => {}
            outcome => {
                if told.is_some() {
                    progress.event(&Event::WaitOver);
                }
                let stores = outcome?.limits(limits::from_environment());
                return Ok(stores.temporary_folder(temporary::folder()));
            }
        }
        let seconds = left.as_secs();
        match told {
            None => progress.event(&Event::Waiting { reason, seconds, until }),
            Some(at) if at.elapsed() >= REMINDER => {
                progress.event(&Event::StillWaiting { reason, seconds, until });
            }
            Some(_) => {}
        }
        told = told.filter(|at| at.elapsed() < REMINDER).or_else(|| Some(Instant::now()));
        tokio::select! {
            biased;
            () = stop.asked() => return Err(SyncError::Stopped),
            () = tokio::time::sleep(POLL.min(left)) => {}
        }
    }
}
