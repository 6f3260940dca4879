//! Planned misbehaviour. It is only data here; the server carries it out.

use serde::{Deserialize, Serialize};

/// The calls that faults and records tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `POST /auth/v1/token`.
    Token,
    /// `Hello`.
    Hello,
    /// `GetTask`.
    GetTask,
    /// `GetTasks`.
    GetTasks,
    /// `Heartbeat`.
    Heartbeat,
    /// `FinishTask`.
    FinishTask,
    /// `UploadAsset`.
    UploadAsset,
    /// `StartDebugging`.
    StartDebugging,
    /// Anything else.
    Other,
}

/// What a fault does to a request. Of several that match one, every [`Action::Delay`] and [`Action::RevokeTokens`] takes
/// effect, in order, and then the first of the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Answers with a gRPC status; the request is not looked at.
    Grpc {
        /// The status code.
        code: i32,
        /// The status message.
        message: String,
    },
    /// Answers with plain HTTP, as the token endpoint or a gateway does; the request is not looked at.
    Http {
        /// The status.
        status: u16,
        /// The whole body.
        body: String,
    },
    /// Waits before the request is looked at.
    Delay {
        /// How long.
        ms: u64,
    },
    /// Looks at the request at once, and answers late.
    SlowAnswer {
        /// How late.
        ms: u64,
    },
    /// Never answers and does not look at the request.
    Hang,
    /// Resets the connection instead of looking at the request.
    Reset,
    /// Reads this many bytes of the request's body and resets the connection.
    ResetAfter {
        /// How many.
        bytes: u64,
    },
    /// Does what was asked and resets the connection instead of answering.
    LoseAnswer,
    /// Revokes every token before the request is looked at.
    RevokeTokens,
    /// Revokes every token after this many bytes of the request's body, and refuses the rest of it.
    RevokeAfter {
        /// How many.
        bytes: u64,
    },
    /// Resets every connection, is away for this time, and comes back on the same port.
    Restart {
        /// How long.
        down_ms: u64,
    },
    /// Answers a heartbeat with the cancellation of its task.
    Cancel,
    /// Answers a request for a task with one that is running already, if there is one.
    HandOutAgain,
}

/// A fault: which requests it hits, and what happens to them. Requests count from the moment the fault was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The call whose requests it hits.
    pub endpoint: Endpoint,
    /// The first request that it hits, counted from 1.
    #[serde(default = "first")]
    pub nth: u32,
    /// How many requests it hits; by default all.
    #[serde(default)]
    pub times: Option<u32>,
    /// For how long it hits any, from the moment it was planned; by default until faults are cleared.
    #[serde(default)]
    pub for_ms: Option<u64>,
    /// What it does.
    pub action: Action,
}

fn first() -> u32 {
    1
}

impl Fault {
    /// A fault that hits every request to `endpoint`.
    pub fn on(endpoint: Endpoint, action: Action) -> Self {
        Self { endpoint, nth: 1, times: None, for_ms: None, action }
    }

    /// A fault that hits the `nth` request to `endpoint` only, counted from 1.
    pub fn once(endpoint: Endpoint, nth: u32, action: Action) -> Self {
        Self { nth, times: Some(1), ..Self::on(endpoint, action) }
    }

    /// Lets the fault hit at most this many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Ends the fault after this time.
    #[must_use]
    pub fn for_ms(mut self, ms: u64) -> Self {
        self.for_ms = Some(ms);
        self
    }
}

impl Action {
    /// A gRPC status.
    pub fn grpc(code: i32, message: &str) -> Self {
        Self::Grpc { code, message: message.to_owned() }
    }

    /// Plain HTTP.
    pub fn http(status: u16, body: &str) -> Self {
        Self::Http { status, body: body.to_owned() }
    }

    /// Whether it leaves room for another action.
    pub(crate) fn is_preparation(&self) -> bool {
        matches!(self, Self::Delay { .. } | Self::RevokeTokens)
    }
}
