//! What a client spent so far.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Requests, bytes and waits since the client was built.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// HTTP requests sent, retries included. This is what Clockify counts against a quota.
    pub requests: u64,
    /// Requests that repeated a failed one.
    pub retries: u64,
    /// Answers 429.
    pub rate_limited: u64,
    /// Bytes of bodies read, after decompression.
    pub bytes: u64,
    /// Time spent waiting for the client's own pace, after an answer 429, or because the server asked everybody to wait.
    pub rate_limit_wait: Duration,
}

#[derive(Default)]
pub(crate) struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    rate_limited: AtomicU64,
    bytes: AtomicU64,
    rate_limit_wait_micros: AtomicU64,
}

impl Counters {
    pub(crate) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn rate_limited(&self) {
        self.rate_limited.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn bytes(&self, count: usize) {
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn rate_limit_wait(&self, wait: Duration) {
        let micros = u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
        self.rate_limit_wait_micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            rate_limited: self.rate_limited.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            rate_limit_wait: Duration::from_micros(self.rate_limit_wait_micros.load(Ordering::Relaxed)),
        }
    }
}
