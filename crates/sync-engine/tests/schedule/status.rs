//! The status file: written whole, read back, and read when another version wrote it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use governance_model::Timestamp;
use proptest::prelude::*;
use sync_engine::schedule::{
    Failed, RunProgress, RunWait, ScheduleStatus, StatusError, Succeeded, status_path,
};

use crate::world::at;

fn put(path: &Path, text: &str) {
    File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_000_000_000, 0_i32..1_000_000_000).prop_map(|(s, ns)| Timestamp::new(s, ns).unwrap())
}

fn status() -> impl Strategy<Value = ScheduleStatus> {
    let success =
        (instant(), ".*", prop::collection::btree_map(".*", any::<u64>(), 0..4), any::<Option<bool>>())
            .prop_map(|(at, sync_id, counts, verified)| Succeeded { at, sync_id, counts, verified });
    let failure = (instant(), ".*", any::<bool>(), ".*", prop::option::of(".*"))
        .prop_map(|(at, class, transient, reason, hint)| Failed { at, class, transient, reason, hint });
    let wait = prop::option::of((".*", instant()))
        .prop_map(|wait| wait.map(|(what, until)| RunWait { what, until }));
    let progress = (instant(), instant(), ".*", any::<u64>(), wait).prop_map(
        |(since, updated_at, phase, pages, waiting)| RunProgress { since, updated_at, phase, pages, waiting },
    );
    let begin = (".*", any::<u32>(), instant(), ".*")
        .prop_map(|(version, pid, at, schedule)| ScheduleStatus::new(&version, pid, at, &schedule));
    let times = (prop::option::of(instant()), prop::option::of(instant()));
    (
        begin,
        prop::option::of(success),
        prop::option::of(failure),
        any::<u32>(),
        times,
        prop::option::of(progress),
    )
        .prop_map(|(mut status, last_success, last_failure, consecutive_failures, times, progress)| {
            status.last_success = last_success;
            status.last_failure = last_failure;
            status.consecutive_failures = consecutive_failures;
            (status.next_run, status.stopped_at) = times;
            status.progress = progress;
            status
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_written_is_read(status in status()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("status.json");
        status.write(&path).unwrap();
        prop_assert_eq!(ScheduleStatus::read(&path).unwrap(), Some(status));
        prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn the_file_is_beside_the_output_and_hidden() {
    assert_eq!(status_path(Path::new("/data/sync.c1z")), Path::new("/data/.sync.c1z.status.json"));
}

#[test]
fn there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(ScheduleStatus::read(&folder.path().join("nothing")).unwrap(), None);
}

#[test]
fn a_status_written_by_hand_with_fields_of_another_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("status.json");
    put(
        &path,
        r#"{
            "format": 1, "version": "9.9.9", "pid": 7, "started_at": "2026-11-24T01:00:00Z",
            "schedule": "every 6h", "colour": "green",
            "last_success": {"at": "2026-11-24T01:00:09.5Z", "sync_id": "abc", "counts": {"user": 3}, "mood": {}},
            "last_failure": {"at": "2026-11-23T01:00:00Z", "class": "tired", "reason": "why not"},
            "next_run": "2026-11-24T07:00:00Z"
        }"#,
    );
    let status = ScheduleStatus::read(&path).unwrap().unwrap();
    assert_eq!((status.version.as_str(), status.pid, status.schedule.as_str()), ("9.9.9", 7, "every 6h"));
    assert_eq!(
        status.last_success,
        Some(Succeeded {
            at: at("2026-11-24T01:00:09.5Z"),
            sync_id: "abc".to_owned(),
            counts: BTreeMap::from([("user".to_owned(), 3)]),
            verified: None,
        })
    );
    let failure = status.last_failure.unwrap();
    assert_eq!((failure.class.as_str(), failure.hint, failure.transient), ("tired", None, false));
    assert_eq!(status.next_run, Some(at("2026-11-24T07:00:00Z")));
    assert_eq!((status.consecutive_failures, status.progress, status.stopped_at), (0, None, None));
}

#[test]
fn another_format_is_recognised_whatever_else_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("status.json");
    put(&path, r#"{"format": 2, "started_at": ["not", "a", "time"]}"#);
    assert!(matches!(ScheduleStatus::read(&path), Err(StatusError::Format { found: 2, .. })));
}

#[test]
fn damage_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("status.json");
    for text in ["", "{", "[]", r#"{"format": "one"}"#, r#"{"format": 1}"#, "\u{0}\u{0}"] {
        put(&path, text);
        assert!(matches!(ScheduleStatus::read(&path), Err(StatusError::Damaged { .. })), "{text:?}");
    }
    assert!(matches!(ScheduleStatus::read(folder.path()), Err(StatusError::Io { .. })));
}
