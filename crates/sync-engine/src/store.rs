//! The seam to storage: where facts and checkpoints go.
//!
//! A store holds one unfinished sync. Everything in a [`Change`] becomes durable together or not at all, and never
//! without those before it; that is the whole of what resuming rests on. Calls are synchronous; the engine writes pages
//! off its reading task.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use governance_model::{
    EntitlementId, Facts, GrantId, Resource, ResourceId, ResourceType, ResourceTypeId, Timestamp,
};
use serde::{Deserialize, Serialize};

/// What a sync is, when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncStart {
    /// The id, a KSUID.
    pub sync_id: String,
    /// When it began.
    pub started_at: Timestamp,
}

/// What becomes durable together.
#[derive(Debug, Default)]
pub struct Change<'a> {
    /// Resource types to write.
    pub resource_types: &'a [ResourceType],
    /// Facts to write; a fact that is there already is replaced.
    pub facts: Option<&'a Facts>,
    /// When the facts were seen; needed with facts or resource types.
    pub discovered_at: Option<Timestamp>,
    /// Grants to remove.
    pub remove_grants: &'a [GrantId],
    /// Entitlements to remove.
    pub remove_entitlements: &'a [EntitlementId],
    /// The new checkpoint.
    pub token: Option<String>,
    /// A report to keep with the sync for good, as JSON; replaces an earlier one.
    pub report: Option<String>,
    /// Notes to write. Notes live and die with the unfinished sync.
    pub put_notes: Vec<(String, Vec<u8>)>,
    /// Notes to remove.
    pub remove_notes: Vec<String>,
    /// A prefix: for each resource that was there already, a note without content is written, whose key is the prefix and the
    /// resource's [`store_key`](ResourceId::store_key).
    pub note_repeated: Option<&'a str>,
}

/// What a commit did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Resources that were there already.
    pub repeated: Vec<ResourceId>,
}

/// The newest sealed sync at the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previous {
    /// How much it holds.
    pub counts: Counts,
    /// The report that was kept with it, if one was.
    pub report: Option<String>,
}

/// References that lead nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dangling {
    /// Grants whose entitlement or resource was never read.
    pub grants: Vec<GrantId>,
    /// Principals of grants that were never read.
    pub principals: Vec<ResourceId>,
    /// The grants that those principals have.
    pub orphans: Vec<GrantId>,
    /// Entitlements whose resource was never read.
    pub entitlements: Vec<EntitlementId>,
}

/// How much of what there is, by resource type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Resources of the type.
    pub resources: BTreeMap<String, u64>,
    /// Entitlements on resources of the type.
    pub entitlements: BTreeMap<String, u64>,
    /// Grants of entitlements on resources of the type.
    pub grants: BTreeMap<String, u64>,
}

/// What expansion did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// Grants that members of collections received by this call; those of an earlier one that was cut off do not count.
    pub created: u64,
    /// Edges that led nowhere and were left out.
    pub dropped_edges: u64,
}

/// A sealed sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Where it is.
    pub path: PathBuf,
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// Ids of all the syncs in the file.
    pub syncs: Vec<String>,
}

/// Finds, makes and throws away the store of an output's unfinished sync.
pub trait SyncStores: Send {
    /// The stores it makes.
    type Store: SyncStore;

    /// Checks, before anything is asked of the source, that the output can be written when the time comes.
    ///
    /// # Errors
    /// When it cannot, or when something stands there that must not be overwritten.
    fn check(&self) -> Result<(), <Self::Store as SyncStore>::Error>;

    /// The unfinished sync, if there is one. Its rows need not have been looked at: see [`SyncStore::check`].
    ///
    /// # Errors
    /// When it cannot be read; [`SyncStores::discard`] then makes room for a new one.
    fn open(&self) -> Result<Option<Self::Store>, <Self::Store as SyncStore>::Error>;

