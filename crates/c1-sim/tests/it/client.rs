//! A client written by hand: TLS, an assertion, a token, and the generated stubs.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1::baton_service_client::BatonServiceClient;
use c1_sim::{C1Sim, Options};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::body::Body;
use tonic::{Code, Request, Status};
use tower_service::Service;

use crate::assertion::Assertion;

/// Long enough for anything on one machine, short enough to fail a test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A connection that the stubs call through.
#[derive(Clone)]
pub(crate) struct Wire(http2::SendRequest<Body>);

impl Service<http::Request<Body>> for Wire {
    type Response = http::Response<hyper::body::Incoming>;
    type Error = hyper::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, hyper::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(self.0.send_request(request))
    }
}

pub(crate) type Stub = BatonServiceClient<Wire>;

/// A look-alike that is quick.
pub(crate) async fn start() -> C1Sim {
    start_with(Options::default()).await
}

pub(crate) async fn start_with(options: Options) -> C1Sim {
    C1Sim::start(options).await.expect("a free port")
}

fn roots(sim: &C1Sim) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(sim.ca_pem().as_bytes()).unwrap()).unwrap();
    roots
}

/// Connects with one version of TLS.
pub(crate) async fn connect_by(
    sim: &C1Sim,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Result<Stub, std::io::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots(sim))
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(sim.address()).await?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await?;
    let (sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.map_err(std::io::Error::other)?;
    tokio::spawn(connection);
    let origin = format!("https://{}", sim.address()).parse().unwrap();
    Ok(BatonServiceClient::with_origin(Wire(sender), origin))
}

pub(crate) async fn connect(sim: &C1Sim) -> Stub {
    connect_by(sim, rustls::ALL_VERSIONS).await.expect("a connection")
}

/// What the token endpoint answered.
#[derive(Debug)]
pub(crate) struct TokenReply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl TokenReply {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn token(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["access_token"].as_str().unwrap().to_owned()
    }
}

/// A plain HTTPS client that trusts the look-alike and nobody else.
pub(crate) fn https(sim: &C1Sim) -> reqwest::Client {
    let authority = reqwest::Certificate::from_pem(sim.ca_pem().as_bytes()).unwrap();
    reqwest::Client::builder().tls_certs_only([authority]).build().unwrap()
}

pub(crate) fn token_url(sim: &C1Sim) -> String {
    format!("https://{}/auth/v1/token", sim.address())
}

/// Sends a form to the token endpoint.
pub(crate) async fn post(sim: &C1Sim, form: &[(&str, String)]) -> Result<TokenReply, reqwest::Error> {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in form {
        body.append_pair(name, value);
    }
    let request = https(sim)
        .post(token_url(sim))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.finish());
    let response = request.send().await?;
    Ok(TokenReply { status: response.status().as_u16(), text: response.text().await? })
}

/// Asks for a token with an assertion.
pub(crate) async fn exchange(sim: &C1Sim, assertion: &Assertion) -> TokenReply {
    post(sim, &assertion.form()).await.expect("an answer")
}

pub(crate) async fn token(sim: &C1Sim) -> String {
    exchange(sim, &Assertion::of(&sim.credentials())).await.token()
}

/// Puts a token on a message.
pub(crate) fn with<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// A connected client with a token.
pub(crate) async fn ready(sim: &C1Sim) -> (Stub, String) {
    (connect(sim).await, token(sim).await)
}

pub(crate) fn refused<T>(result: Result<T, Status>) -> (Code, String) {
    match result {
        Ok(_) => panic!("it was accepted"),
        Err(status) => (status.code(), status.message().to_owned()),
    }
}
