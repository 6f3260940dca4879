//! The server: a loopback port, over TLS if asked, until it is dropped.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, StreamBody, combinators::BoxBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::answer::{Body, error};
use crate::fault::{Action, Fault};
use crate::handle::{handle, place};
use crate::state::{Asked, Key, Rights, State};
use crate::tls;

const ID: &str = "AKIAINVENTED00000001";
const SECRET: &str = "an-invented-secret-nobody-must-see";
const REGION: &str = "eu-central-1";

/// Makes an [`S3`].
#[derive(Debug)]
pub struct Builder {
    state: State,
    tls: Option<String>,
}

/// A store that runs until it is dropped.
#[derive(Debug)]
pub struct S3 {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
    authority: Option<String>,
    name: Option<String>,
    serving: JoinHandle<()>,
}

impl Builder {
    /// Adds a bucket in the server's own region.
    #[must_use]
    pub fn bucket(self, name: &str) -> Self {
        self.bucket_in(name, REGION)
    }

    /// Adds a bucket in a region, which is not the server's own.
    #[must_use]
    pub fn bucket_in(mut self, name: &str, region: &str) -> Self {
        self.state.buckets.insert(name.to_owned(), region.to_owned());
        self
    }

    /// What the key may do. Default: everything.
    #[must_use]
    pub fn rights(mut self, rights: Rights) -> Self {
        self.state.keys.iter_mut().for_each(|key| key.rights = rights);
        self
    }

    /// Asks for a session token as well.
    #[must_use]
    pub fn session_token(mut self, token: &str) -> Self {
        self.state.keys.iter_mut().for_each(|key| key.token = Some(token.to_owned()));
        self
    }

    /// Speaks TLS, with a certificate of its own authority for a name.
    #[must_use]
    pub fn tls(mut self, name: &str) -> Self {
        self.tls = Some(name.to_owned());
        self
    }

    /// Starts on a free loopback port.
    ///
    /// # Errors
    /// When there is no port, or no certificate can be made.
    pub async fn start(self) -> io::Result<S3> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let certificate = self.tls.as_deref().map(tls::certificate).transpose().map_err(io::Error::other)?;
        let (authority, acceptor) = match certificate {
            Some(made) => (Some(made.authority_pem), Some(TlsAcceptor::from(made.tls))),
            None => (None, None),
        };
        let state = Arc::new(Mutex::new(self.state));
        let serving = tokio::spawn(serve(listener, acceptor, state.clone()));
        Ok(S3 { state, address, authority, name: self.tls, serving })
    }
}

impl S3 {
    /// A store with one key, which may do everything, and no bucket.
    pub fn builder() -> Builder {
        let key = Key { id: ID.to_owned(), secret: SECRET.to_owned(), token: None, rights: Rights::ALL };
        Builder { state: State { keys: vec![key], ..State::default() }, tls: None }
    }

    /// What the environment of a client must hold.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AWS_ACCESS_KEY_ID", ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_REGION", REGION),
            ("AWS_ENDPOINT_URL", &self.endpoint()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// The secret that nobody must see.
    pub fn secret(&self) -> &'static str {
        SECRET
    }

    /// Where it is; over TLS by the name of its certificate.
    pub fn endpoint(&self) -> String {
        match &self.name {
            Some(name) => format!("https://{name}:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// Its loopback address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The authority of its certificate, as PEM, if it speaks TLS.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// What an object holds.
    pub fn object(&self, bucket: &str, key: &str) -> Option<Bytes> {
        self.state().objects.get(&(bucket.to_owned(), key.to_owned())).cloned()
    }

    /// The keys of all objects in all buckets.
    pub fn keys(&self) -> Vec<String> {
        self.state().objects.keys().map(|(_, key)| key.clone()).collect()
    }

    /// Uploads that were begun and neither completed nor aborted.
    pub fn open_uploads(&self) -> usize {
        self.state().uploads.len()
    }

    /// Puts an object there, past every rule.
    pub fn set(&self, bucket: &str, key: &str, content: impl Into<Bytes>) {
        self.state().objects.insert((bucket.to_owned(), key.to_owned()), content.into());
    }

    /// What the key may do from now on.
    pub fn allow(&self, rights: Rights) {
        self.state().keys.iter_mut().for_each(|key| key.rights = rights);
    }

    /// Lets something go wrong.
    pub fn fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// Lets nothing go wrong any more.
    pub fn heal(&self) {
        self.state().faults.clear();
    }

    /// Every request, in the order in which they ended.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// Whether a request came that is not answered.
    pub fn hangs(&self) -> bool {
        self.state().hangs
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (state, acceptor) = (state.clone(), acceptor.clone());
        tokio::spawn(async move {
            match acceptor {
                None => connection(stream, state).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        connection(stream, state).await;
                    }
                }
            }
        });
    }
}

async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, state: Arc<Mutex<State>>) {
    let service = service_fn(move |request| answer(request, state.clone()));
    // A connection that ends badly is the client's to notice.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// An error ends the connection without an answer.
async fn answer(request: Request<Incoming>, state: Arc<Mutex<State>>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let fault = lock(&state).fault(&parts.method);
    let note = |status| {
        let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        lock(&state).asked.push(Asked { method: parts.method.clone(), target, status });
    };
    let cut = || {
        note(0);
        Err(io::ErrorKind::ConnectionReset.into())
    };
    let limit = if let Some(Action::CutRequest(after)) = &fault { *after } else { usize::MAX };
    let Some(body) = read(body, limit).await else { return cut() };
    match &fault {
        Some(Action::Hang) => {
            lock(&state).hangs = true;
            std::future::pending::<()>().await;
        }
        Some(Action::Overtake(content)) => {
            if let Some(place) = place(&parts) {
                lock(&state).objects.insert(place, Bytes::from(content.clone()));
            }
        }
        Some(Action::Vanish) => {
            if let Some(place) = place(&parts) {
                lock(&state).objects.remove(&place);
            }
        }
        _ => {}
    }
    let answer = match &fault {
        Some(Action::Refuse(status, code)) => error(*status, code, "", parts.method == http::Method::HEAD),
        _ => handle(&mut lock(&state), REGION, &parts, &body),
    };
    match fault {
        Some(Action::CutAnswer) => cut(),
        Some(Action::CutBody(after)) => {
            note(answer.status().as_u16());
            let (parts, body) = answer.into_parts();
            let content = body.collect().await?.to_bytes();
            let begun = Ok(Frame::data(content.slice(..after.min(content.len()))));
            let broken = Err(io::Error::from(io::ErrorKind::ConnectionReset));
            let pieces = StreamBody::new(futures_util::stream::iter([begun, broken]));
            Ok(Response::from_parts(parts, BoxBody::new(pieces)))
        }
        _ => {
            note(answer.status().as_u16());
            Ok(answer)
        }
    }
}

/// The body of a request; `None` when it broke off, or was to be cut.
async fn read(mut body: Incoming, limit: usize) -> Option<Bytes> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.ok()?.into_data() {
            whole.extend_from_slice(&data);
        }
        if whole.len() >= limit {
            return None;
        }
    }
    // Shorter than what was to be cut: cut all the same.
    (limit == usize::MAX).then(|| whole.into())
}
