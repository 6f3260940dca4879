//! Asks C1's token endpoint for an access token (interop reference 7.2).

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::{StatusCode, header};
use secrecy::SecretString;
use serde::Deserialize;
use thiserror::Error;

use crate::address::Address;
use crate::assertion::assertion;
use crate::credentials::{ClientId, ClientSecret};

/// How long the endpoint may take to answer.
const LIMIT: Duration = Duration::from_secs(30);

/// How long a token is good for when the endpoint does not say.
const LIFETIME: Duration = Duration::from_secs(300);

/// No token is relied on for longer, whatever its answer says.
const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest answer that is read, and the longest part of a refusal that is shown.
const MAX_ANSWER: usize = 64 * 1024;
const MAX_SHOWN: usize = 300;

/// Gets access tokens.
#[async_trait]
pub trait Exchange: Send + Sync {
    /// Gets one, trying once.
    ///
    /// # Errors
    /// See [`ExchangeError`].
    async fn exchange(&self) -> Result<Granted, ExchangeError>;
}

/// An access token.
#[derive(Debug)]
pub struct Granted {
    /// The token.
    pub token: SecretString,
    /// How long it is good for.
    pub lifetime: Duration,
}

/// Why there is no token.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// C1 does not accept the credentials.
    #[error("C1 does not accept the client id and secret: {0}")]
    Refused(String),
    /// The host has no such endpoint.
    #[error("there is no token endpoint: {0}")]
    NotThere(String),
    /// It may work later.
    #[error("no access token can be had: {what}")]
    Later {
        /// What went wrong.
        what: String,
        /// How long the endpoint asked to wait.
        retry_after: Option<Duration>,
    },
}

/// The token endpoint, over HTTPS.
#[derive(Debug)]
pub struct TokenEndpoint {
    http: reqwest::Client,
    url: String,
    id: ClientId,
    secret: ClientSecret,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    expires_in: Option<f64>,
}

/// A refusal as OAuth writes it (RFC 6749, section 5.2).
#[derive(Default, Deserialize)]
struct Refusal {
    error: Option<String>,
    error_description: Option<String>,
}

impl TokenEndpoint {
    /// The endpoint at an address.
    ///
    /// # Errors
    /// When TLS cannot be set up, most likely because the system has no root certificates.
    pub fn new(
        address: &Address,
        id: ClientId,
        secret: ClientSecret,
        user_agent: &str,
        tls: rustls::ClientConfig,
    ) -> Result<Self, reqwest::Error> {
        let builder = reqwest::Client::builder()
            .user_agent(user_agent)
            .timeout(LIMIT)
            .https_only(true)
            // The assertion is for this host only.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tls_backend_preconfigured(tls);
        let builder = if address.is_loopback() { builder.no_proxy() } else { builder };
        let url = format!("https://{address}/auth/v1/token");
        Ok(Self { http: builder.build()?, url, id, secret })
    }
}

#[async_trait]
impl Exchange for TokenEndpoint {
    async fn exchange(&self) -> Result<Granted, ExchangeError> {
        let assertion = assertion(&self.id, &self.secret, Timestamp::now())
            .map_err(|_| later("the system has no random bytes".to_owned()))?;
        let form = [
            ("client_id", self.id.as_str()),
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion.as_str()),
        ];
        let answer = self.http.post(&self.url).form(&form).send().await;
        let mut answer = answer.map_err(|error| later(chain(&error)))?;
        let status = answer.status();
        let retry_after = retry_after(answer.headers());
        let skew = skew(answer.headers(), Timestamp::now());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| later(chain(&error)))? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(later("the answer of the token endpoint is too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        judge(status, &body, retry_after, skew)
    }
}

