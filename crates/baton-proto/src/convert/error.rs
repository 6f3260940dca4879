//! What can be wrong with a message that is read.

use prost::DecodeError;

/// A message cannot become a fact of the model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// A field that gives the fact its identity is absent or empty.
    #[error("{message} has no {field}")]
    Missing {
        /// The message's name within `c1.connector.v2`.
        message: &'static str,
        /// The path of the field inside it.
        field: &'static str,
    },
    /// A point in time that no calendar knows.
    #[error("{field} of {message} is not a time: {seconds} s and {nanos} ns")]
    Time {
        /// The message's name within `c1.connector.v2`.
        message: &'static str,
        /// The path of the field inside it.
        field: &'static str,
        /// Seconds since 1970, as found.
        seconds: i64,
        /// Nanoseconds on top, as found.
        nanos: i32,
    },
    /// An annotation says it is of a known type and its bytes are not.
    #[error("annotation {annotation} of {message} cannot be decoded")]
    Annotation {
        /// The message's name within `c1.connector.v2`.
        message: &'static str,
        /// The annotation's name within `c1.connector.v2`.
        annotation: &'static str,
        /// What the decoder says.
        source: DecodeError,
    },
}
