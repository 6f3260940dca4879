//! An unfinished sync as a text that people can read and a fuzzer can change, one thing per line:
//!
//! ```text
//! started 2026-03-01T00:00:00Z
//! user u001
//! token {"format":3,"fingerprint":"@FINGERPRINT@",…}
//! note cursor/users/1 {"stream":"users","position":"1"}
//! ```
//!
//! `ended` marks a sync that was ended and has a `report`, also on a line of its own. `@FINGERPRINT@` stands for what
//! this version writes there, so that a text stays good when the version changes; the sync is called `left-behind`.

use governance_model::Timestamp;

use super::source::{NOW, USER, person};
use super::store::Unfinished;

const PLACEHOLDER: &str = "@FINGERPRINT@";
const SYNC_ID: &str = "left-behind";

/// Reads a text. Lines that say nothing known are left out.
pub(super) fn read(bytes: &[u8], fingerprint: &str) -> Unfinished {
    let mut read = Unfinished::new(SYNC_ID, NOW);
    for line in bytes.split(|byte| *byte == b'\n') {
        let (word, value) = cut(line);
        match word {
            b"started" => read.started_at = moment(value).unwrap_or(NOW),
            b"ended" => read.ended = true,
            b"user" => drop(read.put_resource(person(&String::from_utf8_lossy(value)))),
            b"token" => read.token = text(value, fingerprint),
            b"report" => read.report = Some(text(value, fingerprint)),
            b"note" => {
                let (key, value) = cut(value);
                read.notes.insert(String::from_utf8_lossy(key).into_owned(), value.to_vec());
            }
            _ => {}
        }
    }
    read
}

/// Writes a text that [`read`] understands.
pub(crate) fn write(unfinished: &Unfinished, fingerprint: &str) -> Vec<u8> {
    let mut written = format!("started {}\n", unfinished.started_at).into_bytes();
    if unfinished.ended {
        written.extend(b"ended\n");
    }
    for id in unfinished.resources.keys().filter(|id| id.resource_type == USER) {
        written.extend(format!("user {}\n", id.resource).into_bytes());
    }
    if !unfinished.token.is_empty() {
        written
            .extend(format!("token {}\n", unfinished.token.replace(fingerprint, PLACEHOLDER)).into_bytes());
    }
    for (key, value) in &unfinished.notes {
        written.extend([b"note ", key.as_bytes(), b" ", value, b"\n"].concat());
    }
    if let Some(report) = &unfinished.report {
        let report = report.replace(fingerprint, PLACEHOLDER).replace(&unfinished.sync_id, SYNC_ID);
        written.extend(format!("report {report}\n").into_bytes());
    }
    written
}

/// The first word of a line, and what follows it.
fn cut(line: &[u8]) -> (&[u8], &[u8]) {
    let space = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
    (&line[..space], line.get(space + 1..).unwrap_or_default())
}

fn moment(value: &[u8]) -> Option<Timestamp> {
    str::from_utf8(value).ok()?.parse().ok()
}

fn text(value: &[u8], fingerprint: &str) -> String {
    String::from_utf8_lossy(value).replace(PLACEHOLDER, fingerprint)
}
