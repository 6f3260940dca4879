//! A moment before which the server wants no request, from anybody.

use std::time::Duration;

use crate::WaitReason;

/// What a server that asked to wait said, and until when that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    /// On the client's clock.
    pub(crate) until: Duration,
    /// The HTTP status that it came with.
    pub(crate) status: u16,
}

impl Hold {
    /// The time that is left, if any is.
    pub(crate) fn left(&self, now: Duration) -> Option<Duration> {
        self.until.checked_sub(now).filter(|left| !left.is_zero())
    }

    pub(super) fn reason(&self) -> WaitReason {
        if self.status == 429 { WaitReason::RateLimited } else { WaitReason::ServerError }
    }
}
