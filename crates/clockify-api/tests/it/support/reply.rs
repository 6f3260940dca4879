//! What the server answers, down to the bytes and the pauses between them.

use std::time::Duration;

/// One scripted answer.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) manner: Manner,
}

/// How the answer is sent.
#[derive(Clone)]
pub(super) enum Manner {
    /// At once and whole.
    Whole,
    /// The connection is reset instead.
    Reset,
    /// Nothing is sent, and the connection stays open.
    Silence,
    /// The head claims more bytes than are sent before the connection closes.
    Truncated,
    /// One byte of the body at a time.
    Drip(Duration),
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), manner: Manner::Whole }
    }

    pub(crate) fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::status(200).header("Content-Type", "application/json").body(body)
    }

    /// The same with another status.
    pub(crate) fn code(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// A refusal in the form of clockify reference 2.2.
    pub(crate) fn refusal(status: u16, code: i64, message: &str) -> Self {
        let body = serde_json::json!({ "message": message, "code": code }).to_string();
        Self::status(status).header("Content-Type", "application/json").body(body)
    }

    pub(crate) fn reset() -> Self {
        Self { manner: Manner::Reset, ..Self::status(200) }
    }

    pub(crate) fn silence() -> Self {
        Self { manner: Manner::Silence, ..Self::status(200) }
    }

    pub(crate) fn truncated(self) -> Self {
        Self { manner: Manner::Truncated, ..self }
    }

    pub(crate) fn drip(self, pause: Duration) -> Self {
        Self { manner: Manner::Drip(pause), ..self }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn last_page(self, value: &str) -> Self {
        self.header("Last-Page", value)
    }

    pub(crate) fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub(super) fn head(&self) -> String {
        let missing = if matches!(self.manner, Manner::Truncated) { 1000 } else { 0 };
        let mut head = format!("HTTP/1.1 {} Scripted\r\nConnection: close\r\n", self.status);
        let length = ("Content-Length".to_owned(), (self.body.len() + missing).to_string());
        for (name, value) in self.headers.iter().chain([&length]) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head + "\r\n"
    }
}
