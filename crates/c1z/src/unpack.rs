//! From a c1z to an open database: decode to a private file, then open that with as little trust as SQLite allows.
//! Older layouts are upgraded on the copy; the c1z itself is never touched.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::{EnvelopeError, Error, Limits, envelope, upgrade};

/// Decodes the c1z at `source` into `target` and returns how many bytes the database has.
pub(crate) fn unpack(source: &Path, target: &File, limits: Limits) -> Result<u64, Error> {
    let input = File::open(source).map_err(Error::io("open", source))?;
    let mut output = BufWriter::new(target);
    let bytes = envelope::decode(input, &mut output, limits).map_err(Error::envelope(source))?;
    output.flush().map_err(|error| Error::envelope(source)(EnvelopeError::Write(error)))?;
    Ok(bytes)
}

/// Opens a decoded copy: checks that the tables are those of a c1z, upgrades older layouts, and then allows no more
/// writing.
pub(crate) fn open(copy: &Path) -> Result<Connection, Error> {
    let connection = connect(copy).map_err(Error::sqlite("open the database"))?;
    upgrade::check_and_upgrade(&connection)?;
    connection.pragma_update(None, "query_only", true).map_err(Error::sqlite("open the database"))?;
    Ok(connection)
}

fn connect(copy: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(copy, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    // The copy is thrown away, so nothing needs to survive a crash. A copy that came in WAL mode leaves it here, so
    // nothing lies beside it.
    connection.execute_batch("pragma cell_size_check = on; pragma synchronous = off;")?;
    connection.pragma_update_and_check(None, "journal_mode", "memory", |_| Ok(()))?;
    Ok(connection)
}
