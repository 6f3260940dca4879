//! What is on the disk after a blow, looked at with zstd and SQLite alone.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::database;
use crate::expected::Expected;

/// A sync that was begun and is not sealed.
#[derive(Debug)]
pub(super) struct Unfinished {
    pub(super) sync_id: String,
    /// How many users are stored.
    pub(super) users: usize,
    /// Whether nothing is missing but the sealing.
    pub(super) ended: bool,
}

/// The unfinished sync beside an output, if there is one. Looks at a copy: opening the database in place would do the
/// recovery that the next run must do.
pub(super) fn unfinished(folder: &Path) -> io::Result<Option<Unfinished>> {
    let copy = tempfile::tempdir()?;
    for name in [".sync.c1z.work", ".sync.c1z.work-wal", ".sync.c1z.work-journal"] {
        match fs::copy(folder.join(name), copy.path().join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let file = copy.path().join(".sync.c1z.work");
    if !file.exists() {
        return Ok(None);
    }
    // A file without tables is one whose making was cut off.
    look(&file).or_else(|error| if is_empty(&file) { Ok(None) } else { Err(io::Error::other(error)) })
}

fn look(file: &Path) -> rusqlite::Result<Option<Unfinished>> {
    let database = Connection::open(file)?;
    // Sealing copies the earlier syncs in.
    // Without a checkpoint a sync holds nothing that another one would have to ask for again, and has not begun.
    let newest = "select sync_id, ended_at is not null from v1_sync_runs where sync_token != '' or ended_at \
                  is not null order by started_at desc limit 1";
    let run = database.query_row(newest, (), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((sync_id, ended)) = run else { return Ok(None) };
    let sync_id: String = sync_id;
    let users: u32 = database.query_row(
        "select count(*) from v1_resources where resource_type_id = 'user' and sync_id = ?1",
        params![sync_id],
        |row| row.get(0),
    )?;
    Ok(Some(Unfinished { sync_id, users: users as usize, ended }))
}

fn is_empty(file: &Path) -> bool {
    Connection::open(file)
        .and_then(|database| {
            database.query_row("select count(*) from sqlite_schema", (), |row| row.get::<_, u32>(0))
        })
        .is_ok_and(|tables| tables == 0)
}

/// The ids of the syncs in an output, oldest first, if each of them is ended and holds exactly what is expected.
pub(super) fn sealed(output: &Path, expected: &Expected) -> Result<Vec<String>, String> {
    if !output.exists() {
        return Ok(Vec::new());
    }
    database::with(output, |database| {
        let whole = database::texts(database, "pragma integrity_check");
        if whole != ["ok"] {
            return Err(format!("the file's database is damaged: {whole:?}"));
        }
        let open = database::texts(database, "select sync_id from v1_sync_runs where ended_at is null");
        if !open.is_empty() {
            return Err(format!("an unfinished sync is visible: {open:?}"));
        }
        let ids = database::texts(database, "select sync_id from v1_sync_runs order by ended_at, id");
        for id in &ids {
            let tables = [
                ("v1_resources", &expected.resources),
                ("v1_entitlements", &expected.entitlements),
                ("v1_grants", &expected.grants),
            ];
            for (table, expected) in tables {
                let found = of_sync(database, table, id);
                let missing = expected.difference(&found).count();
                let surplus = found.difference(expected).count();
                if missing + surplus > 0 {
                    return Err(format!("sync {id}, {table}: {missing} rows missing, {surplus} too many"));
                }
            }
        }
        Ok(ids)
    })
}

fn of_sync(database: &Connection, table: &str, sync_id: &str) -> BTreeSet<String> {
    let mut statement =
        database.prepare(&format!("select external_id from {table} where sync_id = ?1")).unwrap();
    let rows = statement.query_map(params![sync_id], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}
