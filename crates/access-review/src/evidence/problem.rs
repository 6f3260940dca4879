//! What is wrong with a pack.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable word for it.
    pub code: ProblemCode,
    /// The file it is about.
    pub file: String,
    /// What is wrong, for people.
    pub text: String,
}

/// See [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// A file is not there.
    Missing,
    /// There is a file that the manifest does not name.
    Added,
    /// There is something that is no plain file, such as a link.
    NotAFile,
    /// A file cannot be read.
    Unreadable,
    /// A file has another size or digest.
    Changed,
    /// The manifest is not one, or not in the form in which it is written.
    Manifest,
    /// `SHA256SUMS` does not say what the manifest says.
    Sums,
    /// The signature does not fit.
    Signature,
    /// The previous pack is another one.
    Chain,
    /// What is made from the c1z is something else.
    NotReproduced,
}

impl Problem {
    pub(super) fn new(code: ProblemCode, file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { code, file: file.into(), text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.text)
    }
}
