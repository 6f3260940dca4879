//! Sealing: from a working database to a c1z in its place.
//!
//! 1. Earlier syncs to keep are decoded from the present output into a temporary file.
//! 2. One transaction completes the database: session rows go, earlier syncs come in, indexes, statistics and
//!    `ended_at` are written. Until it commits the sync is unfinished; from then on it is complete for good.
//! 3. It is compressed into a temporary file that becomes the output, whole or not at all.
//! 4. Where the output is only a station, it is delivered: [`WorkingDatabase::seal_and_deliver`].
//! 5. The working database is removed.
//!
//! Each step may be cut off: [`WorkingDatabase::open`] and sealing again gives the same output. Which syncs are worth
//! keeping is in [`crate::retention`].

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use governance_model::Timestamp;
use rusqlite::{Connection, params};

use crate::atomic::{AtomicFile, Temporary, beside};
use crate::run::{self, Stats, SyncRun, SyncType};
use crate::schema::{self, ASSETS, ENTITLEMENTS, GRANTS, RESOURCE_TYPES, RESOURCES, SYNC_RUNS, TABLES};
use crate::working::size_of;
use crate::{
    EnvelopeError, Error, Limits, SyncView, WorkingDatabase, envelope, exclusion, platform, retention,
    timestamp, unpack,
};

/// How to seal.
#[derive(Clone, Debug)]
pub struct SealOptions {
    /// Where the c1z goes.
    pub output: PathBuf,
    /// When the sync ended.
    pub ended_at: Timestamp,
    /// How many full syncs the file may hold, this one included; 0 counts as 1.
    pub keep_syncs: usize,
    /// What remains in the token column; no reader needs anything there.
    pub token: String,
    /// The ingest invariants that the sync is said to keep, such as `I10`; none leaves the marker columns empty.
    /// Sealing checks `I5` itself when it is among them; all others are the caller's word.
    pub invariants: Vec<String>,
    /// Limits for reading the present output.
    pub limits: Limits,
}

impl SealOptions {
    /// Two full syncs kept, no token, and the invariants that the Go tools check on SQLite.
    pub fn new(output: impl Into<PathBuf>, ended_at: Timestamp) -> Self {
        Self {
            output: output.into(),
            ended_at,
            keep_syncs: 2,
            token: String::new(),
            invariants: vec!["I5".to_owned(), "I10".to_owned()],
            limits: Limits::default(),
        }
    }
}

/// The steps of sealing, each announced when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealStep {
    /// The present output is decoded.
    ReadHistory,
    /// Earlier syncs are copied.
    CopyHistory,
    /// Indexes are built.
    BuildIndexes,
    /// Statistics and the end of the sync are written.
    Finish,
    /// The database is compressed.
    Compress,
    /// The compressed file takes its place.
    Publish,
    /// The file is taken to where it is wanted, when that is elsewhere.
    Deliver,
    /// The working database is removed.
    Clean,
    /// Everything is done.
    Done,
}

/// Takes a sealed file to where it is wanted.
pub type Deliver = dyn Fn(&Path) -> Result<(), Box<dyn StdError + Send + Sync>> + Send + Sync;

/// A sealed sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Where it is.
    pub path: PathBuf,
    /// The sync that was sealed.
    pub sync_id: String,
    /// Size of the file, in bytes.
    pub compressed_bytes: u64,
    /// Size of the database in it, in bytes.
    pub decompressed_bytes: u64,
    /// All syncs in the file, the sealed one last.
    pub syncs: Vec<SyncRun>,
}

impl WorkingDatabase {
    /// Finishes the sync and puts it in its place. When the sync was finished already, by a run that was cut off
    /// before its end, only what remains is done, and `ended_at`, `token`, `invariants` and `keep_syncs` stay as that
    /// run had them.
    ///
    /// # Errors
    /// When the present output is not a readable c1z of version 1, nothing is overwritten; when invariant I5 is claimed
    /// and broken, and when SQLite, the disk or the encoder fails. In every case the working database is still there to be opened and sealed again.
    pub fn seal(self, options: &SealOptions, progress: &mut dyn FnMut(SealStep)) -> Result<Sealed, Error> {
        self.seal_and_deliver(options, progress, &mut |_| {}, None)
    }

