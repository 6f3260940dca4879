//! The access token: who asks for it, how often, and when again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use baton_service::{Exchange, ExchangeError, Granted, Tokens};
use secrecy::ExposeSecret;
use tokio::time::{Instant, sleep};
use tonic::Code;

/// Grants numbered tokens for an hour, after what the script says.
struct Endpoint {
    begun: Instant,
    script: Mutex<VecDeque<ExchangeError>>,
    asked: Mutex<Vec<u64>>,
}

#[async_trait]
impl Exchange for Endpoint {
    async fn exchange(&self) -> Result<Granted, ExchangeError> {
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(self.begun.elapsed().as_secs());
            asked.len()
        };
        sleep(Duration::from_millis(100)).await;
        if let Some(error) = self.script.lock().unwrap().pop_front() {
            return Err(error);
        }
        Ok(Granted { token: format!("token-{number}").into(), lifetime: Duration::from_secs(3600) })
    }
}

fn endpoint(script: impl IntoIterator<Item = ExchangeError>) -> (Arc<Endpoint>, Arc<Tokens>) {
    let script = Mutex::new(script.into_iter().collect());
    let endpoint = Arc::new(Endpoint { begun: Instant::now(), script, asked: Mutex::default() });
    (endpoint.clone(), Arc::new(Tokens::new(endpoint)))
}

fn later(retry_after: Option<u64>) -> ExchangeError {
    ExchangeError::Later { what: "503".to_owned(), retry_after: retry_after.map(Duration::from_secs) }
}

async fn text(tokens: &Tokens) -> String {
    tokens.get().await.unwrap().secret.expose_secret().to_owned()
}

impl Endpoint {
    fn asked(&self) -> Vec<u64> {
        self.asked.lock().unwrap().clone()
    }
}

#[tokio::test(start_paused = true)]
async fn many_who_need_a_token_have_it_asked_for_once() {
    let (endpoint, tokens) = endpoint([]);
    let all: Vec<_> = (0..20)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { text(&tokens).await })
        })
        .collect();
    for one in all {
        assert_eq!(one.await.unwrap(), "token-1");
    }
    assert_eq!(endpoint.asked(), [0]);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_before_it_expires() {
    let (endpoint, tokens) = endpoint([]);
    assert_eq!(text(&tokens).await, "token-1");
    sleep(Duration::from_secs(3500)).await;
    assert_eq!(text(&tokens).await, "token-1");
    sleep(Duration::from_secs(50)).await;
    assert_eq!(text(&tokens).await, "token-2");
    assert_eq!(endpoint.asked(), [0, 3550]);
}

#[tokio::test(start_paused = true)]
async fn the_old_token_serves_while_the_endpoint_is_down() {
    let (endpoint, tokens) = endpoint([]);
    assert_eq!(text(&tokens).await, "token-1");
    endpoint.script.lock().unwrap().extend((0..9).map(|_| later(None)));
    sleep(Duration::from_secs(3550)).await;
    assert_eq!(text(&tokens).await, "token-1");
    sleep(Duration::from_secs(60)).await;
    assert_eq!(tokens.get().await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_is_asked_again_and_a_refusal_is_not() {
    let (down, tokens) = endpoint([later(None), later(Some(9)), later(Some(9000))]);
    assert_eq!(text(&tokens).await, "token-4");
    assert_eq!(down.asked(), [0, 1, 10, 40]);

    let (refusing, tokens) = endpoint([ExchangeError::Refused("no".to_owned())]);
    assert_eq!(tokens.get().await.unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(refusing.asked(), [0]);
    // A refusal is not kept: credentials may be put right there.
    assert_eq!(text(&tokens).await, "token-2");
}

#[tokio::test(start_paused = true)]
async fn those_who_waited_for_a_failure_are_told_it() {
    let (endpoint, tokens) = endpoint((0..9).map(|_| later(None)));
    let all: Vec<_> = (0..5)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { tokens.get().await.unwrap_err().code() })
        })
        .collect();
    for one in all {
        assert_eq!(one.await.unwrap(), Code::Unavailable);
    }
    assert_eq!(endpoint.asked().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_forgotten_once() {
    let (endpoint, tokens) = endpoint([]);
    let first = tokens.get().await.unwrap();
    let same = tokens.get().await.unwrap();
    tokens.invalidate(&first).await;
    assert_eq!(text(&tokens).await, "token-2");
    // Told late about the same token: the new one stays.
    tokens.invalidate(&same).await;
    assert_eq!(text(&tokens).await, "token-2");
    assert_eq!(endpoint.asked().len(), 2);
}
