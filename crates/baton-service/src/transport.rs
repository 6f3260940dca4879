//! The gRPC channel to C1: one kept HTTP/2 connection over TLS, opened when it is first needed and again when it is lost.

use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::proxy::matcher::Matcher;
use rustls::ClientConfig;
use thiserror::Error;
use tonic::transport::{Channel, Endpoint};
use tower_service::Service;

use crate::address::Address;
use crate::proxy::Way;

/// How long opening a connection may take, TLS and proxy included.
const CONNECT: Duration = Duration::from_secs(30);

/// An address or user agent that no request can carry.
#[derive(Debug, Error)]
#[error("C1 cannot be addressed")]
pub struct AddressError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Makes channels to one address.
#[derive(Clone)]
pub struct Transport {
    endpoint: Endpoint,
    connector: Secured,
}

impl Transport {
    /// The way to an address. `proxies` are left out for hosts on this machine.
    ///
    /// # Errors
    /// When the address or the user agent cannot be sent.
    pub fn new(
        address: &Address,
        user_agent: &str,
        tls: &ClientConfig,
        proxies: Matcher,
    ) -> Result<Self, AddressError> {
        let wrong = |error: Box<dyn std::error::Error + Send + Sync>| AddressError(error);
        let authority = format!("{}:{}", address.host(), address.port());
        let secure: Uri = format!("https://{authority}").parse().map_err(|error| wrong(Box::new(error)))?;
        // Named http, because TLS is this module's business and not tonic's; no byte leaves in the clear.
        let endpoint = Endpoint::from_shared(format!("http://{authority}"))
            .and_then(|endpoint| endpoint.user_agent(user_agent.to_owned()))
            .map_err(|error| wrong(Box::new(error)))?
            .origin(secure.clone())
            .connect_timeout(CONNECT);
        let proxies = (!address.is_loopback()).then_some(proxies);
        let way = Way::new(tls.clone(), proxies);
        let mut inside = tls.clone();
        inside.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self { endpoint, connector: Secured { inner: HttpsConnector::from((way, inside)), uri: secure } })
    }

    /// A channel; nothing is opened yet.
    pub fn channel(&self) -> Channel {
        self.endpoint.connect_with_connector_lazy(self.connector.clone())
    }
}

/// Always goes to the one address, and always over TLS.
#[derive(Clone)]
struct Secured {
    inner: HttpsConnector<Way>,
    uri: Uri,
}

impl Service<Uri> for Secured {
    type Response = MaybeHttpsStream<<Way as Service<Uri>>::Response>;
    type Error = <HttpsConnector<Way> as Service<Uri>>::Error;
    type Future = <HttpsConnector<Way> as Service<Uri>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        self.inner.call(self.uri.clone())
    }
}
