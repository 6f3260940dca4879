//! The one error of a request: where it failed, what it means, and whether trying again can help.
//!
//! It prints as one line and never prints a body, a query or a credential. Messages of the server are cleaned
//! first, because they echo what was sent (clockify reference 2.2).

mod answer;
mod fault;
mod make;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use outbound::CertificateFault;

use crate::Operation;

pub use fault::Fault;

pub(crate) use answer::{ErrorAnswer, clean};

/// Where a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request was not made, because an argument cannot be sent.
    InvalidRequest,
    /// No connection was made; nothing was sent.
    Connect,
    /// The server's certificate was not accepted; nothing was sent.
    Certificate {
        /// Why.
        fault: CertificateFault,
    },
    /// The connection broke, see [`Error::maybe_sent`].
    Transport,
    /// The server was too slow, see [`Error::maybe_sent`].
    Timeout,
    /// The server pointed elsewhere. Redirects are never followed.
    Redirect {
        /// The host it pointed to, when it named one. Cleaned as a message is.
        host: Option<String>,
    },
    /// The answer was a success other than 200, such as 202 or 206: not, or not all of, what was asked for. See
    /// [`Error::status`].
    NotFull,
    /// The answer was a success, but no JSON.
    NotJson {
        /// Whether it was a web page: then the base URL is wrong.
        html: bool,
    },
    /// The answer was a success without a body.
    EmptyBody,
    /// The body is longer than the client accepts.
    BodyTooLarge {
        /// The accepted length in bytes, after decompression.
        limit: u64,
    },
    /// The body is no JSON of the expected shape. [`Error::body`] has it.
    Decode {
        /// Where in the value, such as `[17].memberships`; empty at the top.
        path: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The server refused: see [`Error::status`], [`Error::code`] and [`Error::fault`]. Or it had refused another
    /// request and asked everybody to wait for longer than this call may take: then [`Error::maybe_sent`] is false, and
    /// the status is the one of the earlier answer.
    Api,
    /// A page had the same rows as the one before it.
    RepeatedPage,
    /// There were more pages than the caller allows.
    TooManyPages {
        /// The last page allowed.
        limit: u32,
    },
}

/// A request that failed.
pub struct Error(Box<Inner>);

struct Inner {
    operation: Operation,
    kind: ErrorKind,
    /// What the kind alone does not say, already fit to be printed.
    detail: Option<String>,
    status: Option<u16>,
    code: Option<i64>,
    message: Option<String>,
    fault: Option<Fault>,
    maybe_sent: bool,
    permanent: bool,
    attempts: u32,
    retries_spent: bool,
    retry_after: Option<Duration>,
    body: Option<Bytes>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Where it failed.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// What the request was for.
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// The HTTP status, when there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Clockify's own code, which is not the HTTP status and is reused across unrelated faults.
    pub fn code(&self) -> Option<i64> {
        self.0.code
    }

    /// The server's message: without credential, control characters and characters that are invisible or turn the
    /// direction of text, at most 200 characters.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// What a refusal means, decided by the HTTP status first and the code second. Only for [`ErrorKind::Api`].
    pub fn fault(&self) -> Option<Fault> {
        self.0.fault
    }

