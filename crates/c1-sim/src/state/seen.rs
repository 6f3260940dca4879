//! What was received, as records that a test reads.

use baton_proto::c1::connectorapi::baton::v1::BatonServiceHelloRequest;
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::fault::Endpoint;

/// Everything received up to now, each kind in order of arrival. Times are milliseconds since the start.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// Every request, refused and faulty ones too.
    pub requests: Vec<RequestRecord>,
    /// Requests for tokens that were looked at.
    pub exchanges: Vec<Exchange>,
    /// Greetings that were accepted.
    pub hellos: Vec<Hello>,
    /// Tasks given to hosts.
    pub hand_outs: Vec<HandOut>,
    /// Heartbeats that were accepted.
    pub beats: Vec<Beat>,
    /// Uploads whose metadata was accepted, complete or not.
    pub uploads: Vec<Upload>,
    /// Outcomes of tasks that were looked at.
    pub finishes: Vec<Finish>,
    /// Rules that were broken.
    pub violations: Vec<Violation>,
    /// How many connections were made.
    pub connections: usize,
}

/// A request.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRecord {
    /// When it came.
    pub at_ms: u64,
    /// What was called.
    pub endpoint: Endpoint,
    /// The connection that it came over, counted from 1.
    pub connection: usize,
    /// `1.2` or `1.3`.
    pub tls: String,
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub http: String,
    /// As the client names itself.
    pub user_agent: String,
    /// The token that it carried, counted from 1 in the order in which they were made.
    pub token: Option<usize>,
    /// The host, as far as the request was understood.
    pub host: String,
    /// The task, as far as the request was understood.
    pub task: String,
    /// The gRPC status, or the token endpoint's HTTP status, that was answered. A lost answer is one, too.
    pub outcome: Option<i32>,
    /// The faults that hit it.
    pub faults: Vec<String>,
}

/// A request for a token.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// When it was answered.
    pub at_ms: u64,
    /// The token that was made, counted from 1.
    pub granted: Option<usize>,
    /// Why there was none.
    pub refused: Option<String>,
    /// The assertion's claims, if it could be read.
    pub claims: Value,
}

/// A greeting.
#[derive(Clone, Debug, Serialize)]
pub struct Hello {
    /// When it came.
    pub at_ms: u64,
    /// The host.
    pub host: String,
    /// The task that asked for it; empty at start-up.
    pub task: String,
    /// The whole request as protojson.
    pub json: Value,
    /// The whole request.
    #[serde(skip)]
    pub message: BatonServiceHelloRequest,
}

/// A task given to a host.
#[derive(Clone, Debug, Serialize)]
pub struct HandOut {
    /// When.
    pub at_ms: u64,
    /// To whom.
    pub host: String,
    /// The task.
    pub task: String,
    /// How often it had been given to anybody then, this time included.
    pub times: u32,
}

/// A heartbeat.
#[derive(Clone, Debug, Serialize)]
pub struct Beat {
    /// When it came.
    pub at_ms: u64,
    /// Whose.
    pub host: String,
    /// For which task.
    pub task: String,
    /// Whether the answer was that the task is cancelled.
    pub cancelled: bool,
}

/// An upload.
#[derive(Clone, Debug, Serialize)]
pub struct Upload {
    /// When its metadata came.
    pub at_ms: u64,
    /// From whom.
    pub host: String,
    /// For which task.
    pub task: String,
    /// The sizes of its pieces.
    pub pieces: Vec<usize>,
    /// Whether it was accepted as a whole.
    pub complete: bool,
    /// Why it was not.
    pub failure: Option<String>,
    /// What came.
    #[serde(skip)]
    pub content: Bytes,
}

/// The outcome of a task.
#[derive(Clone, Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an answer of its own, and a test asks for one at a time"
)]
pub struct Finish {
    /// When it came.
    pub at_ms: u64,
    /// From whom.
    pub host: String,
    /// For which task.
    pub task: String,
    /// Whether it was reported as done.
    pub success: bool,
    /// The status code; 0 where none was sent.
    pub code: i32,
    /// The status message.
    pub message: String,
    /// Whether the task must not be tried again.
    pub non_retryable: bool,
    /// The type of the response that came with it.
    pub response_type: Option<String>,
    /// The bytes of that response.
    pub response: Vec<u8>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Whether the same had been accepted before.
    pub repeated: bool,
}

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// When.
    pub at_ms: u64,
    /// By which call.
    pub endpoint: Endpoint,
    /// By whom, as far as the request was understood.
    pub host: String,
    /// What was wrong.
    pub what: String,
    /// Whether the request was refused for it.
    pub refused: bool,
}
