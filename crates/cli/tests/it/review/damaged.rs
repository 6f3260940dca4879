//! Damage behind a good checksum: rows may be shown before it is found, and then the exit code says that they do not count.

use std::io::Write as _;
use std::path::Path;

use rusqlite::Connection;

use super::workspace::demo_after;

/// Wipes the page that holds the last rows of a table, or the last entries of an index (SQLite's file format).
fn wipe_last_leaf(database: &Path, table: &str) {
    let root: u32 = Connection::open(database)
        .unwrap()
        .query_row("select rootpage from sqlite_master where name = ?1", [table], |row| row.get(0))
        .unwrap();
    let mut bytes = std::fs::read(database).unwrap();
    // 1.3.2: how large the pages are.
    let size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let root = (root as usize - 1) * size;
    // 1.6: an inner page ends its header with the number of its last child.
    assert!([2, 5].contains(&bytes[root]), "{table} fits one page");
    let leaf = u32::from_be_bytes(bytes[root + 8..root + 12].try_into().unwrap()) as usize - 1;
    bytes[leaf * size..(leaf + 1) * size].fill(0);
    std::fs::File::create(database).unwrap().write_all(&bytes).unwrap();
}

#[test]
fn a_listing_of_damaged_pages_does_not_succeed() {
    let program = demo_after(|database| wipe_last_leaf(database, "v1_grants"));
    for question in [&["users"][..], &["users", "-o", "jsonl"], &["grants", "-o", "csv"], &["groups"]] {
        let ran = program.run(question);
        assert_eq!(ran.code, Some(9), "{}", ran.transcript());
        assert!(ran.stderr.contains("the pages of v1_grants are damaged"), "{}", ran.transcript());
    }
    // What becomes a file is not begun.
    let ran = program.run(&["export", "csv", "--out", "all.csv"]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert_eq!(ran.stdout, "");
    assert_eq!(program.files(), ["sync.c1z"]);
}

/// What somebody reaches is not said of a damaged file, also where the answer meets no damage itself.
#[test]
fn access_in_a_damaged_file_is_not_said() {
    let program = demo_after(|database| wipe_last_leaf(database, "idx_grants_external_sync_v1"));
    // The listing goes by another index and shows all rows before it is told.
    let ran = program.run(&["grants", "-o", "jsonl"]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    let ran = program.run(&["access", "henrike.aldous@marrowstone.example"]);
    assert_eq!((ran.code, &*ran.stdout), (Some(9), ""), "{}", ran.transcript());
    assert!(ran.stderr.contains("the pages of v1_grants are damaged"), "{}", ran.transcript());
}
