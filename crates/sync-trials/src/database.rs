//! The database inside a c1z, reached with zstd and SQLite alone.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;

/// Calls `look` with the database of a file.
pub fn with<T>(file: &Path, look: impl FnOnce(&Connection) -> T) -> T {
    let bytes = std::fs::read(file).unwrap();
    assert_eq!(&bytes[..5], b"C1ZF\0");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    zstd::stream::copy_decode(&bytes[5..], std::fs::File::create(&path).unwrap()).unwrap();
    look(&Connection::open(&path).unwrap())
}

/// Every value of one column of text.
pub fn texts(database: &Connection, sql: &str) -> Vec<String> {
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map((), |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// The external ids in a table. Fails if one is there twice.
pub fn ids(database: &Connection, table: &str) -> BTreeSet<String> {
    let all = texts(database, &format!("select external_id from {table}"));
    let set: BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!(set.len(), all.len());
    set
}
