//! Reading a c1z: the file as a whole, and which of its syncs to look at.
//!
//! The database is decoded into a private temporary file, which is gone when the [`C1zFile`] is; on Unix even a killed
//! process leaves nothing but that file. Rows are read through a [`SyncView`].

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempPath;

use crate::checking::Checking;
use crate::run::{self, SyncRun, SyncType};
use crate::{Error, Limits, SyncView, unpack};

/// A c1z, decoded and open for reading.
#[derive(Debug)]
pub struct C1zFile {
    // Closed before the file under them is removed: fields are dropped in their order.
    checking: RefCell<Option<Checking>>,
    connection: Connection,
    _copy: TempPath,
    path: PathBuf,
    decompressed_bytes: u64,
}

/// Which sync to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SyncChoice {
    /// The newest finished full sync, or the newest finished one of any type when there is none. Newest is what ended
    /// last; of two that ended together, the one with the greater id.
    #[default]
    Newest,
    /// The finished sync with this id.
    Id(String),
    /// As [`SyncChoice::Newest`], and when no sync is finished, the one that began last.
    NewestOrUnfinished,
    /// The sync with this id, finished or not.
    IdOrUnfinished(String),
}

impl C1zFile {
    /// Opens a c1z, with the decoded copy in the system's folder for temporary files.
    ///
    /// # Errors
    /// When the file is not a readable c1z of version 1 within the limits, or the copy cannot be written.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, Error> {
        Self::open_in(path, limits, &std::env::temp_dir())
    }

    /// Opens a c1z, with the decoded copy in the folder given. It needs as much room as the database has.
    ///
    /// # Errors
    /// As [`C1zFile::open`].
    pub fn open_in(path: &Path, limits: Limits, temporary: &Path) -> Result<Self, Error> {
        Self::decoded(path, limits, temporary, |copy| Ok((unpack::open(copy)?, None)))
    }

    /// As [`C1zFile::open_in`], and the first rows can be had sooner: pages may still be under check. Whatever is made of the
    /// rows counts only when [`C1zFile::settle`] has found nothing.
    ///
    /// # Errors
    /// As [`C1zFile::open`].
    pub fn open_early(path: &Path, limits: Limits, temporary: &Path) -> Result<Self, Error> {
        Self::decoded(path, limits, temporary, unpack::open_early)
    }

    fn decoded(
        path: &Path,
        limits: Limits,
        temporary: &Path,
        open: impl FnOnce(&Path) -> Result<(Connection, Option<Checking>), Error>,
    ) -> Result<Self, Error> {
        // Private to its owner: that is how `tempfile` makes files.
        let (copy, copy_path) = tempfile::Builder::new()
            .prefix("c1z-")
            .suffix(".db")
            .tempfile_in(temporary)
            .map_err(Error::io("create a temporary file in", temporary))?
            .into_parts();
        let decompressed_bytes = unpack::unpack(path, &copy, limits)?;
        drop(copy);
        let (connection, checking) = open(&copy_path)?;
        let checking = RefCell::new(checking);
        Ok(Self { checking, connection, _copy: copy_path, path: path.to_owned(), decompressed_bytes })
    }

    /// Waits until all pages have been checked; at once, when they have been.
    ///
    /// # Errors
    /// When they are damaged. Rows that were read may then be wrong, or too few.
    pub fn settle(&self) -> Result<(), Error> {
        self.checking.take().map_or(Ok(()), Checking::verdict)
    }

    /// Names the place where the c1z is, for a file that was fetched from there.
    #[must_use]
    pub fn named(mut self, path: &Path) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Where the c1z is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The size of its database, in bytes.
    pub fn decompressed_bytes(&self) -> u64 {
        self.decompressed_bytes
    }

    /// All its syncs, in the order of their rows.
    ///
    /// # Errors
    /// When a row of a sync cannot be read.
    pub fn syncs(&self) -> Result<Vec<SyncRun>, Error> {
        run::read_all(&self.connection, "main")
    }

    /// The rows of one sync.
    ///
    /// # Errors
    /// When there is no such sync, or it is unfinished and was not asked for as such.
    pub fn sync(&self, choice: &SyncChoice) -> Result<SyncView<'_>, Error> {
        let run = choose(self.syncs()?, choice)?;
        Ok(SyncView::new(&self.connection, run))
    }
}

