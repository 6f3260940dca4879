//! How a client is made, and what it refuses to be.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use outbound::TlsError;
use reqwest::redirect;

use super::{Client, Shared};
use crate::observer::{Observer, Unobserved};
use crate::pace::Limiter;
use crate::usage::Counters;
use crate::{BaseUrl, Clock, Credential, Pace, RetryPolicy, TokioClock};

const USER_AGENT: &str = concat!("baton-clockify/", env!("CARGO_PKG_VERSION"));

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL's host is not Clockify's and was not allowed.
    #[error("{host} is not a host of Clockify; sending the credential there must be allowed explicitly")]
    ForeignHost {
        /// The host.
        host: String,
    },
    /// The extra CA certificates are no PEM certificates, or not fit to be trusted.
    #[error("the extra CA certificates are not readable as PEM")]
    Certificates,
    /// The proxy that the environment names cannot be used.
    #[error(transparent)]
    Proxy(#[from] outbound::ProxyProblem),
    /// The HTTP stack could not be set up.
    #[error("the HTTP client could not be set up")]
    Http(#[source] reqwest::Error),
}

/// Makes a [`Client`].
///
/// A machine without any CA certificate can still make one: for a loopback host over http no certificate is ever
/// read, and for an https host the client is made without roots, so that the first request fails with
/// [`crate::ErrorKind::Connect`] and says why.
#[must_use]
pub struct ClientBuilder {
    credential: Credential,
    base: BaseUrl,
    allow_foreign_host: bool,
    connect_timeout: Duration,
    read_timeout: Duration,
    request_timeout: Duration,
    body_limit: u64,
    pace: Pace,
    retry: RetryPolicy,
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    extra_roots: Vec<u8>,
}

impl ClientBuilder {
    pub(super) fn new(credential: Credential) -> Self {
        Self {
            credential,
            base: BaseUrl::default(),
            allow_foreign_host: false,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            request_timeout: Duration::from_secs(5 * 60),
            body_limit: 64 * 1024 * 1024,
            pace: Pace::default(),
            retry: RetryPolicy::default(),
            clock: Arc::new(TokioClock::new()),
            observer: Arc::new(Unobserved),
            extra_roots: Vec::new(),
        }
    }

    /// The address of the API. Default: Clockify's global host.
    pub fn base_url(self, base: BaseUrl) -> Self {
        Self { base, ..self }
    }

    /// Allows a host that is neither Clockify's nor this machine. Default: no.
    pub fn allow_foreign_host(self, allow: bool) -> Self {
        Self { allow_foreign_host: allow, ..self }
    }

    /// How long connecting may take. Default: 10 seconds.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }

    /// How long the server may stay silent. Default: 60 seconds.
    pub fn read_timeout(self, timeout: Duration) -> Self {
        Self { read_timeout: timeout, ..self }
    }

    /// How long one attempt may take in all, against a server that never falls silent and never ends. Default: 5
    /// minutes.
    pub fn request_timeout(self, timeout: Duration) -> Self {
        Self { request_timeout: timeout, ..self }
    }

    /// The longest body accepted, in bytes after decompression. Default: 64 MiB.
    pub fn body_limit(self, bytes: u64) -> Self {
        Self { body_limit: bytes, ..self }
    }

    /// How fast requests may leave at most. Default: 10 per second.
    pub fn pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// How often and how long failed reads are tried again.
    pub fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// Where the pace and the retries take their time from. Default: the real clock.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Watches the client at work.
    pub fn observer(self, observer: impl Observer) -> Self {
        Self { observer: Arc::new(observer), ..self }
    }

    /// CA certificates to trust in addition to the platform's and those in `SSL_CERT_FILE`, as PEM. For proxies that
    /// inspect traffic.
    pub fn extra_ca_certificates(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { extra_roots: pem.into(), ..self }
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the host is foreign and not allowed, an extra certificate is unreadable, or the proxy on the way cannot be used.
    pub fn build(self) -> Result<Client, BuildError> {
        let known = self.base.is_clockify() || self.base.is_loopback();
        if !known && !self.allow_foreign_host {
            return Err(BuildError::ForeignHost { host: self.base.host().to_owned() });
        }
        if let Some(problem) = outbound::proxy_problem(&self.base.to_string()) {
            return Err(problem.into());
        }
        let (http, no_roots) = self.http()?;
        let rng = self.retry.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        Ok(Client {
            shared: Arc::new(Shared {
                http,
                limiter: Limiter::new(self.pace, Arc::clone(&self.clock)),
                base: self.base,
                credential: self.credential,
                body_limit: self.body_limit,
                retry: self.retry,
                rng: Mutex::new(rng),
                clock: self.clock,
                observer: self.observer,
                counters: Counters::default(),
                members: AtomicUsize::new(0),
                no_roots,
            }),
        })
    }

    /// The HTTP stack, and whether it lacks roots. Reading the platform's certificates fails when there are none;
    /// that must not keep anybody from a plain http loopback host, where none are needed.
    fn http(&self) -> Result<(reqwest::Client, bool), BuildError> {
        outbound::certificates_in(&self.extra_roots).map_err(|_| BuildError::Certificates)?;
        let without_roots = || self.settings().tls_certs_only([]).build().map_err(BuildError::Http);
        if !self.base.is_https() {
            return Ok((without_roots()?, false));
        }
        match outbound::client_config(&self.extra_roots) {
            Ok(mut tls) => {
                tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
                let http = self.settings().tls_backend_preconfigured(tls).build();
                Ok((http.map_err(BuildError::Http)?, false))
            }
            Err(TlsError::Setup(error)) if self.extra_roots.is_empty() => {
                tracing::warn!(%error, "No CA certificates were found; no server can be verified.");
                Ok((without_roots()?, true))
            }
            Err(_) => Err(BuildError::Certificates),
        }
    }

    fn settings(&self) -> reqwest::ClientBuilder {
        let settings = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(self.connect_timeout)
            .read_timeout(self.read_timeout)
            .timeout(self.request_timeout)
            .redirect(redirect::Policy::none())
            // Every retry has to be counted and paced, so the stack below makes none of its own.
            .retry(reqwest::retry::never())
            .https_only(self.base.is_https());
        // A proxy would get the credential of a loopback server in clear text.
        if self.base.is_loopback() { settings.no_proxy() } else { settings }
    }
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder").field("base_url", &self.base).finish_non_exhaustive()
    }
}
