//! Checks that a foreign database has the tables of a c1z and that their pages are whole, and brings older layouts up to
//! date (interop reference 1.3): five tables suffice, columns that came later are added with the meaning of their absence,
//! and indexes that are missing are built.

use std::collections::BTreeSet;
use std::thread;

use rusqlite::{Connection, OptionalExtension};

use crate::Error;
use crate::checking::Checking;
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

/// The table whose pages are checked on the side: it has as many as all others.
const LARGEST: &str = GRANTS;

/// Checks the tables and adds what an older layout lacks. The pages of the largest table are looked at with `another`
/// connection to the same database, beside those of the others.
///
/// # Errors
/// When the tables are not those of a c1z, or their pages are damaged.
pub(crate) fn check_and_upgrade(connection: &Connection, another: Connection) -> Result<(), Error> {
    let shape = Shape::read(connection)?;
    thread::scope(|scope| {
        let aside = scope.spawn(move || check_pages(&another, LARGEST));
        let mut rest = shape.present.iter().filter(|table| **table != LARGEST);
        let checked = rest.try_for_each(|table| check_pages(connection, table));
        let panicked = |_| Err(unfit(format!("{LARGEST} could not be looked through")));
        checked.and(aside.join().unwrap_or_else(panicked))
    })?;
    // Only now does nobody else read it.
    shape.upgrade(connection)
}

/// As [`check_and_upgrade`], and where nothing is to be added the pages are checked, with two connections more, while the rows
/// are read already.
///
/// # Errors
/// As there.
pub(crate) fn check_beside(
    connection: &mut Connection,
    [one, another]: [Connection; 2],
) -> Result<Option<Checking>, Error> {
    let Shape { upgrades, present } = Shape::read(connection)?;
    let is_ready = upgrades.is_empty()
        && schema::is_ready_for_reading(connection).map_err(Error::sqlite("read the schema"))?;
    if !is_ready {
        return check_and_upgrade(connection, another).map(|()| None);
    }
    let (largest, rest) = present.into_iter().partition(|table| *table == LARGEST);
    Checking::start(connection, [(one, rest), (another, largest)], check_pages).map(Some)
}

/// What the schema says.
struct Shape {
    /// The tables of a c1z that are there, in their order.
    present: Vec<&'static str>,
    /// Statements that bring the tables up to date.
    upgrades: Vec<String>,
}

impl Shape {
    fn read(connection: &Connection) -> Result<Self, Error> {
        let (mut present, mut upgrades) = (Vec::new(), Vec::new());
        for table in &TABLES {
            match is_plain(connection, table.name)? {
                None if OPTIONAL_TABLES.contains(&table.name) => upgrades.push(table.create()),
                None => return Err(unfit(format!("it has no table {}", table.name))),
                Some(false) => return Err(unfit(format!("{} is not a plain table", table.name))),
                Some(true) => {
                    present.push(table.name);
                    check_columns(connection, table, &mut upgrades)?;
                }
            }
        }
        Ok(Self { present, upgrades })
    }

    fn upgrade(&self, connection: &Connection) -> Result<(), Error> {
        for sql in &self.upgrades {
            connection.execute(sql, ()).map_err(Error::sqlite("upgrade the schema"))?;
        }
        schema::prepare_for_reading(connection).map_err(Error::sqlite("build the indexes"))
    }
}

/// Whether a table is one that has pages of its own, which a virtual table has not; nothing when there is none.
fn is_plain(connection: &Connection, table: &str) -> Result<Option<bool>, Error> {
    const SQL: &str = "select type, rootpage from sqlite_master where name = ?1 collate nocase";
    let found: Option<(String, i64)> = connection
        .query_row(SQL, [table], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(Error::sqlite("read the schema"))?;
    Ok(found.map(|(kind, root_page)| kind == "table" && root_page > 0))
}

fn check_columns(connection: &Connection, table: &Table, upgrades: &mut Vec<String>) -> Result<(), Error> {
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
        upgrades.push(format!("alter table {} add column {name} {constraint}", table.name));
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
