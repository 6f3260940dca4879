//! The file is what the official tools accept: the list of interop reference 13.1, checked with zstd and SQLite alone.

use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;

use crate::program::Program;
use sync_trials::database::{texts, with};

#[tokio::test(flavor = "multi_thread")]
async fn passes_the_list_of_what_the_official_tools_need() {
    let program = Program::bare();
    program.run(&["demo", "--sync-projects"]).succeeded();
    program.run(&["demo", "--sync-projects"]).succeeded();
    let file = program.output();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    // 1. Magic, one zstd frame, window within 2^27, content size in the header.
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(&bytes[..5], b"C1ZF\0");
    let frame = &bytes[5..];
    let declared = zstd::zstd_safe::get_frame_content_size(frame).unwrap().unwrap();
    assert_eq!(zstd::zstd_safe::find_frame_compressed_size(frame).unwrap(), frame.len());
    let mut decoder = zstd::stream::read::Decoder::new(frame).unwrap();
    decoder.window_log_max(27).unwrap();
    let mut database = Vec::new();
    std::io::copy(&mut decoder, &mut database).unwrap();
    assert_eq!(database.len() as u64, declared);

    // 2. Rollback journal, UTF-8. The list has pages of 4096; decision 14 says why these are larger.
    assert_eq!(&database[..16], b"SQLite format 3\0");
    assert_eq!(u16::from_be_bytes([database[16], database[17]]), 16_384);
    assert_eq!(&database[18..20], [1, 1]);
    assert_eq!(u32::from_be_bytes(database[56..60].try_into().unwrap()), 1);
    assert_eq!(u32::from_be_bytes(database[60..64].try_into().unwrap()), 0, "user_version");
    assert_eq!(u32::from_be_bytes(database[68..72].try_into().unwrap()), 0, "application_id");

    with(&file, |ours| {
        // 3. Tables, columns and indexes as the official writer makes them.
        let official = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/tiny-v1.c1z");
        with(official.as_ref(), |official| assert_eq!(shape(ours), shape(official)));
        assert_eq!(texts(ours, "pragma integrity_check"), ["ok"]);
        runs(ours);
        rows(ours);
    });
}

/// Every table with its columns and every index with its columns, as text.
fn shape(database: &Connection) -> Vec<String> {
    let mut shape = texts(
        database,
        "select m.name || '.' || c.cid || ' ' || c.name || ' ' || lower(c.type) || ' ' || c.\"notnull\" || ' ' || \
         ifnull(c.dflt_value, '-') || ' ' || c.pk \
         from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' order by 1",
    );
    shape.extend(texts(
        database,
        "select m.name || ' on ' || m.tbl_name || ' ' || l.\"unique\" || l.partial || ' ' || \
         group_concat(c.name, ',' order by c.seqno) \
         from sqlite_master m, pragma_index_list(m.tbl_name) l, pragma_index_info(m.name) c \
         where m.type = 'index' and l.name = m.name group by m.name order by 1",
    ));
    assert!(shape.len() > 60, "{shape:?}");
    shape
}

/// 4. Run rows: KSUID, full, both timestamps; 8. statistics, differences, two syncs.
fn runs(database: &Connection) {
    let ids = texts(database, "select sync_id from v1_sync_runs");
    assert_eq!(ids.len(), 2);
    assert!(ids.iter().all(|id| id.len() == 27 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    let sound = "select count(*) from v1_sync_runs where sync_type = 'full' and parent_sync_id = '' \
         and supports_diff = 1 and grants_backfilled = 1 and ended_at >= started_at";
    assert_eq!(database.query_row(sound, (), |row| row.get::<_, u32>(0)).unwrap(), 2);
    for stats in texts(database, "select stats from v1_sync_runs") {
        let stats: serde_json::Value = serde_json::from_str(&stats).unwrap();
        assert_eq!(stats["resource_types"], 4);
        for (table, key) in [("v1_resources", "resources"), ("v1_grants", "grants")] {
            let total = format!("select count(*) / 2 from {table}");
            let counted: i64 = database.query_row(&total, (), |row| row.get(0)).unwrap();
            assert_eq!(stats[key], counted);
        }
    }
}

/// 5. Row identity and time; 6. grants; 7. nothing dangles.
fn rows(database: &Connection) {
    let count = |sql: &str| database.query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap();
    for table in ["v1_resource_types", "v1_resources", "v1_entitlements", "v1_grants"] {
        assert!(count(&format!("select count(*) from {table}")) > 0);
        let stray =
            format!("select count(*) from {table} where sync_id not in (select sync_id from v1_sync_runs)");
        assert_eq!(count(&stray), 0);
        for seen in texts(database, &format!("select discovered_at from {table}")) {
            let (whole, fraction) = seen.split_once('.').unwrap_or((&seen, "1"));
            let digits = whole.bytes().filter(u8::is_ascii_digit).count();
            assert!(whole.len() == 19 && digits == 14 && whole.as_bytes()[10] == b' ', "{seen}");
            assert!(fraction.len() <= 9 && !fraction.ends_with('0'), "{seen}");
        }
    }
    let split = "select count(*) from v1_grants where (expansion is not null) != (needs_expansion = 1)";
    assert_eq!(count(split), 0);
    assert!(count("select count(*) from v1_grants where expansion is not null") > 0);
    let dangling = "select count(*) from v1_grants g where \
         not exists (select 1 from v1_resources r where r.sync_id = g.sync_id \
                     and r.external_id = g.principal_resource_type_id || ':' || g.principal_resource_id) \
         or not exists (select 1 from v1_entitlements e where e.sync_id = g.sync_id and e.external_id = g.entitlement_id) \
         or not exists (select 1 from v1_resources r where r.sync_id = g.sync_id \
                        and r.external_id = g.resource_type_id || ':' || g.resource_id)";
    assert_eq!(count(dangling), 0);
    assert_eq!(count("select count(*) from v1_connector_sessions"), 0);
}
