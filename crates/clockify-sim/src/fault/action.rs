//! What a fault does to a request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::content::{Content, FixedWorkspace, SimUser};

/// An edit of what is served.
pub(crate) type Edit = Arc<dyn Fn(&mut FixedWorkspace) + Send + Sync>;

/// What a fault does to a request. Of several faults that match one request, every [`Action::Delay`] and every change of
/// content takes effect, in order, and then the first of the others.
///
/// Numbers of bytes count the body as it is sent, compressed or not. A body that is to be cut always loses at least its
/// last byte, so that a short answer is hit as well.
#[derive(Clone)]
pub enum Action {
    /// Answers with this status, body and further headers. A body that starts with `{` is sent as JSON.
    Status {
        /// The HTTP status.
        code: u16,
        /// The whole body.
        body: String,
        /// Further headers.
        headers: Vec<(String, String)>,
    },
    /// Answers 200 with a web page, as plausible but wrong hosts do (clockify reference 1).
    Html,
    /// Answers 200 with the right headers and no body.
    EmptyBody,
    /// Answers well-formed HTTP whose body stops after this many bytes.
    CutJson(usize),
    /// Answers with a body of the right length whose last bracket is of the wrong kind.
    MalformedJson,
    /// Calls the right body by this content type.
    ContentType(String),
    /// Sends this header, in place of any of its name: a `Date` of another day, a limit that is announced.
    Header {
        /// The name.
        name: String,
        /// The value.
        value: String,
    },
    /// Announces the whole body, sends this many bytes of it, and closes the connection.
    Truncate(usize),
    /// Waits before the request is answered: not even a head is sent.
    Delay(Duration),
    /// Sends the head at once, and the first byte of the body after this time.
    SlowFirstByte(Duration),
    /// Sends the body in pieces of so many bytes, each after a pause.
    Drip {
        /// The length of a piece; zero counts as one.
        bytes: usize,
        /// The pause.
        interval: Duration,
    },
    /// Sends this many blanks in front of the body, in pieces and without announcing a length. The answer stays valid
    /// JSON, and stays small on the wire when it is compressed, which is done as a whole before it is sent.
    HugeBody(u64),
    /// Resets the connection instead of answering.
    Reset,
    /// Announces the whole body, sends this many bytes of it, and resets the connection.
    ResetDuringBody(usize),
    /// Answers as usual and resets the connection a moment later, as when a server dies between two requests.
    ResetAfterBody,
    /// Serves the page before the one asked for, as if paging were broken.
    RepeatPage,
    /// Serves the page asked for moved by this many rows: forward, as when rows before it have gone meanwhile, or back, as
    /// when rows have come. A page never begins before the first row.
    ShiftPage(i64),
    /// Serves pages of at most this many rows, numbered accordingly, without saying so.
    ClampPageSize(usize),
    /// Sends this in `Last-Page`, whatever the truth.
    WrongLastPage(bool),
    /// Leaves out `Last-Page`.
    NoLastPage,
    /// Serves other content from this request on, as if somebody had edited the workspace. Keys stand for the members at
    /// their indexes in the new content.
    ReplaceContent(Arc<dyn Content>),
    /// Adds a member from this request on.
    AddUser(Box<SimUser>),
    /// Removes the member with this id from this request on, see [`FixedWorkspace::remove_user`]. Keys of other members
    /// stay theirs.
    RemoveUser(String),
    /// Edits a copy of what is served, and serves that from this request on. Made by [`Action::edit`].
    EditContent(EditContent),
}

/// A change that a test makes to the served workspace, see [`Action::edit`].
#[derive(Clone)]
pub struct EditContent(pub(crate) Edit);

impl Action {
    /// Answers with a status and an error body in Clockify's form (clockify reference 2.2).
    pub fn error(status: u16, code: i64, message: &str) -> Self {
        let body = serde_json::json!({ "message": message, "code": code }).to_string();
        Self::Status { code: status, body, headers: Vec::new() }
    }

    /// Answers with a status and a body that is not JSON, as gateways do.
    pub fn plain(status: u16, body: &str) -> Self {
        Self::Status { code: status, body: body.to_owned(), headers: Vec::new() }
    }

    /// Answers 429, with `Retry-After` in seconds when given; the real service was never seen to send it.
    pub fn too_many_requests(retry_after: Option<u64>) -> Self {
        let headers = retry_after.map(|seconds| ("Retry-After".to_owned(), seconds.to_string()));
        match Self::error(429, 429, "Too Many Requests") {
            Self::Status { code, body, .. } => {
                Self::Status { code, body, headers: headers.into_iter().collect() }
            }
            other => other,
        }
    }

    /// Edits a copy of what is served, held in memory as a whole, and serves that from this request on. Keys stay with
    /// their members.
    pub fn edit(edit: impl Fn(&mut FixedWorkspace) + Send + Sync + 'static) -> Self {
        Self::EditContent(EditContent(Arc::new(edit)))
    }

    /// Whether the action happens before the request is answered and leaves room for another one.
    pub(crate) fn is_preparation(&self) -> bool {
        matches!(
            self,
            Self::Delay(_)
                | Self::ReplaceContent(_)
                | Self::AddUser(_)
                | Self::RemoveUser(_)
                | Self::EditContent(_)
        )
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { code, headers, .. } => write!(f, "Status({code}, {headers:?})"),
            Self::Html => f.write_str("Html"),
            Self::EmptyBody => f.write_str("EmptyBody"),
            Self::CutJson(bytes) => write!(f, "CutJson({bytes})"),
            Self::MalformedJson => f.write_str("MalformedJson"),
            Self::ContentType(name) => write!(f, "ContentType({name:?})"),
            Self::Header { name, value } => write!(f, "Header({name}: {value})"),
            Self::Truncate(bytes) => write!(f, "Truncate({bytes})"),
            Self::Delay(time) => write!(f, "Delay({time:?})"),
            Self::SlowFirstByte(time) => write!(f, "SlowFirstByte({time:?})"),
            Self::Drip { bytes, interval } => write!(f, "Drip({bytes} bytes, {interval:?})"),
            Self::HugeBody(bytes) => write!(f, "HugeBody({bytes})"),
            Self::Reset => f.write_str("Reset"),
            Self::ResetDuringBody(bytes) => write!(f, "ResetDuringBody({bytes})"),
            Self::ResetAfterBody => f.write_str("ResetAfterBody"),
            Self::RepeatPage => f.write_str("RepeatPage"),
            Self::ShiftPage(rows) => write!(f, "ShiftPage({rows})"),
            Self::ClampPageSize(rows) => write!(f, "ClampPageSize({rows})"),
            Self::WrongLastPage(value) => write!(f, "WrongLastPage({value})"),
            Self::NoLastPage => f.write_str("NoLastPage"),
            Self::ReplaceContent(_) => f.write_str("ReplaceContent"),
            Self::AddUser(user) => write!(f, "AddUser({})", user.id),
            Self::RemoveUser(id) => write!(f, "RemoveUser({id})"),
            Self::EditContent(_) => f.write_str("EditContent"),
        }
    }
}
