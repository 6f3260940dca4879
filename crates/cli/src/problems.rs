//! Everything that is wrong with what the user set, reported at once and in the words of the Go SDK (interop reference 4.6).

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use crate::exit::Exit;
use crate::failure::Failure;

/// Everything that is wrong, and what to do about it.
#[derive(Default)]
pub(crate) struct Problems {
    missing: Vec<&'static str>,
    /// Sentences that stand for themselves: how flags belong together.
    relations: Vec<String>,
    wrong: Vec<String>,
    refusals: Vec<(Exit, String)>,
    hints: Vec<String>,
    /// Where a field was set, for those that were not set on the command line.
    origins: BTreeMap<String, String>,
}

impl Problems {
    /// Says where a field was set, for what will be found wrong with it.
    pub(crate) fn comes_from(&mut self, field: &str, origin: String) {
        self.origins.insert(field.to_owned(), origin);
    }

    /// A value that cannot be.
    pub(crate) fn wrong(&mut self, field: &str, problem: impl Display) {
        let origin = self.origins.get(field).map(|origin| format!(" (from {origin})")).unwrap_or_default();
        self.wrong.push(format!("field {field}: {problem}{origin}"));
    }

    /// A value that has to be there and is not.
    pub(crate) fn missing(&mut self, field: &'static str) {
        self.missing.push(field);
    }

    /// A sentence that needs no field in front of it.
    pub(crate) fn sentence(&mut self, sentence: impl Into<String>) {
        self.relations.push(sentence.into());
    }

    /// Something that is not offered, with the exit code that says so.
    pub(crate) fn refused(&mut self, exit: Exit, sentence: impl Into<String>) {
        self.refusals.push((exit, sentence.into()));
    }

    /// What to do; each hint is given once.
    pub(crate) fn hint(&mut self, hint: impl Into<String>) {
        let hint = hint.into();
        if !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
    }

    /// A value that must be there; blank is not.
    pub(crate) fn present<'a>(&mut self, field: &'static str, value: Option<&'a String>) -> Option<&'a str> {
        let value = value.map(|text| text.trim()).filter(|text| !text.is_empty());
        // A value that was found, and found wrong, is not missing.
        if value.is_none() && !self.is_wrong(field) {
            self.missing(field);
        }
        value
    }

    /// A value of a type that says itself what is wrong.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&mut self, field: &str, text: &str) -> Option<T> {
        text.parse().map_err(|error| self.wrong(field, error)).ok()
    }

    /// Whether something is wrong with a field so far.
    pub(crate) fn is_wrong(&self, field: &str) -> bool {
        let start = format!("field {field}: ");
        self.wrong.iter().any(|line| line.starts_with(&start))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.missing.is_empty()
            && self.relations.is_empty()
            && self.wrong.is_empty()
            && self.refusals.is_empty()
    }

    /// Itself, to go on with, because it still knows where each field was set.
    ///
    /// # Errors
    /// When anything is wrong: one failure that lists it all.
    pub(crate) fn check(self) -> Result<Self, Failure> {
        if self.is_empty() { Ok(self) } else { Err(self.into_failure()) }
    }

    /// The exit code of what weighs most: a mistake can be put right, before what is refused is spoken of.
    fn exit(&self) -> Exit {
        if !(self.missing.is_empty() && self.relations.is_empty() && self.wrong.is_empty()) {
            return Exit::InvalidArgument;
        }
        let mut exits = self.refusals.iter().map(|(exit, _)| *exit);
        let first = exits.next().unwrap_or(Exit::InvalidArgument);
        exits.fold(first, |all, exit| if all == exit { all } else { Exit::Unimplemented })
    }

    pub(crate) fn into_failure(self) -> Failure {
        let exit = self.exit();
        let mut lines = Vec::new();
        if !self.missing.is_empty() {
            let names: Vec<_> = self.missing.iter().map(|name| format!("\"{name}\"")).collect();
            lines.push(format!("required flag(s) {} not set", names.join(", ")));
        }
        lines.extend(self.relations);
        if !self.wrong.is_empty() {
            lines.push(format!("errors found:\n{}", self.wrong.join("\n")));
        }
        lines.extend(self.refusals.into_iter().map(|(_, sentence)| sentence));
        let failure = Failure::new(exit, lines.join("\n"));
        if self.hints.is_empty() { failure } else { failure.with_hint(self.hints.join("\n      ")) }
    }
}
