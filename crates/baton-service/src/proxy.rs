//! Opens the way to a host: directly, or through the HTTP proxy that the environment names.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower_service::Service;

/// How long a TCP connection may take, one address after the other.
const CONNECT: Duration = Duration::from_secs(20);

/// When a silent connection is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(30);

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Connects by TCP, through a proxy where one is set for the destination.
#[derive(Clone)]
pub(crate) struct Way {
    direct: HttpConnector,
    to_proxy: HttpsConnector<HttpConnector>,
    /// `None` where no proxy has any business.
    proxies: Option<Arc<Matcher>>,
}

impl Way {
    /// `tls` is for proxies that are spoken to over HTTPS.
    pub(crate) fn new(tls: ClientConfig, proxies: Option<Matcher>) -> Self {
        let mut direct = HttpConnector::new();
        direct.enforce_http(false);
        direct.set_nodelay(true);
        direct.set_connect_timeout(Some(CONNECT));
        direct.set_keepalive(Some(KEEPALIVE));
        direct.set_keepalive_interval(Some(KEEPALIVE / 3));
        let to_proxy = HttpsConnector::from((direct.clone(), tls));
        Self { direct, to_proxy, proxies: proxies.map(Arc::new) }
    }
}

impl Service<Uri> for Way {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, destination: Uri) -> Self::Future {
        let proxy = self.proxies.as_ref().and_then(|proxies| proxies.intercept(&destination));
        let Some(proxy) = proxy else {
            let connecting = self.direct.call(destination);
            return Box::pin(async move { Ok(MaybeHttpsStream::Http(connecting.await?)) });
        };
        let scheme = proxy.uri().scheme_str().unwrap_or_default();
        if !matches!(scheme, "http" | "https") {
            let refused = format!("a proxy of the kind {scheme} is set, and only HTTP proxies can be used");
            return Box::pin(async move { Err(refused.into()) });
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy.clone());
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let opening = tunnel.call(destination);
        Box::pin(async move {
            opening.await.map_err(|error| {
                let text = format!("the HTTP proxy does not lead to C1: {error}");
                Into::<BoxError>::into(text)
            })
        })
    }
}
