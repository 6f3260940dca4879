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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    /// A proxy that takes one connection, and gives what it was asked.
    async fn proxy() -> (u16, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).await.unwrap();
                if line.trim().is_empty() {
                    break;
                }
                lines.push(line.trim().to_owned());
            }
            // Whoever goes directly has hung up by now.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            // As with TLS, the client speaks first.
            let mut first = [0; 5];
            if stream.read_exact(&mut first).await.is_ok() {
                stream.write_all(&first).await.unwrap();
            }
            lines
        });
        (port, asked)
    }

    fn way(proxies: Matcher) -> Way {
        Way::new(outbound::client_config(b"").unwrap(), Some(proxies))
    }

    #[tokio::test]
    async fn a_proxy_is_asked_for_a_tunnel_with_its_credentials() {
        let (port, asked) = proxy().await;
        let set = format!("http://Aladdin:opensesame@127.0.0.1:{port}");
        let mut way = way(Matcher::builder().https(set).build());
        let stream = way.call("https://c1.example:8443".parse().unwrap()).await.unwrap();
        let mut stream = TokioIo::new(stream);
        stream.write_all(b"there").await.unwrap();
        let mut back = [0; 5];
        stream.read_exact(&mut back).await.unwrap();
        assert_eq!(&back, b"there");
        let lines = asked.await.unwrap();
        assert_eq!(lines[0], "CONNECT c1.example:8443 HTTP/1.1");
        // RFC 2617, section 2, with the password in one word.
        let credentials = "proxy-authorization: basic qwxhzgrpbjpvcgvuc2vzyw1l";
        assert!(lines.iter().any(|line| line.to_lowercase() == credentials), "{lines:?}");
    }

    #[tokio::test]
    async fn hosts_without_a_proxy_are_gone_to_directly() {
        let (port, asked) = proxy().await;
        let proxies = Matcher::builder().https("http://127.0.0.1:1").no("127.0.0.1").build();
        let stream = way(proxies).call(format!("https://127.0.0.1:{port}").parse().unwrap()).await.unwrap();
        TokioIo::new(stream).write_all(b"directly\r\n\r\n").await.unwrap();
        assert_eq!(asked.await.unwrap(), ["directly"]);
    }

    #[tokio::test]
    async fn other_kinds_of_proxies_are_refused_by_name() {
        let mut way = way(Matcher::builder().https("socks5://127.0.0.1:1").build());
        let error = way.call("https://c1.example".parse().unwrap()).await.err().unwrap();
        assert!(error.to_string().contains("socks5"), "{error}");
    }
}
