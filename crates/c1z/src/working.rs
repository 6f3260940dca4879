//! The working database: where one sync collects its rows until it is sealed.
//!
//! It is a SQLite file beside the output, with the c1z's own tables and no others, so that finishing means completing and
//! compressing it. What a transaction has committed survives a kill and a power loss (`synchronous=FULL`). Nearly all
//! rows are put behind the last one (those of people who are read again are not), so that a rollback journal keeps a page or
//! two aside where a write-ahead log would write everything twice. The run row with the highest row number is the sync being written; sealing puts older syncs
//! before it. Locking out a second process is the caller's part.

use std::cell::{Cell, RefCell, RefMut};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use governance_model::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};

use crate::atomic::{folder_of, remove_if_present};
use crate::batch::Batch;
use crate::known::Known;
use crate::run::{self, SyncType};
use crate::{Error, platform, schema, soundness, spill, timestamp};

/// What a sync is when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncStart {
    /// The id, a KSUID.
    pub sync_id: String,
    /// What it sets out to read.
    pub sync_type: SyncType,
    /// When it begins.
    pub started_at: Timestamp,
}

/// The sync that a working database holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncInfo {
    /// The id.
    pub sync_id: String,
    /// What it sets out to read.
    pub sync_type: SyncType,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was finished: set when sealing was cut off after the database was complete, and only then.
    pub ended_at: Option<Timestamp>,
}

/// A sync being written.
#[derive(Debug)]
pub struct WorkingDatabase {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    pub(crate) info: SyncInfo,
    /// Read back from the rows when it is next asked for, if a transaction came to nothing.
    known: RefCell<Option<Known>>,
    /// Whether all that is there has been looked through. Nothing is written before that.
    is_checked: Cell<bool>,
}

impl WorkingDatabase {
    /// Begins a sync in a new file, for its owner alone. Whatever was there before is removed.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, start: SyncStart) -> Result<Self, Error> {
        const INSERT: &str = "insert into v1_sync_runs (sync_id, started_at, sync_token, sync_type) \
             values (?1, ?2, '', ?3)";
        Self::discard(path)?;
        drop(platform::create_private(path).map_err(Error::io("create", path))?);
        let action = "create the working database";
        let mut connection = connect(path).map_err(Error::sqlite(action))?;
        // These shape an empty database and must come before the first table.
        connection
            .pragma_update(None, "page_size", schema::PAGE_BYTES)
            .and_then(|()| connection.execute_batch("pragma encoding = 'UTF-8'; pragma auto_vacuum = none;"))
            .and_then(|()| use_journal(&connection))
            .map_err(Error::sqlite(action))?;
        let transaction = connection.transaction().map_err(Error::sqlite(action))?;
        schema::create(&transaction)
            .and_then(|()| {
                let started_at = timestamp::format(start.started_at);
                transaction.execute(INSERT, params![start.sync_id, started_at, start.sync_type.as_str()])
            })
            .map_err(Error::sqlite(action))?;
        transaction.commit().map_err(Error::sqlite(action))?;
        let folder = folder_of(path);
        platform::sync_folder(&folder).map_err(Error::io("synchronise", &folder))?;
        let SyncStart { sync_id, sync_type, started_at } = start;
        let info = SyncInfo { sync_id, sync_type, started_at, ended_at: None };
        let known = RefCell::new(Some(Known::new()));
        Ok(Self { connection, path: path.to_owned(), info, known, is_checked: Cell::new(true) })
    }

    /// Opens the sync in a file and [looks through](Self::check) all of it; `None` when there is no file, or it was cut
    /// off before its sync began.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the file is not, or no longer, a working database: the caller may
    /// [discard](Self::discard) it and start afresh. Other errors say that it cannot be read now.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let mut opened = Self::open_unchecked(path)?;
        if let Some(database) = &mut opened {
            database.check()?;
        }
        Ok(opened)
    }

    /// As [`WorkingDatabase::open`], and looks only at what a run goes by: the tables, which sync it is, its token and its
    /// session. Everything else is looked through by [`WorkingDatabase::check`], at the latest before something is written.
    ///
    /// # Errors
    /// As [`WorkingDatabase::open`].
    pub fn open_unchecked(path: &Path) -> Result<Option<Self>, Error> {
        if !path.try_exists().map_err(Error::io("read", path))? {
            return Ok(None);
        }
        let is_file = std::fs::symlink_metadata(path).map_err(Error::io("read", path))?.is_file();
        if !is_file {
            let reason = "it is a link, a folder or a device".to_owned();
            return Err(Error::Damaged { path: path.to_owned(), reason, source: None });
        }
        platform::make_private(path).map_err(Error::io("protect", path))?;
        let damaged = |error| damage(path, error);
        let connection = connect(path).map_err(damaged)?;
        let tables: i64 = connection
            .query_row("select count(*) from sqlite_master", (), |row| row.get(0))
            .map_err(damaged)?;
        if tables == 0 {
            return Ok(None);
        }
        let reason = |reason: String| Error::Damaged { path: path.to_owned(), reason, source: None };
        if !schema::is_ours(&connection).map_err(damaged)? {
            return Err(reason("its tables are not those of a c1z".to_owned()));
        }
        for table in [schema::SYNC_RUNS, schema::SESSIONS, schema::ASSETS] {
            soundness::pages(&connection, Some(table)).map_err(|error| damage_of(path, error))?;
        }
        let runs = run::read_all(&connection, "main").map_err(|error| damage_of(path, error))?;
        let Some(current) = runs.into_iter().next_back() else {
            return Ok(None);
        };
        let info = SyncInfo {
            sync_id: current.sync_id,
            sync_type: current.sync_type,
            started_at: current.started_at,
            ended_at: current.ended_at,
        };
        use_journal(&connection).map_err(damaged)?;
        let known = RefCell::new(None);
        Ok(Some(Self { connection, path: path.to_owned(), info, known, is_checked: Cell::new(false) }))
    }

    /// Checks the pages and reads every row, unless that has been done: what is broken would be met in the middle of a
    /// sync, by this run and by every later one.
    ///
    /// # Errors
    /// As [`WorkingDatabase::open`].
    pub fn check(&mut self) -> Result<(), Error> {
        self.known().map(drop)
    }

    /// Removes a working database with the files that SQLite keeps beside it; that there is none is no error.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn discard(path: &Path) -> Result<(), Error> {
        // The database before what it may need to be whole.
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut file = path.as_os_str().to_owned();
            file.push(suffix);
            let file = Path::new(&file);
            let removed = if file.is_dir() && !file.is_symlink() {
                fs::remove_dir(file)
            } else {
                remove_if_present(file)
            };
            removed.map_err(Error::io("remove", file))?;
        }
        Ok(())
    }

    /// The sync it holds.
    pub fn sync(&self) -> &SyncInfo {
        &self.info
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does work of which everything becomes durable, or, when it fails or panics, nothing.
    ///
    /// # Errors
    /// What the work returns; [`Error::Ended`] when the sync has been finished; and when SQLite fails.
    pub fn transaction<T, E: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.info.ended_at.is_some() {
            return Err(E::from(Error::Ended(self.info.sync_id.clone())));
        }
        let known = self.known.get_mut().take();
        let mut known = known.map_or_else(|| self.look_through(), Ok)?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::sqlite("begin a transaction"))?;
        let mut batch = Batch { connection: &transaction, sync_id: &self.info.sync_id, known: &mut known };
        let value = work(&mut batch)?;
        transaction.commit().map_err(Error::sqlite("commit a transaction"))?;
        *self.known.get_mut() = Some(known);
        Ok(value)
    }

    /// What it holds, by id.
    pub(crate) fn known(&self) -> Result<RefMut<'_, Known>, Error> {
        let mut known = self.known.borrow_mut();
        if known.is_none() {
            *known = Some(self.look_through()?);
        }
        Ok(RefMut::map(known, |known| known.as_mut().expect("it was read when it was not there")))
    }

    /// Lets go of what it holds in memory; it is read back should it be asked for.
    pub(crate) fn forget(&mut self) {
        *self.known.get_mut() = None;
    }

    fn look_through(&self) -> Result<Known, Error> {
        if self.is_checked.get() {
            return Known::read(&self.connection, &self.info.sync_id);
        }
        let path = self.path.as_path();
        let known = soundness::check(&self.connection, || connect(path), &self.info.sync_id)
            .map_err(|error| damage_of(path, error))?;
        self.is_checked.set(true);
        Ok(known)
    }
}

