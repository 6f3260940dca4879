//! A sealed file against the list of what the official CLI needs (interop reference 13.1), read with zstd and SQLite
//! and without our reader.

use std::collections::BTreeMap;
use std::fs;

use baton_proto::c1::connector::v2;
use c1z::{C1zFile, EntitlementFilter, GrantFilter, Limits, ResourceFilter, SealOptions, SyncChoice};
use governance_model::{Resource, Timestamp};
use prost::Message;
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;

use crate::support::{
    Bench, decoded, fixture, group, group_resource, member, membership, names, nested, noon_and, opened,
    page_size, rows, sync_id, texts, user, user_resource,
};

/// Bit masks of the first byte of a frame header.
const SINGLE_SEGMENT: u8 = 0x20;
const CHECKSUM: u8 = 0x04;

#[test]
fn the_envelope_declares_its_size_and_keeps_its_window_small() {
    let bench = Bench::new();
    let sealed = bench.seal(bench.filled(0, 2000), 0);
    let bytes = fs::read(&bench.output).unwrap();
    assert_eq!(&bytes[..5], b"C1ZF\0");
    let frame = &bytes[5..];
    let declared = zstd::zstd_safe::get_frame_content_size(frame).unwrap();
    let database = decoded(&bench.output);
    assert_eq!(declared, Some(u64::try_from(database.len()).unwrap()));
    assert_eq!(
        zstd::zstd_safe::find_frame_compressed_size(frame).unwrap(),
        frame.len(),
        "one frame, no more"
    );
    assert_ne!(frame[4] & CHECKSUM, 0);
    if frame[4] & SINGLE_SEGMENT == 0 {
        assert!(10 + (frame[5] >> 3) <= 27);
    } else {
        assert!(database.len() <= 1 << 27);
    }
    assert_eq!(sealed.decompressed_bytes, u64::try_from(database.len()).unwrap());
    assert_eq!(sealed.compressed_bytes, u64::try_from(bytes.len()).unwrap());
}

#[test]
fn the_database_header_is_the_official_one_on_larger_pages() {
    let bench = Bench::new();
    bench.seal(bench.filled(0, 3), 0);
    let (ours, official) = (decoded(&bench.output), decoded(&fixture("tiny-v1.c1z")));
    assert_eq!(&ours[..16], b"SQLite format 3\0");
    // Format versions, reserved bytes and payload fractions; then schema format, cache size, vacuum mode, encoding, user
    // version, incremental vacuum and application id. Counters and sizes stand between them.
    for range in [18..24, 44..48, 52..72] {
        assert_eq!(ours[range.clone()], official[range.clone()], "bytes {range:?}");
    }
    assert_eq!(&ours[18..20], [1, 1]);
    // The one difference; decision 14 says why.
    assert_eq!((page_size(&ours), page_size(&official)), (16_384, 4_096));
    assert_eq!(ours.len() % page_size(&ours), 0);
}

#[test]
fn tables_and_indexes_are_the_official_ones() {
    let bench = Bench::new();
    bench.seal(bench.filled(0, 3), 0);
    let ours = opened(&bench.output, bench.folder.path());
    let official = opened(&fixture("tiny-v1.c1z"), bench.folder.path());
    let tables = "select name from sqlite_master where type = 'table' order by rowid";
    assert_eq!(texts(&ours, tables), texts(&official, tables));
    assert_eq!(texts(&ours, tables).len(), 7);
    let others = "select count(*) from sqlite_master where type not in ('table', 'index')";
    assert_eq!(texts(&ours, others), ["0"]);
    for table in texts(&official, tables) {
        let columns = format!("pragma table_info({table})");
        assert_eq!(rows(&ours, &columns), rows(&official, &columns), "{table}");
        assert_eq!(indexes(&ours, &table), indexes(&official, &table), "{table}");
    }
    let count = "select count(*) from sqlite_master where type = 'index'";
    assert_eq!(texts(&ours, count), ["16"]);
    assert_eq!(texts(&ours, "pragma integrity_check"), ["ok"]);
}

/// What an index is made of: unique, origin, partial, columns, and the condition of a partial one.
type Index = (Vec<Value>, Vec<Vec<Value>>, Option<String>);

fn indexes(connection: &Connection, table: &str) -> BTreeMap<String, Index> {
    rows(connection, &format!("pragma index_list({table})"))
        .into_iter()
        .map(|row| {
            let Value::Text(name) = &row[1] else { panic!("{row:?}") };
            let columns = rows(connection, &format!("pragma index_info({name})"));
            let sql = texts(connection, &format!("select sql from sqlite_master where name = '{name}'"));
            let condition = sql[0].split_once(" where ").map(|(_, condition)| condition.to_owned());
            (name.clone(), (row[2..].to_vec(), columns, condition))
        })
        .collect()
}

