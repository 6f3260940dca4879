//! How a connector says that something went wrong.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// What went wrong, in the classes of gRPC: they decide whether a sync retries, and the program's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Stopped on purpose.
    Cancelled,
    /// The configuration is wrong.
    InvalidArgument,
    /// Took too long, after all retries.
    DeadlineExceeded,
    /// The thing asked for does not exist.
    NotFound,
    /// The credential is good and may not do this.
    PermissionDenied,
    /// The source is in a state that only its owner can change.
    FailedPrecondition,
    /// The source does not offer this.
    Unimplemented,
    /// The source, or this program, broke its own rules.
    Internal,
    /// The source cannot be reached or asks to come back later, after all retries.
    Unavailable,
    /// The credential is not accepted.
    Unauthenticated,
}

impl ErrorClass {
    /// Whether the same call may succeed later without anybody changing anything.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Cancelled | Self::Unavailable | Self::DeadlineExceeded)
    }
}

/// An error from a connector, with what a person can do about it.
#[derive(Debug)]
pub struct ConnectorError {
    /// What kind of failure it is.
    pub class: ErrorClass,
    /// What was wrong and where; one line, free of secrets and personal data.
    pub message: String,
    /// What to do next, when there is something.
    pub hint: Option<String>,
    /// Whether the source refused because a quota is used up.
    pub rate_limited: bool,
    /// How long the source asked to wait.
    pub retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl ConnectorError {
    /// An error of a class with its message.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            hint: None,
            rate_limited: false,
            retry_after: None,
            source: None,
        }
    }

    /// Adds what a person can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the error underneath.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for ConnectorError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
