//! A store that dies at a chosen operation, as a process does: before the operation is durable, or after.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use governance_model::{GrantId, Resource, ResourceId, ResourceTypeId, Timestamp};
use sync_engine::{
    C1zStore, C1zStores, Change, Committed, Counts, Dangling, Expanded, Previous, Sealed, SyncError,
    SyncStart, SyncStore, SyncStores,
};
use thiserror::Error;

/// Where in a store operation the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Nothing of it is durable.
    Before,
    /// All of it is durable, and nobody was told.
    After,
}

/// Counts the writing operations of one run, and may end it at one of them.
#[derive(Clone, Debug)]
pub struct Fuse {
    at: Option<(u64, Moment)>,
    done: Arc<AtomicU64>,
    /// The most changes that were made durable together.
    most: Arc<AtomicUsize>,
}

impl Fuse {
    /// Only counts.
    pub fn never() -> Self {
        Self { at: None, done: Arc::default(), most: Arc::default() }
    }

    /// Ends the run at the operation with this number, counted from 0.
    pub fn at(operation: u64, moment: Moment) -> Self {
        Self { at: Some((operation, moment)), ..Self::never() }
    }

    /// How many operations there were.
    pub fn operations(&self) -> u64 {
        self.done.load(Ordering::SeqCst)
    }

    /// The most changes that were made durable together.
    pub fn most_together(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn burn<T>(&self, work: impl FnOnce() -> Result<T, c1z::Error>) -> Result<T, Cut> {
        let number = self.done.fetch_add(1, Ordering::SeqCst);
        let dies = self.at.filter(|(at, _)| *at == number).map(|(_, moment)| moment);
        if dies == Some(Moment::Before) {
            return Err(Cut::Planned);
        }
        let outcome = work()?;
        if dies.is_some() { Err(Cut::Planned) } else { Ok(outcome) }
    }
}

/// How such a store fails.
#[derive(Debug, Error)]
pub enum Cut {
    /// As planned.
    #[error("the planned cut")]
    Planned,
    /// The real store failed.
    #[error(transparent)]
    Store(#[from] c1z::Error),
}

impl Cut {
    /// Whether the planned cut is what ended a run.
    pub fn ended(error: &SyncError) -> bool {
        matches!(error, SyncError::Store(error) if matches!(error.downcast_ref(), Some(Self::Planned)))
    }
}

/// The real stores behind a fuse.
#[derive(Debug)]
pub struct CutStores {
    inner: C1zStores,
    fuse: Fuse,
    before_check: Hook,
}

/// What is done before something, if anything.
#[derive(Clone, Default)]
struct Hook(Option<Arc<dyn Fn() + Send + Sync>>);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Hook" } else { "nothing" })
    }
}

impl CutStores {
    /// Puts a fuse before stores.
    pub fn new(inner: C1zStores, fuse: Fuse) -> Self {
        Self { inner, fuse, before_check: Hook::default() }
    }

    /// Does something before an unfinished sync is looked through.
    #[must_use]
    pub fn before_check(mut self, work: impl Fn() + Send + Sync + 'static) -> Self {
        self.before_check = Hook(Some(Arc::new(work)));
        self
    }

    fn store(&self, inner: C1zStore) -> CutStore {
        CutStore { inner, fuse: self.fuse.clone(), before_check: self.before_check.clone() }
    }
}

/// The real store behind a fuse.
#[derive(Debug)]
pub struct CutStore {
    inner: C1zStore,
    fuse: Fuse,
    before_check: Hook,
}

impl SyncStores for CutStores {
    type Store = CutStore;

    fn check(&self) -> Result<(), Cut> {
        Ok(self.inner.check()?)
    }

    fn open(&self) -> Result<Option<CutStore>, Cut> {
        Ok(self.inner.open()?.map(|inner| self.store(inner)))
    }

    fn is_damage(error: &Cut) -> bool {
        matches!(error, Cut::Store(error) if C1zStores::is_damage(error))
    }

    fn create(&self, start: &SyncStart) -> Result<CutStore, Cut> {
        let inner = self.fuse.burn(|| self.inner.create(start))?;
        Ok(self.store(inner))
    }

    fn previous(&self) -> Result<Option<Previous>, Cut> {
        Ok(self.inner.previous()?)
    }

    fn discard(&self) -> Result<(), Cut> {
        Ok(self.inner.discard()?)
    }
}

impl SyncStore for CutStore {
    type Error = Cut;

    fn start(&self) -> SyncStart {
        self.inner.start()
    }
    fn is_ended(&self) -> bool {
        self.inner.is_ended()
    }
    fn check(&mut self) -> Result<(), Cut> {
        if let Some(work) = &self.before_check.0 {
            work();
        }
        Ok(self.inner.check()?)
    }
    fn token(&self) -> Result<String, Cut> {
        Ok(self.inner.token()?)
    }
    fn note(&self, key: &str) -> Result<Option<Vec<u8>>, Cut> {
        Ok(self.inner.note(key)?)
    }
    fn notes(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Cut> {
        Ok(self.inner.notes(prefix)?)
    }
    fn report(&self) -> Result<Option<String>, Cut> {
        Ok(self.inner.report()?)
    }
    fn commit_all(&mut self, changes: &[Change<'_>]) -> Result<Vec<Committed>, Cut> {
        self.fuse.most.fetch_max(changes.len(), Ordering::SeqCst);
        let inner = &mut self.inner;
        self.fuse.burn(|| inner.commit_all(changes))
    }
    fn contains(&self, id: &ResourceId) -> Result<bool, Cut> {
        Ok(self.inner.contains(id)?)
    }
    fn holds(&self, id: &GrantId) -> Result<bool, Cut> {
        Ok(self.inner.holds(id)?)
    }
    fn for_each_id(&self, of: &ResourceTypeId, each: &mut dyn FnMut(&str)) -> Result<(), Cut> {
        Ok(self.inner.for_each_id(of, each)?)
    }
    fn resource(&self, id: &ResourceId) -> Result<Option<Resource>, Cut> {
        Ok(self.inner.resource(id)?)
    }
    fn counts(&self) -> Result<Counts, Cut> {
        Ok(self.inner.counts()?)
    }
    fn dangling(&self) -> Result<Dangling, Cut> {
        Ok(self.inner.dangling()?)
    }
    fn expand(&mut self, discovered_at: Timestamp) -> Result<Expanded, Cut> {
        let inner = &mut self.inner;
        self.fuse.burn(|| inner.expand(discovered_at))
    }
    fn seal(
        self,
        ended_at: Timestamp,
        keep_earlier: bool,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Sealed, Cut> {
        let inner = self.inner;
        self.fuse.burn(|| inner.seal(ended_at, keep_earlier, progress))
    }
}
