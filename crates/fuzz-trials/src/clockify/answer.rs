//! An answer of Clockify as a text that people can read and a fuzzer can change:
//!
//! ```text
//! users 200
//! Content-Type: application/json
//! Last-Page: true
//!
//! [{"id":"…"}]
//! ```
//!
//! The first line says what was asked for, and the status. Everything behind the first empty line is the body.

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Me,
    Workspace,
    Workspaces,
    Users,
    Groups,
    Projects,
}

/// Headers that decide where a body ends belong to the server.
const FRAMING: [&str; 4] = ["content-length", "transfer-encoding", "connection", "trailer"];
const MOST_HEADERS: usize = 16;

/// An answer to a question.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) question: Question,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A success in JSON.
    pub(super) fn json(question: Question, body: &str) -> Self {
        let headers = vec![("Content-Type".to_owned(), b"application/json".to_vec())];
        Self { question, status: 200, headers, body: body.as_bytes().to_vec() }
    }

    /// Reads an answer; nothing when no question is named.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = end.map_or((bytes, &[][..]), |end| (&bytes[..end], &bytes[end + 2..]));
        let mut lines = head.split(|byte| *byte == b'\n');
        let first = str::from_utf8(lines.next()?).ok()?;
        let (question, status) = first.split_once(' ')?;
        let question = match question {
            "me" => Question::Me,
            "workspace" => Question::Workspace,
            "workspaces" => Question::Workspaces,
            "users" => Question::Users,
            "groups" => Question::Groups,
            "projects" => Question::Projects,
            _ => return None,
        };
        // An informational status is not the end of an exchange.
        let status = status.parse().ok().filter(|status| (200..=599).contains(status))?;
        let headers = lines.filter_map(header).take(MOST_HEADERS).collect();
        Some(Self { question, status, headers, body: body.to_vec() })
    }

    /// What goes over the wire.
    pub(super) fn wire(&self) -> Vec<u8> {
        let mut wire = format!("HTTP/1.1 {} .\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            wire.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        // These two never have a body.
        if matches!(self.status, 204 | 304) {
            wire.extend(b"\r\n");
        } else {
            wire.extend(format!("Content-Length: {}\r\n\r\n", self.body.len()).into_bytes());
            wire.extend(&self.body);
        }
        wire
    }
}

/// A header that HTTP allows and that says nothing about where the body ends.
fn header(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = str::from_utf8(&line[..colon]).ok()?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let frames = FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing));
    let visible = |byte: &u8| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f);
    let value: Vec<u8> = line[colon + 1..].iter().copied().filter(visible).collect();
    (is_name && !frames).then(|| (name.to_owned(), value))
}
