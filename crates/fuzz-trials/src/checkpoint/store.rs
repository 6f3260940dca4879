//! A store in memory, which an input can fill with anything.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use governance_model::{
    Entitlement, EntitlementId, Grant, GrantId, Resource, ResourceId, ResourceTypeId, Timestamp,
};
use sync_engine::{
    Change, Committed, Counts, Dangling, Expanded, Previous, Sealed, SyncStart, SyncStore, SyncStores,
};

/// One unfinished sync.
#[derive(Clone, Debug)]
pub(crate) struct Unfinished {
    pub(crate) sync_id: String,
    pub(crate) started_at: Timestamp,
    pub(crate) ended: bool,
    pub(crate) token: String,
    pub(crate) notes: BTreeMap<String, Vec<u8>>,
    pub(crate) report: Option<String>,
    pub(crate) resources: BTreeMap<ResourceId, Resource>,
    entitlements: BTreeMap<EntitlementId, Entitlement>,
    grants: BTreeMap<GrantId, Grant>,
}

impl Unfinished {
    pub(super) fn new(sync_id: &str, started_at: Timestamp) -> Self {
        Self {
            sync_id: sync_id.to_owned(),
            started_at,
            ended: false,
            token: String::new(),
            notes: BTreeMap::new(),
            report: None,
            resources: BTreeMap::new(),
            entitlements: BTreeMap::new(),
            grants: BTreeMap::new(),
        }
    }

    /// Whether it was there already.
    pub(super) fn put_resource(&mut self, resource: Resource) -> bool {
        self.resources.insert(resource.id.clone(), resource).is_some()
    }

    fn dangling(&self) -> Dangling {
        let mut found = Dangling::default();
        for grant in self.grants.values() {
            let whole = self.entitlements.contains_key(&grant.entitlement)
                && self.resources.contains_key(&grant.resource);
            if !whole {
                found.grants.push(grant.id());
            }
            if !self.resources.contains_key(&grant.principal) {
                found.principals.push(grant.principal.clone());
                found.orphans.push(grant.id());
            }
        }
        found.principals.sort_unstable();
        found.principals.dedup();
        let loose = self.entitlements.values().filter(|found| !self.resources.contains_key(&found.resource));
        found.entitlements = loose.map(|found| found.id.clone()).collect();
        found
    }
}

/// Where the unfinished sync lies, and the sealed ones.
#[derive(Debug)]
pub(crate) struct Shelf(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    unfinished: Option<Unfinished>,
    sealed: Vec<Unfinished>,
}

