//! The seam through which facts arrive: a connector reads one source, page by page.
//!
//! A page is a flat batch. One answer of a source often carries several kinds of fact, so the engine stores what it
//! gets instead of asking again per resource. Everything a page needs to be fetched again after a restart is in its
//! [`Cursor`] and the [`Baseline`]; a connector keeps no other state between pages.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::future::Future;

use serde::{Deserialize, Serialize};

use crate::{
    ConnectorError, Entitlement, Grant, GrantId, Inventory, Resource, ResourceId, ResourceType,
    ResourceTypeId, Text,
};

/// What a connector says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// What people call the source.
    pub display_name: String,
    /// What the connector does, in a sentence.
    pub description: String,
    /// Everything that decides what a page holds (source, parameters, page size, version of the mapping), as one
    /// string. A checkpoint made under another fingerprint must not be resumed.
    pub fingerprint: String,
}

/// Which part of the source to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Resource types to keep; `None` means all that the connector offers.
    pub resource_types: Option<BTreeSet<ResourceTypeId>>,
}

impl Scope {
    /// Whether facts about resources of this type are wanted.
    pub fn includes(&self, resource_type: &ResourceTypeId) -> bool {
        self.resource_types.as_ref().is_none_or(|wanted| wanted.contains(resource_type))
    }
}

/// What is known about the source before its pages are read. Stored with the checkpoint, so that a resumed sync does
/// not ask again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The source's id.
    pub source_id: String,
    /// What people call the source.
    pub source_name: String,
    /// The account whose credential is used, when the source says.
    pub operator: Option<ResourceId>,
    /// The principals the source says it holds, and their resource type, when it has such a list.
    pub inventory: Option<Inventory>,
    /// The type of the resources in the inventory.
    pub inventory_type: ResourceTypeId,
    /// Further facts worth keeping with the sync (plan, features).
    pub details: BTreeMap<String, String>,
}

/// Where to go on reading. Opaque to the engine; self-contained, because it may be used by another process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The series of pages it belongs to, such as `users`; shown to people.
    pub stream: String,
    /// The place in that series.
    pub position: String,
}

/// Facts found together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Things that exist.
    pub resources: Vec<Resource>,
    /// What can be granted on them.
    pub entitlements: Vec<Entitlement>,
    /// Who has what.
    pub grants: Vec<Grant>,
}

impl Facts {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.entitlements.is_empty() && self.grants.is_empty()
    }
}

/// A statement of the source whose meaning depends on facts from other pages. It is stored with its page and handed
/// back to [`Connector::resolve`] when all pages have been read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deferred {
    /// The connector's own note of the statement.
    pub note: String,
}

/// Rows of the source that did not become facts, and why. Counted, shown, never silent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dropped {
    /// A short stable reason, such as `duplicate membership`.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// One page of facts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// What was found.
    pub facts: Facts,
    /// Where this series goes on; `None` at its end.
    pub next: Option<Cursor>,
    /// Statements that cannot be understood yet.
    pub deferred: Vec<Deferred>,
    /// What did not become a fact.
    pub dropped: Vec<Dropped>,
    /// Reasons to doubt that the source showed everything, for people. A sync with a doubt is not called complete.
    pub doubts: Vec<String>,
}

/// What the engine has stored so far, for [`Connector::resolve`].
pub trait Known {
    /// Whether a resource with this id has been read in this sync.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn contains(&self, id: &ResourceId) -> Result<bool, KnownError>;

    /// Whether a grant with this id has been read in this sync.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn holds(&self, id: &GrantId) -> Result<bool, KnownError>;
}

/// The store could not say what it holds.
pub type KnownError = Box<dyn Error + Send + Sync>;

/// Why a stand-in for a resource is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A grant names it as its principal and no page returned it.
    GrantPrincipal,
    /// The source's own inventory lists it, with this raw status, and no page returned it.
    Inventory(Text),
}

/// What reading the source has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Requests sent, retries included.
    pub requests: u64,
    /// How many of them were retries.
    pub retries: u64,
    /// Body bytes received, after decompression.
    pub bytes: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            retries: self.retries.saturating_add(other.retries),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    /// What came to it since an earlier look.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(earlier.requests),
            retries: self.retries.saturating_sub(earlier.retries),
            bytes: self.bytes.saturating_sub(earlier.bytes),
        }
    }
}

/// A source of governance facts.
pub trait Connector: Send + Sync {
    /// What the connector says about itself; no I/O.
    fn descriptor(&self) -> Descriptor;

    /// The resource types it offers; no I/O, and never dependent on what the source answers.
    fn resource_types(&self) -> Vec<ResourceType>;

    /// Checks that the credential works and may read, and takes the inventory.
    ///
    /// # Errors
    /// When the source refuses the credential, does not exist, or cannot be reached after retries.
    fn validate(&self) -> impl Future<Output = Result<Baseline, ConnectorError>> + Send;

    /// The places to start reading; they are independent of each other and may be read at the same time.
    fn plan(&self, baseline: &Baseline, scope: &Scope) -> Vec<Cursor>;

    /// Reads one page.
    ///
    /// # Errors
    /// When the page cannot be had after retries, or is not what the source promises.
    fn page(
        &self,
        baseline: &Baseline,
        cursor: &Cursor,
    ) -> impl Future<Output = Result<Page, ConnectorError>> + Send;

    /// Makes facts of deferred statements now that every page has been read; no I/O on the source. The page returned
    /// has neither `next` nor `deferred`.
    ///
    /// # Errors
    /// When a note is not one of this connector's, or the store fails.
    fn resolve(
        &self,
        baseline: &Baseline,
        deferred: &[Deferred],
        known: &dyn Known,
    ) -> Result<Page, ConnectorError>;

    /// A stand-in for a resource that must exist and that no page returned; `None` when the connector has nothing
    /// to say about such a resource.
    fn stand_in(&self, id: &ResourceId, why: &Missing) -> Option<Resource>;

    /// The places where these principals of the inventory should be found now, to read them once more.
    fn locate(&self, baseline: &Baseline, ids: &BTreeSet<&str>, now: &Inventory) -> Vec<Cursor>;

    /// What becomes of a principal that was read, and that the inventory no longer lists when all has been read.
    fn departed(&self, resource: Resource) -> Resource;

    /// What may explain that nothing of a type is left, for people; `None` when there is nothing to say.
    fn why_none(&self, baseline: &Baseline, of: &ResourceTypeId) -> Option<String>;

    /// Takes the inventory again; `None` when the source has no such list.
    ///
    /// # Errors
    /// As [`Connector::validate`].
    fn inventory(
        &self,
        baseline: &Baseline,
    ) -> impl Future<Output = Result<Option<Inventory>, ConnectorError>> + Send;

    /// What this connector has cost since it was made.
    fn usage(&self) -> Usage;
}