impl Drop for WorkingDatabase {
    fn drop(&mut self) {
        // The journal is empty by now, and stays if somebody else has the file; SQLite looks before it removes it.
        let _ = self.connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()));
    }
}

/// Opens a connection set up for writing; the file must exist.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    // What is overwritten or deleted must not survive in free pages of a file that is handed on. Nearly all rows are put
    // behind the last one, so that a small cache does; sealing takes a larger one. On macOS only a full synchronisation keeps the
    // order in which a disk writes, which a journal depends on; elsewhere it makes no difference.
    connection.execute_batch(
        "pragma synchronous = full; pragma secure_delete = on; pragma trusted_schema = off; \
         pragma cell_size_check = on; pragma cache_size = -1024; pragma fullfsync = on;",
    )?;
    spill::set_up(&connection)?;
    Ok(connection)
}

/// Keeps aside what a transaction changes, in a file that stays there, empty, between transactions.
fn use_journal(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "truncate", |row| {
        let mode: String = row.get(0)?;
        // Somebody else who has the file open keeps it as it is.
        if mode == "truncate" { Ok(()) } else { Err(rusqlite::Error::InvalidQuery) }
    })
}

fn damage(path: &Path, source: rusqlite::Error) -> Error {
    let reason = match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "it is not a SQLite database",
        Some(ErrorCode::DatabaseCorrupt) => "its pages are damaged",
        // A generic error is what SQL on missing tables and columns gives.
        Some(ErrorCode::Unknown) => "its tables are not those of a c1z",
        _ => return Error::Sqlite { action: "open the working database", source },
    };
    Error::Damaged { path: path.to_owned(), reason: reason.to_owned(), source: Some(source) }
}

/// What was found while looking through a file, as a fault of that file.
fn damage_of(path: &Path, error: Error) -> Error {
    let reason = match error {
        Error::Sqlite { source, .. } => return damage(path, source),
        Error::Schema { reason } => reason,
        other => other.to_string(),
    };
    Error::Damaged { path: path.to_owned(), reason, source: None }
}

/// How large a file is, in bytes.
pub(crate) fn size_of(path: &Path) -> Result<u64, Error> {
    fs::metadata(path).map(|metadata| metadata.len()).map_err(Error::io("read", path))
}