    /// Whether something of an unfinished sync is there although [`SyncStores::open`] finds none: a store that lost
    /// everything, or was cut off before it held anything.
    fn is_left_over(&self) -> bool {
        false
    }

    /// Whether an error of [`SyncStores::open`] or [`SyncStore::check`] means that the unfinished sync is beyond repair, rather than out of
    /// reach at the moment.
    fn is_damage(error: &<Self::Store as SyncStore>::Error) -> bool;

    /// Begins a sync.
    ///
    /// # Errors
    /// When the store cannot be made.
    fn create(&self, start: &SyncStart) -> Result<Self::Store, <Self::Store as SyncStore>::Error>;

    /// The newest sealed sync, if there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    fn previous(&self) -> Result<Option<Previous>, <Self::Store as SyncStore>::Error>;

    /// Throws the unfinished sync away; nothing sealed is touched.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn discard(&self) -> Result<(), <Self::Store as SyncStore>::Error>;
}

/// Holds the rows and the checkpoint of one unfinished sync.
pub trait SyncStore: Send + Sized + 'static {
    /// How it fails.
    type Error: Error + Send + Sync + 'static;

    /// The sync it holds.
    fn start(&self) -> SyncStart;

    /// Whether the sync is finished and only its file is not in place yet.
    fn is_ended(&self) -> bool;

    /// Looks through everything that an earlier run stored. Called before the first commit to a store that was opened, at
    /// the same time as the first pages are fetched.
    ///
    /// # Errors
    /// When something in it cannot be gone on with.
    fn check(&mut self) -> Result<(), Self::Error>;

    /// The checkpoint.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn token(&self) -> Result<String, Self::Error>;

    /// One note.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn note(&self, key: &str) -> Result<Option<Vec<u8>>, Self::Error>;

    /// All notes whose key begins with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn notes(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Self::Error>;

    /// The report kept with the sync, if one has been.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn report(&self) -> Result<Option<String>, Self::Error>;

    /// Makes changes durable, one after the other, all of them or nothing. What each of them did comes in their order.
    ///
    /// # Errors
    /// When one cannot be written; then nothing of any is there.
    fn commit_all(&mut self, changes: &[Change<'_>]) -> Result<Vec<Committed>, Self::Error>;

    /// As [`SyncStore::commit_all`], with one change.
    ///
    /// # Errors
    /// When it cannot be written; then nothing of it is there.
    fn commit(&mut self, change: &Change<'_>) -> Result<Committed, Self::Error> {
        self.commit_all(std::slice::from_ref(change)).map(|done| done.into_iter().next().unwrap_or_default())
    }

    /// Whether a resource has been stored.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn contains(&self, id: &ResourceId) -> Result<bool, Self::Error>;

    /// Whether a grant has been stored.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn holds(&self, id: &GrantId) -> Result<bool, Self::Error>;

    /// Calls `each` with the native id of every stored resource of a type.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn for_each_id(&self, of: &ResourceTypeId, each: &mut dyn FnMut(&str)) -> Result<(), Self::Error>;

    /// One stored resource.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn resource(&self, id: &ResourceId) -> Result<Option<Resource>, Self::Error>;

    /// How much there is.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn counts(&self) -> Result<Counts, Self::Error>;

    /// References that lead nowhere.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn dangling(&self) -> Result<Dangling, Self::Error>;

    /// Gives members of collections what was granted to the collection. Doing it again changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    fn expand(&mut self, discovered_at: Timestamp) -> Result<Expanded, Self::Error>;

    /// Ends the sync and puts its file in place, whole or not at all. The unfinished sync is gone afterwards. Earlier syncs
    /// stay in the file if `keep_earlier` says so.
    ///
    /// # Errors
    /// When it cannot be written; the unfinished sync is then still there to be opened and sealed again.
    fn seal(
        self,
        ended_at: Timestamp,
        keep_earlier: bool,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Sealed, Self::Error>;
}
