//! Counts how often C1's token endpoint is asked.

use async_trait::async_trait;

use super::{Metrics, Outcome};
use crate::{Exchange, ExchangeError, Granted};

/// An exchange that is counted.
pub struct CountedExchange<E> {
    inner: E,
    metrics: Metrics,
}

impl<E> CountedExchange<E> {
    /// Counts what `inner` does.
    pub fn new(inner: E, metrics: Metrics) -> Self {
        Self { inner, metrics }
    }
}

#[async_trait]
impl<E: Exchange> Exchange for CountedExchange<E> {
    async fn exchange(&self) -> Result<Granted, ExchangeError> {
        let outcome = self.inner.exchange().await;
        let counted = if outcome.is_ok() { Outcome::Success } else { Outcome::Failure };
        self.metrics.token_exchange(counted);
        outcome
    }
}
