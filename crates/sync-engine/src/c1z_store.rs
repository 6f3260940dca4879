//! The store that ends as a c1z file: a working database beside the output, locked while a run works on it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use c1z::{
    Batch, C1zFile, Deliver, Limits, SealOptions, SealStep, Stats, SyncChoice, SyncType, SyncView,
    WorkingDatabase,
};
use governance_model::{GrantId, Resource, ResourceId, ResourceTypeId, Timestamp};

use crate::lock::beside;
use crate::store::{
    Change, Committed, Counts, Dangling, Expanded, Previous, Sealed, SyncStart, SyncStore, SyncStores,
};
use crate::{LockError, OutputLock};

/// The asset of a c1z in which the engine keeps a sync's [`SyncReport`](crate::SyncReport), as JSON.
pub const REPORT_ASSET: &str = "sync-report.json";

/// How the c1z store fails.
pub type C1zStoreError = c1z::Error;

/// Looks at a sync that is complete.
type Look = dyn Fn(&SyncView<'_>) + Send + Sync;

/// Who looks at it, if somebody does.
#[derive(Clone)]
struct Onlooker(Option<Arc<Look>>);

impl fmt::Debug for Onlooker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Onlooker" } else { "nobody" })
    }
}

/// The unfinished sync of one output file. Holds the output's lock.
#[derive(Debug)]
pub struct C1zStores {
    output: PathBuf,
    working: PathBuf,
    keep_syncs: usize,
    sync_type: SyncType,
    limits: Limits,
    temporary: Option<PathBuf>,
    delivery: Option<Delivery>,
    /// Read once: the lock keeps others from changing it.
    previous: OnceLock<Option<Previous>>,
    onlooker: Onlooker,
    _lock: OutputLock,
}

impl C1zStores {
    /// Takes the lock of an output.
    ///
    /// # Errors
    /// When another run has it, or the folder does not take the lock file.
    pub fn lock(output: &Path) -> Result<Self, LockError> {
        // A pipe would block whoever opens it; what cannot be a c1z gets no companions.
        if std::fs::metadata(output).is_ok_and(|found| !found.is_file()) {
            let source = io::Error::new(io::ErrorKind::InvalidInput, "it is a folder, a pipe or a device");
            return Err(LockError::Io { output: output.to_owned(), source });
        }
        // One file, one lock, whatever name it is called by.
        let named = output;
        let output = c1z::atomic::resolved(output);
        let lock = OutputLock::acquire(&output).map_err(|error| error.about(named))?;
        Ok(Self {
            working: beside(&output, "work"),
            keep_syncs: 2,
            sync_type: SyncType::Full,
            limits: Limits::default(),
            temporary: None,
            delivery: None,
            previous: OnceLock::new(),
            onlooker: Onlooker(None),
            _lock: lock,
            output,
        })
    }

    /// How many full syncs the file keeps, this one included; 2 if nothing is said.
    #[must_use]
    pub fn keep_syncs(mut self, keep: usize) -> Self {
        self.keep_syncs = keep;
        self
    }

    /// Marks new syncs as made of resources only, so that nobody takes them for ones in which nobody has anything.
    #[must_use]
    pub fn resources_only(mut self) -> Self {
        self.sync_type = SyncType::ResourcesOnly;
        self
    }