fn choose(runs: Vec<SyncRun>, choice: &SyncChoice) -> Result<SyncRun, Error> {
    match choice {
        SyncChoice::Id(id) | SyncChoice::IdOrUnfinished(id) => {
            let run = runs.into_iter().find(|run| run.sync_id == *id);
            let run = run.ok_or_else(|| Error::NoSuchSync(id.clone()))?;
            if run.ended_at.is_none() && matches!(choice, SyncChoice::Id(_)) {
                return Err(Error::UnfinishedSync(run.sync_id));
            }
            Ok(run)
        }
        SyncChoice::Newest | SyncChoice::NewestOrUnfinished => {
            let unfinished = *choice == SyncChoice::NewestOrUnfinished;
            runs.into_iter()
                .filter(|run| unfinished || run.ended_at.is_some())
                .max_by_key(|run| {
                    let full = run.ended_at.is_some() && run.sync_type == SyncType::Full;
                    // Nothing that ended orders below everything that did.
                    (
                        full,
                        run.ended_at,
                        run.ended_at.is_none().then_some(run.started_at),
                        run.sync_id.clone(),
                    )
                })
                .ok_or(Error::NoFinishedSync)
        }
    }
}

#[cfg(test)]
mod tests {
    use governance_model::Timestamp;

    use super::*;

    fn run(id: &str, sync_type: SyncType, started: i64, ended: Option<i64>) -> SyncRun {
        let at = |second| Timestamp::from_second(second).unwrap();
        SyncRun {
            sync_id: id.to_owned(),
            sync_type,
            started_at: at(started),
            ended_at: ended.map(at),
            token: String::new(),
            parent_sync_id: String::new(),
            linked_sync_id: String::new(),
            stats: None,
        }
    }

    fn chosen(runs: &[SyncRun], choice: &SyncChoice) -> String {
        match choose(runs.to_vec(), choice) {
            Ok(run) => run.sync_id,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_newest_finished_full_sync_comes_first() {
        let runs = [
            run("a", SyncType::Full, 10, Some(20)),
            run("c", SyncType::Full, 10, Some(30)),
            run("b", SyncType::Full, 25, Some(30)),
            run("p", SyncType::Partial, 40, Some(50)),
            run("u", SyncType::Full, 60, None),
        ];
        assert_eq!(chosen(&runs, &SyncChoice::Newest), "c");
        assert_eq!(chosen(&runs, &SyncChoice::NewestOrUnfinished), "c");
        assert_eq!(chosen(&runs[3..], &SyncChoice::Newest), "p");
        assert_eq!(chosen(&runs[3..], &SyncChoice::NewestOrUnfinished), "p");
    }

    #[test]
    fn unfinished_syncs_show_only_when_asked_for() {
        let runs = [run("u", SyncType::Full, 10, None), run("t", SyncType::Full, 20, None)];
        assert_eq!(chosen(&runs, &SyncChoice::Newest), "the file holds no finished sync");
        assert_eq!(chosen(&runs, &SyncChoice::NewestOrUnfinished), "t");
        assert_eq!(chosen(&runs, &SyncChoice::Id("u".to_owned())), "sync \"u\" was never finished");
        assert_eq!(chosen(&runs, &SyncChoice::IdOrUnfinished("u".to_owned())), "u");
        assert_eq!(chosen(&runs, &SyncChoice::Id("x".to_owned())), "the file holds no sync \"x\"");
    }
}
