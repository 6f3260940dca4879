//! Sealing: which syncs are in the file afterwards, and what is never overwritten.

use std::fs;

use c1z::{
    C1zFile, EnvelopeError, Error, Limits, OutputState, SealOptions, SealStep, SyncChoice, SyncStart,
    SyncType, WorkingDatabase, check_output,
};
use rusqlite::Connection;

use crate::support::{
    Bench, decoded, enveloped, fill, fixture, folder, names, noon_and, opened, put, rows, sync_id, texts,
};

const TABLES: [&str; 4] = ["v1_resource_types", "v1_resources", "v1_entitlements", "v1_grants"];

#[test]
fn three_seals_in_a_row_keep_two_syncs() {
    let bench = Bench::new();
    for minute in [0, 10, 20] {
        let sealed = bench.seal(bench.filled(minute, 3), minute);
        assert_eq!(sealed.sync_id, sync_id(minute));
        assert_eq!(sealed.path, bench.output);
    }
    let raw = opened(&bench.output, bench.folder.path());
    let kept = [sync_id(10), sync_id(20)];
    assert_eq!(texts(&raw, "select sync_id from v1_sync_runs order by id"), kept);
    for table in TABLES {
        assert_eq!(texts(&raw, &format!("select distinct sync_id from {table} order by 1")), kept, "{table}");
    }
    assert_eq!(texts(&raw, "select count(*) from v1_grants"), ["8"]);
    let file = C1zFile::open(&bench.output, Limits::default()).unwrap();
    assert_eq!(file.sync(&SyncChoice::Newest).unwrap().run().sync_id, sync_id(20));
    let old = file.sync(&SyncChoice::Id(sync_id(10))).unwrap();
    assert_eq!(old.stats().unwrap().grants, 4);
}

#[test]
fn the_number_of_syncs_to_keep_is_the_callers() {
    for (keep_syncs, expected) in [(0, 1), (1, 1), (3, 3), (9, 4)] {
        let bench = Bench::new();
        let mut last = Vec::new();
        for minute in [0, 10, 20, 30] {
            let options = SealOptions { keep_syncs, ..bench.options(minute) };
            last = bench.filled(minute, 1).seal(&options, &mut |_| {}).unwrap().syncs;
        }
        let ids: Vec<String> = last.iter().map(|run| run.sync_id.clone()).collect();
        let newest: Vec<String> =
            [0, 10, 20, 30][4 - expected..].iter().map(|&minute| sync_id(minute)).collect();
        assert_eq!(ids, newest, "keep {keep_syncs}");
    }
}

#[test]
fn steps_are_announced_in_their_order() {
    let bench = Bench::new();
    let mut steps = Vec::new();
    bench.filled(0, 1).seal(&bench.options(0), &mut |step| steps.push(step)).unwrap();
    let expected = [
        SealStep::ReadHistory,
        SealStep::CopyHistory,
        SealStep::BuildIndexes,
        SealStep::Finish,
        SealStep::Compress,
        SealStep::Publish,
        SealStep::Clean,
        SealStep::Done,
    ];
    assert_eq!(steps, expected);
}

/// A sync of the official tools stays as it was, row by row.
#[test]
fn an_official_sync_is_carried_over_unchanged() {
    let bench = Bench::new();
    fs::copy(fixture("two-v1.c1z"), &bench.output).unwrap();
    let official = opened(&bench.output, bench.folder.path());
    let newest =
        texts(&official, "select sync_id from v1_sync_runs order by ended_at desc limit 1")[0].clone();
    bench.seal(bench.filled(0, 3), 0);
    let ours = opened(&bench.output, bench.folder.path());
    assert_eq!(texts(&ours, "select sync_id from v1_sync_runs order by id"), [newest.clone(), sync_id(0)]);
    for table in TABLES.iter().chain(&["v1_sync_runs", "v1_assets"]) {
        let columns: Vec<String> =
            texts(&official, &format!("select name from pragma_table_info('{table}')"))
                .into_iter()
                .filter(|name| name != "id")
                .collect();
        let sql =
            format!("select {} from {table} where sync_id = '{newest}' order by id", columns.join(", "));
        assert_eq!(rows(&ours, &sql), rows(&official, &sql), "{table}");
    }
    assert!(rows(&ours, "select * from v1_connector_sessions").is_empty());
}

/// A database as an unfinished run of the Go tools leaves it: one sync ended, one did not, with session rows.
#[test]
fn unfinished_syncs_of_the_present_output_do_not_appear() {
    let bench = Bench::new();
    bench.seal(bench.filled(0, 2), 0);
    let path = bench.folder.path().join("edited.db");
    put(&path, &decoded(&bench.output));
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "insert into v1_sync_runs (sync_id, started_at, sync_token) values ('open', '2026-03-01 12:05:00', 'x');
         insert into v1_resources (resource_type_id, external_id, data, sync_id, discovered_at)
             values ('user', 'user:x', x'', 'open', '2026-03-01 12:05:00');
         insert into v1_connector_sessions (sync_id, key, value) values ('open', 'k', x'01');",
    )
    .unwrap();
    drop(raw);
    put(&bench.output, &enveloped(&fs::read(&path).unwrap()));

    bench.seal(bench.filled(10, 2), 10);
    let raw = opened(&bench.output, bench.folder.path());
    assert_eq!(texts(&raw, "select sync_id from v1_sync_runs order by id"), [sync_id(0), sync_id(10)]);
    assert_eq!(texts(&raw, "select count(*) from v1_resources where sync_id = 'open'"), ["0"]);
    assert_eq!(texts(&raw, "select count(*) from v1_connector_sessions"), ["0"]);
}

