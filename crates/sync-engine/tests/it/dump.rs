//! What a c1z holds, seen with zstd and SQLite alone.

use std::fmt::Write;
use std::path::Path;

use rusqlite::Connection;

/// The rows of one sync as text, without row ids and times; equal content has equal text.
pub(crate) fn canonical(file: &Path, sync_id: &str) -> String {
    with_database(file, |database| {
        let mut text = String::new();
        for (table, columns) in [
            ("v1_resource_types", "external_id || '|' || hex(data)"),
            ("v1_resources", "resource_type_id || '|' || external_id || '|' || hex(data)"),
            (
                "v1_entitlements",
                "resource_type_id || '|' || resource_id || '|' || external_id || '|' || hex(data)",
            ),
            (
                "v1_grants",
                "entitlement_id || '|' || principal_resource_type_id || '|' || principal_resource_id || '|' || \
                 external_id || '|' || ifnull(hex(expansion), '-') || '|' || needs_expansion || '|' || hex(data)",
            ),
            ("v1_connector_sessions", "key || '|' || hex(value)"),
        ] {
            let sql = format!("select {columns} from {table} where sync_id = ?1 order by 1");
            let mut statement = database.prepare(&sql).unwrap();
            let rows = statement.query_map([sync_id], |row| row.get::<_, String>(0)).unwrap();
            for row in rows {
                writeln!(text, "{table}|{}", row.unwrap()).unwrap();
            }
        }
        text
    })
}

/// External ids in a table, of every sync, sorted.
pub(crate) fn ids(file: &Path, table: &str) -> Vec<String> {
    with_database(file, |database| {
        let mut statement = database.prepare(&format!("select external_id from {table} order by 1")).unwrap();
        let rows = statement.query_map((), |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    })
}

/// Ids of the syncs, oldest first, and whether each ended.
pub(crate) fn syncs(file: &Path) -> Vec<(String, bool)> {
    with_database(file, |database| {
        let mut statement = database
            .prepare("select sync_id, ended_at is not null from v1_sync_runs order by started_at")
            .unwrap();
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    })
}

/// The report kept with the only sync.
pub(crate) fn report(file: &Path) -> String {
    let sql = "select cast(data as text) from v1_assets where external_id = 'sync-report.json' \
         and content_type = 'application/json'";
    with_database(file, |database| database.query_row(sql, (), |row| row.get(0)).unwrap())
}

fn with_database<T>(file: &Path, look: impl FnOnce(&Connection) -> T) -> T {
    let bytes = std::fs::read(file).unwrap();
    assert_eq!(&bytes[..5], b"C1ZF\0");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let mut database = std::fs::File::create(&path).unwrap();
    zstd::stream::copy_decode(&bytes[5..], &mut database).unwrap();
    look(&Connection::open(&path).unwrap())
}