    /// Shows the sync when it is complete and not yet compressed, so that telling of it needs no second look at the file.
    /// It is shown again by a run that seals it after one that was cut off.
    #[must_use]
    pub fn shown_to(mut self, look: impl Fn(&SyncView<'_>) + Send + Sync + 'static) -> Self {
        self.onlooker = Onlooker(Some(Arc::new(look)));
        self
    }

    /// Limits for reading the file that is there already.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where the decoded copy of the file that is there already goes; beside the file if nothing is said.
    #[must_use]
    pub fn temporary_folder(mut self, folder: Option<PathBuf>) -> Self {
        self.temporary = folder;
        self
    }

    /// Lets the sealed file be taken to where it is wanted, when the output is only a station on its way. What does not get
    /// there is sealed and taken again by the next run, which asks the source nothing.
    #[must_use]
    pub fn delivering(mut self, deliver: Arc<Deliver>) -> Self {
        self.delivery = Some(Delivery(deliver));
        self
    }

    fn store(&self, database: WorkingDatabase) -> C1zStore {
        let seal = SealOptions { keep_syncs: self.keep_syncs, limits: self.limits, ..self.seal_options() };
        let (onlooker, delivery) = (self.onlooker.clone(), self.delivery.clone());
        C1zStore { database, seal, onlooker, delivery }
    }

    fn read_previous(&self) -> Result<Option<Previous>, c1z::Error> {
        if !self.output.try_exists().unwrap_or(true) {
            return Ok(None);
        }
        let beside = self.output.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = self.temporary.as_deref().or(beside).unwrap_or(Path::new("."));
        let file = C1zFile::open_in(&self.output, self.limits, folder)?;
        match file.sync(&SyncChoice::Newest) {
            Ok(sync) => {
                let report =
                    sync.asset(REPORT_ASSET)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                Ok(Some(Previous { counts: counts(sync.stats()?), report }))
            }
            Err(c1z::Error::NoFinishedSync) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn seal_options(&self) -> SealOptions {
        SealOptions::new(&self.output, Timestamp::UNIX_EPOCH)
    }
}

impl SyncStores for C1zStores {
    type Store = C1zStore;

    fn check(&self) -> Result<(), c1z::Error> {
        c1z::check_output(&self.output, self.limits).map(|_| ())
    }

    fn open(&self) -> Result<Option<C1zStore>, c1z::Error> {
        Ok(WorkingDatabase::open_unchecked(&self.working)?.map(|database| self.store(database)))
    }

    fn is_left_over(&self) -> bool {
        self.working.exists()
    }

    fn is_damage(error: &c1z::Error) -> bool {
        error.is_damage()
    }

    fn create(&self, start: &SyncStart) -> Result<C1zStore, c1z::Error> {
        let start = c1z::SyncStart {
            sync_id: start.sync_id.clone(),
            sync_type: self.sync_type.clone(),
            started_at: start.started_at,
        };
        Ok(self.store(WorkingDatabase::create(&self.working, start)?))
    }

    fn previous(&self) -> Result<Option<Previous>, c1z::Error> {
        if self.previous.get().is_none() {
            let found = self.read_previous()?;
            return Ok(self.previous.get_or_init(|| found).clone());
        }
        Ok(self.previous.get().cloned().flatten())
    }

    fn discard(&self) -> Result<(), c1z::Error> {
        WorkingDatabase::discard(&self.working)
    }
}

/// An unfinished sync that will become a c1z.
#[derive(Debug)]
pub struct C1zStore {
    database: WorkingDatabase,
    seal: SealOptions,
    onlooker: Onlooker,
    delivery: Option<Delivery>,
}

/// Takes a sealed file to where it is wanted.
#[derive(Clone)]
struct Delivery(Arc<Deliver>);

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Delivery")
    }
}

impl SyncStore for C1zStore {
    type Error = c1z::Error;

    fn start(&self) -> SyncStart {
        let sync = self.database.sync();
        SyncStart { sync_id: sync.sync_id.clone(), started_at: sync.started_at }
    }

    fn is_ended(&self) -> bool {
        self.database.sync().ended_at.is_some()
    }

    fn check(&mut self) -> Result<(), c1z::Error> {
        self.database.check()
    }

    fn token(&self) -> Result<String, c1z::Error> {
        self.database.token()
    }

    fn note(&self, key: &str) -> Result<Option<Vec<u8>>, c1z::Error> {
        self.database.session(key)
    }

