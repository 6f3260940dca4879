//! Checks that a foreign database has the tables of a c1z and that their pages are whole, and brings older layouts up to
//! date (interop reference 1.3): five tables suffice, columns that came later are added with the meaning of their absence,
//! and indexes that are missing are built.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use crate::Error;
use crate::schema::{self, ASSETS, GRANTS, SESSIONS, SYNC_RUNS, TABLES, Table};

/// Tables that came later or that not every writer makes.
const OPTIONAL_TABLES: [&str; 2] = [ASSETS, SESSIONS];

/// Columns that came later.
const OPTIONAL_COLUMNS: [(&str, &[&str]); 2] = [
    (
        SYNC_RUNS,
        &[
            "sync_type",
            "parent_sync_id",
            "linked_sync_id",
            "supports_diff",
            "grants_backfilled",
            "stats",
            "ingest_invariant_generation",
            "ingest_invariant_coverage",
            "ingest_invariant_mode",
        ],
    ),
    (GRANTS, &["expansion", "needs_expansion"]),
];

/// Checks the tables and adds what an older layout lacks.
pub(crate) fn check_and_upgrade(connection: &Connection) -> Result<(), Error> {
    for table in &TABLES {
        check_table(connection, table)?;
    }
    schema::prepare_for_reading(connection).map_err(Error::sqlite("build the indexes"))
}

fn check_table(connection: &Connection, table: &Table) -> Result<(), Error> {
    const SQL: &str = "select type, rootpage from sqlite_master where name = ?1 collate nocase";
    let found: Option<(String, i64)> = connection
        .query_row(SQL, [table.name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(Error::sqlite("read the schema"))?;
    let Some((kind, root_page)) = found else {
        if OPTIONAL_TABLES.contains(&table.name) {
            connection.execute(&table.create(), ()).map_err(Error::sqlite("upgrade the schema"))?;
            return Ok(());
        }
        return Err(unfit(format!("it has no table {}", table.name)));
    };
    // A virtual table has no pages of its own.
    if kind != "table" || root_page <= 0 {
        return Err(unfit(format!("{} is not a plain table", table.name)));
    }
    check_pages(connection, table.name)?;
    let present = columns(connection, table.name)?;
    if !is_numbered(connection, table.name)? {
        return Err(unfit(format!("the rows of {} are not numbered", table.name)));
    }
    for (name, constraint) in table.columns.iter().chain(&[("id", "")]) {
        if present.contains(*name) {
            continue;
        }
        let optional = OPTIONAL_COLUMNS
            .iter()
            .any(|(optional, columns)| *optional == table.name && columns.contains(name));
        if !optional {
            return Err(unfit(format!("table {} has no column {name}", table.name)));
        }
        let sql = format!("alter table {} add column {name} {constraint}", table.name);
        connection.execute(&sql, ()).map_err(Error::sqlite("upgrade the schema"))?;
    }
    Ok(())
}

/// Pages that belong to two places, or to themselves, would give rows without end and without a limit in memory.
fn check_pages(connection: &Connection, table: &str) -> Result<(), Error> {
    let found: String = connection
        .query_row("select quick_check from pragma_quick_check(?1)", [table], |row| row.get(0))
        .map_err(Error::sqlite("check the pages"))?;
    if found == "ok" {
        return Ok(());
    }
    // The first line names the database, and the rest may be long.
    let told = found.lines().find(|line| !line.starts_with("***")).unwrap_or_default();
    Err(unfit(format!("the pages of {table} are damaged: {told}")))
}

fn columns(connection: &Connection, table: &str) -> Result<BTreeSet<String>, Error> {
    connection
        .prepare("select lower(name) from pragma_table_xinfo(?1) where hidden = 0")
        .and_then(|mut statement| statement.query_map([table], |row| row.get(0))?.collect())
        .map_err(Error::sqlite("read the schema"))
}

/// Whether `id` is the number of the row, which is never absent and never there twice. Reading goes from one to the next.
fn is_numbered(connection: &Connection, table: &str) -> Result<bool, Error> {
    const SQL: &str = "select name = 'id' collate nocase and type = 'integer' collate nocase \
         from pragma_table_xinfo(?1) where pk > 0";
    connection
        .prepare(SQL)
        .and_then(|mut statement| statement.query_map([table], |row| row.get(0))?.collect())
        .map(|keys: Vec<bool>| keys == [true])
        .map_err(Error::sqlite("read the schema"))
}

fn unfit(reason: String) -> Error {
    Error::Schema { reason }
}
