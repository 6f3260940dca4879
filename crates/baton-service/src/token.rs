//! Keeps the access token: one request for many who need it, renewed before it expires, dropped when C1 refuses it.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use tonic::Status;

use crate::exchange::{Exchange, ExchangeError};

/// How often one who needs a token has it asked for, and the first wait between two tries; it doubles.
const TRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait that the endpoint is granted when it asks for one.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A token is renewed when this much of it, or a tenth of its life, is left.
const MARGIN: Duration = Duration::from_secs(60);

/// An access token, and which one it is.
#[derive(Clone, Debug)]
pub struct Token {
    /// What is sent.
    pub secret: Arc<SecretString>,
    number: u64,
}

/// The token in use and how to get the next.
pub struct Tokens {
    exchange: Arc<dyn Exchange>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    number: u64,
    /// When the last try to get one failed, and how. Whoever waited for it meanwhile is told the same.
    failed: Option<(Instant, Status)>,
}

struct Held {
    token: Token,
    renew_at: Instant,
    expires_at: Instant,
}

impl Tokens {
    /// None yet.
    pub fn new(exchange: Arc<dyn Exchange>) -> Self {
        Self { exchange, state: Mutex::default() }
    }

    /// A token that is good for a while.
    ///
    /// # Errors
    /// `Unauthenticated` when C1 refuses the credentials, `NotFound` when there is no endpoint, `Unavailable` when it cannot
    /// be had now.
    pub async fn get(&self) -> Result<Token, Status> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        if let Some(held) = state.held.as_ref().filter(|held| Instant::now() < held.renew_at) {
            return Ok(held.token.clone());
        }
        if let Some((at, status)) = &state.failed
            && *at > asked
        {
            return Err(status.clone());
        }
        match self.fetch(state.held.as_ref().is_some_and(|held| Instant::now() < held.expires_at)).await {
            Ok(granted) => {
                let now = Instant::now();
                state.number += 1;
                let token = Token { secret: Arc::new(granted.token), number: state.number };
                let margin = MARGIN.min(granted.lifetime / 10);
                let renew_at = now + granted.lifetime.saturating_sub(margin);
                state.held =
                    Some(Held { token: token.clone(), renew_at, expires_at: now + granted.lifetime });
                state.failed = None;
                tracing::debug!(seconds = granted.lifetime.as_secs(), "There is a new access token.");
                Ok(token)
            }
            Err(error) => {
                // The old one is still good, if only for a moment.
                if let Some(held) = state.held.as_ref().filter(|held| Instant::now() < held.expires_at)
                    && matches!(error, ExchangeError::Later { .. })
                {
                    tracing::warn!(%error, "The access token cannot be renewed yet.");
                    return Ok(held.token.clone());
                }
                state.held = None;
                let status = status(&error);
                state.failed = Some((Instant::now(), status.clone()));
                Err(status)
            }
        }
    }

    /// Forgets a token that C1 refused, unless there is another one already.
    pub async fn invalidate(&self, token: &Token) {
        let mut state = self.state.lock().await;
        if state.held.as_ref().is_some_and(|held| held.token.number == token.number) {
            state.held = None;
        }
    }

    /// Tries a few times; only once while there is a token that still works.
    async fn fetch(&self, spare: bool) -> Result<crate::exchange::Granted, ExchangeError> {
        let mut wait = FIRST_WAIT;
        let mut tried = 0;
        loop {
            tried += 1;
            let error = match self.exchange.exchange().await {
                Ok(granted) => return Ok(granted),
                Err(error) => error,
            };
            let ExchangeError::Later { what, retry_after } = &error else { return Err(error) };
            if spare || tried == TRIES {
                return Err(error);
            }
            let pause = retry_after.unwrap_or(wait).min(LONGEST_WAIT);
            tracing::warn!(error = what, seconds = pause.as_secs(), "The token endpoint is asked again.");
            sleep(pause).await;
            wait *= 2;
        }
    }
}

fn status(error: &ExchangeError) -> Status {
    let text = error.to_string();
    match error {
        ExchangeError::Refused(_) => Status::unauthenticated(text),
        ExchangeError::NotThere(_) => Status::not_found(text),
        ExchangeError::Later { .. } => Status::unavailable(text),
    }
}
