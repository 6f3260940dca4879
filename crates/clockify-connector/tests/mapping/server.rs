//! A scripted look-alike of Clockify: given bodies, cut into pages, and a log of what was asked.
//!
//! It knows nothing of the mapping and serves one request per connection.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// One answer, whatever is asked.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    content_type: &'static str,
    extra: String,
    body: Body,
    /// Another answer for requests whose parameter lacks a value.
    otherwise: Option<(&'static str, &'static str, Box<Answer>)>,
}

#[derive(Clone, Debug)]
enum Body {
    /// An array that is cut by `page` and `page-size`, anything else as it is.
    Json(Value),
    Text(String),
}

impl Answer {
    pub(crate) fn json(body: Value) -> Self {
        Self::refusal(200, body)
    }

    pub(crate) fn refusal(status: u16, body: Value) -> Self {
        Self {
            status,
            content_type: "application/json",
            extra: String::new(),
            body: Body::Json(body),
            otherwise: None,
        }
    }

    pub(crate) fn text(status: u16, content_type: &'static str, body: &str) -> Self {
        Self {
            status,
            content_type,
            extra: String::new(),
            body: Body::Text(body.to_owned()),
            otherwise: None,
        }
    }

    /// Only while `value` is in the list that the parameter `name` holds; else the rows.
    pub(crate) fn unless(mut self, name: &'static str, value: &'static str, rows: Value) -> Self {
        self.otherwise = Some((name, value, Box::new(Self::json(rows))));
        self
    }

    fn to(self, query: &str) -> Self {
        match self.otherwise {
            Some((name, value, other)) if !parameter(query, name).split("%2C").any(|one| one == value) => {
                *other
            }
            _ => self,
        }
    }

    pub(crate) fn with_header(mut self, line: &str) -> Self {
        self.extra.push_str(line);
        self.extra.push_str("\r\n");
        self
    }
}

/// What is said about a path, counted from behind `/api/v1`.
pub(crate) type Script = BTreeMap<String, Answer>;

/// The server; its threads end with the process.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    script: Script,
    log: Vec<String>,
}

impl Server {
    pub(crate) fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { script, log: Vec::new() }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(&stream.unwrap(), &shared));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// Says something else from now on.
    pub(crate) fn rewrite(&self, script: Script) {
        self.state.lock().unwrap().script = script;
    }

    /// The path and query of every request, in the order of their arrival.
    pub(crate) fn log(&self) -> Vec<String> {
        self.state.lock().unwrap().log.clone()
    }
}

fn serve(mut stream: &TcpStream, state: &Mutex<State>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let target = first.split(' ').nth(1).unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    while lines.next().is_some_and(|line| !line.is_empty()) {}

    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let answer = {
        let mut state = state.lock().unwrap();
        state.log.push(target.clone());
        state.script.get(path).cloned()
    };
    let missing =
        || Answer::refusal(404, serde_json::json!({"message": "No static resource .", "code": 3000}));
    let Answer { status, content_type, mut extra, body, .. } = answer.unwrap_or_else(missing).to(query);
    let body = match body {
        Body::Json(Value::Array(rows)) if status == 200 => {
            let (rows, last) = cut(&rows, query);
            extra.push_str(if last { "Last-Page: true\r\n" } else { "Last-Page: false\r\n" });
            serde_json::to_string(rows).unwrap()
        }
        Body::Json(value) => value.to_string(),
        Body::Text(text) => text,
    };
    let head = format!(
        "HTTP/1.1 {status} .\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n{extra}\r\n",
        body.len()
    );
    // A client that has gone away has its reasons.
    let _ = stream.write_all((head + &body).as_bytes());
}

/// One page of the rows, and whether it is the last.
fn cut<'a>(rows: &'a [Value], query: &str) -> (&'a [Value], bool) {
    let number = |name: &str| parameter(query, name).parse::<usize>().unwrap();
    let (page, size) = (number("page"), number("page-size"));
    let start = ((page - 1) * size).min(rows.len());
    let end = (start + size).min(rows.len());
    (&rows[start..end], end == rows.len())
}

fn parameter<'a>(query: &'a str, name: &str) -> &'a str {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value.unwrap_or_else(|| panic!("{name} is not in {query:?}"))
}
