//! The answer of a success, and what is read out of it.

use std::mem;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::aside::Taken;
use crate::error::clean;
use crate::model::{Element, Record, Rows, Workspace, salvage};
use crate::{Credential, Error, ErrorKind, Operation};

/// A success with a body that claims to be JSON.
pub struct Answer {
    pub(super) status: u16,
    /// The body, without the members that were taken out of it.
    pub(super) body: Bytes,
    /// How long it was.
    pub(super) bytes: usize,
    pub(super) taken: Taken,
    pub(super) last_page: Option<bool>,
    pub(super) attempts: u32,
    /// To take it out of what an error says of the body.
    pub(super) credential: Credential,
}

impl Answer {
    pub(super) fn after(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// How many requests it took.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What the header `Last-Page` says, when it says anything.
    pub(crate) fn last_page(&self) -> Option<bool> {
        self.last_page
    }

    /// Reads one object, which must have an identifier. An odd text in it is mended, as in a list.
    pub(crate) fn record<T: Record>(self, operation: Operation) -> Result<T, Error> {
        let read = match self.read() {
            Ok(Element(read)) => read,
            Err(error) => {
                let text = String::from_utf8_lossy(&self.body);
                if serde_json::from_str::<&RawValue>(&text).is_err() {
                    drop(text);
                    return Err(self.misshapen::<T>(operation, &error));
                }
                salvage(&text).value
            }
        };
        let missing = match read {
            Some(record) if !T::id(&record).is_empty() => return Ok(record),
            Some(_) => "the identifier is missing",
            None => "not an object",
        };
        let place = Place { path: String::new(), line: 1, column: 1 };
        Err(self.undecodable(operation, place, missing.to_owned()))
    }

    /// Reads a workspace, with the members that were taken out of it.
    pub(crate) fn workspace(mut self, operation: Operation) -> Result<Workspace, Error> {
        let members = mem::take(&mut self.taken.members);
        let mut workspace: Workspace = self.record(operation)?;
        workspace.memberships.begin_with(members);
        Ok(workspace)
    }

    /// Reads an array. A broken element is skipped, a broken array is an error.
    pub(crate) fn rows<T: Record>(self, operation: Operation) -> Result<Rows<T>, Error> {
        match self.read() {
            Ok(rows) => Ok(rows),
            Err(error) => match Rows::salvage(&self.body) {
                Some(rows) => Ok(rows),
                None => Err(self.misshapen::<Rows<T>>(operation, &error)),
            },
        }
    }

    /// Looked through for broken UTF-8 as a whole, the texts in it need not be looked at one by one.
    fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        match str::from_utf8(&self.body) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(&self.body),
        }
    }

    /// Reads a second time to find out where: a good answer need not pay for that. The parser's own text is used
    /// for broken JSON only; for a wrong type it quotes the value.
    fn misshapen<T: DeserializeOwned>(self, operation: Operation, error: &serde_json::Error) -> Error {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let path = match serde_path_to_error::deserialize::<_, T>(&mut json) {
            // A place inside a value that was being read has no name and prints as a question mark.
            Err(located) => located.path().to_string().trim_end_matches(['?', '.']).to_owned(),
            Ok(_) => String::new(),
        };
        let path = clean(&self.taken.cut.path(path), &self.credential).unwrap_or_default();
        let (line, column) = self.taken.cut.place(&self.body, error.line(), error.column());
        let detail = if error.classify() == Category::Data {
            "not of the expected type".to_owned()
        } else {
            let text = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let placed =
                text.strip_suffix(&place).map(|what| format!("{what} at line {line} column {column}"));
            placed.unwrap_or(text)
        };
        self.undecodable(operation, Place { path, line, column }, detail)
    }

    fn undecodable(self, operation: Operation, Place { path, line, column }: Place, detail: String) -> Error {
        Error::new(operation, ErrorKind::Decode { path, line, column })
            .with_status(self.status)
            .with_detail(detail)
            .with_body(self.body)
            .after(self.attempts)
    }
}

struct Place {
    path: String,
    line: usize,
    column: usize,
}