/// What an answer means. Only a clear refusal counts as one: a server that fails says nothing about the credentials.
fn judge(
    status: StatusCode,
    body: &[u8],
    retry_after: Option<Duration>,
    skew: Option<i64>,
) -> Result<Granted, ExchangeError> {
    if status == StatusCode::OK {
        // Not quoted: it may hold a token.
        let answer: Answer = serde_json::from_slice(body)
            .map_err(|_| later("the answer of the token endpoint is not what was promised".to_owned()))?;
        let lifetime = answer.expires_in.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        return Ok(Granted {
            token: answer.access_token,
            lifetime: lifetime.unwrap_or(LIFETIME).min(LONGEST_LIFETIME),
        });
    }
    let mut what = format!("{status}");
    // Nothing else of the answer: what a server or a proxy repeats of the request would be the assertion.
    let refusal = serde_json::from_slice::<Refusal>(body).unwrap_or_default();
    for part in [refusal.error, refusal.error_description].into_iter().flatten() {
        what.push_str(": ");
        what.extend(part.chars().take(MAX_SHOWN));
    }
    match status {
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            if let Some(skew) = skew {
                what = format!("{what} (the clock of this machine and that of C1 are {skew} seconds apart)");
            }
            Err(ExchangeError::Refused(what))
        }
        StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::METHOD_NOT_ALLOWED => {
            Err(ExchangeError::NotThere(what))
        }
        _ => Err(ExchangeError::Later { what, retry_after }),
    }
}

fn later(what: String) -> ExchangeError {
    ExchangeError::Later { what, retry_after: None }
}

fn retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// How far the clocks are apart, when that is enough to make an assertion invalid.
fn skew(headers: &header::HeaderMap, now: Timestamp) -> Option<i64> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let there = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    let apart = now.as_second().abs_diff(there.as_second());
    i64::try_from(apart).ok().filter(|apart| *apart > 60)
}

/// An error with everything underneath, in one line; reqwest says the reason only there.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        source = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn only_a_clear_refusal_is_about_the_credentials() {
        let judged =
            |status: u16| judge(StatusCode::from_u16(status).unwrap(), b"{}", None, None).unwrap_err();
        for status in [400, 401, 403] {
            assert!(matches!(judged(status), ExchangeError::Refused(_)), "{status}");
        }
        for status in [408, 429, 500, 502, 503, 504, 200, 302] {
            assert!(matches!(judged(status), ExchangeError::Later { .. }), "{status}");
        }
        assert!(matches!(judged(404), ExchangeError::NotThere(_)));
    }

    #[test]
    fn a_token_comes_with_its_lifetime_and_is_not_shown() {
        let body = br#"{"access_token":"t0ken","token_type":"Bearer","expires_in":3600}"#;
        let granted = judge(StatusCode::OK, body, None, None).unwrap();
        assert_eq!(granted.token.expose_secret(), "t0ken");
        assert_eq!(granted.lifetime, Duration::from_secs(3600));
        assert!(!format!("{granted:?}").contains("t0ken"));
        let endless = br#"{"access_token":"t0ken","expires_in":1e19}"#;
        let granted = judge(StatusCode::OK, endless, None, None).unwrap();
        assert_eq!(granted.lifetime, Duration::from_secs(86_400));
        let garbled = br#"{"access_token":"t0ken","expires_in":"#;
        assert!(!judge(StatusCode::OK, garbled, None, None).unwrap_err().to_string().contains("t0ken"));
    }

    #[test]
    fn of_a_refusal_only_its_reason_is_shown() {
        let told = |body: &[u8]| judge(StatusCode::UNAUTHORIZED, body, None, None).unwrap_err().to_string();
        let refusal =
            br#"{"error":"invalid_client","error_description":"rotated","client_assertion":"s3cret"}"#;
        assert!(told(refusal).contains(": invalid_client: rotated"), "{}", told(refusal));
        for body in [&refusal[..], b"<p>client_assertion=s3cret", b"[\"s3cret\"]"] {
            assert!(!told(body).contains("s3cret"), "{}", told(body));
        }
    }

    #[test]
    fn clocks_that_are_apart_are_told() {
        let mut headers = header::HeaderMap::new();
        headers.insert(header::DATE, "Tue, 14 Nov 2023 22:13:20 GMT".parse().unwrap());
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(skew(&headers, at(1_700_000_030)), None);
        assert_eq!(skew(&headers, at(1_699_996_400)), Some(3600));
    }
}
