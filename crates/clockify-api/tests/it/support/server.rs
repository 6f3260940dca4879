//! A server that answers from a script and remembers what it was asked.
//!
//! It fails the test when a scripted answer was not fetched, or when more was asked than scripted.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::reply::{Manner, Reply};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
}

impl Recorded {
    fn parse(head: &str) -> Self {
        let mut lines = head.lines();
        let mut request = lines.next().unwrap().split(' ');
        let (method, target) = (request.next().unwrap().to_owned(), request.next().unwrap());
        let url = url::Url::parse(&format!("http://server{target}")).unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { method, path: url.path().to_owned(), query: url.query_pairs().into_owned().collect(), headers }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct State {
    script: VecDeque<Reply>,
    requests: Vec<Recorded>,
    unexpected: usize,
}

pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = State { script: script.into_iter().collect(), ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, Arc::clone(&shared)));
            }
        });
        Self { address, state, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.state.lock().unwrap().requests.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
        if std::thread::panicking() {
            return;
        }
        let state = self.state.lock().unwrap();
        assert_eq!(state.unexpected, 0, "requests beyond the script: {:#?}", state.requests);
        assert_eq!(
            state.script.len(),
            0,
            "scripted answers that nobody fetched; asked: {:#?}",
            state.requests
        );
    }
}

/// Errors of the connection are the client's doing and part of some tests.
async fn answer(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte).await {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let reply = {
        let mut state = state.lock().unwrap();
        state.requests.push(Recorded::parse(&String::from_utf8(head).unwrap()));
        let reply = state.script.pop_front();
        state.unexpected += usize::from(reply.is_none());
        reply.unwrap_or_else(|| Reply::status(418))
    };
    match reply.manner {
        Manner::Silence => std::future::pending().await,
        Manner::Reset => stream.set_zero_linger().unwrap(),
        Manner::Whole | Manner::Truncated => {
            let _ = stream.write_all(&[reply.head().as_bytes(), &reply.body].concat()).await;
            let _ = stream.shutdown().await;
        }
        Manner::Drip(pause) => {
            let _ = stream.write_all(reply.head().as_bytes()).await;
            for byte in reply.body {
                tokio::time::sleep(pause).await;
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
            }
        }
    }
}