#[test]
fn the_run_row_says_what_a_finished_full_sync_says() {
    let bench = Bench::new();
    bench.seal(bench.filled(0, 3), 0);
    let raw = opened(&bench.output, bench.folder.path());
    let columns = "sync_id, started_at, ended_at, sync_token, sync_type, parent_sync_id, linked_sync_id, \
                   supports_diff, grants_backfilled, ingest_invariant_generation, ingest_invariant_coverage, \
                   ingest_invariant_mode";
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        rows(&raw, &format!("select {columns} from v1_sync_runs")),
        [[
            text(&sync_id(0)),
            text("2026-03-01 12:00:00"),
            text("2026-03-01 12:01:00"),
            text(""),
            text("full"),
            text(""),
            text(""),
            Value::Integer(1),
            Value::Integer(1),
            text("1"),
            text(r#"["I5","I10"]"#),
            text("connector"),
        ]]
    );
    let stats: serde_json::Value =
        serde_json::from_str(&texts(&raw, "select stats from v1_sync_runs")[0]).unwrap();
    assert_eq!(
        stats,
        json!({
            "resource_types": 2, "resources": 5, "entitlements": 2, "grants": 4,
            "resources_by_resource_type": {"group": 2, "user": 3},
            "entitlements_by_resource_type": {"group": 2},
            "grants_by_resource_type": {"group": 4},
        })
    );
    let id = sync_id(0);
    assert!(id.len() == 27 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
}

#[test]
fn the_token_and_the_invariants_are_the_callers_choice() {
    let bench = Bench::new();
    let options = SealOptions { token: "report".to_owned(), invariants: Vec::new(), ..bench.options(0) };
    bench.filled(0, 1).seal(&options, &mut |_| {}).unwrap();
    let raw = opened(&bench.output, bench.folder.path());
    let markers = "select sync_token || '|' || ingest_invariant_generation || ingest_invariant_coverage || \
                   ingest_invariant_mode from v1_sync_runs";
    assert_eq!(texts(&raw, markers), ["report|"]);
}

#[test]
fn every_row_belongs_to_the_sync_and_decodes_to_what_its_columns_say() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 3);
    let mut child: Resource = group_resource("child");
    child.parent = Some(group("g1"));
    database
        .transaction(|batch| {
            batch.put_resources(&[child], noon_and(0))?;
            batch.put_grants(&[nested("g2", "g1", true, &[])], noon_and(0))
        })
        .unwrap();
    bench.seal(database, 0);
    let raw = opened(&bench.output, bench.folder.path());
    for table in ["v1_resource_types", "v1_resources", "v1_entitlements", "v1_grants"] {
        assert_eq!(texts(&raw, &format!("select distinct sync_id from {table}")), [sync_id(0)]);
        assert_eq!(
            texts(&raw, &format!("select distinct discovered_at from {table}")),
            ["2026-03-01 12:00:00"]
        );
    }
    assert!(rows(&raw, "select * from v1_connector_sessions").is_empty());

    let mut statement = raw
        .prepare(
            "select external_id, resource_type_id, parent_resource_type_id, parent_resource_id, data \
             from v1_resources",
        )
        .unwrap();
    let mut found = statement.query(()).unwrap();
    while let Some(row) = found.next().unwrap() {
        let proto = v2::Resource::decode(&row.get::<_, Vec<u8>>(4).unwrap()[..]).unwrap();
        let id = proto.id.unwrap();
        assert_eq!(row.get::<_, String>(0).unwrap(), format!("{}:{}", id.resource_type, id.resource));
        assert_eq!(row.get::<_, String>(1).unwrap(), id.resource_type);
        let parent = proto.parent_resource_id;
        assert_eq!(
            row.get::<_, Option<String>>(2).unwrap(),
            parent.as_ref().map(|id| id.resource_type.clone())
        );
        assert_eq!(row.get::<_, Option<String>>(3).unwrap(), parent.map(|id| id.resource));
    }
    assert_eq!(
        texts(&raw, "select parent_resource_id from v1_resources where external_id = 'group:child'"),
        ["g1"]
    );

    let mut statement = raw
        .prepare(
            "select external_id, entitlement_id, resource_type_id, resource_id, principal_resource_type_id, \
             principal_resource_id, data, expansion, needs_expansion from v1_grants",
        )
        .unwrap();
    let mut found = statement.query(()).unwrap();
    let mut expandable = 0;
    while let Some(row) = found.next().unwrap() {
        let text = |index: usize| row.get::<_, String>(index).unwrap();
        let proto = v2::Grant::decode(&row.get::<_, Vec<u8>>(6).unwrap()[..]).unwrap();
        let entitlement = proto.entitlement.unwrap();
        let resource = entitlement.resource.unwrap().id.unwrap();
        let principal = proto.principal.unwrap().id.unwrap();
        assert_eq!(
            [text(0), text(1), text(2), text(3), text(4), text(5)],
            [
                proto.id,
                entitlement.id,
                resource.resource_type,
                resource.resource,
                principal.resource_type,
                principal.resource
            ]
        );
        let expansion: Option<Vec<u8>> = row.get(7).unwrap();
        assert_eq!(row.get::<_, bool>(8).unwrap(), expansion.is_some());
        if let Some(expansion) = expansion {
            expandable += 1;
            let decoded = v2::GrantExpandable::decode(&expansion[..]).unwrap();
            assert_eq!(decoded.entitlement_ids, ["group:g1:member"]);
            assert!(decoded.shallow);
            assert!(proto.annotations.is_empty(), "the expansion is in its column alone");
        }
    }
    assert_eq!(expandable, 1);
}

