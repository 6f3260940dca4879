//! What was asked, in order of arrival.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::fault::Endpoint;

/// One request as the server saw it.
#[derive(Clone, Debug)]
pub struct RequestRecord {
    /// When it arrived on the clock of the simulator, counted from the start of the server.
    pub at: Duration,
    /// The method.
    pub method: String,
    /// The path, undecoded.
    pub path: String,
    /// The decoded query parameters, in order.
    pub query: Vec<(String, String)>,
    /// The headers, with names in lower case. They hold the key that was sent.
    pub headers: Vec<(String, String)>,
    /// The endpoint that the path names.
    pub endpoint: Endpoint,
    /// The page that was asked for: 1 when the request did not say, nothing when it said something senseless.
    pub page: Option<u32>,
    /// How often this endpoint and page were asked for up to now, this time included.
    pub attempt: u32,
    /// The status of the answer; nothing while there is none, and when the connection was reset.
    pub status: Option<u16>,
}

impl RequestRecord {
    /// The first value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a header, named in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The records of all requests.
#[derive(Default)]
pub(super) struct Log(Mutex<Vec<RequestRecord>>);

impl Log {
    /// Adds a record, fills in its attempt, and returns its place and the attempt.
    pub(super) fn push(&self, mut record: RequestRecord) -> (usize, u32) {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = records
            .iter()
            .rev()
            .find(|earlier| earlier.endpoint == record.endpoint && earlier.page == record.page);
        record.attempt = earlier.map_or(0, |earlier| earlier.attempt) + 1;
        let attempt = record.attempt;
        records.push(record);
        (records.len() - 1, attempt)
    }

    pub(super) fn set_status(&self, place: usize, status: u16) {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        records[place].status = Some(status);
    }

    pub(super) fn records(&self) -> Vec<RequestRecord> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
