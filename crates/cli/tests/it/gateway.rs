//! A way out of the machine that looks like an office's: a proxy that takes down everything it is sent, and servers behind
//! TLS whose certificates come from an authority that nobody knows.

use std::collections::HashMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clockify_sim::Simulator;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// An authority, made for one test.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: NamedTempFile,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut about = CertificateParams::new(Vec::new()).unwrap();
        // Two authorities of one name would be told apart by their signatures only.
        let name = format!("Office {:x}", fastrand::u64(..));
        about.distinguished_name.push(DnType::CommonName, name);
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        about.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(about.self_signed(&key).unwrap().pem().as_bytes()).unwrap();
        Self { issuer: Issuer::new(about, key), file }
    }

    /// Its certificate, as PEM.
    pub(crate) fn file(&self) -> &str {
        self.path().to_str().unwrap()
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    fn server(&self, host: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let certificate = certificate.signed_by(&key, &self.issuer).unwrap();
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let mut tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(tls))
    }
}

/// TLS, under one name, in front of a look-alike. It ends when it is dropped.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Front {
    pub(crate) async fn start(authority: &Authority, host: &str, behind: &Simulator) -> Self {
        let behind = address_of(behind);
        let acceptor = authority.server(host);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not trust the certificate hangs up.
                    let Ok(mut inside) = acceptor.accept(stream).await else { return };
                    let mut there = TcpStream::connect(behind).await.unwrap();
                    let _ = copy_bidirectional(&mut inside, &mut there).await;
                });
            }
        });
        Self { address, task }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn address_of(simulator: &Simulator) -> SocketAddr {
    let address = simulator.base_url();
    let address = address.strip_prefix("http://").unwrap();
    address.split('/').next().unwrap().parse().unwrap()
}

/// What the proxy was sent, in the clear and sealed.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Vec<u8>>>>);

/// A proxy that makes tunnels. It ends when it is dropped.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    seen: Seen,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Leads `host:port` to an address, and nothing else anywhere; only for whoever shows the credentials, if there are any.
    pub(crate) async fn start(ways: &[(&str, SocketAddr)], credentials: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ways: HashMap<String, SocketAddr> =
            ways.iter().map(|(to, way)| ((*to).to_owned(), *way)).collect();
        let rules =
            Arc::new(Rules { ways, credentials: credentials.map(|text| BASE64_STANDARD.encode(text)) });
        let seen = Seen::default();
        let task = tokio::spawn({
            let seen = seen.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, rules.clone(), seen.clone()));
                }
            }
        });
        Self { address, seen, task }
    }

    /// The first line of each connection.
    pub(crate) fn asked(&self) -> Vec<String> {
        let seen = self.seen.0.lock().unwrap();
        let first =
            |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().to_owned();
        seen.iter().map(first).collect()
    }

    /// Whether these bytes came by anywhere.
    pub(crate) fn saw(&self, text: &str) -> bool {
        let seen = self.seen.0.lock().unwrap();
        let text = text.as_bytes();
        seen.iter().any(|bytes| bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text)))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Rules {
    ways: HashMap<String, SocketAddr>,
    credentials: Option<String>,
}

impl Rules {
    /// Where a head asks to be led, or what it is told.
    fn way(&self, head: &str) -> Result<SocketAddr, &'static str> {
        if let Some(credentials) = &self.credentials {
            let shown = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("proxy-authorization").then(|| value.trim().to_owned())
            });
            if shown.is_none_or(|shown| shown != format!("Basic {credentials}")) {
                return Err(
                    "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"office\"",
                );
            }
        }
        let mut words = head.split_whitespace();
        match (words.next(), words.next()) {
            (Some("CONNECT"), Some(to)) => self.ways.get(to).copied().ok_or("502 Bad Gateway"),
            _ => Err("405 Method Not Allowed"),
        }
    }
}

async fn serve(mut stream: TcpStream, rules: Arc<Rules>, seen: Seen) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // Whoever hangs up has asked nothing.
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let place = {
        let mut seen = seen.0.lock().unwrap();
        seen.push(head.clone());
        seen.len() - 1
    };
    let there = match rules.way(&String::from_utf8_lossy(&head)) {
        Ok(way) => TcpStream::connect(way).await.unwrap(),
        Err(answer) => {
            let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
            return;
        }
    };
    let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await;
    let (mut from_client, mut to_client) = stream.into_split();
    let (mut from_server, mut to_server) = there.into_split();
    let up = async {
        let mut piece = vec![0; 16 * 1024];
        while let Ok(read) = from_client.read(&mut piece).await {
            seen.0.lock().unwrap()[place].extend_from_slice(&piece[..read]);
            if read == 0 || to_server.write_all(&piece[..read]).await.is_err() {
                break;
            }
        }
        let _ = to_server.shutdown().await;
    };
    let _ = tokio::join!(up, tokio::io::copy(&mut from_server, &mut to_client));
}
