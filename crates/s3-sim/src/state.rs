//! What the store holds and has been asked.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::Method;

use crate::fault::{Action, Fault};
use crate::sign;

/// What a key may do.
#[derive(Clone, Copy, Debug)]
pub struct Rights {
    /// `s3:GetObject`.
    pub read: bool,
    /// `s3:PutObject`.
    pub write: bool,
    /// `s3:ListBucket`: hear that an object is missing.
    pub list: bool,
}

impl Rights {
    /// Everything.
    pub const ALL: Self = Self { read: true, write: true, list: true };
}

/// A request that was answered, or cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The status of the answer; 0 where the connection ended without one.
    pub status: u16,
}

/// An access key.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) rights: Rights,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// By name: the region they are in.
    pub(crate) buckets: BTreeMap<String, String>,
    pub(crate) objects: BTreeMap<(String, String), Bytes>,
    pub(crate) keys: Vec<Key>,
    /// Begun and neither completed nor aborted.
    pub(crate) uploads: BTreeSet<String>,
    pub(crate) begun: u64,
    pub(crate) hangs: bool,
    pub(crate) faults: Vec<Fault>,
    pub(crate) asked: Vec<Asked>,
}

impl State {
    /// The next fault of a method.
    pub(crate) fn fault(&mut self, method: &Method) -> Option<Action> {
        let fault = self.faults.iter_mut().find(|fault| fault.method == *method && fault.times > 0)?;
        fault.times -= 1;
        Some(fault.action.clone())
    }
}

/// The `ETag` of a content: the same for the same bytes, as S3's of an object in one piece.
pub(crate) fn etag(content: &[u8]) -> String {
    format!("\"{}\"", &sign::hex(&sign::sha256(content))[..32])
}
