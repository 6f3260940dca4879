//! The HTTP stack under `object_store`: the same trust, proxies and caution as towards Clockify and C1.
//!
//! Every refusal is noted in [`Seen`], because `object_store` keeps the store's own code to itself.

use std::time::Duration;

use async_trait::async_trait;
use http::Uri;
use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use reqwest::{Certificate, redirect};

use crate::seen::{Answer, Failure, Seen, What};
use crate::{Settings, platform};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long connecting to a cloud's own address for credentials may take. Outside of that cloud nobody is there.
const CONNECT_TO_METADATA: Duration = Duration::from_secs(1);

/// How long an answer may take to begin, and to go on.
pub(crate) const SILENCE: Duration = Duration::from_secs(60);

/// An upload may take longer than that, by a second for so many bytes: 2 Mbit/s.
const SLOWEST: u64 = 256 * 1024;

/// When a silent connection is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// The longest refusal that is read, in bytes.
const REFUSAL: usize = 64 * 1024;

/// Makes clients that note what they see.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    service: Service,
}

/// Sends requests: to the store by the usual way, and to loopback and metadata addresses never through a proxy.
#[derive(Clone, Debug)]
struct Service {
    usual: reqwest::Client,
    near: reqwest::Client,
    metadata: reqwest::Client,
    /// Whether a store elsewhere may be spoken to without encryption.
    plain: bool,
    seen: Seen,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectorError {
    #[error(transparent)]
    Certificates(#[from] outbound::RootsError),
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
}

impl Connector {
    /// `plain` allows a store elsewhere to be spoken to without encryption.
    pub(crate) fn new(settings: &Settings, plain: bool, seen: Seen) -> Result<Self, ConnectorError> {
        let roots = outbound::added_roots(&settings.extra_roots)?;
        let extra = roots.iter().map(|root| Certificate::from_der(root)).collect::<Result<Vec<_>, _>>()?;
        let usual = || {
            let builder = reqwest::Client::builder()
                .user_agent(&settings.user_agent)
                .connect_timeout(CONNECT)
                .tcp_keepalive(KEEPALIVE)
                .tcp_keepalive_interval(KEEPALIVE)
                // Credentials go to the host that was named.
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .no_gzip()
                .http1_only();
            platform::noticing_a_dead_network(builder)
        };
        let near = usual().no_proxy().tls_certs_only([]).build()?;
        let metadata = usual().no_proxy().tls_certs_only([]).connect_timeout(CONNECT_TO_METADATA).build()?;
        let has_roots = !extra.is_empty();
        let usual = match usual().tls_certs_merge(extra).build() {
            Err(error) if !has_roots => {
                tracing::warn!(%error, "No CA certificates were found; no object store can be verified.");
                usual().tls_certs_only([]).build()?
            }
            made => made?,
        };
        Ok(Self { service: Service { usual, near, metadata, plain, seen } })
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.service.clone()))
    }
}

#[async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let note = |what| self.seen.note(Failure { host: host.clone(), what });
        let client = match self.way(request.uri()) {
            Ok(client) => client,
            Err(error) => {
                note(error.seen());
                return Err(HttpError::new(HttpErrorKind::Unknown, error));
            }
        };
        let (parts, body) = request.into_parts();
        let patience = SILENCE + Duration::from_secs(body.content_length() as u64 / SLOWEST);
        let body = reqwest::Body::wrap(body);
        let sent = reqwest::Request::try_from(http::Request::from_parts(parts, body));
        let answer = async {
            match sent {
                Ok(request) => client.execute(request).await,
                Err(error) => Err(error),
            }
        };
        let Ok(answer) = tokio::time::timeout(patience, answer).await else {
            let late = Late(patience.as_secs());
            note(What::Silence(late.to_string()));
            return Err(HttpError::new(HttpErrorKind::Timeout, late));
        };
        let answer = answer.map_err(|error| {
            // It will be the same the next time.
            if let Some(fault) = outbound::certificate_fault(&error) {
                note(What::Certificate(fault));
                return HttpError::new(HttpErrorKind::Unknown, error.without_url());
            }
            let (kind, error) = (kind(&error), error.without_url());
            note(What::Silence(innermost(&error)));
            HttpError::new(kind, error)
        })?;
        let region = answer.headers().get("x-amz-bucket-region");
        let region = region.and_then(|region| region.to_str().ok()).map(str::to_owned);
        let code = answer.headers().get("x-ms-error-code");
        let code = code.and_then(|code| code.to_str().ok()).map(str::to_owned);
        let (parts, body) = http::Response::<reqwest::Body>::from(answer).into_parts();
        let (seen, from) = (self.seen.clone(), host.clone());
        let body = HttpResponseBody::new(body.map_err(move |error| {
            let (kind, error) = (kind(&error), error.without_url());
            seen.note(Failure { host: from.clone(), what: What::Silence(innermost(&error)) });
            HttpError::new(kind, error)
        }));
        if parts.status.is_success() {
            return Ok(HttpResponse::from_parts(parts, body));
        }
        let body = http_body_util::Limited::new(body, REFUSAL).collect().await;
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let mut refusal = Answer::read(parts.status.as_u16(), &String::from_utf8_lossy(&body));
        refusal.region = region.or(refusal.region);
        refusal.code = refusal.code.or(code);
        note(What::Answer(refusal));
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::from(body)))
    }
}

/// Why a request was not sent.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    #[error("the object store would be spoken to without encryption, and only one on this machine may be")]
    Plain,
    #[error(transparent)]
    Proxy(outbound::ProxyProblem),
}

impl Unsent {
    fn seen(&self) -> What {
        match self {
            Self::Plain => What::Plain,
            Self::Proxy(problem) => What::Proxy(problem.clone()),
        }
    }
}

/// An answer that does not come.
#[derive(Debug, thiserror::Error)]
#[error("there is no answer after {0} seconds")]
struct Late(u64);

impl Service {
    fn way(&self, uri: &Uri) -> Result<&reqwest::Client, Unsent> {
        let host = uri.host().unwrap_or_default();
        let encrypted = uri.scheme_str() == Some("https");
        if is_metadata(host) {
            Ok(&self.metadata)
        } else if is_loopback(host) && !encrypted {
            // A proxy would get what is meant for this machine.
            Ok(&self.near)
        } else if encrypted || self.plain {
            match outbound::proxy_problem(&uri.to_string()) {
                Some(problem) => Err(Unsent::Proxy(problem)),
                None => Ok(&self.usual),
            }
        } else {
            Err(Unsent::Plain)
        }
    }
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a host is where a cloud gives its own machines their credentials.
pub(crate) fn is_metadata(host: &str) -> bool {
    ["169.254.169.254", "169.254.170.2", "169.254.170.23", "metadata.google.internal", "metadata"]
        .contains(&host)
}

/// Only a request that was certainly not received may be sent again by whoever does not look first.
fn kind(error: &reqwest::Error) -> HttpErrorKind {
    if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_builder() {
        HttpErrorKind::Unknown
    } else {
        HttpErrorKind::Interrupted
    }
}

/// The cause at the bottom, which says most.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut at = error;
    while let Some(source) = at.source() {
        at = source;
    }
    at.to_string()
}
