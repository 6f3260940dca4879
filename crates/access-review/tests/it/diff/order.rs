//! Files whose text is in another order than this program's.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use access_review::diff::{Comparison, Options, Refusal};
use access_review::{Error, Selection, Snapshot};
use c1z::{C1zFile, Limits};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::world::World;

/// A database in UTF-16 sorts `ā` before `a`. Joined by the order of UTF-8, people would come and go who did neither.
#[test]
fn another_order_of_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let people = |ended| World::new(ended).user("a", |_| {}).user("ā", |_| {}).user("b", |_| {});
    let [old, new] = [("old", 100), ("new", 200)].map(|(name, ended)| {
        let path = folder.path().join(format!("{name}.c1z"));
        people(ended).seal(&path, &format!("sync-{name}"));
        in_utf16(&path);
        C1zFile::open_in(&path, Limits::default(), folder.path()).unwrap()
    });
    let old = Snapshot::open(&old, &Selection::default()).unwrap();
    let new = Snapshot::open(&new, &Selection::default()).unwrap();
    let refused = Comparison::new(&old, &new, Options::default()).unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::Disordered { .. })), "{refused}");
}

/// Copies the database of a file into one of the other encoding, row by row.
fn in_utf16(file: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(file).unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    zstd::stream::copy_decode(&bytes[5..], File::create(&from).unwrap()).unwrap();
    let from = Connection::open(from).unwrap();
    let target = Connection::open(&to).unwrap();
    target.execute_batch("pragma encoding = 'UTF-16le'").unwrap();
    let mut schema = from.prepare("select name, sql, type from sqlite_master where sql is not null").unwrap();
    let schema: Vec<(String, String, String)> = schema
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (_, sql, _) in &schema {
        target.execute_batch(sql).unwrap();
    }
    for (table, _, _) in schema.iter().filter(|(_, _, kind)| kind == "table") {
        let mut rows = from.prepare(&format!("select * from {table}")).unwrap();
        let columns = rows.column_count();
        let marks = vec!["?"; columns].join(", ");
        let mut rows = rows.query(()).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<Value> = (0..columns).map(|at| row.get(at).unwrap()).collect();
            let insert = format!("insert into {table} values ({marks})");
            target.execute(&insert, params_from_iter(values)).unwrap();
        }
    }
    target.close().unwrap();
    let mut packed = File::create(file).unwrap();
    packed.write_all(b"C1ZF\0").unwrap();
    zstd::stream::copy_encode(File::open(&to).unwrap(), packed, 3).unwrap();
}
