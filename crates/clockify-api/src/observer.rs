//! A hook for progress and metrics: what the client does, as it does it.
//!
//! The default methods do nothing. They are called on the task that makes the request and must not block.

use std::time::Duration;

use jiff::Timestamp;

use crate::{ErrorKind, Operation, Pace};

/// A request about to be sent, or just sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// What it is for.
    pub operation: Operation,
    /// 1 for the first attempt, 2 for the first retry.
    pub attempt: u32,
}

/// What the head of an answer says besides the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// What the request was for.
    pub operation: Operation,
    /// The HTTP status.
    pub status: u16,
    /// When the server says it answered, to the second.
    pub server_time: Option<Timestamp>,
    /// When the head arrived, by this machine's clock.
    pub local_time: Timestamp,
    /// How many requests a period allows. Clockify was never seen to say that (clockify reference 7).
    pub rate_limit: Option<u64>,
    /// How many of them are left. Likewise.
    pub rate_remaining: Option<u64>,
}

/// How one attempt ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Finished<'a> {
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Bytes of the body, after decompression. Zero for a failed attempt.
    pub bytes: usize,
    /// Time between sending and the end of the body.
    pub elapsed: Duration,
    /// What went wrong, when something did.
    pub error: Option<&'a ErrorKind>,
}

/// A wait that begins now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wait {
    /// How long it will take.
    pub duration: Duration,
    /// What it is for.
    pub reason: WaitReason,
}

/// Why the client waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitReason {
    /// The client's own [`crate::Pace`].
    Pace,
    /// The server answered 429: to this request, or to another one with a time before which nobody may send.
    RateLimited,
    /// The server answered 500, 502, 503 or 504; likewise.
    ServerError,
    /// The connection failed or timed out.
    Transport,
}

impl WaitReason {
    /// A short fixed name, fit for a metric label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pace => "pace",
            Self::RateLimited => "rate-limit",
            Self::ServerError => "server-error",
            Self::Transport => "transport",
        }
    }
}

/// The pace became another one, see [`Pace`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaceChange {
    /// The pace up to now.
    pub before: Pace,
    /// The pace from now on.
    pub now: Pace,
    /// The pace that the client was built with.
    pub configured: Pace,
}

impl PaceChange {
    /// Whether the server made the client slower; otherwise the client recovers.
    pub fn is_slower(&self) -> bool {
        self.now.interval() > self.before.interval()
    }

    /// Whether the client is back at the pace that it was built with.
    pub fn is_recovered(&self) -> bool {
        self.now == self.configured
    }
}

/// Watches a client at work.
pub trait Observer: Send + Sync + 'static {
    /// A request is about to be sent.
    fn request_started(&self, request: &Request) {
        let _ = request;
    }

    /// The head of an answer arrived, good or bad.
    fn answered(&self, head: &Head) {
        let _ = head;
    }

    /// An attempt ended, well or badly.
    fn request_finished(&self, request: &Request, outcome: &Finished<'_>) {
        let _ = (request, outcome);
    }

    /// An attempt was cut off before it ended: whoever made the call does not wait for it any more. The server may have
    /// received it all the same. Called while the call's future is dropped.
    fn request_cut_off(&self, request: &Request) {
        let _ = request;
    }

    /// The client waits before it sends the named request: for its pace, for a retry, or because the server asked
    /// everybody to wait. A wait for the pace may end early, when the pace recovers meanwhile; what is left then is
    /// reported as another wait.
    fn waiting(&self, request: &Request, wait: &Wait) {
        let _ = (request, wait);
    }

    /// An answer changed the pace of this client and its clones.
    fn pace_changed(&self, change: &PaceChange) {
        let _ = change;
    }
}

/// An attempt under way, which is told of as cut off unless it is said to have ended.
pub(crate) struct UnderWay<'a> {
    observer: &'a dyn Observer,
    request: &'a Request,
    has_ended: bool,
}

impl<'a> UnderWay<'a> {
    /// Tells that the attempt begins.
    pub(crate) fn begin(observer: &'a dyn Observer, request: &'a Request) -> Self {
        observer.request_started(request);
        Self { observer, request, has_ended: false }
    }

    /// Tells how it ended.
    pub(crate) fn end(mut self, outcome: &Finished<'_>) {
        self.has_ended = true;
        self.observer.request_finished(self.request, outcome);
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.observer.request_cut_off(self.request);
        }
    }
}

/// Watches nothing.
pub(crate) struct Unobserved;

impl Observer for Unobserved {}
