//! One sync of one file: what everything else starts from.

use std::path::Path;

use c1z::{C1zFile, SyncChoice, SyncRun, SyncView};

use crate::Error;
use crate::names::Names;
use crate::provenance::{ASSET, Provenance};

/// Which sync of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The sync's id; the newest finished full sync when `None`.
    pub sync: Option<String>,
    /// Whether a sync that is not sealed may be read. Whatever is made of it is marked, because it is not the truth.
    pub include_unfinished: bool,
}

impl Selection {
    fn choice(&self) -> SyncChoice {
        match (&self.sync, self.include_unfinished) {
            (Some(id), false) => SyncChoice::Id(id.clone()),
            (Some(id), true) => SyncChoice::IdOrUnfinished(id.clone()),
            (None, false) => SyncChoice::Newest,
            (None, true) => SyncChoice::NewestOrUnfinished,
        }
    }
}

/// One sync, open for reading.
#[derive(Debug)]
pub struct Snapshot<'f> {
    file: &'f C1zFile,
    view: SyncView<'f>,
    provenance: Option<Provenance>,
    pub(crate) names: Names,
}

impl<'f> Snapshot<'f> {
    /// Opens a sync of a file.
    ///
    /// # Errors
    /// When there is no such sync, when it is not sealed and that was not asked for, or when the file cannot be read.
    pub fn open(file: &'f C1zFile, selection: &Selection) -> Result<Self, Error> {
        let view = file.sync(&selection.choice())?;
        let provenance = view.asset(ASSET)?.as_deref().and_then(Provenance::from_json);
        Ok(Self { file, view, provenance, names: Names::default() })
    }

    /// The file, for a look at its other syncs.
    pub(crate) fn file(&self) -> &'f C1zFile {
        self.file
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The sync.
    pub fn run(&self) -> &SyncRun {
        self.view.run()
    }

    /// Its rows as they are stored.
    pub fn view(&self) -> &SyncView<'f> {
        &self.view
    }

    /// Where it comes from, if its writer kept that.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }

    /// Whether it is a whole one. What is not sealed must be marked wherever it is shown.
    pub fn is_sealed(&self) -> bool {
        self.run().ended_at.is_some()
    }
}
