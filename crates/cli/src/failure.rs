//! An error as a person meets it: what was wrong, and what to do next.

use std::fmt;
use std::time::Duration;

use crate::exit::Exit;

/// An error that the program expects, with its exit code and a hint.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    hint: Option<String>,
    retry_after: Option<Duration>,
    passes: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, retry_after: None, passes: false }
    }

    /// An exit code that is an answer: there is nothing to say besides.
    pub(crate) fn answer(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says one name in place of another: of the file that the user named, and not of the one that stands for it here.
    pub(crate) fn naming(mut self, shown: &str, instead_of: &str) -> Self {
        self.message = self.message.replace(instead_of, shown);
        self.hint = self.hint.map(|hint| hint.replace(instead_of, shown));
        self
    }

    /// Says something before the message, and one thing more to do.
    pub(crate) fn prefixed(mut self, before: &str, hint: &str) -> Self {
        self.message.insert_str(0, before);
        self.hint = Some(self.hint.map_or_else(|| hint.to_owned(), |first| format!("{first}\n      {hint}")));
        self
    }

    /// Says that it passes without anybody doing anything, whatever its exit code is.
    pub(crate) fn passing(mut self, passes: bool) -> Self {
        self.passes = passes;
        self
    }

    /// Adds how long the source asked to wait, if it did.
    pub(crate) fn retrying_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The exit code of an error: its [`Failure`]'s, wherever in the chain that is.
pub(crate) fn exit_of(error: &anyhow::Error) -> Exit {
    error.downcast_ref::<Failure>().map_or(Exit::Unknown, |failure| failure.exit)
}

/// What to do about an error, if its [`Failure`] says so.
pub(crate) fn hint_of(error: &anyhow::Error) -> Option<&str> {
    error.downcast_ref::<Failure>().and_then(|failure| failure.hint.as_deref())
}

/// Whether its [`Failure`] says that it passes without anybody doing anything.
pub(crate) fn passes(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Failure>().is_some_and(|failure| failure.passes)
}

/// How long the source asked to wait, if it did.
pub(crate) fn retry_after_of(error: &anyhow::Error) -> Option<Duration> {
    error.downcast_ref::<Failure>().and_then(|failure| failure.retry_after)
}

/// An error with everything underneath that says something new, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        source = inner.source();
    }
    text
}

/// `error: …`, then a blank line, then `hint: …` when there is something to do; nothing when the exit code is an answer.
pub(crate) fn render(error: &anyhow::Error) -> String {
    if error.downcast_ref::<Failure>().is_some_and(|failure| failure.message.is_empty()) {
        return String::new();
    }
    // What a server says may be part of it, and a terminal must not obey that.
    let harmless = |c: char| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c };
    let mut text: String = format!("error: {error:#}\n").chars().map(harmless).collect();
    if let Some(hint) = hint_of(error) {
        text.push_str("\nhint: ");
        text.push_str(hint);
        text.push('\n');
    }
    text
}
