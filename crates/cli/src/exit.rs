//! Exit codes: part of the program's public contract, so one type names them all.

use std::process::ExitCode;

use governance_model::ErrorClass;

/// How the program ends. The numbers are gRPC's status codes, as the Go SDK uses them, and four of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Success = 0,
    /// Anything that has no code of its own.
    Unknown = 2,
    /// A flag, a variable or a value is wrong.
    InvalidArgument = 3,
    /// Took too long.
    DeadlineExceeded = 4,
    /// What was asked for does not exist.
    NotFound = 5,
    /// The key may not do this.
    PermissionDenied = 7,
    /// Something must be put right first.
    FailedPrecondition = 9,
    /// The source does not offer this.
    Unimplemented = 12,
    /// A rule was broken that should hold.
    Internal = 13,
    /// The source cannot be reached, or asks to come back later.
    Unavailable = 14,
    /// Something is not what it was: an evidence pack that does not hold.
    DataLoss = 15,
    /// The key is not accepted.
    Unauthenticated = 16,
    /// Ours: stopped before the end; the next run goes on from there. The number is `EX_TEMPFAIL` of sysexits.
    Resumable = 75,
    /// Ours: the last sealed sync is too old, or scheduled runs fail. Only `status` ends like this.
    Stale = 76,
    /// Ours: two syncs differ, or a review is not closed. Only `diff` and `review check` end like this.
    Different = 77,
    /// Ours: there is a finding as severe as `--fail-on` says. Only `findings` ends like this.
    Found = 78,
}

impl Exit {
    /// The code for a class of failure.
    pub(crate) fn from_class(class: ErrorClass) -> Self {
        match class {
            ErrorClass::Cancelled => Self::Resumable,
            ErrorClass::InvalidArgument => Self::InvalidArgument,
            ErrorClass::DeadlineExceeded => Self::DeadlineExceeded,
            ErrorClass::NotFound => Self::NotFound,
            ErrorClass::PermissionDenied => Self::PermissionDenied,
            ErrorClass::FailedPrecondition => Self::FailedPrecondition,
            ErrorClass::Unimplemented => Self::Unimplemented,
            ErrorClass::Internal => Self::Internal,
            ErrorClass::Unavailable => Self::Unavailable,
            ErrorClass::Unauthenticated => Self::Unauthenticated,
            _ => Self::Unknown,
        }
    }

    /// The class of failure that a code stands for; what has none is internal.
    pub(crate) fn class(self) -> ErrorClass {
        match self {
            Self::Resumable => ErrorClass::Cancelled,
            Self::InvalidArgument => ErrorClass::InvalidArgument,
            Self::DeadlineExceeded => ErrorClass::DeadlineExceeded,
            Self::NotFound => ErrorClass::NotFound,
            Self::PermissionDenied => ErrorClass::PermissionDenied,
            Self::FailedPrecondition => ErrorClass::FailedPrecondition,
            Self::Unimplemented => ErrorClass::Unimplemented,
            Self::Unavailable => ErrorClass::Unavailable,
            Self::Unauthenticated => ErrorClass::Unauthenticated,
            Self::Success
            | Self::Unknown
            | Self::Internal
            | Self::DataLoss
            | Self::Stale
            | Self::Different
            | Self::Found => ErrorClass::Internal,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