    /// Whether a later attempt may succeed: 429, 500, 502, 503, 504, no connection, a broken one, or a timeout.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect | ErrorKind::Transport | ErrorKind::Timeout => !self.0.permanent,
            ErrorKind::Api => matches!(self.0.fault, Some(Fault::RateLimited | Fault::Server)),
            _ => false,
        }
    }

    /// Whether the retry policy ran out, in attempts or in time. An outer layer should then not retry again soon.
    pub fn retries_spent(&self) -> bool {
        self.0.retries_spent
    }

    /// How many requests were sent, 0 when none was.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long, from now on, the server asked to wait; nothing when it did not, as Clockify does not (clockify
    /// reference 7). Together with [`Error::retries_spent`] it means: nothing sent earlier has a chance.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the server may have got the request.
    pub fn maybe_sent(&self) -> bool {
        self.0.maybe_sent
    }

    /// The body that could not be decoded. It may hold personal data. Of a workspace, the members that had been read before
    /// are missing.
    pub fn body(&self) -> Option<&[u8]> {
        self.0.body.as_deref()
    }

    /// Whether the credential is missing, unknown, deactivated, or for another region.
    pub fn is_credential(&self) -> bool {
        self.0.fault == Some(Fault::Credential)
    }

    /// Whether the workspace or the account is suspended. Never worth a retry.
    pub fn is_suspended(&self) -> bool {
        self.0.fault == Some(Fault::Suspended)
    }

    /// Whether the key's user may not do or see this, or the plan does not include it.
    pub fn is_permission(&self) -> bool {
        self.0.fault == Some(Fault::Permission)
    }

    /// Whether an identifier is unknown, deleted or of another workspace. Clockify uses the same code for other
    /// rejected values, so a caller must know what it sent.
    pub fn is_unknown_id(&self) -> bool {
        self.0.fault == Some(Fault::UnknownId)
    }

    /// Whether a quota is used up.
    pub fn is_rate_limited(&self) -> bool {
        self.0.fault == Some(Fault::RateLimited)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}: ", inner.operation)?;
        match &inner.kind {
            ErrorKind::InvalidRequest => f.write_str("invalid request")?,
            ErrorKind::Connect => f.write_str("cannot connect")?,
            ErrorKind::Certificate { .. } => f.write_str("the certificate")?,
            ErrorKind::Transport => f.write_str("the connection broke")?,
            ErrorKind::Timeout => f.write_str("timed out")?,
            ErrorKind::Redirect { host: Some(host) } => {
                write!(f, "redirected to {host}, which is not followed; check the base URL")?;
            }
            ErrorKind::Redirect { host: None } => f.write_str("redirected, which is not followed")?,
            ErrorKind::NotFull => {
                write!(f, "the server answered with HTTP {}", inner.status.unwrap_or_default())?;
                f.write_str(", which is no full answer")?;
            }
            ErrorKind::NotJson { html: true } => {
                f.write_str("the server answered with a web page; the base URL is probably wrong")?;
            }
            ErrorKind::NotJson { html: false } => f.write_str("the server did not answer with JSON")?,
            ErrorKind::EmptyBody => f.write_str("the server answered without a body")?,
            ErrorKind::BodyTooLarge { limit } => write!(f, "the answer is longer than {limit} bytes")?,
            ErrorKind::Decode { path, line, column } if path.is_empty() => {
                write!(f, "unexpected JSON at line {line}, column {column}")?;
            }
            ErrorKind::Decode { path, line, column } => {
                write!(f, "unexpected JSON at {path}, line {line}, column {column}")?;
            }
            ErrorKind::Api => {}
            ErrorKind::RepeatedPage => f.write_str("the page repeats the page before it")?,
            ErrorKind::TooManyPages { limit } => write!(f, "there are more than {limit} pages")?,
        }
        if let (ErrorKind::Api, Some(status)) = (&inner.kind, inner.status) {
            write!(f, "HTTP {status}")?;
        }
        if let Some(code) = inner.code {
            write!(f, " (code {code})")?;
        }
        let separator = match inner.kind {
            ErrorKind::Connect => " to ",
            ErrorKind::Certificate { .. } => " of ",
            _ => ": ",
        };
        for part in [&inner.message, &inner.detail].into_iter().flatten() {
            write!(f, "{separator}{part}")?;
        }
        if let ErrorKind::Certificate { fault } = &inner.kind {
            write!(f, " {fault}")?;
        }
        if inner.attempts > 1 {
            write!(f, "; after {} attempts", inner.attempts)?;
        }
        if let Some(wait) = inner.retry_after {
            write!(f, "; the server asks to wait {} s", wait.as_secs_f64().ceil())?;
        }
        if self.is_rate_limited() {
            f.write_str("; a workspace on the Free plan has 30 requests an hour")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("operation", &inner.operation)
            .field("kind", &inner.kind)
            .field("detail", &inner.detail)
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("message", &inner.message)
            .field("fault", &inner.fault)
            .field("maybe_sent", &inner.maybe_sent)
            .field("attempts", &inner.attempts)
            .field("retries_spent", &inner.retries_spent)
            .field("retry_after", &inner.retry_after)
            .field("body_bytes", &inner.body.as_ref().map(Bytes::len))
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