#[test]
fn a_partial_sync_does_not_push_out_the_last_full_one() {
    let bench = Bench::new();
    bench.seal(bench.filled(0, 2), 0);
    let start = SyncStart { sync_id: sync_id(10), sync_type: SyncType::Partial, started_at: noon_and(10) };
    let mut database = WorkingDatabase::create(&bench.working, start).unwrap();
    fill(&mut database, 10, 1);
    let options = SealOptions { keep_syncs: 1, ..bench.options(10) };
    database.seal(&options, &mut |_| {}).unwrap();
    let file = C1zFile::open(&bench.output, Limits::default()).unwrap();
    assert_eq!(file.syncs().unwrap().len(), 2);
    // The newest full sync is shown although a partial one ended later.
    assert_eq!(file.sync(&SyncChoice::Newest).unwrap().run().sync_id, sync_id(0));
}

#[test]
fn what_is_not_a_readable_c1z_is_not_overwritten() {
    let whole = fs::read(fixture("tiny-v1.c1z")).unwrap();
    let foreign = folder();
    let notes = foreign.path().join("notes.db");
    Connection::open(&notes).unwrap().execute_batch("create table notes (id integer)").unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    let cases: [(&str, Vec<u8>); 6] = [
        ("empty", Vec::new()),
        ("text", b"not yours".to_vec()),
        ("pebble", fs::read(fixture("tiny-v3.c1z")).unwrap()),
        ("cut off", whole[..whole.len() / 2].to_vec()),
        ("flipped", flipped),
        ("another program's", enveloped(&fs::read(&notes).unwrap())),
    ];
    for (what, bytes) in cases {
        let bench = Bench::new();
        put(&bench.output, &bytes);
        let database = bench.filled(0, 2);
        let error = database.seal(&bench.options(0), &mut |_| {}).unwrap_err();
        assert!(matches!(error, Error::Envelope { .. } | Error::Schema { .. }), "{what}: {error:?}");
        assert_eq!(fs::read(&bench.output).unwrap(), bytes, "{what}");
        assert_eq!(names(bench.folder.path()), [".sync.c1z.working", "sync.c1z"], "{what}");

        // The working database goes on: rows can be added, and it seals once the place is free.
        let mut database = WorkingDatabase::open(&bench.working).unwrap().unwrap();
        assert_eq!(database.token().unwrap(), "half way");
        database.transaction(|batch| batch.set_token("further")).unwrap();
        fs::remove_file(&bench.output).unwrap();
        bench.seal(database, 0);
        assert_eq!(names(bench.folder.path()), ["sync.c1z"], "{what}");
    }
}

#[test]
fn a_place_that_cannot_be_written_leaves_the_working_database() {
    let bench = Bench::new();
    let database = bench.filled(0, 2);
    let options = SealOptions::new(bench.folder.path().join("missing/sync.c1z"), noon_and(1));
    let error = database.seal(&options, &mut |_| {}).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error:?}");
    // It is complete by now, and takes no more rows.
    let mut database = WorkingDatabase::open(&bench.working).unwrap().unwrap();
    assert_eq!(database.sync().ended_at, Some(noon_and(1)));
    let late = database.transaction(|batch| batch.set_token("late"));
    assert!(matches!(late, Err(Error::Ended(_))));
    bench.seal(database, 0);
    assert_eq!(names(bench.folder.path()), ["sync.c1z"]);
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_stays_a_link() {
    let bench = Bench::new();
    let elsewhere = folder();
    let target = elsewhere.path().join("real.c1z");
    fs::copy(fixture("tiny-v1.c1z"), &target).unwrap();
    std::os::unix::fs::symlink(&target, &bench.output).unwrap();
    bench.seal(bench.filled(0, 1), 0);
    assert!(fs::symlink_metadata(&bench.output).unwrap().is_symlink());
    assert_eq!(C1zFile::open(&target, Limits::default()).unwrap().syncs().unwrap().len(), 2);
    assert_eq!(names(elsewhere.path()), ["real.c1z"]);
}

#[test]
fn the_place_is_checked_before_any_work() {
    let bench = Bench::new();
    let limits = Limits::default();
    assert_eq!(check_output(&bench.output, limits).unwrap(), OutputState::Missing);
    fs::copy(fixture("tiny-v1.c1z"), &bench.output).unwrap();
    let sealed = OutputState::Sealed { declared_bytes: Some(106_496) };
    assert_eq!(check_output(&bench.output, limits).unwrap(), sealed);
    assert_eq!(names(bench.folder.path()), ["sync.c1z"]);

    put(&bench.output, b"C1ZF\0 but then something else");
    let error = check_output(&bench.output, limits).unwrap_err();
    assert!(matches!(error, Error::Envelope { reason: EnvelopeError::Corrupt { .. }, .. }), "{error:?}");
    put(&bench.output, &enveloped(b"zstd, and no database"));
    let error = check_output(&bench.output, limits).unwrap_err();
    assert!(matches!(error, Error::Envelope { reason: EnvelopeError::NotSqlite, .. }), "{error:?}");
    let missing = bench.folder.path().join("no/such/folder/sync.c1z");
    assert!(matches!(check_output(&missing, limits), Err(Error::Io { .. })));
    assert!(check_output(bench.folder.path(), limits).is_err());
}