impl Shelf {
    pub(crate) fn new(unfinished: Option<Unfinished>) -> Self {
        Self(Arc::new(Mutex::new(Inner { unfinished, sealed: Vec::new() })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// How many syncs were sealed.
    pub(super) fn sealed(&self) -> usize {
        self.inner().sealed.len()
    }

    /// Whether the newest sealed sync holds a reference that leads nowhere.
    pub(super) fn is_dangling(&self) -> bool {
        self.inner().sealed.last().is_some_and(|sealed| sealed.dangling() != Dangling::default())
    }

    /// The newest sealed sync.
    pub(crate) fn newest(&self) -> Option<Unfinished> {
        self.inner().sealed.last().cloned()
    }

    /// What an earlier run left behind.
    pub(crate) fn unfinished(&self) -> Option<Unfinished> {
        self.inner().unfinished.clone()
    }
}

impl SyncStores for Shelf {
    type Store = Store;

    fn check(&self) -> Result<(), Infallible> {
        Ok(())
    }

    fn open(&self) -> Result<Option<Store>, Infallible> {
        Ok(self.inner().unfinished.is_some().then(|| Store(Arc::clone(&self.0))))
    }

    fn is_damage(_: &Infallible) -> bool {
        false
    }

    fn create(&self, start: &SyncStart) -> Result<Store, Infallible> {
        self.inner().unfinished = Some(Unfinished::new(&start.sync_id, start.started_at));
        Ok(Store(Arc::clone(&self.0)))
    }

    fn previous(&self) -> Result<Option<Previous>, Infallible> {
        Ok(None)
    }

    fn discard(&self) -> Result<(), Infallible> {
        self.inner().unfinished = None;
        Ok(())
    }
}

/// The unfinished sync while a run works on it.
#[derive(Debug)]
pub(crate) struct Store(Arc<Mutex<Inner>>);

impl Store {
    fn with<T>(&self, look: impl FnOnce(&mut Unfinished) -> T) -> T {
        look(self.0.lock().unwrap().unfinished.as_mut().unwrap())
    }
}

/// Writes a change.
fn put(sync: &mut Unfinished, change: &Change<'_>) -> Committed {
    let mut committed = Committed::default();
    for id in change.remove_grants {
        sync.grants.remove(id);
    }
    for id in change.remove_entitlements {
        sync.entitlements.remove(id);
    }
    if let Some(facts) = change.facts {
        for resource in &facts.resources {
            if sync.put_resource(resource.clone()) {
                committed.repeated.push(resource.id.clone());
            }
        }
        sync.entitlements.extend(facts.entitlements.iter().map(|one| (one.id.clone(), one.clone())));
        sync.grants.extend(facts.grants.iter().map(|one| (one.id(), one.clone())));
    }
    if let Some(prefix) = change.note_repeated {
        let repeated = committed.repeated.iter().map(|id| ([prefix, &id.store_key()].concat(), Vec::new()));
        sync.notes.extend(repeated);
    }
    for key in &change.remove_notes {
        sync.notes.remove(key);
    }
    sync.notes.extend(change.put_notes.iter().cloned());
    sync.report = change.report.clone().or(sync.report.take());
    if let Some(token) = &change.token {
        sync.token.clone_from(token);
    }
    committed
}

impl SyncStore for Store {
    type Error = Infallible;

    fn start(&self) -> SyncStart {
        self.with(|sync| SyncStart { sync_id: sync.sync_id.clone(), started_at: sync.started_at })
    }

    fn is_ended(&self) -> bool {
        self.with(|sync| sync.ended)
    }

    fn check(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn token(&self) -> Result<String, Infallible> {
        Ok(self.with(|sync| sync.token.clone()))
    }

    fn note(&self, key: &str) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.with(|sync| sync.notes.get(key).cloned()))
    }

    fn notes(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Infallible> {
        Ok(self.with(|sync| {
            let found = sync.notes.iter().filter(|(key, _)| key.starts_with(prefix));
            found.map(|(key, value)| (key.clone(), value.clone())).collect()
        }))
    }

    fn report(&self) -> Result<Option<String>, Infallible> {
        Ok(self.with(|sync| sync.report.clone()))
    }

    fn commit_all(&mut self, changes: &[Change<'_>]) -> Result<Vec<Committed>, Infallible> {
        Ok(self.with(|sync| changes.iter().map(|change| put(sync, change)).collect()))
    }

    fn contains(&self, id: &ResourceId) -> Result<bool, Infallible> {
        Ok(self.with(|sync| sync.resources.contains_key(id)))
    }

    fn holds(&self, id: &GrantId) -> Result<bool, Infallible> {
        Ok(self.with(|sync| sync.grants.contains_key(id)))
    }

    fn for_each_id(&self, of: &ResourceTypeId, each: &mut dyn FnMut(&str)) -> Result<(), Infallible> {
        let ids: BTreeSet<String> = self.with(|sync| {
            let found = sync.resources.keys().filter(|id| id.resource_type == *of);
            found.map(|id| id.resource.to_string()).collect()
        });
        for id in &ids {
            each(id);
        }
        Ok(())
    }

    fn resource(&self, id: &ResourceId) -> Result<Option<Resource>, Infallible> {
        Ok(self.with(|sync| sync.resources.get(id).cloned()))
    }

    fn counts(&self) -> Result<Counts, Infallible> {
        fn by_type<'a>(types: impl Iterator<Item = &'a ResourceTypeId>) -> BTreeMap<String, u64> {
            let mut counts = BTreeMap::new();
            for of in types {
                *counts.entry(of.to_string()).or_default() += 1;
            }
            counts
        }
        Ok(self.with(|sync| Counts {
            resources: by_type(sync.resources.keys().map(|id| &id.resource_type)),
            entitlements: by_type(sync.entitlements.values().map(|found| &found.resource.resource_type)),
            grants: by_type(sync.grants.values().map(|found| &found.resource.resource_type)),
        }))
    }

    fn dangling(&self) -> Result<Dangling, Infallible> {
        Ok(self.with(|sync| sync.dangling()))
    }

    fn expand(&mut self, _: Timestamp) -> Result<Expanded, Infallible> {
        Ok(Expanded::default())
    }

    fn seal(self, _: Timestamp, _: bool, _: &mut dyn FnMut(&str)) -> Result<Sealed, Infallible> {
        let mut inner = self.0.lock().unwrap();
        let sync = inner.unfinished.take().unwrap();
        inner.sealed.push(sync);
        let syncs = inner.sealed.iter().map(|sync| sync.sync_id.clone()).collect();
        Ok(Sealed { path: PathBuf::from("memory"), bytes: 0, syncs })
    }
}
