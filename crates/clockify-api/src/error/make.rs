//! How errors are made, inside the crate only.

use std::time::Duration;

use bytes::Bytes;

use super::fault::{Fault, classify};
use super::{Error, ErrorAnswer, ErrorKind, Inner};
use crate::{Operation, WaitReason};

impl Error {
    pub(crate) fn new(operation: Operation, kind: ErrorKind) -> Self {
        let maybe_sent = !matches!(
            kind,
            ErrorKind::InvalidRequest
                | ErrorKind::Connect
                | ErrorKind::Certificate { .. }
                | ErrorKind::TooManyPages { .. }
        );
        Self(Box::new(Inner {
            operation,
            kind,
            detail: None,
            status: None,
            code: None,
            message: None,
            fault: None,
            maybe_sent,
            permanent: false,
            attempts: 0,
            retries_spent: false,
            retry_after: None,
            body: None,
            source: None,
        }))
    }

    pub(crate) fn invalid(operation: Operation, detail: impl Into<String>) -> Self {
        Self::new(operation, ErrorKind::InvalidRequest).with_detail(detail)
    }

    /// The server refused.
    pub(crate) fn api(
        operation: Operation,
        status: u16,
        answer: ErrorAnswer,
        retry_after: Option<Duration>,
    ) -> Self {
        let mut error = Self::new(operation, ErrorKind::Api);
        error.0.fault = Some(classify(status, answer.code, answer.message.as_deref()));
        error.0.status = Some(status);
        error.0.code = answer.code;
        error.0.message = answer.message;
        error.0.retry_after = retry_after;
        error
    }

    /// The request was not made: the server had answered with this status and asked everybody to wait for longer than
    /// the policy allows.
    pub(crate) fn held(operation: Operation, status: u16) -> Self {
        let mut error = Self::api(operation, status, ErrorAnswer::default(), None);
        error.0.maybe_sent = false;
        error.with_detail("nothing was sent, because an earlier answer asked to wait")
    }

    /// The exchange failed below HTTP. The address is taken out of the source, because a query may hold names.
    pub(crate) fn exchange(operation: Operation, source: reqwest::Error) -> Self {
        let kind = if let Some(fault) = outbound::certificate_fault(&source) {
            ErrorKind::Certificate { fault }
        } else if source.is_timeout() {
            ErrorKind::Timeout
        } else if source.is_connect() {
            ErrorKind::Connect
        } else if source.is_builder() {
            ErrorKind::InvalidRequest
        } else {
            ErrorKind::Transport
        };
        let mut error = Self::new(operation, kind);
        error.0.maybe_sent &= !source.is_connect();
        error.0.source = Some(Box::new(source.without_url()));
        error
    }

    /// No connection, and trying again cannot mend that.
    pub(crate) fn permanent(mut self, detail: &str) -> Self {
        self.0.kind = ErrorKind::Connect;
        self.0.permanent = true;
        self.with_detail(detail)
    }

    pub(crate) fn with_body(mut self, body: Bytes) -> Self {
        self.0.body = Some(body);
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn spent(mut self) -> Self {
        self.0.retries_spent = true;
        self
    }

    pub(crate) fn asking_to_wait(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn wait_reason(&self) -> WaitReason {
        match self.0.fault {
            Some(Fault::RateLimited) => WaitReason::RateLimited,
            Some(_) => WaitReason::ServerError,
            None => WaitReason::Transport,
        }
    }
}