/// What was overwritten or deleted on the way is nowhere in the file.
#[test]
fn session_rows_leave_no_trace() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 3);
    for round in 0..50 {
        let secret = format!("leaked-session-value-{round}-").repeat(300);
        database.transaction(|batch| batch.put_session("notes", secret.as_bytes())).unwrap();
    }
    bench.seal(database, 0);
    let found = decoded(&bench.output);
    assert!(!found.windows(20).any(|window| window == b"leaked-session-value"));
    assert!(!found.windows(8).any(|window| window == b"half way"));
}

#[test]
fn the_sealed_file_is_private_and_alone() {
    let bench = Bench::new();
    bench.seal(bench.filled(0, 3), 0);
    assert_eq!(names(bench.folder.path()), ["sync.c1z"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&bench.output).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// Facts of every kind survive the way into the file and out of it, over more than one page.
#[test]
fn our_reader_gives_back_what_was_put_in() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 1200);
    let mut grant = nested("g2", "g1", false, &[crate::support::USER]);
    grant.details_mut().immutable = true;
    grant.details_mut().metadata.insert("scope".into(), "everything".into());
    database.transaction(|batch| batch.put_grants(std::slice::from_ref(&grant), noon_and(0))).unwrap();
    bench.seal(database, 0);

    let file = C1zFile::open(&bench.output, Limits::default()).unwrap();
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let filter = ResourceFilter { resource_type: Some(crate::support::USER), ..Default::default() };
    let users: Vec<Resource> = view.resources(&filter).map(|record| record.unwrap().value).collect();
    assert_eq!(users.len(), 1200);
    // The protocol writes profile and state onto the trait too; what the model says must not change by that.
    assert_eq!(users[7], user_resource("u0007"));
    let grants: Vec<_> = view.grants(&GrantFilter::default()).map(|record| record.unwrap().value).collect();
    assert_eq!(grants.len(), 1202);
    assert_eq!(grants[0], membership("g1", user("u0000")));
    assert_eq!(grants[1201], grant);
    let entitlements: Vec<_> =
        view.entitlements(&EntitlementFilter::default()).map(|record| record.unwrap().value).collect();
    assert_eq!(entitlements, [member("g1"), member("g2")]);
    let run = view.run();
    assert_eq!((run.started_at, run.ended_at), (noon_and(0), Some(noon_and(1))));
}

#[test]
fn fractions_of_seconds_are_kept_to_the_nanosecond() {
    let bench = Bench::new();
    let precise: Timestamp = "2026-03-01T12:00:30.120000001Z".parse().unwrap();
    let options = SealOptions { ended_at: precise, ..bench.options(0) };
    bench.filled(0, 1).seal(&options, &mut |_| {}).unwrap();
    let raw = opened(&bench.output, bench.folder.path());
    assert_eq!(texts(&raw, "select ended_at from v1_sync_runs"), ["2026-03-01 12:00:30.120000001"]);
}

#[test]
fn an_asset_is_kept_with_its_sync_and_carried_over() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 3);
    database
        .transaction(|batch| {
            batch.put_asset("report.json", "application/json", b"old", noon_and(0))?;
            batch.put_asset("report.json", "application/json", b"{}", noon_and(0))
        })
        .unwrap();
    assert_eq!(database.asset("report.json").unwrap().as_deref(), Some(&b"{}"[..]));
    assert_eq!(database.asset("nothing").unwrap(), None);
    bench.seal(database, 0);
    bench.seal(bench.filled(1, 3), 1);
    let connection = opened(&bench.output, bench.folder.path());
    let found: (String, String, Vec<u8>) = connection
        .query_row("select external_id, content_type, data from v1_assets", (), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert_eq!(found, ("report.json".to_owned(), "application/json".to_owned(), b"{}".to_vec()));
    let file = C1zFile::open(&bench.output, Limits::default()).unwrap();
    let view = file.sync(&SyncChoice::Id(sync_id(0))).unwrap();
    assert_eq!(view.asset("report.json").unwrap().as_deref(), Some(&b"{}"[..]));
    assert_eq!(file.sync(&SyncChoice::Id(sync_id(1))).unwrap().asset("report.json").unwrap(), None);
}
