//! SIGINT and SIGTERM ask the sync to stop; a second one, or the end of patience, ends the program at once.

use std::io;
use std::thread;
use std::time::Duration;

use sync_engine::Stopper;
use tokio::sync::oneshot;

use crate::exit::Exit;
use crate::platform::Signals;
use crate::progress::Progress;

/// How long a sync may take to stop before the program ends without it: less than the five seconds that are promised.
/// Sealing, or a disk that does not answer, may take longer; every committed page is safe, and so is each step of sealing.
const GRACE: Duration = Duration::from_millis(4_500);

/// Listens for signals until it is dropped.
pub(crate) struct Listening {
    _until: oneshot::Sender<()>,
}

/// Listens for signals. The first asks to stop, the second ends the process.
///
/// On a thread of its own: whatever blocks, be it a disk that does not answer, must not keep a signal from being heard.
pub(crate) fn listen(stopper: Stopper, progress: Progress) -> Listening {
    let (until, over) = oneshot::channel();
    let hear = move || -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            tokio::select! {
                heard = heed(stopper, progress) => heard,
                _ = over => Ok(()),
            }
        })
    };
    let listen = move || hear().unwrap_or_else(|error| unheard(&error));
    if let Err(error) = thread::Builder::new().name("signals".to_owned()).spawn(listen) {
        unheard(&error);
    }
    Listening { _until: until }
}

async fn heed(stopper: Stopper, progress: Progress) -> io::Result<()> {
    let mut signals = Signals::new()?;
    signals.next().await;
    stopper.stop();
    progress.say("Stopping; a second signal ends the program at once.");
    if tokio::time::timeout(GRACE, signals.next()).await.is_err() {
        progress.say("Stopped in the middle of a step that takes long; run the same command again to go on.");
    }
    progress.finish();
    end_now();
}

fn unheard(error: &io::Error) {
    tracing::warn!(%error, "Signals cannot be handled; an interrupted sync resumes all the same.");
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
        Err(error) => unheard(&error),
    }
}

/// Ends with the first signal that comes after this call; never where signals cannot be handled.
pub(crate) fn first() -> impl Future<Output = ()> {
    let signals = Signals::new();
    async {
        match signals {
            Ok(mut signals) => signals.next().await,
            Err(error) => {
                unheard(&error);
                std::future::pending::<()>().await;
            }
        }
    }
}

#[expect(clippy::exit, reason = "a signal means now; what was committed is durable already")]
fn end_now() -> ! {
    std::process::exit(i32::from(Exit::Resumable as u8))
}
