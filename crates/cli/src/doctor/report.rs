//! What the checks found.

use anyhow::{Context, Result};
use serde::Serialize;

use crate::exit::Exit;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// It works, but not well.
    Warning,
    /// It does not work.
    Failed,
    /// It could not be made, because something else failed or is not set.
    Skipped,
}

impl State {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One check.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    #[serde(rename = "check")]
    pub(super) name: &'static str,
    pub(super) state: State,
    pub(super) found: String,
    #[serde(rename = "what_to_do", skip_serializing_if = "Option::is_none")]
    pub(super) todo: Option<String>,
    #[serde(skip)]
    exit: Exit,
}

impl Check {
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, state: State::Ok, found: found.into(), todo: None, exit: Exit::Success }
    }

    pub(super) fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self { state: State::Skipped, ..Self::ok(name, why) }
    }

    pub(super) fn warning(name: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { state: State::Warning, todo: Some(todo.into()), ..Self::ok(name, found) }
    }

    pub(super) fn failed(name: &'static str, exit: Exit, found: impl Into<String>) -> Self {
        Self { state: State::Failed, exit, ..Self::ok(name, found) }
    }

    /// Adds what to do about it; what was said before comes first.
    pub(super) fn todo(mut self, todo: Option<impl Into<String>>) -> Self {
        if let Some(todo) = todo.map(Into::into) {
            self.todo = Some(match self.todo {
                Some(before) => format!("{before}; {todo}"),
                None => todo,
            });
        }
        self
    }
}

/// All checks, in the order in which one depends on another.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    exit_code: u8,
    /// Requests to Clockify.
    pub(super) requests: u64,
    /// The address that takes the key, where that is known.
    pub(super) base_url: Option<String>,
    pub(super) checks: Vec<Check>,
    #[serde(skip)]
    exit: Exit,
}

impl Report {
    pub(super) fn new(checks: Vec<Check>, requests: u64, base_url: Option<String>) -> Self {
        let failed = checks.iter().find(|check| check.state == State::Failed);
        let exit = failed.map_or(Exit::Success, |check| check.exit);
        Self { exit_code: exit as u8, requests, base_url, checks, exit }
    }

    /// The exit code of the first check that failed.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    pub(super) fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }

    pub(super) fn json(&self) -> Result<String> {
        let mut text = serde_json::to_string_pretty(self).context("cannot write the checks as JSON")?;
        text.push('\n');
        Ok(text)
    }
}
