//! Asking a running sync to stop: it takes no new page, commits what it has, and can be resumed.

use tokio::sync::watch;

/// The side that asks. Dropping it asks for nothing.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// The side that listens.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stopper {
    /// Asks the sync to stop; asking again changes nothing.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// A pair of both sides.
    pub fn pair() -> (Stopper, Self) {
        let (sender, receiver) = watch::channel(false);
        (Stopper(sender), Self(receiver))
    }

    /// One that nobody can ask.
    pub fn never() -> Self {
        Self::pair().1
    }

    /// Waits until a stop is asked for; for ever if the asking side is gone.
    pub async fn asked(&mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
