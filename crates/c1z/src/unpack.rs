//! From a c1z to an open database: decode to a private file, then open that with as little trust as SQLite allows.
//! Older layouts are upgraded on the copy; the c1z itself is never touched.

use std::fs::File;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::checking::Checking;
use crate::{EnvelopeError, Error, Limits, behind, envelope, spill, upgrade};

/// The longest value that is read, in bytes. A message of the protocol has at most 4 MiB (interop reference 2.4).
const MAX_VALUE_BYTES: i32 = 32 << 20;
/// How many instructions of SQLite's machine looking at the schema may take. An honest one takes a few thousand.
const MAX_SCHEMA_STEPS: u32 = 10_000_000;
/// How often they are counted.
const COUNTED_EVERY: i32 = 10_000;

/// Decodes the c1z at `source` into `target` and returns how many bytes the database has.
pub(crate) fn unpack(source: &Path, target: &File, limits: Limits) -> Result<u64, Error> {
    let input = File::open(source).map_err(Error::io("open", source))?;
    // Writing takes half as long as decoding, and two cores do both at once.
    let (decoded, written) = behind::write(target, |output| envelope::decode(input, output, limits));
    match (decoded, written) {
        (Err(EnvelopeError::Write(_)) | Ok(_), Err(error)) => Err(EnvelopeError::Write(error)),
        (decoded, _) => decoded,
    }
    .map_err(Error::envelope(source))
}

/// Opens a decoded copy: checks that the tables are those of a c1z and that their pages are whole, upgrades older
/// layouts, and then allows no more writing.
///
/// Everything is read in one transaction: nobody else has the copy, and to lock it anew for each question costs more than
/// most answers.
pub(crate) fn open(copy: &Path) -> Result<Connection, Error> {
    let connection = connect(copy)?;
    upgrade::check_and_upgrade(&connection, connect(copy)?)?;
    read_only(connection)
}

/// As [`open`], and the pages may still be under check, where the copy needs no change.
pub(crate) fn open_early(copy: &Path) -> Result<(Connection, Option<Checking>), Error> {
    let mut connection = connect(copy)?;
    let checking = upgrade::check_beside(&mut connection, [connect(copy)?, connect(copy)?])?;
    Ok((read_only(connection)?, checking))
}

fn read_only(connection: Connection) -> Result<Connection, Error> {
    connection.execute_batch("pragma query_only = on; begin").map_err(Error::sqlite("open the database"))?;
    Ok(connection)
}

fn connect(copy: &Path) -> Result<Connection, Error> {
    set_up(copy).map_err(endless("open the database"))
}

fn set_up(copy: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(copy, flags)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
    limit_steps(&mut connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    // Without it a statement is compiled again for each value that is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    // The copy is thrown away, so nothing needs to survive a crash. A copy that came in WAL mode leaves it here, so
    // nothing lies beside it.
    connection.execute_batch(
        "pragma cell_size_check = on; pragma ignore_check_constraints = on; pragma synchronous = off; \
         pragma cache_size = -8192;",
    )?;
    connection.pragma_update_and_check(None, "journal_mode", "memory", |_| Ok(()))?;
    spill::set_up(&connection)?;
    // From here on the schema is known to end, and the work depends on how much there is.
    connection.query_row("select count(*) from sqlite_master", (), |_| Ok(()))?;
    connection.progress_handler(0, None::<fn() -> bool>)?;
    Ok(connection)
}

/// Stops SQLite when it works without end. Pages that name each other as their children make a few kilobytes of schema
/// into more rows than anybody can wait for, and SQLite reads the schema before it can be asked to check it.
fn limit_steps(connection: &mut Connection) -> rusqlite::Result<()> {
    let mut left = MAX_SCHEMA_STEPS / COUNTED_EVERY.unsigned_abs();
    let counted = move || {
        left = left.saturating_sub(1);
        left == 0
    };
    connection.progress_handler(COUNTED_EVERY, Some(counted))
}

fn endless(action: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
    move |source| match source.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => {
            Error::Schema { reason: "its list of tables does not end".to_owned() }
        }
        _ => Error::Sqlite { action, source },
    }
}
