//! Planned misbehaviour: faults that hit chosen requests, and a quota that runs out.
//!
//! The plan is only data here; the server carries it out and counts what fired.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::content::Content;

/// The endpoints that faults and the request log tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// `GET /v1/user`.
    CurrentUser,
    /// `GET /v1/workspaces`.
    Workspaces,
    /// `GET /v1/workspaces/{id}`.
    Workspace,
    /// `GET /v1/workspaces/{id}/users`.
    Users,
    /// `GET /v1/workspaces/{id}/user-groups`.
    UserGroups,
    /// `GET /v1/workspaces/{id}/projects`.
    Projects,
    /// Everything else, known to the real service or not.
    Other,
}

/// A fault: which requests it hits, and what happens to them.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) endpoint: Endpoint,
    pub(crate) page: Option<u32>,
    pub(crate) attempt: Option<u32>,
    pub(crate) limit: Option<u32>,
    pub(crate) action: Action,
}

impl Fault {
    /// A fault that hits every request to `endpoint`.
    pub fn on(endpoint: Endpoint, action: Action) -> Self {
        Self { endpoint, page: None, attempt: None, limit: None, action }
    }

    /// Narrows the fault to one page, counted from 1. A request without `page` asks for page 1.
    #[must_use]
    pub fn page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    /// Narrows the fault to the `attempt`-th request for the same endpoint and page, counted from 1.
    #[must_use]
    pub fn attempt(mut self, attempt: u32) -> Self {
        self.attempt = Some(attempt);
        self
    }

    /// Lets the fault fire at most `limit` times.
    #[must_use]
    pub fn times(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// What the fault does.
    pub fn action(&self) -> &Action {
        &self.action
    }
}

/// What a fault does to a request. Of several faults that match one request, every [`Action::Delay`] and
/// [`Action::ReplaceContent`] takes effect, and the first of the others.
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
    /// Answers well-formed HTTP whose body stops after this many bytes, counted after compression if there is any.
    CutJson(usize),
    /// Announces the whole body, sends this many bytes of it, and closes the connection.
    Truncate(usize),
    /// Waits before the request is answered.
    Delay(Duration),
    /// Resets the connection instead of answering.
    Reset,
    /// Serves the page before the one asked for, as if paging were broken.
    RepeatPage,
    /// Sends this in `Last-Page`, whatever the truth.
    WrongLastPage(bool),
    /// Leaves out `Last-Page`.
    NoLastPage,
    /// Serves other content from this request on, as if somebody had edited the workspace.
    ReplaceContent(Arc<dyn Content>),
}

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
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { code, headers, .. } => write!(f, "Status({code}, {headers:?})"),
            Self::Html => f.write_str("Html"),
            Self::EmptyBody => f.write_str("EmptyBody"),
            Self::CutJson(bytes) => write!(f, "CutJson({bytes})"),
            Self::Truncate(bytes) => write!(f, "Truncate({bytes})"),
            Self::Delay(time) => write!(f, "Delay({time:?})"),
            Self::Reset => f.write_str("Reset"),
            Self::RepeatPage => f.write_str("RepeatPage"),
            Self::WrongLastPage(value) => write!(f, "WrongLastPage({value})"),
            Self::NoLastPage => f.write_str("NoLastPage"),
            Self::ReplaceContent(_) => f.write_str("ReplaceContent"),
        }
    }
}

/// So many requests in each period, counted over all endpoints; what exceeds it gets 429 (clockify reference 7).
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// How many requests a period allows.
    pub requests: u32,
    /// How long a period lasts; the first one starts with the first request.
    pub period: Duration,
    /// Whether a refusal says in `Retry-After` when the period ends.
    pub retry_after: bool,
}

impl Quota {
    /// The quota of a new Free workspace: 30 requests an hour, without `Retry-After`.
    pub fn free_plan() -> Self {
        Self { requests: 30, period: Duration::from_secs(3_600), retry_after: false }
    }
}
