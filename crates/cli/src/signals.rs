//! SIGINT and SIGTERM ask the sync to stop; a second one, or the end of patience, ends the program at once.

use std::time::Duration;

use sync_engine::Stopper;

use crate::exit::Exit;
use crate::platform::Signals;
use crate::progress::Progress;

/// How long a sync may take to stop before the program ends without it: less than the five seconds that are promised.
/// Sealing, or a disk that does not answer, may take longer; every committed page is safe, and so is each step of sealing.
const GRACE: Duration = Duration::from_millis(4_500);

/// Listens for signals until the task is dropped. The first asks to stop, the second ends the process.
pub(crate) async fn listen(stopper: Stopper, progress: Progress) {
    let mut signals = match Signals::new() {
        Ok(signals) => signals,
        Err(error) => {
            tracing::warn!(%error, "Signals cannot be handled; an interrupted sync resumes all the same.");
            return;
        }
    };
    signals.next().await;
    stopper.stop();
    progress.say("Stopping; a second signal ends the program at once.");
    if tokio::time::timeout(GRACE, signals.next()).await.is_err() {
        progress.say("Stopped in the middle of a step that takes long; run the same command again to go on.");
    }
    progress.finish();
    end_now();
}

/// Calls `stop` at the first signal, and ends the process at the second.
pub(crate) async fn twice(stop: impl FnOnce()) {
    match Signals::new() {
        Ok(mut signals) => {
            signals.next().await;
            stop();
            signals.next().await;
            end_now();
        }
        Err(error) => {
            tracing::warn!(%error, "Signals cannot be handled; an interrupted sync resumes all the same.");
        }
    }
}

/// Ends with the first signal that comes after this call; never where signals cannot be handled.
pub(crate) fn first() -> impl Future<Output = ()> {
    let signals = Signals::new();
    async {
        match signals {
            Ok(mut signals) => signals.next().await,
            Err(error) => {
                tracing::warn!(%error, "Signals cannot be handled; an interrupted sync resumes all the same.");
                std::future::pending::<()>().await;
            }
        }
    }
}

#[expect(clippy::exit, reason = "a signal means now; what was committed is durable already")]
fn end_now() -> ! {
    std::process::exit(i32::from(Exit::Resumable as u8))
}
