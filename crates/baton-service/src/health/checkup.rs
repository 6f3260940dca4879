//! Asks the source whether the credential works, and remembers the answer.
//!
//! Probes come every few seconds and from several places; the source has a quota. So one question is under way at a time,
//! it is finished even if the probe that caused it has gone, and its answer serves everybody for a minute.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// How long an answer is good for.
const FRESH: Duration = Duration::from_secs(60);

/// How long the source may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Whoever can tell whether the source takes the credential.
#[async_trait]
pub trait Validate: Send + Sync {
    /// Asks the source. The reason is shown to whoever reaches the probe's address, so it must not hold a secret.
    ///
    /// # Errors
    /// Why the connector cannot work, for people.
    async fn validate(&self) -> Result<(), String>;
}

/// The source's state of health, asked for once a minute at most.
#[derive(Clone)]
pub struct Checkup {
    inner: Arc<Inner>,
}

struct Inner {
    source: Box<dyn Validate>,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Checkup {
    /// Asks this source.
    pub fn new(source: impl Validate + 'static) -> Self {
        Self { inner: Arc::new(Inner { source: Box::new(source), last: Mutex::new(None) }) }
    }

    /// What the source says, or said within the last minute.
    ///
    /// # Errors
    /// Why the connector cannot work.
    pub async fn ask(&self) -> Result<(), String> {
        let inner = self.inner.clone();
        // A task of its own, because a probe that gives up takes its future with it, and the next one would ask again.
        let asking = tokio::spawn(async move { inner.ask().await });
        asking.await.unwrap_or_else(|_| Err("the check of the source broke off".to_owned()))
    }
}

impl Inner {
    async fn ask(&self) -> Result<(), String> {
        let mut last = self.last.lock().await;
        if let Some((at, answer)) = &*last
            && at.elapsed() < FRESH
        {
            return answer.clone();
        }
        let answer = match timeout(LIMIT, self.source.validate()).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("the source did not answer within {} seconds", LIMIT.as_secs())),
        };
        *last = Some((Instant::now(), answer.clone()));
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Takes a while, and says no the first time.
    struct Slow {
        asked: Arc<AtomicU32>,
        takes: Duration,
    }

    #[async_trait]
    impl Validate for Slow {
        async fn validate(&self) -> Result<(), String> {
            let before = self.asked.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(self.takes).await;
            if before == 0 { Err("no".to_owned()) } else { Ok(()) }
        }
    }

    fn slow(takes: Duration) -> (Checkup, Arc<AtomicU32>) {
        let asked = Arc::new(AtomicU32::new(0));
        (Checkup::new(Slow { asked: asked.clone(), takes }), asked)
    }

    #[tokio::test(start_paused = true)]
    async fn probes_at_once_ask_once() {
        let (checkup, asked) = slow(Duration::from_secs(3));
        let probes = (0..20).map(|_| checkup.ask());
        let answers = futures_util::future::join_all(probes).await;
        assert!(answers.iter().all(|answer| *answer == Err("no".to_owned())));
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_lasts_a_minute() {
        let (checkup, asked) = slow(Duration::ZERO);
        assert!(checkup.ask().await.is_err());
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(checkup.ask().await.is_err());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(checkup.ask().await, Ok(()));
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_gives_up_does_not_cause_another_question() {
        let (checkup, asked) = slow(Duration::from_secs(10));
        assert!(timeout(Duration::from_secs(1), checkup.ask()).await.is_err());
        assert!(checkup.ask().await.is_err());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_hangs_is_given_up_after_thirty_seconds() {
        let (checkup, _) = slow(Duration::from_secs(3600));
        let begun = Instant::now();
        let answer = checkup.ask().await;
        assert_eq!(answer, Err("the source did not answer within 30 seconds".to_owned()));
        assert_eq!(begun.elapsed().as_secs(), 30);
    }
}
