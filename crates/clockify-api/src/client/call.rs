//! One call: attempts, paced and repeated until one succeeds or the policy is spent.

use url::Url;

use super::{Answer, Shared};
use crate::observer::{Finished, Request, Wait, WaitReason};
use crate::retry::{Backoff, Decision};
use crate::{Error, ErrorKind, Operation};

impl Shared {
    /// Sends a GET. Every call of this crate is a read, so every one may be repeated.
    pub(super) async fn call(&self, operation: Operation, url: &Url) -> Result<Answer, Error> {
        let start = self.clock.now();
        let mut backoff = Backoff::new(&self.retry);
        let mut attempt = 1;
        loop {
            let request = Request { operation, attempt };
            self.keep_pace(&request).await;
            let error = match self.attempt(&request, url).await {
                Ok(answer) => return Ok(answer.after(attempt)),
                Err(error) => error.after(attempt),
            };
            if !error.is_retryable() {
                return Err(error);
            }
            let elapsed = self.clock.now().saturating_sub(start);
            let decision = {
                let mut rng = self.rng.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                backoff.after_failure(error.retry_after(), elapsed, &mut rng)
            };
            let Decision::Wait(duration) = decision else { return Err(error.spent()) };
            attempt += 1;
            self.wait(&Request { operation, attempt }, Wait { duration, reason: error.wait_reason() }).await;
        }
    }

    async fn keep_pace(&self, request: &Request) {
        let waited = self.limiter.admit(|duration| {
            self.observer.waiting(request, &Wait { duration, reason: WaitReason::Pace });
        });
        self.counters.rate_limit_wait(waited.await);
    }

    async fn wait(&self, request: &Request, wait: Wait) {
        tracing::info!(
            operation = %request.operation,
            attempt = request.attempt,
            reason = wait.reason.as_str(),
            seconds = wait.duration.as_secs_f64(),
            "Waiting before the request is sent again.",
        );
        self.counters.retry();
        self.observer.waiting(request, &wait);
        if self.retry.instant {
            return;
        }
        if wait.reason == WaitReason::RateLimited {
            self.counters.rate_limit_wait(wait.duration);
        }
        self.clock.sleep(wait.duration).await;
    }

    async fn attempt(&self, request: &Request, url: &Url) -> Result<Answer, Error> {
        self.observer.request_started(request);
        self.counters.request();
        let start = self.clock.now();
        let result = self.exchange(request.operation, url).await;
        let elapsed = self.clock.now().saturating_sub(start);
        let (status, bytes, error): (_, _, Option<&ErrorKind>) = match &result {
            Ok(answer) => (Some(answer.status()), answer.bytes(), None),
            Err(error) => (error.status(), 0, Some(error.kind())),
        };
        tracing::debug!(
            operation = %request.operation,
            attempt = request.attempt,
            status,
            bytes,
            milliseconds = elapsed.as_secs_f64() * 1000.0,
            "Request finished.",
        );
        self.observer.request_finished(request, &Finished { status, bytes, elapsed, error });
        result
    }
}
