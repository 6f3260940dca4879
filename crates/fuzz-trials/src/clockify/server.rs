//! A server on this machine that gives the same answer to a question until it is given another one.
//!
//! Connections stay open from one input to the next: opening one costs more than everything else.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::answer::{Answer, Question};

/// The server; its threads end with the process.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    answers: Arc<Mutex<Vec<Answer>>>,
}

impl Server {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Arc::default();
        let shared = Arc::clone(&answers);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let answers = Arc::clone(&shared);
                thread::spawn(move || serve(&stream, &answers));
            }
        });
        Self { address, answers }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// Answers like this from now on; of several answers to one question the last one counts.
    pub(super) fn answer_with(&self, answers: Vec<Answer>) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers;
    }
}

/// Answers until the client goes away, which is its own business.
fn serve(mut stream: &TcpStream, answers: &Mutex<Vec<Answer>>) {
    let _ = stream.set_nodelay(true);
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while let Some(first) = lines.next() {
        while lines.next().is_some_and(|line| !line.is_empty()) {}
        let question = question(&first);
        let wire = answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .rfind(|answer| Some(answer.question) == question)
            .map_or_else(|| b"HTTP/1.1 404 .\r\nContent-Length: 0\r\n\r\n".to_vec(), Answer::wire);
        if stream.write_all(&wire).is_err() {
            return;
        }
    }
}

fn question(request: &str) -> Option<Question> {
    let target = request.split(' ').nth(1)?;
    let path = target.split('?').next()?.strip_prefix("/api/v1/")?;
    let segments: Vec<&str> = path.split('/').collect();
    Some(match segments[..] {
        ["user"] => Question::Me,
        ["workspaces"] => Question::Workspaces,
        ["workspaces", _] => Question::Workspace,
        ["workspaces", _, "users"] => Question::Users,
        ["workspaces", _, "user-groups"] => Question::Groups,
        ["workspaces", _, "projects"] => Question::Projects,
        _ => return None,
    })
}
