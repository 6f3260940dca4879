//! How bad a finding is.

use std::fmt;

use serde::Serialize;

/// How bad it is, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing: something could not be judged. No reason to fail anything.
    Info,
    /// To be tidied up.
    Low,
    /// To be settled in this review.
    Medium,
    /// To be settled this week.
    High,
    /// To be settled today.
    Critical,
}

impl Severity {
    /// All of them, from most to least.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// As a word, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
