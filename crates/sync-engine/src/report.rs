//! What a sync has to say about itself: kept with the sealed sync, and shown to people.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{ResourceId, Timestamp, Usage};
use serde::{Deserialize, Serialize};

use crate::Counts;

/// How one sync went. Ids only: nothing in it names a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// The sync's id.
    pub sync_id: String,
    /// Everything that decided what was read: source, parameters, versions.
    pub fingerprint: String,
    /// Whether the source is a look-alike for demonstrations.
    pub demonstration: bool,
    /// The source's id.
    pub source_id: String,
    /// What people call the source.
    pub source_name: String,
    /// The account whose credential was used.
    pub operator: Option<ResourceId>,
    /// When the sync began; a resumed sync keeps the first run's time.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How many runs it took; more than one means that it was resumed.
    pub runs: u32,
    /// Pages stored, per stream.
    pub pages: BTreeMap<String, u64>,
    /// What all runs together cost.
    pub usage: Usage,
    /// Rows of each kind, per resource type.
    pub rows: Counts,
    /// What did not become a fact, per reason.
    pub dropped: BTreeMap<String, u64>,
    /// Whether everybody is in it.
    pub completeness: Completeness,
    /// References that led nowhere.
    pub integrity: Integrity,
    /// Signs that the source changed while it was read.
    pub drift: Drift,
    /// Grants that members received through their collections.
    pub expanded_grants: u64,
    /// Facts about the source worth keeping (plan, features).
    pub details: BTreeMap<String, String>,
}

/// The comparison with the source's own list of its principals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// Whether every principal the source listed after reading was read, and nothing speaks against it.
    pub verified: bool,
    /// Why not, for people; empty when verified.
    pub reasons: Vec<String>,
    /// Principals listed before reading.
    pub listed_before: u64,
    /// Principals listed after reading.
    pub listed_after: u64,
    /// Principals that the pages returned.
    pub read: u64,
    /// Ids that the source lists and no page returned; each became a stand-in.
    pub missing: Vec<String>,
    /// Ids that were read and that the source lists neither before nor after.
    pub unlisted: u64,
    /// How many appeared on the list while it was read.
    pub joined: u64,
    /// How many vanished from the list while it was read; those that had been read are marked as gone.
    pub left: u64,
}

impl Completeness {
    /// Takes note of reasons that do not come from the comparison.
    pub(crate) fn doubt(&mut self, reasons: &BTreeSet<String>) {
        self.reasons.extend(reasons.iter().cloned());
        self.verified &= reasons.is_empty();
    }
}

/// References that led nowhere, and what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrity {
    /// Principals of grants that no page returned; each became a stand-in, so that no grant is lost.
    pub stand_ins: Vec<ResourceId>,
    /// Grants removed because what they grant, or who has it, does not exist.
    pub removed_grants: u64,
    /// Entitlements removed because their resource does not exist.
    pub removed_entitlements: u64,
    /// Expansion edges left out because their source does not exist.
    pub dropped_edges: u64,
}

/// Signs that the source changed while it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// Resources that came more than once, as they do when rows shift between pages.
    pub repeated_resources: u64,
    /// People who were looked for again, because pages missed them or their status changed meanwhile.
    pub reread: u64,
}
