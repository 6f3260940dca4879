//! One call: attempts, paced and repeated until one succeeds or the policy is spent.

use std::time::Duration;

use url::Url;

use super::{Answer, Shared};
use crate::observer::{Finished, Request, UnderWay, Wait, WaitReason};
use crate::pace::{Hold, Patience, Ticket};
use crate::retry::{Backoff, Decision};
use crate::{Error, ErrorKind, Operation};

impl Shared {
    /// Sends a GET. Every call of this crate is a read, so every one may be repeated.
    pub(super) async fn call(&self, operation: Operation, url: &Url) -> Result<Answer, Error> {
        let mut backoff = Backoff::new(&self.retry);
        let mut first_sent = None;
        let mut failure = None;
        let mut attempt = 1;
        loop {
            let request = Request { operation, attempt };
            let patience = Patience { total: self.retry.total, since: first_sent };
            let ticket = match self.keep_pace(&request, patience).await {
                Ok(ticket) => ticket,
                Err(hold) => {
                    let error = failure.unwrap_or_else(|| Error::held(operation, hold.status));
                    return Err(error.spent().asking_to_wait(hold.left(self.clock.now())));
                }
            };
            let start = *first_sent.get_or_insert_with(|| self.clock.now());
            let error = match self.attempt(&request, url, &ticket).await {
                Ok(answer) => return Ok(answer.after(attempt)),
                Err(error) => error.after(attempt),
            };
            if !error.is_retryable() {
                return Err(error);
            }
            let elapsed = self.clock.now().saturating_sub(start);
            let imposed = if self.retry.instant { Duration::ZERO } else { self.limiter.imposed() };
            let decision = {
                let mut rng = self.rng.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                backoff.after_failure(error.retry_after(), imposed, elapsed, &mut rng)
            };
            let Decision::Wait(duration) = decision else { return Err(self.give_up(error)) };
            attempt += 1;
            self.wait(&Request { operation, attempt }, Wait { duration, reason: error.wait_reason() }).await;
            failure = Some(error);
        }
    }

    /// The error of a call that is not tried again, with what the server asked of it and of everybody.
    fn give_up(&self, error: Error) -> Error {
        let asked = error.retry_after().max(self.limiter.held());
        error.spent().asking_to_wait(asked)
    }

    async fn keep_pace(&self, request: &Request, patience: Patience) -> Result<Ticket, Hold> {
        let ticket = self.limiter.admit(patience, |wait| self.observer.waiting(request, wait)).await?;
        self.counters.rate_limit_wait(ticket.waited);
        Ok(ticket)
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

    async fn attempt(&self, request: &Request, url: &Url, ticket: &Ticket) -> Result<Answer, Error> {
        let under_way = UnderWay::begin(&*self.observer, request);
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
        under_way.end(&Finished { status, bytes, elapsed, error });
        self.learn(ticket, &result);
        result
    }

    /// Takes from an answer how fast the next requests may follow, of this call and of every other.
    fn learn(&self, ticket: &Ticket, result: &Result<Answer, Error>) {
        let change = match result {
            Ok(_) => self.limiter.succeeded(ticket),
            Err(error) if error.is_rate_limited() => {
                self.counters.rate_limited();
                self.limiter.refused(ticket)
            }
            Err(_) => None,
        };
        if let Err(error) = result
            && let (Some(asked), Some(status)) = (error.retry_after(), error.status())
            && error.is_retryable()
            && !self.retry.instant
        {
            self.limiter.hold_back(asked, status);
        }
        let Some(change) = change else { return };
        if change.is_slower() {
            tracing::info!(pace = %change.now, "The server answers 429; requests leave more slowly.");
        } else if change.is_recovered() {
            tracing::info!(pace = %change.now, "Requests leave at the configured pace again.");
        }
        self.observer.pace_changed(&change);
    }
}
