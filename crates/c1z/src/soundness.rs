//! Whether an unfinished sync can be gone on with: what is broken would be met in its middle, by this run and by every
//! later one. Nothing is written before that is known, so it is looked at from several sides at once.

use std::thread;

use governance_model::{Entitlement, Grant, Resource, ResourceType};
use rusqlite::Connection;

use crate::Error;
use crate::known::Known;
use crate::records::{Kind, Records};

/// Checks the pages and reads every row, and gives what the rows hold. `connect` opens the database once more.
///
/// # Errors
/// [`Error::Schema`], or what SQLite or a row says, when something is damaged.
pub(crate) fn check(
    connection: &Connection,
    connect: impl Fn() -> rusqlite::Result<Connection> + Sync,
    sync_id: &str,
) -> Result<Known, Error> {
    let another = || connect().map_err(Error::sqlite("open the working database"));
    let sides = thread::scope(|scope| {
        let pages = scope.spawn(|| pages(&another()?, None));
        let resources = scope.spawn(|| rows::<Resource>(&another()?, sync_id));
        let rest = rows::<ResourceType>(connection, sync_id)
            .and_then(|()| rows::<Entitlement>(connection, sync_id))
            .and_then(|()| rows::<Grant>(connection, sync_id));
        let panicked = |_| Err(Error::Schema { reason: "it could not be looked through".to_owned() });
        [pages.join().unwrap_or_else(panicked), resources.join().unwrap_or_else(panicked), rest]
    });
    sides.into_iter().collect::<Result<(), Error>>()?;
    // Only sound pages are sure to end.
    Known::read(connection, sync_id)
}

/// Whether the pages are sound, those of one table or all.
///
/// # Errors
/// [`Error::Schema`] when they are not.
pub(crate) fn pages(connection: &Connection, of: Option<&str>) -> Result<(), Error> {
    let sql = format!("pragma integrity_check({})", of.unwrap_or("1"));
    let found: String =
        connection.query_row(&sql, (), |row| row.get(0)).map_err(Error::sqlite("check the pages"))?;
    if found == "ok" {
        return Ok(());
    }
    Err(Error::Schema {
        reason: format!("its pages are damaged: {}", found.lines().next_back().unwrap_or_default()),
    })
}

/// Whether every row can be read: pages can be sound and hold what nobody wrote.
fn rows<T: Kind>(connection: &Connection, sync_id: &str) -> Result<(), Error> {
    Records::<T>::new(connection, sync_id, Vec::new()).try_for_each(|row| row.map(drop))
}
