//! What people type, and what they leave in files: lengths of time, cron expressions, addresses, ids, keys, and the
//! status of a schedule.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use clockify_api::{ApiKey, BaseUrl, Client, WorkspaceId};
use governance_model::Timestamp;
use jiff::tz::TimeZone;
use sync_engine::schedule::{Health, Schedule, ScheduleStatus};

use crate::facts;

// The program is no library; this file has nothing of the program in it.
#[path = "../../cli/src/duration.rs"]
mod duration;

/// The first line says what the rest is. Returns 1 when it was accepted.
pub fn settings(bytes: &[u8]) -> usize {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let (Some(kind), Some(value)) = (parts.next(), parts.next()) else { return 0 };
    let accepted = match (kind, str::from_utf8(value)) {
        (b"status", _) => status(value),
        (b"duration", Ok(text)) => length_of_time(text),
        (b"cron", Ok(text)) => cron(text),
        (b"url", Ok(text)) => address(text),
        (b"id", Ok(text)) => id(text),
        (b"key", Ok(text)) => key(text),
        _ => false,
    };
    usize::from(accepted)
}

fn length_of_time(text: &str) -> bool {
    match duration::parse(text) {
        Ok(length) => {
            let shown = jiff::SignedDuration::try_from(length).unwrap_or(jiff::SignedDuration::MAX);
            assert!(!duration::show(shown).is_empty());
            if let Ok(schedule) = Schedule::every(length) {
                walk(&schedule, Timestamp::UNIX_EPOCH);
                walk(&schedule, Timestamp::MAX);
            }
            true
        }
        Err(said) => {
            assert!(!said.is_empty());
            false
        }
    }
}

/// A time zone, a line break, a moment in seconds since 1970, a line break, and the expression.
fn cron(text: &str) -> bool {
    let mut lines = text.splitn(3, '\n');
    let (Some(zone), Some(from), Some(expression)) = (lines.next(), lines.next(), lines.next()) else {
        return false;
    };
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let from = from.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let from = from.unwrap_or(Timestamp::UNIX_EPOCH);
    match Schedule::cron(expression, zone, from) {
        Ok(schedule) => {
            walk(&schedule, from);
            true
        }
        Err(error) => {
            facts::error_holds(&error, "");
            false
        }
    }
}

/// Times come one after the other.
fn walk(schedule: &Schedule, from: Timestamp) {
    let mut last = from;
    for _ in 0..8 {
        let Some(next) = schedule.next_after(last) else { return };
        assert!(next > last, "{schedule} is due at {next}, after {last}");
        last = next;
    }
    assert!(!schedule.to_string().is_empty());
}

fn address(text: &str) -> bool {
    match BaseUrl::parse(text) {
        Ok(url) => {
            let host = url.host();
            assert!(!host.is_empty());
            assert!(!url.is_clockify() || host.ends_with(".clockify.me"), "{host} is no host of Clockify");
            let again = BaseUrl::parse(&url.to_string()).unwrap();
            assert_eq!(again, url, "an address is not read as it is shown");
            // A host that nobody named is not given the key.
            let built = Client::builder(ApiKey::new("key").unwrap()).base_url(url.clone());
            if !url.is_clockify() && !url.is_loopback() {
                assert!(built.build().is_err(), "{host} would get the key");
            }
            true
        }
        Err(error) => {
            facts::error_holds(&error, "");
            false
        }
    }
}

fn id(text: &str) -> bool {
    match text.parse::<WorkspaceId>() {
        Ok(id) => {
            assert_eq!(id.to_string(), text.to_ascii_lowercase());
            assert!(id.created_at() >= Timestamp::UNIX_EPOCH);
            true
        }
        Err(error) => {
            facts::error_holds(&error, "");
            false
        }
    }
}

fn key(text: &str) -> bool {
    match ApiKey::new(text) {
        Ok(key) => {
            let other = ApiKey::new("another-key").unwrap();
            assert_eq!(format!("{key:?}"), format!("{other:?}"), "a key can be told by what is shown of it");
            true
        }
        Err(error) => {
            facts::error_holds(&error, "");
            false
        }
    }
}

fn status(bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".sync.c1z.status.json");
    File::create(&path).unwrap().write_all(bytes).unwrap();
    let read = match ScheduleStatus::read(&path) {
        Ok(read) => read.unwrap(),
        Err(error) => {
            facts::error_holds(&error, "");
            return false;
        }
    };
    for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        for age in [Duration::ZERO, Duration::from_secs(3600), Duration::MAX] {
            let health = Health::judge(Some(&read), None, age, now);
            assert!(health.problems.iter().all(|problem| !problem.is_empty()));
        }
    }
    read.write(&path).unwrap();
    assert_eq!(ScheduleStatus::read(&path).unwrap(), Some(read), "a status is not read as it was written");
    true
}
