//! What a c1z holds as text, so that two syncs can be compared; seen with zstd and SQLite alone.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::database::{texts, with};

/// The rows of one sync as text, without row ids and times; equal content has equal text.
pub fn canonical(file: &Path, sync_id: &str) -> String {
    with(file, |database| {
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
pub fn ids(file: &Path, table: &str) -> Vec<String> {
    with(file, |database| texts(database, &format!("select external_id from {table} order by 1")))
}

/// Ids of the syncs, oldest first, and whether each ended.
pub fn syncs(file: &Path) -> Vec<(String, bool)> {
    with(file, |database| {
        let mut statement = database
            .prepare("select sync_id, ended_at is not null from v1_sync_runs order by started_at")
            .unwrap();
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    })
}

/// The report kept with the only sync.
pub fn report(file: &Path) -> String {
    let sql = "select cast(data as text) from v1_assets where external_id = 'sync-report.json' \
         and content_type = 'application/json'";
    with(file, |database| database.query_row(sql, (), |row| row.get(0)).unwrap())
}

/// The working database beside an output, if there is one. Nobody may have it open.
pub fn working(output: &Path) -> Option<Connection> {
    let name = output.file_name().unwrap().to_str().unwrap();
    let path: PathBuf = output.with_file_name(format!(".{name}.work"));
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()
}

/// The id of the unfinished sync, once anything has been stored of it.
pub fn working_id(output: &Path) -> Option<String> {
    let sql = "select sync_id from v1_sync_runs where sync_token != '' order by id desc limit 1";
    working(output)?.query_row(sql, (), |row| row.get(0)).ok()
}