    /// As [`WorkingDatabase::seal`]. Shows the sync to `look` when it is complete and before it is compressed: whoever wants
    /// to tell of it need not decode the file again. Lets `deliver` take the file to where it is wanted; only then is the
    /// working database removed, so that a delivery that failed is made up for by opening and sealing again.
    ///
    /// # Errors
    /// As [`WorkingDatabase::seal`], and [`Error::Delivery`] when `deliver` fails.
    pub fn seal_and_deliver(
        mut self,
        options: &SealOptions,
        progress: &mut dyn FnMut(SealStep),
        look: &mut dyn FnMut(&SyncView<'_>),
        deliver: Option<&Deliver>,
    ) -> Result<Sealed, Error> {
        if self.info.ended_at.is_none() {
            self.finish(options, progress)?;
        } else {
            self.catch_up(options, progress)?;
        }
        let syncs = run::read_all(&self.connection, "main")?;
        if let Some(run) = syncs.iter().find(|run| run.sync_id == self.info.sync_id) {
            look(&SyncView::new(&self.connection, run.clone()));
        }
        let (path, sync_id) = (self.path.clone(), self.info.sync_id.clone());
        drop(self);

        let decompressed_bytes = size_of(&path)?;
        publish(&path, decompressed_bytes, &options.output, progress)?;
        let compressed_bytes = size_of(&options.output)?;
        if let Some(deliver) = deliver {
            progress(SealStep::Deliver);
            deliver(&options.output).map_err(|source| Error::Delivery { source })?;
        }
        progress(SealStep::Clean);
        Self::discard(&path)?;
        progress(SealStep::Done);
        tracing::info!(
            output_path = %options.output.display(),
            decompressed_bytes,
            compressed_bytes,
            "c1z: saved"
        );
        Ok(Sealed { path: options.output.clone(), sync_id, compressed_bytes, decompressed_bytes, syncs })
    }

    /// Copies in what came to the output after this sync was finished and before its file was in place: another run may
    /// have sealed meanwhile, and nothing sealed is ever lost.
    fn catch_up(&mut self, options: &SealOptions, progress: &mut dyn FnMut(SealStep)) -> Result<(), Error> {
        progress(SealStep::ReadHistory);
        let Some(history) = History::read(&options.output, options.limits)? else { return Ok(()) };
        let held: BTreeSet<String> =
            run::read_all(&self.connection, "main")?.into_iter().map(|run| run.sync_id).collect();
        let earlier = options.keep_syncs.saturating_sub(1).max(1);
        let mut missing = retention::kept(&history.runs, &self.info.sync_id, earlier);
        missing.retain(|id| !held.contains(id));
        if options.keep_syncs <= 1 || missing.is_empty() {
            return Ok(());
        }
        let action = "copy a sync that was sealed meanwhile";
        attach(&self.connection, &history)?;
        let copied = self.connection.transaction().map_err(Error::sqlite(action)).and_then(|transaction| {
            progress(SealStep::CopyHistory);
            for id in &missing {
                copy(&transaction, id).map_err(Error::sqlite(action))?;
            }
            // The sync being written is always the one with the highest row number.
            let behind =
                "update v1_sync_runs set id = (select max(id) + 1 from v1_sync_runs) where sync_id = ?1";
            transaction.execute(behind, [&self.info.sync_id]).map_err(Error::sqlite(action))?;
            transaction.commit().map_err(Error::sqlite(action))
        });
        let detached = self.connection.execute("detach database history", ());
        copied?;
        detached.map(drop).map_err(Error::sqlite("detach the present output"))
    }

    /// Completes the database in one transaction.
    fn finish(&mut self, options: &SealOptions, progress: &mut dyn FnMut(SealStep)) -> Result<(), Error> {
        progress(SealStep::ReadHistory);
        let history = History::read(&options.output, options.limits)?;
        // Building indexes puts rows into order in as much memory as the cache may take beside it, and in temporary files
        // beyond that.
        self.connection
            .execute_batch("pragma cache_size = -4096")
            .map_err(Error::sqlite("complete the working database"))?;
        if let Some(history) = &history {
            attach(&self.connection, history)?;
        }
        let outcome = self.complete(history.as_ref(), options, progress);
        if history.is_some() {
            // Failing to detach matters only if everything else went well, and then it is reported.
            let detached = self.connection.execute("detach database history", ());
            outcome?;
            detached.map_err(Error::sqlite("detach the present output"))?;
        } else {
            outcome?;
        }
        self.info.ended_at = Some(options.ended_at);
        Ok(())
    }

    fn complete(
        &mut self,
        history: Option<&History>,
        options: &SealOptions,
        progress: &mut dyn FnMut(SealStep),
    ) -> Result<(), Error> {
        let action = "complete the working database";
        let current = self.info.sync_id.clone();
        let stats = self.counts()?;
        self.forget();
        // The sync being sealed is one of those to keep; a partial one must not push out the last full one.
        let earlier = options.keep_syncs.saturating_sub(1);
        let earlier = if self.info.sync_type == SyncType::Full { earlier } else { earlier.max(1) };
        let transaction = self.connection.transaction().map_err(Error::sqlite(action))?;
        transaction.execute("delete from v1_connector_sessions", ()).map_err(Error::sqlite(action))?;
        if options.invariants.iter().any(|invariant| invariant == "I5") {
            exclusion::check(&transaction, &current)?;
        }
        progress(SealStep::CopyHistory);
        if let Some(history) = history {
            for id in retention::kept(&history.runs, &current, earlier) {
                copy(&transaction, &id).map_err(Error::sqlite("copy an earlier sync"))?;
            }
        }
        progress(SealStep::BuildIndexes);
        schema::complete_indexes(&transaction, None).map_err(Error::sqlite("build the indexes"))?;
        progress(SealStep::Finish);
        let ended_at = after_history(options.ended_at, history)?;
        finish_run(&transaction, &current, ended_at, &stats, options).map_err(Error::sqlite(action))?;
        transaction.commit().map_err(Error::sqlite(action))
    }
}

/// The present output, decoded into a temporary file beside it.
struct History {
    file: Temporary,
    runs: Vec<SyncRun>,
}

impl History {
    /// `None` when there is no output yet.
    fn read(output: &Path, limits: Limits) -> Result<Option<Self>, Error> {
        if !output.try_exists().map_err(Error::io("read", output))? {
            return Ok(None);
        }
        let path = beside(output, "baton-history").map_err(Error::io("name a file beside", output))?;
        let (file, target) = Temporary::create(&path).map_err(Error::io("create", &path))?;
        unpack::unpack(output, &target, limits)?;
        let connection = unpack::open(file.path())?;
        let runs = run::read_all(&connection, "main")?;
        Ok(Some(Self { file, runs }))
    }
}

/// Copies one sync from the attached database, without its row numbers. Its indexes are not used: one that is damaged
/// would hide rows, and a sync must not get lost silently.
fn copy(connection: &Connection, sync_id: &str) -> rusqlite::Result<()> {
    for table in &TABLES {
        let carried = [RESOURCE_TYPES, RESOURCES, ENTITLEMENTS, GRANTS, ASSETS, SYNC_RUNS];
        if carried.contains(&table.name) {
            let (name, columns) = (table.name, table.column_list());
            let sql = format!(
                "insert into main.{name} ({columns}) select {columns} from history.{name} not indexed \
                 where sync_id = ?1 order by id"
            );
            connection.execute(&sql, [sync_id])?;
        }
    }
    Ok(())
}

/// The file of earlier syncs under the name `history`.
fn attach(connection: &Connection, history: &History) -> Result<(), Error> {
    // As bytes, because a path need not be text.
    let path = history.file.path().as_os_str().as_encoded_bytes();
    connection
        .execute("attach database ?1 as history", [path])
        .map(drop)
        .map_err(Error::sqlite("attach the present output"))
}

/// Readers take the sync that ended last for the newest. If the clock once ran ahead, the end of this one is put behind
/// what is there already: otherwise nobody would ever see it.
///
/// # Errors
/// When what is there ended at the end of the calendar, so that nothing can come behind it.
fn after_history(ended_at: Timestamp, history: Option<&History>) -> Result<Timestamp, Error> {
    let runs = history.map(|history| &history.runs[..]).unwrap_or_default();
    let newest = runs.iter().filter_map(|run| Some((run.ended_at?, &run.sync_id))).max();
    let Some((newest, sync_id)) = newest.filter(|(newest, _)| *newest >= ended_at) else {
        return Ok(ended_at);
    };
    tracing::warn!(%newest, %ended_at, "The file holds a sync that ended later than now: check the clock.");
    newest.checked_add(Duration::from_millis(1)).map_err(|_| Error::Timestamp {
        table: SYNC_RUNS,
        external_id: sync_id.clone(),
        column: "ended_at",
        text: timestamp::format(newest),
    })
}

/// Writes what a finished run says about itself, and moves it behind the earlier ones.
fn finish_run(
    connection: &Connection,
    sync_id: &str,
    ended_at: Timestamp,
    stats: &Stats,
    options: &SealOptions,
) -> rusqlite::Result<()> {
    const SQL: &str = "update v1_sync_runs set id = (select max(id) + 1 from v1_sync_runs), ended_at = ?2, \
         sync_token = ?3, supports_diff = 1, grants_backfilled = 1, stats = ?4, \
         ingest_invariant_generation = ?5, ingest_invariant_coverage = ?6, ingest_invariant_mode = ?7 \
         where sync_id = ?1";
    let json = |error: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
    let stats = serde_json::to_string(stats).map_err(json)?;
    let coverage = serde_json::to_string(&options.invariants).map_err(json)?;
    let (generation, coverage, mode) =
        if options.invariants.is_empty() { ("", "", "") } else { ("1", coverage.as_str(), "connector") };
    let ended_at = timestamp::format(ended_at);
    let changed = connection
        .execute(SQL, params![sync_id, ended_at, options.token, stats, generation, coverage, mode])?;
    // A sync that is not marked as finished must not be put in place.
    if changed == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
}

fn publish(
    database: &Path,
    size: u64,
    output: &Path,
    progress: &mut dyn FnMut(SealStep),
) -> Result<(), Error> {
    progress(SealStep::Compress);
    let input = File::open(database).map_err(Error::io("open", database))?;
    let mut file = AtomicFile::create(output).map_err(Error::io("write to", output))?;
    envelope::encode(input, size, &mut file).map_err(Error::envelope(output))?;
    progress(SealStep::Publish);
    file.commit().map_err(|error| Error::envelope(output)(EnvelopeError::Write(error)))?;
    platform::make_private(output).map_err(Error::io("protect", output))
}
