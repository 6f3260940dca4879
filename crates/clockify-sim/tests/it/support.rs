//! A plain HTTP client and the calls that every test makes.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use clockify_sim::{Content, Fault, SeededWorkspace, Simulator};
use reqwest::Method;
use serde_json::Value;
use tokio::net::TcpStream;

/// The query that hides nobody and sorts by id.
pub(crate) const EVERYBODY: &str = "status=ALL&account-statuses=ACTIVE,PENDING_EMAIL_VERIFICATION,NOT_REGISTERED,\
LIMITED,LIMITED_DELETED,DELETED&sort-column=ID&sort-order=ASCENDING";

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json().as_array().expect("lists are bare arrays").clone()
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.column("id")
    }

    /// A field of every row; null reads as the empty text.
    pub(crate) fn column(&self, field: &str) -> Vec<String> {
        self.rows().iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are ASCII"))
    }

    /// Asserts an error in Clockify's form.
    pub(crate) fn assert_error(&self, status: u16, code: i64, message: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.json(), serde_json::json!({ "message": message, "code": code }));
        assert_eq!(self.header("content-type"), Some("application/json"));
    }
}

pub(crate) async fn start(content: impl Content) -> Simulator {
    Simulator::builder(content).start().await.expect("a free port")
}

/// A simulator of 120 users with one fault.
pub(crate) async fn faulty(fault: Fault) -> Simulator {
    let builder = Simulator::builder(SeededWorkspace::new(3).users(120));
    builder.fault(fault).start().await.expect("a free port")
}

pub(crate) async fn send(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
) -> Result<Reply, reqwest::Error> {
    // Nothing here is encrypted, and reading the machine's certificates takes longer than most tests.
    let client = reqwest::Client::builder().tls_certs_only([]).build()?;
    let mut request = client.request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Reply { status, headers, text: response.text().await? })
}

/// Reads a path below the base address with the simulator's own key.
pub(crate) async fn try_get(simulator: &Simulator, path: &str) -> Result<Reply, reqwest::Error> {
    let url = format!("{}{path}", simulator.base_url());
    send(Method::GET, &url, &[("X-Api-Key", simulator.api_key())]).await
}

pub(crate) async fn get(simulator: &Simulator, path: &str) -> Reply {
    try_get(simulator, path).await.expect("an answer")
}

/// Reads a path below the simulated workspace.
pub(crate) async fn get_in(simulator: &Simulator, path: &str) -> Reply {
    get(simulator, &in_workspace(simulator, path)).await
}

pub(crate) fn in_workspace(simulator: &Simulator, path: &str) -> String {
    format!("/workspaces/{}{path}", simulator.workspace_id())
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In good order.
    Closed,
    /// By a reset.
    Reset,
    /// Not at all while somebody listened.
    Open,
}

/// What came over a bare connection, and when.
pub(crate) struct Raw {
    /// Each piece that was read, with the time since the request.
    pub(crate) pieces: Vec<(Duration, Vec<u8>)>,
    pub(crate) end: End,
}

impl Raw {
    pub(crate) fn text(&self) -> String {
        let bytes = self.pieces.iter().flat_map(|(_, piece)| piece).copied().collect();
        String::from_utf8(bytes).expect("answers are UTF-8")
    }

    pub(crate) fn head(&self) -> String {
        self.text().split_once("\r\n\r\n").expect("an answer has a head").0.to_lowercase()
    }

    pub(crate) fn body(&self) -> String {
        self.text().split_once("\r\n\r\n").expect("an answer has a head").1.to_owned()
    }

    /// The length that the head announces.
    pub(crate) fn announced(&self) -> Option<usize> {
        let head = self.head();
        let value = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
        Some(value.parse().expect("a length is a number"))
    }

    /// When the first byte came, and when the first byte of the body.
    pub(crate) fn first_bytes(&self) -> (Duration, Duration) {
        let mut seen = Vec::new();
        for (at, piece) in &self.pieces {
            seen.extend_from_slice(piece);
            let place = seen.windows(4).position(|window| window == b"\r\n\r\n");
            if place.is_some_and(|place| seen.len() > place + 4) {
                return (self.pieces[0].0, *at);
            }
        }
        panic!("no body came");
    }
}

/// Reads a path below the simulated workspace over a connection of its own, for `patience` after the last byte.
pub(crate) async fn raw_get(simulator: &Simulator, path: &str, patience: Duration) -> Raw {
    let url = format!("{}{}", simulator.base_url(), in_workspace(simulator, path));
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let key = simulator.api_key();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\nX-Api-Key: {key}\r\n\r\n");
    stream.writable().await.unwrap();
    assert_eq!(stream.try_write(request.as_bytes()).unwrap(), request.len());
    let begun = Instant::now();
    let mut pieces = Vec::new();
    let end = loop {
        let Ok(ready) = tokio::time::timeout(patience, stream.readable()).await else { break End::Open };
        ready.unwrap();
        let mut buffer = vec![0; 1 << 20];
        match stream.try_read(&mut buffer) {
            Ok(0) => break End::Closed,
            Ok(read) => {
                buffer.truncate(read);
                pieces.push((begun.elapsed(), buffer));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break End::Reset,
            Err(error) => panic!("{error}"),
        }
    };
    Raw { pieces, end }
}