    fn notes(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, c1z::Error> {
        self.database.sessions(prefix)
    }

    fn report(&self) -> Result<Option<String>, c1z::Error> {
        let bytes = self.database.asset(REPORT_ASSET)?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn commit_all(&mut self, changes: &[Change<'_>]) -> Result<Vec<Committed>, c1z::Error> {
        self.database.transaction(|batch| changes.iter().map(|change| put(batch, change)).collect())
    }

    fn contains(&self, id: &ResourceId) -> Result<bool, c1z::Error> {
        self.database.contains_resource(id)
    }

    fn holds(&self, id: &GrantId) -> Result<bool, c1z::Error> {
        self.database.contains_grant(id)
    }

    fn for_each_id(&self, of: &ResourceTypeId, each: &mut dyn FnMut(&str)) -> Result<(), c1z::Error> {
        self.database.for_each_resource_id(of, each)
    }

    fn resource(&self, id: &ResourceId) -> Result<Option<Resource>, c1z::Error> {
        self.database.resource(id)
    }

    fn counts(&self) -> Result<Counts, c1z::Error> {
        Ok(counts(self.database.counts()?))
    }

    fn dangling(&self) -> Result<Dangling, c1z::Error> {
        let mut found = Dangling::default();
        for broken in self.database.dangling()? {
            match broken {
                c1z::Dangling::GrantResource { grant, .. }
                | c1z::Dangling::GrantEntitlement { grant, .. } => {
                    found.grants.push(grant);
                }
                c1z::Dangling::GrantPrincipal { grant, principal } => {
                    found.principals.push(principal);
                    found.orphans.push(grant);
                }
                c1z::Dangling::EntitlementResource { entitlement, .. } => {
                    found.entitlements.push(entitlement);
                }
            }
        }
        found.grants.sort_unstable();
        found.grants.dedup();
        found.principals.sort_unstable();
        found.principals.dedup();
        Ok(found)
    }

    fn expand(&mut self, discovered_at: Timestamp) -> Result<Expanded, c1z::Error> {
        let expanded = self.database.expand(discovered_at)?;
        Ok(Expanded { created: expanded.created, dropped_edges: expanded.dropped_edges })
    }

    fn seal(
        self,
        ended_at: Timestamp,
        keep_earlier: bool,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Sealed, c1z::Error> {
        let keep_syncs = if keep_earlier { self.seal.keep_syncs } else { 1 };
        let options = SealOptions { ended_at, keep_syncs, ..self.seal };
        let look = self.onlooker.0;
        let mut look = |complete: &SyncView<'_>| {
            if let Some(look) = &look {
                look(complete);
            }
        };
        let mut progress = |step| progress(name(step));
        let deliver = self.delivery.as_ref().map(|delivery| &*delivery.0);
        let sealed = self.database.seal_and_deliver(&options, &mut progress, &mut look, deliver)?;
        Ok(Sealed {
            path: sealed.path,
            bytes: sealed.compressed_bytes,
            syncs: sealed.syncs.into_iter().map(|run| run.sync_id).collect(),
        })
    }
}

fn put(batch: &mut Batch<'_>, change: &Change<'_>) -> Result<Committed, c1z::Error> {
    let seen = change.discovered_at.unwrap_or(Timestamp::UNIX_EPOCH);
    let mut committed = Committed::default();
    batch.delete_grants(change.remove_grants)?;
    batch.delete_entitlements(change.remove_entitlements)?;
    batch.put_resource_types(change.resource_types, seen)?;
    if let Some(facts) = change.facts {
        committed.repeated = batch.put_resources(&facts.resources, seen)?.updated_resources;
        batch.put_entitlements(&facts.entitlements, seen)?;
        batch.put_grants(&facts.grants, seen)?;
    }
    if let Some(prefix) = change.note_repeated {
        for id in &committed.repeated {
            batch.put_session(&[prefix, &id.store_key()].concat(), &[])?;
        }
    }
    for key in &change.remove_notes {
        batch.delete_session(key)?;
    }
    for (key, value) in &change.put_notes {
        batch.put_session(key, value)?;
    }
    if let Some(report) = &change.report {
        batch.put_asset(REPORT_ASSET, "application/json", report.as_bytes(), seen)?;
    }
    if let Some(token) = &change.token {
        batch.set_token(token)?;
    }
    Ok(committed)
}

fn counts(stats: Stats) -> Counts {
    Counts {
        resources: stats.resources_by_resource_type,
        entitlements: stats.entitlements_by_resource_type,
        grants: stats.grants_by_resource_type,
    }
}

fn name(step: SealStep) -> &'static str {
    match step {
        SealStep::ReadHistory => "reading the previous syncs",
        SealStep::CopyHistory => "keeping the previous sync",
        SealStep::BuildIndexes => "building indexes",
        SealStep::Finish => "counting",
        SealStep::Compress => "compressing",
        SealStep::Publish => "putting the file in place",
        SealStep::Deliver => "sending the file to its place",
        SealStep::Clean => "tidying up",
        _ => "done",
    }
}
